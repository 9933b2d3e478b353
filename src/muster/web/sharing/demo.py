"""The requests that ``muster serve --demo`` starts with: three partners ask one store for more than it has."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from muster.services.splits import wanted
from muster.web.sharing.models import GoodsRequest

ASKED = (
    ("Mercy Kitchen", "ghor", "flour", 1_200, 11_000, 5),
    ("Camp East", "badghis", "flour", 1_600, 16_000, 7),
    ("School meals", "badghis", "flour", 300, 4_500, 10),
    ("Clinic", "ghor", "wsb", 20, 150, 4),
)
"""Who, where to, what, how many bags, for how many people, within how many days."""


def ask(book: str, *, unit: str, by: str) -> None:
    """Take the requests of the demo down, where nobody has asked for anything yet."""
    if GoodsRequest.objects.exists():
        return
    now = timezone.now()
    for who, store, resource, bags, people, days in ASKED:
        much = wanted(book, resource, number=str(bags), unit="bag", target=store)
        GoodsRequest.objects.create(
            unit=unit,
            who=who,
            store=much.target,
            resource=resource,
            asked=much.quantity,
            measure=much.unit,
            entered=much.entered,
            people=people,
            until=now.date() + timedelta(days=days),
            filed_by=by,
            filed=now,
        )
