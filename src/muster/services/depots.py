"""The use case of standing in a store: what lies there, what comes, what was recorded last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from muster import store
from muster.book.amounts import amount
from muster.book.events import Event, from_body
from muster.book.views import OnTheWay
from muster.store import Store

LARGER: Mapping[str, str] = {"g": "kg", "ml": "l"}
"""Smallest unit -> the one that people speak of."""

_FOREVER_DAYS, _AT_ONCE = 36_500, 200


@dataclass(frozen=True)
class Measure:
    """What a good is told in.

    Attributes:
        text: As it is written behind the number: ``bag of 50 kg``, ``kg``.
        size: Smallest units in one.
    """

    text: str
    size: int


@dataclass(frozen=True)
class Lot:
    """A lot that lies there.

    Attributes:
        lot: Its number; ``""``: the good comes without lots.
        expires: Its last day; ``""``: it keeps, or is not known.
        quantity: In smallest units.
        goods: How it is named in an entry: ``flour, lot L12``.
    """

    lot: str
    expires: str
    quantity: int
    goods: str


@dataclass(frozen=True)
class Good:
    """A resource as a store knows it.

    Attributes:
        resource: Its name.
        unit: Its smallest unit.
        measures: What it is told in, packs first.
        lots: What lies there, what expires first first.
    """

    resource: str
    unit: str
    measures: Sequence[Measure]
    lots: Sequence[Lot]

    @property
    def quantity(self) -> int:
        """All lots together, in smallest units."""
        return sum(lot.quantity for lot in self.lots)


@dataclass(frozen=True)
class Arriving:
    """A waybill on its way here: each line with what it can be told in."""

    waybill: str
    due: str
    overdue: bool
    lines: Sequence[tuple[OnTheWay, Lot, Sequence[Measure]]]


@dataclass(frozen=True)
class Depot:
    """A store, for who works in it.

    Attributes:
        store: Its name in the book.
        goods: Every resource that the book knows.
        arriving: Waybills that are meant for it.
    """

    store: str
    goods: Sequence[Good]
    arriving: Sequence[Arriving]

    @property
    def held(self) -> list[Good]:
        """The goods that lie there."""
        return [good for good in self.goods if good.lots]


@dataclass(frozen=True)
class Latest:
    """A recorded event and its place in the book; ``undone``: a later one took it back."""

    seq: int
    event: Event
    undone: bool


def depot(address: str, unit: str, *, today: date) -> Depot:
    """Return the store of a unit: what lies there and what comes.

    Args:
        address: Of the book.
        unit: Whose store it is.
        today: For what is overdue.
    """
    here = f"store:{unit}"
    with store.open(address) as book:
        expiries = {(row.resource, row.lot): row.expires for row in book.expiring(today=today, days=_FOREVER_DAYS)}
        rows = book.balances()
        units = {row.resource: row.unit for row in rows}
        packs = book.register.packs
        coming = [row for row in book.transit(today=today) if row.still > 0 and row.destination == here]
    goods = []
    for resource in sorted(units.keys() | packs.keys()):
        held = [row for row in rows if row.place == here and row.resource == resource and row.quantity > 0]
        lots = [_lot(resource, row.lot, expiries.get((resource, row.lot), ""), row.quantity) for row in held]
        lots.sort(key=lambda lot: (lot.expires or "9999", lot.lot))
        unit_here = units.get(resource, "") or _unit_of(packs.get(resource, {}))
        goods.append(Good(resource, unit_here, _measures(unit_here, packs.get(resource, {})), lots))
    arriving = []
    for waybill, lines in groupby(sorted(coming, key=lambda row: row.waybill), key=lambda row: row.waybill):
        told = [
            (row, _lot(row.resource, row.lot, "", row.still), _measures(row.unit, packs.get(row.resource, {})))
            for row in lines
        ]
        arriving.append(Arriving(waybill, told[0][0].due, any(row.overdue for row, _, _ in told), told))
    return Depot(here, goods, arriving)


def latest(address: str, unit: str, *, most: int) -> list[Latest]:
    """Return the last events that a unit recorded, the newest first."""
    found: list[Latest] = []
    undone: set[str] = set()
    with store.open(address) as book:
        last = book.size
        while last > 0 and len(found) < most:
            first = max(1, last - _AT_ONCE + 1)
            for seq, event in reversed(_events(book, first, last)):
                if event.reverses:
                    undone.add(event.reverses)
                if event.unit == unit and len(found) < most:
                    found.append(Latest(seq, event, event.id in undone))
            last = first - 1
    return found


def _events(book: Store, first: int, last: int) -> list[tuple[int, Event]]:
    return [(record.seq, from_body(record.body)) for record in book.records(first=first, last=last)]


def _lot(resource: str, lot: str, expires: str, quantity: int) -> Lot:
    return Lot(lot, expires, quantity, f"{resource}, lot {lot}" if lot else resource)


def _unit_of(packs: Mapping[str, str]) -> str:
    """Return the smallest unit of what nothing was recorded of yet, by what its packs hold."""
    return next((amount("1", unit=pack, packs=packs).unit for pack in packs), "")


def _measures(unit: str, packs: Mapping[str, str]) -> list[Measure]:
    """Return what a resource is told in: its packs, and the larger unit."""
    told = [f"{pack} of {holds}" for pack, holds in packs.items()]
    sizes = [amount("1", unit=pack, packs=packs) for pack in packs]
    loose = LARGER.get(unit, unit.partition("/")[0])  # USD/100: told in USD
    measures = [Measure(text, size.quantity) for text, size in zip(told, sizes, strict=True)]
    return [*measures, Measure(loose, amount("1", unit=loose).quantity)] if loose else measures
