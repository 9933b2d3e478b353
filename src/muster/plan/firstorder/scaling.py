"""A matrix whose rows and columns are all of size one, as far as scaling goes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from muster.plan.firstorder.kernels import PARTS, Columns, Places, columns_of, multiply, parts_of, sizes, takes, worths
from muster.plan.sets import Floats

ROUNDS = 10
"""Rounds of Ruiz's scaling before that of Pock and Chambolle."""

SHORT = 0.99
"""Share of the longest step that surely converges."""


@dataclass(frozen=True, eq=False)
class Scaled:
    """A matrix (M × K) as ``row · entries · column``.

    Attributes:
        columns: By column, scaled.
        row, column: What rows (M) and columns (K) were multiplied by.
        parts: Where the parts of the columns begin.
        room: For what each part takes of every row (parts × M).
    """

    columns: Columns
    row: Floats
    column: Floats
    parts: Places
    room: Floats

    def worths(self, y: Floats, *, sizes: bool = False) -> Floats:
        """Return what one unit of each column is worth at these prices (K)."""
        out = np.empty(len(self.column))
        worths(*self.columns, y, out, sizes)
        return out

    def takes(self, x: Floats, *, sizes: bool = False) -> Floats:
        """Return what these amounts take of each row (M)."""
        out = np.empty(len(self.row))
        takes(*self.columns, x, out, self.parts, self.room, sizes)
        return out


def scaled(entries: sp.csc_array) -> Scaled:
    """Scale a matrix: Ruiz (largest entries to 1), then Pock and Chambolle (sums of sizes to 1).

    Source:
        Ruiz 2001; Pock and Chambolle, Diagonal preconditioning for first order primal-dual algorithms, 2011.
    """
    start, at, value = columns_of(entries.indptr, entries.indices, entries.data)
    row, column = np.ones(entries.shape[0]), np.ones(entries.shape[1])
    most_row, most_column = np.empty_like(row), np.empty_like(column)
    for number in range(ROUNDS + 1):
        sizes(start, at, value, row, column, most_row, most_column, number == ROUNDS)
        row *= _roots(most_row)
        column *= _roots(most_column)
    data = np.empty_like(value)
    multiply(start, at, value, row, column, data)
    return Scaled((start, at, data), row, column, parts_of(start), np.empty((PARTS, len(row))))


def _roots(sizes: Floats) -> Floats:
    return 1.0 / np.sqrt(np.where(sizes > 0, sizes, 1.0))


def paces(matrix: Scaled, reach: Floats, span: Floats) -> tuple[Floats, Floats]:
    """Return the steps of columns (K) and rows (M): in proportion to how far each is expected to move.

    By a Schur test the matrix, weighted with their roots, has a norm of 1 at most, whatever ``reach`` and ``span`` are;
    on regions drawn at random the norm was found within 3 % of that, so that nothing is gained by measuring it.

    Args:
        matrix: Scaled.
        reach: How far each column is expected to move (K), above 0.
        span: How far each row's price is (M), above 0.
    """
    against, across = matrix.worths(span, sizes=True), matrix.takes(reach, sizes=True)
    tau = SHORT * reach / np.where(against > 0, against, 1.0)
    sigma = SHORT * span / np.where(across > 0, across, 1.0)
    return tau, sigma
