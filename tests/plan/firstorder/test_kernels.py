"""The compiled loops give what the same lines give uncompiled: what numba does to them changes nothing."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from muster.plan.firstorder import kernels

ROWS, COLUMNS, PLAIN = 9, 21, 12


def both(loop, *arguments):  # type: ignore[no-untyped-def]
    """Run a loop compiled and as it stands, each on copies, and return what the arrays are after each."""
    after = []
    for run in (loop, loop.py_func):
        copies = [each.copy() if isinstance(each, np.ndarray) else each for each in arguments]
        run(*copies)
        after.append([*(each for each in copies if isinstance(each, np.ndarray))])
    return zip(*after, strict=True)


def drawn() -> tuple[kernels.Columns, np.random.Generator]:
    draw = np.random.default_rng(5)
    matrix = sp.csc_array(sp.random_array((ROWS, COLUMNS), density=0.3, random_state=draw))
    matrix.data -= 0.5
    return kernels.columns_of(matrix.indptr, matrix.indices, matrix.data), draw


@pytest.mark.parametrize("sizes", [False, True])
def test_worths_and_takes_then_as_uncompiled(sizes: bool) -> None:
    columns, draw = drawn()
    parts, room = kernels.parts_of(columns[0]), np.zeros((kernels.PARTS, ROWS))
    for compiled, plain in both(kernels.worths, *columns, draw.random(ROWS), np.zeros(COLUMNS), sizes):
        assert compiled == pytest.approx(plain)
    for compiled, plain in both(kernels.takes, *columns, draw.random(COLUMNS), np.zeros(ROWS), parts, room, sizes):
        assert compiled == pytest.approx(plain)


@pytest.mark.parametrize("told", [False, True])
def test_moves_then_as_uncompiled(told: bool) -> None:
    columns, draw = drawn()
    parts, room = kernels.parts_of(columns[0]), np.zeros((kernels.PARTS, ROWS))
    cost, high = draw.standard_normal(COLUMNS), np.full(COLUMNS, 0.4)
    x, anchor, mirror, pace = (draw.random(COLUMNS) for _ in range(4))
    x[:3] = cost[:3] = 0.0
    amounts = (*columns, cost, np.zeros(COLUMNS), high, draw.standard_normal(ROWS), x, anchor, mirror, pace)
    for compiled, plain in both(kernels._move_amounts, *amounts, 0.75, np.uint32(PLAIN), parts, room, told):
        assert compiled == pytest.approx(plain)
    y, anchor, mirror, pace = (draw.random(ROWS) for _ in range(4))
    low = np.where(np.arange(ROWS) < 4, -np.inf, 0.1)
    prices = (low, np.full(ROWS, 0.5), draw.random((kernels.PARTS, ROWS)), y, anchor, mirror, pace)
    for compiled, plain in both(kernels._move_prices, *prices, 0.75):
        assert compiled == pytest.approx(plain)


@pytest.mark.parametrize("added", [False, True])
def test_sizes_multiply_and_order_then_as_uncompiled(added: bool) -> None:
    columns, draw = drawn()
    row, column = draw.random(ROWS) + 0.5, draw.random(COLUMNS) + 0.5
    for compiled, plain in both(kernels.sizes, *columns, row, column, np.zeros(ROWS), np.zeros(COLUMNS), added):
        assert compiled == pytest.approx(plain)
    for compiled, plain in both(kernels.multiply, *columns, row, column, np.zeros(len(columns[2]))):
        assert compiled == pytest.approx(plain)
    order = kernels.order_of_rows(columns[0], columns[1], ROWS + 1)
    uncompiled = kernels.order_of_rows.py_func(columns[0], columns[1], ROWS + 1)  # type: ignore[attr-defined]
    assert order.tolist() == uncompiled.tolist()
    assert sorted(order.tolist()) == list(range(ROWS + 1))


def test_advance_then_as_uncompiled() -> None:
    columns, draw = drawn()
    matrix = (columns, kernels.parts_of(columns[0]), np.zeros((kernels.PARTS, ROWS)))
    box = (np.zeros(COLUMNS), np.full(COLUMNS, 0.4))
    program = (draw.standard_normal(COLUMNS), box, (np.full(ROWS, -np.inf), np.full(ROWS, 0.5)))
    found = []
    for run in (kernels.advance, kernels.advance.py_func):  # type: ignore[attr-defined]
        amounts, prices = tuple(np.zeros(COLUMNS) for _ in range(3)), tuple(np.zeros(ROWS) for _ in range(3))
        pace, before = (np.full(COLUMNS, 0.1), np.full(ROWS, 0.1)), (np.zeros(COLUMNS), np.zeros(ROWS))
        run(matrix, program, amounts, prices, pace, before, (0, 5, np.uint32(0)))
        found.append(np.concatenate([*amounts, *prices, *before]))
    assert found[0] == pytest.approx(found[1])
    assert np.abs(found[0]).sum() > 0
