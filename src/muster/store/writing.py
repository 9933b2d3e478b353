"""The rows that a part of a batch becomes."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from itertools import count

from muster.book import merkle
from muster.book.accounts import Holding
from muster.book.facts import waybills_of
from muster.book.merkle import Tree
from muster.book.posting import Heard, differences
from muster.book.times import FOREVER_MS, record_text
from muster.store.database import Change, Row
from muster.store.facts import Gathered, id_bytes
from muster.store.holdings import Holdings
from muster.store.log import completed_by


class PartRows:
    """Gathers rows of events that follow one another.

    Args:
        holdings: Learn what the events do to them.
        gathered: What is known of the events and what they name; learns their places.
        first: Events that were there before.
        at_ms: Time of record.

    Attributes:
        registrations: Events that register something.
        withdrawn: Counts that are withdrawn; to be written behind the changes.
    """

    def __init__(self, holdings: Holdings, gathered: Gathered, *, first: int, at_ms: int) -> None:
        self._holdings, self._gathered = holdings, gathered
        self._at_ms, self._first = at_ms, first
        self.registrations: list[Row] = []
        self.withdrawn: list[Row] = []
        self._events: Sequence[Heard] = ()
        self._special: list[tuple[int, Heard]] = []

    def add(self, heard: Sequence[Heard], suspects: dict[Holding, int]) -> None:
        """Add new events, and enter what they do to the balances.

        Args:
            heard: In the order of record.
            suspects: Learns which holdings may be below zero at some time, and from when on.
        """
        first, holdings = self._first + 1, self._holdings
        self._events = heard
        self._gathered.seqs.update(zip([each.event.id for each in heard], count(first)))
        self._special = [(seq, each) for seq, each in enumerate(heard, start=first) if each.event.kind in _SPECIAL]
        for seq, each in self._special:
            if each.event.counted:
                holdings.count_seqs[each.event.id] = seq
        holdings.enter(heard, first=first)
        if since := holdings.entangled(suspects):
            timelines = holdings.timelines(since)
            found = [(seq, differences(each, timelines)) for seq, each in enumerate(heard, start=first)]
            holdings.differ([(seq, moved) for seq, moved in found if moved])
            for holding, timeline in timelines.items():
                if timeline.may_lack:
                    suspects[holding] = min(since[holding], suspects.get(holding, FOREVER_MS))

    def changes(self, tree: Tree) -> tuple[Tree, list[Change]]:
        """Return the tree of the log with its new leaves, and the changes that write all rows."""
        bodies, recorded = [each.body for each in self._events], record_text(self._at_ms).encode()
        grown, nodes = merkle.append(tree, [sha256(b"\x00" + body + recorded).digest() for body in bodies])
        hashes = hashes_of(nodes)
        at_ms, events = self._at_ms, [each.event for each in self._events]
        rows = [
            (seq, id_bytes(event.id), event.recorder, event.n, at_ms, body, hashes[seq])
            for seq, event, body in zip(count(self._first + 1), events, bodies, strict=False)
        ]
        facts, measured, expiring = self._gathered.facts, self._gathered.measures, self._gathered.expiries
        measures = [(resource, unit) for resource, unit in facts.measures.items() if resource not in measured]
        lots = [(*lot, day) for lot, day in facts.expiries.items() if expiring.get(lot) != day]
        holdings = self._holdings.changes()
        counts, reversals, dispatches = self._specials()
        return grown, [
            Change("events", EVENT, rows),
            Change("counts", ("holding", "occurred_ms", "id", "seq", "withdrawn"), counts),
            Change("reversals", ("target", "seq"), reversals),
            Change("dispatches", ("waybill", "seq", "recorder", "unit", "destination", "due"), dispatches),
            Change("registrations", ("seq",), self.registrations),
            Change("measures", ("resource", "unit"), measures),
            Change("lots", ("resource", "lot", "expires"), lots, replace=True),
            *holdings,
        ]

    def _specials(self) -> tuple[list[Row], list[Row], list[Row]]:
        """Return what only some kinds of event say: rows of counts, of reversals and of dispatches."""
        counts: list[Row] = []
        reversals: list[Row] = []
        dispatches: list[Row] = []
        number_of = self._holdings.number_of
        for seq, each in self._special:
            event, target = each.event, each.target
            if event.kind == "dispatch":
                said = (seq, event.recorder, event.unit, event.destination, event.due)
                dispatches += [(name, *said) for name in sorted(waybills_of(event))]
            elif event.kind == "register":
                self.registrations.append((seq,))
            elif event.kind == "count":
                id = id_bytes(event.id)
                counts += [(number_of(line[:3]), event.occurred_ms, id, seq, 0) for line in event.counted]
            else:
                assert target is not None
                reversals.append((self._gathered.seqs[target.id], seq))
                id, at = id_bytes(target.id), target.occurred_ms
                self.withdrawn += [(seq, number_of(line[:3]), at, id) for line in target.counted]
        return counts, reversals, dispatches


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
