"""The use case of a manager's morning: what came in, what expires, what is on the way, what cannot be covered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from muster import store
from muster.book.accounts import kind_of
from muster.book.book import Record
from muster.book.events import Event, from_body
from muster.book.facts import Register
from muster.book.times import record_text
from muster.book.views import Expiring, OnTheWay
from muster.plan.plan import Plan
from muster.report.facts import claims
from muster.report.names import Names
from muster.report.words import MET
from muster.services.places import read_plan
from muster.services.splits import in_packs
from muster.services.summary import below
from muster.store import Store

WITHIN = (3, 7, 14)
"""Days: what expires within the first, the second, the third."""

_DAY_MS = 86_400_000
_AT_ONCE = 500
"""Records read at once, from the last backwards."""


@dataclass(frozen=True)
class CameIn:
    """Something that was recorded as received: one resource and lot.

    Attributes:
        seq, recorded: Place in the order of record, and when (UTC).
        event: Receipt, arrival or opening.
        place, source, resource, lot, expires: Where to, where from, what.
        quantity, unit, entered: How much; as it was entered.
    """

    seq: int
    recorded: str
    event: Event
    place: str
    source: str
    resource: str
    lot: str
    expires: str
    quantity: int
    unit: str
    entered: str


@dataclass(frozen=True)
class Aging:
    """A lot that expires: as ``Expiring``, with the amount in packs (``""``: it comes in none)."""

    place: str
    resource: str
    lot: str
    quantity: int
    unit: str
    expires: str
    days: int
    packs: str


@dataclass(frozen=True)
class Soon:
    """Lots that expire within so many days, and not within fewer; ``days`` is ``None`` for those that have expired."""

    days: int | None
    lots: tuple[Aging, ...]


@dataclass(frozen=True)
class Lack:
    """How much of a need is missing to the floor at a place over the whole plan, and from which period on."""

    need: str
    missing: float
    unit: str
    first: str


@dataclass(frozen=True)
class Uncovered:
    """A place of which people fall below the floor in the plan.

    Attributes:
        id, place: Id and name.
        people: Most distinct people below in any one period.
        met: The least of its claims, 0 to 1.
        needs: Of what; when: the first period in which it is met as little.
        lacks: Of each need of which anything is missing, how much.
    """

    id: str
    place: str
    people: float
    met: float
    needs: tuple[str, ...]
    when: str
    lacks: tuple[Lack, ...]


@dataclass(frozen=True)
class Morning:
    """What a manager sees first.

    Attributes:
        unit: Whose stores; ``""``: of all units.
        since: The day (UTC) from which on something has just come in.
        came_in: Recorded within the last days, the latest first.
        expires: Expired; then within 3, 7 and 14 days.
        on_the_way: To the unit, overdue first.
        uncovered: From the plan, worst first; ``None``: there is no plan.
    """

    unit: str
    since: str
    came_in: tuple[CameIn, ...]
    expires: tuple[Soon, ...]
    on_the_way: tuple[OnTheWay, ...]
    uncovered: tuple[Uncovered, ...] | None


def morning(
    address: str, *, unit: str, now_ms: int, today: date, plan: Path | None, days: int | None = None
) -> Morning:
    """Return what a manager of a unit should know at the start of a day.

    Args:
        address: Of the book.
        unit: Only what concerns its stores; ``""``: everything.
        now_ms: The time now; milliseconds since 1970.
        today: The day now, where the people are.
        plan: Plan folder; ``None``: there is none.
        days: What was recorded in so many days has just come in; ``None``: since the last working day, the last one
            before today on which the unit recorded anything.
    Raises:
        BookError: There is no book (S1, S4).
        PlanError: The plan cannot be read.
    """
    with store.open(address) as book:
        register = book.register
        since = _last_worked(book, unit, today) if days is None else record_text(now_ms - days * _DAY_MS)
        came = tuple(_came_in(book, register, unit, since=since))
        transit = [row for row in book.transit(today=today) if row.still > 0 and _goes_to(register, unit, row)]
        places = {f"transit:{row.waybill}" for row in transit}
        lots = book.expiring(today=today, days=WITHIN[-1])
    expiring = [row for row in lots if row.place in places or _of(register, unit, row.place)]
    return Morning(
        unit=unit,
        since=since[:10],
        came_in=came,
        expires=_soon(expiring, register),
        on_the_way=tuple(sorted(transit, key=lambda row: (not row.overdue, row.due or "9999", row.waybill))),
        uncovered=None if plan is None else _uncovered(plan),
    )


def _came_in(book: Store, register: Register, unit: str, *, since: str) -> Iterator[CameIn]:
    """Yield what was recorded as received since then, the latest first."""
    for record, event in _backwards(book, since=since):
        if event.kind in ("opening", "receipt", "arrival"):
            for move in event.moves:
                if _of(register, unit, move.target):
                    what = (move.resource, move.lot, move.expires, move.quantity, move.unit, move.entered)
                    yield CameIn(record.seq, record.recorded, event, move.target, move.source, *what)


def _last_worked(book: Store, unit: str, today: date) -> str:
    """Return the last day before today on which a unit recorded anything; today, where it never did."""
    days = (record.recorded[:10] for record, event in _backwards(book, since="") if not unit or event.unit == unit)
    return next((day for day in days if day < today.isoformat()), today.isoformat())


def _backwards(book: Store, *, since: str) -> Iterator[tuple[Record, Event]]:
    """Yield records and their events from the last one back to a time."""
    last = book.size
    while last > 0:
        first = max(1, last - _AT_ONCE + 1)
        records = [each for each in book.records(first=first, last=last) if each.recorded >= since]
        for record in reversed(records):
            yield record, from_body(record.body)
        if len(records) <= last - first:  # the first of them was earlier
            return
        last = first - 1


def _soon(rows: list[Expiring], register: Register) -> tuple[Soon, ...]:
    lots = [
        Aging(**row._asdict(), packs=in_packs(row.quantity, row.unit, register.packs.get(row.resource, {})))
        for row in rows
    ]
    found = [Soon(None, tuple(lot for lot in lots if lot.days < 0))]
    after = -1
    for days in WITHIN:
        found.append(Soon(days, tuple(lot for lot in lots if after < lot.days <= days)))
        after = days
    return tuple(found)


def _of(register: Register, unit: str, place: str) -> bool:
    """Return whether a place is a store of a unit; of ``""``: of any."""
    return kind_of(place) == "store" and (not unit or register.owner(place) == unit)


def _goes_to(register: Register, unit: str, row: OnTheWay) -> bool:
    """Return whether a waybill is meant for a unit; one that does not say where it goes is everybody's."""
    return not unit or not row.destination or register.owner(row.destination) == unit


