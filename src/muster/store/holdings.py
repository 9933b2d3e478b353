"""Holdings within a transaction: what they hold now, what happened to them, and the blocks that add it up by day."""

from __future__ import annotations

import struct
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from muster.book.accounts import Holding
from muster.book.posting import Moved
from muster.book.timeline import Place, Timeline
from muster.book.times import FOREVER_MS, day_of
from muster.store.database import Change, Database, Lookup, Row
from muster.store.facts import id_of

BLOCK = 512
"""Sides of a holding from which on they are added up in a block."""

MOST_KEPT = 100_000
"""Holdings whose state is kept at hand between two parts of a stream."""

_SIDE = ("holding", "seq", "line", "occurred_ms", "quantity", "other", "count")
_HEAD = ("balance", "latest_ms", "tail", "closed", "id")
_KEY = ("place", "resource", "lot")
_BLOCK = ("holding", "last_seq", "first_day", "last_day", "quantity", "days")

_DAY = struct.Struct("<iq")
"""Day since 1970 and quantity, in the ``days`` of a block."""


@dataclass(slots=True)
class Head:
    """What a holding holds now.

    Attributes:
        id: Its number; numbers are given in the order of first use.
        balance: Now.
        latest_ms: The last time at which something happened.
        tail: Sides that stand in no block.
        closed: The last event whose sides stand in a block.
        sides: That are not written yet.
    """

    id: int
    balance: int = 0
    latest_ms: int = -FOREVER_MS
    tail: int = 0
    closed: int = 0
    sides: list[Row] = field(default_factory=list)

    @property
    def row(self) -> Row:
        """What stands in the table, its number last."""
        return self.balance, self.latest_ms, self.tail, self.closed, self.id


