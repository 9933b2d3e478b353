"""Routes and modes: what gets through, when, and what it takes, worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest
from small_plans import flour, met, people, planned, road, total

from muster.plan import PlanOptions

FLOOR = PlanOptions(exact=True, goals=("floor",))
THERE = {"places": ["depot", "village"]}
WEEK = {"start": "2026-11-02", "period": "week"}
DIESEL = {"resource": "diesel", "unit": "l"}
COAL = {"resource": "coal", "unit": "t", "class": "fuel"}
TWO_NEEDS = {
    "needs": [{"need": "food", "unit": "kg"}, {"need": "heat", "unit": "kWh"}],
    "norms": [{"need": need, "floor": 1, "norm": 2} for need in ("food", "heat")],
}
CONTENT = {"resource": "flour", "need": "food", "amount": 1000}


def test_route_without_a_limit_then_everything_gets_through() -> None:
    plan = planned(**THERE, stocks=[flour(5, "depot")], routes=[road()])
    assert met(plan, "norm") == pytest.approx([1.0], abs=1e-6)
    assert total(plan.dispatches, since="depot", to="village", mode="lorry") == pytest.approx(2, abs=1e-6)


def test_route_with_a_capacity_then_that_much_a_day() -> None:
    plan = planned(FLOOR, **THERE, stocks=[flour(50, "depot")], routes=[road(capacity_t_per_day=0.5)], periods=2)
    assert met(plan) == pytest.approx([0.5, 0.5], abs=1e-6)


def test_route_with_a_capacity_then_resources_share_its_tonnes() -> None:
    # 1,000 kWh are in a bottle of half a tonne: a level z takes z t of flour and z / 2 t of bottles; 0.75 t get through
    plan = planned(
        FLOOR,
        **THERE,
        **TWO_NEEDS,
        more_resources=[{"resource": "gas", "unit": "piece", "mass_t": 0.5}],
        contents=[CONTENT, {"resource": "gas", "need": "heat", "amount": 1000}],
        stocks=[flour(5, "depot"), {"place": "depot", "resource": "gas", "quantity": 5}],
        routes=[road(capacity_t_per_day=0.75)],
    )
    assert met(plan) == pytest.approx([0.5, 0.5], abs=1e-6)
    assert total(plan.dispatches, resource="gas") == pytest.approx(0.5, abs=1e-6)


OPENINGS: list[tuple[list[dict[str, Any]], float]] = [
    ([{}], 3.5),
    ([{"opens": "2026-11-04"}], 2.5),
    ([{"closes": "2026-11-04"}], 1),
    ([{"opens": "2026-11-04", "closes": "2026-11-06"}], 1),
    ([{"opens": "2026-11-04", "closes": "2026-11-05"}], 0.5),
    ([{"opens": "2026-10-01", "closes": "2026-11-02"}], 0),
    ([{"opens": "2026-11-09"}], 0),
    ([{"closes": "2026-11-03"}, {"opens": "2026-11-05", "closes": "2026-11-07"}], 1.5),
    ([{"closes": "2026-11-03"}, {"opens": "2026-11-05", "capacity_t_per_day": 0.25}], 1.5),
]


def test_routes_that_open_and_close_then_their_open_days_count() -> None:
    places = [f"village {n}" for n in range(len(OPENINGS))]
    routes = [
        road(place, **{"capacity_t_per_day": 0.5, **row})
        for place, (rows, _) in zip(places, OPENINGS, strict=True)
        for row in rows
    ]
    stocks = [flour(100, "depot")]
    plan = planned(FLOOR, **WEEK, places=["depot", *places], people=people(*places), stocks=stocks, routes=routes)
    for place, (rows, tonnes) in zip(places, OPENINGS, strict=True):
        assert met(plan, place=place) == pytest.approx([tonnes / 7], abs=1e-6), rows


def test_route_open_for_a_day_without_a_limit_then_everything_gets_through() -> None:
    routes = [road(opens="2026-11-08", closes="2026-11-09")]
    plan = planned(FLOOR, **THERE, **WEEK, periods=3, stocks=[flour(21, "depot")], routes=routes)
    assert met(plan) == pytest.approx([1, 1, 1], abs=1e-6)
    assert plan.dispatches["period"].to_list() == [0]


def test_route_of_both_directions_then_each_has_its_own_capacity() -> None:
    plan = planned(
        FLOOR,
        **THERE,
        **TWO_NEEDS,
        people=people("depot", "village"),
        more_resources=[COAL],
        contents=[CONTENT, {"resource": "coal", "need": "heat", "amount": 1000}],
        stocks=[flour(3, "depot"), {"place": "village", "resource": "coal", "quantity": 3}],
        routes=[road(both=True, capacity_t_per_day=0.5)],
    )
    assert met(plan, place="depot", need="heat") == pytest.approx([0.5], abs=1e-6)
    assert met(plan, place="village", need="food") == pytest.approx([0.5], abs=1e-6)
    assert met(plan, place="depot", need="food") == pytest.approx([1], abs=1e-6)


def test_route_of_one_direction_then_nothing_comes_back() -> None:
    plan = planned(FLOOR, **THERE, stocks=[flour(3, "depot")], routes=[road("depot", "village")])
    assert met(plan) == pytest.approx([0], abs=1e-6)


def test_lead_days_in_days_then_it_arrives_so_much_later() -> None:
    leads = {0: [1, 1, 1], 1: [0, 1, 1], 2: [0, 0, 1], 3: [0, 0, 0]}
    places = [f"village {lead}" for lead in leads]
    routes = [road(place, lead_days=lead) for place, lead in zip(places, leads, strict=True)]
    plan = planned(
        periods=3, places=["depot", *places], people=people(*places), stocks=[flour(6, "depot")], routes=routes
    )
    for place, (lead, floors) in zip(places, leads.items(), strict=True):
        assert met(plan, place=place) == pytest.approx(floors, abs=1e-6)
        sent = plan.dispatches.filter(to=place)
        assert set(sent["arrives"] - sent["period"]) == ({lead} if sum(floors) else set())


LEADS: list[tuple[str | None, int, int]] = [
    (None, 6, 0),  # leaves on Monday, arrives on Sunday
    (None, 7, 1),
    ("2026-10-01", 7, 1),
    ("2026-11-04", 4, 0),  # leaves on Wednesday, the first open day
    ("2026-11-04", 5, 1),
    ("2026-11-04", 11, 1),
    ("2026-11-04", 12, 2),
]


def test_lead_days_in_weeks_then_it_leaves_on_the_first_open_day() -> None:
    places = [f"village {n}" for n in range(len(LEADS))]
    everybody = []
    for place, (_, _, arrives) in zip(places, LEADS, strict=True):
        row = {"place": place, "group": "all"}
        everybody.append({**row, "people": 1000, "from": f"2026-11-{2 + 7 * arrives:02}"})
        everybody.append({**row, "people": 0, "from": f"2026-11-{9 + 7 * arrives:02}"})
    plan = planned(
        FLOOR,
        **WEEK,
        periods=3,
        places=["depot", *places],
        people=everybody,
        stocks=[flour(49, "depot")],
        routes=[
            road(place, opens=opens, closes="2026-11-09", lead_days=lead)
            for place, (opens, lead, _) in zip(places, LEADS, strict=True)
        ],
    )
    assert met(plan) == pytest.approx([1] * len(LEADS), abs=1e-6)
    for place, (opens, lead, arrives) in zip(places, LEADS, strict=True):
        assert set(plan.dispatches.filter(to=place)["arrives"]) == {arrives}, (opens, lead)


def test_lead_days_beyond_the_horizon_then_nothing_is_sent() -> None:
    plan = planned(**THERE, stocks=[flour(2, "depot")], routes=[road(lead_days=1)])
    assert met(plan) == [0]
    assert plan.dispatches.height == 0


def test_legs_shorter_than_a_period_then_the_whole_way_in_one() -> None:
    plan = planned(
        **WEEK,
        places=["depot", "bridge", "village"],
        stocks=[flour(14, "depot")],
        routes=[road("bridge", lead_days=2), road("village", "bridge", lead_days=3)],
    )
    assert met(plan, "norm") == pytest.approx([1], abs=1e-6)


def test_loss_then_less_is_received_than_sent() -> None:
    plan = planned(
        PlanOptions(exact=True, goals=("floor", "effort")),
        **THERE,
        stocks=[flour(1.25, "depot")],
        routes=[road(loss=0.2)],
    )
    assert met(plan) == pytest.approx([1], abs=1e-6)
    assert plan.dispatches.select("quantity", "received").row(0) == pytest.approx((1.25, 1), abs=1e-6)


def test_loss_of_everything_then_nothing_arrives() -> None:
    plan = planned(**THERE, stocks=[flour(1, "depot")], routes=[road(loss=1)])
    assert met(plan) == [0]


@pytest.mark.parametrize(
    ("held", "level"),
    [
        ({"place": "depot", "quantity": 3}, 0.5),
        ({"place": "village", "quantity": 3}, 0),
        ({"place": "depot", "quantity": 9}, 1),
    ],
)
def test_mode_that_consumes_then_it_draws_at_the_sending_place(held: dict[str, Any], level: float) -> None:
    # 10 km × 0.5 l + 1 l = 6 l for a tonne
    plan = planned(
        FLOOR,
        **THERE,
        more_resources=[DIESEL],
        stocks=[flour(1, "depot"), {"resource": "diesel", **held}],
        routes=[road(distance_km=10)],
        modes=[{"mode": "lorry", "resource": "diesel", "use": "consumed", "per_t_km": 0.5, "per_t": 1}],
    )
    assert met(plan) == pytest.approx([level], abs=1e-6)
    assert total(plan.balances, "used", resource="diesel") == pytest.approx(6 * level, abs=1e-5)


def test_mode_with_several_rows_then_they_add_up() -> None:
    plan = planned(
        FLOOR,
        **THERE,
        more_resources=[DIESEL],
        stocks=[flour(1, "depot"), {"place": "depot", "resource": "diesel", "quantity": 3}],
        routes=[road(distance_km=10)],
        modes=[
            {"mode": "lorry", "resource": "diesel", "use": "consumed", "per_t_km": 0.5},
            {"mode": "lorry", "resource": "diesel", "use": "consumed", "per_t": 1},
            {"mode": "barge", "resource": "diesel", "use": "consumed", "per_t": 1000},
        ],
    )
    assert met(plan) == pytest.approx([0.5], abs=1e-6)


def test_mode_that_consumes_money_then_it_draws_on_the_pool() -> None:
    plan = planned(
        FLOOR,
        **THERE,
        more_resources=[{"resource": "usd", "unit": "usd", "pooled": True}],
        stocks=[flour(1, "depot"), {"resource": "usd", "quantity": 3}],
        routes=[road()],
        modes=[{"mode": "lorry", "resource": "usd", "use": "consumed", "per_t": 6}],
    )
    assert met(plan) == pytest.approx([0.5], abs=1e-6)
    assert plan.balances.filter(resource="usd").select("place", "used").row(0) == (None, pytest.approx(3, abs=1e-5))


@pytest.mark.parametrize("pooled", [False, True])
def test_mode_that_occupies_then_its_days_are_at_most_what_stands_there(pooled: bool) -> None:
    # a quarter of a lorry for 7 days: 1.75 lorry-days a week; 50 km × 0.008 + 0.1 = 0.5 lorry-days for a tonne
    plan = planned(
        FLOOR,
        **THERE,
        **WEEK,
        periods=2,
        more_resources=[{"resource": "truck", "unit": "piece", "pooled": pooled}],
        stocks=[flour(50, "depot"), {"place": None if pooled else "depot", "resource": "truck", "quantity": 0.25}],
        routes=[road(distance_km=50)],
        modes=[{"mode": "lorry", "resource": "truck", "use": "occupied", "per_t_km": 0.008, "per_t": 0.1}],
    )
    assert met(plan) == pytest.approx([0.5, 0.5], abs=1e-6)
    trucks = plan.balances.filter(resource="truck")
    assert trucks["used"].to_list() == [0, 0]
    assert trucks["closing"].to_list() == pytest.approx([0.25, 0.25], abs=1e-6)


def test_mode_that_occupies_what_halves_then_closing_stock_counts() -> None:
    plan = planned(
        FLOOR,
        **THERE,
        periods=2,
        more_resources=[{"resource": "truck", "unit": "piece", "keep": 0.5}],
        stocks=[flour(50, "depot"), {"place": "depot", "resource": "truck", "quantity": 0.5}],
        routes=[road(capacity_t_per_day=1)],
        modes=[{"mode": "lorry", "resource": "truck", "use": "occupied", "per_t": 1}],
    )
    # half a tonne today and a quarter tomorrow, shared evenly: 0.375 each
    assert met(plan) == pytest.approx([0.375, 0.375], abs=1e-6)


def test_mode_that_burns_what_it_carries_then_both_come_from_the_same_stock() -> None:
    plan = planned(
        FLOOR,
        **THERE,
        stocks=[flour(1.25, "depot")],
        routes=[road()],
        modes=[{"mode": "lorry", "resource": "flour", "use": "consumed", "per_t": 0.25}],
    )
    assert met(plan) == pytest.approx([1], abs=1e-6)
    assert total(plan.balances, "used", place="depot") == pytest.approx(0.25, abs=1e-6)
    assert total(plan.balances, "sent", place="depot") == pytest.approx(1, abs=1e-6)


def test_mode_that_burns_a_lot_it_carries_then_all_of_it_is_drawn_while_good() -> None:
    plan = planned(
        **THERE,
        periods=2,
        stocks=[flour(1.25, "depot", expires="2026-11-02"), flour(1.25, "depot")],
        routes=[road()],
        modes=[{"mode": "lorry", "resource": "flour", "use": "consumed", "per_t": 0.25}],
    )
    assert met(plan) == pytest.approx([1, 1], abs=1e-6)


CARRIES: list[tuple[list[str | None], int, int]] = [
    ([], 1, 1),
    (["food"], 1, 0),
    (["fuel"], 0, 1),
    (["food", "fuel"], 1, 1),
    ([None], 1, 1),
    (["food", None], 1, 1),
]


def test_modes_that_carry_a_class_then_nothing_else_travels_that_way() -> None:
    places = [f"village {n}" for n in range(len(CARRIES))]
    plan = planned(
        FLOOR,
        **TWO_NEEDS,
        places=["depot", *places],
        people=people(*places),
        more_resources=[COAL],
        contents=[CONTENT, {"resource": "coal", "need": "heat", "amount": 1000}],
        stocks=[flour(9, "depot"), {"place": "depot", "resource": "coal", "quantity": 9}],
        routes=[road(place, mode=f"to {place}") for place in places],
        carries=[
            {"mode": f"to {place}", "class": label}
            for place, (labels, _, _) in zip(places, CARRIES, strict=True)
            for label in labels
        ],
    )
    for place, (labels, food, heat) in zip(places, CARRIES, strict=True):
        assert met(plan, place=place, need="food") == pytest.approx([food], abs=1e-6), labels
        assert met(plan, place=place, need="heat") == pytest.approx([heat], abs=1e-6), labels


@pytest.mark.parametrize(("mass", "level"), [(0, 1), (None, 0), (1, 0.25)])
def test_resource_by_its_mass_then_blank_stays_and_zero_travels_for_nothing(mass: float | None, level: float) -> None:
    # a road for a quarter of a tonne, and diesel for as much
    plan = planned(
        FLOOR,
        **THERE,
        resources=[{"resource": "ticket", "unit": "piece", "mass_t": mass}, DIESEL],
        contents=[{"resource": "ticket", "need": "food", "amount": 1000}] if mass != 0 else CARD["contents"],
        needs=[{"need": "food", "unit": "kg"}] if mass != 0 else CARD["needs"],
        norms=[{"need": "food", "floor": 1, "norm": 2}],
        stocks=[
            {"place": "depot", "resource": "ticket", "quantity": 1},
            {"place": "depot", "resource": "diesel", "quantity": 1},
        ],
        routes=[road(capacity_t_per_day=0.25)],
        modes=[{"mode": "lorry", "resource": "diesel", "use": "consumed", "per_t": 4}],
    )
    assert met(plan) == pytest.approx([level], abs=1e-6)


CARD = {
    "needs": [{"need": "food", "unit": "usd"}],
    "contents": [{"resource": "ticket", "need": "food", "amount": 1000}],
}


def test_resource_without_weight_then_it_travels_where_the_road_takes_nothing() -> None:
    plan = planned(
        FLOOR,
        **THERE,
        **CARD,
        resources=[{"resource": "ticket", "unit": "piece", "mass_t": 0}],
        norms=[{"need": "food", "floor": 1, "norm": 2}],
        stocks=[{"place": "depot", "resource": "ticket", "quantity": 1}],
        routes=[road(capacity_t_per_day=0)],
    )
    assert met(plan) == pytest.approx([1], abs=1e-6)
    assert plan.goals[0]["max_min"] == pytest.approx(1, abs=1e-6)


def test_resource_that_is_pooled_then_it_is_never_sent() -> None:
    plan = planned(
        FLOOR,
        **THERE,
        **CARD,
        resources=[{"resource": "ticket", "unit": "piece", "mass_t": 0, "pooled": True}],
        norms=[{"need": "food", "floor": 1, "norm": 2}],
        stocks=[{"resource": "ticket", "quantity": 0.5}],
        routes=[road()],
    )
    assert met(plan) == pytest.approx([0.5], abs=1e-6)
    assert plan.dispatches.height == 0


def test_routes_of_two_modes_then_the_least_tonne_kilometres_break_the_tie() -> None:
    routes = [road(distance_km=20), road(mode="barge", distance_km=10, capacity_t_per_day=1.5)]
    plan = planned(**THERE, stocks=[flour(2, "depot")], routes=routes)
    assert total(plan.dispatches, mode="barge") == pytest.approx(1.5, abs=1e-5)
    assert total(plan.dispatches, mode="lorry") == pytest.approx(0.5, abs=1e-5)
    assert plan.goals[-1]["tonne_km"] == pytest.approx(25, abs=1e-4)
