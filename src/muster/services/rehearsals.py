"""The use case of showing what a book can do: one with a year of records of which not a single sack is true."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta

from muster import store
from muster.book.events import Event, Person
from muster.book.lines import from_events
from muster.book.rehearsal import Rehearsal, Setting

DEPOTS, CENTRES = ("kabul", "ghor", "badghis"), ("hairatan",)
"""Units of the rehearsed book."""


def rehearse(
    address: str, *, today: date, now_ms: int, people: Iterable[Person], new_id: Callable[[], str], weeks: int = 52
) -> int:
    """Fill an empty book with the records of the weeks before today; return how many events it has.

    What phones would send later than now stays away, as it does in life.

    Args:
        address: Of the book, empty.
        today: The day after the last one that is played.
        now_ms: The time, milliseconds since 1970.
        people: Those who will work with it; they are registered last.
        new_id: Makes the id of that event.
        weeks: How long.
    """
    setting = Setting(DEPOTS, CENTRES, today - timedelta(weeks=weeks), weeks)
    played = Rehearsal(setting)
    with store.open(address) as book:
        for batch in played.batches():
            if batch.at_ms > now_ms:
                break
            book.post(from_events(batch.events, packs=book.register.packs), at_ms=batch.at_ms, offline=batch.offline)
        event = Event(
            id=new_id(),
            kind="register",
            unit="office",
            recorder="admin",
            n=book.next_number("admin"),
            occurred_ms=now_ms,
            registered=tuple(people),
        )
        book.post(from_events([event]), at_ms=now_ms)
        return book.size
