"""Who may see which page: ``@role("clerk")`` on every view; it puts ``request.person``."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from muster.web.people.door import note
from muster.web.people.models import Account, Knock
from muster.web.people.person import APPROVING, ROLES, Person

View = Callable[..., HttpResponse]


def role(*roles: str, settled: bool = True) -> Callable[[View], View]:
    """Return what makes a view that only people with one of the roles see; it gives the view ``request.person``.

    Who is not logged in is sent to the login, or told 401 where a script asks (``Accept: application/json``). Others
    see a page that says so (403), and that is kept in the record of the door.

    Args:
        roles: Some of ``ROLES``.
        settled: Whoever still owes something of the login (``owed``) is sent there first.
    """
    assert roles and set(roles) <= set(ROLES)

    def of(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *words: Any, **named: Any) -> HttpResponse:
            as_json = request.headers.get("Accept") == "application/json"
            person = person_asking(request)
            if person is None:
                if as_json:
                    return JsonResponse({"status": 401, "title": gettext("Log in first.")}, status=401)
                return _sent_to(request, redirect_to_login(_page(request)))
            if settled and (page := owed(request, person)):
                if as_json:
                    return JsonResponse({"status": 403, "title": gettext("Log in first.")}, status=403)
                return _sent_to(request, redirect(page))
            if not person.has(*roles):
                return denied(request)
            request.person = person
            return view(request, *words, **named)

        guarded.roles = frozenset(roles)  # type: ignore[attr-defined]  # for the table of who sees what
        return guarded

    return of


def owed(request: HttpRequest, person: Person) -> str:
    """Return the name of the page that somebody has to go through before any other; ``""``: none.

    A code where they log in with one; a password of their own in the place of one that was given them; a second
    factor, where they approve what others ask for (not in a demo, where it is only offered).
    """
    account: Account = request.account
    if account.second_factor and not request.user.is_verified():
        return "codes:enter"
    if account.one_time is not None:
        return "password"
    if person.has(*APPROVING) and not account.second_factor and not settings.DEMO:
        return "codes:enrol"
    return ""


def denied(request: HttpRequest) -> HttpResponse:
    """Keep that somebody asked for what is not theirs, and say so."""
    note(request, Knock.DENIED)
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"status": 403, "title": gettext("This page is for others.")}, status=403)
    if request.htmx:  # what is shown is theirs no more: the page itself will say so
        refused = HttpResponseClientRefresh()
        refused.status_code = 403
        return refused
    return render(request, "people/denied.html", status=403)


def _page(request: HttpRequest) -> str:
    """Return the page that somebody is on: where htmx asks for a part, the whole; where a form was sent, the first."""
    asked = request.get_full_path() if request.method == "GET" else reverse("home")
    return (request.htmx.current_url_abs_path if request.htmx else "") or asked


def _sent_to(request: HttpRequest, there: HttpResponse) -> HttpResponse:
    """Return a redirect of the whole page, where htmx asks for a part of it."""
    return HttpResponseClientRedirect(there.url) if request.htmx else there


def person_asking(request: HttpRequest) -> Person | None:
    """Return who asks; ``None``: nobody who is logged in and has an account. It puts ``request.account``."""
    if not request.user.is_authenticated:
        return None
    account = Account.objects.filter(user=request.user).first()
    if account is None:
        return None
    request.account = account
    return _person(request.user, account)


def person_of_user(user: User) -> Person | None:
    """Return who a user is, with unit, roles and place as they are now; ``None``: a user without an account."""
    account = Account.objects.filter(user=user).first()
    return None if account is None else _person(user, account)


def _person(user: User, account: Account) -> Person:
    return Person(
        user.get_username(), account.unit, frozenset(user.groups.values_list("name", flat=True)), account.place
    )


def person_of(request: HttpRequest) -> dict[str, object]:
    """Give every template the ``person`` that asks, ``None`` where nobody is logged in."""
    found = getattr(request, "person", None)
    if found is None and hasattr(request, "user"):
        found = person_asking(request)
    return {"person": found}
