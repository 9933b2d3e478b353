"""Goals: which are pursued, in which order, and the least effort, worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest
from small_plans import flour, held, met, people, planned, road, small, total

from muster.economy.tables import GOALS
from muster.plan import PlanOptions, share_out
from muster.plan.goals import Choice, pursue
from muster.plan.program import build

DIESEL = {"resource": "diesel", "unit": "l", "effort": 2}
WOOD = {"resource": "wood", "unit": "t", "effort": 1}


def exactly(*goals: str) -> PlanOptions:
    return PlanOptions(exact=True, goals=goals)


def baking(recipe: str, diesel: float, **limits: Any) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return a recipe of 1 t of flour from nothing but diesel, and its plant in the village."""
    rows = [
        {"recipe": recipe, "resource": "diesel", "use": "input", "quantity": diesel},
        {"recipe": recipe, "resource": "flour", "use": "output", "quantity": 1},
    ]
    return rows, {"place": "village", "recipe": recipe, **limits}


def in_two_ways(*ways: tuple[list[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    return {
        "more_resources": [DIESEL],
        "stocks": [{"place": "village", "resource": "diesel", "quantity": 1000}],
        "recipes": [row for rows, _ in ways for row in rows],
        "plants": [plant for _, plant in ways],
    }


def test_effort_then_the_way_that_uses_the_least_is_taken_first() -> None:
    plan = planned(**in_two_ways(baking("old", 30), baking("new", 10, runs_per_day=1.5)))
    assert met(plan, "norm") == pytest.approx([1], abs=1e-6)
    assert total(plan.runs, "runs", recipe="new") == pytest.approx(1.5, abs=1e-5)
    assert total(plan.runs, "runs", recipe="old") == pytest.approx(0.5, abs=1e-5)
    # (1.5 × 10 + 0.5 × 30) l × 2
    assert plan.goals[-1]["value"] == pytest.approx(60, abs=1e-4)
    assert plan.goals[-1]["tonne_km"] == 0


def test_effort_then_what_is_made_counts_against_what_is_used() -> None:
    # the still gives 6 l of diesel for 1 t of wood: 1 × 1 - 6 × 2 = -11, so all the wood goes that way
    still = [
        {"recipe": "still", "resource": "wood", "use": "input", "quantity": 1},
        {"recipe": "still", "resource": "diesel", "use": "output", "quantity": 6},
    ]
    plan = planned(
        more_resources=[DIESEL, WOOD],
        stocks=[flour(2), {"place": "village", "resource": "wood", "quantity": 3}],
        recipes=still,
        plants=[{"place": "village", "recipe": "still"}],
    )
    assert plan.goals[-1]["value"] == pytest.approx(-33, abs=1e-4)
    assert total(plan.runs, "runs") == pytest.approx(3, abs=1e-5)


def test_effort_then_what_people_are_given_is_not_used_up() -> None:
    plan = planned(resources=[{"resource": "flour", "unit": "t", "effort": 5}], stocks=[flour(2)])
    assert plan.goals[-1]["value"] == 0


def test_effort_then_roads_count_what_they_consume_and_not_what_they_occupy() -> None:
    # 2 t × 10 km × 0.5 l × 2
    plan = planned(
        places=["depot", "village"],
        more_resources=[DIESEL, {"resource": "truck", "unit": "piece", "effort": 100}],
        stocks=[
            flour(2, "depot"),
            {"place": "depot", "resource": "diesel", "quantity": 1000},
            {"place": "depot", "resource": "truck", "quantity": 9},
        ],
        routes=[road(distance_km=10)],
        modes=[
            {"mode": "lorry", "resource": "diesel", "use": "consumed", "per_t_km": 0.5},
            {"mode": "lorry", "resource": "truck", "use": "occupied", "per_t": 1},
        ],
    )
    assert plan.goals[-1]["value"] == pytest.approx(20, abs=1e-4)
    assert plan.goals[-1]["tonne_km"] == pytest.approx(20, abs=1e-4)


def test_effort_then_less_effort_wins_over_fewer_tonne_kilometres() -> None:
    routes = [road(distance_km=10), road(mode="barge", distance_km=50)]
    plan = planned(
        places=["depot", "village"],
        more_resources=[DIESEL],
        stocks=[flour(2, "depot"), {"place": "depot", "resource": "diesel", "quantity": 1000}],
        routes=routes,
        modes=[
            {"mode": "lorry", "resource": "diesel", "use": "consumed", "per_t_km": 1},
            {"mode": "barge", "resource": "diesel", "use": "consumed", "per_t_km": 0.1},
        ],
    )
    assert total(plan.dispatches, mode="barge") == pytest.approx(2, abs=1e-5)
    assert plan.goals[-1] == {
        "goal": "effort",
        "value": pytest.approx(20, abs=1e-4),
        "tonne_km": pytest.approx(100, abs=1e-3),
        "rounds": plan.goals[-1]["rounds"],
        "gap": pytest.approx(0, abs=1e-6),
    }


def test_effort_then_it_never_spends_slack() -> None:
    plan = planned(PlanOptions(slack=0.1), **in_two_ways(baking("old", 30)))
    assert met(plan) == pytest.approx([1], abs=1e-7)
    assert met(plan, "norm") == pytest.approx([1], abs=1e-7)


def test_effort_then_what_is_not_needed_stays_where_it_is() -> None:
    plan = planned(places=["depot", "village"], stocks=[flour(5), flour(5, "depot")], routes=[road()], periods=2)
    assert plan.dispatches.height == 0
    assert total(plan.balances, "closing", place="village", period=1) == pytest.approx(1, abs=1e-6)
    assert total(plan.balances, "lost") == pytest.approx(0, abs=1e-6)


TWO_PLACES: dict[str, Any] = {
    "places": ["a", "b", "depot"],
    "people": people("a", "b"),
    "norms": [
        {"need": "food", "floor": 1, "norm": 1},
        {"need": "food", "place": "b", "floor": 0, "norm": 3},
    ],
    "stocks": [flour(1, "depot")],
    "routes": [road("a"), road("b")],
}


@pytest.mark.parametrize(
    ("goals", "norms"),
    [
        (("floor",), None),
        (("floor", "norm"), [1, 0]),
        (("norm",), [0.25, 0.25]),
        (("norm", "floor"), [0.25, 0.25]),
        (GOALS, [1, 0]),
        (("norm", "effort"), [0.25, 0.25]),
    ],
)
def test_goals_chosen_then_only_those_and_in_that_order(goals: tuple[str, ...], norms: list[float] | None) -> None:
    plan = planned(exactly(*goals), **TWO_PLACES)
    assert [goal["goal"] for goal in plan.goals] == list(goals)
    assert plan.economy.goals == goals
    assert plan.levels["goal"].unique(maintain_order=True).to_list() == [
        goal for goal in goals if goal not in ("effort", "reserve")
    ]
    if norms is None:
        assert met(plan, place="a") == pytest.approx([1], abs=1e-6)
    else:
        assert met(plan, "norm") == pytest.approx(norms, abs=1e-6)


def test_goals_of_the_economy_then_taken_where_nothing_is_chosen() -> None:
    economy = small(**TWO_PLACES).with_options(goals=("norm",), step=0.2, slack=0.0)
    plan = held(economy, PlanOptions())
    assert [goal["goal"] for goal in plan.goals] == ["norm"]
    assert (plan.economy.step, plan.economy.slack) == (0.2, 0.0)
    chosen = held(economy, PlanOptions(goals=("floor",), step=0.5, slack=0.01))
    assert [goal["goal"] for goal in chosen.goals] == ["floor"]
    assert (chosen.economy.step, chosen.economy.slack) == (0.5, 0.01)


def test_goals_of_effort_alone_then_nothing_is_done() -> None:
    plan = planned(exactly("effort"), **in_two_ways(baking("old", 30)))
    assert plan.runs.height == 0
    assert [goal["goal"] for goal in plan.goals] == ["effort"]
    assert plan.levels.height == 0


def test_records_then_means_count_people_and_below_counts_claims() -> None:
    # a: 3,000 people at 0.25, on two days; b: 1,000 whole; c: 500 without anything on the second day alone
    plan = planned(
        exactly("floor"),
        places=["a", "b", "c"],
        periods=2,
        people=[
            *people("a", count=3000),
            *people("b"),
            {"place": "c", "group": "all", "people": 500, "from": "2026-11-03"},
        ],
        stocks=[flour(1.5, "a"), flour(2, "b")],
    )
    record = plan.goals[0]
    assert record["mean"] == pytest.approx((2 * 3000 * 0.25 + 2 * 1000) / 8500, abs=1e-6)
    assert (record["below"], record["people_below"]) == (3, 3500)
    assert record["least"] == 0
    assert record["max_min"] == pytest.approx(0, abs=1e-9)


def test_records_of_people_with_two_needs_then_each_counts_once() -> None:
    needs = [{"need": "food", "unit": "kg"}, {"need": "heat", "unit": "kWh"}]
    norms = [{"need": need, "floor": 1, "norm": 2} for need in ("food", "heat")]
    record = planned(exactly("floor"), needs=needs, norms=norms, stocks=[flour(0.5)]).goals[0]
    assert (record["below"], record["people_below"]) == (2, 1000)


def test_goals_in_any_order_then_the_tables_of_the_economy_stay_as_they_were() -> None:
    economy = small(**TWO_PLACES)
    share_out(economy, options=PlanOptions(goals=("norm",)))
    assert economy.goals == GOALS


@pytest.mark.parametrize("exact", [False, True])
def test_pursue_then_every_program_is_kept_with_its_prices(exact: bool) -> None:
    stocks, ways = [flour(1.5, "depot"), flour(0.1, "a")], [road("a", capacity_t_per_day=0.2, distance_km=9), road("b")]
    program = build(
        small(places=["depot", "a", "b"], people=people("a", "b"), stocks=stocks, routes=ways, more_resources=[DIESEL])
    )
    outcome = pursue(program, Choice(GOALS, 0.05, 0.001, exact, None), lambda progress: None)
    for climb in outcome.climbs:
        assert [stage.round for stage in climb.stages] == list(range(1, climb.rounds + 1))
        assert all(stage.kind == "common" for stage in climb.stages[:1])
        assert {stage.kind for stage in climb.stages[1:]} <= ({"level"} if exact else {"band", "last"})
    assert len(outcome.climbs[0].stages) > 1
    assert [stage.kind for stage in outcome.stages] == ["tonne_km"]  # nothing here has any effort
    for stage in (*outcome.climbs[0].stages, *outcome.stages):
        assert len(stage.duals) == outcome.ladder.entries.shape[0]
