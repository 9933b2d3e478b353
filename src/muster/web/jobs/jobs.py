"""Pages of jobs: ask for a plan, see how it goes, stop it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRefresh

from muster.services.planning_jobs import PLAN
from muster.web.jobs import queue
from muster.web.jobs.forms import PlanForm
from muster.web.jobs.models import Job
from muster.web.jobs.worker import target
from muster.web.pages.told import told
from muster.web.people.access import role
from muster.web.people.person import Person

REFRESH_S, EVERY_S = 3, 2
"""Seconds after which a job's page is loaded anew where no script runs, and after which it asks where one does."""

USUAL_LIMIT_S = 300
"""What is offered: a large plan that is not at its best by then is feasible, and says how far from best it may be."""


@require_http_methods(["GET", "POST"])
@role("logistician")
@told
def new_plan(request: HttpRequest) -> HttpResponse:
    """Ask for a plan."""
    form = PlanForm(request.POST or None, taken=lambda name: target(settings.SITE, PLAN, name).exists())
    if form.is_valid():
        return redirect("jobs:job", ask(request, form, PLAN).pk)
    if not form.is_bound:
        form.initial = {"version": request.GET.get("version"), "limit_seconds": USUAL_LIMIT_S}
    return render(request, "jobs/new_plan.html", {"form": form}, status=400 if form.is_bound else 200)


def ask(request: HttpRequest, form: PlanForm, kind: str) -> Job:
    """Put what a form says into the queue."""
    person: Person = request.person
    said = form.cleaned_data
    about = {"kind": kind, "name": said["name"], "choices": form.choices()}
    return queue.ask(said["version"], **about, by=person.name, at=timezone.now())


@require_GET
@role("logistician")
def one(request: HttpRequest, key: int) -> HttpResponse:
    """Show a job: what was asked for, where it stands, what came of it."""
    job = _job(key)
    here = {"job": job, "now": _standing(job), "refresh": REFRESH_S, "every": EVERY_S, "waits_for": _before(job)}
    return render(request, "jobs/job.html", here)


@require_GET
@role("logistician")
def state(request: HttpRequest, key: int) -> HttpResponse:
    """Say where an open job stands; where its page shows what is no longer so, that page is loaded anew."""
    job = _job(key)
    now = _standing(job)
    if not job.open or request.GET.get("shown") != now["shown"]:
        return HttpResponseClientRefresh()
    return render(request, "jobs/standing.html", {"now": now})


@require_POST
@role("logistician")
def cancel(request: HttpRequest, key: int) -> HttpResponse:
    """Stop a job; what there is of a plan by then is made, unless nothing of it is wanted."""
    job, person, unwanted = _job(key), request.person, "unwanted" in request.POST
    if queue.cancel(job.pk, by=person.name, at=timezone.now(), unwanted=unwanted):
        messages.success(request, gettext("%(name)s is being stopped; nothing half-made stays.") % {"name": job.name})
    else:
        messages.warning(request, gettext("It had ended before."))
    return redirect("jobs:job", job.pk)


def under_way() -> list[Job]:
    """Return the jobs that wait or run, in their order."""
    return list(Job.objects.filter(state__in=(Job.WAITING, Job.RUNNING)).select_related("version").order_by("pk"))


def latest(kind: str, most: int) -> list[Job]:
    """Return the jobs of a kind that have ended, the latest first."""
    ended = Job.objects.filter(kind=kind).exclude(state__in=(Job.WAITING, Job.RUNNING))
    return list(ended.select_related("version").order_by("-ended")[:most])


def stopped_early() -> dict[str, list[tuple[str, float]]]:
    """Return the plans that were stopped early: name -> goals, and how far from best each may be."""
    found = Job.objects.filter(kind=PLAN, made__has_key="early").order_by("pk")
    return dict(found.values_list("name", "made__early"))


def _job(key: int) -> Job:
    job = Job.objects.select_related("version").filter(pk=key).first() if key < 2**63 else None
    if job is None:
        raise Http404
    return job


def _before(job: Job) -> int:
    """Return how many jobs come before one that waits."""
    if job.state != Job.WAITING:
        return 0
    return Job.objects.filter(state__in=(Job.WAITING, Job.RUNNING), pk__lt=job.pk).count()


def _standing(job: Job) -> dict[str, Any]:
    """Return where a job stands; ``shown`` changes where more than figures does."""
    now = timezone.now()
    begun = job.started if job.state != Job.WAITING else None
    return {
        "shown": f"{job.state}{bool(job.cancelled_by):d}{job.unwanted:d}",
        "share": round(job.share, 3),
        "message": job.message,
        "elapsed": int(((job.ended or now) - begun).total_seconds()) if begun else 0,
        "stopping": bool(job.cancelled_by) and job.open,
        "silent": queue.silent(job, at=now),
    }
