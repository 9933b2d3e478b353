"""The rows that a part of a batch becomes."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from muster.book import merkle
from muster.book.facts import waybills_of
from muster.book.merkle import Tree
from muster.book.posting import Heard, Moved
from muster.book.times import record_text
from muster.store.database import Change, Row
from muster.store.facts import Gathered, id_bytes
from muster.store.holdings import Holdings
from muster.store.log import completed_by


class PartRows:
    """Gathers rows of events that follow one another.

    Args:
        holdings: Every holding that is touched was loaded.
        gathered: What is known of the events and what they name; learns their places.
        first: Events that were there before.
        at_ms: Time of record.

    Attributes:
        seq: The last event so far.
        registrations: Events that register something.
        withdrawn: Counts that are withdrawn; to be written behind the changes.
    """

    def __init__(self, holdings: Holdings, gathered: Gathered, *, first: int, at_ms: int) -> None:
        self._holdings, self._gathered = holdings, gathered
        self._at_ms, self._recorded = at_ms, record_text(at_ms).encode()
        self.seq = first
        self.registrations: list[Row] = []
        self.withdrawn: list[Row] = []
        self._events: list[Row] = []
        self._leaves: list[bytes] = []
        self._counts: list[Row] = []
        self._reversals: list[Row] = []
        self._dispatches: list[Row] = []

    def add(self, heard: Heard, moved: Sequence[Moved]) -> None:
        """Add an event and what it does to the balances."""
        event, body = heard.event, heard.body
        self.seq = seq = self.seq + 1
        leaf = sha256(b"\x00" + body + self._recorded).digest()
        self._leaves.append(leaf)
        self._gathered.seqs[event.id] = seq
        self._events.append((seq, id_bytes(event.id), event.recorder, event.n, self._at_ms, body))
        if event.counted:
            self._holdings.count_seqs[event.id] = seq
        self._holdings.move(seq, moved)
        if event.kind in _SPECIAL:
            self._special(heard)

    def changes(self, tree: Tree) -> tuple[Tree, list[Change]]:
        """Return the tree of the log with its new leaves, and the changes that write all rows."""
        grown, nodes = merkle.append(tree, self._leaves)
        hashes = hashes_of(nodes)
        facts, measured, expiring = self._gathered.facts, self._gathered.measures, self._gathered.expiries
        measures = [(resource, unit) for resource, unit in facts.measures.items() if resource not in measured]
        lots = [(*lot, day) for lot, day in facts.expiries.items() if expiring.get(lot) != day]
        changes = [
            Change("events", EVENT, [(*row, hashes[row[0]]) for row in self._events]),
            Change("counts", ("holding", "occurred_ms", "id", "seq", "withdrawn"), self._counts),
            Change("reversals", ("target", "seq"), self._reversals),
            Change("dispatches", ("waybill", "seq", "recorder", "unit", "destination", "due"), self._dispatches),
            Change("registrations", ("seq",), self.registrations),
            Change("measures", ("resource", "unit"), measures),
            Change("lots", ("resource", "lot", "expires"), lots, replace=True),
        ]
        return grown, self._holdings.changes(changes)

    def _special(self, heard: Heard) -> None:
        """Add what only some kinds of event say."""
        event, target = heard.event, heard.target
        if event.kind == "dispatch":
            said = (self.seq, event.recorder, event.unit, event.destination, event.due)
            self._dispatches += [(name, *said) for name in sorted(waybills_of(event))]
        elif event.kind == "register":
            self.registrations.append((self.seq,))
        elif event.kind == "count":
            for line in event.counted:
                head = self._holdings.head(line[:3])
                head.latest_ms = max(head.latest_ms, event.occurred_ms)
                self._counts.append((head.id, event.occurred_ms, id_bytes(event.id), self.seq, 0))
        else:
            assert target is not None
            self._reversals.append((self._gathered.seqs[target.id], self.seq))
            for line in target.counted:
                counted = (self._holdings.head(line[:3]).id, target.occurred_ms, id_bytes(target.id))
                self.withdrawn.append((self.seq, *counted))


def hashes_of(nodes: Sequence[merkle.Node]) -> dict[int, bytes]:
    """Return for each event the hashes that it completes, its leaf first; ``nodes`` are given level by level."""
    hashes: dict[int, bytes] = {}
    for level, index, value in nodes:
        seq = completed_by(level, index)
        hashes[seq] = hashes[seq] + value if level else value
    return hashes


EVENT = ("seq", "id", "recorder", "n", "recorded_ms", "body", "hashes")
"""Columns of ``events``."""

_SPECIAL = frozenset(("dispatch", "register", "count", "reversal"))

WITHDRAWN = ("withdrawn", "holding", "occurred_ms", "id")
"""Columns of ``PartRows.withdrawn``."""
