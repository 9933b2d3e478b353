"""The manager's morning screen."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from muster.services.depots import depot
from muster.services.mornings import morning
from muster.services.plan_lists import plan_folders
from muster.web.pages.told import told
from muster.web.people.access import role
from muster.web.people.person import Person
from muster.web.sharing.models import GoodsRequest
from muster.web.sharing.requests import others_that_have
from muster.web.sharing.steps import not_covered

SINCE = (7, 30)
"""Days that can be looked back on; without any, back to the last working day."""

MOST_NAMED = 12
"""Places below the floor, and requests, that are named."""


@require_GET
@role("manager")
@told
def today(request: HttpRequest) -> HttpResponse:
    """Show what came in, what expires, what is on the way, and what cannot be covered."""
    person: Person = request.person
    asked = request.GET.get("days", "")
    days = int(asked) if asked in map(str, SINCE) else None
    now = timezone.now()
    plan = next(iter(plan_folders(settings.SITE.plans)), None)
    found = morning(
        settings.SITE.book,
        unit=person.unit,
        now_ms=int(now.timestamp() * 1000),
        today=now.date(),
        plan=plan,
        days=days,
    )
    store = depot(settings.SITE.book, person.unit, today=now.date())
    short = not_covered(settings.SITE.book, store, person.unit, today=now.date())
    others = others_that_have({each.standing.request.resource for each in short}, person, today=now.date())
    here = {
        "morning": found,
        "today": now.date(),
        "days": days,
        "since": SINCE,
        "plan": plan and plan.name,
        "most": f":{MOST_NAMED}",
        "left": len(found.uncovered or ()) - MOST_NAMED,
        "short": [(each, others[each.standing.request.resource]) for each in short],
        "short_left": len(short) - MOST_NAMED,
        "asked": GoodsRequest.objects.filter(unit=person.unit, closed=None).count(),
    }
    return render(request, "pages/morning.html", here)
