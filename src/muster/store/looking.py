"""Looking back over packed sides: balances of a day as they were known at some point, and what happened to holdings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any

from muster.book.accounts import Holding
from muster.book.times import FOREVER_MS, day_of, end_of_day
from muster.book.views import Entry
from muster.store.database import Database, Lookup
from muster.store.facts import event_of, id_of
from muster.store.faults import damaged
from muster.store.sides import Side, unpacked, until_day

_PART = 2_000
"""Sides whose events are read at once."""


def looked_back(
    database: Database, chosen: str, values: Sequence[Any], *, as_of: date | None, known_at: int
) -> list[tuple[Any, ...]]:
    """Return place, resource, lot, balance and unit of the holdings that held something.

    Args:
        database: In a transaction.
        chosen, values: A condition on ``holdings`` that begins with AND, or nothing.
        as_of: At the end of that day; ``None``: after everything.
        known_at: As known when the book had so many events.
    """
    until = FOREVER_MS if as_of is None else end_of_day(as_of)
    last_day = day_of(until)
    sums: dict[int, int] = {}
    whole = (
        "SELECT blocks.holding, sum(blocks.quantity) FROM holdings CROSS JOIN blocks "
        f"WHERE blocks.holding = id AND last_seq <= ? AND last_day <= ?{chosen} GROUP BY blocks.holding"
    )
    for holding, quantity in database.rows(whole, [known_at, last_day, *values]):
        sums[holding] = int(quantity)
    parted = (
        "SELECT blocks.holding, days FROM holdings CROSS JOIN blocks "
        f"WHERE blocks.holding = id AND last_seq <= ? AND first_day <= ? AND last_day > ?{chosen}"
    )
    for holding, days in database.rows(parted, [known_at, last_day, last_day, *values]):
        sums[holding] = sums.get(holding, 0) + until_day(days, last_day)
    in_none = (
        "FROM holdings CROSS JOIN sides WHERE sides.holding = id AND sides.seq > "
        "coalesce((SELECT max(last_seq) FROM blocks WHERE blocks.holding = id AND last_seq <= ?), 0) "
        "AND sides.seq <= ? AND sides.first_ms <= ?"
    )
    before = [known_at, known_at, until]
    whole = (
        f"SELECT sides.holding, sum(sides.quantity) {in_none} AND sides.last_seq <= ? AND sides.last_ms <= ?{chosen}"
    )
    for holding, quantity in database.rows(f"{whole} GROUP BY sides.holding", [*before, known_at, until, *values]):
        sums[holding] = sums.get(holding, 0) + int(quantity)
    parted = f"SELECT sides.holding, sides.sides {in_none} AND (sides.last_seq > ? OR sides.last_ms > ?){chosen}"
    for holding, row in database.rows(parted, [*before, known_at, until, *values]):
        found = [side[3] for side in unpacked(row) if side[0] <= known_at and side[2] <= until]
        sums[holding] = sums.get(holding, 0) + sum(found)
    names = "SELECT id, place, resource, lot, unit FROM holdings JOIN measures USING (resource)"
    named = database.rows(f"{names} WHERE true{chosen}", values)
    return [(*name, sums[id], unit) for id, *name, unit in named if sums.get(id)]


def entries(database: Database, chosen: str, values: Sequence[Any]) -> Iterator[Entry]:
    """Yield the changes of the holdings that a condition chooses, with what their events say."""
    sql = (
        "SELECT holdings.place, holdings.resource, holdings.lot, sides.sides FROM holdings "
        "JOIN sides ON sides.holding = holdings.id "
        f"WHERE {chosen} ORDER BY holdings.place, holdings.resource, holdings.lot, sides.seq"
    )
    found = database.stream(sql, values)
    sides = (((place, resource, lot), Side(*each)) for place, resource, lot, row in found for each in unpacked(row))
    while part := list(islice(sides, _PART)):
        yield from _told(database, part)


def _told(database: Database, part: Sequence[tuple[Holding, Side]]) -> Iterator[Entry]:
    """Yield sides with what their events say."""
    seqs, counts = {(side.seq,) for _, side in part}, {(side.counted,) for _, side in part if side.counted}
    held, counted, others = database.look_up(
        Lookup("seq, body", "events", ("seq",), list(seqs)),
        Lookup("seq, id", "events", ("seq",), list(counts)),
        Lookup("id, place", "holdings", ("id",), list({(side.other,) for _, side in part})),
    )
    events = {seq: event_of(body) for seq, body in held}
    ids = {seq: id_of(id) for seq, id in counted} | {0: ""}
    places: dict[int, str] = dict(others)
    for holding, (seq, line, occurred_ms, quantity, other, count) in part:
        try:
            event, place, counted_by = events[seq], places[other], ids[count]
        except KeyError as missing:
            raise damaged("What happened to a holding is damaged.", f"event {seq}, {missing}") from missing
        said = event.id, event.kind, event.document, event.recorder
        yield Entry(holding, seq, line, occurred_ms, quantity, place, counted_by, *said)
