"""Who records, on what, and when it reaches the book: desks in reach, phones out of reach."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from muster.book.amounts import Amount, amount
from muster.book.events import Counted, Event, Move, Registered, body
from muster.book.ids import uuid7
from muster.book.rehearsal.chance import Chance
from muster.book.rehearsal.notebook import Note, Notebook, changes
from muster.book.rehearsal.setting import Setting
from muster.book.rehearsal.world import Carried, Held

LONGEST_AWAY_DAYS = 31
"""A phone is out of reach for at most so long."""


@dataclass(frozen=True)
class Batch:
    """What is sent to the book at one time, and what must become of it.

    Attributes:
        at_ms: Time of record.
        events: In the order in which they are sent.
        offline: They come from a device that could not ask.
        new, known: How many of them go into the book, and how many are in it already.
        refused: Ids of those that undo what has not come yet; they are sent again.
    """

    at_ms: int
    events: tuple[Event, ...]
    offline: bool
    new: int
    known: int
    refused: tuple[str, ...]


@dataclass
class Writer:
    """One person who records for a unit, with the own running number and chain."""

    unit: str
    name: str
    n: int = 0
    previous: str = ""


@dataclass
class Device:
    """What somebody records on.

    Attributes:
        writer: Who records on it now.
        offline: It is out of reach but for now and then.
        outbox: Recorded and not sent.
        sent: The batch that was sent last.
        next_day: Day on which it is in reach again.
        holds_back: It may send only part of what it has.
    """

    writer: Writer
    offline: bool = False
    outbox: list[Event] = field(default_factory=list)
    sent: list[Event] = field(default_factory=list)
    next_day: int = 0
    holds_back: bool = True


@dataclass(frozen=True)
class Act:
    """Something that happened and is recorded.

    Attributes:
        kind: Of the event.
        at_ms: When it happened.
        moves: What was carried.
        found: What a count found.
        document, destination, due, closed_by, reason: As in the event.
    """

    kind: str
    at_ms: int
    moves: tuple[Carried, ...] = ()
    found: tuple[tuple[Held, int], ...] = ()
    document: str = ""
    destination: str = ""
    due: str = ""
    closed_by: str = ""
    reason: str = ""


class Records:
    """Everything that is recorded, as events and on paper.

    Args:
        setting: Says how amounts are told.
        chance: Draws the random bits of ids.
        last_days: (resource, lot) -> the last day it is good.

    Attributes:
        notebook: The same on paper.
        uncounted: Store -> resource and lot of what was recorded of it since it was counted.
    """

    def __init__(self, setting: Setting, chance: Chance, last_days: dict[tuple[str, str], str]) -> None:
        self.notebook = Notebook()
        self.uncounted: dict[str, set[tuple[str, str]]] = {}
        self._goods = {good.resource: good for good in setting.goods}
        self._chance, self._last_days = chance, last_days
        self._acts: dict[str, Act] = {}

    def record(self, device: Device, act: Act) -> Event:
        """Record something that happened."""
        event = Event(
            **self._head(device.writer, act.kind, act.at_ms),
            moves=tuple(self._move(each) for each in act.moves),
            counted=tuple(self._counted(held, quantity) for held, quantity in act.found),
            document=act.document,
            destination=act.destination,
            due=act.due,
            closed_by=act.closed_by,
            reason=act.reason,
        )
        self._acts[event.id] = act
        self._touch(changes(act.moves))
        return self._keep(device, event, Note(event.id, act.at_ms, changes(act.moves), act.found))

    def undo(self, device: Device, event: Event, *, at_ms: int, reason: str) -> Event:
        """Record that an event was wrong."""
        act = self._acts[event.id]
        undone = tuple((held, -quantity) for held, quantity in changes(act.moves))
        self._touch(undone + act.found)
        reversal = Event(**self._head(device.writer, "reversal", at_ms), reverses=event.id, reason=reason)
        return self._keep(device, reversal, Note(reversal.id, at_ms, undone, undoes=event.id))

    def register(self, device: Device, *entries: Registered, at_ms: int) -> Event:
        """Record who or what there is."""
        event = Event(**self._head(device.writer, "register", at_ms), registered=entries)
        return self._keep(device, event, Note(event.id, at_ms))

    def act_of(self, event: Event) -> Act:
        """Return what an event says, as it was told."""
        return self._acts[event.id]

    def _head(self, writer: Writer, kind: str, at_ms: int) -> dict[str, Any]:
        """Return what every event says of its recorder."""
        writer.n += 1
        bits = self._chance.bits() << 10 | self._chance.bits() >> 54
        head = {"unit": writer.unit, "recorder": writer.name, "n": writer.n, "previous": writer.previous}
        return head | {"id": uuid7(at_ms, random=bits), "kind": kind, "occurred_ms": at_ms}

    def _keep(self, device: Device, event: Event, note: Note) -> Event:
        device.writer.previous = sha256(body(event)).hexdigest()
        device.outbox.append(event)
        self.notebook.write(note)
        return event

    def _touch(self, changed: Iterable[tuple[Held, int]]) -> None:
        for (place, resource, lot), _ in changed:
            if place.startswith("store:"):
                self.uncounted.setdefault(place, set()).add((resource, lot))

    def _move(self, carried: Carried) -> Move:
        source, target, resource, lot, quantity = carried
        expires = self._last_days.get((resource, lot), "") if source.startswith("outside:") else ""
        return Move(source, target, resource, lot, expires, *self._told(resource, quantity))

    def _counted(self, held: Held, quantity: int) -> Counted:
        return Counted(*held, *self._told(held[1], quantity))

    def _told(self, resource: str, quantity: int) -> Amount:
        """Return an amount as the book reads what people write."""
        much, unit, pack = self._goods[resource].words(quantity)
        return amount(much, unit=unit, pack=pack)


def sent(device: Device, *, day: int, chance: Chance) -> list[Event]:
    """Take what a phone sends on a day: part of it, in another order, some of it again.

    What it keeps back it sends a day or two later; when it is in reach again after that is drawn.
    """
    events, kept = device.outbox, []
    away = chance.whole(1, 7) if chance.happens(0.7) else chance.whole(8, LONGEST_AWAY_DAYS)
    if device.holds_back and len(events) > 3 and chance.happens(0.15):
        kept, events = events[: len(events) // 2], events[len(events) // 2 :]
        away = chance.whole(1, 2)
    if chance.happens(0.15):
        events = chance.shuffled(events)
    again = device.sent if chance.happens(0.3) else []
    device.outbox, device.sent, device.next_day, device.holds_back = kept, events, day + away, True
    return [*again, *events]


def batch(events: Sequence[Event], *, device: Device, notebook: Notebook, at_ms: int) -> Batch:
    """Return what is sent as a batch; what will be refused is put into the outbox again, to be sent with the next."""
    new, known, refused = notebook.learn([event.id for event in events])
    again = {event.id: event for event in events if event.id in refused}
    device.outbox = [*device.outbox, *again.values()]
    device.sent = [event for event in device.sent if event.id not in again]
    return Batch(at_ms, tuple(events), device.offline, new, known, tuple(refused))
