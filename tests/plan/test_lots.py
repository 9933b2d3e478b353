"""First expired, first out: lots change places until it is so, and nothing else changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from small_plans import FLOUR, HORIZON, flour, held, people, road, small

from muster.economy.economy import Economy
from muster.plan import PlanOptions
from muster.plan.lots import first_out
from muster.plan.program import Program, build
from muster.plan.readout import read_out
from muster.plan.solver import OutOfTime, Solver, Stage

Array = NDArray[np.float64]
OLD, NEW = "2026-11-04", "2026-11-05"


def flows(program: Program, kind: str, **amounts: float) -> Iterator[tuple[int, float]]:
    """Yield columns of a kind with their amounts: ``depot_old_0=2`` is 2 t of the older lot at the depot on day 0."""
    sets, nodes, (columns, where) = program.sets, program.nodes, program.matrix.column_kind(kind)
    for name, amount in amounts.items():
        place, lot, day = name.split("_")
        good = sets.goods.expires.index(date.fromisoformat({"old": OLD, "new": NEW}[lot]))
        keys = {"good": good, "period": int(day)}
        if kind == "sent":
            keys["opening"] = int(np.flatnonzero(program.openings.tail == sets.places.index(place))[0])
        else:
            keys = {"node": int(nodes.at[sets.places.index(place), good]), "period": int(day)}
        at = np.flatnonzero(np.all([columns.keys[key] == value for key, value in keys.items()], axis=0))
        yield where.start + int(at.item()), amount


def gifts(program: Program, **amounts: float) -> Iterator[tuple[int, float]]:
    """Yield what people are given: ``village_0=1``."""
    given_, where = program.matrix.column_kind("given")
    for name, amount in amounts.items():
        place, day = name.split("_")
        claimant = program.sets.claimants.place[given_.keys["claimant"]]
        at = (claimant == program.sets.places.index(place)) & (given_.keys["period"] == int(day))
        yield where.start + int(np.flatnonzero(at).item()), amount


def by_hand(program: Program, *flows: Iterator[tuple[int, float]]) -> Array:
    x = np.zeros(program.matrix.entries.shape[1])
    for each in flows:
        for column, amount in each:
            x[column] += amount
    return x


def drawn(program: Program, x: Array) -> list[tuple[str, date, int, str, float]]:
    rows = read_out(program, x)["lots"].select("place", "expires", "period", "flow", "quantity").rows()
    return sorted((place, day, t, flow, round(amount, 9)) for place, day, t, flow, amount in rows)


ON_THE_WAY: dict[str, Any] = {
    "places": ["depot", "village"],
    "people": people("depot", "village"),
    "periods": 4,
    "stocks": [flour(1, "depot", expires=OLD), flour(1, "depot", expires=NEW)],
    "routes": [road(lead_days=1, loss=0.5)],
}


def test_first_out_where_the_older_is_sent_later_then_the_newer_is_sent_in_its_stead() -> None:
    # day 0: the depot eats the newer; day 1: the older is sent; day 2: half of it is eaten in the village
    program = build(small(**ON_THE_WAY))
    x = by_hand(
        program,
        flows(program, "take", depot_new_0=1, village_old_2=0.5),
        gifts(program, depot_0=1, village_2=0.5),
        flows(program, "stock", depot_old_0=1),
        flows(program, "sent", depot_old_1=1),
    )
    old, new = date.fromisoformat(OLD), date.fromisoformat(NEW)
    assert drawn(program, x) == [
        ("depot", old, 1, "sent", 1),
        ("depot", new, 0, "given", 1),
        ("village", old, 2, "given", 0.5),
    ]
    assert drawn(program, first_out(program, x)) == [
        ("depot", old, 0, "given", 1),
        ("depot", new, 1, "sent", 1),
        ("village", new, 2, "given", 0.5),
    ]


def test_first_out_where_the_older_is_thrown_away_then_the_newer_is() -> None:
    program = build(small(**ON_THE_WAY))
    x = by_hand(program, flows(program, "take", depot_new_0=0.25), gifts(program, depot_0=0.25))
    (row,) = drawn(program, first_out(program, x))
    assert row == ("depot", date.fromisoformat(OLD), 0, "given", 0.25)


def test_first_out_where_goods_halve_then_half_changes_places_later() -> None:
    program = build(
        small(
            periods=3,
            resources=[{**FLOUR, "keep": 0.5}],
            stocks=[flour(1, expires=OLD), flour(1, expires=NEW)],
        )
    )
    x = by_hand(
        program,
        flows(program, "take", village_new_0=1, village_old_1=0.5),
        gifts(program, village_0=1, village_1=0.5),
        flows(program, "stock", village_old_0=1),
    )
    old, new = date.fromisoformat(OLD), date.fromisoformat(NEW)
    assert drawn(program, first_out(program, x)) == [
        ("village", old, 0, "given", 1),
        ("village", new, 1, "given", 0.5),
    ]


def test_first_out_without_lots_then_nothing_changes() -> None:
    program = build(small(stocks=[flour(1)]))
    x = np.ones(program.matrix.entries.shape[1])
    assert first_out(program, x) is x


def test_first_out_in_order_already_then_nothing_changes() -> None:
    program = build(small(**ON_THE_WAY))
    x = by_hand(
        program,
        flows(program, "take", depot_old_0=1, depot_new_1=1),
        gifts(program, depot_0=1, depot_1=1),
        flows(program, "stock", depot_new_0=1),
    )
    assert first_out(program, x).tolist() == x.tolist()


PLACES = ("depot", "a", "b")
DAYS = [f"2026-11-{day:02}" for day in range(2, 8)]


@st.composite
def with_lots(draw: st.DrawFn) -> Economy:
    """Draw an economy of flour in many lots on a few roads."""
    place, day = st.sampled_from(PLACES), st.sampled_from(DAYS)
    amount = st.integers(1, 40).map(lambda tenths: tenths / 10)
    lots = st.builds(lambda where, much, good: flour(much, where, expires=good), place, amount, st.none() | day)
    ways = draw(st.lists(st.tuples(place, place).filter(lambda way: way[0] != way[1]), unique=True, max_size=5))
    return small(
        **{**HORIZON, "periods": draw(st.integers(2, 5))},
        places=PLACES,
        people=people("a", "b"),
        resources=[{**FLOUR, "keep": draw(st.sampled_from([1, 0.5]))}],
        stocks=draw(st.lists(lots, min_size=3, max_size=8)),
        arrivals=draw(st.lists(st.builds(lambda much, on: flour(much, "a", on=on), amount, day), max_size=1)),
        routes=[
            road(to, since, lead_days=draw(st.integers(0, 2)), loss=draw(st.sampled_from([0, 0.25])))
            for since, to in ways
        ],
        modes=[{"mode": "lorry", "resource": "flour", "use": "consumed", "per_t": 0.1}] if ways else [],
        reserves=[{"resource": "flour", "quantity": 1}],
    )


@settings(max_examples=12)
@given(with_lots(), st.booleans(), st.integers(1, 12))
def test_law_first_out_wherever_planning_stops(economy: Economy, exact: bool, rounds: int) -> None:
    solve, left = Solver.solve, [rounds]

    def some(solver: Solver, stage: Stage) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise OutOfTime
        return solve(solver, stage)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Solver, "solve", some)
        held(economy, PlanOptions(exact=exact, limit_seconds=1e9))
