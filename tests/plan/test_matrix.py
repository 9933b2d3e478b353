"""The linear program as arrays: names, limits and how entries are put together."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from small_plans import flour, people, road, small

from muster.plan.matrix import Columns, LaterKeys, Matrix, Rows, Slots, assemble
from muster.plan.program import Program, build
from muster.plan.sets import NONE, Ints

POSITION = re.compile(r"(\w+)\[((?:\w+=-?\d+(?:, )?)+)\]")
EVERYTHING: dict[str, Any] = {
    "places": ["depot", "village"],
    "people": people("depot", "village"),
    "periods": 2,
    "more_resources": [{"resource": "grain", "unit": "t"}, {"resource": "mill", "unit": "piece"}],
    "stocks": [
        flour(1, "depot"),
        flour(1, "depot", expires="2026-11-02"),
        {"place": "depot", "resource": "grain", "quantity": 1},
        {"place": "depot", "resource": "mill", "quantity": 1},
    ],
    "stores": [{"place": "village", "capacity_t": 1}],
    "routes": [road(capacity_t_per_day=1)],
    "recipes": [
        {"recipe": "milling", "resource": "grain", "use": "input", "quantity": 1.25},
        {"recipe": "milling", "resource": "flour", "use": "output", "quantity": 1},
        {"recipe": "milling", "resource": "mill", "use": "occupied", "quantity": 1},
    ],
    "plants": [{"place": "depot", "recipe": "milling", "runs_per_day": 1}],
    "rations": [{"resource": "flour", "most": 1}],
    "reserves": [{"resource": "flour", "quantity": 1}],
}


@pytest.fixture(scope="module")
def program() -> Program:
    return build(small(**EVERYTHING))


def names(program: Program) -> tuple[list[str], list[str]]:
    matrix = program.matrix
    rows, columns = matrix.entries.shape
    return [matrix.row_name(m) for m in range(rows)], [matrix.column_name(k) for k in range(columns)]


def test_names_of_every_row_and_column_then_one_each_by_kind_and_position(program: Program) -> None:
    for found in names(program):
        assert len(set(found)) == len(found)
        assert all(POSITION.fullmatch(name) for name in found), found
    rows, columns = names(program)
    assert {name.split("[")[0] for name in rows} == {
        "balance", "route", "store", "plant", "occupied", "ration", "claim", "reserve"
    }  # fmt: skip
    assert {name.split("[")[0] for name in columns} == {"stock", "take", "sent", "run", "given", "delivered", "held"}
    assert "route[opening=0, period=1]" in rows
    assert "store[store=0, period=0]" in rows
    assert "run[plant=0, period=1]" in columns


@pytest.mark.parametrize("past", [0, 1])
def test_names_past_the_last_then_an_error(program: Program, past: int) -> None:
    rows, columns = program.matrix.entries.shape
    with pytest.raises(IndexError):
        program.matrix.row_name(rows + past)
    with pytest.raises(IndexError):
        program.matrix.column_name(columns + past)


def test_kinds_then_where_they_lie(program: Program) -> None:
    matrix = program.matrix
    for each in matrix.rows:
        found, where = matrix.row_kind(each.kind)
        assert found is each
        assert matrix.row_name(where.start).startswith(each.kind)
        assert where.stop - where.start == len(each)
    for column in matrix.columns:
        assert matrix.column_kind(column.kind)[0] is column
    with pytest.raises(KeyError):
        matrix.row_kind("thrown")
    with pytest.raises(KeyError):
        matrix.column_kind("thrown")


def test_limits_then_in_the_units_of_their_rows(program: Program) -> None:
    matrix = program.matrix
    found = dict(zip(names(program)[0], matrix.limit, strict=True))
    assert found["route[opening=0, period=0]"] == 1
    assert found["store[store=0, period=1]"] == 1
    assert found["plant[plant=0, period=0]"] == 1
    assert found["ration[ration=0, claimant=0, period=0]"] == 1000
    assert sum(value for name, value in found.items() if name.startswith("balance")) == 4
    assert matrix.limit.shape == matrix.row_scale.shape == (matrix.entries.shape[0],)
    assert matrix.most.shape == matrix.column_scale.shape == (matrix.entries.shape[1],)
    assert (matrix.row_scale > 0).all()
    assert (matrix.column_scale > 0).all()


def two_rows(slots: list[Slots], count: int) -> Matrix:
    rows = Rows("balance", {"node": np.arange(2, dtype=np.int32)}, np.ones(2), np.ones(2))
    return assemble([rows], [Columns("given", {"claimant": np.arange(count, dtype=np.int32)}, slots, np.ones(count))])


def test_assemble_slots_then_blanks_are_left_out_and_entries_of_a_cell_add_up() -> None:
    row = np.array([0, 1, NONE], dtype=np.int32)
    slots = [Slots.of(row, 2.0), Slots.of(row, np.array([1.0, 4.0, 8.0])), Slots.of(row[::-1], 0.5)]
    matrix = two_rows(slots, 3)
    assert matrix.entries.toarray().tolist() == [[3, 0, 0.5], [0, 6.5, 0]]
    assert np.isinf(matrix.most).all()


def test_assemble_nothing_then_an_empty_program() -> None:
    matrix = two_rows([Slots.none(0)], 0)
    assert matrix.entries.shape == (2, 0)
    assert matrix.most.shape == (0,)


def test_gather_loose_entries_then_those_of_a_cell_add_up() -> None:
    columns, rows = np.array([2, 0, 2, 2]), np.array([1, 0, 1, 0])
    slots = Slots.gather(3, columns, rows, np.array([1.0, 5.0, 2.0, 7.0]))
    assert two_rows([slots], 3).entries.toarray().tolist() == [[5, 0, 7], [0, 0, 3]]
    assert Slots.gather(3, columns[:0], rows[:0], np.empty(0)).rows.shape == (3, 0)


def test_later_keys_given_what_works_them_out_then_each_once_and_only_when_asked() -> None:
    asked: list[str] = []

    def work(name: str) -> Callable[[], Ints]:
        return lambda: (asked.append(name), np.arange(3, dtype=np.int32))[1]

    keys = LaterKeys({name: work(name) for name in ("opening", "good")})
    assert list(keys) == ["opening", "good"] and len(keys) == 2 and asked == []
    assert keys["good"].tolist() == keys["good"].tolist() == [0, 1, 2]
    assert asked == ["good"]
