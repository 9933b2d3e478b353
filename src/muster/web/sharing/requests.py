"""The pages of requests: what agencies and places ask for, entered, taken over from a plan, and closed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_POST

from muster.errors import BookError, Fault
from muster.services import splits
from muster.services.depots import Depot, Good, depot
from muster.services.other_stores import Elsewhere, elsewhere
from muster.services.plan_lists import plan_folders
from muster.services.planned_requests import planned_requests
from muster.web.clerk.forms import western
from muster.web.jobs.versions import tables_of
from muster.web.pages.told import told
from muster.web.people.access import role
from muster.web.people.person import Person
from muster.web.sharing import steps
from muster.web.sharing.models import LONGEST_REASON, GoodsRequest, Split

MOST_CLOSED = 20
"""Closed requests that are still listed."""

_LONGEST_NAME, _MOST_PEOPLE = 200, 50_000_000


@dataclass(frozen=True)
class Asked:
    """A good that is asked for: who asks, what lies in the store, and the split that is open.

    Attributes:
        resource, unit: The good and its smallest unit.
        good: As the store knows it; ``None``: it does not.
        there: What can be sent now in whole packs of its first pack, in smallest units.
        rows: Open requests.
        split: Of that good, that is open; ``None``: there is none.
        others: Where it is not enough: other stores that have some.
    """

    resource: str
    unit: str
    good: Good | None
    there: int
    rows: list[steps.Standing]
    split: Split | None
    others: Sequence[Elsewhere]

    @property
    def lacks(self) -> int:
        """What all of them together still ask for."""
        return sum(row.lacks for row in self.rows)


@require_GET
@role("manager")
@told
def listed(request: HttpRequest) -> HttpResponse:
    """Show open requests by good, each good with the button that splits it; the form for a new one."""
    return _shown(request)


@require_POST
@role("manager")
@told
def new(request: HttpRequest) -> HttpResponse:
    """Take a request down."""
    person: Person = request.person
    given = {name: value.strip() for name, value in request.POST.items()}
    try:
        filed = _filed(given, person)
    except BookError as error:
        return _shown(request, faults=error.faults, given=given, status=400)
    messages.success(request, gettext("The request has the number %(number)s.") % {"number": filed.number})
    return redirect("sharing:requests")


@require_POST
@role("manager")
@told
def planned(request: HttpRequest) -> HttpResponse:
    """Take over what the latest plan gives in the current period, each line once."""
    person: Person = request.person
    plan, now = next(iter(plan_folders(settings.SITE.plans)), None), timezone.now()
    where = {"unit": person.unit, "today": now.date()}
    found = (
        planned_requests(settings.SITE.book, plan, economy=tables_of(plan, settings.SITE.economies), **where)
        if plan
        else []
    )
    count = 0
    for each in found:
        _, made = GoodsRequest.objects.get_or_create(
            unit=person.unit,
            origin=each.origin,
            defaults={
                "who": f"{each.place}, {each.period}",
                "store": each.store,
                "resource": each.resource,
                "asked": each.quantity,
                "measure": each.unit,
                "entered": each.entered,
                "people": each.people,
                "until": each.until,
                "filed_by": person.name,
                "filed": now,
            },
        )
        count += made
    if found:
        said = ngettext("%(count)s request was taken over.", "%(count)s requests were taken over.", count)
        messages.success(request, said % {"count": count})
    else:
        messages.warning(request, gettext("The plan gives nothing now that this book knows by the same names."))
    return redirect("sharing:requests")


@require_POST
@role("manager")
@told
def close(request: HttpRequest, key: int) -> HttpResponse:
    """Close a request, with a reason; one that stands in an open split stays open."""
    person: Person = request.person
    found = get_object_or_404(GoodsRequest, pk=key, unit=person.unit)
    why = request.POST.get("why", "").strip()
    if found.shares.filter(split__state__in=steps.LIVE).exists():
        messages.error(request, gettext("It stands in an open split: send or withdraw that first."))
    elif not why or len(why) > LONGEST_REASON:
        messages.error(request, gettext("Write why it is closed."))
    else:
        steps.close([found], person, why, now=timezone.now())
        messages.success(request, gettext("Request %(number)s is closed.") % {"number": found.number})
    return redirect("sharing:requests")


def others_that_have(resources: Collection[str], person: Person, *, today: date) -> Mapping[str, Sequence[Elsewhere]]:
    """Return the stores, other than the one somebody sends from, that have these goods, as far as they may see it."""
    unit = "" if person.has("auditor") else person.unit
    return elsewhere(settings.SITE.book, resources, beside=f"store:{person.unit}", unit=unit, today=today)


def _filed(given: dict[str, str], person: Person) -> GoodsRequest:
    """Return a request that has been written down.

    Raises:
        BookError: Something is missing or cannot be read; all of it at once.
    """
    faults: list[Fault] = []
    wanted = None
    resource, who = given.get("resource", ""), given.get("who", "")
    try:
        amount = {"number": western(given.get("n", "")), "unit": given.get("unit", "")}
        wanted = splits.wanted(settings.SITE.book, resource, **amount, target=given.get("store", ""))
    except BookError as error:
        faults += error.faults
    if wanted and wanted.target == f"store:{person.unit}":
        do = "name the store where they receive it, e.g. an annex"
        faults.append(Fault("Nothing is sent to the store that it comes from.", "the store", wanted.target, do, "B7"))
    if not who or len(who) > _LONGEST_NAME or not resource:
        do = f"write both; a name has at most {_LONGEST_NAME} signs"
        faults.append(Fault("It is not said who asks for what.", "the request", who[:40] or "nothing", do, "B3"))
    people = western(given.get("people", ""))
    if not people.isdecimal() or int(people) > _MOST_PEOPLE:
        faults.append(Fault("It is not said for how many people.", "the request", people[:40], "write a number", "B8"))
    try:
        until = date.fromisoformat(given.get("until", ""))
    except ValueError:
        faults.append(Fault("It is not said by when.", "the request", given.get("until", "")[:40], "name a day", "B5"))
    if faults or wanted is None:
        raise BookError(faults)
    much = {"asked": wanted.quantity, "measure": wanted.unit, "entered": wanted.entered, "store": wanted.target}
    by = {"filed_by": person.name, "filed": timezone.now(), "unit": person.unit}
    return GoodsRequest.objects.create(who=who, resource=resource, people=int(people), until=until, **much, **by)


def _shown(request: HttpRequest, *, faults: Any = (), given: Any = None, status: int = 200) -> HttpResponse:
    person: Person = request.person
    now = timezone.now()
    store = depot(settings.SITE.book, person.unit, today=now.date())
    standing = steps.open_requests(settings.SITE.book, person.unit, today=now.date())
    live = {each.resource: each for each in Split.objects.filter(unit=person.unit, state__in=steps.LIVE)}
    by_good = {each: list(rows) for each, rows in groupby(standing, key=lambda each: each.request.resource)}
    others = others_that_have(by_good.keys(), person, today=now.date())
    here = {
        "goods": [
            _asked(store, rows, live.get(resource), others[resource], today=now.date())
            for resource, rows in by_good.items()
        ],
        "resources": [good.resource for good in store.goods],
        "stores": splits.stores_of(settings.SITE.book, unit=person.unit),
        "units": list(dict.fromkeys(each.text.partition(" of ")[0] for good in store.goods for each in good.measures)),
        "closed": GoodsRequest.objects.filter(unit=person.unit).exclude(closed=None).order_by("-closed")[:MOST_CLOSED],
        "plan": next((each.name for each in plan_folders(settings.SITE.plans)), ""),
        "percent": splits.PERCENT,
        "today": now.date(),
        "given": given or {},
        "faults": faults,
    }
    return render(request, "sharing/requests.html", here, status=status)


def _asked(
    store: Depot, rows: list[steps.Standing], split: Split | None, others: Sequence[Elsewhere], *, today: date
) -> Asked:
    resource = rows[0].request.resource
    good = steps.good_of(store, resource)
    measure = good.measures[0] if good and good.measures else None
    there = splits.can_be_sent(good, measure, today=today) if measure else 0
    found = Asked(resource, rows[0].request.measure, good, there, rows, split, others)
    return found if found.lacks > there else replace(found, others=())
