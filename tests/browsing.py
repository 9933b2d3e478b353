"""What browser tests do on every page: log in, and look for what keeps somebody out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Passwords = Callable[[str], str]


@contextmanager
def screen(
    chromium: Browser, address: str, password: Passwords, name: str = "", *, width: int = 1440, scheme: str = "light"
) -> Iterator[Page]:
    """Give a page, on which somebody has logged in if a name is given."""
    size, like = {"width": width, "height": 800}, {"color_scheme": scheme}
    context = chromium.new_context(viewport=size, base_url=address, **like)  # type: ignore[arg-type]
    page = context.new_page()
    if name:
        enter(page, name, password(name))
    yield page
    context.close()


def enter(page: Page, name: str, word: str) -> None:
    """Log in."""
    page.goto("/login")
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", word)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login" not in url)


def check(page: Page) -> None:
    """Find nothing with axe, and nothing that is wider than the screen."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == [], page.url
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide == 0, page.url
