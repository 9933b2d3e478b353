"""Repair: an answer that misses a little becomes one that holds, and nothing grows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from small_plans import flour, people, road, small

from muster.plan.matrix import Columns, Matrix, Rows, Slots, assemble
from muster.plan.program import build
from muster.plan.repair import repair

TOLERANCE = 1e-9
"""Share of a row's throughput that may be missing."""

Array = NDArray[np.float64]


def missing(matrix: Matrix, x: Array) -> float:
    """Return the largest share of its throughput by which a balance or limit is missed."""
    physical = np.concatenate([np.full(len(rows), rows.kind not in ("claim", "reserve")) for rows in matrix.rows])
    through = abs(matrix.entries) @ x + matrix.limit
    over = matrix.entries @ x - matrix.limit
    share = np.where(over > 0, over / np.where(through > 0, through, 1.0), 0.0)
    return float(share[physical].max(initial=0.0))


def matrix_of(entries: Array, limit: Array, *, given_from: int, limits_from: int) -> Matrix:
    """Return a program of balances, then limits; columns that move goods, then those that are given."""
    m, k = entries.shape
    rows = [
        Rows(kind, {"n": np.arange(b - a, dtype=np.int32)}, limit[a:b], np.ones(b - a))
        for kind, a, b in (("balance", 0, limits_from), ("route", limits_from, m))
    ]
    columns = []
    for kind, a, b in (("sent", 0, given_from), ("given", given_from, k)):
        every = np.tile(np.arange(m, dtype=np.int32), (b - a, 1))
        slots = [Slots(np.where(entries.T[a:b] != 0, every, -1).astype(np.int32), entries.T[a:b].copy())]
        columns.append(Columns(kind, {"n": np.arange(b - a, dtype=np.int32)}, slots, np.ones(b - a)))
    return assemble(rows, columns)


def test_repair_what_holds_then_nothing_changes() -> None:
    matrix = matrix_of(np.array([[1.0, 1.0]]), np.array([2.0]), given_from=1, limits_from=1)
    assert repair(matrix, np.array([1.0, 1.0])).tolist() == [1, 1]


def test_repair_balance_that_gives_too_much_then_what_is_given_is_cut_first() -> None:
    # 2 t are there, 1 t is sent on and 1.5 t given, of which 1 t remains
    matrix = matrix_of(np.array([[1.0, 1.0, 1.0]]), np.array([2.0]), given_from=1, limits_from=1)
    assert repair(matrix, np.array([1.0, 1.0, 0.5])) == pytest.approx([1, 2 / 3, 1 / 3])


def test_repair_balance_that_sends_too_much_then_all_of_it_is_cut_in_proportion() -> None:
    matrix = matrix_of(np.array([[1.0, 1.0, 1.0]]), np.array([2.0]), given_from=2, limits_from=1)
    assert repair(matrix, np.array([1.0, 3.0, 1.0])) == pytest.approx([0.5, 1.5, 0])


def test_repair_limit_then_all_in_it_is_cut_in_proportion() -> None:
    matrix = matrix_of(np.array([[0.0, 0.0], [1.0, 1.0]]), np.array([9.0, 2.0]), given_from=1, limits_from=1)
    assert repair(matrix, np.array([1.0, 3.0])) == pytest.approx([0.5, 1.5])


def test_repair_chain_then_a_cut_goes_on_to_who_lives_from_it() -> None:
    # 1 t is there and 2 t are sent on; what arrives is given
    entries = np.array([[1.0, 0.0], [-1.0, 1.0]])
    matrix = matrix_of(entries, np.array([1.0, 0.0]), given_from=1, limits_from=2)
    assert repair(matrix, np.array([2.0, 2.0])) == pytest.approx([1, 1])


def test_repair_dust_then_it_is_swept_away() -> None:
    matrix = matrix_of(np.array([[1.0, 1.0]]), np.array([2.0]), given_from=1, limits_from=1)
    assert repair(matrix, np.array([1e-12, 1.0])).tolist() == [0, 1]


