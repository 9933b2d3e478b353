"""From tables to a book: the stocks of an economy, and what is on its way, as the first events of a book."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from muster.book.amounts import amount
from muster.book.events import Event, Move
from muster.book.ids import uuid7
from muster.book.times import DAY_MS, end_of_day
from muster.book.wording import Wrong
from muster.economy.economy import Economy
from muster.economy.tables import LINE
from muster.errors import EconomyError, Fault

POOL = "pool"
"""The unit that keeps what is pooled."""

BEFORE, SUPPLIER = "outside:before", "outside:supplier"
NOON_MS = DAY_MS // 2


def opening_events(economy: Economy, *, random: Callable[[], int]) -> list[Event]:
    """Return the events that open a book with what an economy holds at its start.

    Each place is a unit with one store, and its stocks are one opening on the day before the start. An arrival with a
    date is a waybill that is due then. What comes steadily (``per_day``) is no fact yet, and stays in the economy.

    Args:
        economy: Read and checked.
        random: Gives ``ids.RANDOM_BITS`` random bits.
    Raises:
        EconomyError: A quantity is not whole in the smallest unit of the book, or its unit is none (B8, B9).
    """
    units = dict(economy.resources.select("resource", "unit").rows())
    moves: dict[str, list[Move]] = defaultdict(list)
    faults: list[Fault] = []
    for row in economy.stocks.filter(pl.col("quantity") > 0).iter_rows(named=True):
        unit = row["place"] or POOL
        move = _move(row, BEFORE, f"store:{unit}", units, where=economy.file("stocks"))
        moves[unit] += _kept(move, faults)
    opening = _Opening(economy, random)
    events = [opening.event("opening", unit, tuple(held)) for unit, held in moves.items()]
    dated = economy.arrivals.filter(pl.col("on").is_not_null() & (pl.col("quantity") > 0))
    for number, row in enumerate(dated.iter_rows(named=True), start=1):
        unit = row["place"] or POOL
        move = _move(row, SUPPLIER, f"transit:WB{number:03}", units, where=economy.file("arrivals"))
        kept = _kept(move, faults)
        events.append(opening.event("dispatch", unit, tuple(kept), due=row["on"].isoformat()))
    if faults:
        raise EconomyError(faults)
    return events


class _Opening:
    """Gives events their heads: the day before the start, noon."""

    def __init__(self, economy: Economy, random: Callable[[], int]) -> None:
        self._at_ms = end_of_day(economy.horizon.start - timedelta(days=1)) + 1 - NOON_MS
        self._random = random
        self._numbers: Counter[str] = Counter()

    def event(self, kind: str, unit: str, moves: tuple[Move, ...], *, due: str = "") -> Event:
        recorder = f"{'supplies' if due else 'clerk'}.{unit}"
        self._numbers[recorder] += 1
        return Event(
            id=uuid7(self._at_ms, random=self._random()),
            kind=kind,
            unit=unit,
            recorder=recorder,
            n=self._numbers[recorder],
            occurred_ms=self._at_ms,
            moves=moves,
            destination=f"store:{unit}" if due else "",
            due=due,
        )


def _move(row: dict[str, Any], source: str, target: str, units: dict[str, str], *, where: str) -> Move | Fault:
    """Return a row of ``stocks`` or ``arrivals`` as a move, or why it is none."""
    expires = row["expires"].isoformat() if row.get("expires") else ""
    lot = row.get("lot") or expires
    text = f"{Decimal(repr(row['quantity'])):f}".removesuffix(".0")
    try:
        told = amount(text, unit=row["unit"] or units[row["resource"]])
    except Wrong as wrong:
        return Fault(wrong.what, f"{where}:{row[LINE]}", wrong.seen, wrong.do, wrong.rule)
    return Move(source, target, row["resource"], lot, expires, *told)


def _kept(move: Move | Fault, faults: list[Fault]) -> Iterable[Move]:
    if isinstance(move, Fault):
        faults.append(move)
        return ()
    return (move,)
