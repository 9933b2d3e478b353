"""Holdings within a transaction: what they hold now, and what happens to them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain, count
from operator import attrgetter
from typing import Any

from muster.book.accounts import Holding, is_guarded
from muster.book.posting import Heard, Moved, moves_of
from muster.book.timeline import Place, Timeline
from muster.book.times import FOREVER_MS
from muster.store.blocks import added_up, sides_behind, sides_since
from muster.store.database import Change, Database, Lookup, Row
from muster.store.facts import id_of
from muster.store.sides import COLUMNS, WIDTH, cut, row_of

BLOCK = 512
"""Sides of a holding from which on they are added up in a block; a row has no more, but for those of one event."""

MOST_KEPT = 20_000
"""Holdings whose state is kept at hand between two parts of a stream."""

_HEAD = ("balance", "latest_ms", "tail", "closed", "id")
_KEY = ("place", "resource", "lot")
_BLOCK = ("holding", "last_seq", "first_day", "last_day", "quantity", "days")

_COUNTED = 1 << 30
"""Behind every line of an event: where a holding is used that it counts."""

Use = tuple[int, int, int]
"""Where a holding is used: seq, line, and 0 where it gives, 1 where it takes."""


@dataclass(slots=True, eq=False)
class Head:
    """What a holding holds.

    Attributes:
        holding: Place, resource, lot.
        id: Its number; numbers are given in the order of first use. 0: not yet.
        balance: Before what is not written yet.
        latest_ms: The last time at which something happened, before what is not written yet.
        tail: Sides that stand in no block.
        closed: The last event whose sides stand in a block.
        sides: That are not written yet: the numbers of each ``Side``, and the other head instead of its number.
        counts: Of what is not written yet: where it is counted, and the time, or that of a count that is withdrawn.
    """

    holding: Holding
    id: int = 0
    balance: int = 0
    latest_ms: int = -FOREVER_MS
    tail: int = 0
    closed: int = 0
    sides: Any = field(default_factory=list)
    counts: list[tuple[Use, int]] = field(default_factory=list)

    @property
    def row(self) -> Row:
        """What stands in the table, its number last."""
        return self.balance, self.latest_ms, self.tail, self.closed, self.id

    @property
    def first_use(self) -> Use:
        """Where it is used first, of what is not written yet."""
        uses = [use for use, _ in self.counts[:1]]
        if sides := self.sides:
            uses.append((sides[0], sides[1], int(sides[3] > 0)))
        return min(uses)


class Holdings:
    """The holdings that a transaction touches.

    Attributes:
        number: Of the newest one.
        count_seqs: Id -> seq, of counts that stand in the timelines that were asked for.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._heads: dict[Holding, Head] = {}
        self._ends: dict[tuple[str, ...], tuple[Head, Head]] = {}
        self._touched: set[Head] = set()
        self._new: list[Head] = []
        self._mixed = False
        self.number = 0
        self.count_seqs: dict[str, int] = {}

    def begin(self, number: int, *, fresh: bool) -> None:
        """Begin a transaction.

        Args:
            number: Of the newest holding.
            fresh: Somebody else may have written since the last one.
        """
        self.number = number
        if fresh:
            self._let_go()

    def forget(self) -> None:
        """Forget everything: the transaction came to nothing."""
        self._let_go()
        self._touched.clear()
        self._new.clear()
        self.count_seqs.clear()

    def load(self, holdings: Collection[Holding]) -> None:
        """Fetch what is not at hand."""
        missing = [holding for holding in holdings if holding not in self._heads]
        if missing:
            columns = "place, resource, lot, id, balance, latest_ms, tail, closed"
            (rows,) = self._database.look_up(Lookup(columns, "holdings", _KEY, missing))
            for place, resource, lot, *state in rows:
                holding = place, resource, lot
                self._heads[holding] = Head(holding, *state)

    def timelines(self, since: Mapping[Holding, int]) -> dict[Holding, Timeline]:
        """Return what happened to holdings from some time on, as far as it is written."""
        self.load(since)
        heads = self._heads
        found = {}
        for holding, start in since.items():
            head = heads.get(holding)
            if head is None or not head.id:
                found[holding] = Timeline()
            elif start > head.latest_ms:
                found[holding] = Timeline(head.balance)
            else:
                found[holding] = self._timeline(head, start)
        return found

    def number_of(self, holding: Holding) -> int:
        """Return the number of a holding that was loaded; 0 where there is none."""
        head = self._heads.get(holding)
        return head.id if head else 0

    def enter(self, heard: Sequence[Heard], *, first: int) -> None:
        """Enter the moves of new events and what they count; the first of them is number ``first``."""
        if len(self._heads) > MOST_KEPT:
            self._let_go()
        moves = [moves_of(each.event, each.target) for each in heard]
        keys = [move[:4] for its in moves for move in its]
        if not self._ends.keys() >= set(keys):
            self._meet(dict.fromkeys(keys))
        ends = list(map(self._ends.__getitem__, keys))
        self._touched.update(chain.from_iterable(ends))
        pairs = iter(ends)
        for seq, each, its in zip(count(first), heard, moves, strict=False):
            at = each.event.occurred_ms
            for line, move, (giver, taker) in zip(count(1), its, pairs, strict=False):
                quantity = move[5]
                giver.sides += (seq, line, at, -quantity, taker, 0)
                taker.sides += (seq, line, at, quantity, giver, 0)
        counts = [
            (seq, number, line[:3], counted.occurred_ms)
            for seq, counted in enumerate([each.target or each.event for each in heard], start=first)
            for number, line in enumerate(counted.counted)
        ]
        self.load({holding for _, _, holding, _ in counts})
        self._mixed = bool(counts)
        for seq, number, holding, at in counts:
            self._head(holding).counts.append(((seq, _COUNTED, number), at))

    def entangled(self, suspects: dict[Holding, int]) -> dict[Holding, int]:
        """Return the holdings whose timelines have to be looked at, and from when on.

        They are counted, or something happened before what had happened already. What comes behind all that was there
        is added up without one.

        Args:
            suspects: Learns of the others which may be below zero at some time, and from when on.
        """
        found = {}
        for head in self._touched:
            if not is_guarded(head.holding[0]):
                continue
            times = head.sides[2::WIDTH]
            if head.counts or times[0] <= head.latest_ms or times != sorted(times):
                found[head.holding] = min(times + [at for _, at in head.counts])
            elif min(accumulate(head.sides[3::WIDTH], initial=head.balance)) < 0:
                suspects[head.holding] = min(times[0], suspects.get(head.holding, FOREVER_MS))
        return found

    def differ(self, differences: Sequence[tuple[int, Sequence[Moved]]]) -> None:
        """Enter differences of counts, by the seq of the event that makes them."""
        self.load({holding for _, moved in differences for one in moved for holding in one[:2]})
        mixed: set[Head] = set()
        for seq, moved in differences:
            for source, target, line, occurred_ms, quantity, count_id in moved:
                giver, taker, counted = self._head(source), self._head(target), self.count_seqs[count_id]
                giver.sides += (seq, line, occurred_ms, -quantity, taker, counted)
                taker.sides += (seq, line, occurred_ms, quantity, giver, counted)
                mixed |= {giver, taker}
        self._mixed |= bool(mixed)
        for head in mixed:
            rows = sorted(zip(*[iter(head.sides)] * WIDTH, strict=True), key=_in_order)
            head.sides = list(chain.from_iterable(rows))

    def touched_of(self, numbers: Collection[int]) -> list[Holding]:
        """Return the holdings that are touched and have one of these numbers."""
        return [head.holding for head in self._touched if head.id in numbers]

    def changes(self) -> list[Change]:
        """Return the changes that write what was done to the holdings."""
        if self._mixed:  # else they were met in that order
            self._new.sort(key=attrgetter("first_use"))
        for head in self._new:
            self.number += 1
            head.id = self.number
        touched = sorted(self._touched, key=attrgetter("id"))
        rows: list[Row] = []
        blocks: list[Row] = []
        for head in touched:
            if sides := head.sides:
                sides[4::WIDTH] = [other.id for other in sides[4::WIDTH]]
                parts = list(cut(sides, BLOCK)) if len(sides) > BLOCK * WIDTH else [sides]
                head.tail += len(sides) // WIDTH
                if head.tail >= BLOCK:
                    earlier = sides_behind(self._database, head.id, head.closed)
                    added = added_up([*earlier, *parts], least=BLOCK)
                    blocks += [(head.id, *block) for block, _ in added]
                    if added:
                        head.closed, head.tail = added[-1][0][0], head.tail - sum(number for _, number in added)
                for part in parts:
                    row = row_of(part)
                    rows.append((head.id, *row))
                    head.latest_ms = max(head.latest_ms, row[3])
                    head.balance += row[4]
                head.sides = []
            if head.counts:
                head.latest_ms = max(head.latest_ms, *[at for _, at in head.counts])
                head.counts = []
        old = [head.row for head in touched[: len(touched) - len(self._new)]]
        new = [(*head.row, *head.holding) for head in self._new]
        self._touched.clear()
        self._new.clear()
        self.count_seqs.clear()
        return [
            Change("sides", ("holding", *COLUMNS), rows),
            Change("blocks", _BLOCK, blocks),
            Change("holdings", (*_HEAD, *_KEY), new),
            Change("holdings", _HEAD, old, keys=("id",)),
        ]

    def _let_go(self) -> None:
        self._heads.clear()
        self._ends.clear()

    def _head(self, holding: Holding) -> Head:
        """Return the head of a holding that was loaded, or a new one; it is touched."""
        head = self._heads.get(holding)
        if head is None:
            head = self._heads[holding] = Head(holding)
            self._new.append(head)
        self._touched.add(head)
        return head

    def _meet(self, keys: Collection[tuple[str, ...]]) -> None:
        """Find the heads at both ends of moves that were not met before."""
        new = [key for key in keys if key not in self._ends]
        both = [((source, resource, lot), (target, resource, lot)) for source, target, resource, lot in new]
        self.load(set(chain.from_iterable(both)))
        for key, (source, target) in zip(new, both, strict=True):
            self._ends[key] = self._head(source), self._head(target)

    def _timeline(self, head: Head, start: int) -> Timeline:
        sql = "SELECT occurred_ms, id, seq FROM counts WHERE holding = ? AND occurred_ms >= ? AND withdrawn = 0"
        counts = {seq: (at, id_of(id)) for at, id, seq in self._database.rows(sql, [head.id, start])}
        found = dict.fromkeys(counts, 0)
        moves: list[tuple[Place, int]] = []
        total = 0
        for side in sides_since(self._database, head.id, start):
            occurred_ms, quantity, counted = side.occurred_ms, side.quantity, side.counted
            total += quantity
            if counted in counts:
                found[counted] += quantity
            else:
                moves.append(((occurred_ms, 0, ""), quantity))
        self.count_seqs |= {id: seq for seq, (_, id) in counts.items()}
        asserted = [((occurred_ms, 1, id), found[seq]) for seq, (occurred_ms, id) in counts.items()]
        return Timeline(head.balance - total, sorted(moves + asserted))


def _in_order(side: tuple[Any, ...]) -> tuple[int, int]:
    return side[0], side[1]
