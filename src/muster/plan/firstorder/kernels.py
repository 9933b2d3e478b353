"""The loops of the first-order solver, compiled once and kept.

Rows are parted among the cores by numba; each writes only its own, so the answer does not depend on how many there are.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from muster.plan.sets import Floats, Ints

FEW = 500_000
"""Entries below which waking a second core costs more than it brings."""

LOOSE = {"reassoc", "contract", "arcp", "nsz"}
"""What numba may do to sums for speed; infinities stay what they are."""

Compressed = tuple[Ints, Ints, Floats]
"""Where each line begins, the position of each entry, and its value."""


def cores_for(entries: int) -> None:
    """Use one core for small matrices, and every core for the others."""
    most = int(numba.config.NUMBA_NUM_THREADS)  # type: ignore[attr-defined]  # there, but not in its stubs
    numba.set_num_threads(1 if entries < FEW else most)


@numba.njit(parallel=True, cache=True, fastmath=LOOSE)
def times(lines: Compressed, x: Floats, out: Floats) -> None:
    """Write the product of a compressed matrix and ``x`` to ``out``."""
    start, at, value = lines
    for i in numba.prange(len(out)):
        total = 0.0
        for e in range(start[i], start[i + 1]):
            total += value[e] * x[at[e]]
        out[i] = total


@numba.njit(parallel=True, cache=True, fastmath=LOOSE)
def times_sizes(lines: Compressed, x: Floats, out: Floats) -> None:
    """Write the product of the absolute values of a compressed matrix and ``x`` to ``out``."""
    start, at, value = lines
    for i in numba.prange(len(out)):
        total = 0.0
        for e in range(start[i], start[i + 1]):
            total += abs(value[e]) * x[at[e]]
        out[i] = total


@numba.njit(cache=True)
def order_of_rows(start: Ints, at: Ints, rows: int) -> Ints:
    """Return the rows in the order in which columns of three entries and more meet them, then the rest.

    What columns beside each other draw on then lies beside each other, too, and is fetched from memory once.
    """
    met, order, count = np.zeros(rows, dtype=np.bool_), np.empty(rows, dtype=np.int32), 0
    for many in (3, 0):
        for j in range(len(start) - 1):
            if start[j + 1] - start[j] >= many:
                for e in range(start[j], start[j + 1]):
                    if not met[at[e]]:
                        met[at[e]] = True
                        order[count] = at[e]
                        count += 1
    for i in range(rows):
        if not met[i]:
            order[count] = i
            count += 1
    return order


@numba.njit(cache=True)
def sizes(start, at, value, row, column, of_row, of_column, added):  # type: ignore[no-untyped-def]
    """Write the largest size in each row and column of ``row · matrix · column``, or all of them ``added`` up."""
    of_row[:] = 0.0
    for j in range(len(column)):
        here = 0.0
        for e in range(start[j], start[j + 1]):
            size = abs(value[e]) * row[at[e]] * column[j]
            if added:
                here += size
                of_row[at[e]] += size
            else:
                here = max(here, size)
                of_row[at[e]] = max(of_row[at[e]], size)
        of_column[j] = here


@numba.njit(cache=True)
def multiply(start, at, value, row, column, out):  # type: ignore[no-untyped-def]
    """Write the entries of ``row · matrix · column`` to ``out``."""
    for j in range(len(column)):
        for e in range(start[j], start[j + 1]):
            out[e] = value[e] * row[at[e]] * column[j]


@numba.njit(parallel=True, cache=True, fastmath=LOOSE)
def _move_amounts(start, at, value, cost, low, high, y, x, anchor, mirror, pace, far, plain):  # type: ignore[no-untyped-def]
    """Move amounts down their gradient; ``mirror`` becomes their reflection.

    The first ``plain`` columns are bounded by 0 alone, which spares the loop two arrays.

    Arrays one by one: numba 0.68 loses what a parallel loop writes to an array that came inside a tuple.
    """
    for j in numba.prange(len(cost)):
        slope = cost[j]
        for e in range(start[j], start[j + 1]):
            slope += value[e] * y[at[e]]
        there = max(x[j] - pace[j] * slope, 0.0)
        if j >= plain:
            there = min(max(x[j] - pace[j] * slope, low[j]), high[j])
        mirror[j] = 2.0 * there - x[j]
        x[j] = far * mirror[j] + (1.0 - far) * anchor[j]


@numba.njit(parallel=True, cache=True, fastmath=LOOSE)
def _move_prices(start, at, value, low, high, mirrored, y, anchor, mirror, pace, far):  # type: ignore[no-untyped-def]
    """Move prices up their gradient; ``mirror`` becomes their reflection."""
    for i in numba.prange(len(low)):
        total = 0.0
        for e in range(start[i], start[i + 1]):
            total += value[e] * mirrored[at[e]]
        wanted = y[i] + pace[i] * total
        there = max(wanted - pace[i] * high[i], 0.0) + min(wanted - pace[i] * low[i], 0.0)
        mirror[i] = 2.0 * there - y[i]
        y[i] = far * mirror[i] + (1.0 - far) * anchor[i]


@numba.njit(cache=True)
def advance(
    matrix: tuple[Compressed, Compressed],
    program: tuple[Floats, tuple[Floats, Floats], tuple[Floats, Floats]],
    amounts: tuple[Floats, Floats, Floats],
    prices: tuple[Floats, Floats, Floats],
    pace: tuple[Floats, Floats],
    before: tuple[Floats, Floats],
    span: tuple[int, int, int],
) -> None:
    """Do some iterations in place; the amounts and prices before the last of them are written to ``before``.

    Args:
        matrix: By column and by row.
        program: Cost to be minimised, bounds of the columns, bounds of the rows.
        amounts, prices: Current, anchor, reflection.
        pace: Step of each column and row.
        before: Room for two vectors.
        span: Iterations done since the anchor was set; how many to do; columns at the front that only 0 bounds.
    """
    (columns, rows), (cost, box, limits) = matrix, program
    x, x_anchor, x_mirror = amounts
    y, y_anchor, y_mirror = prices
    done, more, plain = span
    for k in range(done, done + more):
        if k == done + more - 1:
            before[0][:] = x
            before[1][:] = y
        far = (k + 1.0) / (k + 2.0)
        _move_amounts(
            columns[0], columns[1], columns[2], cost, box[0], box[1], y, x, x_anchor, x_mirror, pace[0], far, plain
        )
        _move_prices(rows[0], rows[1], rows[2], limits[0], limits[1], x_mirror, y, y_anchor, y_mirror, pace[1], far)


def compressed(start: NDArray[np.integer], at: NDArray[np.integer], value: Floats) -> Compressed:
    """Return the arrays of a compressed matrix in the types that the loops were compiled for."""
    return start.astype(np.int32, copy=False), at.astype(np.int32, copy=False), np.ascontiguousarray(value)
