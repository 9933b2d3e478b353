"""The manager's main task in a real browser: from login over the morning and a split to a printed note."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from asking import clear, scarce
from browsing import check, screen

if TYPE_CHECKING:
    from django.test import Client
    from playwright.sync_api import Browser, Page

    from muster.web.serve import Ready

Passwords = Callable[[str], str]
Clients = Callable[..., "Client"]
SCREENS = ((360, "dark"), (1440, "light"))


@pytest.fixture(autouse=True)
def asked(ready: Ready, client_of: Clients) -> Iterator[None]:
    """Let three ask for more flour than there is; the public pages are off."""
    from muster.web.openly.models import Switch

    scarce(client_of("clerk"), client_of("manager"), others=(("School 4", "ghor"),))
    yield
    clear()
    Switch.objects.all().delete()


def sheets(page: Page) -> int:
    """Return on how many sheets of A4 a page prints."""
    page.emulate_media(media="print")
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4", prefer_css_page_size=True)))


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_manager_given_a_login_then_from_the_morning_to_the_printed_notes_with_the_keyboard_alone(
    chromium: Browser, address: str, password: Passwords, width: int, scheme: str
) -> None:
    pytest.importorskip("axe_playwright_python", reason="needs the test extra")
    with screen(chromium, address, password, "manager", width=width, scheme=scheme) as page:
        check(page)
        page.get_by_role("link", name="Split it").first.press("Enter")
        page.wait_for_url("**/requests*")
        check(page)
        section = page.locator("section#flour")
        section.locator("input[name=keep]").fill("10")
        section.locator("input[name=keep]").press("Enter")
        page.wait_for_url("**/split/*")
        check(page)
        first = page.locator("input[name^='share-']").first
        first.fill(str(int(first.input_value()) - 2))
        page.locator("input[name^='why-']").first.fill("two bags are left from last week")
        first.press("Enter")
        assert "Changed, with your reasons." in page.inner_text("main")
        assert "two bags are left from last week" in page.inner_text("table")
        page.get_by_role("button", name="Accept and send").press("Enter")
        page.wait_for_url("**/notes")
        check(page)
        assert page.locator("article.dispatch").count() == 2
        assert sheets(page) == 2


@pytest.mark.parametrize("language", ["en", "ru", "ar"])
def test_public_place_given_anybody_then_axe_finds_nothing_it_prints_on_one_sheet_and_sets_no_cookie(
    chromium: Browser, address: str, password: Passwords, language: str
) -> None:
    pytest.importorskip("axe_playwright_python", reason="needs the test extra")
    with screen(chromium, address, password, "chair") as page:
        page.goto("/public")
        check(page)
        page.click("button:has-text('Switch on')")
        assert "Switched on." in page.inner_text("main")
    with screen(chromium, address, password, width=360, scheme="dark") as page:
        page.goto(f"/public/place/hill?in={language}")
        check(page)
        assert page.context.cookies() == []
        assert sheets(page) == 1
