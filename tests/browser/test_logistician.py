"""The logistician in a real browser: a plan on what the book counts, from login to result; the map by keyboard."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING

import pytest
from naming import BOOK_TOML

from muster.services.economies import new_economy

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from muster.web.serve import Ready

Passwords = Callable[[str], str]


@pytest.fixture(scope="module")
def working(ready: Ready) -> Iterator[None]:
    """Let a worker work beside the tests, on an economy that knows the names of the book."""
    from muster.web.jobs.models import Job, Version
    from muster.web.jobs.versions import from_folder
    from muster.web.jobs.worker import work

    def make(to: Path) -> None:
        (new_economy(to, example="two-villages") / "book.toml").write_text(BOOK_TOML)

    version = from_folder(ready.site.economies, make, name="with-book", by="test", at=datetime.now(UTC))
    stop = threading.Event()
    worker = threading.Thread(target=work, args=(ready.site,), kwargs={"stop": stop})
    worker.start()
    yield
    stop.set()
    worker.join(30)
    Job.objects.all().delete()
    Version.objects.filter(pk=version.pk).delete()
    rmtree(ready.site.economies / "with-book")
    rmtree(ready.site.plans / "today", ignore_errors=True)


@contextmanager
def screen(
    chromium: Browser,
    address: str,
    password: Passwords,
    *,
    width: int = 1440,
    scheme: str = "light",
    script: bool = True,
) -> Iterator[Page]:
    """Give a page on which the logistician has logged in."""
    size = {"width": width, "height": 800}
    context = chromium.new_context(
        viewport=size,  # type: ignore[arg-type]
        base_url=address,
        color_scheme=scheme,  # type: ignore[arg-type]
        java_script_enabled=script,
    )
    page = context.new_page()
    page.goto("/login")
    page.fill("input[name=name]", "logistician")
    page.fill("input[name=password]", password("logistician"))
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    yield page
    context.close()


def test_logistician_given_a_login_then_plans_on_the_books_counts_and_moves_the_slider_by_keyboard(
    chromium: Browser, address: str, password: Passwords, working: None
) -> None:
    with screen(chromium, address, password, width=360) as page:
        page.get_by_role("link", name="Make a plan").press("Enter")
        page.get_by_label("Plan with").select_option(label="with-book, version 1")
        page.get_by_label("on what the book counts today").press("Space")
        page.get_by_label("Name of the plan").fill("today")
        page.get_by_role("button", name="Plan", exact=True).press("Enter")
        page.wait_for_url(re.compile(r"/jobs/\d+"))
        page.get_by_text("It is made; that took").wait_for(timeout=60_000)
        assert "as known at event" in page.inner_text("main")
        page.get_by_role("link", name="To the plan").press("Enter")
        assert "on what the book counted on" in page.inner_text("main")
        page.get_by_role("link", name="Map").press("Enter")
        page.wait_for_url("**/map")
        page.wait_for_load_state()  # the slider is heard once the script is there
        slider = page.get_by_role("slider", name="Period")
        slider.focus()
        page.keyboard.press("ArrowRight")
        page.get_by_role("heading", name="November 2026", exact=True).wait_for()
        page.keyboard.press("End")
        page.get_by_role("heading", name="January 2027", exact=True).wait_for()
        assert page.evaluate("document.activeElement.id") == "at"
        assert slider.get_attribute("aria-valuetext") == "January 2027"
        assert "at=3" in page.url
        assert page.inner_text("#map-said") == "January 2027"


def test_map_given_no_script_then_links_and_the_button_do_the_same(
    chromium: Browser, address: str, password: Passwords
) -> None:
    with screen(chromium, address, password, script=False) as page:
        page.goto("/plan/two-villages/map")
        page.get_by_role("link", name="December 2026").click()
        assert page.inner_text("#when") == "December 2026"
        page.get_by_role("slider", name="Period").press("ArrowRight")
        page.get_by_role("button", name="Show").click()
        assert page.inner_text("#when") == "January 2027"
