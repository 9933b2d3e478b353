"""Operations that read plans: which there are, who gains and loses between two, and how one place stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from muster.errors import Fault
from muster.services import plan_lists
from muster.services.places import sheet
from muster.web.api import shapes
from muster.web.api.answers import answers, part
from muster.web.api.bearer import Token, denied
from muster.web.api.rules import Refused
from muster.web.people.person import Person

router = Router(tags=["plans"])

READERS = ("chair", "manager", "logistician", "auditor")
"""Roles that see places: a chair the own place, the others any."""


class Two(Schema):
    """Names of two plans."""

    before: shapes.Name = Field(min_length=1)
    after: shapes.Name = Field(min_length=1)


class Which(Schema):
    """Of which plan; without a name, of the one written last."""

    plan: shapes.Name = ""


@router.get("/plans", auth=Token("logistician"), response=answers(shapes.Plans))
def plans(request: HttpRequest, asked: Query[shapes.Piece]) -> Any:
    """All plans, the one written last first."""
    shown = part(plan_lists.plan_folders(settings.SITE.plans), asked)
    return shown | {"rows": [plan_lists.head(each) for each in shown["rows"]]}


@router.get("/plans/differences", auth=Token("logistician"), response=answers(shapes.Differences))
def differences(request: HttpRequest, asked: Query[Two]) -> Any:
    """Who gains and who loses from one plan to another, and why."""
    before, after = (plan_lists.plan_folder(settings.SITE.plans, name) for name in (asked.before, asked.after))
    return plan_lists.differences(before, after)


@router.get("/places/{place}", auth=Token(*READERS), response=answers(shapes.Place))
def place(request: HttpRequest, place: shapes.Name, asked: Query[Which]) -> Any:
    """How a place stands in a plan: what counts, what came, what binds, and who has more."""
    person: Person = request.person
    if not person.has(*(each for each in READERS if each != "chair")) and place != person.place:
        raise denied(request, where="place", seen=place, do=f"ask for the own place: {person.place}")
    folder = _folder(asked.plan)
    found = sheet(folder, place)
    worst = [{"period": period, "level": level} for period, level in found.worst]
    fields = {name: getattr(found, name) for name in found.__dataclass_fields__ if name != "answer"}
    return fields | {"worst": worst, "plan": folder.name}


def _folder(name: str) -> Path:
    if name:
        return plan_lists.plan_folder(settings.SITE.plans, name)
    latest = next(iter(plan_lists.plan_folders(settings.SITE.plans)), None)
    if latest is None:
        raise Refused(404, Fault("There is no plan yet.", "plans", "none", "make one first", "A4"))
    return latest
