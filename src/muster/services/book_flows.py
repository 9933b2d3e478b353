"""What all tables of a book are made of: the events with what they moved, and what counts found more or less."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from muster.book.book import Record
from muster.book.events import Event, Move, from_body
from muster.store import Store


class Flow(NamedTuple):
    """One event as recorded, with its moves; of a reversal, those of what it undoes, turned round."""

    record: Record
    event: Event
    moves: Sequence[Move]


class CountDifference(NamedTuple):
    """What a count found more or less than the book said, by all that is known now.

    Attributes:
        count_id: Id of the count.
        seq, occurred_ms: Of the count.
        place, resource, lot, unit: What was counted.
        quantity: So much more; negative: less.
    """

    count_id: str
    seq: int
    occurred_ms: int
    place: str
    resource: str
    lot: str
    unit: str
    quantity: int


def flows(book: Store) -> Iterator[Flow]:
    """Yield every event in the order of record, with what it moved."""
    for record in book.records():
        event = from_body(record.body)
        target = book.event(event.reverses) if event.reverses else None
        moves = [_turned(move) for move in target[1].moves] if target else event.moves
        yield Flow(record, event, moves)


def differences(book: Store, counted: Iterable[tuple[str, str, str]]) -> list[CountDifference]:
    """Return what counts found more or less.

    Args:
        book: An open book.
        counted: Place, resource and smallest unit of everything that was ever counted.
    """
    found = []
    for place, resource, unit in sorted(counted):
        for row in book.card(place, resource):
            if row.kind == "count":
                change = row.received - row.issued
                found.append(CountDifference(row.id, row.seq, row.occurred_ms, place, resource, row.lot, unit, change))
    return found


def _turned(move: Move) -> Move:
    return move._replace(source=move.target, target=move.source)
