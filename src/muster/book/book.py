"""A small book in memory: every event, every balance, the same rules. What is kept in a database must equal it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from hashlib import sha256
from typing import NamedTuple

from muster.book.accounts import Holding, is_guarded, kind_of
from muster.book.events import from_body
from muster.book.facts import Facts, Register, asked
from muster.book.lines import Line
from muster.book.posting import Heard, Moved, Posted, blames, decide, enter, hear_batch, outcome, since
from muster.book.timeline import Place, Timeline
from muster.book.times import FOREVER_MS, end_of_day, record_text
from muster.book.views import Balance, CardRow, Dispute, Entry, Expiring, OnTheWay, card, disputed, expiring, on_the_way


class Record(NamedTuple):
    """One event as it stands in the log: its place in the order of record, its body, and the time of record."""

    seq: int
    body: bytes
    recorded: str


class Side(NamedTuple):
    """One side of a move: what it adds to a holding, and the place on the other side."""

    seq: int
    quantity: int
    other: str
    moved: Moved


class Book:
    """A book in memory."""

    def __init__(self) -> None:
        self._records: list[Record] = []
        self._seqs: dict[str, int] = {}
        self._facts = Facts()
        self._sides: dict[Holding, list[Side]] = defaultdict(list)
        self._counts: dict[Holding, dict[str, int]] = defaultdict(dict)

    @property
    def size(self) -> int:
        """Number of events."""
        return len(self._records)

    @property
    def register(self) -> Register:
        """What is registered: people, stores, packs."""
        return self._facts.register

    def records(self) -> Iterator[Record]:
        """Yield every event in the order of record."""
        yield from self._records

    def post(self, lines: Iterable[Line], *, at_ms: int, offline: bool = False) -> Posted:
        """Post a batch: all of it or nothing; of an offline device, all lines that are not refused.

        Args:
            lines: See ``read_lines`` and ``from_events``.
            at_ms: Time of record, milliseconds since 1970.
            offline: The batch comes from a device that could not ask; what it took is disputed where it is not there.
        """
        given = list(lines)
        facts = self._facts.part(asked(line.event for line in given if line.event))
        heard, ordered = hear_batch(given, facts=facts, at_ms=at_ms, offline=offline)
        timelines = {holding: self._timeline(holding, start) for holding, start in since(ordered).items()}
        moved = enter(ordered, timelines)
        if decide(ordered, blames(ordered, moved, timelines), offline=offline):
            for each, its in zip(ordered, moved, strict=True):
                if each.is_new:
                    self._keep(each, record_text(at_ms), its)
        digest = sha256(b"".join(each.body + b"\n" for each in heard)).hexdigest()
        counts = Counter(each.status for each in heard)
        told = [outcome(each, seq=self._seqs.get(each.line.event.id, 0) if each.line.event else 0) for each in heard]
        return Posted(tuple(told), counts, digest, self.size)

    def balances(
        self, *, place: str = "", resource: str = "", as_of: date | None = None, known_at: int | None = None
    ) -> list[Balance]:
        """Return what is where, sorted; rows of nothing are left out.

        Args:
            place, resource: Only of these; ``""``: of all.
            as_of: At the end of that day in UTC; ``None``: after everything.
            known_at: As it was known when the book had so many events; ``None``: as it is known now.
        """
        until = FOREVER_MS if as_of is None else end_of_day(as_of)
        last = self.size if known_at is None else known_at
        rows = []
        for holding in sorted(self._sides):
            if place in ("", holding[0]) and resource in ("", holding[1]):
                sides = [side for side in self._sides[holding] if side.seq <= last]
                quantity = sum(side.quantity for side in sides if side.moved.occurred_ms <= until)
                if quantity:
                    rows.append(Balance(*holding, quantity, self._facts.measures[holding[1]]))
        return rows

    def card(self, place: str, resource: str) -> list[CardRow]:
        """Return the stock card of a place and resource, all its lots."""
        return card(self._entries(lambda holding: holding[:2] == (place, resource)))

    def transit(self, *, today: date) -> list[OnTheWay]:
        """Return every waybill's goods: dispatched, arrived, lost, claimed, still on the way, overdue on ``today``."""
        entries = self._entries(lambda holding: kind_of(holding[0]) == "transit")
        return on_the_way(entries, waybills=self._facts.waybills, measures=self._facts.measures, today=today)

    def expiring(self, *, today: date, days: int) -> list[Expiring]:
        """Return what is there and expires within ``days``, or has expired."""
        return expiring(self.balances(), expiries=self._facts.expiries, today=today, days=days)

    def disputes(self) -> list[Dispute]:
        """Return what was less than nothing at some time, and is not settled."""
        rows = []
        for holding in sorted(self._sides):
            if is_guarded(holding[0]):
                timeline = self._timeline(holding, -FOREVER_MS)
                rows += disputed(holding, timeline)
        return rows

    def _keep(self, heard: Heard, recorded: str, moved: list[Moved]) -> None:
        """Put an event at the end of the record."""
        event, seq = heard.event, self.size + 1
        self._records.append(Record(seq, heard.body, recorded))
        self._seqs[event.id] = seq
        self._facts.learn(event, heard.body)
        for one in moved:
            self._sides[one.source].append(Side(seq, -one.quantity, one.target[0], one))
            self._sides[one.target].append(Side(seq, one.quantity, one.source[0], one))
        for line in event.counted:
            self._counts[line[:3]][event.id] = event.occurred_ms
        for line in heard.target.counted if heard.target else ():
            del self._counts[line[:3]][event.reverses]

    def _timeline(self, holding: Holding, start: int) -> Timeline:
        """Return what happened to a holding from ``start`` on."""
        opening = 0
        moves: list[tuple[Place, int]] = []
        counts = {id: 0 for id, occurred_ms in self._counts[holding].items() if occurred_ms >= start}
        for side in self._sides[holding]:
            if side.moved.occurred_ms < start:
                opening += side.quantity
            elif side.moved.count_id in counts:
                counts[side.moved.count_id] += side.quantity
            else:  # a move, or a count that was withdrawn: its differences come to nothing
                moves.append(((side.moved.occurred_ms, 0, ""), side.quantity))
        asserted = [((self._counts[holding][id], 1, id), quantity) for id, quantity in counts.items()]
        return Timeline(opening, sorted(moves + asserted))

    def _entries(self, chosen: Callable[[Holding], bool]) -> Iterator[Entry]:
        """Yield the changes of the chosen holdings, with what their events say."""
        for holding in sorted(self._sides):
            for seq, quantity, other, moved in self._sides[holding] if chosen(holding) else ():
                event = from_body(self._records[seq - 1].body)
                yield Entry(
                    holding,
                    seq,
                    moved.line,
                    moved.occurred_ms,
                    quantity,
                    other,
                    moved.count_id,
                    id=event.id,
                    kind=event.kind,
                    document=event.document,
                    recorder=event.recorder,
                )
