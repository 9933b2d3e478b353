"""What browser tests do on every page: log in, and look for what keeps somebody out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Passwords = Callable[[str], str]

PATIENCE_MS = 120_000
"""How long a page may take: on a busy machine a slow one is not a wrong one."""


@contextmanager
def screen(
    chromium: Browser, address: str, password: Passwords, name: str = "", *, width: int = 1440, scheme: str = "light"
) -> Iterator[Page]:
    """Give a page, on which somebody has logged in if a name is given."""
    size, like = {"width": width, "height": 800}, {"color_scheme": scheme}
    context = chromium.new_context(viewport=size, base_url=address, **like)  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE_MS)
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


class Keys:
    """Somebody who has a keyboard and nothing else: whatever they use, they have come to by Tab."""

    MOST_TABS = 150

    def __init__(self, page: Page) -> None:
        self._page = page

    def to(self, name: str, *, whole: bool = False) -> None:
        """Go on with Tab until what is focused begins so, or is called so; it must be seen to be focused."""
        met: list[str] = []
        for _ in range(self.MOST_TABS):
            self._page.keyboard.press("Tab")
            called, outlined = self._page.evaluate(_FOCUSED)
            met.append(called)
            if called == name or (called.startswith(name) and not whole):
                assert outlined, f"{called} does not show that it has the focus"
                return
        raise AssertionError(f"{name} is not reached with Tab; reached: {' | '.join(met)}")

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self._page.keyboard.press(key)

    def open(self, name: str, *, whole: bool = False) -> None:
        """Go to a link or button, and press Enter."""
        self.to(name, whole=whole)
        self.press("Enter")

    def write(self, name: str, text: str) -> None:
        """Go to a field, and write into it; what stood there goes."""
        self.to(name)
        self._page.keyboard.press("Control+A")
        self._page.keyboard.type(text)


_FOCUSED = """() => {
  const at = document.activeElement, label = at.labels && at.labels[0], style = getComputedStyle(at);
  const called = [at.getAttribute("aria-label"), label && label.textContent, at.textContent, at.value, at.tagName];
  const outlined = style.outlineStyle !== "none" && style.outlineWidth !== "0px";
  return [called.find((each) => each).replace(/\\s+/g, " ").trim(), outlined];
}"""


@contextmanager
def by_keyboard(
    chromium: Browser, address: str, password: Passwords, name: str, *, width: int = 1440
) -> Iterator[tuple[Page, Keys]]:
    """Give a page on which somebody has logged in with the keyboard alone."""
    with screen(chromium, address, password, width=width) as page:
        page.goto("/login")
        keys = Keys(page)
        keys.write("Name", name)
        keys.write("Password", password(name))
        keys.open("Log in")
        page.wait_for_url(lambda url: "/login" not in url)
        yield page, keys


@cache
def _axe() -> str:
    from axe_playwright_python.base import AXE_SCRIPT

    return str(AXE_SCRIPT)


_VIOLATIONS = """async () => {
  const found = await axe.run({resultTypes: ["violations"]});
  return found.violations.map((each) => [each.id, each.nodes.map((node) => node.html)]);
}"""


def check(page: Page) -> None:
    """Find nothing with axe, and nothing that is wider than the screen."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    assert page.evaluate(_VIOLATIONS) == [], page.url
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide == 0, page.url
