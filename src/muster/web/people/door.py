"""The record of what happens at the door, and the limit on guessing passwords."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from muster.web.people.models import Knock

MOST_OF_ONE, MOST_FROM_ONE, WITHIN = 5, 50, timedelta(minutes=15)
"""Refused logins within so long, of one name and from one address, after which nobody is heard."""


def note(request: HttpRequest, what: str, *, who: str = "") -> None:
    """Keep what happened, with the time, the person, the address they came from and the page."""
    name = who or request.user.get_username()
    Knock.objects.create(
        at=timezone.now(), what=what, who=name[:150], whence=whence(request)[:45], where=request.path[:200]
    )


def limited(request: HttpRequest, who: str) -> bool:
    """Return whether too many logins were refused lately, of this name or from this address."""
    lately = Knock.objects.filter(what=Knock.REFUSED, at__gte=timezone.now() - WITHIN)
    known = lately.filter(Q(who=who[:150]) | Q(whence=whence(request)[:45])).values_list("who", "whence")
    of_one = sum(name == who[:150] for name, _ in known)
    return of_one >= MOST_OF_ONE or sum(address == whence(request)[:45] for _, address in known) >= MOST_FROM_ONE


def codes_limited(who: str) -> bool:
    """Return whether too many wrong codes came for this name lately."""
    lately = Knock.objects.filter(what=Knock.CODE, who=who[:150], at__gte=timezone.now() - WITHIN)
    return int(lately.count()) >= MOST_OF_ONE


def whence(request: HttpRequest) -> str:
    """Return the address that somebody came from: the one that the server saw, or that the proxy in front of it saw.

    With ``--public`` nobody but the proxy reaches the server, and the last address of the header is the proxy's word.
    """
    told = request.headers.get("X-Forwarded-For", "") if settings.SITE.public else ""
    return told.rpartition(",")[2].strip() or str(request.META.get("REMOTE_ADDR", ""))
