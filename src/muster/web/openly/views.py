"""Public pages of places: what the plan says of each, for everybody; and who switches them on and off."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_bidi, get_supported_language_variant, gettext, override
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.http import require_http_methods, require_safe

from muster.errors import PlanError
from muster.services.places import history, place_names, sheet
from muster.services.plan_lists import plan_folders
from muster.web.openly.models import Switch, is_listed, is_on
from muster.web.pages.models import Objection
from muster.web.people.access import role
from muster.web.people.languages import of_site
from muster.web.people.person import Person

KEPT_S = 300
"""Seconds for which others may keep a public page; so long it may still be seen after it was switched off."""

MOST_PLANS = 6
"""Plans over which the history goes."""


@require_safe
def place(request: HttpRequest, place: str) -> HttpResponse:
    """Show a place to everybody: no names of people, no words of objections, no cookies; 404 where it is off."""
    plan = _plan_if_on()
    try:
        found = sheet(plan, place)
    except PlanError:
        raise Http404 from None
    if not found.needs:
        raise Http404
    today = timezone.now().date()
    filed = Objection.objects.filter(place=found.place)
    here = {
        "sheet": found,
        "plan": plan.name,
        "history": history(plan_folders(settings.SITE.plans)[:MOST_PLANS], found.place),
        "objections": filed.count(),
        "answered": filed.exclude(answered=None).count(),
        "late": filed.filter(answered=None, deadline__lt=today).count(),
        "today": today,
        "public": True,
    }
    return _public(request, "openly/place.html", here)


@require_safe
def places(request: HttpRequest) -> HttpResponse:
    """List the places that have a public page; 404 where they are off."""
    plan = _plan_if_on()
    return _public(request, "openly/places.html", {"places": place_names(plan), "plan": plan.name})


@require_http_methods(["GET", "POST"])
@role("admin", "chair")
def switch(request: HttpRequest) -> HttpResponse:
    """Show whether the pages of places are public, who switched them, and let them be switched."""
    person: Person = request.person
    if request.method == "POST":
        on = request.POST.get("on") == "yes"
        listed = on and request.POST.get("listed") == "yes"
        Switch.objects.create(at=timezone.now(), who=person.name, on=on, listed=listed)
        messages.success(request, gettext("Switched on.") if on else gettext("Switched off."))
        return redirect("openly:switch")
    here = {"on": is_on(), "listed": is_listed(), "switches": Switch.objects.order_by("-id")[:10], "kept": KEPT_S // 60}
    return render(request, "openly/switch.html", here)


def _plan_if_on() -> Path:
    plan = next(iter(plan_folders(settings.SITE.plans)), None) if is_on() else None
    if plan is None:
        raise Http404
    return plan


def _public(request: HttpRequest, page: str, here: dict[str, object]) -> HttpResponse:
    """Return a page that says the same to everybody who reads the same language: rendered without a request."""
    language = _language(request)
    listed = is_listed()
    known = [(code, name, f"?in={code}") for code, name in settings.LANGUAGES]
    with override(language):
        beside = {"language": language, "rtl": get_language_bidi(), "languages": known, "listed": listed}
        response = HttpResponse(render_to_string(page, here | beside))
    response["Cache-Control"] = f"public, max-age={KEPT_S}"
    response["Content-Language"] = language
    patch_vary_headers(response, ["Accept-Language"])
    if not listed:
        response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _language(request: HttpRequest) -> str:
    """Return the language that the address names, else the browser asks for, else the site has; no cookie is read."""
    known = {code for code, _ in settings.LANGUAGES}
    if request.GET.get("in") in known:
        return str(request.GET["in"])
    for code, _ in parse_accept_lang_header(request.headers.get("Accept-Language", "")[:200]):
        try:
            return str(get_supported_language_variant(code))
        except LookupError:
            continue
    return of_site() or str(settings.LANGUAGE_CODE)
