"""Reserves: what is wanted, and what closing stock counts, worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest
from small_plans import FLOUR, flour, held, met, people, planned, road, small, total

from muster.plan import PlanOptions

RESERVE = PlanOptions(exact=True, goals=("reserve",))
FLOOR_FIRST = PlanOptions(exact=True, goals=("floor", "reserve"))
RESERVE_FIRST = PlanOptions(exact=True, goals=("reserve", "floor"))
USD = {"resource": "usd", "unit": "usd", "pooled": True}


def row(plan: Any) -> tuple[float, float, float]:
    """Return what is wanted, held and met of the one reserve."""
    return tuple(plan.reserves.select("wanted", "held", "met").row(0))


def test_reserve_of_days_then_so_many_days_of_the_full_norm() -> None:
    # three days of 2 kg for 1,000 people; the floor takes 1 t of 4 t, and 3 t stay
    plan = planned(stocks=[flour(4)], reserves=[{"place": "village", "need": "food", "days": 3}])
    assert row(plan) == pytest.approx((6000, 3000, 0.5), abs=1e-2)
    assert met(plan) == pytest.approx([1], abs=1e-6)
    assert met(plan, "norm") == pytest.approx([0.5], abs=1e-6)
    reserve = plan.goals[1]
    assert (reserve["max_min"], reserve["least"], reserve["below"], reserve["people_below"]) == (
        pytest.approx(0.5, abs=1e-6),
        pytest.approx(0.5, abs=1e-6),
        1,
        0,
    )


def test_reserve_that_is_met_then_the_rest_serves_the_norm() -> None:
    plan = planned(stocks=[flour(7.5)], reserves=[{"place": "village", "need": "food", "days": 3}])
    assert row(plan) == pytest.approx((6000, 6000, 1), abs=1e-2)
    assert met(plan, "norm") == pytest.approx([0.75], abs=1e-6)


def test_reserve_of_days_then_the_people_and_norms_of_its_period_count() -> None:
    come = [{"place": "village", "group": "all", "people": 3000, "from": "2026-11-03"}]
    norms = [{"need": "food", "floor": 1, "norm": 2}, {"need": "food", "floor": 1, "norm": 4, "from": "2026-11-04"}]
    wishes = [{"place": "village", "need": "food", "days": 1, "on": f"2026-11-{day:02}"} for day in (2, 3, 4)]
    plan = planned(RESERVE, periods=3, people=[*people("village"), *come], norms=norms, reserves=wishes)
    assert plan.reserves["wanted"].to_list() == [2000, 6000, 12000]
    assert plan.reserves["on"].to_list() == [0, 1, 2]


def test_reserve_where_nobody_is_then_nothing_is_wanted() -> None:
    plan = planned(
        places=["village", "camp"], stocks=[flour(2)], reserves=[{"place": "camp", "need": "food", "days": 3}]
    )
    assert row(plan) == (0, 0, 1)
    assert plan.goals[1]["rounds"] == 0
    assert met(plan, "norm") == pytest.approx([1], abs=1e-6)


def test_reserves_of_a_quantity_then_in_units_of_the_need_or_the_resource() -> None:
    wishes = [
        ({"need": "food", "quantity": 2000}, (2000, 1000, 0.5)),
        ({"resource": "flour", "quantity": 4}, (4, 1, 0.25)),  # the same tonne serves both
        ({"resource": "coal", "quantity": 4}, (4, 3, 0.75)),
        ({"resource": "wood", "quantity": 4}, (4, 0, 0)),
    ]
    plan = planned(
        RESERVE,
        more_resources=[{"resource": "coal", "unit": "t"}, {"resource": "wood", "unit": "t"}],
        stocks=[flour(1), {"place": "village", "resource": "coal", "quantity": 3}],
        reserves=[{"place": "village", **wish} for wish, _ in wishes],
    )
    for found, (wish, expected) in zip(plan.reserves.select("wanted", "held", "met").rows(), wishes, strict=True):
        assert found == pytest.approx(expected, abs=1e-4), wish


def test_reserve_of_a_place_then_only_what_lies_there() -> None:
    plan = planned(
        RESERVE,
        places=["village", "depot"],
        stocks=[flour(1), flour(3, "depot")],
        routes=[road(capacity_t_per_day=0.5)],
        reserves=[{"place": "village", "resource": "flour", "quantity": 4}],
    )
    assert row(plan) == pytest.approx((4, 1.5, 0.375), abs=1e-5)


def test_reserve_of_all_places_then_they_count_together_and_the_pool_too() -> None:
    plan = planned(
        RESERVE,
        places=["village", "depot"],
        resources=[FLOUR, USD],
        contents=[
            {"resource": "flour", "need": "food", "amount": 1000},
            {"resource": "usd", "need": "food", "amount": 2},
        ],
        stocks=[flour(1), flour(3, "depot"), {"resource": "usd", "quantity": 500}],
        reserves=[{"need": "food", "quantity": 10_000}, {"resource": "flour", "quantity": 8}],
    )
    assert plan.reserves["held"].to_list() == pytest.approx([5000, 4], rel=1e-6)
    assert plan.reserves["place"].to_list() == [None, None]
    assert plan.reserves["met"].to_list() == pytest.approx([0.5, 0.5], abs=1e-6)


def test_reserve_of_days_of_all_places_then_the_people_of_all_count() -> None:
    plan = planned(
        RESERVE,
        places=["village", "camp"],
        people=[*people("village"), *people("camp", count=500)],
        reserves=[{"need": "food", "days": 2}],
    )
    assert row(plan) == (6000, 0, 0)


def test_reserve_on_a_date_then_it_can_be_used_after_that_period() -> None:
    plan = planned(
        FLOOR_FIRST,
        periods=2,
        stocks=[flour(2)],
        reserves=[{"place": "village", "resource": "flour", "quantity": 1, "on": "2026-11-02"}],
    )
    assert row(plan) == pytest.approx((1, 1, 1), abs=1e-6)
    assert met(plan) == pytest.approx([1, 1], abs=1e-6)


def test_reserve_without_a_date_then_at_the_end_of_the_horizon() -> None:
    plan = planned(
        FLOOR_FIRST, periods=2, stocks=[flour(2.5)], reserves=[{"place": "village", "resource": "flour", "quantity": 1}]
    )
    assert plan.reserves["on"].to_list() == [1]
    assert row(plan) == pytest.approx((1, 0.5, 0.5), abs=1e-6)


def test_reserve_of_what_halves_then_the_closing_stock_counts_whole() -> None:
    plan = planned(
        RESERVE,
        periods=2,
        resources=[{**FLOUR, "keep": 0.5}],
        stocks=[flour(2)],
        reserves=[{"place": "village", "resource": "flour", "quantity": 2}],
    )
    assert row(plan) == pytest.approx((2, 1, 0.5), abs=1e-6)


def test_reserve_of_what_cannot_be_stored_then_nothing_counts() -> None:
    economy = small(
        resources=[{**FLOUR, "keep": 0}], stocks=[flour(2)], reserves=[{"place": "village", "need": "food", "days": 1}]
    )
    assert row(held(economy, RESERVE)) == (2000, 0, 0)


def test_reserves_with_lots_then_only_those_that_are_good_after_it_count() -> None:
    # days 2, 3 and 4 of November; held at the end of the 3rd and of the 4th
    good = {"2026-11-03": (0, 0), "2026-11-04": (1, 0), "2026-11-05": (1, 1), "2027-11-05": (1, 1), None: (1, 1)}
    places = [f"depot {day}" for day in good]
    for n, on in enumerate(("2026-11-03", "2026-11-04")):
        plan = planned(
            RESERVE,
            periods=3,
            places=["village", *places],
            stocks=[flour(1, place, expires=day) for place, day in zip(places, good, strict=True)],
            reserves=[{"place": place, "resource": "flour", "quantity": 1, "on": on} for place in places],
        )
        assert plan.reserves["held"].to_list() == pytest.approx([each[n] for each in good.values()], abs=1e-6)


ON_THE_WAY: dict[str, Any] = {
    "places": ["depot", "village"],
    "periods": 2,
    "stocks": [flour(1, "depot")],
    "routes": [road(lead_days=1)],
    "people": [{"place": "village", "group": "all", "people": 1000, "from": "2026-11-03"}],
    "reserves": [{"resource": "flour", "quantity": 1, "on": "2026-11-02"}],
}


def test_reserve_of_what_is_on_its_way_then_it_does_not_count() -> None:
    plan = planned(FLOOR_FIRST, **ON_THE_WAY)
    assert met(plan) == pytest.approx([1], abs=1e-6)
    assert row(plan) == pytest.approx((1, 0, 0), abs=1e-6)


def test_reserve_before_the_floor_then_it_is_held_and_nobody_eats() -> None:
    plan = planned(RESERVE_FIRST, **ON_THE_WAY)
    assert row(plan) == pytest.approx((1, 1, 1), abs=1e-6)
    assert met(plan) == pytest.approx([0], abs=1e-6)
    assert [goal["goal"] for goal in plan.goals] == ["reserve", "floor"]


def test_reserves_that_share_a_stock_then_the_worst_off_first_and_each_weighs_one() -> None:
    # village wants 1 t and has 0.5; camp wants 3 t; 1 t at the depot can go to either
    plan = planned(
        RESERVE,
        places=["depot", "village", "camp"],
        stocks=[flour(1, "depot"), flour(0.5)],
        routes=[road(), road("camp")],
        reserves=[
            {"place": "village", "resource": "flour", "quantity": 1},
            {"place": "camp", "resource": "flour", "quantity": 3},
        ],
    )
    # 0.5 + a = z, (1 - a) / 3 = z: a = -0.125, so all of it to the camp
    assert plan.reserves["met"].to_list() == pytest.approx([0.5, 1 / 3], abs=1e-6)
    assert plan.goals[0]["max_min"] == pytest.approx(1 / 3, abs=1e-6)
    assert plan.goals[0]["mean"] == pytest.approx((0.5 + 1 / 3) / 2, abs=1e-6)


def test_reserves_in_levels_then_the_need_or_the_resource_stands_for_the_claim() -> None:
    plan = planned(
        RESERVE,
        stocks=[flour(1)],
        reserves=[{"place": "village", "need": "food", "quantity": 4000}, {"resource": "flour", "quantity": 2}],
    )
    rows = plan.levels.select("goal", "place", "group", "need", "period").rows()
    assert rows == [("reserve", "village", None, "food", 0), ("reserve", None, None, "flour", 0)]
    assert plan.levels["level"].to_list() == pytest.approx([0.25, 0.5], abs=1e-6)


def test_reserve_and_norm_then_the_norm_leaves_what_is_held() -> None:
    plan = planned(
        PlanOptions(exact=True, goals=("norm", "reserve")),
        stocks=[flour(3)],
        reserves=[{"place": "village", "resource": "flour", "quantity": 2}],
    )
    assert met(plan, "norm") == pytest.approx([1], abs=1e-6)
    assert row(plan) == pytest.approx((2, 1, 0.5), abs=1e-6)
    assert total(plan.balances, "closing") == pytest.approx(1, abs=1e-6)


def test_reserve_in_two_rows_of_one_resource_then_they_add_up() -> None:
    plan = planned(
        stocks=[flour(2)],
        reserves=[
            {"place": "village", "resource": "flour", "quantity": 1},
            {"place": "village", "resource": "flour", "quantity": 1.5},
        ],
    )
    assert plan.reserves["wanted"].to_list() == [2.5]
    assert plan.levels.filter(goal="reserve").height == 1
