"""Mending: a rough answer becomes one that can be done, row after row, each cut going on to the rows that feel it.

What ``repair`` does to an answer that misses rows by a hair takes it hundreds of passes over a rough one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
import scipy.sparse as sp

from muster.plan.matrix import Matrix
from muster.plan.repair import DUST, EXACT, HARSHER, HARSHEST, PATIENT, counted, physical
from muster.plan.sets import Floats, Ints

Lines = tuple[Ints, Ints, Floats]
"""A matrix by row or by column: where each begins, the other side of each entry, its value."""

TURNS = 1_000
"""How often a row is set right on average before what is left over is left to ``repair``."""


@dataclass(frozen=True, eq=False)
class Mender:
    """What turns columns that a rough solver found into ones that can be done.

    Attributes:
        matrix: The linear program.
        columns: Those about goods, not about what counts as delivered or held.
        by_row: The entries of rows and columns about goods.
        by_column: Those of all columns; rows behind the last of ``limit`` are not about goods.
        limit: Of those rows.
        dust: What is too little of each of those columns to be kept.
    """

    matrix: Matrix
    columns: Ints
    by_row: Lines
    by_column: Lines
    limit: Floats
    dust: Floats

    def __call__(self, x: Floats) -> Floats:
        """Return columns (K, scaled) that hold every row: no amount grows but what is counted as delivered and held.

        Where more goes out of a row than comes in, all that goes out is cut in proportion.
        """
        scale = self.matrix.column_scale
        whole = x * scale
        amounts = np.where(whole[self.columns] > self.dust, whole[self.columns], 0.0)
        _cut(self.by_row, self.by_column, self.limit, amounts, self.dust)
        whole[self.columns] = amounts
        mended: Floats = counted(self.matrix, whole) / scale
        return mended


def mender_of(matrix: Matrix) -> Mender:
    """Return what mends answers to a linear program."""
    rows, columns = (np.flatnonzero(each).astype(np.int32) for each in physical(matrix))
    by_column = matrix.entries.indptr, matrix.entries.indices, matrix.entries.data
    end = matrix.entries.indptr[len(columns)]
    shape = (len(matrix.limit), len(columns))
    goods = sp.csc_array((by_column[2][:end], by_column[1][:end], by_column[0][: len(columns) + 1]), shape=shape)
    by_row = sp.csr_array(goods)
    last = by_row.indptr[len(rows)]
    lines = by_row.indptr[: len(rows) + 1], by_row.indices[:last], by_row.data[:last]
    return Mender(matrix, columns, lines, by_column, matrix.limit[rows], DUST * matrix.column_scale[columns])


@numba.njit(cache=True)
def _cut(by_row, by_column, limit, amounts, dust):  # type: ignore[no-untyped-def]
    """Cut what goes out of every row to what comes in, in the order in which rows come to lack something."""
    (start, at, value), (column_start, row_of, size) = by_row, by_column
    rows = len(limit)
    waiting, waits = np.arange(rows).astype(np.int32), np.ones(rows, dtype=np.bool_)
    cuts = np.zeros(rows, dtype=np.int32)
    first, many = 0, rows
    for _ in range(TURNS * rows):
        if many == 0:
            break
        i = waiting[first]
        first, many = (first + 1) % rows, many - 1
        waits[i] = False
        going, coming = 0.0, limit[i]
        for e in range(start[i], start[i + 1]):
            if value[e] > 0.0:
                going += value[e] * amounts[at[e]]
            else:
                coming -= value[e] * amounts[at[e]]
        if going <= coming * (1.0 + EXACT):
            continue
        share = max(coming, 0.0) / going
        cuts[i] += 1
        if cuts[i] > PATIENT:  # what goes round in circles shrinks by a hair each time
            share = share ** min(2.0 ** ((cuts[i] - PATIENT) // HARSHER), HARSHEST)
        for e in range(start[i], start[i + 1]):
            j = at[e]
            if value[e] <= 0.0 or amounts[j] == 0.0:
                continue
            amounts[j] *= share
            if amounts[j] <= dust[j]:
                amounts[j] = 0.0
            for f in range(column_start[j], column_start[j + 1]):
                k = row_of[f]
                if size[f] < 0.0 and k < rows and not waits[k]:
                    waiting[(first + many) % rows] = k
                    many += 1
                    waits[k] = True
