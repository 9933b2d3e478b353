"""Login, logout, one's own password, and the page that everybody starts from."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from muster.web.people.access import person_asking, role
from muster.web.people.changes import note_change
from muster.web.people.door import limited, note
from muster.web.people.languages import remember
from muster.web.people.models import Knock
from muster.web.people.person import APPROVING, ROLES, Person

START = {
    "clerk": "clerk:day",
    "chair": "pages:place",
    "manager": "pages:morning",
    "logistician": "pages:plans",
    "auditor": "pages:audit",
    "admin": "office:people",
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
    person = person_asking(request)
    if person is None:
        logout(request)
        return render(request, "people/login.html", again | {"refused": True}, status=403)
    if request.account.one_time is not None and request.account.one_time < timezone.now():
        logout(request)
        return render(request, "people/login.html", again | {"expired": True}, status=403)
    if settings.DEMO and person.has(*APPROVING) and not request.account.second_factor:
        words = gettext("In earnest you would now set up a second factor. In this demo it is only offered.")
        messages.info(request, words)
    safe = url_has_allowed_host_and_scheme(onward, {request.get_host()}, require_https=request.is_secure())
    answer = redirect(onward if safe else "home")
    remember(answer, request.account.language)
    return answer


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Log out."""
    if request.user.is_authenticated:
        note(request, Knock.LOGOUT)
    logout(request)
    return redirect("login")


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@role(*ROLES, settled=False)
def password(request: HttpRequest) -> HttpResponse:
    """Let somebody choose a password of their own; who has one already says it first."""
    account: Any = request.account
    if account.second_factor and not request.user.is_verified():
        return redirect("codes:enter")
    first = account.one_time is not None
    form = (SetPasswordForm if first else PasswordChangeForm)(request.user, request.POST or None)
    if request.method == "GET":
        return render(request, "people/password.html", {"first": first, "form": form})
    if limited(request, request.user.get_username()):
        note(request, Knock.LIMITED)
        return render(request, "people/password.html", {"first": first, "form": form, "limited": True}, status=429)
    if first and request.user.check_password(request.POST.get("new_password1", "")):
        form.add_error("new_password1", gettext("Choose another one than you were given."))
    if not form.is_valid():
        if "old_password" in form.errors:
            note(request, Knock.REFUSED)
        return render(request, "people/password.html", {"first": first, "form": form}, status=400)
    form.save()
    account.one_time = None
    account.save()
    update_session_auth_hash(request, request.user)
    note_change(request.user.get_username(), "own password chosen", whom=request.user.get_username())
    messages.success(request, gettext("Your password is changed."))
    return redirect("home")
