"""What ``muster book`` says of events, balances and batches: text for people, values for machines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from muster.book.events import Counted, Event, Move
from muster.book.posting import Posted
from muster.book.times import time_text
from muster.book.views import Balance, CardRow, Expiring, OnTheWay
from muster.cli.answer import columns, counted, faults_as_data
from muster.joining.packs import spoken


def amount_text(quantity: int, unit: str) -> str:
    """Return an amount of a smallest unit as people say it: ``29,350 kg``, ``-5 piece``."""
    return f"-{spoken(-quantity, unit)}" if quantity < 0 else spoken(quantity, unit)


def day_of(ms: int) -> str:
    """Return the day of a time: ``2026-11-03``."""
    return time_text(ms)[:10]


def goods_text(resource: str, lot: str) -> str:
    """Return what it is: ``flour, lot L12``."""
    return f"{resource}, lot {lot}" if lot else resource


def move_text(move: Move) -> str:
    """Return a move as one line: as it was entered, what that is, and the way it went."""
    whole = amount_text(move.quantity, move.unit)
    told = "" if whole.replace(",", "") == move.entered else f" ({whole})"
    return f"{goods_text(move.resource, move.lot)}: {move.entered}{told}, {move.source} → {move.target}"


def counted_text(line: Counted) -> str:
    """Return a counted line: what, how much, where."""
    return f"{goods_text(line.resource, line.lot)}: {line.entered} at {line.place}"


def event_lines(event: Event) -> list[str]:
    """Return an event as lines: what it is, then what it moves or counts."""
    head = [event.kind, time_text(event.occurred_ms)[:16].replace("T", " "), event.document, f"by {event.recorder}"]
    lines = [" ".join(part for part in head if part)]
    lines += [f"  {move_text(move)}" for move in event.moves]
    return lines + [f"  {counted_text(line)}" for line in event.counted]


def recorded_text(event: Event, *, seq: int) -> str:
    """Return what has just been recorded."""
    return "\n".join([*event_lines(event), f"recorded  {seq}  {event.id}"])


def recorded_data(event: Event, *, seq: int, posted: Posted) -> dict[str, Any]:
    """Return the same for machines."""
    return {"id": event.id, "seq": seq, "kind": event.kind, "n": event.n, "size": posted.size} | faults_as_data(
        posted.faults
    )


_STATUSES = ("accepted", "known", "disputed", "refused", "held")


def posted_text(posted: Posted, *, name: str) -> str:
    """Return what became of a batch."""
    total = sum(posted.counts.values())
    told = [f"{posted.counts[status]:,} {status}" for status in _STATUSES if posted.counts.get(status)]  # type: ignore[call-overload]
    lines = [f"{name}: {counted(total, 'event')}" + (f" = {' + '.join(told)}" if told else "") + "."]
    if posted.refused and not (posted.count("accepted") or posted.count("disputed")):
        lines.append("Nothing was recorded.")
    return "\n".join([*lines, f"book      {counted(posted.size, 'event')}", f"batch     {posted.digest}"])


def posted_data(posted: Posted) -> dict[str, Any]:
    """Return the same for machines; ``lines`` are those with something to say, or all of a synced batch."""
    counts = {status: posted.counts.get(status, 0) for status in _STATUSES}  # type: ignore[call-overload]
    lines = [
        {"where": each.where, "id": each.id, "status": each.status, "seq": each.seq}
        | {"reasons": [fault.what for fault in each.faults]}
        for each in posted.outcomes
    ]
    return counts | {"size": posted.size, "batch": posted.digest, "lines": lines} | faults_as_data(posted.faults)


def balances_text(rows: Sequence[Balance]) -> str:
    """Return balances as a table; the outside world is below zero by what it gave."""
    if not rows:
        return "Nothing is there."
    table = [["place", "resource", "lot", "quantity"]]
    table += [[row.place, row.resource, row.lot, amount_text(row.quantity, row.unit)] for row in rows]
    return columns(table, right=[3])


def balances_data(rows: Iterable[Balance]) -> list[dict[str, Any]]:
    """Return the same for machines, whole numbers of the smallest unit."""
    return [row._asdict() for row in rows]


def card_text(rows: Sequence[CardRow], *, title: str, unit: str) -> str:
    """Return a stock card as on paper: date, document, from or to, in, out, balance."""
    if not rows:
        return f"{title}\nNothing has come in or gone out."
    table = [["date", "document", "what", "from or to", "lot", "in", "out", "balance", "id"]]
    for row in rows:
        moved = [amount_text(each, unit) if each else "" for each in (row.received, row.issued)]
        first = [day_of(row.occurred_ms), row.document, row.kind, row.other, row.lot]
        table.append([*first, *moved, amount_text(row.balance, unit), row.id])
    return f"{title}\n{columns(table, right=[5, 6, 7])}"


def card_data(row: CardRow) -> dict[str, Any]:
    """Return a row of a stock card for machines."""
    value = row._asdict()
    return {"occurred": time_text(value.pop("occurred_ms"))} | value


def transit_text(rows: Sequence[OnTheWay]) -> str:
    """Return what is on the way as a table."""
    if not rows:
        return "Nothing is on the way."
    table = [["waybill", "resource", "lot", "dispatched", "arrived", "lost", "claimed", "on the way", "to", "due"]]
    for row in rows:
        parts = (row.dispatched, row.arrived, row.lost, row.claimed, row.still)
        amounts = [amount_text(each, row.unit) if each else "" for each in parts]
        due = f"{row.due} overdue" if row.overdue else row.due
        table.append([row.waybill, row.resource, row.lot, *amounts, row.destination, due])
    return columns(table, right=range(3, 8))


def transit_data(row: OnTheWay) -> dict[str, Any]:
    """Return a row of what is on the way for machines."""
    amounts = ("dispatched", "arrived", "lost", "claimed", "still")
    said = {name: getattr(row, name) for name in ("waybill", "resource", "lot")}
    said |= {name: getattr(row, name) for name in amounts}
    return said | {name: getattr(row, name) for name in ("unit", "destination", "due", "overdue")}


def expiring_text(rows: Sequence[Expiring], *, days: int) -> str:
    """Return what expires soon as a table, the earliest first."""
    if not rows:
        return f"Nothing expires within {counted(days, 'day')}."
    table = [["expires", "in days", "place", "resource", "lot", "quantity"]]
    for row in rows:
        left = str(row.days) if row.days >= 0 else "expired"
        table.append([row.expires, left, row.place, row.resource, row.lot, amount_text(row.quantity, row.unit)])
    return columns(table, right=[1, 5])