def _uncovered(path: Path) -> tuple[Uncovered, ...]:
    plan = read_plan(path)
    names = Names(plan.economy)
    ids = {name: id for id, name in names.place.items()}
    lacks = _lacks(plan, names)
    rows = below(plan, measure="floor").places.iter_rows(named=True)
    return tuple(
        Uncovered(
            id=ids[row["place"]],
            place=row["place"],
            people=row["people"],
            met=row["met"],
            needs=tuple(row["needs"]),
            when=row["when"],
            lacks=tuple(lacks[ids[row["place"]]]),
        )
        for row in rows
    )


def _lacks(plan: Plan, names: Names) -> dict[str, list[Lack]]:
    """Return for each place how much of each need is missing to the floor, the earliest first."""
    days = pl.DataFrame({"period": range(len(plan.economy.horizon.days)), "days": plan.economy.horizon.days})
    short = claims(plan).filter(pl.col("met_floor") < MET).join(days, on="period")
    a_day = (pl.col("floor") - pl.col("covered") - pl.col("delivered")).clip(0.0) * pl.col("people")
    each = short.group_by("place", "need").agg((a_day * pl.col("days")).sum().alias("missing"), pl.col("period").min())
    found: dict[str, list[Lack]] = defaultdict(list)
    for place, need, missing, first in each.sort("place", "period", "need").iter_rows():
        found[place].append(Lack(names.need[need], missing, names.need_unit[need], names.when(first)))
    return found
