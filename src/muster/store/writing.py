"""The rows that a part of a batch becomes."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from muster.book import merkle
from muster.book.facts import waybills_of
from muster.book.merkle import Tree
from muster.book.posting import Heard, Moved
from muster.book.times import record_text
from muster.store.database import Database, Row
from muster.store.facts import Gathered, id_bytes
from muster.store.holdings import SIDE, Holdings


class PartRows:
    """Gathers rows of events that follow one another, and writes them.

    Args:
        holdings: Every holding that is touched was loaded.
        gathered: What is known of the events and what they name; learns their places.
        first: Events that were there before.
        at_ms: Time of record.

    Attributes:
        seq: The last event so far.
        registrations: Events that register something.
    """

    def __init__(self, holdings: Holdings, gathered: Gathered, *, first: int, at_ms: int) -> None:
        self._holdings, self._gathered = holdings, gathered
        self._at_ms, self._recorded = at_ms, record_text(at_ms).encode()
        self.seq = first
        self.registrations: list[Row] = []
        self._events: list[Row] = []
        self._leaves: list[bytes] = []
        self._counts: list[Row] = []
        self._withdrawn: list[Row] = []
        self._reversals: list[Row] = []
        self._dispatches: list[Row] = []

    def add(self, heard: Heard, moved: Sequence[Moved]) -> None:
        """Add an event and what it does to the balances."""
        event, body = heard.event, heard.body
        self.seq += 1
        leaf = sha256(b"\x00" + body + self._recorded).digest()
        self._leaves.append(leaf)
        self._gathered.seqs[event.id] = self.seq
        self._events.append((self.seq, id_bytes(event.id), event.recorder, event.n, self._at_ms, body, leaf))
        if event.counted:
            self._holdings.count_seqs[event.id] = self.seq
        self._add_sides(moved)
        if event.kind == "dispatch":
            said = (self.seq, event.recorder, event.unit, event.destination, event.due)
            self._dispatches += [(name, *said) for name in sorted(waybills_of(event))]
        elif event.kind == "count":
            for line in event.counted:
                head = self._holdings.head(line[:3])
                head.latest_ms = max(head.latest_ms, event.occurred_ms)
                self._counts.append((head.id, event.occurred_ms, id_bytes(event.id), self.seq, 0))
        elif event.kind == "reversal":
            self._reversals.append((self._gathered.seqs[event.reverses], self.seq))
            for line in heard.target.counted if heard.target else ():
                assert heard.target is not None
                counted = (self._holdings.head(line[:3]).id, heard.target.occurred_ms, id_bytes(heard.target.id))
                self._withdrawn.append((self.seq, *counted))
        elif event.kind == "register":
            self.registrations.append((self.seq,))

    def write(self, database: Database, tree: Tree) -> Tree:
        """Write all rows; return the tree of the log with its new leaves."""
        grown, nodes = merkle.append(tree, self._leaves)
        facts, measured, expiring = self._gathered.facts, self._gathered.measures, self._gathered.expiries
        measures = [(resource, unit) for resource, unit in facts.measures.items() if resource not in measured]
        for table, columns, rows in (
            ("events", ("seq", "id", "recorder", "n", "recorded_ms", "body", "leaf"), self._events),
            ("nodes", ("level", "place", "hash"), [node for node in nodes if node[0]]),
            ("sides", SIDE, self._holdings.sides()),
            ("counts", ("holding", "occurred_ms", "id", "seq", "withdrawn"), self._counts),
            ("reversals", ("target", "seq"), self._reversals),
            ("dispatches", ("waybill", "seq", "recorder", "unit", "destination", "due"), self._dispatches),
            ("registrations", ("seq",), self.registrations),
            ("measures", ("resource", "unit"), measures),
        ):
            if rows:
                database.insert(table, columns, rows)
        withdraw = "UPDATE counts SET withdrawn = ? WHERE holding = ? AND occurred_ms = ? AND id = ?"
        database.each(withdraw, self._withdrawn)
        expire = (
            "INSERT INTO lots (resource, lot, expires) VALUES (?, ?, ?) "
            "ON CONFLICT (resource, lot) DO UPDATE SET expires = excluded.expires"
        )
        changed = [(*lot, day) for lot, day in facts.expiries.items() if expiring.get(lot) != day]
        database.each(expire, changed)
        self._holdings.flush()
        return grown

    def _add_sides(self, moved: Sequence[Moved]) -> None:
        seq, head_of, count_seqs = self.seq, self._holdings.head, self._holdings.count_seqs
        for source, target, line, occurred_ms, quantity, count_id in moved:
            giver, taker = head_of(source), head_of(target)
            count = count_seqs[count_id] if count_id else 0
            giver.balance -= quantity
            taker.balance += quantity
            for head, more, other in ((giver, -quantity, taker), (taker, quantity, giver)):
                head.sides.append((head.id, seq, line, occurred_ms, more, other.id, count))
                if occurred_ms > head.latest_ms:
                    head.latest_ms = occurred_ms
