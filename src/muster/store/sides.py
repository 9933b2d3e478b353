"""Sides of a holding in the database: those that were written together stand in one row, packed."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from muster.book.wording import shown
from muster.store.faults import damaged

WIDTH = 6
"""Numbers of a side."""

_SIDE = "IHqqII"
_ONE = struct.Struct(f"<{_SIDE}")
_AT_ONCE = 32
"""Sides that are packed at once."""

_DAY = struct.Struct("<iq")
"""Day since 1970 and quantity, in the ``days`` of a block."""


class Side(NamedTuple):
    """One side of a move, or of a difference of a count.

    Attributes:
        seq: Of its event.
        line: Number of the move within the event; differences of counts come behind the moves.
        occurred_ms: From when on.
        quantity: So much more; negative: less.
        other: Number of the holding on the other side.
        counted: Seq of the count whose difference this is; 0: a move.
    """

    seq: int
    line: int
    occurred_ms: int
    quantity: int
    other: int
    counted: int


COLUMNS = ("seq", "last_seq", "first_ms", "last_ms", "quantity", "sides")
"""Of a row behind its holding: where it begins and ends, what it comes to, and the sides."""


def row_of(numbers: Sequence[int]) -> tuple[int, int, int, int, int, bytes]:
    """Return ``COLUMNS`` of sides, given as their numbers one after the other."""
    times = numbers[2::WIDTH]
    return numbers[0], numbers[-WIDTH], min(times), max(times), sum(numbers[3::WIDTH]), packed(numbers)


def packed(numbers: Sequence[int]) -> bytes:
    """Return the same sides as bytes."""
    step = _AT_ONCE * WIDTH
    if len(numbers) <= step:
        return _several(len(numbers) // WIDTH).pack(*numbers)
    parts = (numbers[at : at + step] for at in range(0, len(numbers), step))
    return b"".join([_several(len(part) // WIDTH).pack(*part) for part in parts])


def unpacked(row: bytes) -> Iterator[tuple[int, int, int, int, int, int]]:
    """Return the sides of a row, each as the numbers of ``Side``.

    Raises:
        BookError: The row is damaged (S1).
    """
    try:
        return _ONE.iter_unpack(row)
    except (struct.error, TypeError) as error:
        raise damaged("What happened to a holding is damaged.", shown(repr(row))) from error


def cut(numbers: list[int], most: int) -> Iterator[list[int]]:
    """Yield sides in rows of at most ``most``; those of one event are never parted."""
    start, end = 0, len(numbers)
    while end - start > most * WIDTH:
        stop = start + most * WIDTH
        while stop > start and numbers[stop] == numbers[stop - WIDTH]:
            stop -= WIDTH
        if stop == start:  # one event has more
            while stop < end and numbers[stop] == numbers[start]:
                stop += WIDTH
        yield numbers[start:stop]
        start = stop
    if start < end:
        yield numbers[start:]


def packed_days(days: Mapping[int, int]) -> bytes:
    """Return day -> quantity as it stands in a block."""
    return b"".join([_DAY.pack(day, quantity) for day, quantity in sorted(days.items())])


def until_day(days: bytes, last: int) -> int:
    """Return what the days of a block come to up to a day, that day included."""
    return sum(quantity for day, quantity in _DAY.iter_unpack(days) if day <= last)


@lru_cache(maxsize=2 * _AT_ONCE)
def _several(number: int) -> struct.Struct:
    return struct.Struct(f"<{_SIDE * number}")
