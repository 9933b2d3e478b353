"""What truly is where, whoever knows of it. It is plainly added and taken away; nothing here knows the book."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

Held = tuple[str, str, str]
"""A place, a resource, a lot (``""``: none)."""


class Carried(NamedTuple):
    """So much of a resource and lot, carried from one place to another."""

    source: str
    target: str
    resource: str
    lot: str
    quantity: int


class World:
    """True stocks, in smallest units.

    Attributes:
        holds: How much is where; what came from somewhere is missing there, so that all adds up to 0.
        last_days: (resource, lot) -> the last day it is good.
    """

    def __init__(self) -> None:
        self.holds: Counter[Held] = Counter()
        self.last_days: dict[tuple[str, str], str] = {}
        self._lots: dict[str, dict[tuple[str, str], None]] = {}

    def carry(self, carried: Carried) -> Carried:
        """Carry something; where it is taken from a store or a lorry, it is there."""
        source, target, resource, lot, quantity = carried
        assert quantity > 0
        self._add((source, resource, lot), -quantity)
        self._add((target, resource, lot), quantity)
        return carried

    def unseen(self, store: str, resource: str, lot: str, quantity: int) -> None:
        """Let something vanish (negative), or turn up, that nobody sees until it is counted."""
        self._add((store, resource, lot), quantity)
        self._add((store.replace("store:", "discrepancy:", 1), resource, lot), -quantity)

    def there(self, place: str, resource: str = "") -> list[tuple[str, str, int]]:
        """Return resource, lot and quantity of what is at a place; what is good for the shortest time first."""
        found = [
            (name, lot, self.holds[place, name, lot])
            for name, lot in self._lots.get(place, ())
            if resource in ("", name) and self.holds[place, name, lot]
        ]
        return sorted(found, key=lambda each: (each[0], self.last_days.get(each[:2], "9999"), each[1]))

    def taken(self, place: str, target: str, resource: str, quantity: int) -> list[Carried]:
        """Carry up to a quantity of a resource away, what expires first first; return what was carried."""
        carried = []
        for _, lot, held in self.there(place, resource):
            if quantity > 0:
                much = min(held, quantity)
                carried.append(self.carry(Carried(place, target, resource, lot, much)))
                quantity -= much
        return carried

    def _add(self, held: Held, quantity: int) -> None:
        self.holds[held] += quantity
        self._lots.setdefault(held[0], {})[held[1:]] = None
        if held[0].startswith(("store:", "transit:")):
            assert self.holds[held] >= 0, "nobody takes what is not there"
