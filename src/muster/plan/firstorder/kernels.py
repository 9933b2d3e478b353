"""The loops of the first-order solver, compiled once and kept.

A matrix is stored as runs of columns (``runs.py``), and is read once in an iteration: what a column moves by follows
from the prices of its rows, and what it then takes of them is added up at once. Within a run the loops go along arrays,
so that a processor does several columns in one step. The columns lie in a fixed number of parts, each with sums of its
own, so that the answer does not depend on how many cores there are.
"""

from __future__ import annotations

import numba
import numpy as np

from muster.plan.firstorder.runs import Lines, Places
from muster.plan.sets import Floats

FEW = 100_000
"""Entries below which waking a second core costs more than it brings."""

PARTS = 4
"""Parts the columns lie in: as many cores can be of use."""

LOOSE = {"reassoc", "contract", "arcp", "nsz"}
"""What numba may do to sums for speed; infinities stay what they are."""


def cores_for(entries: int) -> None:
    """Use one core for small matrices, and every core for the others."""
    most = int(numba.config.NUMBA_NUM_THREADS)  # type: ignore[attr-defined]  # there, but not in its stubs
    numba.set_num_threads(1 if entries < FEW else most)


def parts_of(first: Places) -> Places:
    """Return at which runs the parts begin, and where the last ends: about as many columns in each.

    Args:
        first: First column of each run, and the end of the last.
    """
    cuts = np.searchsorted(first, np.linspace(0, first[-1], PARTS + 1)[1:-1])
    return np.concatenate([[0], cuts, [len(first) - 1]]).astype(np.uint32)


@numba.njit(parallel=True, cache=True, fastmath=LOOSE)
def worths(first, start, at, value, still, y, out, sizes):  # type: ignore[no-untyped-def]
    """Write what one unit of each column is worth at prices ``y``; ``sizes``: with every entry above 0."""
    for r in numba.prange(len(first) - 1):
        begin, count = first[r], first[r + 1] - first[r]
        for k in range(count):
            out[begin + k] = 0.0
        for e in range(start[r], start[r + 1]):
            row, size = at[e], abs(value[e]) if sizes else value[e]
            if row < still:
                for k in range(count):
                    out[begin + k] += size * y[row + k]
            else:
                for k in range(count):
                    out[begin + k] += size * y[row]


@numba.njit(parallel=True, cache=True, fastmath=LOOSE)
def takes(first, start, at, value, still, x, out, parts, sums, sizes):  # type: ignore[no-untyped-def]
    """Write what amounts ``x`` take of each row; ``sums`` is room for each part (parts × M)."""
    for part in numba.prange(len(parts) - 1):
        total = sums[part]
        total[:] = 0.0
        for r in range(parts[part], parts[part + 1]):
            begin, count = first[r], first[r + 1] - first[r]
            for e in range(start[r], start[r + 1]):
                row, size = at[e], abs(value[e]) if sizes else value[e]
                if row < still:
                    for k in range(count):
                        total[row + k] += size * x[begin + k]
                else:
                    for k in range(count):
                        total[row] += size * x[begin + k]
    for i in numba.prange(len(out)):
        whole = 0.0
        for part in range(len(parts) - 1):
            whole += sums[part, i]
        out[i] = whole


@numba.njit(parallel=True, cache=True, fastmath=LOOSE)
def _move_amounts(  # type: ignore[no-untyped-def]
    first, start, at, value, still, cost, low, high, y, x, anchor, step, pace, far, plain, parts, sums, room, told
):  # fmt: skip
    """Move amounts down their gradient, and add up what their reflections take of the rows.

    Arrays one by one: numba 0.68 loses what a parallel loop writes to an array that came inside a tuple. The first
    ``plain`` columns are bounded by 0 alone, which spares the loop two arrays; steps are kept only if ``told``.
    """
    for part in numba.prange(len(parts) - 1):
        total, here = sums[part], room[part]
        total[:] = 0.0
        for r in range(parts[part], parts[part + 1]):
            begin, count = first[r], first[r + 1] - first[r]
            for k in range(count):
                here[k] = cost[begin + k]
            for e in range(start[r], start[r + 1]):
                row, size = at[e], value[e]
                if row < still:
                    for k in range(count):
                        here[k] += size * y[row + k]
                else:
                    for k in range(count):
                        here[k] += size * y[row]
            if begin + count <= plain:
                for k in range(count):
                    here[k] = max(x[begin + k] - pace[begin + k] * here[k], 0.0)
            else:
                for k in range(count):
                    j = begin + k
                    here[k] = min(max(x[j] - pace[j] * here[k], low[j]), high[j])
            if told:
                for k in range(count):
                    step[begin + k] = here[k] - x[begin + k]
            for k in range(count):
                j = begin + k
                reflected = 2.0 * here[k] - x[j]
                x[j] = far * reflected + (1.0 - far) * anchor[j]
                here[k] = reflected
            for e in range(start[r], start[r + 1]):
                row, size = at[e], value[e]
                if row < still:
                    for k in range(count):
                        total[row + k] += size * here[k]
                else:
                    for k in range(count):
                        total[row] += size * here[k]


