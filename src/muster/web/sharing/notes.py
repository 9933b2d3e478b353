"""Dispatch notes to be printed: one sheet of A4 for each waybill, alone or all of a split."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from muster.services.splits import notes
from muster.web.pages.told import told
from muster.web.people.access import role
from muster.web.people.person import Person
from muster.web.sharing.models import Waybill


@require_GET
@role("manager", "auditor")
@told
def every(request: HttpRequest, key: int) -> HttpResponse:
    """Show the notes of a split, each on a sheet of its own."""
    return _shown(request, {"split": key})


@require_GET
@role("manager", "auditor")
@told
def one(request: HttpRequest, key: int) -> HttpResponse:
    """Show one note."""
    return _shown(request, {"pk": key})


def _shown(request: HttpRequest, which: dict[str, int]) -> HttpResponse:
    person: Person = request.person
    own = {} if person.has("auditor") else {"split__unit": person.unit}
    waybills = list(Waybill.objects.filter(**which, **own).select_related("split").order_by("id"))
    found = notes(settings.SITE.book, [each.event for each in waybills])
    if not found:
        raise Http404
    keys = {each.event: each.pk for each in waybills}
    here = {
        "notes": [(keys[each.id], each) for each in found],
        "split": waybills[0].split,
        "today": timezone.now().date(),
    }
    return render(request, "sharing/notes.html", here)
