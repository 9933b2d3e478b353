"""Stages: how far from best each can be, worked out on paper, and by plans that are not the best."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import plans_by_hand as by_hand
import polars as pl
import pytest
from small_plans import flour, people, road, small

from muster.plan import PlanOptions, share_out
from muster.plan.plan import Plan
from muster.plan.proof import Stage, best, verify
from muster.plan.proof.columns import Sum, total
from muster.plan.proof.facts import know
from muster.plan.proof.survey import ground_of

FLOOR = PlanOptions(goals=("floor",))
TWO = {
    "places": ["depot", "a", "b"],
    "people": people("a", "b"),
    "stocks": [flour(1.0, "depot")],
    "routes": [road("a", capacity_t_per_day=0.2), road("b")],
}
"""1 t for 1,000 people at a, who get 0.2 t at most, and as many at b: 0.2 together, then b alone to 0.8."""


def stages(plan: Plan, goal: str = "floor") -> list[Stage]:
    """Return the stages of a goal."""
    return [stage for stage in verify(plan.economy, plan).stages if stage.goal == goal]


def test_stages_then_the_level_and_each_band_are_what_the_paper_says() -> None:
    plan = share_out(small(**TWO), options=FLOOR)
    first, *bands = stages(plan)
    assert (first.kind, first.round) == ("common", 1)
    assert first.value == pytest.approx(0.2, abs=1e-7)
    assert first.bound == pytest.approx(0.2, abs=1e-7)
    assert [band.kind for band in bands[:3]] == ["band"] * 3
    # a is stuck: of both, only b rises in the first band, half a step on average; then b alone, whole steps
    assert [band.value for band in bands[:3]] == pytest.approx([0.025, 0.05, 0.05], abs=2e-3)
    assert [band.bound for band in bands[:3]] == pytest.approx([band.value for band in bands[:3]], abs=1e-7)


def test_stages_exactly_then_those_not_stuck_reach_their_own_level() -> None:
    plan = share_out(small(**TWO), options=PlanOptions(goals=("floor",), exact=True))
    assert plan.economy.slack == 0
    assert [(stage.kind, round(stage.bound, 6)) for stage in stages(plan)] == [("common", 0.2), ("level", 0.8)]
    assert verify(plan.economy, plan).gap < 1e-7


def test_gap_of_a_plan_that_gives_less_then_it_shows() -> None:
    """What is planned for 0.3 t can be done with 1 t as well; its own prices say how much more there could be."""
    economy, scarce = small(**TWO), small(**{**TWO, "stocks": [flour(0.3, "depot")]})
    poor = share_out(scarce, options=FLOOR)
    level = poor.goals[0]["max_min"]
    assert level == pytest.approx(0.15, abs=1e-7)
    said = economy.with_options(goals=("floor",), step=scarce.step, slack=scarce.slack)
    stage = verify(economy, replace(poor, economy=said)).stages[0]
    assert stage.value == pytest.approx(0.15, abs=1e-7)
    assert stage.bound == pytest.approx(0.5, abs=1e-6)  # at the price of flour alone: 1 t for 2,000 people
    assert stage.gap == pytest.approx(0.35, abs=1e-6)


def test_gap_without_prices_then_all_that_can_be_asked_for_is_open() -> None:
    plan = share_out(small(**TWO), options=FLOOR)
    bare = {name: array for name, array in plan.proof.items() if name.startswith("stages.")}
    first = stages(replace(plan, proof=bare))[0]
    assert first.bound == pytest.approx(1.0)
    assert first.gap == pytest.approx(0.8, abs=1e-6)


def test_gap_of_effort_then_it_is_a_share_of_what_is_used() -> None:
    diesel = {"resource": "diesel", "unit": "l", "effort": 2}
    economy = small(
        places=["depot", "village"],
        stocks=[flour(3, "depot"), {"place": "depot", "resource": "diesel", "quantity": 100}],
        more_resources=[diesel],
        routes=[road(distance_km=10)],
        modes=[{"mode": "lorry", "resource": "diesel", "use": "consumed", "per_t": 4}],
    )
    plan = share_out(economy)
    effort, tonne_km = stages(plan, "effort")
    assert (effort.kind, tonne_km.kind) == ("effort", "tonne_km")
    assert effort.bound == pytest.approx(16, rel=1e-6)  # 2 t × 4 l × 2
    assert tonne_km.bound == pytest.approx(20, rel=1e-6)
    assert max(effort.gap, tonne_km.gap) < 1e-6


def test_verify_without_a_proof_then_each_goal_that_is_about_somebody_is_open() -> None:
    plan = share_out(small(**TWO))
    verdict = verify(plan.economy, replace(plan, proof={}))
    assert {goal["goal"]: goal["gap"] for goal in verdict.goals} == {"floor": 1, "reserve": 0, "norm": 1, "effort": 0}
    assert "How far from best it may be is not proved" in verdict.text()


def test_verify_plan_stopped_after_some_bands_then_the_rest_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    from muster.plan.solver import OutOfTime, Solver

    solve, left = Solver.solve, [3]

    def some(solver: Solver, stage: object) -> object:
        left[0] -= 1
        if left[0] < 0:
            raise OutOfTime
        return solve(solver, stage)  # type: ignore[arg-type]

    monkeypatch.setattr(Solver, "solve", some)
    plan = share_out(small(**TWO), options=PlanOptions(goals=("floor",), limit_seconds=1e9))
    assert plan.goals[0]["gap"] == pytest.approx(1 - 0.3, abs=1e-6)  # two bands above 0.2; b may rise to 1
    assert verify(plan.economy, plan).holds


def test_verify_in_fractions_then_the_same_bounds_without_rounding() -> None:
    economy = by_hand.economy()
    plan = share_out(economy)
    floats, exact = verify(economy, plan), verify(economy, plan, exact=True)
    assert (floats.exact, exact.exact) == (False, True)
    assert "reckoned in fractions" in exact.text()
    assert [stage.bound for stage in exact.stages] == pytest.approx([stage.bound for stage in floats.stages], rel=1e-9)


def test_verify_in_fractions_of_what_is_too_large_then_floats_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(best, "MOST_EXACT", 10)
    plan = share_out(small(**TWO), options=FLOOR)
    assert not verify(plan.economy, plan, exact=True).exact


def test_ground_then_goods_are_bounded_by_what_can_be_made_of_what_there_is() -> None:
    recipes = [
        {"recipe": "milling", "resource": "grain", "use": "input", "quantity": 2},
        {"recipe": "milling", "resource": "flour", "use": "output", "quantity": 1},
        {"recipe": "malting", "resource": "flour", "use": "input", "quantity": 1},
        {"recipe": "malting", "resource": "grain", "use": "output", "quantity": 1},
    ]
    economy = small(
        more_resources=[{"resource": "grain", "unit": "t"}],
        stocks=[flour(3), {"place": "village", "resource": "grain", "quantity": 8}],
        recipes=recipes,
        plants=[{"place": "village", "recipe": "milling"}, {"place": "village", "recipe": "malting"}],
    )
    # f = 3 + g / 2 and g = 8 + f: 14 t of flour and 22 t of grain
    assert ground_of(know(economy)).total == pytest.approx([14, 22], rel=1e-4)


def test_ground_where_recipes_go_round_without_loss_then_nothing_bounds_them() -> None:
    recipes = [
        {"recipe": name, "resource": resource, "use": use, "quantity": 1}
        for name, taken, made in (("out", "flour", "grain"), ("back", "grain", "flour"))
        for resource, use in ((taken, "input"), (made, "output"))
    ]
    economy = small(
        more_resources=[{"resource": "grain", "unit": "t"}],
        stocks=[flour(0.5)],
        recipes=recipes,
        plants=[{"place": "village", "recipe": "out"}, {"place": "village", "recipe": "back"}],
    )
    assert np.isinf(ground_of(know(economy)).total).all()
    plan = share_out(economy, options=FLOOR)
    assert verify(economy, plan).holds  # a bound, or an honest gap of 1


def test_total_then_rounding_is_counted_outward() -> None:
    terms = np.full(1000, 0.1)
    found = total(terms)
    assert found.high > 100 > found.value - found.error
    assert (found + Sum(1.0, 0.0)).high >= 101


def test_verdict_of_a_plan_with_other_columns_then_nothing_is_proved() -> None:
    plan = share_out(small(**TWO), options=FLOOR)
    verdict = verify(plan.economy, replace(plan, met=plan.met.drop("people").with_columns(people=pl.lit("many"))))
    assert verdict.stages == ()
    assert np.isnan(verdict.gap)


def test_verify_prices_of_a_solver_that_answers_roughly_then_the_plan_holds_with_a_wider_gap(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from muster.plan.solver import Solution, Solver

    solve, draw = Solver.solve, np.random.default_rng(7)

    def roughly(solver: Solver, stage: object) -> Solution:
        found = solve(solver, stage)  # type: ignore[arg-type]
        return replace(found, duals=found.duals * (1 + 1e-4 * draw.standard_normal(len(found.duals))))

    economy = by_hand.economy()
    close = verify(economy, share_out(economy)).gap
    monkeypatch.setattr(Solver, "solve", roughly)
    plan = share_out(economy)
    verdict = verify(economy, plan)
    assert verdict.holds
    assert close < verdict.gap < 0.05
    for stage in verdict.stages:
        assert stage.gap < 0.05, stage
