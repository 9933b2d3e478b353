"""Operations of the auditor: does it add up, what is the log now, and is this event in it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from muster.book.limits import MOST
from muster.services.audits import KINDS_OF_PLACE, trial_balance
from muster.services.books import root_of
from muster.services.inclusions import inclusion_of
from muster.web.api import shapes
from muster.web.api.answers import answers, part
from muster.web.api.bearer import Token

router = Router(tags=["audit"])


class When(shapes.Piece):
    """At the end of which day, as known when the book had so many events."""

    as_of: date | None = None
    known_at: int | None = Field(None, ge=0, le=MOST)


class Size(Schema):
    """Of the log when it had so many events; without it, as it is."""

    size: int | None = Field(None, ge=1, le=MOST)


@router.get("/trial", auth=Token("auditor"), response=answers(shapes.Trial))
def trial(request: HttpRequest, asked: Query[When]) -> Any:
    """What every kind of place holds of every resource; all of them together come to nothing."""
    found = trial_balance(settings.SITE.book, as_of=asked.as_of, known_at=asked.known_at)
    rows = [
        {
            "resource": line.resource,
            "unit": line.unit,
            "held": dict(zip(KINDS_OF_PLACE, line.columns, strict=True)),
            "total": line.total,
        }
        for line in found.lines
    ]
    return part(rows, asked, head={"adds_up": found.adds_up, "size": found.size})


@router.get("/log", auth=Token("auditor"), response=answers(shapes.Log))
def log(request: HttpRequest) -> Any:
    """Size and root of the log, and its signed checkpoint to keep."""
    return root_of(settings.SITE.book, key=settings.SITE.folder / "book.key")


@router.get("/log/{id}", auth=Token("auditor"), response=answers(shapes.Inclusion))
def inclusion(request: HttpRequest, id: shapes.Id, asked: Query[Size]) -> Any:
    """The proof that an event is in the log, as it is or as it was."""
    return inclusion_of(settings.SITE.book, id, size=asked.size)
