"""The clerk's pages: three buttons, their forms, what waits, the stock card; and where a phone sends what it kept."""

from __future__ import annotations

import hashlib
import secrets
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.contrib import messages
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse as address_of
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from muster.book.events import Event
from muster.book.ids import RANDOM_BITS, uuid7
from muster.errors import BookError
from muster.services.book_counts import Waiting, close_count, discard_count, waiting_counts
from muster.services.book_records import Desk
from muster.services.book_views import stock_card
from muster.services.depots import depot, latest
from muster.services.entries import Taken, take, take_all
from muster.services.overrides import recorded
from muster.web.approvals.models import Request
from muster.web.approvals.requests import asked_lately, subjects_open
from muster.web.clerk.forms import entry_of
from muster.web.clerk.overrides import COUNT, REVERSAL, count_asked, held_back
from muster.web.clerk.words import as_words
from muster.web.people.access import role
from muster.web.people.person import Person
from muster.web.turns import turn

SHOWN, MOST_AT_ONCE = 10, 200
"""Items of the list of the latest; entries of one batch."""

_FORMS = {"received": "clerk/received.html", "gave-out": "clerk/gave_out.html", "counted": "clerk/counted.html"}
_KEPT = ("site.css", "phone.js", "door.js", "icon.svg")
_LONGEST_WHY = 400
_OWN = ("csrfmiddlewaretoken", "id", "form")


@require_GET
@role("clerk", "manager")
def day(request: HttpRequest) -> HttpResponse:
    """Show the three buttons, the last ten items and the counts that wait for a second person."""
    person: Person = request.person
    here = {
        "latest": latest(settings.SITE.book, person.unit, most=SHOWN),
        "waiting": waiting_counts(settings.SITE.counts, unit=person.unit),
        "depot": _depot(person),
        "asked": [(each, _target(each)) for each in asked_lately(person)],
    }
    return render(request, "clerk/day.html", here)


@require_http_methods(["GET", "POST"])
@role("clerk", "manager")
def form(request: HttpRequest, name: str) -> HttpResponse:
    """Show a form; take what it sends without a script, and say what became of it."""
    if name not in _FORMS:
        raise Http404
    status, faults = 200, []
    if request.method == "POST":
        done = _take(request, _own_entry(request), offline=False)
        if done.status != "refused":
            return _said(request, done)
        status, faults = 409, as_words(done.faults)
    here = {"depot": _depot(request.person), "new_id": _new_id(), "faults": faults, "given": request.POST}
    return render(request, _FORMS[name], here, status=status)


@require_http_methods(["GET", "POST"])
@role("clerk", "manager")
def put_right(request: HttpRequest, id: str) -> HttpResponse:
    """Take an earlier entry back, with a reason."""
    person: Person = request.person
    id = str(id)
    found = next((each for each in latest(settings.SITE.book, person.unit, most=SHOWN) if each.event.id == id), None)
    if found is None:
        raise Http404
    status, faults = 200, []
    if request.method == "POST":
        done = _take(request, _own_entry(request), offline=False)
        if done.status != "refused":
            return _said(request, done)
        status, faults = 409, as_words(done.faults)
    here = {"item": found, "new_id": _new_id(), "faults": faults}
    return render(request, "clerk/put_right.html", here, status=status)


@require_http_methods(["GET", "POST"])
@role("clerk", "manager")
def close(request: HttpRequest, id: str) -> HttpResponse:
    """Let a second person see what was counted, and close it; only then is it beside what the book says."""
    person: Person = request.person
    count = _waiting(person, id)
    here: dict[str, Any] = {"count": count, "own": count.by == person.name}
    here["asked"] = f"count {id}" in subjects_open(COUNT)
    if request.method == "POST":
        try:
            if count_asked(count, person):
                return render(request, "clerk/close.html", here | {"asked": True})
            here["closed"] = close_count(settings.SITE.book, count.file, by=person.name, now_ms=_now_ms())
        except BookError as error:
            return render(request, "clerk/close.html", here | {"faults": as_words(error.faults)}, status=409)
        count.file.unlink(missing_ok=True)
    return render(request, "clerk/close.html", here)


@require_POST
@role("clerk", "manager")
def discard(request: HttpRequest, id: str) -> HttpResponse:
    """Throw away a count that one has entered wrongly oneself, with a reason."""
    person: Person = request.person
    count = _waiting(person, id)
    try:
        discard_count(count.file, by=person.name, why=request.POST.get("why", "")[:_LONGEST_WHY], now_ms=_now_ms())
    except BookError as error:
        here = {"count": count, "own": count.by == person.name, "faults": as_words(error.faults)}
        return render(request, "clerk/close.html", here, status=409)
    messages.success(request, gettext("The count is thrown away. Count anew."))
    return redirect("clerk:day")


