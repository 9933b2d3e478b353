"""The clerk's phone in a real browser: online, without a signal for days, with another phone beside it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from browsing import check

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

    from muster.web.serve import Ready

Passwords = Callable[[str], str]
PHONE = {"width": 360, "height": 640}
MOST_WIRE_BYTES, PATIENCE_S = 60_000, 60


@contextmanager
def phone(chromium: Browser, address: str, password: Passwords, name: str) -> Iterator[tuple[BrowserContext, Page]]:
    """Give a phone that somebody has logged in on."""
    context = chromium.new_context(viewport=PHONE, base_url=address)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto("/login")
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", password(name))
    page.click("button.main")
    page.wait_for_url("**/clerk/")
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    until(page, "caches.open('muster-pages').then((c) => c.keys()).then((k) => k.length >= 3)")
    yield context, page
    context.close()


def until(page: Page, condition: str) -> None:
    """Wait until something is true on a page; Playwright's own waiting would need what the page's policy forbids."""
    end = time.monotonic() + PATIENCE_S
    while not page.evaluate(condition):
        assert time.monotonic() < end, condition
        page.wait_for_timeout(50)


def unsent(page: Page) -> int:
    return int(page.inner_text("#unsent b"))


def give_out(page: Page, kilograms: int) -> None:
    """Give out wheat; the page may be one that the phone kept."""
    page.goto("/clerk/enter/gave-out")
    row = page.locator("fieldset", has_text="wheat")
    row.locator("input[name^='n-']").fill(str(kilograms))
    row.locator("select[name^='unit-']").select_option("kg")
    page.click("form[data-entry] button.main")
    page.wait_for_selector("#told:not([hidden])")


def wheat(ready: Ready) -> int:
    from muster.services.book_views import balances

    return sum(row.quantity for row in balances(ready.site.book, place="store:kabul", resource="wheat"))


def events(ready: Ready, recorder: str) -> int:
    from muster import store

    with store.open(ready.site.book) as book:
        return book.next_number(recorder) - 1


def test_clerk_given_a_signal_then_recorded_at_once_and_bags_are_shown_in_kilograms(
    chromium: Browser, address: str, ready: Ready, password: Passwords
) -> None:
    before = wheat(ready)
    with phone(chromium, address, password, "clerk") as (_, page):
        page.click("text=Received")
        page.click("summary:has-text('Without a waybill')")
        page.fill("input[name=from]", "wfp")
        row = page.locator("form[data-entry=received] fieldset", has_text="wheat")
        row.locator("input[name^='n-']").fill("12")
        assert row.locator("output").inner_text() == "= 600 kg"
        page.click("form[data-entry=received] button.main")
        until(page, "document.querySelector('#told').textContent === 'Recorded.'")
        assert unsent(page) == 0
    assert wheat(ready) == before + 600_000


def test_clerk_given_no_signal_then_eight_entries_wait_and_come_once(
    chromium: Browser, address: str, ready: Ready, password: Passwords
) -> None:
    before, numbers = wheat(ready), events(ready, "clerk")
    with (
        phone(chromium, address, password, "clerk") as (context, page),
        phone(chromium, address, password, "second") as (other, beside),
    ):
        context.set_offline(True)
        for kilograms in range(1, 9):
            give_out(page, kilograms)
        assert unsent(page) == 8
        page.goto("/clerk/")
        page.reload()
        assert unsent(page) == 8
        assert page.locator("#queue li").count() == 8
        assert page.locator("#book li", has_text="wheat: 8 kg").count() == 0
        give_out(beside, 100)
        until(beside, "document.querySelector('#unsent b').textContent === '0'")
        kept = page.evaluate("Object.entries(localStorage)")
        context.set_offline(False)
        until(page, "document.querySelector('#unsent b').textContent === '0'")
        assert wheat(ready) == before - 136_000
        page.locator("#book li", has_text="wheat: 8 kg").wait_for()  # by itself
        page.evaluate("(kept) => kept.forEach(([key, value]) => localStorage.setItem(key, value))", kept)
        page.reload()
        until(page, "document.querySelector('#unsent b').textContent === '0'")
        other.close()
    assert wheat(ready) == before - 136_000
    assert events(ready, "clerk") == numbers + 8


def test_clerk_given_more_than_is_there_then_told_at_once_and_not_sent_again(
    chromium: Browser, address: str, ready: Ready, password: Passwords
) -> None:
    before = wheat(ready)
    with phone(chromium, address, password, "clerk") as (_, page):
        give_out(page, 999_999_999)
        page.wait_for_selector("#told.error")
        assert "is there" in page.inner_text("#told") or "less than nothing" in page.inner_text("#told")
        page.goto("/clerk/")
        assert "Not taken" in page.inner_text("#queue")
        page.click("#queue button")
        assert page.locator("#queue").is_hidden()
    assert wheat(ready) == before


def test_clerk_given_an_old_phone_then_ids_are_version_7_without_random_uuid(
    chromium: Browser, address: str, password: Passwords
) -> None:
    with phone(chromium, address, password, "clerk") as (context, page):
        context.add_init_script("delete Crypto.prototype.randomUUID")
        context.set_offline(True)
        give_out(page, 1)
        assert page.evaluate("crypto.randomUUID") is None
        key = page.evaluate("Object.keys(localStorage)[0]")
        assert key.startswith("muster-entry:clerk:")
        assert key[-22] == "7" and key[-17] in "89ab" and len(key.rpartition(":")[2]) == 36


def test_phone_given_a_logout_then_pages_are_gone_and_entries_stay(
    chromium: Browser, address: str, password: Passwords
) -> None:
    with phone(chromium, address, password, "clerk") as (context, page):
        page.route("**/clerk/sync", lambda route: route.abort())
        give_out(page, 1)
        page.click("form[data-logout] button")
        page.wait_for_url("**/login")
        until(page, "caches.keys().then((names) => !names.includes('muster-pages'))")
        assert page.evaluate("localStorage.length") == 1
        context.set_offline(True)
        with pytest.raises(Exception, match=r"ERR_INTERNET_DISCONNECTED|ERR_FAILED"):
            page.goto("/clerk/")


def test_first_load_given_the_login_and_the_day_then_little_goes_over_the_wire(
    chromium: Browser, address: str, ready: Ready, password: Passwords
) -> None:
    context = chromium.new_context(viewport=PHONE, base_url=address)  # type: ignore[arg-type]
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    wire: list[float] = []
    session.on("Network.loadingFinished", lambda event: wire.append(event["encodedDataLength"]))
    page.goto("/login")
    page.fill("input[name=name]", "clerk")
    page.fill("input[name=password]", password("clerk"))
    page.click("button.main")
    page.wait_for_url("**/clerk/")
    until(page, "caches.open('muster-pages').then((c) => c.keys()).then((k) => k.length >= 3)")
    context.close()
    assert 1_000 < sum(wire) < MOST_WIRE_BYTES, wire


@pytest.mark.parametrize("language", ["en", "ru", "ar"])
def test_pages_given_360_px_then_nothing_overflows_and_axe_finds_nothing(
    chromium: Browser, address: str, ready: Ready, password: Passwords, language: str
) -> None:
    with phone(chromium, address, password, "clerk") as (_, page):
        page.click(f"button[value={language}]")
        page.wait_for_selector(f"html[lang={language}]")
        for path in (
            "/clerk/",
            *(f"/clerk/enter/{name}" for name in ("received", "gave-out", "counted")),
            "/clerk/card/wheat",
        ):
            page.goto(path)
            page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                check(page)


def test_clerk_given_the_keyboard_alone_then_an_entry_is_recorded(
    chromium: Browser, address: str, ready: Ready, password: Passwords
) -> None:
    before = wheat(ready)
    with phone(chromium, address, password, "clerk") as (_, page):
        page.goto("/clerk/enter/gave-out")
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("(document.activeElement.closest('fieldset') || {}).textContent || ''").find("wheat") >= 0:
                break
        page.keyboard.type("1")
        page.keyboard.press("Tab")
        page.keyboard.press("k")
        page.keyboard.press("Enter")
        page.keyboard.press("Escape")
        for _ in range(20):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.matches('button.main')"):
                break
        page.keyboard.press("Enter")
        until(page, "document.querySelector('#told').textContent === 'Recorded.'")
    assert wheat(ready) < before
