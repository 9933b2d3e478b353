"""The page of requests: what waits for a decision, what was decided."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from muster.errors import Fault, MusterError
from muster.web.approvals.models import LONGEST_TEXT, Request
from muster.web.approvals.requests import decide, may_decide, seen_by, withdraw
from muster.web.people.access import role
from muster.web.people.person import Person

SHOWN = 100
"""Decided requests that are shown."""

_ROLES = ("clerk", "manager", "logistician", "auditor", "admin")


@require_GET
@role(*_ROLES)
def listed(request: HttpRequest) -> HttpResponse:
    """Show the requests that somebody sees, those that they can decide first."""
    return _shown(request)


@require_POST
@role(*_ROLES)
def act(request: HttpRequest, key: int) -> HttpResponse:
    """Approve, refuse or withdraw a request."""
    person: Person = request.person
    if not seen_by(person).filter(pk=key).exists():
        raise Http404
    do = request.POST.get("do", "")
    try:
        if do in ("approve", "refuse"):
            done = decide(key, by=person, approve=do == "approve", reason=request.POST.get("reason", ""))
        elif do == "withdraw":
            done = withdraw(key, by=person)
        else:
            return _shown(request, status=400)
    except MusterError as error:
        return _shown(request, faults=error.faults, status=409)
    said = {"approved": gettext("approved and carried out"), "refused": gettext("refused")}
    messages.success(request, f"{done.number}: {said.get(done.state, gettext('withdrawn'))}.")
    return redirect("approvals:listed")


def _shown(request: HttpRequest, *, faults: tuple[Fault, ...] = (), status: int = 200) -> HttpResponse:
    person, now = request.person, timezone.now()
    waiting = seen_by(person).filter(state=Request.OPEN, deadline__gte=now).order_by("deadline")
    here = {
        "waiting": [(each, may_decide(each, person), each.asked_by == person.name) for each in waiting],
        "rest": seen_by(person).exclude(pk__in=waiting.values("pk"))[:SHOWN],
        "now": now,
        "most": LONGEST_TEXT,
        "faults": faults,
    }
    return render(request, "approvals/listed.html", here, status=status)
