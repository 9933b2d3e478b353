"""Pages of economies: their versions, what changed between two, and where a new one is taken in."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from muster.services.economy_changes import economy_changes
from muster.services.economy_uploads import MOST_BYTES
from muster.web.jobs.forms import UploadForm
from muster.web.jobs.models import Job, Version
from muster.web.jobs.versions import from_file, version
from muster.web.pages.told import told
from muster.web.people.access import role
from muster.web.people.person import Person

MOST_SHOWN = 200
"""Versions listed, the latest first."""


@require_http_methods(["GET", "POST"])
@role("logistician")
@told
def listed(request: HttpRequest) -> HttpResponse:
    """Show all versions, the latest first; take in a new one, or show everything that is wrong with it."""
    form = UploadForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    here: dict[str, Any] = {"form": form, "most": MOST_BYTES // 2**20}
    status = 200
    if form.is_bound:
        status = 400
        if form.is_valid() and form.cleaned_data["file"].size > MOST_BYTES:
            form.add_error("file", gettext("This file is too large: at most %(most)s MB.") % {"most": here["most"]})
        elif form.is_valid():
            made, received = _taken_in(request, form)
            if made is not None:
                messages.success(request, gettext("%(version)s is there.") % {"version": made})
                return redirect("jobs:economy", made.pk)
            here["faults"] = received.faults
    here["versions"] = Version.objects.order_by("-pk")[:MOST_SHOWN]
    return render(request, "jobs/economies.html", here, status=status)


def _taken_in(request: HttpRequest, form: UploadForm) -> tuple[Version | None, Any]:
    person: Person = request.person
    with tempfile.TemporaryDirectory(prefix="muster-sent-") as beside:
        file = Path(beside) / "sent"
        with file.open("wb") as kept:
            for chunk in form.cleaned_data["file"].chunks():
                kept.write(chunk)
        about = {"name": form.cleaned_data["name"], "by": person.name, "at": timezone.now()}
        return from_file(settings.SITE.economies, file, **about)


@require_GET
@role("logistician")
@told
def one(request: HttpRequest, key: int) -> HttpResponse:
    """Show a version, the plans made from it, and what changed since another one."""
    found = version(key)
    others = Version.objects.exclude(pk=found.pk).order_by("-pk")[:MOST_SHOWN]
    asked = request.GET.get("since")
    before = Version.objects.filter(name=found.name, number__lt=found.number).order_by("-number").first()
    since = version(asked) if asked else before
    changes = economy_changes(*(each.folder(settings.SITE.economies) for each in (since, found))) if since else None
    jobs = Job.objects.filter(version=found).order_by("-pk")[:MOST_SHOWN]
    here = {"version": found, "others": others, "since": since, "changes": changes, "jobs": jobs}
    return render(request, "jobs/economy.html", here)
