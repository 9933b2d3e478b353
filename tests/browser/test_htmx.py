"""Parts of pages in a real browser: asked for by htmx under the strict policy, and the same without a script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from asking import clear, scarce
from browsing import check, enter, screen

if TYPE_CHECKING:
    from django.test import Client
    from playwright.sync_api import Browser, Page

    from muster.web.serve import Ready

Passwords = Callable[[str], str]
Clients = Callable[..., "Client"]


@contextmanager
def watched(page: Page) -> Iterator[list[str]]:
    """Give what is asked of the server meanwhile; the browser has nothing to complain about, the policy least."""
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.resource_type} {request.url.partition('//')[2]}"))
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    yield asked
    assert said == []


def parts(asked: list[str]) -> list[str]:
    """Return what pages and parts of pages were asked for; the rest is icons."""
    return [each.split(" ")[0] for each in asked if each.startswith(("document", "xhr", "fetch"))]


def test_trial_given_a_day_then_the_table_alone_is_asked_for_and_the_address_says_so(
    chromium: Browser, address: str, password: Passwords
) -> None:
    with screen(chromium, address, password, "auditor") as page, watched(page) as asked:
        page.goto("/audit")
        before = page.inner_text("#trial")
        asked.clear()
        page.get_by_label("What there was at the end of").fill("2000-01-01")
        page.get_by_text("Nothing had been recorded.").wait_for()
        assert parts(asked) == ["xhr"]
        assert "as_of=2000-01-01" in page.url
        check(page)
        page.reload()
        assert "Nothing had been recorded." in page.inner_text("#trial") != before


def test_waybills_given_a_word_then_found_while_it_is_typed_and_the_field_keeps_the_focus(
    chromium: Browser, address: str, password: Passwords
) -> None:
    with screen(chromium, address, password, "auditor", width=360, scheme="dark") as page, watched(page):
        page.goto("/audit/waybills")
        page.get_by_label("also those").check()
        page.wait_for_url("**all=1*")
        number = page.locator("#waybills tbody th").first.inner_text()
        page.get_by_label("Look for").press_sequentially(number)
        page.wait_for_url(lambda url: f"q={quote(number, safe='')}" in url)
        assert page.evaluate("document.activeElement.name") == "q"
        assert number in page.inner_text("#waybills")
        check(page)


def test_plan_given_a_period_then_the_list_alone_and_back_again(
    chromium: Browser, address: str, password: Passwords
) -> None:
    with screen(chromium, address, password, "logistician") as page, watched(page) as asked:
        page.goto("/plan/two-villages")
        asked.clear()
        page.get_by_role("link", name="December 2026").press("Enter")
        page.locator("a[aria-current]", has_text="December 2026").wait_for()
        assert parts(asked) == ["xhr"]
        assert page.evaluate("document.activeElement.id") == "period-1"
        page.go_back()
        page.locator("a[aria-current]", has_text="November 2026").wait_for()
        kept = page.evaluate("Object.keys(localStorage).concat(Object.keys(sessionStorage))")
        assert kept == ["htmx-current-path-for-history"], "an address, and no page"


@pytest.mark.parametrize("script", [True, False])
def test_job_given_that_it_goes_on_and_ends_then_the_page_says_so_by_itself(
    chromium: Browser, address: str, password: Passwords, ready: Ready, script: bool
) -> None:
    from muster.web.jobs import queue
    from muster.web.jobs.models import Job, Version

    Job.objects.all().delete()
    now = datetime.now(UTC)
    asked = {"kind": "plan", "name": "seen", "choices": {}, "by": "logistician", "at": now}
    queue.ask(Version.objects.get(name="two-villages", number=1), **asked)  # type: ignore[arg-type]
    job = queue.take("a test", at=now)
    assert job is not None
    try:
        page = chromium.new_context(base_url=address, java_script_enabled=script).new_page()
        enter(page, "logistician", password("logistician"))
        with watched(page):
            page.goto(f"/jobs/{job.pk}")
            queue.beat(job, at=datetime.now(UTC), share=0.25, message="floor: round 1")
            page.get_by_text("floor: round 1").wait_for()
            assert "25 %" in page.inner_text("#job")
            page.get_by_role("button", name="Stop it").focus()
            queue.beat(job, at=datetime.now(UTC), share=0.5, message="floor: round 2")
            page.get_by_text("floor: round 2").wait_for()
            assert not script or page.evaluate("document.activeElement.textContent") == "Stop it"
            check(page) if script else None
            queue.end(job, job.BROKEN, at=datetime.now(UTC))
            page.get_by_text("It could not be made.").wait_for()
        page.context.close()
    finally:
        Job.objects.all().delete()


def test_page_given_a_login_that_is_over_then_the_next_part_leads_to_the_login_and_back(
    chromium: Browser, address: str, password: Passwords
) -> None:
    with screen(chromium, address, password, "auditor") as page, watched(page):
        page.goto("/audit")
        page.context.clear_cookies()
        page.get_by_label("What there was at the end of").fill("2000-01-01")
        page.wait_for_url("**/login?next=/audit")


def test_split_given_a_keep_back_then_shown_before_it_is_made(
    chromium: Browser, address: str, password: Passwords, client_of: Clients
) -> None:
    scarce(client_of("clerk"), client_of("manager"))
    try:
        with screen(chromium, address, password, "manager", width=360) as page, watched(page) as asked:
            page.goto("/requests")
            section = page.locator("section#flour")
            section.get_by_label("Keep back").scroll_into_view_if_needed()
            section.get_by_text("What each would get").wait_for()
            section.get_by_label("Keep back").press_sequentially("50")
            section.locator(".would .note", has_text="kg").wait_for()
            assert not any("csrfmiddlewaretoken" in each for each in asked)
            check(page)
            section.get_by_label("Keep back").fill("many")
            section.get_by_text("many").wait_for()
    finally:
        clear()
