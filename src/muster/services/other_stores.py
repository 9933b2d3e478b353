"""The use case of a store that does not cover what it is asked for: which other stores have it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from muster import store
from muster.book.accounts import kind_of
from muster.services.reaches import Reach

_FOREVER_DAYS = 36_500


@dataclass(frozen=True)
class Elsewhere:
    """A store that has a good, of which some has not expired.

    Attributes:
        store: Its name.
        quantity, unit: How much has not expired, in smallest units; ``None``: only the people of its unit see that.
        expires: The first day on which some of it expires; ``""``: none does, or it is of another unit.
    """

    store: str
    quantity: int | None
    unit: str
    expires: str


def elsewhere(
    address: str, resources: Collection[str], *, beside: str, unit: str, today: date
) -> Mapping[str, tuple[Elsewhere, ...]]:
    """Return the other stores that have a good: of the own unit with how much, the most first; then others by name.

    Args:
        address: Of the book.
        resources: Which goods.
        beside: The store that does not cover what is asked.
        unit: Whose people ask; ``""``: they see everything.
        today: What has expired by then does not count.
    Raises:
        BookError: There is no book (S1, S4).
    """
    with store.open(address) as book:
        reach = Reach(unit, book.register)
        expiries = {(row.resource, row.lot): row.expires for row in book.expiring(today=today, days=_FOREVER_DAYS)}
        rows = [row for row in book.balances() if row.resource in resources and row.quantity > 0]
    much: dict[tuple[str, str, str], int] = defaultdict(int)
    first: dict[tuple[str, str, str], str] = {}
    for row in rows:
        expires = expiries.get((row.resource, row.lot), "")
        if kind_of(row.place) != "store" or row.place == beside or (expires and expires < today.isoformat()):
            continue
        key = row.resource, row.place, row.unit
        much[key] += row.quantity
        if expires:
            first[key] = min(expires, first.get(key, expires))
    found: dict[str, list[Elsewhere]] = {resource: [] for resource in resources}
    for key, quantity in sorted(much.items(), key=lambda each: (-each[1], each[0])):
        resource, place, measure = key
        seen = (quantity, measure, first.get(key, "")) if reach.has(place) else (None, "", "")
        found[resource].append(Elsewhere(place, *seen))
    return {resource: tuple(sorted(stores, key=_order)) for resource, stores in found.items()}


def _order(each: Elsewhere) -> tuple[bool, int, str]:
    """Sort stores of which it is not seen how much behind the others, by name: their order tells nothing either."""
    return each.quantity is None, -(each.quantity or 0), each.store
