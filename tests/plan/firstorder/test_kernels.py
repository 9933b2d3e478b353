"""The compiled loops give what the same lines give uncompiled: what numba does to them changes nothing."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from muster.plan.firstorder import judge, kernels, runs

WEEKS = 4
ROWS, COLUMNS, PLAIN = 3 * WEEKS + 2, 5 * WEEKS + 4, 12


def both(loop, *arguments):  # type: ignore[no-untyped-def]
    """Run a loop compiled and as it stands, each on copies, and return what the arrays are after each."""
    after = []
    for run in (loop, loop.py_func):
        copies = [each.copy() if isinstance(each, np.ndarray) else each for each in arguments]
        run(*copies)
        after.append([*(each for each in copies if isinstance(each, np.ndarray))])
    return zip(*after, strict=True)


def drawn() -> tuple[runs.Lines, np.random.Generator]:
    """A matrix of which some repeats week after week, and some does not."""
    draw = np.random.default_rng(5)
    weekly = sp.kron(draw.standard_normal((3, 5)), sp.eye_array(WEEKS))
    other = sp.random_array((1, 4), density=0.7, random_state=draw)
    total = np.repeat(draw.standard_normal(5 + 4), [WEEKS] * 5 + [1] * 4)[None, :]
    entries = sp.csc_array(sp.vstack([sp.block_diag([weekly, other]), total]))
    lines = runs.runs_of(entries, still=ROWS - 1).lines
    assert len(np.unique(np.diff(lines[0]))) > 1
    return lines, draw


def room() -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    return np.zeros((kernels.PARTS, ROWS)), np.zeros((kernels.PARTS, WEEKS))


@pytest.mark.parametrize("sizes", [False, True])
def test_worths_and_takes_then_as_uncompiled(sizes: bool) -> None:
    lines, draw = drawn()
    parts, (sums, _) = kernels.parts_of(lines[0]), room()
    for compiled, plain in both(kernels.worths, *lines, draw.random(ROWS), np.zeros(COLUMNS), sizes):
        assert compiled == pytest.approx(plain)
    for compiled, plain in both(kernels.takes, *lines, draw.random(COLUMNS), np.zeros(ROWS), parts, sums, sizes):
        assert compiled == pytest.approx(plain)


@pytest.mark.parametrize("told", [False, True])
def test_moves_then_as_uncompiled(told: bool) -> None:
    lines, draw = drawn()
    parts = kernels.parts_of(lines[0])
    cost, high = draw.standard_normal(COLUMNS), np.full(COLUMNS, 0.4)
    x, anchor, step, pace = (draw.random(COLUMNS) for _ in range(4))
    x[:3] = cost[:3] = 0.0
    amounts = (*lines, cost, np.zeros(COLUMNS), high, draw.standard_normal(ROWS), x, anchor, step, pace)
    for compiled, plain in both(kernels._move_amounts, *amounts, 0.75, np.uint32(PLAIN), parts, *room(), told):
        assert compiled == pytest.approx(plain)
    y, anchor, step, pace = (draw.random(ROWS) for _ in range(4))
    low = np.where(np.arange(ROWS) < 4, -np.inf, 0.1)
    prices = (low, np.full(ROWS, 0.5), draw.random((kernels.PARTS, ROWS)), y, anchor, step, pace)
    for compiled, plain in both(kernels._move_prices, *prices, 0.75, told):
        assert compiled == pytest.approx(plain)


@pytest.mark.parametrize("added", [False, True])
def test_sizes_and_rows_then_as_uncompiled(added: bool) -> None:
    lines, draw = drawn()
    row, column = draw.random(ROWS) + 0.5, draw.random(COLUMNS) + 0.5
    for compiled, plain in both(kernels.sizes, *lines, row, column, np.zeros(ROWS), np.zeros(COLUMNS), added):
        assert compiled == pytest.approx(plain)
    count = int(np.diff(lines[0].astype(int)) @ np.diff(lines[1].astype(int)))
    laid = np.zeros(ROWS + 1, np.uint32), np.zeros(count, np.uint32), np.zeros(count)
    for compiled, plain in both(kernels.lay_by_row, *lines, *laid):
        assert compiled == pytest.approx(plain)


def test_advance_then_as_uncompiled() -> None:
    lines, draw = drawn()
    matrix = (lines, kernels.parts_of(lines[0]), *room())
    box = (np.zeros(COLUMNS), np.full(COLUMNS, 0.4))
    program = (draw.standard_normal(COLUMNS), box, (np.full(ROWS, -np.inf), np.full(ROWS, 0.5)))
    found = []
    for run in (kernels.advance, kernels.advance.py_func):  # type: ignore[attr-defined]
        amounts, prices = tuple(np.zeros(COLUMNS) for _ in range(3)), tuple(np.zeros(ROWS) for _ in range(3))
        run(matrix, program, amounts, prices, (np.full(COLUMNS, 0.1), np.full(ROWS, 0.1)), (0, 5, np.uint32(0)))
        found.append(np.concatenate([*amounts, *prices]))
    assert found[0] == pytest.approx(found[1])
    assert np.abs(found[0]).sum() > 0


def test_patterns_and_breaks_then_as_uncompiled() -> None:
    matrix = sp.csc_array(sp.kron(np.array([[1.0, 0.5], [2.0, -0.1]]), sp.eye_array(WEEKS)))
    arrays = (matrix.indptr, matrix.indices, matrix.data, matrix.shape[0])
    every = np.arange(matrix.shape[1], dtype=np.int32)
    with np.errstate(over="ignore"):
        compiled, plain = runs._patterns(*arrays, every), runs._patterns.py_func(*arrays, every)  # type: ignore[attr-defined]
    assert compiled[0].tolist() == plain[0].tolist()
    order = np.lexsort((plain[1], plain[0]))
    breaks = runs._breaks(*arrays, order)
    assert breaks.tolist() == runs._breaks.py_func(*arrays, order).tolist()  # type: ignore[attr-defined]
    assert breaks.sum() == 2


def test_inner_then_the_sum_of_products_over_steps() -> None:
    draw = np.random.default_rng(3)
    one, other, pace = draw.standard_normal(50), draw.standard_normal(50), draw.random(50) + 0.1
    assert kernels.inner(one, other, pace) == pytest.approx(one @ (other / pace))


def test_judged_then_as_uncompiled() -> None:
    draw = np.random.default_rng(2)
    y, across = draw.standard_normal(ROWS), draw.standard_normal(ROWS)
    rows = (y, across, np.where(y < 0, -0.5, -np.inf), np.where(y > 0, 0.5, np.inf), draw.random(ROWS) < 0.5)
    assert judge._rows(*rows) == pytest.approx(judge._rows.py_func(*rows))  # type: ignore[attr-defined]
    x, along, cost = (draw.standard_normal(COLUMNS) for _ in range(3))
    columns = (x, along, cost, np.zeros(COLUMNS), np.where(draw.random(COLUMNS) < 0.5, 1.0, np.inf), 0.1)
    compiled = judge._columns(*columns)
    assert compiled == pytest.approx(judge._columns.py_func(*columns))  # type: ignore[attr-defined]
    assert min(abs(each) for each in compiled) > 0
