"""What a book shows: pure steps from records to the rows that people read. Quantities are whole smallest units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

from muster.book.accounts import Holding, kind_of, name_of
from muster.book.facts import Waybill
from muster.book.timeline import Timeline


class Balance(NamedTuple):
    """How much of a resource and lot a place holds."""

    place: str
    resource: str
    lot: str
    quantity: int
    unit: str


class Entry(NamedTuple):
    """One change of one holding, with what its event says.

    Attributes:
        holding: Place, resource, lot.
        seq: Place of the event in the order of record.
        line: Number of the move within the event.
        occurred_ms: From when on.
        quantity: So much more; negative: less.
        other: The place on the other side.
        count_id: Id of the count whose difference this is; ``""``: a move.
        id, kind, document, recorder: Of the event.
    """

    holding: Holding
    seq: int
    line: int
    occurred_ms: int
    quantity: int
    other: str
    count_id: str
    id: str
    kind: str
    document: str
    recorder: str


class CardRow(NamedTuple):
    """One row of a stock card, as on paper: when, what, from or to where, in, out, balance."""

    occurred_ms: int
    seq: int
    kind: str
    document: str
    other: str
    lot: str
    received: int
    issued: int
    balance: int
    id: str


@dataclass(frozen=True)
class OnTheWay:
    """One resource and lot of one waybill: dispatched = arrived + lost + claimed + still on the way."""

    waybill: str
    resource: str
    lot: str
    unit: str
    dispatched: int = 0
    arrived: int = 0
    lost: int = 0
    claimed: int = 0
    destination: str = ""
    due: str = ""
    overdue: bool = False

    @property
    def still(self) -> int:
        """What is neither received nor accounted for."""
        return self.dispatched - self.arrived - self.lost - self.claimed


class Expiring(NamedTuple):
    """A lot that is there and expires soon, or has expired."""

    place: str
    resource: str
    lot: str
    quantity: int
    unit: str
    expires: str
    days: int


class Dispute(NamedTuple):
    """A holding that was less than nothing at some time, as a late or wrong record left it."""

    place: str
    resource: str
    lot: str
    since_ms: int
    lowest: int
    now: int


def card(entries: Iterable[Entry], *, opening: int = 0) -> list[CardRow]:
    """Return the stock card of one place and resource, all its lots, in the order in which things happened.

    What later records changed in the difference of a count stands in the one row of that count.

    Args:
        entries: All of the holdings of the place and resource.
        opening: Balance before them.
    """
    rows: list[Entry] = []
    counts: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        if not entry.count_id:
            rows.append(entry)
            continue
        key = (entry.count_id, entry.holding[2])
        first = counts.get(key, entry._replace(quantity=0))
        earlier = min(first, entry, key=lambda each: (each.seq, each.line))
        counts[key] = earlier._replace(quantity=first.quantity + entry.quantity)
    rows += [entry for entry in counts.values() if entry.quantity]
    rows.sort(key=lambda each: (each.occurred_ms, each.count_id != "", each.seq, each.line, each.count_id))
    balance, shown = opening, []
    for each in rows:
        balance += each.quantity
        received, issued = max(each.quantity, 0), max(-each.quantity, 0)
        kind = "count" if each.count_id else each.kind
        shown.append(
            CardRow(
                each.occurred_ms,
                each.seq,
                kind,
                each.document,
                each.other,
                each.holding[2],
                received,
                issued,
                balance,
                each.count_id or each.id,
            )
        )
    return shown


def on_the_way(
    entries: Iterable[Entry], *, waybills: Mapping[str, Waybill], measures: Mapping[str, str], today: date
) -> list[OnTheWay]:
    """Return every waybill's goods: dispatched, arrived, lost, claimed; overdue where some are still on the way.

    Args:
        entries: All changes of ``transit`` places.
        waybills: Name -> what its dispatches say.
        measures: Resource -> its smallest unit.
        today: A waybill that was due before is overdue.
    """
    sums: dict[Holding, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for entry in entries:
        undone = entry.kind == "reversal"
        came = entry.quantity > 0
        column = "dispatched" if came != undone else _LEFT[kind_of(entry.other)]
        sums[entry.holding][column] += entry.quantity if column == "dispatched" else -entry.quantity
    rows = []
    for (place, resource, lot), columns in sorted(sums.items()):
        waybill = waybills.get(name_of(place), Waybill())
        row = OnTheWay(
            name_of(place),
            resource,
            lot,
            measures[resource],
            dispatched=columns["dispatched"],
            arrived=columns["arrived"],
            lost=columns["lost"],
            claimed=columns["claimed"],
            destination=", ".join(sorted(waybill.destinations)),
            due=waybill.due,
        )
        late = row.still > 0 and "" < waybill.due < today.isoformat()
        rows.append(replace(row, overdue=late))
    return rows


_LEFT = {"store": "arrived", "loss": "lost", "outside": "claimed"}
"""Where goods went from the road -> the column of ``OnTheWay``."""


def expiring(
    balances: Sequence[Balance], *, expiries: Mapping[tuple[str, str], str], today: date, days: int
) -> list[Expiring]:
    """Return what is in stores or on the way and expires within ``days`` from ``today``, the earliest first."""
    latest = (today + timedelta(days=days)).isoformat()
    rows = []
    for place, resource, lot, quantity, unit in balances:
        expires = expiries.get((resource, lot), "")
        if quantity > 0 and kind_of(place) in ("store", "transit") and "" < expires <= latest:
            left = (date.fromisoformat(expires) - today).days
            rows.append(Expiring(place, resource, lot, quantity, unit, expires, left))
    return sorted(rows, key=lambda row: (row.expires, row.place, row.resource, row.lot))


def disputed(holding: Holding, timeline: Timeline) -> list[Dispute]:
    """Return the dispute about a holding whose balance was below zero at some time; none where it never was."""
    below = [(occurred_ms, balance) for occurred_ms, balance, _ in timeline.instants() if balance < 0]
    if not below:
        return []
    return [Dispute(*holding, below[0][0], min(balance for _, balance in below), timeline.balance)]
