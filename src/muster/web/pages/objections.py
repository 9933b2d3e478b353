"""Objections: read by those who decide and check, answered once by a named officer."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from muster.web.approvals.requests import subjects_open
from muster.web.pages.answers import ANSWER, answer_asked
from muster.web.pages.models import LONGEST_TEXT, Objection
from muster.web.people.access import role
from muster.web.people.person import Person


@require_GET
@role("manager", "logistician", "auditor")
def listed(request: HttpRequest) -> HttpResponse:
    """Show objections, those without an answer first, the earliest deadline before all."""
    person: Person = request.person
    waiting = _of(person).filter(answered=None).order_by("deadline", "id")
    answered = _of(person).exclude(answered=None).order_by("-answered")
    return render(
        request,
        "pages/objections.html",
        {
            "waiting": waiting,
            "answered": answered,
            "today": timezone.now().date(),
            "may_answer": person.has("manager", "logistician"),
            "most": LONGEST_TEXT,
            "asked": subjects_open(ANSWER),
        },
    )


@require_POST
@role("manager", "logistician")
def answer(request: HttpRequest, key: int) -> HttpResponse:
    """Record the answer of the officer who asks; what has been answered stays as it is."""
    person: Person = request.person
    objection = get_object_or_404(_of(person), pk=key)
    text = request.POST.get("text", "").strip()
    if not text or len(text) > LONGEST_TEXT:
        messages.error(request, f"Write an answer, in at most {LONGEST_TEXT:,} signs.")
    elif request.POST.get("changes"):
        asked = answer_asked(objection, text, person)
        messages.warning(request, f"Objection {objection.number}: request {asked.number} waits for a second person.")
    else:
        open_still = Objection.objects.filter(pk=objection.pk, answered=None)
        if open_still.update(answer=text, officer=person.name, answered=timezone.now()):
            messages.success(request, f"Objection {objection.number} is answered.")
        else:
            messages.warning(request, f"Objection {objection.number} had been answered before; that answer stands.")
    return redirect("pages:objections")


def _of(person: Person) -> QuerySet[Objection]:
    """Return the objections that somebody may see: a manager those of the own unit, others all."""
    found = Objection.objects.all()
    return found if person.has("logistician", "auditor") else found.filter(unit=person.unit)
