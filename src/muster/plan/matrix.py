"""Matrix: the linear program as plain arrays, with a name for every row and column.

Every row reads ``Σ entries · x ≤ limit`` and every x is at least 0: what goes out of a place, a route or a ration is at
most what there is. What is left of a balance is thrown away, so no row can ever make the program impossible.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from muster.plan.sets import NONE, Floats, Ints


@dataclass(frozen=True)
class Slots:
    """Entries of n columns, up to k in each (n × k); a row of ``NONE`` is no entry."""

    rows: Ints
    values: Floats

    @classmethod
    def none(cls, count: int) -> Slots:
        """No entries for ``count`` columns."""
        return cls(np.empty((count, 0), dtype=np.int32), np.empty((count, 0)))

    @classmethod
    def of(cls, rows: Ints, values: float | Floats) -> Slots:
        """One entry a column (n); ``values`` may be one number for all."""
        wide = values if isinstance(values, np.ndarray) else np.full(rows.shape, float(values))
        return cls(rows.astype(np.int32, copy=False)[:, None], wide[:, None])

    @classmethod
    def gather(cls, count: int, columns: NDArray[np.integer], rows: NDArray[np.integer], values: Floats) -> Slots:
        """Arrange loose entries (column, row, value) as slots; entries of one column and row add up."""
        if not len(columns):
            return cls.none(count)
        summed = sp.coo_array((values, (columns, rows)), shape=(count, int(rows.max()) + 1)).tocsr()
        many = np.diff(summed.indptr)
        rank = np.arange(summed.nnz) - np.repeat(summed.indptr[:-1], many)
        at = np.repeat(np.arange(count), many)
        slots = cls(np.full((count, int(many.max())), NONE, dtype=np.int32), np.zeros((count, int(many.max()))))
        slots.rows[at, rank], slots.values[at, rank] = summed.indices, summed.data
        return slots


@dataclass(frozen=True)
class Columns:
    """One kind of column: what can be decided, entry by entry.

    Attributes:
        kind: ``stock``, ``take``, ``sent``, ``run``, ``given``, ``delivered`` or ``held``.
        keys: Positions that name each column (each n).
        slots: Its entries, in parts that are joined side by side.
        scale: A usual size of each column, in its own unit (n).
        most: Upper bound of each column (n); ``None`` is no bound.
    """

    kind: str
    keys: Mapping[str, Ints]
    slots: Sequence[Slots]
    scale: Floats
    most: Floats | None = None

    def __len__(self) -> int:
        return len(self.scale)


@dataclass(frozen=True)
class Rows:
    """One kind of row: a balance or a limit.

    Attributes:
        kind: ``balance``, ``route``, ``store``, ``plant``, ``occupied``, ``ration``, ``claim`` or ``reserve``.
        keys: Positions that name each row (each m).
        limit: Right-hand side (m).
        scale: A usual size of each row, in its own unit (m).
    """

    kind: str
    keys: Mapping[str, Ints]
    limit: Floats
    scale: Floats

    def __len__(self) -> int:
        return len(self.limit)


@dataclass(frozen=True)
class Matrix:
    """The linear program of an economy: entries · x ≤ limit, 0 ≤ x ≤ most.

    Attributes:
        entries: M rows × K columns, compressed by column, in physical units.
        rows, columns: Kinds in the order they stand in, without their slots.
    """

    entries: sp.csc_array
    rows: tuple[Rows, ...]
    columns: tuple[Columns, ...]

    @cached_property
    def limit(self) -> Floats:
        """Right-hand side (M)."""
        return np.concatenate([each.limit for each in self.rows])

    @cached_property
    def most(self) -> Floats:
        """Upper bounds of the columns (K)."""
        return np.concatenate([np.full(len(c), np.inf) if c.most is None else c.most for c in self.columns])

    @cached_property
    def row_scale(self) -> Floats:
        """A usual size of each row (M)."""
        return np.concatenate([each.scale for each in self.rows])

    @cached_property
    def column_scale(self) -> Floats:
        """A usual size of each column (K)."""
        return np.concatenate([each.scale for each in self.columns])

    def row_kind(self, kind: str) -> tuple[Rows, slice]:
        """Return the rows of a kind and where they lie."""
        first = 0
        for each in self.rows:
            if each.kind == kind:
                return each, slice(first, first + len(each))
            first += len(each)
        raise KeyError(kind)

    def column_kind(self, kind: str) -> tuple[Columns, slice]:
        """Return the columns of a kind and where they lie."""
        first = 0
        for each in self.columns:
            if each.kind == kind:
                return each, slice(first, first + len(each))
            first += len(each)
        raise KeyError(kind)

    def row_name(self, position: int) -> str:
        """Return a row's name, e.g. ``route[opening=3, period=0]``."""
        return _name(self.rows, position)

    def column_name(self, position: int) -> str:
        """Return a column's name, e.g. ``sent[opening=3, good=0, period=0]``."""
        return _name(self.columns, position)


def _name(kinds: Sequence[Rows] | Sequence[Columns], position: int) -> str:
    for each in kinds:
        if position < len(each):
            return f"{each.kind}[{', '.join(f'{key}={at[position]}' for key, at in each.keys.items())}]"
        position -= len(each)
    raise IndexError(position)


def assemble(rows: Sequence[Rows], columns: Sequence[Columns]) -> Matrix:
    """Join kinds of rows and columns into one matrix.

    Args:
        rows: In the order their positions were given out.
        columns: Whose slots name positions of those rows.
    Returns:
        The matrix; entries of one column in one row are added up.
    """
    counts, indices, values = [], [], []
    for each in columns:
        if not len(each):
            continue
        wide = np.concatenate([slot.rows for slot in each.slots], axis=1)
        amounts = np.concatenate([slot.values for slot in each.slots], axis=1)
        real = wide != NONE
        counts.append(np.count_nonzero(real, axis=1).astype(np.int32))
        indices.append(wide[real])
        values.append(amounts[real])
    starts = np.zeros(sum(map(len, columns)) + 1, dtype=np.int32)
    if counts:
        np.cumsum(np.concatenate(counts), out=starts[1:])
    entries = sp.csc_array(
        (np.concatenate(values or [np.empty(0)]), np.concatenate(indices or [np.empty(0, dtype=np.int32)]), starts),
        shape=(sum(map(len, rows)), len(starts) - 1),
    )
    bare = tuple(Columns(each.kind, each.keys, (), each.scale, each.most) for each in columns)
    return Matrix(entries, tuple(rows), bare)
