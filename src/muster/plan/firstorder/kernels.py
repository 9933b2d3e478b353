"""The loops of the first-order solver, compiled once and kept.

A matrix is stored by column alone, and is read once in an iteration: what a column moves by follows from the prices of
its rows, and what it then takes of them is added up at once. The columns lie in a fixed number of parts, each with sums
of its own, so that the answer does not depend on how many cores there are.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from muster.plan.sets import Floats, Ints

FEW = 500_000
"""Entries below which waking a second core costs more than it brings."""

PARTS = 4
"""Parts the columns lie in: as many cores can be of use."""

LOOSE = {"reassoc", "contract", "arcp", "nsz"}
"""What numba may do to sums for speed; infinities stay what they are."""

Places = NDArray[np.uint32]
"""Positions that are never below 0: numba spares the question, and the loops take half the time."""

Columns = tuple[Places, Places, Floats]
"""Where each column begins, the row of each entry, and its value."""


def cores_for(entries: int) -> None:
    """Use one core for small matrices, and every core for the others."""
    most = int(numba.config.NUMBA_NUM_THREADS)  # type: ignore[attr-defined]  # there, but not in its stubs
    numba.set_num_threads(1 if entries < FEW else most)


def columns_of(start: NDArray[np.integer], at: NDArray[np.integer], value: Floats) -> Columns:
    """Return the arrays of a matrix by column in the types that the loops were compiled for."""
    return start.astype(np.uint32), at.astype(np.uint32), np.ascontiguousarray(value)


def parts_of(start: Places) -> Places:
    """Return where the parts begin, and where the last ends: as many entries in each."""
    cuts = np.searchsorted(start, np.linspace(0, start[-1], PARTS + 1)[1:-1])
    return np.concatenate([[0], cuts, [len(start) - 1]]).astype(np.uint32)


@numba.njit(parallel=True, cache=True, fastmath=LOOSE)
def worths(start, at, value, y, out, sizes):  # type: ignore[no-untyped-def]
    """Write what one unit of each column is worth at prices ``y``; ``sizes``: with every entry above 0."""
    for j in numba.prange(len(out)):
        total = 0.0
        for e in range(start[j], start[j + 1]):
            total += (abs(value[e]) if sizes else value[e]) * y[at[e]]
        out[j] = total


@numba.njit(parallel=True, cache=True, fastmath=LOOSE)
def takes(start, at, value, x, out, parts, sums, sizes):  # type: ignore[no-untyped-def]
    """Write what amounts ``x`` take of each row; ``sums`` is room for each part (parts × M)."""
    for part in numba.prange(len(parts) - 1):
        total = sums[part]
        total[:] = 0.0
        for j in range(parts[part], parts[part + 1]):
            for e in range(start[j], start[j + 1]):
                total[at[e]] += (abs(value[e]) if sizes else value[e]) * x[j]
    for i in numba.prange(len(out)):
        whole = 0.0
        for part in range(len(parts) - 1):
            whole += sums[part, i]
        out[i] = whole


@numba.njit(parallel=True, cache=True, fastmath=LOOSE)
def _move_amounts(  # type: ignore[no-untyped-def]
    start, at, value, cost, low, high, y, x, anchor, mirror, pace, far, plain, parts, sums, told
):  # fmt: skip
    """Move amounts down their gradient, and add up what their reflections take of the rows.

    Arrays one by one: numba 0.68 loses what a parallel loop writes to an array that came inside a tuple. The first
    ``plain`` columns are bounded by 0 alone, which spares the loop two arrays; reflections are kept only if ``told``.
    """
    for part in numba.prange(len(parts) - 1):
        total = sums[part]
        total[:] = 0.0
        for j in range(parts[part], parts[part + 1]):
            slope = cost[j]
            for e in range(start[j], start[j + 1]):
                slope += value[e] * y[at[e]]
            there = x[j] - pace[j] * slope
            if j < plain:
                there = max(there, 0.0)
            else:
                there = min(max(there, low[j]), high[j])
            reflected = 2.0 * there - x[j]
            x[j] = far * reflected + (1.0 - far) * anchor[j]
            if told:
                mirror[j] = reflected
            if reflected != 0.0:
                for e in range(start[j], start[j + 1]):
                    total[at[e]] += value[e] * reflected


@numba.njit(parallel=True, cache=True, fastmath=LOOSE)
def _move_prices(low, high, sums, y, anchor, mirror, pace, far):  # type: ignore[no-untyped-def]
    """Move prices up their gradient; ``mirror`` becomes their reflection."""
    for i in numba.prange(len(low)):
        taken = 0.0
        for part in range(len(sums)):
            taken += sums[part, i]
        wanted = y[i] + pace[i] * taken
        there = max(wanted - pace[i] * high[i], 0.0) + min(wanted - pace[i] * low[i], 0.0)
        mirror[i] = 2.0 * there - y[i]
        y[i] = far * mirror[i] + (1.0 - far) * anchor[i]


@numba.njit(cache=True)
def advance(
    matrix: tuple[Columns, Places, Floats],
    program: tuple[Floats, tuple[Floats, Floats], tuple[Floats, Floats]],
    amounts: tuple[Floats, Floats, Floats],
    prices: tuple[Floats, Floats, Floats],
    pace: tuple[Floats, Floats],
    before: tuple[Floats, Floats],
    span: tuple[int, int, np.uint32],
) -> None:
    """Do some iterations in place; the amounts and prices before the last of them are written to ``before``.

    Args:
        matrix: By column, its parts, and room for their sums.
        program: Cost to be minimised, bounds of the columns, bounds of the rows.
        amounts, prices: Current, anchor, reflection (of the last iteration).
        pace: Step of each column and row.
        before: Room for two vectors.
        span: Iterations done since the anchor was set; how many to do; columns at the front that only 0 bounds.
    """
    (start, at, value), parts, sums = matrix
    cost, (low, high), (row_low, row_high) = program
    (x, x_anchor, x_mirror), (y, y_anchor, y_mirror) = amounts, prices
    done, more, plain = span
    for k in range(done, done + more):
        last = k == done + more - 1
        if last:
            before[0][:] = x
            before[1][:] = y
        far = (k + 1.0) / (k + 2.0)
        _move_amounts(
            start, at, value, cost, low, high, y, x, x_anchor, x_mirror, pace[0], far, plain, parts, sums, last
        )  # fmt: skip
        _move_prices(row_low, row_high, sums, y, y_anchor, y_mirror, pace[1], far)


@numba.njit(cache=True)
def order_of_rows(start: Places, at: Places, rows: int) -> Ints:
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
