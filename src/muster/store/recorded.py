"""What recorders have recorded before: looked up by id, whatever the book is long."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import chain

from muster.book.events import Event
from muster.store.database import Database, Lookup
from muster.store.facts import event_of, id_bytes
from muster.store.reading import Reading


@dataclass(frozen=True, slots=True)
class Known:
    """An event that is in the book.

    Attributes:
        seq: Its place in the order of record.
        event: What it says.
        undone_by: Who recorded its reversal; ``""``: it holds.
    """

    seq: int
    event: Event
    undone_by: str


def known(book: Reading, ids: Collection[str]) -> dict[str, Known]:
    """Return the events with these ids, as far as they are in the book, by id."""
    with book.database.reading():
        (found,) = book.database.look_up(Lookup("seq, body", "events", ("id",), [(id_bytes(id),) for id in ids]))
        undone = _undone(book.database, [seq for seq, _ in found])
    events = [(seq, event_of(body)) for seq, body in found]
    return {event.id: Known(seq, event, undone.get(seq, "")) for seq, event in events}


def standing(book: Reading, recorder: str) -> list[int]:
    """Return the places of a recorder's events that nobody has undone, reversals left out, by their running numbers."""
    with book.database.reading():
        seqs = chain.from_iterable(
            book.database.stream("SELECT seq FROM events WHERE recorder = ? ORDER BY n, seq", [recorder])
        )
        apart = set(chain.from_iterable(book.database.stream("SELECT target, seq FROM reversals")))
        return [seq for seq in seqs if seq not in apart]


def events_at(book: Reading, seqs: Iterable[int]) -> list[Event]:
    """Return the events at these places, in their order."""
    wanted = list(seqs)
    (found,) = book.database.look_up(Lookup("seq, body", "events", ("seq",), [(seq,) for seq in wanted]))
    bodies: dict[int, bytes] = dict(found)
    return [event_of(bodies[seq]) for seq in wanted]


def _undone(database: Database, seqs: Collection[int]) -> dict[int, str]:
    """Return seq of an event that is undone -> who recorded its reversal."""
    (found,) = database.look_up(Lookup("target, seq", "reversals", ("target",), [(seq,) for seq in seqs]))
    (by,) = database.look_up(Lookup("seq, recorder", "events", ("seq",), [(seq,) for _, seq in found]))
    recorders: dict[int, str] = dict(by)
    return {target: recorders[seq] for target, seq in found}
