"""The main task of each role, from login to result, with the keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING

import pytest
from asking import clear, scarce
from browsing import by_keyboard

if TYPE_CHECKING:
    from django.test import Client
    from playwright.sync_api import Browser

    from muster.web.serve import Ready

Passwords = Callable[[str], str]
Clients = Callable[..., "Client"]


@pytest.fixture(autouse=True)
def as_before(ready: Ready) -> Iterator[None]:
    """Take away what the roles have made."""
    from django.contrib.auth.models import User

    from muster.web.jobs.models import Job
    from muster.web.pages.models import Objection

    yield
    Job.objects.all().delete()
    Objection.objects.all().delete()
    User.objects.filter(username="m.noori").delete()
    clear()
    rmtree(ready.site.plans / "two-villages" / "answers", ignore_errors=True)


def wheat(ready: Ready) -> int:
    from muster.services.book_views import balances

    return sum(row.quantity for row in balances(ready.site.book, place="store:kabul", resource="wheat"))


def test_clerk_given_the_keyboard_alone_then_receives_on_a_phone(
    chromium: Browser, address: str, password: Passwords, ready: Ready
) -> None:
    before = wheat(ready)
    with by_keyboard(chromium, address, password, "clerk", width=360) as (page, keys):
        keys.open("Received")
        page.wait_for_url("**/received")
        keys.open("Without a waybill")
        keys.write("From whom", "wfp")
        keys.write("How much: wheat", "12")
        keys.open("Record")
        page.get_by_text("Recorded.", exact=True).wait_for()
    assert wheat(ready) == before + 600_000


def test_chair_given_the_keyboard_alone_then_asks_why_and_objects(
    chromium: Browser, address: str, password: Passwords
) -> None:
    with by_keyboard(chromium, address, password, "chair", width=360) as (page, keys):
        keys.open("Work it out")
        page.locator(".changes").wait_for()
        keys.write("What is wrong, and how do you know?", "We are 600.")
        keys.open("Object")
        assert re.search(r"Your objection has the number 2\d{3}-\d{4}", page.inner_text(".said"))


def test_manager_given_the_keyboard_alone_then_splits_and_sends(
    chromium: Browser, address: str, password: Passwords, client_of: Clients
) -> None:
    scarce(client_of("clerk"), client_of("manager"), lot="K1")
    with by_keyboard(chromium, address, password, "manager") as (page, keys):
        keys.open("Split it")
        page.wait_for_url("**/requests*")
        keys.write("Keep back", "10")
        keys.open("Split flour")
        page.wait_for_url("**/split/*")
        keys.write("Gets: Mercy Kitchen", "20")
        keys.write("Why it differs: Mercy Kitchen", "twenty bags are what its store holds")
        keys.open("Keep the changes")
        page.get_by_text("Changed, with your reasons.").wait_for()
        keys.open("Accept and send")
        page.wait_for_url("**/notes")
        assert page.locator("article.dispatch").count() == 2


def test_logistician_given_the_keyboard_alone_then_asks_for_a_plan_and_stops_it(
    chromium: Browser, address: str, password: Passwords
) -> None:
    with by_keyboard(chromium, address, password, "logistician") as (page, keys):
        keys.open("Make a plan")
        page.wait_for_url("**/plans/new")
        keys.to("Plan with")
        page.keyboard.type("two")
        keys.write("Name of the plan", "by-keyboard")
        keys.open("Plan")
        page.wait_for_url(re.compile(r"/jobs/\d+$"))
        assert "Waits" in page.inner_text("main")
        keys.open("Stop it")
        page.get_by_text("It was stopped by logistician.").wait_for()


def test_auditor_given_the_keyboard_alone_then_looks_back_checks_the_book_and_takes_the_checkpoint_away(
    chromium: Browser, address: str, password: Passwords, tmp_path: Path
) -> None:
    with by_keyboard(chromium, address, password, "auditor", width=360) as (page, keys):
        keys.to("What there was at the end of")
        page.keyboard.type("01012000")
        keys.open("Show")
        page.get_by_text("Nothing had been recorded.").wait_for()
        keys.open("Log", whole=True)  # not Log out
        page.wait_for_url("**/audit/log")
        keys.open("Check the book")
        page.get_by_text("Everything holds").wait_for()
        with page.expect_download() as taken:
            keys.open("Signed checkpoint")
        taken.value.save_as(tmp_path / "checkpoint")
    assert (tmp_path / "checkpoint").read_text().startswith("book/")


def test_administrator_given_the_keyboard_alone_then_makes_an_account(
    chromium: Browser, address: str, password: Passwords
) -> None:
    with by_keyboard(chromium, address, password, "office", width=360) as (page, keys):
        keys.open("New person")
        page.wait_for_url("**/admin/new")
        keys.write("Name, as it stands in the book", "m.noori")
        keys.to("Unit")
        page.keyboard.type("kab")
        keys.to("clerk")
        keys.press("Space")
        keys.open("Make the account")
        page.locator("#word").wait_for()
        assert page.inner_text("h1") == "m.noori"
