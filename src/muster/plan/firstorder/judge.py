"""Is an answer good enough? Asked in units that mean something: levels, as people have them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numba
import numpy as np

from muster.plan.firstorder.search import Linear
from muster.plan.sets import Bools, Floats

PRICES_LAG = 3.0
"""How much less a stray price weighs than a missed level when the two are balanced."""


def _nobody(far: float) -> None:
    """Tell nobody."""


@dataclass
class Judge:
    """Says whether an answer is good enough, in levels.

    Attributes:
        program: In the units of the solver.
        levels: Rows that speak of levels (M).
        amount: What a usual size is in the solver's units.
        worth: What one unit of cost in the solver's units is, in levels.
        enough: What the gap, and what any level may be missed by (both in levels).
        tell: Told how far the answer is from settled (in levels), every time it is looked at.
        gap, missed, priced, stray: Of the last answer, in levels: between amounts and prices; the most that a level is
            missed by; what all that is missed is worth; what columns, at least a usual size of each, are worth beyond
            what they take.
    """

    program: Linear
    levels: Bools
    amount: float
    worth: float
    enough: tuple[float, float]
    tell: Callable[[float], None] = _nobody
    gap: float = np.inf
    missed: float = np.inf
    priced: float = np.inf
    stray: float = np.inf

    @cached_property
    def best(self) -> float:
        """What no answer exceeds, whatever is taken for it."""
        gains = self.program.cost < 0.0
        return float(-self.program.cost[gains] @ self.program.high[gains])

    def good(self, x: Floats, y: Floats) -> bool:
        """Look at amounts and prices, and say whether they are good enough."""
        program = self.program
        x, y = np.clip(x, program.low, program.high), signed(y, program.row_low, program.row_high)
        across, along = program.matrix.takes(x), program.matrix.worths(y)
        paid, priced, missed = _rows(y, across, program.row_low, program.row_high, self.levels)
        gained, reached, stray = _columns(x, along, program.cost, program.low, program.high, self.amount)
        self.gap = abs(min(paid + gained, self.best) - reached) * self.worth
        self.missed, self.priced, self.stray = missed / self.amount, priced * self.worth, stray * self.worth
        self.tell(max(self.gap, self.priced, self.stray, self.missed))
        return max(self.gap, self.priced, self.stray) <= self.enough[0] and self.missed <= self.enough[1]

    def lag(self) -> float:
        """Return how many times further amounts are from right than prices."""
        return max(self.missed, self.priced, 1e-12) / max(PRICES_LAG * self.stray, 1e-12)


def signed(y: Floats, row_low: Floats, row_high: Floats) -> Floats:
    """Return prices without those on the side of a row that has no limit."""
    return np.clip(y, np.where(np.isfinite(row_low), -np.inf, 0.0), np.where(np.isfinite(row_high), np.inf, 0.0))


@numba.njit(cache=True)
def _rows(y, across, low, high, levels):  # type: ignore[no-untyped-def]
    """Return what all limits are worth, what all that is missed is, and the most by which a level is missed."""
    paid, priced, missed = 0.0, 0.0, 0.0
    for i in range(len(y)):
        if y[i] != 0.0:
            paid += y[i] * (high[i] if y[i] > 0.0 else low[i])
        miss = max(across[i] - high[i], low[i] - across[i], 0.0)
        priced += abs(y[i]) * miss
        if levels[i]:
            missed = max(missed, miss)
    return paid, priced, missed


@numba.njit(cache=True)
def _columns(x, along, cost, low, high, amount):  # type: ignore[no-untyped-def]
    """Return what columns can be worth beyond what they take, what they are, and what those without a bound are."""
    gained, reached, stray = 0.0, 0.0, 0.0
    for j in range(len(x)):
        rest = -(cost[j] + along[j])
        edge = high[j] if rest > 0.0 else low[j]
        if edge < np.inf:
            gained += rest * edge
        else:
            stray += rest * max(x[j], amount)
        reached -= cost[j] * x[j]
    return gained, reached, stray
