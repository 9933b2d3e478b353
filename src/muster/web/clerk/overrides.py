"""What of a clerk takes a second person: putting right what is old or another's, a count that is far from the book."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from muster.book.ids import RANDOM_BITS, id_text, uuid7
from muster.errors import BookError, Fault
from muster.services.book_counts import Found, Waiting, close_count
from muster.services.book_records import Desk, Said
from muster.services.depots import LARGER
from muster.services.entries import Entry, Taken, take
from muster.services.overrides import is_recorded, large_differences, reversal_by_two
from muster.web.approvals.kinds import Kind, add
from muster.web.approvals.models import Request
from muster.web.approvals.requests import ApprovalError, Asked, ask
from muster.web.people.person import Person


def held_back(entry: Entry, person: Person) -> Taken | None:
    """Return what becomes of an entry that takes two people: it is asked; ``None``: it may be taken.

    Whoever brings entries into the book, a page or a phone, asks here first.
    """
    if entry.form != "put-right":
        return None
    return reversal_held_back(entry.id, entry.reverses, reason=entry.said.reason, person=person)


def reversal_held_back(id: str, reverses: str, *, reason: str, person: Person) -> Taken | None:
    """Return the same of a reversal that comes in another form.

    Args:
        id: Of the reversal, made where it was entered.
        reverses: Id of the event that would be undone.
        reason: Why.
        person: Who would undo it.
    """
    book = settings.SITE.book
    try:
        id = id_text(id)
    except ValueError:
        return None
    by_two = reversal_by_two(book, reverses, by=person.name, unit=person.unit, now_ms=_now_ms())
    if by_two is None or is_recorded(book, id):
        return None
    data = {"id": id, "reverses": by_two.target.id, "reason": reason, "by": person.name, "unit": person.unit}
    try:
        ask(REVERSAL, Asked(f"event {by_two.target.id}", by_two.what, reason, data, ref=id), by=person)
    except ApprovalError as error:
        return Taken(id, "refused", error.faults)
    return Taken(id, "asked")


def count_asked(count: Waiting, person: Person) -> Request | None:
    """Ask for approval where a count is far from what the book says; ``None``: it may be closed.

    Raises:
        BookError: It cannot be closed by this person (U4, B21).
    """
    large = large_differences(settings.SITE.book, count.file, by=person.name)
    if not large:
        return None
    what = f"Close the count of {count.occurred[:10]} by {count.by}, code {count.code}: {_told(large)}."
    data = {"count": count.file.stem, "code": count.code, "by": person.name}
    why = f"{person.name} has looked, and found what {count.by} had counted."
    return ask(COUNT, Asked(f"count {count.file.stem}", what, why, data, nor_by=[count.by]), by=person)


def _reverse(request: Request, approver: Person) -> str:
    data = request.data
    said = Said(reason=data["reason"], approved_by=approver.name)
    desk = Desk(data["by"], data["unit"], _now_ms(), _new_id)
    entry = Entry(data["id"], "put-right", said, reverses=data["reverses"])
    done = take(settings.SITE.book, entry, desk, counts=settings.SITE.counts, today=datetime.now(UTC).date())
    if done.status == "refused":
        raise BookError(done.faults)
    return f"event {data['id']}"


def _close(request: Request, approver: Person) -> str:
    data = request.data
    file = _file(request)
    if not file.exists():
        if is_recorded(settings.SITE.book, data["count"]):
            return f"event {data['count']}"  # recorded before, when this was cut off
        do = "refuse it; the goods are counted anew"
        raise BookError(Fault("This count waits no more.", "the count", data["code"], do, "U4"))
    closed = close_count(settings.SITE.book, file, by=data["by"], now_ms=_now_ms(), approved_by=approver.name)
    file.unlink(missing_ok=True)
    return f"event {closed.recorded.event.id}: {_told(closed.found)}"


def _put_aside(request: Request) -> None:
    """Put a refused count where it waits no more; the goods are counted anew."""
    file = _file(request)
    aside = file.parent / "discarded"
    aside.mkdir(exist_ok=True)
    if file.exists():
        file.rename(aside / file.name)


REVERSAL = add(Kind("reversal", "putting right what is old or another's", carry_out=_reverse))
COUNT = add(Kind("count", "closing a count that is far from the book", carry_out=_close, refused=_put_aside))


def _file(request: Request) -> Path:
    """Return the file of a count, by the id that was made for it here."""
    return Path(settings.SITE.counts) / f"{id_text(request.data['count'])}.json"


def _told(found: Sequence[Found]) -> str:
    return "; ".join(
        f"{each.line.resource}{f', lot {each.line.lot}' if each.line.lot else ''}: found "
        f"{_amount(each.line.quantity, each.line.unit)}, the book says {_amount(each.book, each.line.unit)}"
        for each in found
    )


def _amount(quantity: int, unit: str) -> str:
    if unit in LARGER:
        return f"{quantity / 1_000:,.10g} {LARGER[unit]}"
    return f"{quantity:,} {unit}{'s' if unit == 'piece' and quantity != 1 else ''}"


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _new_id() -> str:
    return uuid7(_now_ms(), random=secrets.randbits(RANDOM_BITS))
