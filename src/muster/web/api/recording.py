"""Operations that record: a batch of events, and what came of a waybill; each entry once, however often it is sent."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from muster.book.ids import RANDOM_BITS, uuid7
from muster.errors import Fault
from muster.services.batches import take_events
from muster.services.book_records import Desk, Said
from muster.services.entries import Entry, Taken, take
from muster.web.api import shapes
from muster.web.api.answers import answers
from muster.web.api.bearer import Token, denied
from muster.web.clerk.overrides import reversal_held_back
from muster.web.people.person import Person
from muster.web.turns import turn

router = Router(tags=["recording"])

WRITERS = ("clerk", "manager")
_OF_OTHERS = ("approved_by", "closed_by")


@router.post("/events", auth=Token(*WRITERS), response=answers(shapes.Outcomes))
def events(request: HttpRequest, batch: shapes.Batch) -> Any:
    """Record events of the interchange form, one after the other; what one of them breaks stops none of the others.

    Unit and recorder are those of the token, and may be left out, as may the running number (then it is the next) and
    the time (then it is now). What is sent again with the same id and the same words is known, and not recorded twice.
    """
    desk, answered = _desk(request, offline=batch.offline), {}
    for position, event in enumerate(batch.events):
        if faults := _not_own(request, event, position):
            answered[position] = Taken(str(event.get("id", ""))[:40], "refused", faults)
        elif held := _held_back(event, request.person):
            answered[position] = held
    own = [event for position, event in enumerate(batch.events) if position not in answered]
    with turn():
        taken = iter(take_events(settings.SITE.book, own, desk))
    done = [answered.get(position) or next(taken) for position in range(len(batch.events))]
    return {"outcomes": [_outcome(each) for each in done]}


@router.post("/arrivals", auth=Token(*WRITERS), response=answers(shapes.Outcome))
def arrivals(request: HttpRequest, arrival: shapes.Arrival) -> Any:
    """Record what came of a waybill; what is missing stays on the way, or is claimed from somebody outside."""
    said = Said(goods=tuple(arrival.goods), occurred=arrival.occurred, document=arrival.waybill)
    entry = Entry(arrival.id, "arrived", said, arrival.claim)
    desk = _desk(request, offline=False)
    return _outcome(take(settings.SITE.book, entry, desk, counts=settings.SITE.counts, today=timezone.now().date()))


def _held_back(event: dict[str, Any], person: Person) -> Taken | None:
    """Return what becomes of an event that takes two people."""
    id, reverses, reason = (event.get(name, "") for name in ("id", "reverses", "reason"))
    if event.get("kind") != "reversal" or not all(isinstance(each, str) for each in (id, reverses, reason)):
        return None
    return reversal_held_back(id, reverses, reason=reason, person=person)


def _not_own(request: HttpRequest, event: dict[str, Any], position: int) -> tuple[Fault, ...]:
    """Return what of an event is not for the person of a token to say."""
    person: Person = request.person
    faults = []
    for field, own in (("recorder", person.name), ("unit", person.unit)):
        if event.get(field, own) != own:
            seen = str(event[field])[:80]
            refusal = denied(
                request, where=f"events, {position}, {field}", seen=seen, do=f"leave it out, or write {own}"
            )
            faults.append(refusal.fault)
    for field in _OF_OTHERS:
        if field in event:
            do = "leave it out; that person records it on a page of their own, after a login of their own"
            what = "A token cannot say what somebody else allowed or closed."
            faults.append(Fault(what, f"events, {position}, {field}", str(event[field])[:80], do, "A7"))
    return tuple(faults)


def _desk(request: HttpRequest, *, offline: bool) -> Desk:
    person: Person = request.person
    now_ms = int(timezone.now().timestamp() * 1_000)
    return Desk(person.name, person.unit, now_ms, lambda: uuid7(now_ms, random=secrets.randbits(RANDOM_BITS)), offline)


def _outcome(done: Taken) -> dict[str, Any]:
    return {"id": done.id, "status": done.status, "faults": [fault.as_dict() for fault in done.faults]}
