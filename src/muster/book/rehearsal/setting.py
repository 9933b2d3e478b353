"""What a rehearsal plays: who, where, what, how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

DAYS_OF_WEEK = 7


@dataclass(frozen=True)
class Good:
    """A resource, how it is measured and packed, and how much of it a depot gives out.

    Attributes:
        resource: Its name.
        unit: What loose amounts are told in.
        size: Smallest units of the book in one ``unit``.
        pack: Name of a pack.
        holds: What a pack holds, as people write it.
        packed: Smallest units in one pack.
        keeps_days: Days that a lot is good; 0: it comes without lots.
        weekly: Packs that a depot gives out in a usual week; 0: it is not given out.
    """

    resource: str
    unit: str
    size: int
    pack: str
    holds: str
    packed: int
    keeps_days: int
    weekly: int

    def words(self, quantity: int) -> tuple[str, str, str]:
        """Return an amount in smallest units as people write it: quantity, unit, pack; in whole packs where it is."""
        if quantity % self.packed == 0:
            return str(quantity // self.packed), self.pack, self.holds
        whole, rest = divmod(quantity, self.size)
        digits = f"{rest:0{len(str(self.size)) - 1}}".rstrip("0") if rest else ""
        return f"{whole}.{digits}" if digits else str(whole), self.unit, ""


FLOUR, WHEAT, DIESEL = "flour", "wheat", "diesel"

GOODS = (
    Good(FLOUR, "kg", 1_000, "bag", "50 kg", 50_000, 200, 120),
    Good("pulses", "kg", 1_000, "bag", "50 kg", 50_000, 300, 20),
    Good("oil", "kg", 1_000, "can", "16.6 kg", 16_600, 150, 60),
    Good("wsb", "kg", 1_000, "bag", "25 kg", 25_000, 120, 16),
    Good(WHEAT, "kg", 1_000, "bag", "50 kg", 50_000, 0, 0),
    Good(DIESEL, "l", 1_000, "drum", "200 l", 200_000, 0, 0),
    Good("blanket", "piece", 1, "bale", "20 piece", 20, 0, 5),
)
"""Food by lots with a last day, wheat and diesel for the mills, blankets by the piece."""


@dataclass(frozen=True)
class Setting:
    """A year to be rehearsed, or a part of one.

    Attributes:
        depots: Units with one store each and two phones that are often out of reach.
        centres: Units with one store each that are always in reach.
        start: The first day.
        weeks: How long; the last day everything is counted.
        seed: The same seed gives the same year.
        goods: What is moved.
    """

    depots: tuple[str, ...]
    centres: tuple[str, ...]
    start: date
    weeks: int = 52
    seed: int = 1
    goods: tuple[Good, ...] = GOODS

    @property
    def days(self) -> int:
        """How many days."""
        return self.weeks * DAYS_OF_WEEK

    def good(self, resource: str) -> Good:
        """Return the good of this name."""
        return next(good for good in self.goods if good.resource == resource)


def numbered(*, depots: int, centres: int, start: date, weeks: int = 52, seed: int = 1) -> Setting:
    """Return a setting whose units have numbers for names."""
    return Setting(
        tuple(f"depot-{number:02}" for number in range(1, depots + 1)),
        tuple(f"centre-{number}" for number in range(1, centres + 1)),
        start,
        weeks,
        seed,
    )
