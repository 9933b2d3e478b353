"""The use case of a program that records: events of the interchange, each answered for itself, each there once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from muster import store
from muster.book.ids import id_text
from muster.book.lines import read_line
from muster.book.times import time_text
from muster.errors import Fault
from muster.services.book_records import Desk
from muster.services.entries import Taken
from muster.store import Store

_TRIES = 5
"""How often a running number, or an id, is looked up anew, where somebody else was quicker."""


def take_events(address: str, events: Sequence[Mapping[str, Any]], desk: Desk) -> list[Taken]:
    """Bring events into the book one after the other; what one of them breaks stops none of the others.

    All of them are made durable at once.

    Args:
        address: Of the book.
        events: By the names of the interchange. What is left out of ``unit``, ``recorder``, ``occurred`` and ``n`` is
            that of the desk: its unit, its person, now, the next number; and where the id is known, that of the event.
        desk: Who records, and now; ``offline``: what is less than nothing by it is disputed, not refused.
    Returns:
        What became of each: ``taken``, ``known``, ``disputed``, ``refused`` with the reasons.
    Raises:
        BookError: There is no book, or its database cannot be written; then nothing of it is in the book.
    """
    with store.open(address) as book, book.together():
        return [_taken(book, event, desk) for event in events]


def _taken(book: Store, event: Mapping[str, Any], desk: Desk) -> Taken:
    said = event.get("id")
    try:
        id = id_text(said if isinstance(said, str) else "")
    except ValueError:
        do = "let the sender make a UUID (version 7) before it sends, and send it again with the same one"
        return Taken("", "refused", (Fault("An event has no id.", "id", str(said)[:40], do, "B2"),))
    for _ in range(_TRIES):
        there = book.event(id)
        usual = {"unit": desk.unit, "recorder": desk.by, "occurred": time_text(desk.now_ms)}
        if there is not None:
            usual["occurred"] = time_text(there[1].occurred_ms)
        number = there[1].n if there is not None else book.next_number(desk.by)
        data = orjson.dumps({**usual, "n": number, **event})
        posted = book.post(
            [read_line(data, where=f"event {id}", packs=book.register.packs)], at_ms=desk.now_ms, offline=desk.offline
        )
        rules = {fault.rule for fault in posted.faults}
        # the number, or the id, may have been taken in between
        if not (rules == {"B12"} and "n" not in event) and not (rules == {"B11"} and there is None):
            break
    (outcome,) = posted.outcomes
    return Taken(id, "taken" if outcome.status == "accepted" else outcome.status, outcome.faults)
