"""Stage -> solution, without a factorisation: the face of the first-order solver."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numba
import numpy as np
import scipy.sparse as sp

from muster.plan.firstorder.fold import amounts_unfolded, bounds_folded, fold, prices_unfolded
from muster.plan.firstorder.kernels import columns_of, cores_for, order_of_rows
from muster.plan.firstorder.polish import by_row, polished
from muster.plan.firstorder.scaling import scaled
from muster.plan.firstorder.search import Interrupted, Linear, Point, search
from muster.plan.prices import Payers, raised
from muster.plan.sets import NONE, Bools, Floats, Ints
from muster.plan.stage import OutOfTime, Solution, Stage, Watch, bound

MOST = 50_000
"""Iterations after which the best there is must do, in stages on which all others stand."""

WORK, LEAST_LATER, MOST_LATER = 4_500_000_000, 600, 2_000
"""Entries gone through after which the best there is must do in later stages, and bounds of the iterations that are."""

ROUNDING = 1e-6
"""Share of a stage's value that no gap is asked to be below."""

MISSED = 3.0
"""How many times the accuracy a single level may be missed by: what is worth little is slow to come right."""

KEPT, LOOSE = 1e-6, 10.0
"""How closely levels are kept where that comes first, and how many times the accuracy the gap may be then."""

PRICES_LAG = 3.0
"""How much less a stray price weighs than a missed level when the two are balanced."""

POLISHED = 6
"""How often an answer is polished: asking for more where people lacked something after what cannot be done was cut."""

WORTH = 0.8
"""An answer is polished once more where the last time left at most this share of the gap."""

PROOFS, SHARPER = 4, 0.3
"""How often prices are tried whether they prove what they seem to, and how much sharper they must be the next time."""

COOLED = 0.5
"""How much of what a stage learnt about its steps the next one starts from (0: nothing)."""


_NOBODY_WAITS = Watch()


