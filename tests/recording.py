"""Events for tests, written as tersely as they are told: who, when, from where to where, how much."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any
from zlib import crc32

from muster.book.amounts import amount, taken_apart
from muster.book.events import Counted, Event, Move, Registered
from muster.book.ids import uuid7
from muster.book.lines import Line, from_events
from muster.book.times import milliseconds

AT_MS = milliseconds("2026-11-27T12:00:00Z")
"""The time of record of most tests."""


def day(number: int, *, hour: int = 10) -> int:
    """Return a time on a day of November 2026."""
    return milliseconds(f"2026-11-{number:02}T{hour:02}:00:00Z")


def move(text: str, *, lot: str = "", expires: str = "") -> Move:
    """Return a move from ``outside:wfp > store:kabul, 600 bags of 50 kg flour``."""
    ways, _, what = text.partition(", ")
    source, target = ways.split(" > ")
    much, _, resource = what.rpartition(" ")
    quantity, unit, pack = taken_apart(much)
    return Move(source, target, resource, lot, expires, *amount(quantity, unit=unit, pack=pack))


def counted(text: str, *, lot: str = "") -> Counted:
    """Return what was counted from ``store:kabul, 29350 kg flour``."""
    place, _, what = text.partition(", ")
    much, _, resource = what.rpartition(" ")
    quantity, unit, pack = taken_apart(much)
    return Counted(place, resource, lot, *amount(quantity, unit=unit, pack=pack))


@dataclass
class Desk:
    """Somebody who records for a unit, with own running numbers.

    Attributes:
        unit, recorder: As in the events.
        n: The last number used.
    """

    unit: str = "kabul"
    recorder: str = "a.karimi"
    n: int = field(default=0)

    def event(self, kind: str, *moves: str | Move, on: int = 3, **more: Any) -> Event:
        """Return an event of this desk; moves as text or made."""
        self.n += 1
        made = tuple(move(each) if isinstance(each, str) else each for each in moves)
        seed = crc32(f"{self.unit} {self.recorder} {self.n}".encode())
        at = day(on) if on < 100 else on
        event = Event(
            id=uuid7(at, random=seed),
            kind=kind,
            unit=self.unit,
            recorder=self.recorder,
            n=self.n,
            occurred_ms=at,
            moves=made,
        )
        return replace(event, **more)

    def count(self, *lines: str | Counted, on: int = 3, closed_by: str = "s.amiri") -> Event:
        """Return a count of this desk."""
        found = tuple(counted(each) if isinstance(each, str) else each for each in lines)
        return replace(self.event("count", on=on), counted=found, closed_by=closed_by)

    def reversal(self, event: Event, *, on: int = 20, reason: str = "entered twice") -> Event:
        """Return the reversal of an event."""
        return replace(self.event("reversal", on=on), reverses=event.id, reason=reason)

    def register(self, *entries: Registered, on: int = 1) -> Event:
        """Return an event that registers something."""
        return replace(self.event("register", on=on), registered=entries)


def batch(*events: Event) -> tuple[Line, ...]:
    """Return events as a batch."""
    return from_events(events)
