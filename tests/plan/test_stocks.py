"""Stocks, arrivals, stores and lots: what is there when, worked out by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from small_plans import FLOUR, flour, held, met, people, planned, road, small, total

from muster.plan import PlanOptions

FLOOR = PlanOptions(exact=True, goals=("floor",))
HALVES = {**FLOUR, "keep": 0.5}
GONE = {**FLOUR, "keep": 0}


def test_stock_of_the_start_then_whole_in_the_first_period() -> None:
    plan = planned(resources=[HALVES], stocks=[flour(1)])
    assert met(plan) == pytest.approx([1.0], abs=1e-6)
    assert plan.balances.select("opening", "given", "lost", "closing").row(0) == pytest.approx((1, 1, 0, 0), abs=1e-6)


def test_stock_that_halves_then_keep_applies_from_one_period_to_the_next() -> None:
    # a today, half of what is left tomorrow: a = (1.5 - a) / 2 = 0.5
    plan = planned(resources=[HALVES], stocks=[flour(1.5)], periods=2)
    assert met(plan) == pytest.approx([0.5, 0.5], abs=1e-6)
    assert total(plan.balances, "closing", period=0) == pytest.approx(1.0, abs=1e-6)
    assert total(plan.balances, "opening", period=1) == pytest.approx(1.0, abs=1e-6)
    assert total(plan.balances, "lost", period=1) == pytest.approx(0.5, abs=1e-6)


def test_arrival_that_halves_then_whole_in_its_own_period() -> None:
    plan = planned(resources=[HALVES], arrivals=[flour(1, on="2026-11-03")], periods=3)
    # from day 1 on: a and (1 - a) / 2
    assert met(plan) == pytest.approx([0, 1 / 3, 1 / 3], abs=1e-6)


def test_stock_that_cannot_be_stored_then_used_at_once_or_lost() -> None:
    plan = planned(resources=[GONE], stocks=[flour(3)], periods=2)
    assert met(plan, "norm") == pytest.approx([1, 0], abs=1e-6)
    assert total(plan.balances, "closing") == 0
    assert total(plan.balances, "given") + total(plan.balances, "lost") == pytest.approx(3, abs=1e-6)


def test_arrivals_that_cannot_be_stored_then_each_day_has_its_own() -> None:
    steady = {"place": "village", "resource": "flour", "per_day": 0.5}
    plan = planned(resources=[GONE], arrivals=[steady], periods=3)
    assert met(plan) == pytest.approx([0.5] * 3, abs=1e-6)


STORES: list[tuple[list[tuple[str | None, float]], list[float]]] = [
    ([("food", 1)], [1, 0.5]),  # 3 t: 1 t may lie there overnight, so 2 t today
    ([(None, 1)], [1, 0.5]),
    ([("fuel", 1)], [0.75, 0.75]),
    ([("food", 9), (None, 1)], [1, 0.5]),
    ([("food", 1), (None, 9)], [1, 0.5]),
    ([("food", 0)], [1, 0]),
    ([], [0.75, 0.75]),
]


def test_stores_with_a_class_or_for_all_then_each_place_holds_no_more() -> None:
    places = [f"village {n}" for n in range(len(STORES))]
    plan = planned(
        places=places,
        people=people(*places),
        more_resources=[{"resource": "coal", "unit": "t", "class": "fuel"}],
        stocks=[flour(3, place) for place in places],
        stores=[
            {"place": place, "class": label, "capacity_t": capacity}
            for place, (rows, _) in zip(places, STORES, strict=True)
            for label, capacity in rows
        ],
        periods=2,
    )
    for place, (rows, norms) in zip(places, STORES, strict=True):
        assert met(plan, "norm", place=place) == pytest.approx(norms, abs=1e-6), rows


def test_store_for_all_then_what_is_held_back_takes_the_room() -> None:
    coal = {"resource": "coal", "unit": "t", "class": "fuel"}
    plan = planned(
        PlanOptions(exact=True, goals=("reserve", "norm")),
        more_resources=[coal],
        stocks=[flour(3), {"place": "village", "resource": "coal", "quantity": 1}],
        stores=[{"place": "village", "capacity_t": 1}],
        reserves=[{"place": "village", "resource": "coal", "quantity": 1}],
        periods=2,
    )
    assert plan.reserves["met"].item() == pytest.approx(1, abs=1e-6)
    assert met(plan, "norm") == pytest.approx([1, 0], abs=1e-6)


def test_store_of_pieces_then_holds_their_tonnes() -> None:
    box = {"resource": "box", "unit": "piece", "mass_t": 0.5}
    plan = planned(
        resources=[box],
        contents=[{"resource": "box", "need": "food", "amount": 500}],
        stocks=[{"place": "village", "resource": "box", "quantity": 6}],
        stores=[{"place": "village", "capacity_t": 0.5}],
        periods=2,
    )
    assert met(plan, "norm") == pytest.approx([1, 0.25], abs=1e-6)  # one box of the four that people would have


WEEKS = {"start": "2026-11-02", "period": "week", "periods": 2}


GOOD_THROUGH: dict[str | None, list[float]] = {
    "2026-11-02": [1, 0],  # the first day of the first week: good for all of that week
    "2026-11-08": [1, 0],
    "2026-11-09": [0.5, 0.5],  # the first day of the second week
    "2026-11-15": [0.5, 0.5],
    "2027-05-01": [0.5, 0.5],
    None: [0.5, 0.5],
}


def test_lots_with_a_date_then_usable_through_the_period_that_contains_it() -> None:
    places = [f"village {day}" for day in GOOD_THROUGH]
    stocks = [flour(14, place, expires=day) for place, day in zip(places, GOOD_THROUGH, strict=True)]
    plan = planned(**WEEKS, places=places, people=people(*places), stocks=stocks)
    for place, norms in zip(places, GOOD_THROUGH.values(), strict=True):
        assert met(plan, "norm", place=place) == pytest.approx(norms, abs=1e-6), place


def test_lot_that_expired_before_the_start_then_lost_in_the_first_period() -> None:
    plan = planned(stocks=[flour(2, expires="2026-11-01"), flour(0.5)], periods=2)
    assert sum(met(plan)) == pytest.approx(0.5, abs=1e-6)
    first = plan.balances.row(0, named=True)
    assert (first["opening"], first["lost"]) == pytest.approx((2.5, 2), abs=1e-6)
    assert total(plan.balances, "lost", period=1) == pytest.approx(0, abs=1e-6)


def test_lot_that_expired_before_the_start_and_nothing_else_then_only_lost() -> None:
    plan = planned(stocks=[flour(2, expires="2026-11-01")])
    assert plan.balances.select("opening", "lost", "closing").rows() == [(2.0, 2.0, 0.0)]
    assert plan.given.height == 0


def test_lot_that_is_too_much_then_the_rest_is_lost_when_it_expires() -> None:
    plan = planned(stocks=[flour(5, expires="2026-11-03")], periods=3)
    assert met(plan, "norm") == pytest.approx([1, 1, 0], abs=1e-6)
    assert total(plan.balances, "given") + total(plan.balances, "lost") == pytest.approx(5, abs=1e-6)
    assert total(plan.balances, "closing", period=1) == 0


@pytest.mark.parametrize(("expires", "floors"), [("2026-11-02", [0, 0]), ("2026-11-03", [0, 1])])
def test_lot_on_its_way_then_must_arrive_while_good(expires: str, floors: list[float]) -> None:
    plan = planned(
        places=["depot", "village"], stocks=[flour(1, "depot", expires=expires)], routes=[road(lead_days=1)], periods=2
    )
    assert met(plan) == pytest.approx(floors, abs=1e-6)
    assert plan.dispatches.height == sum(floors)


@pytest.mark.parametrize("options", [FLOOR, PlanOptions(goals=("floor",)), PlanOptions(exact=True), PlanOptions()])
def test_lots_and_goods_without_a_date_then_first_expired_first_out(options: PlanOptions) -> None:
    stocks = [flour(1), flour(1, expires="2026-12-02"), flour(1, expires="2026-12-01")]
    plan = planned(options, stocks=stocks, periods=3)
    assert sum(met(plan)) == pytest.approx(3, abs=2e-3)
    lots = plan.lots.sort("period")
    assert set(lots["flow"]) == {"given"}
    earlier, later = (lots.filter(expires=date(2026, 12, day)) for day in (1, 2))
    assert earlier["period"].max() <= later["period"].min()
    assert total(earlier) == pytest.approx(1, abs=2e-3)
    assert total(later) == pytest.approx(1, abs=2e-3)


def test_lots_drawn_by_people_and_recipes_then_the_first_to_expire_goes_first() -> None:
    plan = planned(
        stocks=[flour(1, expires="2026-11-03"), flour(2, expires="2026-11-04")],
        more_resources=[{"resource": "bread", "unit": "t"}],
        needs=[{"need": "food", "unit": "kg"}, {"need": "bread", "unit": "kg"}],
        norms=[{"need": need, "floor": 0.5, "norm": 0.5} for need in ("food", "bread")],
        contents=[
            {"resource": "flour", "need": "food", "amount": 1000},
            {"resource": "bread", "need": "bread", "amount": 1000},
        ],
        recipes=[
            {"recipe": "bake", "resource": "flour", "use": "input", "quantity": 1},
            {"recipe": "bake", "resource": "bread", "use": "output", "quantity": 1},
        ],
        plants=[{"place": "village", "recipe": "bake"}],
        periods=3,
    )
    assert met(plan) == pytest.approx([1] * 6, abs=1e-6)
    assert set(plan.lots["flow"]) == {"given", "used"}
    older = {"resource": "flour", "expires": date(2026, 11, 3)}
    assert total(plan.lots, period=0, **older) == pytest.approx(1, abs=1e-6)


def test_lots_sent_on_then_keep_their_date() -> None:
    plan = planned(
        places=["depot", "village"],
        stocks=[flour(2, "depot", expires="2026-11-03")],
        routes=[road()],
        periods=3,
    )
    assert met(plan) == pytest.approx([1, 1, 0], abs=1e-6)
    sent = plan.lots.filter(flow="sent")
    assert set(sent["expires"]) == {date(2026, 11, 3)}
    assert set(sent["to"]) == {"village"}
    assert total(sent) == pytest.approx(2, abs=1e-6)


def test_lot_that_halves_then_keep_and_date_both_apply() -> None:
    plan = planned(resources=[HALVES], stocks=[flour(1.5, expires="2026-11-03")], periods=3)
    assert met(plan) == pytest.approx([0.5, 0.5, 0], abs=1e-6)


IN_DAYS: list[tuple[dict[str, Any], list[float]]] = [
    ({"quantity": 1, "on": "2026-11-02"}, [1, 0, 0]),
    ({"quantity": 1, "on": "2026-11-04"}, [0, 0, 1]),
    ({"quantity": 1, "on": "2026-11-05"}, [0, 0, 0]),  # after the end
    ({"per_day": 1}, [1, 1, 1]),
    ({"per_day": 1, "from": "2026-11-03"}, [0, 1, 1]),
    ({"per_day": 1, "until": "2026-11-03"}, [1, 0, 0]),
    ({"per_day": 1, "from": "2026-11-03", "until": "2026-11-04"}, [0, 1, 0]),
    ({"per_day": 1, "from": "2026-10-01", "until": "2026-11-04"}, [1, 1, 0]),
    ({"per_day": 500, "unit": "kg"}, [0.5] * 3),
]
IN_WEEKS: list[tuple[dict[str, Any], list[float]]] = [
    ({"quantity": 7, "on": "2026-11-08"}, [1, 0]),  # Sunday, still the first week
    ({"quantity": 7, "on": "2026-11-09"}, [0, 1]),
    ({"per_day": 1, "from": "2026-11-05", "until": "2026-11-11"}, [4 / 7, 2 / 7]),
]


@pytest.mark.parametrize(("cases", "horizon"), [(IN_DAYS, {"periods": 3}), (IN_WEEKS, WEEKS)])
def test_arrivals_then_once_or_for_each_day_of_a_half_open_window(
    cases: list[tuple[dict[str, Any], list[float]]], horizon: dict[str, Any]
) -> None:
    places = [f"village {n}" for n in range(len(cases))]
    rows = [{"place": place, "resource": "flour", **row} for place, (row, _) in zip(places, cases, strict=True)]
    plan = planned(FLOOR, **horizon, places=places, people=people(*places), resources=[GONE], arrivals=rows)
    for place, (row, floors) in zip(places, cases, strict=True):
        assert met(plan, place=place) == pytest.approx(floors, abs=1e-6), row


def test_arrivals_after_the_end_alone_then_nothing_is_there() -> None:
    plan = planned(FLOOR, arrivals=[flour(1, on="2026-11-05")])
    assert met(plan) == [0]


@pytest.mark.parametrize(
    ("period", "start", "days"),
    [
        ("day", "2026-11-02", (1, 1)),
        ("week", "2026-11-02", (7, 7)),
        ("month", "2028-02-01", (29, 31)),
        ("month", "2026-11-15", (30, 31)),
        ("year", "2027-01-01", (365, 366)),
    ],
)
def test_periods_of_any_length_then_needs_and_arrivals_count_their_days(
    period: str, start: str, days: tuple[int, int]
) -> None:
    steady = {"place": "village", "resource": "flour", "per_day": 0.25}
    plan = planned(FLOOR, resources=[GONE], arrivals=[steady], start=start, period=period, periods=2)
    assert met(plan) == pytest.approx([0.25, 0.25], abs=1e-6)
    assert plan.given["quantity"].to_list() == pytest.approx([0.25 * each for each in days], rel=1e-6)


def test_rows_without_a_key_then_add_up_in_any_unit() -> None:
    plan = planned(
        FLOOR, stocks=[flour(0.25), flour(250, unit="kg")], arrivals=[flour(0.125, on="2026-11-02") for _ in range(2)]
    )
    assert met(plan) == pytest.approx([0.75], abs=1e-6)


def test_place_with_nothing_and_nobody_then_the_plan_is_empty() -> None:
    plan = held(small(people=[], stocks=[]))
    assert all(getattr(plan, name).height == 0 for name in ("met", "given", "dispatches", "runs", "balances"))
    assert [goal.get("max_min", 0) for goal in plan.goals] == [1, 1, 1, 0]