@numba.njit(parallel=True, cache=True, fastmath=LOOSE)
def _move_prices(low, high, sums, y, anchor, step, pace, far, told):  # type: ignore[no-untyped-def]
    """Move prices up their gradient; steps are kept only if ``told``."""
    for i in numba.prange(len(low)):
        taken = 0.0
        for part in range(len(sums)):
            taken += sums[part, i]
        wanted = y[i] + pace[i] * taken
        there = max(wanted - pace[i] * high[i], 0.0) + min(wanted - pace[i] * low[i], 0.0)
        if told:
            step[i] = there - y[i]
        y[i] = far * (2.0 * there - y[i]) + (1.0 - far) * anchor[i]


@numba.njit(cache=True)
def advance(
    matrix: tuple[Lines, Places, Floats, Floats],
    program: tuple[Floats, tuple[Floats, Floats], tuple[Floats, Floats]],
    amounts: tuple[Floats, Floats, Floats],
    prices: tuple[Floats, Floats, Floats],
    pace: tuple[Floats, Floats],
    span: tuple[int, int, np.uint32],
) -> None:
    """Do some iterations in place.

    Args:
        matrix: As runs, its parts, room for their sums and for a run of each.
        program: Cost to be minimised, bounds of the columns, bounds of the rows.
        amounts, prices: Current, anchor, and the plain step of the last iteration, which is written.
        pace: Step of each column and row.
        span: Iterations done since the anchor was set; how many to do; columns at the front that only 0 bounds.
    """
    (first, start, at, value, still), parts, sums, room = matrix
    cost, (low, high), (row_low, row_high) = program
    (x, x_anchor, x_step), (y, y_anchor, y_step) = amounts, prices
    done, more, plain = span
    for k in range(done, done + more):
        last = k == done + more - 1
        far = (k + 1.0) / (k + 2.0)
        _move_amounts(
            first, start, at, value, still, cost, low, high, y, x, x_anchor, x_step, pace[0], far, plain, parts, sums,
            room, last,
        )  # fmt: skip
        _move_prices(row_low, row_high, sums, y, y_anchor, y_step, pace[1], far, last)


@numba.njit(cache=True, fastmath=LOOSE)
def inner(one, other, pace):  # type: ignore[no-untyped-def]
    """Return the sum of products over steps; not BLAS's, which wakes every core for it and adds up as many sums."""
    total = 0.0
    for i in range(len(one)):
        total += one[i] * other[i] / pace[i]
    return total


@numba.njit(cache=True)
def sizes(first, start, at, value, still, row, column, of_row, of_column, added):  # type: ignore[no-untyped-def]
    """Write the largest size in each row and column of ``row · matrix · column``, or all of them ``added`` up."""
    of_row[:] = 0.0
    of_column[:] = 0.0
    for r in range(len(first) - 1):
        for e in range(start[r], start[r + 1]):
            for k in range(first[r + 1] - first[r]):
                i, j = at[e] + k if at[e] < still else at[e], first[r] + k
                size = abs(value[e]) * row[i] * column[j]
                if added:
                    of_column[j] += size
                    of_row[i] += size
                else:
                    of_column[j] = max(of_column[j], size)
                    of_row[i] = max(of_row[i], size)


@numba.njit(cache=True)
def lay_by_row(first, start, at, value, still, row_start, row_at, row_value):  # type: ignore[no-untyped-def]
    """Lay a matrix out by row: where each row begins, the column of each entry, its value."""
    row_start[:] = 0
    for r in range(len(first) - 1):
        for e in range(start[r], start[r + 1]):
            for k in range(first[r + 1] - first[r]):
                i = at[e] + k if at[e] < still else at[e]
                row_start[i + np.uint32(1)] += np.uint32(1)
    for i in range(1, len(row_start)):
        row_start[i] += row_start[i - 1]
    filled = row_start[:-1].copy()
    for r in range(len(first) - 1):
        for k in range(first[r + 1] - first[r]):
            for e in range(start[r], start[r + 1]):
                i = at[e] + k if at[e] < still else at[e]
                row_at[filled[i]], row_value[filled[i]] = first[r] + k, value[e]
                filled[i] += np.uint32(1)
