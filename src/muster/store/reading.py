"""What a book in a database shows: the same rows as a book in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any

from muster.book.accounts import Holding
from muster.book.book import Record
from muster.book.events import Event
from muster.book.facts import Facts
from muster.book.times import FOREVER_MS, day_of, end_of_day, record_text
from muster.book.views import Balance, CardRow, Dispute, Entry, Expiring, OnTheWay, card, disputed, expiring, on_the_way
from muster.store.database import Database, Lookup
from muster.store.facts import event_of, id_bytes, id_of, last_number, waybills
from muster.store.faults import damaged
from muster.store.holdings import Holdings
from muster.store.log import Log
from muster.store.sides import Side, unpacked, until_day

PAGE = 2_000
"""Events that are read at once."""


class Reading:
    """A book that is read. Every answer is of one moment, whoever writes meanwhile.

    Attributes:
        where: The address, for messages.
        log: The Merkle tree over the events.
    """

    def __init__(self, database: Database, *, where: str) -> None:
        self.database, self.where = database, where
        self.log = Log(database, where=where)

    @property
    def size(self) -> int:
        """Number of events."""
        return self.log.size

    def balances(
        self, *, place: str = "", resource: str = "", as_of: date | None = None, known_at: int | None = None
    ) -> list[Balance]:
        """Return what is where, sorted; rows of nothing are left out.

        Args:
            place, resource: Only of these; ``""``: of all.
            as_of: At the end of that day in UTC; ``None``: after everything.
            known_at: As it was known when the book had so many events; ``None``: as it is known now.
        """
        with self.database.reading():
            if as_of is None and known_at is None:
                chosen, values = _chosen(place, resource)
                sql = "SELECT place, resource, lot, balance, unit FROM holdings JOIN measures USING (resource)"
                rows = self.database.rows(f"{sql} WHERE balance <> 0{chosen}", values)
            else:
                rows = self._looked_back(place, resource, as_of, FOREVER_MS if known_at is None else known_at)
        return sorted(Balance(*row) for row in rows)

    def card(self, place: str, resource: str) -> list[CardRow]:
        """Return the stock card of a place and resource, all its lots."""
        with self.database.reading():
            return card(self._entries("holdings.place = ? AND holdings.resource = ?", [place, resource]))

    def transit(self, *, today: date) -> list[OnTheWay]:
        """Return every waybill's goods: dispatched, arrived, lost, claimed, still on the way, overdue on ``today``."""
        with self.database.reading():
            entries = self._entries("holdings.place LIKE ?", ["transit:%"])
            measures: dict[str, str] = dict(self.database.rows("SELECT resource, unit FROM measures"))
            return on_the_way(entries, waybills=waybills(self.database), measures=measures, today=today)

    def expiring(self, *, today: date, days: int) -> list[Expiring]:
        """Return what is there and expires within ``days``, or has expired."""
        with self.database.reading():
            lots = self.database.rows("SELECT resource, lot, expires FROM lots")
            expiries = {(resource, lot): expires for resource, lot, expires in lots}
            return expiring(self.balances(), expiries=expiries, today=today, days=days)

    def disputes(self) -> list[Dispute]:
        """Return what was less than nothing at some time, and is not settled."""
        with self.database.reading():
            sql = "SELECT place, resource, lot FROM lacking JOIN holdings ON id = holding ORDER BY 1, 2, 3"
            wanted: list[Holding] = [(place, resource, lot) for place, resource, lot in self.database.rows(sql)]
            lines = Holdings(self.database).timelines(dict.fromkeys(wanted, -FOREVER_MS))
            return [row for holding in wanted for row in disputed(holding, lines[holding])]

    def records(self, *, first: int = 1, last: int | None = None) -> Iterator[Record]:
        """Yield the events in the order of record, from ``first`` to ``last``, both included; read page by page."""
        sql = "SELECT seq, body, recorded_ms FROM events WHERE seq BETWEEN ? AND ? ORDER BY seq"
        last = self.size if last is None else last
        for start in range(first, last + 1, PAGE):
            for seq, body, recorded_ms in self.database.rows(sql, [start, min(start + PAGE - 1, last)]):
                yield Record(seq, body, record_text(recorded_ms))

    def event(self, id: str) -> tuple[int, Event] | None:
        """Return an event and its place in the order of record; ``None`` where it is not in the book."""
        for seq, body in self.database.rows("SELECT seq, body FROM events WHERE id = ?", [id_bytes(id)]):
            return seq, event_of(body)
        return None

    def expiries(self, *, known_at: int | None = None) -> dict[tuple[str, str], str]:
        """Return the last day of every lot, by resource and lot; where two were said, the earlier one.

        Args:
            known_at: As it was known when the book had so many events, for which these are read; ``None``: now.
        """
        if known_at is None or known_at >= self.size:
            rows = self.database.rows("SELECT resource, lot, expires FROM lots")
            return {(resource, lot): expires for resource, lot, expires in rows}
        found = Facts()
        for record in self.records(last=known_at):
            if b'"expires":' in record.body:
                for move in event_of(record.body).moves:
                    if move.expires:
                        found.expires((move.resource, move.lot), move.expires)
        return found.expiries

    def dispatches(self, waybill: str, *, known_at: int | None = None) -> list[Event]:
        """Return the dispatches of a waybill that are not undone, in the order of record.

        Args:
            known_at: As it was known when the book had so many events; ``None``: as it is known now.
        """
        sql = (
            "SELECT body FROM dispatches JOIN events ON events.seq = dispatches.seq WHERE waybill = ? "
            "AND dispatches.seq <= ? AND dispatches.seq NOT IN (SELECT target FROM reversals WHERE reversals.seq <= ?) "
            "ORDER BY dispatches.seq"
        )
        last = FOREVER_MS if known_at is None else known_at
        return [event_of(body) for (body,) in self.database.rows(sql, [waybill, last, last])]

    def next_number(self, recorder: str) -> int:
        """Return the running number that a recorder uses next."""
        return last_number(self.database, recorder) + 1

    def _looked_back(self, place: str, resource: str, as_of: date | None, known_at: int) -> list[tuple[Any, ...]]:
        """Return balances at the end of a day as known at a place in the order of record."""
        until = FOREVER_MS if as_of is None else end_of_day(as_of)
        last_day = day_of(until)
        chosen, values = _chosen(place, resource)
        sums: dict[int, int] = {}
        whole = (
            "SELECT blocks.holding, sum(blocks.quantity) FROM holdings CROSS JOIN blocks "
            f"WHERE blocks.holding = id AND last_seq <= ? AND last_day <= ?{chosen} GROUP BY blocks.holding"
        )
        for holding, quantity in self.database.rows(whole, [known_at, last_day, *values]):
            sums[holding] = int(quantity)
        parted = (
            "SELECT blocks.holding, days FROM holdings CROSS JOIN blocks "
            f"WHERE blocks.holding = id AND last_seq <= ? AND first_day <= ? AND last_day > ?{chosen}"
        )
        for holding, days in self.database.rows(parted, [known_at, last_day, last_day, *values]):
            sums[holding] = sums.get(holding, 0) + until_day(days, last_day)
        in_none = (
            "SELECT sides.holding, sides.sides FROM holdings CROSS JOIN sides WHERE sides.holding = id AND sides.seq > "
            "coalesce((SELECT max(last_seq) FROM blocks WHERE blocks.holding = id AND last_seq <= ?), 0) "
            f"AND sides.seq <= ?{chosen}"
        )
        for holding, row in self.database.rows(in_none, [known_at, known_at, *values]):
            found = [side[3] for side in unpacked(row) if side[0] <= known_at and side[2] <= until]
            sums[holding] = sums.get(holding, 0) + sum(found)
        names = "SELECT id, place, resource, lot, unit FROM holdings JOIN measures USING (resource)"
        named = self.database.rows(f"{names} WHERE true{chosen}", values)
        return [(*name, sums[id], unit) for id, *name, unit in named if sums.get(id)]

    def _entries(self, chosen: str, values: Sequence[Any]) -> Iterator[Entry]:
        """Yield the changes of the chosen holdings, with what their events say."""
        sql = (
            "SELECT holdings.place, holdings.resource, holdings.lot, sides.sides FROM holdings "
            "JOIN sides ON sides.holding = holdings.id "
            f"WHERE {chosen} ORDER BY holdings.place, holdings.resource, holdings.lot, sides.seq"
        )
        found = self.database.stream(sql, values)
        sides = (((place, resource, lot), Side(*each)) for place, resource, lot, row in found for each in unpacked(row))
        while part := list(islice(sides, PAGE)):
            yield from self._told(part)

    def _told(self, part: Sequence[tuple[Holding, Side]]) -> Iterator[Entry]:
        """Yield sides with what their events say."""
        seqs, counts = {(side.seq,) for _, side in part}, {(side.counted,) for _, side in part if side.counted}
        held, counted, others = self.database.look_up(
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


def _chosen(place: str, resource: str) -> tuple[str, list[str]]:
    """Return a condition on ``holdings``, and its values."""
    given = [(f" AND holdings.{column} = ?", value) for column, value in (("place", place), ("resource", resource))]
    return "".join(sql for sql, value in given if value), [value for _, value in given if value]
