"""How often a token, or an address, may ask: counted by the minute, for all processes of the server together."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.http import HttpRequest

from muster.errors import Fault
from muster.web.api.models import BAD, Spent
from muster.web.api.rules import Refused
from muster.web.people.door import WITHIN, whence
from muster.web.people.models import Knock

OF_A_TOKEN, FROM_AN_ADDRESS = 600, 1_200
"""Requests in a minute."""

BAD_FROM_AN_ADDRESS = 30
"""Requests with a token that is none, within a quarter of an hour, after which an address is not heard."""

LARGEST_BODY, MOST_ROWS, MOST_EVENTS = 1_000_000, 500, 200
"""Bytes of a request; rows of an answer; events of one batch."""

_KEPT_MINUTES, _MINUTE_S = 60, 60


def spend(who: str, *, most: int, now: datetime) -> None:
    """Count one more request.

    Raises:
        Refused: There were too many in this minute (A6).
    """
    minute = int(now.timestamp()) // _MINUTE_S
    mine = Spent.objects.filter(who=who, minute=minute)
    if not mine.update(times=F("times") + 1):
        try:
            with transaction.atomic():
                Spent.objects.create(who=who, minute=minute, times=1)
            Spent.objects.filter(minute__lt=minute - _KEPT_MINUTES).delete()
        except IntegrityError:  # another process made the row in between
            mine.update(times=F("times") + 1)
    times = mine.values_list("times", flat=True).get()
    if times > most:
        wait_s = _MINUTE_S - int(now.timestamp()) % _MINUTE_S
        do = f"ask again in {wait_s} s, and ask for more rows at a time"
        fault = Fault("There were too many requests in this minute.", "", f"more than {most:,}", do, "A6")
        raise Refused(429, fault, wait_s=wait_s)


def heard(request: HttpRequest, *, now: datetime) -> None:
    """Refuse who has come with too many tokens that are none.

    Raises:
        Refused: It was too often (A6).
    """
    lately = Knock.objects.filter(what=BAD, whence=whence(request)[:45], at__gte=now - WITHIN)
    if lately.count() >= BAD_FROM_AN_ADDRESS:
        wait = WITHIN // timedelta(seconds=1)
        fault = Fault(
            "Too many tokens that are none came from this address.",
            "",
            f"{BAD_FROM_AN_ADDRESS} in {wait // _MINUTE_S} minutes",
            f"wait {wait // _MINUTE_S} minutes, and send a token of the page /tokens",
            "A6",
        )
        raise Refused(429, fault, wait_s=wait)