@st.composite
def programs(draw: st.DrawFn) -> tuple[Matrix, Array]:
    m, k = draw(st.integers(1, 6)), draw(st.integers(2, 8))
    limits_from, given_from = draw(st.integers(1, m)), draw(st.integers(1, k - 1))
    cell = st.one_of(st.just(0.0), st.floats(0.01, 100), st.floats(-100, -0.01))
    entries = np.array(draw(st.lists(st.lists(cell, min_size=k, max_size=k), min_size=m, max_size=m)))
    entries[limits_from:] = np.abs(entries[limits_from:])
    entries[:, given_from:] = np.abs(entries[:, given_from:])  # nobody gives goods by being given them
    limit = np.array(draw(st.lists(st.floats(0, 1000), min_size=m, max_size=m)))
    x = np.array(draw(st.lists(st.floats(0, 1000), min_size=k, max_size=k)))
    return matrix_of(entries, limit, given_from=given_from, limits_from=limits_from), x


@settings(max_examples=100)
@given(programs())
def test_law_repair_holds_every_row_and_nothing_grows(drawn: tuple[Matrix, Array]) -> None:
    matrix, x = drawn
    fixed = repair(matrix, x)
    assert missing(matrix, fixed) <= TOLERANCE
    assert (fixed <= x).all()
    assert (fixed >= 0).all()


TABLES: dict[str, Any] = {
    "places": ["depot", "a", "b"],
    "people": people("a", "b"),
    "periods": 3,
    "more_resources": [{"resource": "diesel", "unit": "l"}, {"resource": "truck", "unit": "piece"}],
    "stocks": [
        flour(3, "depot"),
        flour(1, "depot", expires="2026-11-03"),
        {"place": "depot", "resource": "diesel", "quantity": 60},
        {"place": "depot", "resource": "truck", "quantity": 1},
    ],
    "stores": [{"place": "a", "capacity_t": 0.5}],
    "routes": [road("a", distance_km=10, capacity_t_per_day=1, loss=0.1), road("b", "a", distance_km=5, lead_days=1)],
    "modes": [
        {"mode": "lorry", "resource": "diesel", "use": "consumed", "per_t_km": 1},
        {"mode": "lorry", "resource": "truck", "use": "occupied", "per_t": 1},
    ],
    "recipes": [
        {"recipe": "press", "resource": "flour", "use": "input", "quantity": 2},
        {"recipe": "press", "resource": "diesel", "use": "output", "quantity": 9, "after_periods": 1},
    ],
    "plants": [{"place": "a", "recipe": "press", "runs_per_day": 0.2}],
    "rations": [{"resource": "flour", "most": 0.0008}],
    "reserves": [{"place": "a", "resource": "flour", "quantity": 0.2}],
}
PROGRAM = build(small(**TABLES))


@settings(max_examples=50)
@given(st.integers(0, 2**32 - 1), st.sampled_from([1e-9, 1e-6, 1e-3, 1.0]))
def test_law_repair_of_a_disturbed_plan_holds_every_row_and_nothing_grows(seed: int, size: float) -> None:
    random = np.random.default_rng(seed)
    matrix = PROGRAM.matrix
    usual = matrix.column_scale * random.random(len(matrix.column_scale)) * 2
    x = repair(matrix, usual) * (1 + size * random.random(len(usual))) + size * 1e-3 * matrix.column_scale
    fixed = repair(matrix, x)
    assert missing(matrix, fixed) <= TOLERANCE
    assert (fixed <= x).all()
    assert (fixed >= 0).all()


def test_repair_then_what_counts_as_delivered_and_held_is_left() -> None:
    matrix = PROGRAM.matrix
    fixed = repair(matrix, np.full(len(matrix.column_scale), 1e6))
    for kind in ("delivered", "held"):
        assert (fixed[matrix.column_kind(kind)[1]] == 1e6).all()


def test_repair_what_goes_round_in_a_ring_then_it_ends_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    # a hundred thousandth is lost on a way from a place to another and back: each pass would take that much of it away
    entries = np.array([[1.0, -0.99999], [-0.99999, 1.0]])
    monkeypatch.setattr("muster.plan.repair.MOST_PASSES", 1000)
    matrix = matrix_of(entries, np.zeros(2), given_from=2, limits_from=2)
    assert missing(matrix, repair(matrix, np.array([1.0, 1.0]))) <= TOLERANCE
