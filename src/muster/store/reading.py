"""What a book in a database shows: the same rows as a book in memory."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from hashlib import sha256

from muster.book.accounts import Holding
from muster.book.book import Record
from muster.book.events import Event
from muster.book.facts import Facts
from muster.book.times import FOREVER_MS, record_text
from muster.book.views import Balance, CardRow, Dispute, Expiring, OnTheWay, card, disputed, expiring, on_the_way
from muster.store.database import Database, Lookup
from muster.store.facts import event_of, id_bytes, last_number, waybills
from muster.store.holdings import Holdings
from muster.store.log import Log
from muster.store.looking import entries, looked_back

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
        last = FOREVER_MS if known_at is None else known_at
        with self.database.reading():
            if as_of is None and known_at is None:
                chosen, values = _chosen(place, resource)
                sql = "SELECT place, resource, lot, balance, unit FROM holdings JOIN measures USING (resource)"
                rows = self.database.rows(f"{sql} WHERE balance <> 0{chosen}", values)
            else:
                rows = looked_back(self.database, *_chosen(place, resource), as_of=as_of, known_at=last)
        return sorted(Balance(*row) for row in rows)

    def card(self, place: str, resource: str) -> list[CardRow]:
        """Return the stock card of a place and resource, all its lots."""
        with self.database.reading():
            return card(entries(self.database, "holdings.place = ? AND holdings.resource = ?", [place, resource]))

    def transit(self, *, today: date) -> list[OnTheWay]:
        """Return every waybill's goods: dispatched, arrived, lost, claimed, still on the way, overdue on ``today``."""
        with self.database.reading():
            changes = entries(self.database, "holdings.place LIKE ?", ["transit:%"])
            measures: dict[str, str] = dict(self.database.rows("SELECT resource, unit FROM measures"))
            return on_the_way(changes, waybills=waybills(self.database), measures=measures, today=today)

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

    def records_of(self, recorder: str) -> Iterator[Record]:
        """Yield the events of a recorder by their running numbers."""
        sql = "SELECT seq, body, recorded_ms FROM events WHERE recorder = ? ORDER BY n, seq"
        for seq, body, recorded_ms in self.database.stream(sql, [recorder]):
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

    def previous(self, recorder: str, n: int) -> str:
        """Return the digest (hex) by which an event of a recorder under a number follows the one before it.

        ``""`` where that is not in the book.
        """
        sql = "SELECT body FROM events WHERE recorder = ? AND n = ? ORDER BY seq DESC LIMIT 1"
        return next((sha256(body).hexdigest() for (body,) in self.database.rows(sql, [recorder, n - 1])), "")

    def places(self, given: Collection[str]) -> list[str]:
        """Return which of these places have ever held something, sorted."""
        (found,) = self.database.look_up(Lookup("place", "holdings", ("place",), [(place,) for place in given]))
        return sorted({place for (place,) in found})


def _chosen(place: str, resource: str) -> tuple[str, list[str]]:
    """Return a condition on ``holdings``, and its values."""
    given = [(f" AND holdings.{column} = ?", value) for column, value in (("place", place), ("resource", resource))]
    return "".join(sql for sql, value in given if value), [value for _, value in given if value]