@require_GET
@role("clerk", "manager")
def card(request: HttpRequest, resource: str) -> HttpResponse:
    """Show the stock card of a resource in the own store, the newest first."""
    person: Person = request.person
    try:
        found = stock_card(settings.SITE.book, f"store:{person.unit}", resource)
    except BookError:
        raise Http404 from None
    rows = list(reversed(found.rows))[:MOST_AT_ONCE]
    return render(request, "clerk/card.html", {"card": found, "rows": rows, "resource": resource})


@require_POST
@role("clerk", "manager")
def sync(request: HttpRequest) -> HttpResponse:
    """Take the entries that a phone kept: each once, however often it is sent.

    The body is ``{"person", "asked", "entries": [{"id", "form", "occurred", "fields"}, …]}``. ``person``: who entered
    them, and nobody else sends them. ``asked``: it was just now, and that person can still be told what is wrong.
    """
    try:
        batch = orjson.loads(request.body)
        given = [(each["id"], each["form"], dict(each["fields"]), each["occurred"]) for each in batch["entries"]]
        well = all(isinstance(word, str) for id, form, fields, at in given for word in (id, form, at, *fields.values()))
    except (ValueError, KeyError, TypeError, RawPostDataException):  # the last: a form with files was sent
        given, well = [], False
    if not well or len(given) > MOST_AT_ONCE:
        return JsonResponse({"status": 400, "title": gettext("This is no batch of entries.")}, status=400)
    if batch.get("person") != request.person.name:
        return JsonResponse({"status": 403, "title": gettext("Log in to send it.")}, status=403)
    entries = [entry_of(id, form_name, fields, occurred=at) for id, form_name, fields, at in given]
    desk = _desk(request, offline=not batch.get("asked"))
    held = [held_back(entry, request.person) for entry in entries]
    free = [entry for entry, asked in zip(entries, held, strict=True) if asked is None]
    with turn():
        taken = iter(take_all(settings.SITE.book, free, desk, counts=settings.SITE.counts, today=_today()))
    done = [asked or next(taken) for asked in held]
    outcomes = [
        {"id": entry.id, "status": each.status, "faults": as_words(each.faults)}
        for entry, each in zip(entries, done, strict=True)
    ]
    return JsonResponse({"outcomes": outcomes})


@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    """Say how the page is installed on a phone."""
    icons = [{"src": static(f"icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"} for size in (192, 512)]
    start = address_of("clerk:day")
    shown = {"name": "muster", "short_name": "muster", "start_url": start, "scope": start, "display": "standalone"}
    colours = {"background_color": "#ffffff", "theme_color": "#14507f"}
    return JsonResponse(shown | colours | {"icons": icons}, content_type="application/manifest+json")


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """Give the service worker, with a version that changes when any file it keeps does."""
    files = [Path(path) for name in _KEPT if (path := finders.find(name))]
    version = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]
    here = {"version": version, "kept": [static(name) for name in _KEPT], "start": address_of("clerk:day")}
    response = render(request, "clerk/worker.js", here, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


def _waiting(person: Person, id: object) -> Waiting:
    """Return a count of somebody's unit that waits to be closed."""
    waiting = {each.file.stem: each for each in waiting_counts(settings.SITE.counts, unit=person.unit)}
    if str(id) not in waiting:
        raise Http404
    return waiting[str(id)]


def _target(asked: Request) -> Event | None:
    """Return the event that a request would undo; ``None``: it undoes none."""
    return recorded(settings.SITE.book, asked.data["reverses"]) if asked.kind == REVERSAL.name else None


def _own_entry(request: HttpRequest) -> Any:
    fields = {name: value for name, value in request.POST.items() if name not in _OWN}
    return entry_of(request.POST.get("id", ""), request.POST.get("form", ""), fields, occurred="")


def _take(request: HttpRequest, entry: Any, *, offline: bool) -> Taken:
    if held := held_back(entry, request.person):
        return held
    desk = _desk(request, offline=offline)
    return take(settings.SITE.book, entry, desk, counts=settings.SITE.counts, today=_today())


def _desk(request: HttpRequest, *, offline: bool) -> Desk:
    person: Person = request.person
    return Desk(person.name, person.unit, _now_ms(), _new_id, offline)


def _said(request: HttpRequest, done: Taken) -> HttpResponse:
    if done.status == "asked":
        messages.warning(request, gettext("Sent to a second person, who decides. Until then it stays as it is."))
    elif done.status == "disputed":
        messages.warning(request, gettext("Recorded, but more went out than was there. Count soon."))
    else:
        messages.success(request, gettext("Recorded."))
    return redirect("clerk:day")


def _depot(person: Person) -> Any:
    return depot(settings.SITE.book, person.unit, today=_today())


def _new_id() -> str:
    return uuid7(_now_ms(), random=secrets.randbits(RANDOM_BITS))


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _today() -> date:
    return datetime.now(UTC).date()
