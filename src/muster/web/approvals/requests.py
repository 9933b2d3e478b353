"""Asking for approval, deciding, withdrawing; see the package for how another page uses it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from muster.errors import Fault, MusterError
from muster.web.approvals.kinds import KINDS, Kind
from muster.web.approvals.models import DAYS, LONGEST_TEXT, Request, deadline_from
from muster.web.people.changes import note_change
from muster.web.people.person import Person


class ApprovalError(MusterError):
    """A request cannot be made or decided."""


@dataclass(frozen=True)
class Asked:
    """What is asked.

    Attributes:
        subject: What it is about; only one open request of a kind is about the same.
        what: What would be done, in a sentence that whoever decides can judge.
        why: The reason of who asks.
        data: What is needed to carry it out, JSON-ready.
        unit: Whose managers decide; ``""``: the unit of who asks.
        ref: An id made by who asks: the same request sent twice is one.
        nor_by: Who may not decide either, besides who asks.
    """

    subject: str
    what: str
    why: str
    data: dict[str, Any] = field(default_factory=dict)
    unit: str = ""
    ref: str = ""
    nor_by: Sequence[str] = ()


def ask(kind: Kind, asked: Asked, *, by: Person) -> Request:
    """Ask; return the request, or the one that is there already: sent twice, or still open about the same.

    Raises:
        ApprovalError: There is no reason, or it is too long (W4).
    """
    try:
        return _ask(kind, asked, by=by)
    except IntegrityError:  # somebody asked the same at the same moment
        return _ask(kind, asked, by=by)


@transaction.atomic
def _ask(kind: Kind, asked: Asked, *, by: Person) -> Request:
    if not asked.why.strip() or len(asked.why) > LONGEST_TEXT:
        raise _fault("It is not said why, or at too great length.", asked.why[:40], "say it in a sentence", "W4")
    sent = Request.objects.filter(kind=kind.name, ref=asked.ref).first() if asked.ref else None
    there = sent or Request.objects.filter(kind=kind.name, subject=asked.subject, state=Request.OPEN).first()
    now = timezone.now()
    if there and (sent or not there.lapsed(now)):
        return there
    if there:
        _close(there, Request.WITHDRAWN, by="", reason="nobody decided in time")
    made = Request.objects.create(
        kind=kind.name,
        subject=asked.subject,
        ref=asked.ref,
        what=asked.what,
        why=asked.why,
        data=asked.data,
        nor_by=list(asked.nor_by),
        unit=asked.unit or by.unit,
        asked_by=by.name,
        asked=now,
        deadline=deadline_from(now),
    )
    note_change(by.name, f"asked: {kind.title}", whom=made.number, said=f"{asked.what} Because: {asked.why}")
    return made


@transaction.atomic
def decide(key: int, *, by: Person, approve: bool, reason: str) -> Request:
    """Approve or refuse; what is approved is carried out at once, or nothing is changed.

    Raises:
        ApprovalError: There is no such open request (W5); they may not decide on it (W6); no reason is given (W4).
        MusterError: It cannot be carried out; it stays open.
    """
    request = Request.objects.select_for_update().filter(pk=key).first()
    if request is None or request.state != Request.OPEN or request.lapsed(timezone.now()):
        raise _fault("There is no such open request.", str(key), "look at the list: somebody may have decided", "W5")
    if not may_decide(request, by):
        do = "let another manager of the unit, or an administrator, decide"
        raise _fault("You cannot decide on this.", f"asked by {request.asked_by}", do, "W6")
    if not reason.strip() or len(reason) > LONGEST_TEXT:
        raise _fault("It is not said why, or at too great length.", reason[:40], "say it in a sentence", "W4")
    kind = KINDS[request.kind]
    if approve:
        request.outcome = kind.carry_out(request, by)
    else:
        kind.refused(request)
    _close(request, Request.APPROVED if approve else Request.REFUSED, by=by.name, reason=reason.strip())
    if approve:
        note_change(by.name, f"carried out: {kind.title}", whom=request.number, said=request.outcome)
    return request


@transaction.atomic
def withdraw(key: int, *, by: Person) -> Request:
    """Take back what one asked, as long as nobody has decided.

    Raises:
        ApprovalError: There is no such open request of theirs (W5).
    """
    request = Request.objects.select_for_update().filter(pk=key, asked_by=by.name, state=Request.OPEN).first()
    if request is None:
        raise _fault("There is no such open request of yours.", str(key), "look at the list", "W5")
    _close(request, Request.WITHDRAWN, by=by.name, reason="")
    return request


def may_decide(request: Request, person: Person) -> bool:
    """Return whether somebody has the right to decide: never who asked."""
    if person.name in (request.asked_by, *request.nor_by) or request.kind not in KINDS:
        return False
    of_unit = person.has("manager") and person.unit == request.unit
    return person.has("admin", *KINDS[request.kind].roles) or of_unit


def seen_by(person: Person) -> QuerySet[Request]:
    """Return the requests that somebody sees, the latest first: their own, and those of their unit or kinds."""
    found = Request.objects.order_by("-id")
    if person.has("admin", "auditor"):
        return found
    kinds = [kind.name for kind in KINDS.values() if person.has(*kind.roles)]
    of_unit = Q(unit=person.unit) if person.has("manager") else Q(pk=None)
    return found.filter(Q(asked_by=person.name) | of_unit | Q(kind__in=kinds))


def asked_lately(person: Person, *, most: int = 5) -> list[Request]:
    """Return what somebody asked and nobody has decided, or in the last days, the latest first."""
    still = Q(state=Request.OPEN, deadline__gte=timezone.now())
    lately = Q(decided__gte=timezone.now() - timedelta(days=DAYS))
    return list(Request.objects.filter(still | lately, asked_by=person.name).order_by("-id")[:most])


def subjects_open(kind: Kind) -> frozenset[str]:
    """Return what open requests of a kind are about."""
    still = Request.objects.filter(kind=kind.name, state=Request.OPEN, deadline__gte=timezone.now())
    return frozenset(still.values_list("subject", flat=True))


def _close(request: Request, state: str, *, by: str, reason: str) -> None:
    request.state, request.decided_by, request.decided, request.reason = state, by, timezone.now(), reason
    request.save()
    title = KINDS[request.kind].title if request.kind in KINDS else request.kind
    note_change(by or "muster", f"{state}: {title}", whom=request.number, said=reason)


def _fault(what: str, seen: str, do: str, rule: str) -> ApprovalError:
    return ApprovalError(Fault(what, "the request", seen, do, rule))
