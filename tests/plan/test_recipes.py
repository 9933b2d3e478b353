"""Recipes and plants: what is made, when it is ready and what it occupies, worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from small_plans import FLOUR, flour, met, people, planned, total

from muster.plan import PlanOptions

FLOOR = PlanOptions(exact=True, goals=("floor",))
WEEK = {"start": "2026-11-02", "period": "week"}
GRAIN = {"resource": "grain", "unit": "t"}
MILL = {"resource": "mill", "unit": "piece"}
USD = {"resource": "usd", "unit": "usd", "pooled": True}
ONE_MILL = [{"place": "village", "recipe": "milling"}]


def grain(quantity: float, place: str = "village") -> dict[str, Any]:
    return {"place": place, "resource": "grain", "quantity": quantity}


def milling(*more: Mapping[str, Any], **after: int) -> list[Mapping[str, Any]]:
    """Return a recipe: 1.25 t of grain give 1 t of flour."""
    return [
        {"recipe": "milling", "resource": "grain", "use": "input", "quantity": 1.25},
        {"recipe": "milling", "resource": "flour", "use": "output", "quantity": 1, **after},
        *({"recipe": "milling", **row} for row in more),
    ]


def test_recipe_without_a_limit_then_inputs_become_outputs() -> None:
    plan = planned(FLOOR, more_resources=[GRAIN], stocks=[grain(0.625)], recipes=milling(), plants=ONE_MILL)
    assert met(plan) == pytest.approx([0.5], abs=1e-6)
    assert plan.runs.select("place", "recipe", "period").rows() == [("village", "milling", 0)]
    assert total(plan.runs, "runs") == pytest.approx(0.5, abs=1e-6)
    assert total(plan.balances, "used", resource="grain") == pytest.approx(0.625, abs=1e-6)
    assert total(plan.balances, "made", resource="flour") == pytest.approx(0.5, abs=1e-6)


def test_recipe_without_a_plant_there_then_it_does_not_run() -> None:
    plan = planned(
        FLOOR,
        places=["village", "depot"],
        more_resources=[GRAIN],
        stocks=[grain(9)],
        recipes=milling(),
        plants=[{"place": "depot", "recipe": "milling"}],
    )
    assert met(plan) == [0]
    assert plan.runs.height == 0


def test_recipe_with_several_lines_of_one_resource_then_they_add_up() -> None:
    again = {"resource": "flour", "use": "output", "quantity": 1}
    plan = planned(FLOOR, more_resources=[GRAIN], stocks=[grain(0.625)], recipes=milling(again), plants=ONE_MILL)
    assert met(plan) == pytest.approx([1.0], abs=1e-6)


def test_recipe_that_takes_a_little_of_what_it_makes_then_the_net_counts() -> None:
    # half a run: 0.5 t of flour come out and 0.1 t go in, beside the 0.1 t that are there
    back = {"resource": "flour", "use": "input", "quantity": 0.2}
    stocks = [grain(0.625), flour(0.1)]
    plan = planned(FLOOR, more_resources=[GRAIN], stocks=stocks, recipes=milling(back), plants=ONE_MILL)
    assert met(plan) == pytest.approx([0.5], abs=1e-6)


def test_recipe_that_takes_hours_then_the_hours_of_the_period_bind() -> None:
    hours = {"resource": "hours", "use": "input", "quantity": 8}
    plan = planned(
        FLOOR,
        periods=2,
        more_resources=[GRAIN, {"resource": "hours", "unit": "h", "keep": 0}],
        stocks=[grain(9)],
        arrivals=[{"place": "village", "resource": "hours", "per_day": 2, "from": "2026-11-03"}],
        recipes=milling(hours),
        plants=ONE_MILL,
    )
    assert met(plan) == pytest.approx([0, 0.25], abs=1e-6)


PLANTS: list[tuple[list[dict[str, Any]], float]] = [
    ([{"runs_per_day": 0.5}], 3.5),
    ([{"runs_per_day": 0.25}, {"runs_per_day": 0.25}], 3.5),
    ([{"runs_per_day": 0.5, "from": "2026-11-04"}], 2.5),
    ([{"runs_per_day": 0.5, "until": "2026-11-04"}], 1),
    ([{"runs_per_day": 0.5, "from": "2026-11-04", "until": "2026-11-05"}], 0.5),
    ([{"runs_per_day": 0.5, "until": "2026-11-03"}, {"runs_per_day": 1, "from": "2026-11-06"}], 3.5),
    ([{"runs_per_day": 0.5}, {"from": "2026-11-08"}], 7),
    ([{"from": "2026-11-08"}], 7),
    ([{"from": "2026-11-09"}], 0),
    ([{"runs_per_day": 0}], 0),
]


def test_plants_of_a_week_then_runs_a_day_times_the_days_inside() -> None:
    places = [f"village {n}" for n in range(len(PLANTS))]
    plan = planned(
        FLOOR,
        **WEEK,
        places=places,
        people=people(*places),
        more_resources=[GRAIN],
        stocks=[grain(50, place) for place in places],
        recipes=milling(),
        plants=[
            {"place": place, "recipe": "milling", **row}
            for place, (rows, _) in zip(places, PLANTS, strict=True)
            for row in rows
        ],
    )
    for place, (rows, runs) in zip(places, PLANTS, strict=True):
        assert met(plan, place=place) == pytest.approx([runs / 7], abs=1e-6), rows


READY: list[tuple[dict[str, int], int]] = [
    ({}, 0),
    ({"after_days": 0}, 0),
    ({"after_days": 1}, 1),  # the last day of the first week is Sunday
    ({"after_days": 7}, 1),
    ({"after_days": 8}, 2),
    ({"after_periods": 0}, 0),
    ({"after_periods": 1}, 1),
    ({"after_periods": 2}, 2),
    ({"after_days": 15}, 3),
    ({"after_periods": 3}, 3),
]


def test_outputs_in_weeks_then_ready_so_long_after_the_last_day() -> None:
    places = [f"village {n}" for n in range(len(READY))]
    recipes = []
    for place, (after, _) in zip(places, READY, strict=True):
        recipes += [{**row, "recipe": f"of {place}"} for row in milling(**after)]
    plan = planned(
        FLOOR,
        **WEEK,
        periods=3,
        places=places,
        people=people(*places),
        more_resources=[GRAIN],
        stocks=[grain(26.25, place) for place in places],
        recipes=recipes,
        plants=[{"place": place, "recipe": f"of {place}", "until": "2026-11-09"} for place in places],
    )
    for place, (after, ready) in zip(places, READY, strict=True):
        assert met(plan, place=place) == pytest.approx([float(t >= ready) for t in range(3)], abs=1e-6), after
        assert plan.runs.filter(place=place).height == (ready < 3)
        made = total(plan.balances, "made", place=place, resource="flour", period=ready)
        assert made == pytest.approx(7 * (3 - ready), abs=1e-4), after


def test_output_in_months_then_days_count_from_the_end_of_the_month() -> None:
    # 31 days after the 30th of November is the 31st of December, 32 days after it the 1st of January
    for days, ready in ((31, 1), (32, 2)):
        plan = planned(
            FLOOR,
            start="2026-11-01",
            period="month",
            periods=3,
            more_resources=[GRAIN],
            stocks=[grain(1.25)],
            recipes=milling(after_days=days),
            plants=[{"place": "village", "recipe": "milling", "until": "2026-12-01"}],
        )
        assert total(plan.balances, "made", period=ready) == pytest.approx(1, abs=1e-5)


def test_outputs_at_different_times_then_each_at_its_own() -> None:
    late = {"resource": "flour", "use": "output", "quantity": 0.5, "after_periods": 1}
    plan = planned(
        FLOOR,
        periods=2,
        resources=[{**FLOUR, "keep": 0}, GRAIN],
        stocks=[grain(1.25)],
        recipes=milling(late),
        plants=[{"place": "village", "recipe": "milling", "until": "2026-11-03"}],
    )
    assert met(plan) == pytest.approx([1, 0.5], abs=1e-6)


def test_recipe_that_occupies_then_its_days_are_at_most_closing_stock_times_days() -> None:
    # half a mill for seven days is 3.5 mill-days a week, and a run takes 2
    mill = {"resource": "mill", "use": "occupied", "quantity": 2}
    plan = planned(
        FLOOR,
        **WEEK,
        periods=2,
        more_resources=[GRAIN, MILL],
        stocks=[grain(50), {"place": "village", "resource": "mill", "quantity": 0.5}],
        recipes=milling(mill),
        plants=ONE_MILL,
    )
    assert met(plan) == pytest.approx([0.25, 0.25], abs=1e-6)
    assert plan.balances.filter(resource="mill")["closing"].to_list() == pytest.approx([0.5, 0.5], abs=1e-6)


def test_recipes_that_occupy_the_same_then_they_share_it() -> None:
    mill = {"resource": "mill", "use": "occupied", "quantity": 1}
    other = [
        {"recipe": "pressing", "resource": "oil", "use": "output", "quantity": 1},
        {"recipe": "pressing", "resource": "mill", "use": "occupied", "quantity": 1},
        {"recipe": "pressing", "resource": "grain", "use": "input", "quantity": 1},
    ]
    plan = planned(
        FLOOR,
        more_resources=[GRAIN, MILL, {"resource": "oil", "unit": "t"}],
        needs=[{"need": "food", "unit": "kg"}, {"need": "fat", "unit": "kg"}],
        norms=[{"need": need, "floor": 1, "norm": 2} for need in ("food", "fat")],
        contents=[
            {"resource": "flour", "need": "food", "amount": 1000},
            {"resource": "oil", "need": "fat", "amount": 1000},
        ],
        stocks=[grain(50), {"place": "village", "resource": "mill", "quantity": 1.5}],
        recipes=[*milling(mill), *other],
        plants=[*ONE_MILL, {"place": "village", "recipe": "pressing"}],
    )
    assert met(plan) == pytest.approx([0.75, 0.75], abs=1e-6)


@pytest.mark.parametrize(("after", "floors"), [({}, [0.5, 0.5, 0.5]), ({"after_periods": 1}, [0, 0.5, 0.5])])
def test_repair_then_what_is_made_whole_can_be_occupied(after: dict[str, int], floors: list[float]) -> None:
    repair = [
        {"recipe": "repair", "resource": "parts", "use": "input", "quantity": 4},
        {"recipe": "repair", "resource": "mill", "use": "output", "quantity": 1, **after},
    ]
    plan = planned(
        FLOOR,
        periods=3,
        more_resources=[GRAIN, MILL, {"resource": "parts", "unit": "piece"}],
        stocks=[grain(50), {"place": "village", "resource": "parts", "quantity": 2}],
        recipes=[*milling({"resource": "mill", "use": "occupied", "quantity": 1}), *repair],
        plants=[*ONE_MILL, {"place": "village", "recipe": "repair"}],
    )
    assert met(plan) == pytest.approx(floors, abs=1e-6)
    assert total(plan.runs, "runs", recipe="repair") == pytest.approx(0.5, abs=1e-6)


BUY = [
    {"recipe": "buy", "resource": "usd", "use": "input", "quantity": 400},
    {"recipe": "buy", "resource": "flour", "use": "output", "quantity": 1},
]


def test_recipe_that_buys_then_the_places_share_one_purse() -> None:
    plan = planned(
        FLOOR,
        places=["village", "camp"],
        people=people("village", "camp"),
        more_resources=[USD],
        stocks=[{"resource": "usd", "quantity": 200}, flour(0.25, "camp")],
        arrivals=[{"resource": "usd", "quantity": 100, "on": "2026-11-02"}],
        recipes=BUY,
        plants=[{"place": place, "recipe": "buy"} for place in ("village", "camp")],
    )
    # 300 usd buy 0.75 t, and 0.25 t are there
    assert met(plan) == pytest.approx([0.5, 0.5], abs=1e-6)
    assert plan.balances.filter(resource="usd").select("place", "opening", "arrived", "used").row(0) == (
        None,
        200,
        100,
        pytest.approx(300, abs=1e-3),
    )


def test_recipe_that_buys_from_a_steady_income_then_money_is_saved_for_later() -> None:
    plan = planned(
        FLOOR,
        periods=2,
        more_resources=[USD],
        arrivals=[{"resource": "usd", "per_day": 400, "until": "2026-11-03"}],
        recipes=BUY,
        plants=[{"place": "village", "recipe": "buy"}],
    )
    assert met(plan) == pytest.approx([0.5, 0.5], abs=1e-6)


def test_recipe_that_sells_then_money_comes_into_the_pool() -> None:
    sell = [
        {"recipe": "sell", "resource": "grain", "use": "input", "quantity": 1},
        {"recipe": "sell", "resource": "usd", "use": "output", "quantity": 100},
    ]
    plan = planned(
        FLOOR,
        places=["village", "camp"],
        more_resources=[USD, GRAIN],
        stocks=[grain(2, "camp")],
        recipes=[*BUY, *sell],
        plants=[{"place": "village", "recipe": "buy"}, {"place": "camp", "recipe": "sell"}],
    )
    assert met(plan) == pytest.approx([0.5], abs=1e-6)
    assert total(plan.balances, "made", resource="usd", place=None) == pytest.approx(200, abs=1e-3)


def test_recipe_that_occupies_what_is_pooled_then_all_places_share_it() -> None:
    team = {"resource": "team", "use": "occupied", "quantity": 1}
    plan = planned(
        FLOOR,
        places=["village", "camp"],
        people=people("village", "camp"),
        more_resources=[GRAIN, {"resource": "team", "unit": "piece", "pooled": True}],
        stocks=[grain(9), grain(9, "camp"), {"resource": "team", "quantity": 1}],
        recipes=milling(team),
        plants=[{"place": place, "recipe": "milling"} for place in ("village", "camp")],
    )
    assert met(plan) == pytest.approx([0.5, 0.5], abs=1e-6)


def test_chain_of_recipes_then_all_of_it_in_one_period() -> None:
    threshing = [
        {"recipe": "threshing", "resource": "sheaf", "use": "input", "quantity": 10},
        {"recipe": "threshing", "resource": "grain", "use": "output", "quantity": 1},
    ]
    plan = planned(
        FLOOR,
        more_resources=[GRAIN, {"resource": "sheaf", "unit": "piece"}],
        stocks=[{"place": "village", "resource": "sheaf", "quantity": 6.25}],
        recipes=[*milling(), *threshing],
        plants=[*ONE_MILL, {"place": "village", "recipe": "threshing"}],
    )
    assert met(plan) == pytest.approx([0.5], abs=1e-6)
