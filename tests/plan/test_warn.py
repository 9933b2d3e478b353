"""Warn: what is missing to the floor, and what would prevent most of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_plans import EXACT, flour, people, planned, road

from muster.economy.read import read
from muster.plan import PlanOptions, share_out
from muster.plan.warn import warn

FLOOR = PlanOptions(exact=True, goals=("floor",))
VILLAGES = Path(__file__).resolve().parents[2] / "examples" / "two-villages"


def test_warn_of_two_villages_then_the_figures_worked_out_by_hand() -> None:
    warned = warn(share_out(read(VILLAGES), options=EXACT))
    # 1,500 people with two needs for 92 days; Hill's 500 lack 1 - 45 / 49.067 of both
    assert warned.floors == 1500 * 2 * 92
    assert warned.shortfall == pytest.approx(500 * 2 * 92 * (1 - 45 / (18.4 + 92 / 3)), rel=1e-5)
    assert warned.possible == pytest.approx(0, abs=0.1)
    (road_to_hill,) = warned.things
    assert road_to_hill.change.what.startswith("0.1 t a day more on Depot → Hill (truck), November 2026")
    # 3 t: the missing 1.525 t of flour (3,812.5 days of 0.4 kg), and 1.20833 t of the coal that Valley's floor
    # leaves (1,812.5 days of 2/3 kg)
    assert road_to_hill.days == pytest.approx(3812.5 + 1812.5, abs=0.5)
    assert road_to_hill.tonnes == pytest.approx(3)
    assert road_to_hill.per_tonne == pytest.approx(1875, abs=0.5)
    assert road_to_hill.change.after == pytest.approx(5625 / 7625, abs=1e-4)


def test_warn_where_everybody_has_the_floor_then_nothing() -> None:
    warned = warn(planned(stocks=[flour(1.2)]))
    assert (warned.shortfall, warned.things) == (0.0, ())
    assert warned.floors == 1000


def test_warn_then_the_lightest_thing_first() -> None:
    # a lacks half of its floor for want of flour; milk weighs as much and feeds twice as many
    plan = planned(
        FLOOR,
        places=["a", "b"],
        people=people("a", "b"),
        more_resources=[{"resource": "milk", "unit": "t"}],
        contents=[
            {"resource": "flour", "need": "food", "amount": 1000},
            {"resource": "milk", "need": "food", "amount": 2000},
        ],
        stocks=[flour(0.5, "a"), {"place": "b", "resource": "milk", "quantity": 0.2}],
    )
    warned = warn(plan)
    assert warned.shortfall == pytest.approx(500 + 600)
    milk, wheat = warned.things
    assert (milk.change.resource, wheat.change.resource) == ("milk", "flour")
    assert (milk.per_tonne, wheat.per_tonne) == pytest.approx((2000, 1000), rel=1e-4)


def test_warn_of_a_plan_that_was_stopped_at_once_then_all_that_was_possible() -> None:
    warned = warn(share_out(read(VILLAGES), options=PlanOptions(limit_seconds=0)))
    assert warned.shortfall == pytest.approx(warned.floors)
    assert warned.possible > 0.9 * warned.floors


def test_warn_where_nothing_can_get_there_then_no_thing_helps() -> None:
    warned = warn(planned(FLOOR, places=["depot", "village"], stocks=[flour(5, "depot")]))
    assert warned.shortfall == pytest.approx(1000)
    assert warned.things == ()


def test_warn_of_hours_then_by_their_own_unit() -> None:
    plan = planned(
        FLOOR,
        more_resources=[{"resource": "hours", "unit": "h", "keep": 0, "effort": 3}],
        places=["depot", "village"],
        modes=[{"mode": "lorry", "resource": "hours", "use": "consumed", "per_t": 10}],
        stocks=[flour(5, "depot")],
        arrivals=[{"place": "depot", "resource": "hours", "quantity": 5, "on": "2026-11-02"}],
        routes=[road()],
    )
    (hours,) = warn(plan).things
    assert (hours.tonnes, hours.per_tonne) == (None, None)
    assert hours.per_unit == pytest.approx(100, rel=1e-4)  # an hour carries 100 kg
    assert hours.effort == pytest.approx(3 * hours.change.quantity)


def test_warn_where_nobody_lives_then_nothing() -> None:
    plan = planned(people=[], stocks=[flour(1)])
    warned = warn(plan)
    assert (warned.shortfall, warned.floors, warned.things) == (0.0, 0.0, ())
    assert plan.why("village").is_empty()
    assert plan.reasons.is_empty()
