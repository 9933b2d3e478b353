"""Pages of policies: put side by side as a job, shown as a table and a picture, with the price of fairness."""

from __future__ import annotations

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET, require_http_methods

from muster.services.comparisons import PAGE, comparison_folder, comparison_folders, kept_comparison
from muster.services.planning_jobs import COMPARE
from muster.web.jobs.forms import ComparisonForm
from muster.web.jobs.jobs import ask, latest, under_way
from muster.web.jobs.models import Job
from muster.web.jobs.worker import target
from muster.web.pages.told import told
from muster.web.people.access import role

MOST_ENDED = 10


@require_http_methods(["GET", "POST"])
@role("logistician")
@told
def listed(request: HttpRequest) -> HttpResponse:
    """Show the comparisons; ask for one."""
    form = ComparisonForm(request.POST or None, taken=lambda name: target(settings.SITE, COMPARE, name).exists())
    if form.is_valid():
        return redirect("jobs:job", ask(request, form, COMPARE).pk)
    here = {
        "form": form,
        "names": [each.name for each in comparison_folders(settings.SITE.comparisons)],
        "under_way": [each for each in under_way() if each.kind == COMPARE],
        "unmade": [each for each in latest(COMPARE, MOST_ENDED) if each.state != Job.DONE],
    }
    return render(request, "jobs/policies.html", here, status=400 if form.is_bound else 200)


@require_GET
@role("logistician")
@told
def one(request: HttpRequest, name: str) -> HttpResponse:
    """Show a comparison."""
    found = kept_comparison(comparison_folder(settings.SITE.comparisons, name))
    job = Job.objects.filter(kind=COMPARE, name=name, state=Job.DONE).select_related("version").order_by("-pk").first()
    picture = mark_safe(found.picture)  # made by our own pictures, which escape every word
    return render(request, "jobs/comparison.html", {"found": found, "name": name, "job": job, "picture": picture})


@require_GET
@role("logistician")
@told
def take(request: HttpRequest, name: str) -> HttpResponse:
    """Hand out the page of a comparison, to be opened from the disk."""
    file = comparison_folder(settings.SITE.comparisons, name) / PAGE
    return FileResponse(file.open("rb"), as_attachment=True, filename=f"{name}-{PAGE}")
