"""The use case of looking no further than one's own unit: what of a book somebody may see."""

from __future__ import annotations

from dataclasses import dataclass

from muster import store
from muster.book.accounts import kind_of
from muster.book.facts import Register
from muster.book.views import OnTheWay


@dataclass(frozen=True)
class Reach:
    """What somebody may look at.

    Attributes:
        unit: What belongs to this unit; ``""``: everything.
        register: Which stores are whose.
    """

    unit: str
    register: Register

    def has(self, place: str) -> bool:
        """Return whether a place is within reach: a store of the unit."""
        return not self.unit or (kind_of(place) == "store" and self.register.owner(place) == self.unit)

    def meant_for(self, row: OnTheWay) -> bool:
        """Return whether a waybill goes to the unit; one that does not say where it goes is everybody's."""
        return not self.unit or not row.destination or self.register.owner(row.destination) == self.unit


def reach(address: str, unit: str) -> Reach:
    """Return what the people of a unit see of a book.

    Args:
        address: Of the book.
        unit: The unit; ``""``: they see everything.
    Raises:
        BookError: There is no book (S1, S4).
    """
    with store.open(address) as book:
        return Reach(unit, book.register)
