"""Batches of devices that come twice, out of order, and a month late."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from faults.work import Work
from recording import AT_MS

from muster.book.lines import Line

MONTH_MS = 30 * 86_400_000
Batch = tuple[Line, ...]


def batches(seed: int, number: int) -> list[Batch]:
    """Return batches of several devices in the order in which they were made."""
    work = Work(seed)
    return [work.batch()[0] for _ in range(number)]


def deliver(book: Any, given: Sequence[Batch]) -> None:
    """Sync batches; what is refused because something else has yet to come is sent again, as a device does."""
    waiting = list(enumerate(given))
    while waiting:
        again = []
        for number, lines in waiting:
            if book.post(lines, at_ms=AT_MS + number * 1_000, offline=True).refused:
                again.append((number + MONTH_MS // 1_000, lines))
        if len(again) == len(waiting):
            return
        waiting = again


def disturbed(given: Sequence[Batch], draw: random.Random) -> list[Batch]:
    """Return the batches in another order, many of them twice."""
    found = [*given, *draw.sample(given, len(given) // 2)]
    draw.shuffle(found)
    return found


def shown(book: Any) -> list[Any]:
    """Return what a book says of what is where, whatever the order in which it learnt that."""
    days = [date(2026, 11, 1) + timedelta(days) for days in range(0, 30, 3)]
    return [
        book.balances(),
        [book.balances(as_of=day) for day in days],
        book.disputes(),
        book.transit(today=days[-1]),
    ]
