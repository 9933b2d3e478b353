"""Polishing: an answer that misses rows by a little is moved, by as little as it takes, until it hardly does.

What is missed where little passes through is next to nothing by weight and everything to those who live there; and what
every week lacks a hair adds up over a winter. So every column moves in proportion to what it is, and every miss counts
as a share of what passes through its row.
"""

from __future__ import annotations

import numba
import numpy as np
from scipy.sparse.linalg import LinearOperator, lsmr

from muster.plan.firstorder.kernels import lay_by_row
from muster.plan.firstorder.runs import Places
from muster.plan.firstorder.search import Linear
from muster.plan.sets import Floats

SWEEPS = 6
"""How often rows are set right one by one before all are set right together."""

WORK, LEAST, MOST, CLOSELY = 100_000_000, 30, 100, 1e-3
"""Entries gone through by least squares, bounds of the steps that makes, and the share of what was missed that may be
left."""

HOLDS = 1e-5
"""Share of what passes through a row that may be missed in the end."""

BEYOND, TIGHT = 1e-6, 1e-4
"""Shares of it: by how much a row is set right a little further than it must be; how close a row is to its limit that
is kept there."""

SEED, HARDLY, DUST = 1e-8, 1e-4, 1e-9
"""As shares of a usual column: what moves where nothing is; what is too little to be looked at; what becomes nothing.
"""

LEFT = 0.1
"""Share of a column that is left of it at least in one round."""


Rows = tuple[Places, Places, Floats]
"""A matrix by row: where each begins, the column of each entry, its value."""


def by_row(program: Linear) -> Rows:
    """Return the matrix of a program by row."""
    runs = program.matrix.runs
    start, at, value = np.empty(runs.rows + 1, np.uint32), np.empty(runs.entries, np.uint32), np.empty(runs.entries)
    lay_by_row(*runs.lines, start, at, value)
    return start, at, value


def polished(program: Linear, rows: Rows, x: Floats) -> Floats:
    """Return columns (K) close to ``x`` that miss rows by less.

    Source:
        Cyclic projections onto half-spaces (Kaczmarz 1937, Agmon 1954) find what to hold on to, least squares
        (LSMR, Fong and Saunders 2011) sets it right together; both in the metric of the columns' own sizes.
    """
    x = np.clip(x, program.low, program.high)
    usual = float(np.mean(x))
    if usual <= 0.0:
        return x
    limits = program.low, program.high, program.row_low, program.row_high
    for number in range(SWEEPS):
        if _sweep(rows, limits, x, (SEED * usual, HARDLY * usual), number % 2 == 1) <= HOLDS:
            break
    else:
        x = _together(program, x, HARDLY * usual)
    x[(x < DUST * usual) & (program.low <= 0.0)] = 0.0
    return x


def _together(program: Linear, x: Floats, hardly: float) -> Floats:
    """Return columns that miss less of all rows that are missed, or at their limit, together."""
    matrix = program.matrix
    taken, through = matrix.takes(x), matrix.takes(x, sizes=True)
    above, below = taken - program.row_high, program.row_low - taken
    wanted = np.where(above > -TIGHT * through, -above - BEYOND * through, 0.0)
    wanted = np.where(below > -TIGHT * through, below + BEYOND * through, wanted)
    weight = np.where(wanted != 0.0, 1.0 / (through + hardly), 0.0)
    size = np.sqrt(x)
    patience = min(max(WORK // max(matrix.runs.entries, 1), LEAST), MOST)
    shares = LinearOperator(
        (len(weight), len(size)),
        matvec=lambda step: weight * matrix.takes(size * step.ravel()),
        rmatvec=lambda pull: size * matrix.worths(weight * pull.ravel()),
        dtype=np.float64,
    )
    step = lsmr(shares, weight * wanted, atol=0.0, btol=CLOSELY, conlim=0.0, maxiter=patience)[0]
    return np.clip(np.maximum(x + size * step, LEFT * x), program.low, program.high)


@numba.njit(cache=True)
def _sweep(rows, limits, x, sizes, backward):  # type: ignore[no-untyped-def]
    """Set every row right in turn, and return the largest share that was missed."""
    (start, at, value), (low, high, row_low, row_high), (seed, hardly) = rows, limits, sizes
    worst, count = 0.0, len(start) - 1
    for k in range(count):
        i = count - 1 - k if backward else k
        taken, through, gives = 0.0, 0.0, 0.0
        for e in range(start[i], start[i + 1]):
            amount = x[at[e]]
            taken += value[e] * amount
            through += abs(value[e]) * amount
            gives += value[e] * value[e] * (amount + seed)
        if taken > row_high[i]:
            wanted = row_high[i] - BEYOND * through - taken
        elif taken < row_low[i]:
            wanted = row_low[i] + BEYOND * through - taken
        else:
            continue
        if gives > 0.0:
            worst = max(worst, abs(wanted) / (through + hardly))
            for e in range(start[i], start[i + 1]):
                j = at[e]
                x[j] = min(max(x[j] + (x[j] + seed) * value[e] * wanted / gives, low[j]), high[j])
    return worst
