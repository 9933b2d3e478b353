"""What ``muster book`` says of events, balances and batches: text for people, values for machines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from muster.book.events import Counted, Event, Move, Packs, Person, Stores
from muster.book.posting import Posted, Status
from muster.book.times import time_text
from muster.book.views import Balance, CardRow, Expiring, OnTheWay
from muster.book.wording import spoken
from muster.cli.answer import columns, counted, faults_as_data
from muster.cli.book_common import book_word
from muster.errors import Fault

if TYPE_CHECKING:
    from muster.services.book_arrivals import Received
    from muster.services.book_counts import ClosedCount
    from muster.services.book_joins import Prepared
    from muster.services.book_views import Disputed


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


_STATUSES: tuple[Status, ...] = ("accepted", "known", "disputed", "refused", "held")


def posted_text(posted: Posted, *, name: str) -> str:
    """Return what became of a batch."""
    total = sum(posted.counts.values())
    told = [f"{posted.counts[status]:,} {status}" for status in _STATUSES if posted.counts.get(status)]
    lines = [f"{name}: {counted(total, 'line')}" + (f" = {' + '.join(told)}" if told else "") + "."]
    if posted.refused and not (posted.count("accepted") or posted.count("disputed")):
        return "\n".join([*lines, "Nothing was recorded."])
    return "\n".join([*lines, f"book      {counted(posted.size, 'event')}", f"batch     {posted.digest}"])


def posted_data(posted: Posted) -> dict[str, Any]:
    """Return the same for machines; ``lines`` are those with something to say, or all of a synced batch."""
    counts = {status: posted.counts.get(status, 0) for status in _STATUSES}
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


def disputed_text(rows: Sequence[Disputed]) -> str:
    """Return what is disputed as a table."""
    if not rows:
        return "Nothing is disputed."
    table = [["place", "resource", "lot", "below zero since", "lowest", "now"]]
    for row in rows:
        place, resource, lot, since_ms, *amounts = row.dispute
        table.append([place, resource, lot, day_of(since_ms), *(amount_text(each, row.unit) for each in amounts)])
    return columns(table, right=[4, 5])


def disputed_data(row: Disputed) -> dict[str, Any]:
    """Return a row of what is disputed for machines."""
    value = row.dispute._asdict()
    return {"since": time_text(value.pop("since_ms"))} | value | {"unit": row.unit}


def received_text(done: Received, *, book: str) -> str:
    """Return what a waybill said, what was recorded, and what is left of it."""
    lines = ["the waybill said", transit_text(done.before)]
    if done.recorded is None:
        waybill = done.before[0].waybill
        said = f'muster book receive {book_word(book)} {waybill} "{done.before[0].resource}: …"'
        return "\n".join([*lines, f"next    {said}, or --all"])
    lines += [recorded_text(done.recorded.event, seq=done.recorded.seq), "the waybill now", transit_text(done.after)]
    return "\n".join(lines)


def received_data(done: Received) -> dict[str, Any]:
    """Return the same for machines."""
    rows = {"before": [transit_data(row) for row in done.before], "after": [transit_data(row) for row in done.after]}
    if done.recorded is None:
        return rows
    return rows | recorded_data(done.recorded.event, seq=done.recorded.seq, posted=done.recorded.posted)


def closed_text(done: ClosedCount) -> str:
    """Return what a count found beside the book."""
    table = [["resource", "lot", "counted", "in the book", "difference"]]
    for each in done.found:
        line, unit = each.line, each.line.unit
        amounts = [amount_text(line.quantity, unit), amount_text(each.book, unit)]
        difference = amount_text(each.difference, unit) if each.difference else "none"
        table.append([line.resource, line.lot, *amounts, difference])
    event = done.recorded.event
    lines = [f"count of {event.counted[0].place} by {event.recorder}, closed by {event.closed_by}, code {done.code}"]
    lines.append(columns(table, right=[2, 3, 4]))
    if done.not_counted:
        names = "; ".join(goods_text(*each) for each in done.not_counted)
        lines.append(f"not counted, though the book has some: {names}")
    return "\n".join([*lines, f"recorded  {done.recorded.seq}  {event.id}"])


def closed_data(done: ClosedCount) -> dict[str, Any]:
    """Return the same for machines, whole numbers of the smallest unit."""
    rows = [
        {"place": each.line.place, "resource": each.line.resource, "lot": each.line.lot}
        | {"counted": each.line.quantity, "book": each.book, "difference": each.difference, "unit": each.line.unit}
        for each in done.found
    ]
    missed = [{"resource": resource, "lot": lot} for resource, lot in done.not_counted]
    said = recorded_data(done.recorded.event, seq=done.recorded.seq, posted=done.recorded.posted)
    return {"code": done.code, "found": rows, "not_counted": missed} | said


def registered_lines(event: Event) -> list[str]:
    """Return what an event makes known, one line each."""
    lines = []
    for entry in event.registered:
        if isinstance(entry, Person):
            lines.append(f"person    {entry.person} of {entry.unit}: {', '.join(entry.roles) or 'no role any more'}")
        elif isinstance(entry, Stores):
            lines.append(f"stores    of {entry.unit}: {', '.join(entry.stores)}")
        elif isinstance(entry, Packs):
            packs = "; ".join(f"{pack} of {holds}" for pack, holds in entry.packs)
            lines.append(f"resource  {entry.resource} in {entry.unit}" + (f"; {packs}" if packs else ""))
        else:
            lines.append(f"mapping   {entry.mapping} {entry.sha256}")
    return lines


def synced_text(posted: Posted, *, name: str) -> str:
    """Return what became of a device's batch, line by line where there is something to say."""
    told = [
        f"  {each.status:<8}  {each.where}" + (f"  {each.faults[0].what}" if each.faults else "")
        for each in posted.outcomes
        if each.status not in ("accepted", "known") or each.faults
    ]
    first, *rest = posted_text(posted, name=name).split("\n")
    return "\n".join([first, *told, *rest])


