"""What takes two people: reversing what another recorded or what is old, and a count that is far from the book."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from muster import store
from muster.book.events import Event
from muster.book.times import milliseconds, time_text
from muster.services.book_counts import Found, compare_count

OLD_DAYS = 7
"""Days after which a record is reversed by two people only."""

LARGE_SHARE = 0.1
"""Of what the book says: so much more or less makes a count's difference large …"""

LARGE: Mapping[str, int] = MappingProxyType({"g": 50_000, "ml": 50_000, "piece": 10})
"""… where it is at least so much as well, in smallest units; of other units any amount."""

_DAY_MS = 86_400_000


@dataclass(frozen=True)
class Reversal:
    """A reversal that takes two people.

    Attributes:
        target: What would be undone.
        because: Why one does not do.
    """

    target: Event
    because: str

    @property
    def what(self) -> str:
        """What would be done, in words."""
        event = self.target
        goods = [f"{move.entered} {move.resource}, {move.source} → {move.target}" for move in event.moves]
        goods += [f"{line.entered} {line.resource} counted at {line.place}" for line in event.counted]
        day = time_text(event.occurred_ms)[:10]
        return f"Reverse the {event.kind} of {day} by {event.recorder} ({self.because}): {'; '.join(goods)}."


def reversal_by_two(address: str, id: str, *, by: str, unit: str, now_ms: int) -> Reversal | None:
    """Return what takes two people about reversing an event; ``None``: nothing, or the book says no anyhow.

    Args:
        address: Of the book.
        id: Of the event that is to be reversed.
        by, unit: Who would reverse it, and for which unit.
        now_ms: The time, milliseconds since 1970.
    Raises:
        BookError: There is no book (S1, S4).
    """
    with store.open(address) as book:
        try:
            found = book.event(id.lower())
        except ValueError:
            return None
        if found is None or found[1].unit != unit:
            return None
        seq, event = found
        (record,) = book.records(first=seq, last=seq)
    if event.recorder != by:
        return Reversal(event, f"recorded by {event.recorder}")
    if now_ms - milliseconds(record.recorded) > OLD_DAYS * _DAY_MS:
        return Reversal(event, f"recorded more than {OLD_DAYS} days ago")
    return None


def recorded(address: str, id: str) -> Event | None:
    """Return the event of this id; ``None``: it is not in the book.

    Raises:
        BookError: There is no book (S1, S4).
    """
    with store.open(address) as book:
        found = book.event(id)
    return found[1] if found else None


def is_recorded(address: str, id: str) -> bool:
    """Return whether an event of this id is in the book.

    Raises:
        BookError: There is no book (S1, S4).
    """
    return recorded(address, id) is not None


def large_differences(address: str, file: Path, *, by: str) -> Sequence[Found]:
    """Return the lines of an open count that are far from what the book says.

    Args:
        address: Of the book.
        file: The open count.
        by: Who would close it.
    Raises:
        BookError: It cannot be closed by them (U4, B21).
    """
    return [each for each in compare_count(address, file, by=by) if is_large(each)]


def is_large(found: Found) -> bool:
    """Return whether a counted line is far from what the book says."""
    differs = abs(found.difference)
    return differs >= max(1, LARGE.get(found.line.unit, 1)) and differs >= LARGE_SHARE * abs(found.book)