class Holdings:
    """The holdings that a transaction touches.

    Attributes:
        number: Of the newest one.
        count_seqs: Id -> seq, of counts that stand in the timelines that were asked for.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._heads: dict[Holding, Head] = {}
        self._touched: dict[Holding, Head] = {}
        self._written = 0
        self.number = 0
        self.count_seqs: dict[str, int] = {}

    def begin(self, number: int, *, fresh: bool) -> None:
        """Begin a transaction.

        Args:
            number: Of the newest holding.
            fresh: Somebody else may have written since the last one.
        """
        self.number = self._written = number
        if fresh:
            self._heads.clear()

    def forget(self) -> None:
        """Forget everything: the transaction came to nothing."""
        for kept in (self._heads, self._touched, self.count_seqs):
            kept.clear()

    def load(self, holdings: Collection[Holding]) -> None:
        """Fetch what is not at hand."""
        missing = [holding for holding in holdings if holding not in self._heads]
        if missing:
            columns = "place, resource, lot, id, balance, latest_ms, tail, closed"
            (rows,) = self._database.look_up(Lookup(columns, "holdings", _KEY, missing))
            for place, resource, lot, *state in rows:
                self._heads[place, resource, lot] = Head(*state)

    def timelines(self, since: Mapping[Holding, int]) -> dict[Holding, Timeline]:
        """Return what happened to holdings from some time on."""
        self.load(since)
        heads = self._heads
        found = {}
        for holding, start in since.items():
            head = heads.get(holding)
            if head is None:
                found[holding] = Timeline()
            elif start > head.latest_ms:
                found[holding] = Timeline(head.balance)
            else:
                found[holding] = self._timeline(head, start)
        return found

    def _timeline(self, head: Head, start: int) -> Timeline:
        sql = "SELECT occurred_ms, id, seq FROM counts WHERE holding = ? AND occurred_ms >= ? AND withdrawn = 0"
        counts = {seq: (at, id_of(id)) for at, id, seq in self._database.rows(sql, [head.id, start])}
        found = dict.fromkeys(counts, 0)
        moves: list[tuple[Place, int]] = []
        total = 0
        for occurred_ms, quantity, count in self._since(head.id, start):
            total += quantity
            if count in counts:
                found[count] += quantity
            else:
                moves.append(((occurred_ms, 0, ""), quantity))
        self.count_seqs |= {id: seq for seq, (_, id) in counts.items()}
        asserted = [((occurred_ms, 1, id), found[seq]) for seq, (occurred_ms, id) in counts.items()]
        return Timeline(head.balance - total, sorted(moves + asserted))

    def number_of(self, holding: Holding) -> int:
        """Return the number of a holding that was loaded; 0 where there is none."""
        head = self._heads.get(holding)
        return head.id if head else 0

    def head(self, holding: Holding) -> Head:
        """Return the head of a holding that was loaded, or a new one; it will be changed."""
        head = self._heads.get(holding)
        if head is None:
            self.number += 1
            head = self._heads[holding] = Head(self.number)
        self._touched[holding] = head
        return head

    def move(self, seq: int, moved: Sequence[Moved]) -> None:
        """Take in what an event moved."""
        head_of, count_seqs = self.head, self.count_seqs
        for source, target, line, occurred_ms, quantity, count_id in moved:
            giver, taker = head_of(source), head_of(target)
            count = count_seqs[count_id] if count_id else 0
            giver.balance -= quantity
            taker.balance += quantity
            giver.sides.append((giver.id, seq, line, occurred_ms, -quantity, taker.id, count))
            taker.sides.append((taker.id, seq, line, occurred_ms, quantity, giver.id, count))
            if occurred_ms > giver.latest_ms:
                giver.latest_ms = occurred_ms
            if occurred_ms > taker.latest_ms:
                taker.latest_ms = occurred_ms

    def changes(self, before: Sequence[Change]) -> list[Change]:
        """Return the changes that write what was done to the holdings.

        Args:
            before: Changes that were not made yet; made now where blocks are full, which are read back.
        """
        touched = sorted(self._touched.values(), key=_id)
        sides: list[Row] = []
        for head in touched:
            sides += head.sides
            head.tail += len(head.sides)
            head.sides = []
        changes = [*before, Change("sides", _SIDE, sides)]
        if full := [head for head in touched if head.tail >= BLOCK]:
            self._database.write(changes)
            changes = [Change("blocks", _BLOCK, self._closed_blocks(full))]
        new = [(*head.row, *holding) for holding, head in self._touched.items() if head.id > self._written]
        old = [head.row for head in touched if head.id <= self._written]
        changes += [Change("holdings", (*_HEAD, *_KEY), new), Change("holdings", _HEAD, old, keys=("id",))]
        self._written = self.number
        self._touched.clear()
        self.count_seqs.clear()
        if len(self._heads) > MOST_KEPT:
            self._heads.clear()
        return changes

    def _closed_blocks(self, heads: Sequence[Head]) -> list[Row]:
        """Add up the sides of holdings that have many in no block."""
        blocks = []
        for head in heads:
            sql = "SELECT seq, occurred_ms, quantity FROM sides WHERE holding = ? AND seq > ? ORDER BY seq"
            days: dict[int, int] = {}
            number, last = 0, head.closed
            for seq, occurred_ms, quantity in self._database.rows(sql, [head.id, head.closed]):
                if number >= BLOCK and seq != last:
                    blocks.append((head.id, last, min(days), max(days), sum(days.values()), packed_days(days)))
                    head.closed, head.tail = last, head.tail - number
                    days, number = {}, 0
                day = day_of(occurred_ms)
                days[day] = days.get(day, 0) + quantity
                number, last = number + 1, seq
        return blocks

    def _since(self, holding: int, start: int) -> list[Row]:
        """Return time, quantity and count of the sides from a time on: in no block before the first that reaches it."""
        first = "SELECT min(last_seq) FROM blocks WHERE holding = ? AND last_day >= ?"
        before = f"SELECT max(last_seq) FROM blocks WHERE holding = ? AND last_seq < ({first})"
        ((reaching, ended, closed),) = self._database.rows(
            f"SELECT ({first}), ({before}), (SELECT max(last_seq) FROM blocks WHERE holding = ?)",
            [holding, day_of(start), holding, holding, day_of(start), holding],
        )
        after = closed if reaching is None else ended
        sql = "SELECT occurred_ms, quantity, count FROM sides WHERE holding = ? AND seq > ? AND occurred_ms >= ?"
        return self._database.rows(sql, [holding, after or 0, start])


def _id(head: Head) -> int:
    return head.id


def packed_days(days: Mapping[int, int]) -> bytes:
    """Return day -> quantity as it stands in a block."""
    return b"".join(_DAY.pack(day, quantity) for day, quantity in sorted(days.items()))


def until_day(days: bytes, last: int) -> int:
    """Return what the days of a block come to up to a day, that day included."""
    return sum(quantity for day, quantity in _DAY.iter_unpack(days) if day <= last)