class FirstOrder:
    """Our own first-order solver on one matrix, warm-started from stage to stage."""

    name = f"muster first-order (numba {numba.__version__})"

    def __init__(
        self,
        entries: sp.csc_array,
        folded: tuple[Ints, Ints],
        levels: Bools,
        *,
        accuracy: float,
        payers: Payers,
        watch: Watch = _NOBODY_WAITS,
    ) -> None:
        """Load a matrix.

        Args:
            entries: M × K, in usual sizes.
            folded: Columns that are all that their rows provide, and those rows.
            levels: Rows that speak of levels (M): missed by at most ``accuracy``.
            accuracy: In levels.
            payers: Whose price is raised where one of the first columns is worth more than it takes.
            watch: Until when there is time, and who is told how far each stage is.
        """
        self.accuracy = accuracy
        self._entries, self._watch, self._levels = entries, watch, levels
        alone = np.full(entries.shape[1] - len(payers.row), NONE, dtype=np.int32)
        self._payers = Payers(np.concatenate([payers.row, alone]), payers.order, payers.steps)
        whole = fold(entries, *folded)
        self._fold = replace(whole, entries=sp.csc_array(whole.entries.shape))  # what is scaled stands in its place
        cores_for(whole.entries.nnz)
        self._order, ordered = _ordered(whole.entries)
        del whole
        self._matrix = scaled(ordered)
        self._last: Point | None = None
        self._amount = 0.0

    def solve(self, stage: Stage) -> Solution:
        """Return an answer to a stage that is best, and keeps what it must, to ``accuracy``.

        Raises:
            OutOfTime: The time was over before it began, and something else stands already.
        """
        if self._last is not None and self._watch.until is not None and time.monotonic() >= self._watch.until:
            raise OutOfTime
        fold, matrix = self._fold, self._matrix
        cost, low, high = (each[fold.kept] for each in (stage.cost, stage.low, stage.high))
        row_low, row_high = (
            each[self._order] for each in bounds_folded(fold, stage.low, stage.row_low, stage.row_high)
        )
        units = self._units_of(cost, row_low, row_high)
        to_x, to_row = units.amount / matrix.column, units.amount * matrix.row
        program = Linear(
            matrix, -cost * matrix.column * units.cost, low * to_x, high * to_x, row_low * to_row, row_high * to_row
        )
        enough = (LOOSE * self.accuracy, KEPT) if stage.exactly else (self.accuracy, MISSED * self.accuracy)
        worth = stage.worth / (units.cost * units.amount)
        judge = Judge(program, self._levels[self._order], to_x, to_row, worth, enough, self._teller(stage))
        point, finished = self._start(program, stage, units), True
        before, most = point.iterations, MOST if stage.founds else self._most_later()
        best = Solution(np.empty(0), np.empty(0), -np.inf, np.inf)
        for attempt in range(PROOFS):
            try:
                point = search(program, point, judge, most=most - (point.iterations - before), until=self._watch.until)
            except Interrupted as stopped:
                point, finished = stopped.point, False
            last = not finished or attempt == PROOFS - 1 or point.iterations - before >= most
            best = self._proved(program, stage, units, point, best)
            if last or self._far(program, stage, units, point, best) <= enough[0]:
                best = self._answered(program, stage, units, point, best, again=POLISHED if finished else 1)
            if last or self._gap(stage, best) <= enough[0]:
                break
            judge = replace(judge, enough=(judge.enough[0] * SHARPER, judge.enough[1] * SHARPER))
        self._last = replace(point, y=point.y / units.cost, iterations=0)
        return replace(best, finished=finished, iterations=point.iterations - before)

    def _teller(self, stage: Stage) -> Callable[[float], None]:
        return lambda far: self._watch.tell(f"{stage.name}: amounts and prices are still {min(far, 1.0):.2%} apart")

    def _most_later(self) -> int:
        """Return how many iterations a stage may take on which few others stand."""
        return int(np.clip(WORK // max(len(self._matrix.columns[1]), 1), LEAST_LATER, MOST_LATER))

    def _proved(self, program: Linear, stage: Stage, units: Units, point: Point, best: Solution) -> Solution:
        """Return the best so far with the prices at a point, raised, where they bound the stage more closely."""
        price = np.empty_like(point.y)
        price[self._order] = signed(point.y, program.row_low, program.row_high) * program.matrix.row / units.cost
        price = prices_unfolded(self._fold, price)
        owed = np.minimum(price, 0.0)
        duals = owed + raised(self._entries, stage.cost - self._entries.T @ owed, price, self._payers)
        for prices in (duals, np.zeros_like(duals)):
            most = bound(self._entries, stage, prices)
            if most < best.bound:
                best = replace(best, duals=prices, bound=most)
        return best

    def _answered(
        self, program: Linear, stage: Stage, units: Units, point: Point, best: Solution, *, again: int
    ) -> Solution:
        """Return the best so far with the amounts at a point, as far as they can be done, where they are worth more."""
        x, asked = np.clip(point.x, program.low, program.high), program
        rows = None
        for number in range(1 + again):  # first as it is
            whole = self._whole(program, stage, units, x)
            whole, lacks = (whole, None) if stage.doable is None else stage.doable(whole)
            value, before = float(stage.cost @ whole), self._gap(stage, best)
            best = replace(best, x=whole, value=value) if value > best.value else best
            gap = self._gap(stage, best)
            enough = gap <= self.accuracy or (number > 1 and gap > WORTH * before)
            if lacks is None or enough or number == again:
                break
            rows = rows or by_row(program)
            asked = replace(asked, row_low=asked.row_low + lacks[self._order] * units.amount * program.matrix.row)
            x = polished(asked, rows, x)
        return best

    def _far(self, program: Linear, stage: Stage, units: Units, point: Point, best: Solution) -> float:
        """Return how far below the bound the amounts at a point are, in levels, before anything is mended."""
        whole = self._whole(program, stage, units, np.clip(point.x, program.low, program.high))
        return self._gap(stage, replace(best, value=float(stage.cost @ whole)))

    def _whole(self, program: Linear, stage: Stage, units: Units, x: Floats) -> Floats:
        """Return all columns of a stage in usual sizes, from scaled ones."""
        return amounts_unfolded(self._fold, x * program.matrix.column / units.amount, stage.high)

    @staticmethod
    def _gap(stage: Stage, best: Solution) -> float:
        """Return how far an answer may be from best, in levels, but for rounding."""
        return (best.bound - best.value - ROUNDING * abs(best.value)) * stage.worth

    def _units_of(self, cost: Floats, row_low: Floats, row_high: Floats) -> Units:
        """Return units in which the cost has norm 1, and what there is, in the first stage, too."""
        if not self._amount:
            limits = np.where(np.isfinite(row_high), row_high, np.where(np.isfinite(row_low), row_low, 0.0))
            self._amount = 1.0 / (float(np.linalg.norm(limits * self._matrix.row)) or 1.0)
        return Units(self._amount, 1.0 / (float(np.linalg.norm(cost * self._matrix.column)) or 1.0))

    def _start(self, program: Linear, stage: Stage, units: Units) -> Point:
        """Return where to begin: at the last answer, with its prices where the cost is of the same kind."""
        if self._last is None:
            columns, rows = len(program.cost), len(program.row_low)
            nothing = np.clip(np.zeros(columns), program.low, program.high)
            return Point(nothing, np.zeros(rows), np.ones(columns), np.ones(rows), 1.0)
        last = self._last
        y = last.y * units.cost if stage.same_prices else np.zeros_like(last.y)
        return replace(
            last,
            x=np.clip(last.x, program.low, program.high),
            y=y,
            reach=last.reach**COOLED,
            span=last.span**COOLED,
        )


def _ordered(entries: sp.csc_array) -> tuple[Ints, sp.csc_array]:
    """Return an order of the rows that suits memory, and the matrix in it."""
    order = order_of_rows(*columns_of(entries.indptr, entries.indices, entries.data)[:2], entries.shape[0])
    place = np.empty_like(order)
    place[order] = np.arange(len(order), dtype=np.int32)
    ordered = sp.csc_array((entries.data, place[entries.indices], entries.indptr), shape=entries.shape)
    ordered.sort_indices()
    return order, ordered


@dataclass(frozen=True)
class Units:
    """What amounts and costs are multiplied by, so that the solver sees sizes of about 1."""

    amount: float
    cost: float


def _nobody(far: float) -> None:
    """Tell nobody."""


@dataclass
class Judge:
    """Says whether an answer is good enough, in levels.

    Attributes:
        program: In the units of the solver.
        levels: Rows that speak of levels (M).
        to_x, to_row: What a column's amount (K) and a row's (M) are multiplied by.
        worth: What one unit of cost in the solver's units is, in levels.
        enough: What the gap, and what any level may be missed by (both in levels).
        tell: Told how far the answer is from settled (in levels), every time it is looked at.
        gap, missed, priced, stray: Of the last answer, in levels: between amounts and prices; the most that a level is
            missed by; what all that is missed is worth; what columns, at least a usual size of each, are worth beyond
            what they take.
    """

    program: Linear
    levels: Bools
    to_x: Floats
    to_row: Floats
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
        miss = np.maximum(np.maximum(across - program.row_high, program.row_low - across), 0.0)
        rest = -(program.cost + along)
        limit = np.where(y > 0, program.row_high, np.where(y < 0, program.row_low, 0.0))
        edge = np.where(rest > 0, program.high, program.low)
        open_ended = ~np.isfinite(edge)
        most = float(y @ limit) + float(rest @ np.where(open_ended, 0.0, edge))
        reached = -float(program.cost @ x)
        self.gap = abs(min(most, self.best) - reached) * self.worth
        self.missed = float((miss[self.levels] / self.to_row[self.levels]).max(initial=0.0))
        self.priced = float(np.abs(y) @ miss) * self.worth
        self.stray = float(np.maximum(rest, 0.0) @ np.where(open_ended, np.maximum(x, self.to_x), 0.0)) * self.worth
        self.tell(max(self.gap, self.priced, self.stray, self.missed))
        return max(self.gap, self.priced, self.stray) <= self.enough[0] and self.missed <= self.enough[1]

    def lag(self) -> float:
        """Return how many times further amounts are from right than prices."""
        return max(self.missed, self.priced, 1e-12) / max(PRICES_LAG * self.stray, 1e-12)


def signed(y: Floats, row_low: Floats, row_high: Floats) -> Floats:
    """Return prices without those on the side of a row that has no limit."""
    return np.clip(y, np.where(np.isfinite(row_low), -np.inf, 0.0), np.where(np.isfinite(row_high), np.inf, 0.0))
