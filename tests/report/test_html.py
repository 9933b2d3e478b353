import re
from dataclasses import replace
from html.parser import HTMLParser

import plans_by_hand
import plans_on_a_map
import polars as pl
import pytest
from plans_on_a_map import HOSTILE

from muster.plan.plan import Plan
from muster.report import data
from muster.report.html import render

VOID = {"meta", "link", "input", "path", "rect", "circle", "polyline"}


class Page(HTMLParser):
    """Reads a page strictly: what is opened is closed, in order; keeps headings, tables and words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[int] = []
        self.idents: list[str] = []
        self.scripts = 0
        self.words: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self._seen(tag, attrs)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID, tag
        self._seen(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, words: str) -> None:
        if self.open and self.open[-1] not in ("script", "style"):
            self.words.append(words)

    def _seen(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        self.scripts += tag == "script"
        self.idents += [value for name, value in attrs if name == "id" and value]
        assert not [name for name, _ in attrs if name.startswith("on") or name == "style"], attrs


@pytest.fixture(scope="module", params=["by hand", "on a map", "nobody", "enough"])
def plan(request: pytest.FixtureRequest) -> Plan:
    if request.param == "on a map":
        return plans_on_a_map.plan(places=70)
    made = plans_by_hand.plan()
    if request.param == "nobody":
        return Plan(
            made.economy, **{each: getattr(made, each).clear() for each in made.__dict__ if each in _FRAMES}, goals=()
        )
    if request.param == "enough":
        return replace(made, met=made.met.with_columns(met_floor=pl.lit(1.0), met_norm=pl.lit(1.0)))
    return made


_FRAMES = ("met", "given", "dispatches", "runs", "balances", "reserves", "levels", "reasons", "lots")


def test_render_given_any_plan_then_sound_markup_with_headings_in_order(plan: Plan) -> None:
    page = Page(render(plan))
    assert page.headings[0] == 1 and page.headings.count(1) == 1
    assert all(below <= above + 1 for above, below in zip(page.headings, page.headings[1:], strict=False))
    assert len(page.idents) == len(set(page.idents))
    assert page.scripts == 2


def test_render_given_the_same_plan_then_the_same_bytes_and_no_word_of_how_long_it_took(plan: Plan) -> None:
    slow = replace(plan, seconds=98765.4321, peak_mib=56789.0)
    assert render(plan) == render(slow)


def test_render_given_any_plan_then_it_asks_for_nothing_from_elsewhere(plan: Plan) -> None:
    page = render(plan)
    assert not re.search(r'(src|href|action)="(?!#|data:,)', page)
    assert not re.search(r"@import|url\((?!#)", page)
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy.startswith("default-src &#39;none&#39;") and "unsafe" not in policy and "http" not in policy


def test_render_given_any_plan_then_no_solver_words(plan: Plan) -> None:
    said = " ".join(Page(render(plan)).words).lower()
    assert not re.findall(
        r"\b(lp|dual|duals|constraint|solver|objective|variable|infeasible|feasible|optimal|leximin)\b", said
    )


def test_render_given_names_that_are_markup_then_they_are_words() -> None:
    page = Page(render(plans_on_a_map.plan()))
    assert any(HOSTILE in words for words in page.words)


def test_render_given_a_place_below_then_one_sentence_and_three_numbers() -> None:
    words = " ".join(Page(render(plans_by_hand.plan())).words)
    assert "100 of 190 people fall below the survival floor in November 2026" in words
    assert "worst off is village with 41\u202f% of it (energy)" in words
    assert "1 November 2026 first date below the floor 1 place" in words


def test_render_given_a_pipeline_that_breaks_then_it_says_when() -> None:
    page = render(plans_on_a_map.plan())
    assert page.count('<strong class="alarm">breaks in December 2026</strong>') == 2


def test_render_given_real_and_assumed_numbers_then_both_at_the_foot() -> None:
    words = " ".join(Page(render(plans_on_a_map.plan())).words)
    foot = words[words.index("Where the numbers come from") :]
    assert "Real numbers" in foot and "the census" in foot and "Assumed numbers" in foot and "a guess" in foot
    assert plans_on_a_map.economy(9, 3).sha256 in foot


def test_render_given_goals_of_which_nothing_is_proved_then_nothing_is_claimed() -> None:
    made = plans_on_a_map.plan()
    unproved = tuple({**record, "gap": 1.0} for record in made.goals)
    words, proved = (" ".join(Page(render(each)).words) for each in (replace(made, goals=unproved), made))
    assert "not proved" in words and "not proved" not in proved
    assert "needs less" not in words and "needs less" in proved


def test_render_given_rows_beyond_the_most_then_it_says_how_many_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "MOST_CLAIMS", 100)
    monkeypatch.setattr("muster.report.sections.MOST_CLAIMS", 100)
    monkeypatch.setattr("muster.report.sections.MOST_DISPATCHES", 30)
    words = " ".join(Page(render(plans_on_a_map.plan(places=9))).words)
    assert "8 claims that are better off are left out here; met.csv has all." in words
    assert "The 24 lightest dispatches are left out here; dispatches.csv has all." in words


def test_render_given_many_places_and_periods_then_the_page_stays_small() -> None:
    page = render(plans_on_a_map.plan(places=600, periods=26))
    assert len(page.encode()) < 700_000
    assert "better off are left out here; met.csv has them all." in page


def test_render_where_somebody_is_short_and_nothing_was_explained_then_that_is_said() -> None:
    made = plans_by_hand.plan()
    words = " ".join(Page(render(replace(made, reasons=made.reasons.clear()))).words)
    assert "so large that nothing was explained while it was made" in words
    assert "muster why PLAN PLACE" in words
