"""Leximin: who is stuck at which level, exactly and in steps, worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from building import build
from small_plans import EXACT, flour, having, met, people, planned, road

from benchmarks.regions import Size, region
from muster.plan import PlanOptions, share_out

FLOOR = ("floor",)
EXACT_FLOOR = PlanOptions(exact=True, goals=FLOOR)
STEPS = PlanOptions(goals=FLOOR)
NO_SLACK = PlanOptions(goals=FLOOR, slack=0.0)
A_B_C: dict[str, Any] = {"places": ["depot", "a", "b", "c"], "people": people("a", "b", "c")}
BEHIND_A_BRIDGE: dict[str, Any] = {
    "places": ["depot", "bridge", "a", "b", "c"],
    "people": people("a", "b", "c"),
    "stocks": [flour(1.5, "depot"), flour(0.1, "a")],
    "routes": [
        road("bridge", capacity_t_per_day=0.6),
        road("a", "bridge", capacity_t_per_day=0.2),
        road("b", "bridge"),
        road("c"),
    ],
}
"""1.5 t at the depot; 0.6 t cross the bridge, 0.2 t of it to a, who has 0.1 t: a 0.3, b 0.4, c 0.9."""

CASES: dict[str, tuple[dict[str, Any], list[float]]] = {
    "each has its own": ({**A_B_C, "stocks": [flour(0.2, "a"), flour(0.5, "b"), flour(0.8, "c")]}, [0.2, 0.5, 0.8]),
    "one is cut off": ({**A_B_C, "stocks": [flour(1, "depot")], "routes": [road("b"), road("c")]}, [0, 0.5, 0.5]),
    "narrow roads": (
        {
            **A_B_C,
            "stocks": [flour(1.6, "depot")],
            "routes": [road("a", capacity_t_per_day=0.2), road("b", capacity_t_per_day=0.5), road("c")],
        },
        [0.2, 0.5, 0.9],
    ),
    "a narrow road that does not matter": (
        {
            **A_B_C,
            "stocks": [flour(1.2, "depot")],
            "routes": [road("a", capacity_t_per_day=0.2), road("b", capacity_t_per_day=0.7), road("c")],
        },
        [0.2, 0.5, 0.5],
    ),
    "a bridge": (BEHIND_A_BRIDGE, [0.3, 0.4, 0.9]),
    "half is lost on the way": (
        {**A_B_C, "stocks": [flour(1.4, "depot")], "routes": [road("a", loss=0.5), road("b"), road("c", loss=0.75)]},
        [0.2, 0.2, 0.2],
    ),
    "enough for one": (
        {**A_B_C, "stocks": [flour(5, "a"), flour(0.6, "depot")], "routes": [road("b"), road("c")]},
        [1, 0.3, 0.3],
    ),
    "enough for all": ({**A_B_C, "stocks": [flour(4, "depot")], "routes": [road("a"), road("b"), road("c")]}, [1] * 3),
    "more people there": (
        {
            **A_B_C,
            "people": [*people("a", count=3000), *people("b", "c")],
            "stocks": [flour(1.5, "depot"), flour(0.4, "c")],
            "routes": [road("a"), road("b")],
        },
        [0.375, 0.375, 0.4],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_climb_exactly_then_the_levels_are_those_of_the_paper(case: str) -> None:
    tables, levels = CASES[case]
    plan = planned(EXACT_FLOOR, **tables)
    assert met(plan) == pytest.approx(levels, abs=1e-6)
    assert plan.levels["level"].to_list() == pytest.approx(levels, abs=1e-6)
    assert plan.goals[0]["max_min"] == pytest.approx(min(levels), abs=1e-6)
    assert plan.goals[0]["least"] == pytest.approx(min(levels), abs=1e-6)
    assert plan.goals[0]["below"] == sum(level < 1 for level in levels)
    assert plan.goals[0]["gap"] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("case", CASES)
def test_climb_in_steps_then_the_first_level_is_the_exact_one_and_nobody_is_a_step_below(case: str) -> None:
    tables, levels = CASES[case]
    plan = planned(STEPS, **tables)
    assert plan.goals[0]["max_min"] == pytest.approx(min(levels), abs=1e-6)
    assert min(met(plan)) >= min(levels) * (1 - 0.001) - 1e-6
    for found, level in zip(met(plan), levels, strict=True):
        assert found >= (level - 0.05) * (1 - 0.001) - 1e-6


def test_climb_exactly_then_rounds_rise_with_the_levels() -> None:
    plan = planned(EXACT_FLOOR, **BEHIND_A_BRIDGE)
    rounds = plan.levels.sort("level")["round"].to_list()
    assert rounds == sorted(rounds)
    assert 0 < rounds[0] < rounds[1] < rounds[2] <= plan.goals[0]["rounds"]


def test_climb_exactly_over_periods_then_a_late_arrival_serves_the_late() -> None:
    # 0.6 t now and 1 t on the third day: 0.3 and 0.3, then 1 whole
    plan = planned(EXACT_FLOOR, periods=3, stocks=[flour(0.6)], arrivals=[flour(1, on="2026-11-04")])
    assert met(plan) == pytest.approx([0.3, 0.3, 1], abs=1e-6)


def test_climb_exactly_then_the_norm_keeps_the_floor_and_goes_on() -> None:
    # floors: a 0.4 of what it has, b and c whole; norms: what is over (1 t) goes to b and c alike
    plan = planned(EXACT, **A_B_C, stocks=[flour(0.4, "a"), flour(3, "depot")], routes=[road("b"), road("c")])
    assert met(plan) == pytest.approx([0.4, 1, 1], abs=1e-6)
    assert met(plan, "norm") == pytest.approx([0.2, 0.75, 0.75], abs=1e-6)
    levels = having(plan.levels, {"goal": "norm"})["level"].to_list()
    assert levels == pytest.approx([0.2, 0.75, 0.75], abs=1e-6)


def test_climb_exactly_with_two_needs_then_a_shared_limit_is_shared_and_the_rest_rises() -> None:
    # 1 t a day to both: 0.25 t of coal and flour each; flour for b comes by itself as well
    plan = planned(
        EXACT_FLOOR,
        places=["depot", "a", "b"],
        people=people("a", "b"),
        more_resources=[{"resource": "coal", "unit": "t"}],
        needs=[{"need": "food", "unit": "kg"}, {"need": "heat", "unit": "kWh"}],
        norms=[{"need": need, "floor": 1, "norm": 2} for need in ("food", "heat")],
        contents=[
            {"resource": "flour", "need": "food", "amount": 1000},
            {"resource": "coal", "need": "heat", "amount": 1000},
        ],
        stocks=[flour(9, "depot"), {"place": "depot", "resource": "coal", "quantity": 0.5}, flour(0.7, "b")],
        routes=[road("a", capacity_t_per_day=0.6), road("b", capacity_t_per_day=0.6)],
    )
    # coal is 0.25 each; what the roads have left, 0.35 t, is flour
    assert met(plan, place="a", need="food") == pytest.approx([0.35], abs=1e-6)
    assert met(plan, place="b", need="food") == pytest.approx([1], abs=1e-6)
    assert met(plan, need="heat") == pytest.approx([0.25, 0.25], abs=1e-6)


HOURS: dict[str, Any] = {
    "places": ["depot", "a", "b"],
    "people": people("a", "b"),
    "more_resources": [{"resource": "hours", "unit": "h", "keep": 0}],
    "stocks": [flour(9, "depot"), {"place": "depot", "resource": "hours", "quantity": 50}],
    "routes": [road("a", mode="slow"), road("b", mode="fast")],
}


def hours(slow: float, fast: float) -> dict[str, Any]:
    """Return an economy in which a tonne to a takes ``slow`` hours and one to b ``fast``; there are 50 hours."""
    modes = [
        {"mode": mode, "resource": "hours", "use": "consumed", "per_t": per_t}
        for mode, per_t in (("slow", slow), ("fast", fast))
    ]
    return {**HOURS, "modes": modes}


def test_slack_then_a_thousandth_from_one_lifts_another_by_a_lot() -> None:
    # together: 50 / 100.1 = 0.4995; an hour lifts b by ten whole floors, so a slips as far as it may: 0.001 × 0.4995
    level = 50 / 100.1
    a, b = met(planned(STEPS, **hours(100, 0.1)))
    assert a == pytest.approx(level * 0.999, abs=1e-6)
    assert b == pytest.approx((50 - 100 * level * 0.999) / 0.1, abs=1e-3)


def test_slack_of_zero_then_nobody_slips() -> None:
    level = 50 / 100.1
    assert met(planned(NO_SLACK, **hours(100, 0.1))) == pytest.approx([level, level], abs=1e-5)
    assert met(planned(EXACT_FLOOR, **hours(100, 0.1))) == pytest.approx([level, level], abs=1e-5)


def test_slack_that_buys_less_than_ten_times_then_it_is_not_taken() -> None:
    # what a gives up lifts b five times as much
    level = 50 / 120
    assert met(planned(STEPS, **hours(100, 20))) == pytest.approx([level, level], abs=5e-6)


def test_slack_counts_people_then_ten_slipping_for_one_is_not_taken() -> None:
    # an hour lifts one of b by 50 floors where it costs 20 people of a one floor between them
    tables = {**hours(100, 0.1), "people": [*people("a"), *people("b", count=5)]}
    a, b = met(planned(STEPS, **tables))
    assert a == pytest.approx(50 / 100.0005, abs=1e-4)
    assert b >= a - 1e-6


def test_slack_over_all_bands_and_goals_then_no_more_than_it_in_all() -> None:
    for slack in (0.001, 0.01):
        plan = planned(PlanOptions(slack=slack), **hours(100, 0.1))
        assert plan.economy.slack == slack
        level = 50 / 100.1
        assert met(plan)[0] >= level * (1 - slack) - 1e-6
        assert plan.goals[0]["max_min"] == pytest.approx(level, abs=1e-6)


def test_slack_where_somebody_is_met_in_full_then_they_never_slip() -> None:
    # the floor of a takes all 50 hours; b has no floor, and its norm would cost a next to nothing
    norms = [
        {"need": "food", "place": "a", "floor": 1, "norm": 2},
        {"need": "food", "place": "b", "floor": 0, "norm": 2},
    ]
    a, b = met(planned(PlanOptions(slack=0.1), **{**hours(50, 0.1), "norms": norms}), "norm")
    assert a >= 0.5 - 1e-7
    assert b <= 1e-3


def test_slack_after_another_goal_then_earlier_levels_slip_within_it() -> None:
    # the floor of a stands at 0.5; b, without a floor, is lifted in the norm by what a may slip
    norms = [
        {"need": "food", "place": "a", "floor": 1, "norm": 2},
        {"need": "food", "place": "b", "floor": 0, "norm": 2},
    ]
    plan = planned(**{**hours(100, 0.1), "norms": norms}, options=PlanOptions())
    assert met(plan, place="a")[0] == pytest.approx(0.5 * 0.999, abs=1e-5)
    assert met(plan, "norm", place="b")[0] >= 0.24


@pytest.mark.parametrize("step", [0.01, 0.05, 0.2, 1.0])
def test_step_then_wider_bands_take_fewer_rounds_and_keep_the_first_level(step: float) -> None:
    plan = planned(PlanOptions(goals=FLOOR, step=step), **BEHIND_A_BRIDGE)
    assert plan.economy.step == step
    assert plan.goals[0]["max_min"] == pytest.approx(0.3, abs=1e-6)
    # the level all reach, the bands above it, and a last pass
    assert plan.goals[0]["rounds"] <= 2 + 0.7 / step + 1
    assert sum(met(plan)) == pytest.approx(1.6, abs=1e-3)


@pytest.mark.parametrize(
    ("options", "levels"),
    [
        (EXACT_FLOOR, [0.2, 0.3, 0.3]),
        (NO_SLACK, [0.2, 0.3, 0.3]),
        (PlanOptions(goals=FLOOR, step=1.0, slack=0.0), [0.2, 0.5, 0.2]),
    ],
)
def test_step_of_a_whole_then_the_most_people_times_fill_above_the_first_level(
    options: PlanOptions, levels: list[float]
) -> None:
    # a has 0.2 t of its own; of 0.9 t at the depot, 0.6 t bring b and c to 0.2, and 0.3 t lift b twice as far as c
    tables = {**A_B_C, "stocks": [flour(0.2, "a"), flour(0.9, "depot")], "routes": [road("b"), road("c", loss=0.5)]}
    assert met(planned(options, **tables)) == pytest.approx(levels, abs=2e-6)


def test_regression_001_an_exact_climb_of_levels_too_close_to_tell_apart_ends() -> None:
    """Levels that differ by less than the solver's tolerance were lifted for ever."""
    economy = build(
        start="2027-01-31",
        period="day",
        periods=4,
        options={"goals": ("floor", "norm"), "step": 0.25},
        resources=[{"resource": "milk", "unit": "l", "mass_t": 0.001, "keep": 0.5}],
        places=[{"place": "ada"}, {"place": "bor"}],
        groups=[{"group": "all"}, {"group": "child"}],
        people=[
            {"place": "ada", "group": "all", "people": 100},
            {"place": "ada", "group": "child", "people": 250},
        ],
        needs=[{"need": "heat", "unit": "ration"}],
        norms=[
            {"group": "all", "need": "heat", "floor": 0, "norm": 0.5},
            {"group": "child", "need": "heat", "floor": 1, "norm": 1},
        ],
        contents=[{"resource": "milk", "need": "heat", "amount": 0.7}],
        stocks=[{"place": "bor", "resource": "milk", "quantity": 420, "expires": "2027-02-11"}],
        routes=[{"from": "bor", "to": "ada", "mode": "truck"}],
    )
    plan = share_out(economy, options=EXACT)
    # 420 l at 0.7 rations, halved each night: 1, 1/2, 1/4, 1/8 of what is kept reaches 250 children
    share = 420 * 0.7 / 250 / (1 + 2 + 4 + 8)
    assert plan.goals[0]["max_min"] == pytest.approx(share, abs=1e-7)
    assert sum(goal["rounds"] for goal in plan.goals) < 20


def test_climb_exactly_on_a_region_then_nobody_gains_by_a_margin_below_the_others() -> None:
    # what 1e-8 from many would lift others by is 6e-5: a first level that is 2e-8 too low makes the second 0.815334
    economy = region(Size(10, 4, 6), seed=1)
    plan = share_out(economy, options=PlanOptions(goals=("norm",), exact=True))
    found = np.unique(plan.levels["level"].to_numpy().round(6))
    assert found == pytest.approx([0.773706, 0.815222, 0.849529, 0.896904, 1.0], abs=3e-6)
    assert plan.met["met_norm"].min() == pytest.approx(0.77370563921, abs=2e-10)
