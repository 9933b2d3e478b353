"""Pages of a plan: its map with a slider over the periods, and its pipeline."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET

from muster.services.plan_lists import plan_folder
from muster.services.plan_maps import map_sheet
from muster.services.plan_maps import pipeline as pipeline_of
from muster.web.pages.told import told
from muster.web.people.access import role


@require_GET
@role("logistician")
@told
def of_plan(request: HttpRequest, plan: str) -> HttpResponse:
    """Show where who stands and what is sent, at the worst moment of the whole plan or in a period.

    The slider says 0 for the whole plan and 1 for the first period.
    """
    asked = request.GET.get("at", "0")
    at = int(asked) if asked.isdecimal() and asked.isascii() and len(asked) < 6 else -1
    folder = plan_folder(settings.SITE.plans, plan)
    found = map_sheet(folder, period=None if at == 0 else at - 1, need=request.GET.get("need", ""))
    picture = mark_safe(found.picture)  # made by our own pictures, which escape every word
    return render(request, "jobs/map.html", {"plan": plan, "map": found, "at": at, "picture": picture})


@require_GET
@role("logistician")
@told
def pipeline(request: HttpRequest, plan: str) -> HttpResponse:
    """Show what arrives when, and where it is short."""
    found = pipeline_of(plan_folder(settings.SITE.plans, plan))
    return render(request, "jobs/pipeline.html", {"plan": plan, "found": found})
