"""The pages of those who decide and check in a real browser: from login to result."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copytree, rmtree
from typing import TYPE_CHECKING

import pytest
from browsing import check, screen

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from muster.web.serve import Ready

Passwords = Callable[[str], str]


@pytest.fixture(autouse=True)
def two_plans(ready: Ready) -> Iterator[None]:
    """Put the same plan beside itself, so that there is something to compare."""
    from muster.web.pages.models import Objection

    again = ready.site.plans / "again"
    copytree(ready.site.plans / "two-villages", again)
    Objection.objects.all().delete()
    yield
    rmtree(again)
    rmtree(ready.site.plans / "two-villages" / "answers", ignore_errors=True)


@pytest.mark.parametrize("language", ["ru", "ar"])
def test_place_given_a_language_then_axe_finds_nothing_at_360_pixels(
    chromium: Browser, address: str, password: Passwords, language: str
) -> None:
    pytest.importorskip("axe_playwright_python", reason="needs the test extra")
    with screen(chromium, address, password, "chair", width=360) as page:
        page.click(f"footer button[value={language}]")
        assert page.get_attribute("html", "lang") == language
        check(page)


def test_chair_given_a_login_then_asks_objects_and_reads_the_answer(
    chromium: Browser, address: str, password: Passwords
) -> None:
    with screen(chromium, address, password, "chair", width=360) as page:
        page.goto("/place?plan=two-villages")
        page.click("text=Work it out")
        assert "0.1 t a day more on Depot → Hill (truck)" in page.inner_text(".changes")
        page.fill("textarea", "We are 600.")
        page.click("text=Object >> nth=-1")
        said = page.inner_text(".said")
        number = re.search(r"2\d{3}-\d{4}", said)
        assert number is not None
    with screen(chromium, address, password, "manager") as page:
        page.goto("/objections")
        page.get_by_label(f"Answer to {number[0]}").fill("Counted anew: 600.")
        page.click("text=Record the answer")
        assert "is answered" in page.inner_text(".said")
    with screen(chromium, address, password, "chair") as page:
        assert "manager" in page.inner_text("#objections")
        assert "Counted anew: 600." in page.inner_text("#objections")


def test_place_given_an_answer_then_it_prints_on_one_sheet(
    chromium: Browser, address: str, password: Passwords, tmp_path: Path
) -> None:
    with screen(chromium, address, password, "chair") as page:
        page.goto("/place?plan=two-villages")
        page.click("text=Work it out")
        page.emulate_media(media="print")
        printed = page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1


def test_auditor_given_a_checkpoint_then_takes_it_away_and_brings_it_back(
    chromium: Browser, address: str, password: Passwords, tmp_path: Path
) -> None:
    with screen(chromium, address, password, "auditor") as page:
        page.goto("/audit/log")
        with page.expect_download() as taken:
            page.click("text=Signed checkpoint")
        taken.value.save_as(tmp_path / "kept.checkpoint")
        page.set_input_files("input[type=file]", tmp_path / "kept.checkpoint")
        page.click("text=Check the book")
        said = page.inner_text("main")
    assert "Begins with" in said
    assert "Everything holds" in said


def test_logistician_given_a_login_then_reads_a_period_and_takes_the_workbook(
    chromium: Browser, address: str, password: Passwords
) -> None:
    with screen(chromium, address, password, "logistician") as page:
        page.click("text=two-villages >> nth=0")
        page.click("text=January 2027")
        assert "Valley" in page.inner_text("table")
        with page.expect_download() as taken:
            page.click("text=Workbook (XLSX)")
    assert taken.value.suggested_filename == "two-villages-plan.xlsx"