def synced_faults(posted: Posted) -> tuple[Fault, ...]:
    """Return what is wrong with a device's batch; what is in the book as disputed is a warning."""
    return tuple(
        replace(fault, severity="warning") if each.status == "disputed" else fault
        for each in posted.outcomes
        for fault in each.faults
    )


_RETURNED_SHOWN = 5


def import_text(prepared: Prepared, posted: Posted | None, *, returned: Path | None) -> str:
    """Return what came of a file: rows, totals, differences, and what was recorded."""
    from muster.joining import batch_text, differences_text

    batch, differences = prepared.batch, prepared.differences
    lines = [batch_text(batch)]
    back = [each for each in batch.returned if not each.left_out]
    for each in back[:_RETURNED_SHOWN]:
        problem = each.problems[0]
        lines.append(f"  line {each.line}, {problem.column}: {problem.reason} seen: {problem.value[:40]}")
    if len(back) > _RETURNED_SHOWN or (back and returned):
        told = f"all of them in {returned}" if returned else "all of them with --returned FILE.csv"
        lines.append(f"  {told}")
    if differences.changed or differences.gone_count or differences.unreadable or not differences.added:
        lines.append(differences_text(differences))
    gone = counted(differences.gone_count, "event")
    if posted is not None:
        lines.append(f"recorded  {counted(posted.count('accepted'), 'event')}; the book has {posted.size:,}")
    elif prepared.doubtful:
        lines.append("Nothing was recorded: look at the differences, then say it again with --post.")
        if differences.gone_count and not any(event["kind"] == "reversal" for event in prepared.events):
            lines.append(f"Does this file cover all of its source? Then --post --whole reverses {gone} that it lacks.")
    elif differences.nothing:
        lines.append("Nothing was recorded: the book has it all.")
    elif prepared.events:
        lines.append(f"Nothing was recorded: {counted(len(prepared.events), 'event')} would be.")
    else:
        lines.append(f"Nothing was recorded. It lacks {gone} of its source; --whole reverses what a file lacks.")
    return "\n".join(lines)


def import_data(prepared: Prepared, posted: Posted | None) -> dict[str, Any]:
    """Return the same for machines."""
    data = prepared.batch.as_dict() | {"differences": prepared.differences.as_dict()}
    accepted = posted.count("accepted") if posted else 0
    size = {"size": posted.size} if posted else {}
    return data | {"posted": posted is not None, "accepted": accepted} | size
