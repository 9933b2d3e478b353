"""The pages of splits: made with one button, changed with reasons, sent or withdrawn."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from muster.book.ids import RANDOM_BITS, uuid7
from muster.errors import BookError
from muster.services.book_records import Desk
from muster.services.depots import depot
from muster.web.pages.told import told
from muster.web.people.access import role
from muster.web.people.person import Person
from muster.web.sharing import steps
from muster.web.sharing.models import Share, Split

MOST_LISTED = 100


@dataclass(frozen=True)
class Row:
    """A line of a split beside what was asked for; in packs, and as shares from 0 to 1.

    Attributes:
        told: What was written into the line just now; else its packs.
        why: The reason that was written.
    """

    line: Share
    fair: int
    packs: int
    most: int
    before: float
    after: float
    told: str
    why: str


@dataclass(frozen=True)
class Would:
    """What a request would get in a split: in smallest units, in packs, and its share of what was asked after it."""

    standing: steps.Standing
    share: int
    packs: int
    after: float


@require_GET
@role("manager", "auditor")
@told
def listed(request: HttpRequest) -> HttpResponse:
    """Show all splits, the latest first."""
    return render(request, "sharing/splits.html", {"splits": _of(request.person).order_by("-id")[:MOST_LISTED]})


@require_POST
@role("manager")
@told
def make(request: HttpRequest) -> HttpResponse:
    """Split a good over its open requests."""
    person: Person = request.person
    now = timezone.now()
    store = depot(settings.SITE.book, person.unit, today=now.date())
    split, made = steps.make(settings.SITE.book, store, person, request.POST, now=now)
    if not made:
        messages.warning(request, gettext("There is an open split of it already: this one."))
    return redirect("sharing:split", split.pk)


@require_GET
@role("manager")
@told
def preview(request: HttpRequest) -> HttpResponse:
    """Show what each would get, or why that cannot be said; nothing is made."""
    person: Person = request.person
    today = timezone.now().date()
    store = depot(settings.SITE.book, person.unit, today=today)
    try:
        fair = steps.reckon(settings.SITE.book, store, person, request.GET, today=today)
    except BookError as error:
        return render(request, "sharing/preview.html", {"faults": error.faults})
    rows = [
        Would(each, share, share // fair.measure.size, min(1.0, (each.had + share) / each.request.asked))
        for each, share in fair.lines
    ]
    return render(request, "sharing/preview.html", {"fair": fair, "rows": rows})


@require_GET
@role("manager", "auditor")
@told
def one(request: HttpRequest, key: int) -> HttpResponse:
    """Show a split: what each gets against what was asked, before and after."""
    return _shown(request, get_object_or_404(_of(request.person), pk=key))


@require_POST
@role("manager")
@told
def change(request: HttpRequest, key: int) -> HttpResponse:
    """Change lines, each with a reason."""
    split = get_object_or_404(_of(request.person), pk=key)
    try:
        count = steps.change(split, request.person, request.POST, now=timezone.now())
    except BookError as error:
        return _shown(request, split, faults=error.faults, given=request.POST, status=400)
    if count:
        messages.success(request, gettext("Changed, with your reasons."))
    else:
        messages.warning(request, gettext("Nothing was changed."))
    return redirect("sharing:split", key)


@require_POST
@role("manager")
@told
def withdraw(request: HttpRequest, key: int) -> HttpResponse:
    """Withdraw a split before it is sent."""
    split = get_object_or_404(_of(request.person), pk=key)
    try:
        steps.withdraw(split, request.person, request.POST.get("why", "").strip(), now=timezone.now())
    except BookError as error:
        return _shown(request, split, faults=error.faults, status=400)
    messages.success(request, gettext("The split is withdrawn; the requests are open as before."))
    return redirect("sharing:requests")


@require_POST
@role("manager")
@told
def send(request: HttpRequest, key: int) -> HttpResponse:
    """Write the waybills into the book, and go to the notes to be printed."""
    person: Person = request.person
    split, now = get_object_or_404(_of(person), pk=key), timezone.now()
    now_ms = int(now.timestamp() * 1000)

    def new_id() -> str:
        return uuid7(now_ms, random=secrets.randbits(RANDOM_BITS))

    desk = Desk(person.name, person.unit, now_ms, new_id)
    try:
        done = steps.send(settings.SITE.book, split, desk, person, now=now, new_id=new_id)
    except BookError as error:
        split.refresh_from_db()
        return _shown(request, split, faults=error.faults, status=409)
    if done:
        messages.success(request, gettext("Written into the book. Print the notes for the drivers."))
    else:
        messages.warning(request, gettext("It had been sent before; nothing was written twice."))
    return redirect("sharing:notes", key)


def _of(person: Person) -> QuerySet[Split]:
    """Return the splits that somebody may see: an auditor all, a manager those of the own unit."""
    return Split.objects.all() if person.has("auditor") else Split.objects.filter(unit=person.unit)


def _shown(
    request: HttpRequest, split: Split, *, faults: Any = (), given: Any = None, status: int = 200
) -> HttpResponse:
    person: Person = request.person
    lines = split.shares.select_related("request").prefetch_related("changes").order_by("request__until", "id")
    rows = [_row(split, line, given or {}) for line in lines]
    here = {
        "split": split,
        "rows": rows,
        "kept": steps.kept(split),
        "open": split.state == Split.OPEN,
        "live": split.state in steps.LIVE,
        "mine": person.has("manager") and person.unit == split.unit,
        "sent": split.state == Split.SENT,
        "faults": faults,
        "given": given or {},
    }
    return render(request, "sharing/split.html", here, status=status)


def _row(split: Split, line: Share, given: Any) -> Row:
    size, asked = split.pack_size, line.request.asked
    return Row(
        line=line,
        fair=line.fair // size,
        packs=line.share // size,
        most=max(line.share, asked - line.had) // size,
        before=min(1.0, line.had / asked),
        after=min(1.0, (line.had + line.share) / asked),
        told=given.get(f"share-{line.pk}", str(line.share // size)),
        why=given.get(f"why-{line.pk}", ""),
    )
