"""The page about one place: what it has, why, who has more, what would change it, and objections to it."""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from muster.services.places import history, place_names, sheet
from muster.services.plan_lists import plan_folder, plan_folders
from muster.web.fragments import holds
from muster.web.jobs.jobs import under_way
from muster.web.pages.answering import worked_out
from muster.web.pages.models import LONGEST_TEXT, Objection, deadline_from
from muster.web.pages.told import told
from muster.web.people.access import denied, role
from muster.web.people.person import Person

READERS = ("chair", "manager", "logistician", "auditor")
"""Roles that see pages of places: a chair the own place, the others any."""

MOST_PLANS = 6
"""Plans over which the history goes."""

_working = Lock()
"""Held while an answer is worked out: one at a time in a process."""


@require_GET
@role(*READERS)
@told
def mine(request: HttpRequest) -> HttpResponse:
    """Show a chair the own place, others the list of places."""
    person: Person = request.person
    if _only_own(person):
        return _shown(request, person.place)
    current = _plan("")
    asked = request.GET.get("q", "").strip()
    places = [each for each in place_names(current) if holds(asked, *each)] if current else ()
    return render(request, "pages/places.html", {"places": places, "plan": current and current.name, "q": asked})


@require_GET
@role(*READERS)
@told
def one(request: HttpRequest, place: str) -> HttpResponse:
    """Show a place."""
    if _foreign(request.person, place):
        return denied(request)
    return _shown(request, place)


@require_POST
@role(*READERS)
@told
def ask(request: HttpRequest, place: str) -> HttpResponse:
    """Work out why a place has what it has and what would change it, and show it."""
    if _foreign(request.person, place):
        return denied(request)
    name = request.POST.get("plan", "")
    if not _working.acquire(blocking=False):
        messages.warning(request, gettext("Another place is being worked out. Ask again in a minute."))
    else:
        try:
            folder = plan_folder(settings.SITE.plans, name)
            if not worked_out(folder, sheet(folder, place).place):
                messages.warning(request, gettext("It could not be worked out within a minute."))
        finally:
            _working.release()
    return redirect(_address(place, name))


@require_POST
@role("chair")
@told
def object_to(request: HttpRequest, place: str) -> HttpResponse:
    """File an objection, with a number and the day until which it is to be answered."""
    person: Person = request.person
    if place != person.place:
        return denied(request)
    text, name = request.POST.get("text", "").strip(), request.POST.get("plan", "")
    if not text or len(text) > LONGEST_TEXT:
        most = {"most": LONGEST_TEXT}
        messages.error(request, gettext("Write what is wrong, in at most %(most)s signs.") % most)
        return redirect(_address(place, name))
    found = sheet(plan_folder(settings.SITE.plans, name), place)
    now = timezone.now()
    filed = Objection.objects.create(
        place=found.place,
        place_name=found.name,
        unit=person.unit,
        plan=name,
        economy=found.sha256,
        text=text,
        filed_by=person.name,
        filed=now,
        deadline=deadline_from(now.date()),
    )
    messages.success(request, gettext("Your objection has the number %(number)s.") % {"number": filed.number})
    return redirect(_address(place, name) + "#objections")


def _shown(request: HttpRequest, place: str) -> HttpResponse:
    current = _plan(request.GET.get("plan", "")) if "plan" in request.GET else _latest_with(place)
    if current is None and not _only_own(request.person):
        current = _plan("")
    if current is None:
        return render(request, "pages/no_plan.html", {"unknown": place if _plan("") and not under_way() else ""})
    found = sheet(current, place)
    past = history(plan_folders(settings.SITE.plans)[:MOST_PLANS], found.place)
    person: Person = request.person
    return render(
        request,
        "pages/place.html",
        {
            "sheet": found,
            "plan": current.name,
            "plans": list(dict.fromkeys([*(each.plan for each in past), current.name])),
            "history": past,
            "objections": Objection.objects.filter(place=found.place).order_by("-id"),
            "today": timezone.now().date(),
            "may_object": person.has("chair") and person.place == found.place,
            "may_open": person.has("chair", "admin"),
            "most": LONGEST_TEXT,
        },
    )


def _plan(name: str) -> Path | None:
    """Return the plan of a name, without a name the one written last; ``None``: there is none yet."""
    if name:
        return plan_folder(settings.SITE.plans, name)
    return next(iter(plan_folders(settings.SITE.plans)), None)


def _latest_with(place: str) -> Path | None:
    """Return the plan written last that has anybody to serve in a place."""
    return next((each for each in plan_folders(settings.SITE.plans) if place in dict(place_names(each))), None)


def _only_own(person: Person) -> bool:
    return not person.has(*(each for each in READERS if each != "chair"))


def _foreign(person: Person, place: str) -> bool:
    """Return whether a place is none of this person's business."""
    return _only_own(person) and place != person.place


def _address(place: str, plan: str) -> str:
    return f"{reverse('pages:one', args=[place])}?{urlencode({'plan': plan})}"
