"""One linear program over a fixed matrix, and an answer to it: what every solver is asked and returns."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import scipy.sparse as sp

from muster.plan.sets import Floats


@dataclass(frozen=True)
class Stage:
    """One linear program over a fixed matrix: maximise cost · x with row_low ≤ entries · x ≤ row_high, low ≤ x ≤ high.

    Attributes:
        name: Goal and round, for messages.
        cost, low, high: By column (K).
        row_low, row_high: By row (M).
        patience: Simplex steps from the last answer before another way is tried: a bound on steps, not on time, keeps
            plans repeatable. 0 where the last answer is no help.
        same_prices: The stage before had the same cost, and only bounds have moved.
        worth: What one unit of cost is in levels (for the last goal, as a share of it): what a gap is measured in.
        inside_first: Where there is no answer before, interior point is tried first.
        founds: All later stages stand on this one, which is worth more time.
        exactly: What must be kept matters more than the last bit of the cost.
        doable: Turns the columns (K) of a rough answer into ones that can be done, and says what each row (M) would
            have lacked of what it must keep, had that not been avoided; ``None``: an answer is taken as found.
    """

    name: str
    cost: Floats
    low: Floats
    high: Floats
    row_low: Floats
    row_high: Floats
    patience: int = 0
    same_prices: bool = False
    worth: float = 1.0
    exactly: bool = False
    founds: bool = False
    inside_first: bool = False
    doable: Callable[[Floats], tuple[Floats, Floats]] | None = None


@dataclass(frozen=True)
class Solution:
    """An answer to a stage.

    Attributes:
        x: By column (K).
        duals: Worth of one more unit of each row's limit (M): above 0 where ``row_high`` binds, below 0 where
            ``row_low`` does.
        value: cost · x.
        bound: No answer is worth more than this, up to the solver's tolerance on columns without an upper bound.
        finished: It is best to the solver's accuracy, and was not stopped before.
        iterations: Of a first-order solver.
    """

    x: Floats
    duals: Floats
    value: float
    bound: float
    finished: bool = True
    iterations: int = 0


def _tell_nobody(message: str, done: float) -> None:
    """Tell nobody."""


def _never() -> bool:
    """Want to wait until it is done."""
    return False


@dataclass(frozen=True)
class Watch:
    """Who waits for an answer.

    Attributes:
        until: Time of ``time.monotonic`` at which to stop; ``None`` for no limit.
        tell: Told in a sentence how far a long stage is, and which share of the way to an answer it has come (0 to 1).
        stop: Says whether somebody wants what there is by now.
    """

    until: float | None = None
    tell: Callable[[str, float], None] = _tell_nobody
    stop: Callable[[], bool] = _never

    @property
    def over(self) -> bool:
        """Whether nobody waits any more."""
        return self.stop() or (self.until is not None and time.monotonic() >= self.until)


PATIENT = Watch()
"""Somebody who waits for as long as it takes."""


class OutOfTime(Exception):
    """The time that was allowed is over before the stage was solved."""


class Solves(Protocol):
    """What solves one stage after another on the same matrix.

    Attributes:
        name: With its version.
        accuracy: How far, in levels, its answers may be from best, and from what they keep.
    """

    name: str
    accuracy: float

    def solve(self, stage: Stage) -> Solution:
        """Return an answer to a stage.

        Raises:
            OutOfTime: The time allowed is over.
            PlanError: There is no trusted answer.
        """


def bound(entries: sp.csc_array, stage: Stage, duals: Floats) -> float:
    """Return what no answer of a stage can exceed, by any ``duals`` (M): the Lagrangian bound over the columns' box.

    Columns without an upper bound count as priced out; a true solution prices them out to the solver's tolerance.
    """
    limit = np.where(duals > 0, stage.row_high, stage.row_low)
    priced = np.isfinite(limit) & (duals != 0)
    rest = stage.cost - entries.T @ np.where(priced, duals, 0.0)
    corner = np.where(rest > 0, np.where(np.isfinite(stage.high), stage.high, 0.0), stage.low)
    return float(duals[priced] @ limit[priced] + rest @ corner)
