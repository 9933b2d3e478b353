"""Use cases of looking into a book: balances, stock cards, what is on the way, what expires."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from muster import store
from muster.book.events import measured
from muster.book.views import Balance, CardRow, Dispute, Expiring, OnTheWay
from muster.book.wording import shown
from muster.errors import BookError
from muster.services.book_places import place_in
from muster.services.book_rules import near, refused
from muster.store import Store


@dataclass(frozen=True)
class StockCard:
    """The card of one place and resource.

    Attributes:
        place: The place, written out.
        rows: What came and went, in the order in which it happened.
        unit: Smallest unit of the resource.
        balance: What is there now, all lots together.
    """

    place: str
    rows: Sequence[CardRow]
    unit: str
    balance: int


def balances(
    address: str, *, place: str = "", resource: str = "", as_of: date | None = None, known_at: int | None = None
) -> list[Balance]:
    """Return how much is where, by place, resource and lot; zeros are left out.

    Args:
        address: Of the book.
        place, resource: Only these, a place as for ``place_in``; ``""``: all.
        as_of: At the end of that day; ``None``: whatever has been recorded.
        known_at: As known when the book had so many events; ``None``: now.
    Raises:
        BookError: There is no book, or what is written as a place is none (B7), or not the only one (U8).
    """
    with store.open(address) as book:
        return book.balances(place=place and place_in(book, place), resource=resource, as_of=as_of, known_at=known_at)


def stock_card(address: str, place: str, resource: str) -> StockCard:
    """Return the stock card of a place and resource.

    Raises:
        BookError: What is written as a place is none (B7), or not the only one (U8); the resource is nowhere in the
            book (U7).
    """
    with store.open(address) as book:
        at = place_in(book, place)
        rows = book.card(at, resource)
        anywhere = book.balances(resource=resource)
        if not anywhere and not rows:
            raise _unknown(resource, book)
        here = [each for each in anywhere if each.place == at]
        unit = anywhere[0].unit if anywhere else _unit(book, resource, rows)
        return StockCard(at, rows, unit, sum(each.quantity for each in here))


def on_the_way(address: str, *, today: date, overdue: bool = False, closed: bool = False) -> list[OnTheWay]:
    """Return the goods of every waybill.

    Args:
        address: Of the book.
        today: What was due before is overdue.
        overdue: Only that.
        closed: Also waybills of which nothing is on the way any more.
    """
    with store.open(address) as book:
        rows = book.transit(today=today)
    return [row for row in rows if (row.overdue or not overdue) and (row.still or closed)]


def expiring_soon(address: str, *, today: date, days: int) -> list[Expiring]:
    """Return the lots in stores and on the way that expire within ``days`` from ``today``, or have expired."""
    with store.open(address) as book:
        return book.expiring(today=today, days=days)


@dataclass(frozen=True)
class Disputed:
    """A holding that was less than nothing at some time, by a late or wrong record, and its smallest unit."""

    dispute: Dispute
    unit: str


def disputes(address: str) -> list[Disputed]:
    """Return what is disputed: more was taken than was there, and nobody has recorded yet how that can be."""
    with store.open(address) as book:
        found = book.disputes()
        return [Disputed(each, _unit(book, each.resource, book.card(each.place, each.resource))) for each in found]


def _unit(book: Store, resource: str, rows: Sequence[CardRow]) -> str:
    """Return the smallest unit of a resource of which nothing is left anywhere, from its events."""
    events = (found[1] for row in rows if (found := book.event(row.id)))
    return next(unit for event in events for name, unit, _ in measured(event) if name == resource)


def _unknown(resource: str, book: Store) -> BookError:
    known = {each.resource for each in book.balances()}
    do = f"{near(resource, known)}look at muster book balance"
    return refused(
        "There is no such resource in the book.", where="the resource", seen=shown(resource), do=do, rule="U7"
    )
