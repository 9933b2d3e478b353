"""A matrix as runs: what goes on week after week in the same way is stored once.

Most columns have neighbours in time that take the same of the same goods at the same places, one period later. Rows of
one thing lie beside each other, period by period, so such columns differ in nothing but the rows they begin at. Nothing
here knows of periods: runs are found by what stands in the matrix, and what repeats nowhere is a run of one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from muster.plan.sets import Floats, Ints

ALIKE = 1e-11
"""Entries that differ by a smaller share than this are the same number, rounded in different ways."""

LONGEST = 64
"""Most columns of a run: what is worked out of them stays in the nearest memory, and parts can be cut evenly."""

SHARED = 1_000
"""Columns in one row from which on it is nothing of one period, if it stands at the end: it adds something up."""

Places = NDArray[np.uint32]
"""Positions that are never below 0: numba spares the question, and the loops take half the time."""

Lines = tuple[Places, Places, Places, Floats, int]
"""First column of each run, and where its entries begin (both with an end); first row of each entry, and its value; the
first row that stands still."""


@dataclass(frozen=True, eq=False)
class Runs:
    """A matrix (M × K) whose columns are taken in an order in which those of one run follow each other.

    Column ``first[r] + k`` has the entries of run r, each ``k`` rows below where it begins; but rows at the end of the
    matrix may stand still: what adds up over all periods is the same row for every column.

    Attributes:
        order: Which column of the matrix stands at each place (K).
        lines: See above.
        rows: M.
    """

    order: Ints
    lines: Lines
    rows: int

    @property
    def entries(self) -> int:
        """How many entries the matrix has."""
        columns, each = (np.diff(line).astype(np.int64) for line in self.lines[:2])
        return int(columns @ each)

    @property
    def longest(self) -> int:
        """Columns of the longest run."""
        return int(np.diff(self.lines[0]).max(initial=0))


def runs_of(entries: sp.csc_array, columns: Ints | None = None, *, still: int | None = None) -> Runs:
    """Find the runs of a matrix, in the order in which it has the first column of each.

    Args:
        entries: M × K, the rows of each column in rising order.
        columns: Which of them (in rising order); ``None``: all. ``order`` then holds positions among these.
        still: Rows from here on stand still; ``None``: none does.
    """
    still = entries.shape[0] if still is None else still
    arrays = entries.indptr, entries.indices, entries.data, still
    columns = np.arange(entries.shape[1], dtype=np.int32) if columns is None else columns
    pattern, head = _patterns(*arrays, columns)
    order = np.lexsort((head, pattern))
    again = _again(pattern[order], head[order])
    if again.any():  # several columns that are the same: each of them is another run's
        order = order[np.lexsort((head[order], again, pattern[order]))]
    order = order.astype(np.int32)
    begins = np.flatnonzero(_breaks(*arrays, columns[order]))
    lengths = np.diff(begins, append=len(order))
    by_column = np.argsort(np.minimum.reduceat(order, begins), kind="stable") if len(begins) else begins
    begins, lengths = begins[by_column], lengths[by_column]
    ends = np.cumsum(lengths)
    order = order[np.arange(len(order)) + np.repeat(begins - (ends - lengths), lengths)]
    alone = sp.csc_array(entries[:, columns[order[ends - lengths]]])
    alone.sort_indices()
    first, start, at = (each.astype(np.uint32) for each in (np.append(0, ends), alone.indptr, alone.indices))
    return Runs(order, (first, start, at, np.ascontiguousarray(alone.data), still), entries.shape[0])


def still_from(entries: sp.csc_array) -> int:
    """Return the first of the rows at the end of a matrix that stand still."""
    shared = np.bincount(entries.indices, minlength=entries.shape[0]) >= SHARED
    return entries.shape[0] - int(np.argmin(np.append(shared[::-1], False)))


def beside(left: Runs, right: Runs) -> Runs:
    """Join two matrices of the same rows, of which the same stand still, side by side."""
    first, start, at, value, still = left.lines
    more, begin, below, size, _ = right.lines
    lines = (
        np.concatenate([first, more[1:] + first[-1]]),
        np.concatenate([start, begin[1:] + start[-1]]),
        np.concatenate([at, below]),
        np.concatenate([value, size]),
        still,
    )
    order = np.concatenate([left.order, right.order + np.int32(len(left.order))])
    return Runs(order, lines, left.rows)


def _again(pattern: NDArray[np.uint64], first: Ints) -> Ints:
    """Return how many of those before each are the same in both; both are sorted."""
    new = np.append(True, (pattern[1:] != pattern[:-1]) | (first[1:] != first[:-1]))[: len(first)]
    at = np.arange(len(first))
    again: Ints = (at - np.maximum.accumulate(np.where(new, at, 0))).astype(np.int32)
    return again


@numba.njit(cache=True)
def _patterns(starts, rows, values, still, columns):  # type: ignore[no-untyped-def]
    """Return a number for what each of some columns has, wherever it begins, and the row in which it does."""
    pattern, first = np.empty(len(columns), dtype=np.uint64), np.zeros(len(columns), dtype=np.int32)
    for at in range(len(columns)):
        j = columns[at]
        mixed = np.uint64(starts[j + 1] - starts[j])
        if starts[j + 1] > starts[j]:
            first[at] = rows[starts[j]]
        for e in range(starts[j], starts[j + 1]):
            size = np.abs(values[e])
            power = np.floor(np.log2(size)) if size > 0.0 else 0.0
            number = np.int64(np.rint(values[e] * 2.0 ** (34.0 - power)))
            for part in (
                np.uint64(rows[e] - (first[at] if rows[e] < still else 0)),
                np.uint64(number),
                np.uint64(np.int64(power)),
            ):
                mixed = (mixed ^ part) * np.uint64(0x9E3779B97F4A7C15)
                mixed ^= mixed >> np.uint64(29)
        pattern[at] = mixed
    return pattern, first


@numba.njit(cache=True)
def _breaks(starts, rows, values, still, order):  # type: ignore[no-untyped-def]
    """Return which columns, in this order, do not go on with the run of the one before."""
    breaks, lead = np.ones(len(order), dtype=np.bool_), 0
    for at in range(len(order)):
        j, i = order[at], order[lead]
        count, step = starts[j + 1] - starts[j], at - lead
        same = 0 < step < LONGEST and count > 0 and count == starts[i + 1] - starts[i]
        for e in range(count if same else 0):
            here, there = starts[j] + e, starts[i] + e
            far = abs(values[here] - values[there])
            below = rows[there] + (step if rows[there] < still else 0)
            same = same and rows[here] == below and far <= ALIKE * abs(values[there])
        breaks[at] = not same
        if not same:
            lead = at
    return breaks
