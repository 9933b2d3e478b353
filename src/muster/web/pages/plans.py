"""The logistician's plans: listed, each with what it sends when, two of them compared, and files to take away."""

from __future__ import annotations

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from muster.services.plan_lists import (
    FILES,
    differences,
    dispatch_list,
    head,
    plan_folder,
    plan_folders,
    to_take_away,
)
from muster.services.planning_jobs import PLAN
from muster.web.jobs.jobs import latest, stopped_early, under_way
from muster.web.jobs.models import Job
from muster.web.jobs.versions import version_of
from muster.web.pages.told import told
from muster.web.people.access import role

MOST_ENDED = 5
"""Jobs that ended without a plan and are shown, of the latest so many."""


@require_GET
@role("logistician")
@told
def listed(request: HttpRequest) -> HttpResponse:
    """Show all plans, the latest first, and what is being planned."""
    early = stopped_early()
    here = {
        "plans": [(each, each.name in early) for each in map(head, plan_folders(settings.SITE.plans))],
        "under_way": [each for each in under_way() if each.kind == PLAN],
        "unmade": [each for each in latest(PLAN, MOST_ENDED) if each.state != Job.DONE],
    }
    return render(request, "pages/plans.html", here)


@require_GET
@role("logistician")
@told
def one(request: HttpRequest, plan: str) -> HttpResponse:
    """Show what a plan sends in a period."""
    folder, asked = plan_folder(settings.SITE.plans, plan), request.GET.get("period", "0")
    period = int(asked) if asked.isdecimal() and asked.isascii() else -1
    found = dispatch_list(folder, period)
    others = [each.name for each in plan_folders(settings.SITE.plans) if each != folder]
    about = head(folder)
    version, job = version_of(folder.name, about.sha256)
    here = {"head": about, "sent": found, "others": others, "version": version, "job": job}
    here["early"] = stopped_early().get(folder.name)
    return render(request, "pages/plan.html", here)


@require_GET
@role("logistician")
@told
def take(request: HttpRequest, plan: str, name: str) -> HttpResponse:
    """Hand out the workbook or the report of a plan; the report is to be opened from the disk, where it may draw."""
    assert name in FILES, name
    file = to_take_away(plan_folder(settings.SITE.plans, plan), name)
    return FileResponse(file.open("rb"), as_attachment=True, filename=f"{plan}-{name}")


@require_GET
@role("logistician")
@told
def compared(request: HttpRequest) -> HttpResponse:
    """Show who gains and who loses from one plan to another."""
    before, after = (plan_folder(settings.SITE.plans, request.GET.get(name, "")) for name in ("before", "after"))
    return render(request, "pages/compared.html", {"found": differences(before, after)})
