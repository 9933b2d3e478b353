"""The report as somebody sees it who opens the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import plans_on_a_map
import pytest

from muster.report.html import render

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PHONE, DESK = 360, 1440


@dataclass(frozen=True)
class Opened:
    """A page that is open, what it said on the console, and what it asked the network for."""

    page: Page
    said: list[str]
    asked: list[str]

    def place(self, number: int) -> Any:
        return self.page.locator(f'#map .area[data-key="p{number}"]')


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(render(plans_on_a_map.plan(places=40)), encoding="utf-8")
    return path


def opened(browser: Browser, report: Path, **context: Any) -> Opened:
    page = browser.new_context(**{"viewport": {"width": DESK, "height": 900}} | context).new_page()
    found = Opened(page, [], [])
    page.on("console", lambda message: found.said.append(message.text))
    page.on("pageerror", lambda error: found.said.append(str(error)))
    page.on("request", lambda request: found.asked.append(request.url))
    page.goto(report.as_uri())
    return found


@pytest.fixture
def desk(chromium: Browser, report: Path) -> Iterator[Opened]:
    found = opened(chromium, report)
    yield found
    found.page.context.close()


def test_report_given_it_is_opened_then_no_complaint_and_no_request(desk: Opened, report: Path) -> None:
    desk.page.wait_for_timeout(200)
    assert desk.said == []
    assert [url for url in desk.asked if not url.startswith("data:")] == [report.as_uri()]


def test_report_given_the_slider_then_the_map_and_its_words_change(desk: Opened) -> None:
    page = desk.page
    place = next(i for i in range(1, 39) if _level(i, 0) != _level(i, 2))
    before = desk.place(place).get_attribute("aria-label")
    page.locator("#period").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("#period-name").inner_text() == "November 2026"
    assert page.locator("#period").get_attribute("aria-valuetext") == "November 2026"
    november = desk.place(place).get_attribute("class")
    assert page.locator(f'[data-label="p{place}"]').text_content() == str(_level(place, 0))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.locator(f'[data-label="p{place}"]').text_content() == str(_level(place, 2))
    assert "January 2027" in page.locator("#map-says").inner_text()
    assert desk.place(place).get_attribute("aria-label") != before
    assert november != desk.place(place).get_attribute("class")


def _level(number: int, period: int) -> int:
    return round(100 * min(plans_on_a_map.level(number, need, period) for need in ("energy", "heat")))


def test_report_given_the_norm_and_a_need_then_the_map_shows_them(desk: Opened) -> None:
    desk.page.select_option("#need", label="Heat")
    desk.page.check('input[value="norm"]')
    shares = [plans_on_a_map.level(1, "heat", t) / 2 for t in range(3)]
    label = desk.place(1).get_attribute("aria-label")
    assert (
        label
        == f"Place 1: {round(100 * min(shares))}\u202f% of the full norm (Heat, Whole plan, each place at its worst)"
    )


def test_report_given_only_the_keyboard_then_every_place_can_be_read(desk: Opened) -> None:
    page = desk.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.locator("#map [tabindex='0']").focus()
    seen = set()
    for _ in range(39):
        seen.add(page.locator("#panel h3").inner_text())
        page.keyboard.press("ArrowDown")
    assert len(seen) == 39
    assert page.locator("#panel tbody tr").count() == 2 * (1 + 2)
    assert page.locator("#map .chosen").count() == 1


def test_report_given_a_place_is_clicked_then_its_row_and_what_stands_in_its_way(desk: Opened) -> None:
    low = next(i for i in range(1, 39) if i % 4 and _level(i, 0) < 100)
    desk.place(low).click()
    panel = desk.page.locator("#panel")
    assert panel.locator("h3").inner_text() == f"Place {low}"
    assert "10 t a day" in panel.inner_text()
    panel.get_by_role("button").click()
    names = desk.page.locator("#claims tbody th").all_inner_texts()
    assert set(names) == {f"Place {low}"}


def test_report_given_a_heading_is_clicked_then_all_rows_are_sorted_not_only_those_shown(desk: Opened) -> None:
    page = desk.page
    heading = page.locator("#claims thead th", has_text="Of the floor")
    heading.get_by_role("button").click()
    heading.get_by_role("button").click()
    assert heading.get_attribute("aria-sort") == "descending"
    shares = page.locator("#claims tbody .floor").all_inner_texts()
    assert len(shares) == 50 and set(shares) == {"100\u202f%"}
    page.click("#claims-more")
    assert page.locator("#claims tbody tr").count() == 150


def test_report_given_filters_then_only_rows_that_fit(desk: Opened) -> None:
    page = desk.page
    page.select_option("#dispatches-resource", label="Coal")
    page.select_option("#dispatches-period", label="December 2026")
    assert page.locator("#dispatches tbody tr").count() == 40
    assert page.locator("#dispatches-shown").inner_text() == "40 of 40 rows."
    page.select_option("#dispatches-place", label="Place 3")
    assert page.locator("#dispatches tbody tr").all_inner_texts() == [
        "Depot\tPlace 3\tCoal\t40\u202ft\t36\u202ft\tDecember 2026\tDecember 2026\ttruck"
    ]


def test_report_given_dispatches_are_shown_then_lines_with_tonnes(desk: Opened) -> None:
    page = desk.page
    line = page.locator("#map .flows path").first
    assert not line.is_visible()
    page.check("#show-flows")
    page.select_option("#flow-resource", label="Coal")
    page.fill("#period", "1")
    assert line.is_visible()
    assert "390\u202ft (Coal 390\u202ft; November 2026)" in (line.locator("title").text_content() or "")
    assert page.locator("#widest").inner_text() == "Lines: tonnes sent; the widest is 390\u202ft"


@pytest.mark.parametrize("scripts", [True, False], ids=["with script", "without script"])
@pytest.mark.parametrize("width", [320, PHONE, 768, DESK])
def test_report_given_any_width_then_it_does_not_scroll_sideways(
    chromium: Browser, report: Path, width: int, scripts: bool
) -> None:
    found = opened(chromium, report, viewport={"width": width, "height": 800}, java_script_enabled=scripts)
    if scripts:
        found.page.select_option("#place", index=3)
        assert found.page.evaluate("document.documentElement.scrollWidth") <= width
    else:
        box = found.page.locator("body").bounding_box()
        assert box is not None and box["x"] + box["width"] <= width
    found.page.context.close()


def test_report_given_the_script_then_it_writes_what_stood_there_before(chromium: Browser, report: Path) -> None:
    without, within = (opened(chromium, report, java_script_enabled=scripts) for scripts in (False, True))
    for table in ("places", "claims", "dispatches"):
        rows = f"#{table} tbody tr"
        assert within.page.locator(rows).all_inner_texts() == without.page.locator(rows).all_inner_texts()
    labels = "#map [data-label]"
    assert within.page.locator(labels).all_text_contents() == without.page.locator(labels).all_text_contents()
    for found in (without, within):
        found.page.context.close()


def test_report_given_no_script_then_the_plan_is_still_told(chromium: Browser, report: Path) -> None:
    found = opened(chromium, report, java_script_enabled=False)
    page = found.page
    assert page.locator("#map .area").count() == 39
    assert page.locator("#claims tbody tr").count() == 50
    assert page.locator("#dispatches tbody tr").count() == 50
    assert page.locator("#map-controls").is_hidden()
    assert page.locator("#panel").is_hidden()
    assert "fall below the survival floor" in page.locator(".sentence").inner_text()
    page.context.close()


def test_report_given_a_dark_screen_then_dark_and_on_paper_light(chromium: Browser, report: Path) -> None:
    grounds = {}
    for scheme in ("light", "dark"):
        found = opened(chromium, report, color_scheme=scheme)
        grounds[scheme] = _brightness(found.page)
        if scheme == "dark":
            found.page.emulate_media(media="print")
            assert _brightness(found.page) == 255
            assert found.page.locator("nav").is_hidden()
        found.page.context.close()
    assert grounds["dark"] < 60 < 200 < grounds["light"]


def _brightness(page: Page) -> int:
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return max(int(part) for part in re.findall(r"\d+", ground)[:3])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_report_given_the_rules_for_access_then_none_is_broken(
    chromium: Browser, report: Path, width: int, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs the test extra (axe)")
    # The page's own policy lets no script in, and so not the one that checks.
    context = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme, "bypass_csp": True}
    found = opened(chromium, report, **context)
    found.page.check("#show-flows")
    found.page.select_option("#place", index=2)
    found.page.locator("details summary").first.click()
    result = axe.Axe().run(found.page).response
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in result["violations"]] == []
    assert len(result["passes"]) > 20
    found.page.context.close()
