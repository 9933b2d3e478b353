"""What the tables of an economy say as arrays, for the proof that no better plan exists.

A second reading, on purpose: nothing of the planner's sets, blocks or matrix is used. Positions are those of the
tables: places in their order and the pool behind them (P + 1), resources in theirs (R), goods the resources themselves
and then the dated lots by resource and date (Q), periods (T), openings the rows of ``routes`` and then those of both
directions the other way round (A), plants by place and recipe as ``plants`` names them first (S), claimants by place
and group as ``people`` names them first (C), needs (N), reserves as ``reserves`` names them first (V).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[Any]
"""Floats, or fractions where a proof is checked exactly."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Goods:
    """What flows (Q): its resource, its last period of use (T or more: it outlives the horizon), its ``expires``."""

    resource: Ints
    last: Ints
    expires: tuple[Any, ...]


@dataclass(frozen=True)
class Ways:
    """Openings (A).

    Attributes:
        tail, head: Places (A).
        loss: Fraction of what is sent (A).
        arrives: Period of arrival (T × A); T: never open in that period, or after the horizon.
        limit: Tonnes in each period; infinite where there is none (T × A).
        km: Length (A).
        carries: Which goods may travel there at all (A × Q).
        uses: For each resource that travelling takes: its position, whether it is occupied, units for a tonne (A).
    """

    tail: Ints
    head: Ints
    loss: Floats
    arrives: Ints
    limit: Floats
    km: Floats
    carries: Bools
    uses: tuple[tuple[int, bool, Floats], ...]


@dataclass(frozen=True)
class Line:
    """One line of a recipe: its resource, use, quantity, and when an output of each period's runs is there (T)."""

    resource: int
    use: str
    quantity: float
    ready: Ints


@dataclass(frozen=True)
class Works:
    """Plants (S): place, the lines of their recipe, most runs (T × S; infinite: no limit), and whether they can run."""

    place: Ints
    recipe: Ints
    lines: tuple[tuple[Line, ...], ...]
    limit: Floats
    can: Bools


@dataclass(frozen=True)
class Served:
    """Claimants (C) and their claims.

    Attributes:
        place: Where (C).
        person_days: People × days (T × C).
        people: Persons in a claim; 0 where there is no claim (T × C × N).
        floor, norm, covered: Per person and day; 0 where there is no claim (T × C × N).
        content: Units of each need in a unit of a resource (R × N).
        rations: For each row of ``rations``: units that count of each resource (R).
        most: What each ration allows (T × rations × C); infinite where it does not hold.
    """

    place: Ints
    person_days: Floats
    people: Floats
    floor: Floats
    norm: Floats
    covered: Floats
    content: Floats
    rations: Floats
    most: Floats


@dataclass(frozen=True)
class Kept:
    """Reserves (V): period, place (-1: everywhere), what is wanted, what a unit of each resource counts (V × R)."""

    period: Ints
    place: Ints
    wanted: Floats
    counts: Floats


@dataclass(frozen=True)
class Stores:
    """Rows of ``stores``: place, capacity in tonnes, tonnes that count of a unit of each resource (rows × R)."""

    place: Ints
    limit: Floats
    tonnes: Floats

    @property
    def at_one_place(self) -> int:
        """Most rows for one place."""
        return int(np.bincount(self.place, minlength=1).max(initial=0))


@dataclass(frozen=True)
class Ground:
    """An economy as arrays.

    Attributes:
        goods, ways, works, served, kept, stores: See there.
        keep, mass, effort, pooled: By resource (R); a mass that is not known is 0.
        days: In each period (T).
        supply: What becomes available, the stock at the start in period 0 (T × (P + 1) × Q).
        there: Which goods can ever be where ((P + 1) × Q).
        dated: Where a resource has dated lots, so that it is drawn over a counter ((P + 1) × R).
        total: No plan ever has more of a good at one time or moves more of it on one way (Q); may be infinite.
        runs: No plant runs more often in a period (T × S); may be infinite.
    """

    goods: Goods
    ways: Ways
    works: Works
    served: Served
    kept: Kept
    stores: Stores
    keep: Floats
    mass: Floats
    effort: Floats
    pooled: Bools
    days: Floats
    supply: Floats
    there: Bools
    dated: Bools
    total: Floats
    runs: Floats

    @property
    def periods(self) -> int:
        """How many periods there are."""
        return len(self.days)

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the dense shape of each kind of price."""
        periods, places, goods = self.supply.shape
        resources, rations = len(self.keep), len(self.served.rations)
        claimants, needs = self.served.people.shape[1:]
        return {
            "balance": (periods, places, goods),
            "counter": (periods, places, resources),
            "route": (periods, len(self.ways.tail)),
            "store": (periods, len(self.stores.place)),
            "plant": (periods, len(self.works.place)),
            "occupied": (periods, places, resources),
            "ration": (periods, rations, claimants),
            "claim": (periods, claimants, needs),
            "reserve": (len(self.kept.period),),
        }

    @property
    def terms(self) -> int:
        """How many terms a column has at most."""
        lines = max(map(len, self.works.lines), default=0)
        needs, rations = self.served.content.shape[1], len(self.served.rations)
        shared = len(self.ways.uses) + len(self.kept.period) + self.stores.at_one_place
        return int(4 + lines + needs + rations + shared)

    def where(self, place: Ints, resource: int | Ints) -> Ints:
        """Return from where a resource is drawn: the pool if it is pooled, else the place."""
        return np.where(self.pooled[resource], self.supply.shape[1] - 1, place)


def held_by(goods: Goods, there: Bools, resources: int) -> Bools:
    """Return which resources can be where, in any lot ((P + 1) × R)."""
    held = there[:, :resources].copy()
    for good in range(resources, len(goods.resource)):
        held[:, goods.resource[good]] |= there[:, good]
    return held
