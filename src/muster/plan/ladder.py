"""The ladder: the scaled matrix, and beside it a rung for everybody whom a goal lifts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from muster.plan.layouts import Below, Entries
from muster.plan.matrix import LARGE, Matrix
from muster.plan.repair import COUNTS
from muster.plan.sets import Floats, Ints


@dataclass(frozen=True)
class Service:
    """Who is to be lifted in one goal (J rungs): met = offset + per_unit · x[column], counted up to 1.

    Attributes:
        goal: ``floor``, ``reserve`` or ``norm``.
        column: Column of the matrix (J).
        per_unit, offset: See above (J).
        weight: People, or 1 for a reserve (J).
        members: Position of the claim or reserve (J).
    """

    goal: str
    column: Ints
    per_unit: Floats
    offset: Floats
    weight: Floats
    members: Ints

    def __len__(self) -> int:
        return len(self.column)


@dataclass(frozen=True)
class Ladder:
    """The scaled matrix with a row, a slip and a fill for every rung of every goal, and two rows for the last goal.

    Columns: K of the matrix · one common level for each service · slip of each rung · fill of each rung.
    Rows: M of the matrix · one for each rung (what is delivered, less slip, fill and level, is at least its guard) ·
    effort · tonne-kilometres.

    Attributes:
        services: The goals.
        entries: Scaled.
        most, limit: Bounds of the matrix's columns (K) and rows (M), scaled.
        scale: A usual size of each column of the matrix (K).
        folded: Columns that only count what others provide (delivered, held), and the row of each.
    """

    services: tuple[Service, ...]
    entries: sp.csc_array
    most: Floats
    limit: Floats
    scale: Floats
    folded: tuple[Ints, Ints]

    @property
    def rungs(self) -> int:
        """How many rungs all services have together."""
        return sum(map(len, self.services))

    def rung(self, service: int) -> slice:
        """Return where a service's rungs lie among all rungs."""
        first = sum(map(len, self.services[:service]))
        return slice(first, first + len(self.services[service]))

    @property
    def slips(self) -> slice:
        """Return where the slips of all rungs lie among the columns."""
        first = self.columns + len(self.services)
        return slice(first, first + self.rungs)

    @property
    def columns(self) -> int:
        """Columns of the matrix itself (K)."""
        return len(self.most)

    @property
    def rows(self) -> int:
        """Rows of the matrix itself (M)."""
        return len(self.limit)

    @cached_property
    def column(self) -> Ints:
        """Column of the matrix behind each rung."""
        return np.concatenate([each.column for each in self.services] or [np.empty(0, dtype=np.int32)])

    @cached_property
    def per_unit(self) -> Floats:
        """What one unit of its column adds to each rung."""
        return np.concatenate([each.per_unit for each in self.services] or [np.empty(0)])

    @cached_property
    def offset(self) -> Floats:
        """What each rung has without anything delivered."""
        return np.concatenate([each.offset for each in self.services] or [np.empty(0)])

    @cached_property
    def weight(self) -> Floats:
        """People behind each rung, or 1 for a reserve."""
        return np.concatenate([each.weight for each in self.services] or [np.empty(0)])

    def met(self, x: Floats) -> Floats:
        """Return what each rung has at scaled columns ``x``: up to 1."""
        return np.minimum(1.0, self.offset + self.per_unit * x[self.column] * self.scale[self.column])


def ladder_of(matrix: Matrix, services: tuple[Service, ...], *, effort: Floats, tonne_km: Floats) -> Ladder:
    """Join a matrix, its services and the costs of the last goal (each K, scaled to about 1) into one scaled matrix."""
    scale, rows = matrix.column_scale, matrix.row_scale
    count = sum(map(len, services))
    column = np.concatenate([each.column for each in services] or [np.empty(0, dtype=np.int32)])
    unit = np.concatenate([each.per_unit for each in services] or [np.empty(0)]) * scale[column]
    rung = (len(rows) + np.arange(count)).astype(np.int32)
    ends = np.cumsum([0, *map(len, services)])
    right = _right(rung, ends, len(rows) + count + 2)
    lay = _stacked if matrix.entries.nnz > LARGE else _blocks
    entries = lay(matrix, (column, unit), (effort, tonne_km), right)
    return Ladder(services, entries, matrix.most / scale, matrix.limit / rows, scale, _folded(matrix))


def _folded(matrix: Matrix) -> tuple[Ints, Ints]:
    """Return the columns that only count what others provide, and the row of each."""
    pairs = [(matrix.column_kind(column)[1], matrix.row_kind(row)[1]) for row, column in COUNTS]
    columns, rows = ([np.arange(each[side].start, each[side].stop) for each in pairs] for side in (0, 1))
    return np.concatenate(columns).astype(np.int32), np.concatenate(rows).astype(np.int32)


def _right(rung: Ints, ends: NDArray[np.int64], rows: int) -> sp.csc_array:
    """Return the columns of common levels, slips and fills; ``ends`` says where the rungs of each service end."""
    starts = np.concatenate([ends[:-1], len(rung) + np.arange(2 * len(rung) + 1)]).astype(np.int32)
    return sp.csc_array((np.full(3 * len(rung), -1.0), np.tile(rung, 3), starts), shape=(rows, len(starts) - 1))


def _blocks(
    matrix: Matrix, rungs: tuple[Ints, Floats], costs: tuple[Floats, Floats], right: sp.csc_array
) -> sp.csc_array:
    """Return the scaled matrix, the rungs' rows (column and entry of each) and costs below it, ``right`` beside."""
    scale, (column, unit) = matrix.column_scale, rungs
    body = sp.diags_array(1.0 / matrix.row_scale) @ matrix.entries @ sp.diags_array(scale)
    delivered = sp.csr_array((unit, (np.arange(len(column)), column)), shape=(len(column), len(scale)))
    left = sp.block_array([[body], [delivered], [sp.csr_array(np.stack(costs) * scale)]])
    entries = sp.csc_array(sp.hstack([left, right]))
    starts, rows = entries.indptr.astype(np.int32), entries.indices.astype(np.int32)
    return sp.csc_array((entries.data, rows, starts), shape=entries.shape)


def _stacked(
    matrix: Matrix, rungs: tuple[Ints, Floats], costs: tuple[Floats, Floats], right: sp.csc_array
) -> sp.csc_array:
    """Return what ``_blocks`` returns, in a fraction of the time and with nothing beside it in memory."""
    from muster.plan.stacking import stack  # loads numba: a small economy is planned in that time

    left, (column, unit), rows = matrix.entries, rungs, len(matrix.row_scale)
    order = np.argsort(column, kind="stable").astype(np.int32)
    below = Below(column[order], np.int32(rows) + order, unit[order], *costs, rows + len(column))
    room = left.nnz + len(column) + sum(int(np.count_nonzero(cost)) for cost in costs) + right.nnz
    columns = left.shape[1]
    into = Entries(np.zeros(columns + len(right.indptr), np.int32), np.empty(room, np.int32), np.empty(room))
    body = Entries(left.indptr, left.indices, left.data)
    count = stack(body, 1.0 / matrix.row_scale, matrix.column_scale, below, into)
    end = count + right.nnz
    into.starts[columns:] = count + right.indptr
    into.rows[count:end], into.values[count:end] = right.indices, right.data
    shape = (right.shape[0], columns + right.shape[1])
    return sp.csc_array((into.values[:end], into.rows[:end], into.starts), shape=shape)
