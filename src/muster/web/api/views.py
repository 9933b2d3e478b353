"""Pages of the interface: what it can be asked, and the tokens of the person who looks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from muster.web.api import bearer, tokens
from muster.web.api.interface import api, description
from muster.web.api.models import MADE, REVOKED, Token
from muster.web.api.problems import ROOT
from muster.web.api.rules import RULES
from muster.web.people.access import role
from muster.web.people.door import note
from muster.web.people.person import ROLES

_LONGEST_NAME = 60


@dataclass(frozen=True)
class Described:
    """One operation, as the page lists it; ``takes`` are name and kind of each value."""

    method: str
    path: str
    summary: str
    roles: tuple[str, ...]
    takes: tuple[tuple[str, str], ...]


@require_GET
def openapi(request: HttpRequest) -> HttpResponse:
    """Give the description of the interface that programs read; it holds nothing of anybody."""
    return HttpResponse(orjson.dumps(description(), option=orjson.OPT_NON_STR_KEYS), content_type="application/json")


@require_GET
@role(*ROLES)
def listed(request: HttpRequest) -> HttpResponse:
    """List what the interface can be asked, and by whom."""
    return render(request, "api/listed.html", {"operations": list(described()), "rules": RULES})


@require_http_methods(["GET", "POST"])
@role(*ROLES)
def own(request: HttpRequest) -> HttpResponse:
    """Show the tokens of the person who looks; make one, and show it this once."""
    here: dict[str, Any] = {"days": tokens.DAYS, "most": tokens.MOST_OF_ONE, "longest": _LONGEST_NAME}
    status, mine = 200, Token.objects.filter(user=request.user).order_by("-made")
    if request.method == "POST":
        name, days = request.POST.get("name", "").strip(), request.POST.get("days", "")
        if not name or len(name) > _LONGEST_NAME or days not in map(str, tokens.DAYS):
            here["refused"], status = gettext("Say what the token is for, and for how long."), 400
        elif mine.filter(expires__gt=timezone.now()).count() >= tokens.MOST_OF_ONE:
            here["refused"], status = gettext("You have as many tokens as anybody can have. Revoke one first."), 409
        else:
            here["made"] = tokens.make(request.user, name, days=int(days), now=timezone.now())
            note(request, MADE)
    return render(request, "api/tokens.html", here | {"tokens": mine, "now": timezone.now()}, status=status)


@require_POST
@role(*ROLES)
def revoke(request: HttpRequest, key: str) -> HttpResponse:
    """Revoke a token of the person who asks: from now on it is none."""
    get_object_or_404(Token, user=request.user, key=key).delete()
    note(request, REVOKED)
    messages.success(request, gettext("The token is revoked."))
    return redirect("api:tokens")


def described() -> Iterator[Described]:
    """Yield every operation with the roles it is for and the values it takes."""
    schema = description()
    shapes = schema["components"]["schemas"]
    for router in api._get_bound_routers():
        for path, view in router.path_operations.items():
            for operation in view.operations:
                told = schema["paths"][ROOT.rstrip("/") + path][operation.methods[0].lower()]
                (token,) = operation.auth_callbacks
                assert isinstance(token, bearer.Token)
                roles = tuple(each for each in ROLES if each in token.roles)
                takes = [(each["name"], _kind(each["schema"])) for each in told["parameters"]]
                if body := told.get("requestBody"):
                    name = body["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
                    takes += [(field, _kind(about)) for field, about in shapes[name]["properties"].items()]
                yield Described(
                    operation.methods[0], ROOT.rstrip("/") + path, operation.description or "", roles, tuple(takes)
                )


def _kind(about: dict[str, Any]) -> str:
    """Return what a value is, in a word or two."""
    kinds = [each.get("format") or each.get("type", "") for each in about.get("anyOf", [about])]
    return " | ".join(kind for kind in kinds if kind != "null")
