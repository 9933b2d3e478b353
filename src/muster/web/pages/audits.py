"""The auditor's pages: does it add up, three ways per waybill, what was put right, who may what, is the log whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from muster.services.audits import KINDS_OF_PLACE, exceptions, rights, trial_balance, verify, waybills
from muster.services.books import root_of
from muster.web.approvals.requests import seen_by
from muster.web.fragments import holds
from muster.web.pages.told import told
from muster.web.people.access import role

LARGEST_CHECKPOINT = 10_000
"""Bytes of a checkpoint that is brought; one has a few hundred."""


MOST_REQUESTS = 200
"""Requests for approval that are shown."""


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"})


class When(forms.Form):
    """A day, and how much of the book was known."""

    as_of = forms.DateField(required=False, label="What there was at the end of", widget=_day())
    known_on = forms.DateField(required=False, label="as known at the end of", widget=_day())
    known_at = forms.IntegerField(required=False, min_value=0, label="or when the book had so many events")


@require_GET
@role("auditor")
@told
def trial(request: HttpRequest) -> HttpResponse:
    """Show the trial balance at a date, as known at some time."""
    form = When(request.GET)
    asked: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    found = trial_balance(settings.SITE.book, **asked)
    here = {"form": form, "trial": found, "kinds": KINDS_OF_PLACE, "as_of": asked.get("as_of"), "tab": "trial"}
    return render(request, "pages/trial.html", here)


@require_GET
@role("auditor")
@told
def three_ways(request: HttpRequest) -> HttpResponse:
    """Show waybills: dispatched, arrived, lost, claimed, still on the way; if asked, also those that arrived."""
    found, every = waybills(settings.SITE.book, today=timezone.now().date()), "all" in request.GET
    asked = request.GET.get("q", "").strip()
    rows = [
        row
        for row in (found.differ + found.arrived if every else found.differ)
        if holds(asked, row.waybill, row.resource, row.lot, row.destination)
    ]
    here = {"rows": rows, "found": found, "every": every, "q": asked, "tab": "waybills"}
    return render(request, "pages/waybills.html", here)


@require_GET
@role("auditor")
@told
def exceptional(request: HttpRequest) -> HttpResponse:
    """Show reversals, what somebody allowed, and what was asked and decided."""
    here = {"rows": exceptions(settings.SITE.book), "tab": "exceptions", "now": timezone.now()}
    return render(request, "pages/exceptions.html", here | {"requests": seen_by(request.person)[:MOST_REQUESTS]})


@require_GET
@role("auditor")
@told
def who(request: HttpRequest) -> HttpResponse:
    """Show who may do what, as the book has it registered."""
    return render(request, "pages/rights.html", {"register": rights(settings.SITE.book), "tab": "rights"})


@require_http_methods(["GET", "POST"])
@role("auditor")
@told
def log(request: HttpRequest) -> HttpResponse:
    """Check the whole book when asked, also against a checkpoint that is brought."""
    if request.method == "GET":
        return render(request, "pages/log.html", {"tab": "log"})
    brought = request.FILES.get("checkpoint")
    if brought is not None and brought.size > LARGEST_CHECKPOINT:
        return render(request, "pages/log.html", {"tab": "log", "too_large": True}, status=400)
    found = verify(settings.SITE.book, kept=brought.read() if brought else b"", key=_key())
    return render(request, "pages/log.html", {"tab": "log", "found": found})


@require_GET
@role("auditor")
@told
def checkpoint(request: HttpRequest) -> HttpResponse:
    """Hand out the signed checkpoint of the log as it is now."""
    root = root_of(settings.SITE.book, key=_key())
    answer = HttpResponse(root.note, content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{timezone.now():%Y-%m-%d}-{root.size}.checkpoint"'
    return answer


@require_GET
@role("auditor")
@told
def public_key(request: HttpRequest) -> HttpResponse:
    """Hand out the key that checks checkpoints."""
    answer = HttpResponse(
        f"{root_of(settings.SITE.book, key=_key()).public_key}\n", content_type="text/plain; charset=utf-8"
    )
    answer["Content-Disposition"] = 'attachment; filename="book.pub"'
    return answer


def _key() -> Path:
    """Return the file of the key that signs the log."""
    folder: Path = settings.SITE.folder
    return folder / "book.key"
