"""Pages of the second factor: the code at the login, enrolling, codes on paper."""

from __future__ import annotations

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_otp import login as verified

from muster.web.codes import factor
from muster.web.people.access import role
from muster.web.people.door import codes_limited, note
from muster.web.people.models import Knock
from muster.web.people.person import APPROVING, ROLES, Person

_SHOWN = "second_factor_shown"
"""Of a session: the pending secret that it has been shown."""


@require_GET
@role(*ROLES)
def own(request: HttpRequest) -> HttpResponse:
    """Show whether one logs in with a second factor, and what can be done about it."""
    return render(request, "codes/own.html", _standing(request))


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
@role(*ROLES, settled=False)
def enter(request: HttpRequest) -> HttpResponse:
    """Ask for the code behind the password; after too many wrong ones the login begins anew."""
    if not request.account.second_factor or request.user.is_verified():
        return redirect("home")
    if request.method == "GET":
        return render(request, "codes/enter.html")
    if codes_limited(request.person.name):
        note(request, Knock.LIMITED)
        logout(request)
        return render(request, "people/login.html", {"limited": True}, status=429)
    device = factor.accepted(request.user, request.POST.get("code", ""))
    if device is None:
        note(request, Knock.CODE)
        return render(request, "codes/enter.html", {"refused": True}, status=400)
    request.session.cycle_key()
    verified(request, device)
    return redirect("home")


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
@role(*ROLES, settled=False)
def enrol(request: HttpRequest) -> HttpResponse:
    """Show a new secret, and take the first code that an app makes of it; then show codes on paper, once."""
    if request.account.second_factor and not request.user.is_verified():
        return redirect("codes:enter")
    if request.account.one_time is not None:
        return redirect("password")
    if request.method == "GET":
        return _enrolling(request)
    if codes_limited(request.person.name):
        note(request, Knock.LIMITED)
        return _enrolling(request, limited=True, status=429)
    device = factor.confirm(request.user, request.POST.get("code", ""), key=request.session.get(_SHOWN))
    if device is None:
        note(request, Knock.CODE)
        return _enrolling(request, refused=True, status=400)
    request.session.cycle_key()
    verified(request, device)
    return render(request, "codes/paper.html", {"codes": factor.new_paper(request.user), "enrolled": True})


@require_POST
@role(*ROLES)
def paper(request: HttpRequest) -> HttpResponse:
    """Make new codes on paper, and show them once."""
    if not request.account.second_factor:
        return redirect("codes:own")
    return render(request, "codes/paper.html", {"codes": factor.new_paper(request.user)})


@require_POST
@role(*ROLES)
def drop(request: HttpRequest) -> HttpResponse:
    """Give the second factor up, where nobody has to have one."""
    if request.account.second_factor and not _standing(request)["must"]:
        factor.drop(request.user)
        messages.success(request, gettext("From now on your password alone lets you in."))
    return redirect("codes:own")


def _enrolling(
    request: HttpRequest, *, refused: bool = False, limited: bool = False, status: int = 200
) -> HttpResponse:
    device = factor.pending(request.user, key=request.session.get(_SHOWN))
    request.session[_SHOWN] = device.pk
    picture = segno.make(device.config_url, error="m").svg_data_uri(scale=5, border=4, light="white")
    here = {"address": device.config_url, "secret": factor.secret_text(device), "picture": picture}
    return render(
        request, "codes/enrol.html", here | _standing(request) | {"refused": refused, "limited": limited}, status=status
    )


def _standing(request: HttpRequest) -> dict[str, object]:
    person: Person = request.person
    return {
        "enrolled": request.account.second_factor,
        "must": person.has(*APPROVING) and not settings.DEMO,
        "should": person.has(*APPROVING),
        "demo": settings.DEMO,
        "left": factor.left(request.user),
    }
