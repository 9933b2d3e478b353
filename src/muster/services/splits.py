"""Use cases of sharing a good out of a store: what can be sent, who gets how much, and the waybills that follow."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from typing import Any

import orjson

from muster import store
from muster.book.accounts import kind_of
from muster.book.accounts import place as place_written
from muster.book.amounts import amount
from muster.book.events import Event
from muster.book.lines import read_line
from muster.book.posting import Posted
from muster.book.times import time_text
from muster.book.wording import Wrong, several, shown, spoken
from muster.errors import BookError, Fault
from muster.plan.split import Request, split
from muster.services.book_records import Desk
from muster.services.book_rules import of_wrong
from muster.services.depots import Good, Lot, Measure
from muster.store import Store

PERCENT = "%"
"""What a keep-back can be told in, beside packs and measures: a share of what is there."""

_TRIES = 5
"""How often running numbers are taken anew, where somebody else took one in between."""

_FOREVER_DAYS = 36_500
_NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,3})?", re.ASCII)


@dataclass(frozen=True)
class Wanted:
    """So much of a good that somebody asks for.

    Attributes:
        quantity, unit: In smallest units, and their name.
        entered: As it was written.
        target: The store that it is to be sent to.
    """

    quantity: int
    unit: str
    entered: str
    target: str


@dataclass(frozen=True)
class Shared:
    """What can be shared of a good, and what is proposed.

    Attributes:
        there: Whole packs that lie in the store and have not expired, in smallest units.
        keep: What is to be kept back of it, in whole packs.
        shares: Key of a request -> what it gets; with what is kept back, together all that is there.
    """

    there: int
    keep: int
    shares: Mapping[str, int]


@dataclass(frozen=True)
class Load:
    """What one waybill carries.

    Attributes:
        id: Of its event, made before: by it the same load is known again.
        waybill: Its number.
        target: The store that it is meant for.
        due: When it should be there; ``""``: not said.
        quantity: In smallest units.
    """

    id: str
    waybill: str
    target: str
    due: str
    quantity: int


@dataclass(frozen=True)
class Source:
    """What is sent, and out of which store.

    Attributes:
        store, resource: Where and what.
        measure: What it is told in, e.g. ``bag of 50 kg``.
    """

    store: str
    resource: str
    measure: Measure


@dataclass(frozen=True)
class Line:
    """A line of a waybill: what, which lot, how much.

    Attributes:
        entered: As it was sent, e.g. ``12 bag of 50 kg``.
        quantity, unit: The same in smallest units.
    """

    resource: str
    lot: str
    expires: str
    entered: str
    quantity: int
    unit: str


@dataclass(frozen=True)
class Note:
    """A waybill as it stands in the book.

    Attributes:
        id: Of its event.
        number, source, target: Which; from and to which store.
        sent: When (milliseconds since 1970); due: the day on which it should be there.
        by, unit: Who recorded it.
        lines: What it carries.
    """

    id: str
    number: str
    source: str
    target: str
    sent: int
    due: str
    by: str
    unit: str
    lines: tuple[Line, ...]

    @property
    def whole(self) -> dict[str, int]:
        """Smallest unit -> how much of it all lines come to."""
        return {line.unit: sum(each.quantity for each in self.lines if each.unit == line.unit) for line in self.lines}


def wanted(address: str, resource: str, *, number: str, unit: str, target: str) -> Wanted:
    """Return what somebody asks for, read with the packs of the book.

    Args:
        address: Of the book.
        resource: Of what.
        number, unit: How much, e.g. ``120`` and ``bag``.
        target: Name of the store that it is to be sent to, with or without ``store:``.
    Raises:
        BookError: The amount cannot be read, is nothing, or is of another measure than the good (B8, B9); the store
            cannot be one (B7).
    """
    with store.open(address) as book:
        packs = book.register.packs.get(resource, {})
        held = next((row.unit for row in book.balances(resource=resource)), "")
    try:
        much = amount(number, unit=unit, packs=packs)
        place = place_written(target if kind_of(target) == "store" else f"store:{target}")
    except Wrong as wrong:
        raise of_wrong(wrong, where=f"the request of {shown(resource)}") from None
    if not much.quantity or (held and much.unit != held):
        do = f"write an amount above nothing in {' or '.join([*packs, held or 'kg'])}"
        raise BookError(Fault("This is no amount of it.", shown(resource), much.entered, do, "B9"))
    holds = f" of {packs[unit]}" if unit in packs else ""
    return Wanted(much.quantity, much.unit, f"{much.entered}{holds}", place)


def stores_of(address: str, *, unit: str) -> list[str]:
    """Return the stores that the book knows, but for the one a unit sends from."""
    with store.open(address) as book:
        known = {row.place for row in book.balances() if kind_of(row.place) == "store"} | set(book.register.stores)
    return sorted(known - {f"store:{unit}"})


def can_be_sent(good: Good | None, measure: Measure, *, today: date) -> int:
    """Return how much of a good can be sent in whole packs: no lot that has expired, nothing out of an open pack."""
    lots = good.lots if good else ()
    return sum(lot.quantity // measure.size * measure.size for lot in lots if not _expired(lot, today))


def kept_back(told: str, unit: str, *, there: int, measure: Measure) -> int:
    """Return what is to be kept back, in whole packs rounded up, at most all that is there.

    Args:
        told: A number; blank: nothing.
        unit: ``PERCENT`` of what is there; anything else: packs.
        there: What can be sent, in smallest units.
        measure: The pack.
    Raises:
        BookError: It is no number, or less than nothing (B8).
    Example:
        >>> kept_back("10", "%", there=1_250_000, measure=Measure("bag of 50 kg", 50_000))
        150000
    """
    if not _NUMBER.fullmatch(told.strip() or "0"):
        do = "write a number of packs, or of per cent, e.g. 10; blank: nothing is kept back"
        raise BookError(Fault("What is to be kept back is no number.", "the keep-back", shown(told), do, "B8"))
    number = Decimal(told.strip() or "0")
    packs = number * there / (100 * measure.size) if unit == PERCENT else number
    return min(there, int(packs.to_integral_value(ROUND_CEILING)) * measure.size)


def share(requests: Sequence[Request], *, there: int, keep: int, measure: Measure) -> Shared:
    """Return the fair share of each request of what is there beyond what is kept back.

    What nobody can be given, because all is met, is kept back too.
    """
    shares = split(requests, there=there - keep, pack=measure.size)
    return Shared(there, there - sum(shares.values()), shares)


def send(address: str, source: Source, loads: Sequence[Load], desk: Desk, *, today: date) -> bool:
    """Record one dispatch for each load: all of them or none, and each once however often it is asked for.

    What expires first goes first; whole packs are taken from a lot, and nothing that has expired.

    Args:
        address: Of the book.
        source: What is sent, and from where.
        loads: By receiving store.
        desk: Who records; it makes no ids here, the loads have them.
        today: The day now.
    Returns:
        Whether it was recorded now; ``False``: it had been before.
    Raises:
        BookError: So much is not there any more (B17), or the book refuses it; nothing was recorded.
    """
    with store.open(address) as book:
        if _known(book, loads):
            return False
        values = _dispatches(source, loads, _lots(book, source, today))
        posted = _posted(book, values, desk)
        if posted.refused and not _known(book, loads):  # another request may have sent the same in between
            raise BookError(posted.faults)
        return not posted.refused


def notes(address: str, ids: Sequence[str]) -> list[Note]:
    """Return waybills by the ids of their events, in that order; those that are not in the book are passed over."""
    with store.open(address) as book:
        found = [event for id in ids if (event := book.event(id))]
    return [_note(event) for _, event in found]


def standing(address: str, waybills: Iterable[str], *, today: date) -> set[str]:
    """Return those of some waybills of which anything was sent and not taken back."""
    asked = set(waybills)
    if not asked:
        return set()
    with store.open(address) as book:
        return asked & {row.waybill for row in book.transit(today=today) if row.dispatched}


def in_packs(quantity: int, unit: str, packs: Mapping[str, str]) -> str:
    """Return an amount as packs and what is left over; ``""``: it comes in no pack, or is less than one.

    Example:
        >>> in_packs(1_220_000, "g", {"bag": "50 kg"})
        '24 bags + 20 kg'
    """
    for pack, holds in packs.items():
        one = amount("1", unit=pack, pack=holds)
        if one.unit == unit and quantity >= one.quantity:
            whole, rest = divmod(quantity, one.quantity)
            return several(whole, pack) + (f" + {spoken(rest, unit)}" if rest else "")
    return ""


def _known(book: Store, loads: Sequence[Load]) -> bool:
    return any(book.event(load.id) for load in loads)


def _expired(lot: Lot, today: date) -> bool:
    return bool(lot.expires) and lot.expires < today.isoformat()


def _lots(book: Store, source: Source, today: date) -> list[Lot]:
    """Return what can be sent, what expires first first; of each lot its whole packs."""
    days = {
        row.lot: row.expires
        for row in book.expiring(today=today, days=_FOREVER_DAYS)
        if row.resource == source.resource
    }
    size, rows = source.measure.size, book.balances(place=source.store, resource=source.resource)
    lots = [Lot(row.lot, days.get(row.lot, ""), row.quantity // size * size, "") for row in rows if row.quantity > 0]
    return sorted((lot for lot in lots if not _expired(lot, today)), key=lambda lot: (lot.expires or "9999", lot.lot))


def _dispatches(source: Source, loads: Sequence[Load], lots: Sequence[Lot]) -> list[dict[str, Any]]:
    """Return the events, each load out of the lots that the ones before it left."""
    size, text = source.measure.size, source.measure.text
    there, asked = sum(lot.quantity for lot in lots), sum(load.quantity for load in loads)
    if asked > there:
        where = f"{source.resource} at {source.store}"
        seen = f"{asked // size} × {text} to be sent, {there // size} there and not expired"
        do = "lower some lines, or withdraw the split and split anew what is there now"
        raise BookError(Fault("More goes out than is there.", where, seen, do, "B17"))
    unit, _, pack = text.partition(" of ")
    left = {lot.lot: lot.quantity for lot in lots}
    values = []
    for load in loads:
        needed, moves = load.quantity, []
        for lot in lots:
            taken = min(needed, left[lot.lot])
            if taken:
                way = {"from": source.store, "to": f"transit:{load.waybill}", "resource": source.resource}
                what = {"lot": lot.lot, "expires": lot.expires}
                much = {"quantity": str(taken // size), "unit": unit, "pack": pack}
                moves.append({name: said for name, said in (way | what | much).items() if said})
                left[lot.lot] -= taken
                needed -= taken
        value = {"id": load.id, "kind": "dispatch", "document": load.waybill, "destination": load.target}
        values.append(value | ({"due": load.due} if load.due else {}) | {"moves": moves})
    return values


def _posted(book: Store, values: Sequence[dict[str, Any]], desk: Desk) -> Posted:
    packs = book.register.packs
    beside = {"unit": desk.unit, "recorder": desk.by, "occurred": time_text(desk.now_ms)}
    for _ in range(_TRIES):
        first = book.next_number(desk.by)
        lines = [
            read_line(
                orjson.dumps(beside | value | {"n": first + number}), where=f"waybill {value['document']}", packs=packs
            )
            for number, value in enumerate(values)
        ]
        posted = book.post(lines, at_ms=desk.now_ms)
        if {fault.rule for fault in posted.faults} != {"B12"}:
            break
    return posted


def _note(event: Event) -> Note:
    lines = tuple(
        Line(move.resource, move.lot, move.expires, move.entered, move.quantity, move.unit) for move in event.moves
    )
    source = event.moves[0].source
    way = (event.document, source, event.destination)
    return Note(event.id, *way, event.occurred_ms, event.due, event.recorder, event.unit, lines)
