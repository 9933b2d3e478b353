"""Cases that are planned: examples, one cut into weeks, and regions."""

from __future__ import annotations

import pytest

from benchmarks import plan
from benchmarks.measure import Figures, TookTooLong
from benchmarks.plan import CASES, LARGE, economy_of, figures
from muster.economy.check import check


def test_economy_of_a_winter_by_week_then_weeks_cover_all_of_it_and_check_finds_no_fault() -> None:
    months, weeks = (economy_of(case) for case in ("afghan-winter", "afghan-winter by week"))
    assert weeks.horizon.start == months.horizon.start
    assert months.horizon.end <= weeks.horizon.end
    assert weeks.horizon.starts[-2] < months.horizon.end
    assert set(weeks.horizon.days) == {7}
    assert [fault.text() for fault in check(weeks) if fault.severity == "fault"] == []


def test_economy_of_a_winter_by_week_then_a_month_keeps_what_it_kept() -> None:
    months, weeks = (economy_of(case) for case in ("afghan-winter", "afghan-winter by week"))
    in_a_month = sum(months.horizon.days) / len(months.horizon.days) / 7
    assert weeks.resources["keep"].to_list() == pytest.approx((months.resources["keep"] ** (1 / in_a_month)).to_list())
    assert months.resources["keep"].to_list() == pytest.approx((weeks.resources["keep"] ** in_a_month).to_list())


@pytest.mark.parametrize("case", [*CASES, *(case for case in LARGE if "large" not in case)])
def test_economy_of_every_case_then_it_can_be_had(case: str) -> None:
    assert economy_of(case).places.height > 1


def test_economy_of_one_goal_alone_then_only_that() -> None:
    assert economy_of("small, floor alone").goals == ("floor",)


def test_figures_given_what_does_not_end_then_it_is_not_finished(monkeypatch: pytest.MonkeyPatch) -> None:
    def late(*arguments: str, limit_s: float) -> Figures:
        raise TookTooLong

    monkeypatch.setattr(plan, "alone", late)
    assert figures(3, {"small": 10}) == [{"case": "small", "finished": False, "wall_s": 140.0, "times": 1}]


def test_figures_given_what_is_slow_then_it_is_measured_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = {"small": 1.0, "medium": 90.0}
    monkeypatch.setattr(plan, "alone", lambda _, case, *__, **___: {"case": case, "wall_s": seconds[case]})
    assert [run["times"] for run in figures(3, {"small": 10, "medium": 10})] == [3, 1]
