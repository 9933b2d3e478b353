"""Login, logout, and the page that everybody starts from."""

from __future__ import annotations

from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from muster.web.people.access import person_asking, role
from muster.web.people.door import limited, note
from muster.web.people.models import Knock
from muster.web.people.person import ROLES, Person

START = {
    "clerk": "clerk:day",
    "chair": "pages:place",
    "manager": "pages:morning",
    "logistician": "pages:plans",
    "auditor": "pages:audit",
    "admin": "pages:admin",
}
"""Role -> the page it starts from."""


@require_GET
@role(*ROLES)
def home(request: HttpRequest) -> HttpResponse:
    """Send each role to its page; who has several roles has them all in the menu."""
    person: Person = request.person
    return redirect(START[next(name for name in START if person.has(name))])


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Show the login, or log in."""
    if request.method == "GET":
        return render(request, "people/login.html", {"next": request.GET.get("next", "")})
    name, onward = request.POST.get("name", "").strip(), request.POST.get("next", "")
    again = {"name": name, "next": onward}
    if limited(request, name):
        note(request, Knock.LIMITED, who=name)
        return render(request, "people/login.html", again | {"limited": True}, status=429)
    user = authenticate(request, username=name, password=request.POST.get("password", ""))
    if user is None:
        note(request, Knock.REFUSED, who=name)
        return render(request, "people/login.html", again | {"refused": True}, status=403)
    login(request, user)
    note(request, Knock.LOGIN)
    if person_asking(request) is None:
        logout(request)
        return render(request, "people/login.html", again | {"refused": True}, status=403)
    safe = url_has_allowed_host_and_scheme(onward, {request.get_host()}, require_https=request.is_secure())
    return redirect(onward if safe else "home")


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Log out."""
    if request.user.is_authenticated:
        note(request, Knock.LOGOUT)
    logout(request)
    return redirect("login")
