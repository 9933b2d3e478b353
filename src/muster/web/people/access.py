"""Who may see which page: ``@role("clerk")`` on every view; it puts ``request.person``."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext

from muster.web.people.door import note
from muster.web.people.models import Account, Knock
from muster.web.people.person import ROLES, Person

View = Callable[..., HttpResponse]


def role(*roles: str) -> Callable[[View], View]:
    """Return what makes a view that only people with one of the roles see; it gives the view ``request.person``.

    Who is not logged in is sent to the login, or told 401 where a script asks (``Accept: application/json``). Others
    see a page that says so (403), and that is kept in the record of the door.
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
                return redirect_to_login(request.get_full_path())
            if not person.has(*roles):
                return denied(request)
            request.person = person
            return view(request, *words, **named)

        guarded.roles = frozenset(roles)  # type: ignore[attr-defined]  # for the table of who sees what
        return guarded

    return of


def denied(request: HttpRequest) -> HttpResponse:
    """Keep that somebody asked for what is not theirs, and say so."""
    note(request, Knock.DENIED)
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"status": 403, "title": gettext("This page is for others.")}, status=403)
    return render(request, "people/denied.html", status=403)


def person_asking(request: HttpRequest) -> Person | None:
    """Return who asks; ``None``: nobody who is logged in and has an account."""
    return person_of_user(request.user) if request.user.is_authenticated else None


def person_of_user(user: User) -> Person | None:
    """Return who a user is, with unit, roles and place as they are now; ``None``: a user without an account."""
    account = Account.objects.filter(user=user).first()
    if account is None:
        return None
    roles = frozenset(user.groups.values_list("name", flat=True))
    return Person(user.get_username(), account.unit, roles, account.place)


def person_of(request: HttpRequest) -> dict[str, object]:
    """Give every template the ``person`` that asks, ``None`` where nobody is logged in."""
    found = getattr(request, "person", None)
    if found is None and hasattr(request, "user"):
        found = person_asking(request)
    return {"person": found}
