"""Operations that read the book: balances, stock cards, what is on the way, what expires, what is disputed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router
from pydantic import Field

from muster.book.limits import MOST
from muster.services import book_views
from muster.services.reaches import Reach, reach
from muster.web.api import shapes
from muster.web.api.answers import answers, part
from muster.web.api.bearer import Token, denied
from muster.web.people.person import Person

router = Router(tags=["book"])

KEEPERS = ("clerk", "manager", "auditor")
"""Who reads the book: clerks and managers what is their unit's, auditors all of it."""

_FURTHEST_DAYS = 3_650


class Balance(shapes.Piece):
    """Of which place and resource, at the end of which day, as known when the book had so many events."""

    place: shapes.Name = ""
    resource: shapes.Name = ""
    as_of: date | None = None
    known_at: int | None = Field(None, ge=0, le=MOST)


class OneCard(shapes.Piece):
    """Which card; without a place, that of the own store."""

    resource: shapes.Name = Field(min_length=1)
    place: shapes.Name = ""


class OnTheWay(shapes.Piece):
    """Only what is overdue; also what has come."""

    overdue: bool = False
    closed: bool = False


class Within(shapes.Piece):
    """Within so many days."""

    days: int = Field(14, ge=0, le=_FURTHEST_DAYS)


@router.get("/balances", auth=Token(*KEEPERS), response=answers(shapes.Balances))
def balances(request: HttpRequest, asked: Query[Balance]) -> Any:
    """How much is where, by place, resource and lot; if asked, at the end of a day, as it was known then."""
    mine = _reach(request)
    if asked.place:
        _mine(request, mine, asked.place)
    found = book_views.balances(
        settings.SITE.book, place=asked.place, resource=asked.resource, as_of=asked.as_of, known_at=asked.known_at
    )
    return part([row for row in found if mine.has(row.place)], asked)


@router.get("/card", auth=Token(*KEEPERS), response=answers(shapes.Card))
def card(request: HttpRequest, asked: Query[OneCard]) -> Any:
    """The stock card of a place and resource, in the order in which things happened."""
    place = asked.place or f"store:{request.person.unit}"
    _mine(request, _reach(request), place)
    found = book_views.stock_card(settings.SITE.book, place, asked.resource)
    head = {"place": place, "resource": asked.resource, "unit": found.unit, "balance": found.balance}
    return part(found.rows, asked, head=head)


@router.get("/transit", auth=Token(*KEEPERS), response=answers(shapes.Transit))
def transit(request: HttpRequest, asked: Query[OnTheWay]) -> Any:
    """The goods of every waybill, and what of them is still on the way."""
    mine = _reach(request)
    found = book_views.on_the_way(settings.SITE.book, today=_today(), overdue=asked.overdue, closed=asked.closed)
    return part([row for row in found if mine.meant_for(row)], asked)


@router.get("/expiring", auth=Token(*KEEPERS), response=answers(shapes.Expiring))
def expiring(request: HttpRequest, asked: Query[Within]) -> Any:
    """The lots that expire soon, or have expired."""
    mine = _reach(request)
    found = book_views.expiring_soon(settings.SITE.book, today=_today(), days=asked.days)
    return part([row for row in found if mine.has(row.place)], asked)


@router.get("/disputed", auth=Token(*KEEPERS), response=answers(shapes.Disputed))
def disputed(request: HttpRequest, asked: Query[shapes.Piece]) -> Any:
    """What was less than nothing at some time, and nobody has recorded yet how that can be."""
    mine = _reach(request)
    found = [each for each in book_views.disputes(settings.SITE.book) if mine.has(each.dispute.place)]
    return part([{**each.dispute._asdict(), "unit": each.unit} for each in found], asked)


def _reach(request: HttpRequest) -> Reach:
    person: Person = request.person
    return reach(settings.SITE.book, "" if person.has("auditor") else person.unit)


def _mine(request: HttpRequest, mine: Reach, place: str) -> None:
    if not mine.has(place):
        raise denied(request, where="place", seen=place, do=f"ask for a store of {request.person.unit}")


def _today() -> date:
    return timezone.now().date()
