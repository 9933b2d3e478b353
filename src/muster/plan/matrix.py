"""Matrix: the linear program as plain arrays, with a name for every row and column.

Every row reads ``Σ entries · x ≤ limit`` and every x is at least 0: what goes out of a place, a route or a ration is at
most what there is. What is left of a balance is thrown away, so no row can ever make the program impossible.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from muster.plan.layouts import Entries
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
        wide: Floats = np.broadcast_to(np.asarray(values, dtype=np.float64), rows.shape)
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

    @property
    def width(self) -> int:
        """Most entries in a column."""
        return int(self.rows.shape[1])

    def part(self, columns: slice) -> Slots:
        """Return the entries of some of the columns."""
        return Slots(self.rows[columns], self.values[columns])

    @classmethod
    def beside(cls, slots: Iterable[Slots]) -> Slots:
        """Join entries of the same columns side by side."""
        rows, values = zip(*((each.rows, each.values) for each in slots), strict=True)
        return cls(np.concatenate(rows, axis=1), np.concatenate(values, axis=1))


@dataclass(frozen=True)
class LaterSlots:
    """Slots that are worked out when they are needed, so that those of millions of columns never lie side by side.

    Attributes:
        width: Most entries in a column.
        part: Gives the entries of some of the columns.
        lay: Lays out all of the columns by compiled loops instead, straight into the matrix: takes the first column and
            its first entry, and returns where the entries end.
    """

    width: int
    part: Callable[[slice], Slots]
    lay: Callable[[Entries, int, int], int] | None = None


class LaterKeys(Mapping[str, Ints]):
    """Positions that are worked out when they are first asked for: until then those of millions take no memory."""

    def __init__(self, work: Mapping[str, Callable[[], Ints]]) -> None:
        """Take what works out each key."""
        self._work = work
        self._known: dict[str, Ints] = {}

    def __getitem__(self, name: str) -> Ints:
        if name not in self._known:
            self._known[name] = self._work[name]()
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._work)

    def __len__(self) -> int:
        return len(self._work)


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
    slots: Sequence[Slots | LaterSlots]
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


LARGE = 1_000_000
"""From so many entries on, columns are laid out by compiled loops."""

AT_A_TIME = 1 << 15
"""Columns that are laid out together: few enough for the cache of a processor."""


def assemble(rows: Sequence[Rows], columns: Sequence[Columns]) -> Matrix:
    """Join kinds of rows and columns into one matrix.

    Args:
        rows: In the order their positions were given out.
        columns: Whose slots name positions of those rows.
    Returns:
        The matrix; entries of one column in one row are added up.
    """
    most = sum(len(each) * slot.width for each in columns for slot in each.slots)
    indices, values = np.empty(most, dtype=np.int32), np.empty(most)  # what is not filled never takes up memory
    starts = np.zeros(sum(map(len, columns)) + 1, dtype=np.int32)
    column = entry = 0
    for each in columns:
        lay = _lay(each)
        if lay is not None:
            entry = lay(Entries(starts, indices, values), column, entry)
            column += len(each)
            continue
        for part in _parts(len(each)):
            slots = Slots.beside(slot.part(part) for slot in each.slots)
            real = slots.rows != NONE
            counted = np.cumsum(real, dtype=np.int32)[slots.width - 1 :: slots.width]
            starts[column + 1 : column + 1 + len(counted)] = entry + counted
            here = slice(entry, entry + int(counted[-1]))
            indices[here], values[here] = slots.rows[real], slots.values[real]
            column, entry = column + len(counted), here.stop
    entries = sp.csc_array((values[:entry], indices[:entry], starts), shape=(sum(map(len, rows)), column))
    bare = tuple(Columns(each.kind, each.keys, (), each.scale, each.most) for each in columns)
    return Matrix(entries, tuple(rows), bare)


def _lay(columns: Columns) -> Callable[[Entries, int, int], int] | None:
    """Return the compiled loops of a kind of columns that is large and has them."""
    (first, *others) = columns.slots
    large = sum(slot.width for slot in columns.slots) * len(columns) > LARGE
    return first.lay if large and not others and isinstance(first, LaterSlots) else None


def _parts(count: int) -> Iterator[slice]:
    for begin in range(0, count, AT_A_TIME):
        yield slice(begin, min(begin + AT_A_TIME, count))
