"""Stage -> solution, without a factorisation: the face of the first-order solver."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numba
import numpy as np
import scipy.sparse as sp

from muster.plan.firstorder.fold import amounts_unfolded, bounds_folded, fold, folded_runs, in_order, prices_unfolded
from muster.plan.firstorder.judge import Judge, signed
from muster.plan.firstorder.kernels import cores_for
from muster.plan.firstorder.polish import by_row, polished
from muster.plan.firstorder.search import Interrupted, Linear, Point, search
from muster.plan.firstorder.weighing import weighed
from muster.plan.prices import Payers, borne, raised
from muster.plan.sets import NONE, Bools, Floats, Ints
from muster.plan.stage import PATIENT, OutOfTime, Solution, Stage, Watch, bound

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

POLISHED = 6
"""How often an answer is polished: asking for more where people lacked something after what cannot be done was cut."""

WORTH = 0.8
"""An answer is polished once more where the last time left at most this share of the gap."""

PROOFS, SHARPER = 4, 0.3
"""How often prices are tried whether they prove what they seem to, and how much sharper they must be the next time."""

COOLED = 0.5
"""How much of what a stage learnt about its steps the next one starts from (0: nothing)."""


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
        watch: Watch = PATIENT,
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
        ends = np.append(payers.ends, np.zeros(entries.shape[0] - len(payers.ends), dtype=bool))
        self._payers = Payers(np.concatenate([payers.row, alone]), payers.order, payers.steps, ends)
        whole = fold(entries, *folded)
        self._matrix = weighed(folded_runs(entries, whole))
        cores_for(self._matrix.runs.entries)
        self._fold = in_order(whole, self._matrix.runs.order)
        self._last: Point | None = None
        self._amount = 0.0

    def solve(self, stage: Stage) -> Solution:
        """Return an answer to a stage that is best, and keeps what it must, to ``accuracy``.

        Raises:
            OutOfTime: The time was over before it began, and something else stands already.
        """
        if self._last is not None and self._watch.over:
            raise OutOfTime
        fold, matrix = self._fold, self._matrix
        cost, low, high = (each[fold.kept] for each in (stage.cost, stage.low, stage.high))
        row_low, row_high = bounds_folded(fold, stage.low, stage.row_low, stage.row_high)
        units = self._units_of(cost, row_low, row_high)
        for each in (low, high, row_low, row_high):
            each *= units.amount
        cost *= -units.cost
        program = Linear(matrix, cost, low, high, row_low, row_high)
        enough = (LOOSE * self.accuracy, KEPT) if stage.exactly else (self.accuracy, MISSED * self.accuracy)
        worth = stage.worth / (units.cost * units.amount)
        judge = Judge(program, self._levels, units.amount, worth, enough, self._teller(stage))
        point, finished = self._start(program, stage, units), True
        before, most = point.iterations, MOST if stage.founds else self._most_later()
        best = Solution(np.empty(0), np.empty(0), -np.inf, np.inf)
        for attempt in range(PROOFS):
            try:
                point = search(program, point, judge, most=most - (point.iterations - before), watch=self._watch)
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
        def tell(far: float) -> None:
            near = min(max(far, self.accuracy), 1.0)
            done = float(np.log(near) / np.log(self.accuracy))  # each tenth of what is left takes about as long
            self._watch.tell(f"{stage.name}: amounts and prices are still {min(far, 1.0):.2%} apart", done)

        return tell

    def _most_later(self) -> int:
        """Return how many iterations a stage may take on which few others stand."""
        return int(np.clip(WORK // max(self._matrix.runs.entries, 1), LEAST_LATER, MOST_LATER))

    def _proved(self, program: Linear, stage: Stage, units: Units, point: Point, best: Solution) -> Solution:
        """Return the best so far with the prices at a point, raised, where they bound the stage more closely."""
        price = prices_unfolded(self._fold, signed(point.y, program.row_low, program.row_high) / units.cost)
        owed = np.minimum(price, 0.0)
        bears = borne(self._payers, price, self._through(program, point) / units.amount, stage.row_high)
        cost = stage.cost - self._entries.T @ owed
        duals = owed + raised(self._entries, cost, price, self._payers, bears=bears)
        for prices in (duals, np.zeros_like(duals)):
            most = bound(self._entries, stage, prices)
            if most < best.bound:
                best = replace(best, duals=prices, bound=most)
        return best

    def _through(self, program: Linear, point: Point) -> Floats:
        """Return what is taken of each row at a point (M)."""
        x, matrix = np.clip(point.x, program.low, program.high), program.matrix
        through: Floats = 0.5 * (matrix.takes(x, sizes=True) + matrix.takes(x))
        return through

    def _answered(
        self, program: Linear, stage: Stage, units: Units, point: Point, best: Solution, *, again: int
    ) -> Solution:
        """Return the best so far with the amounts at a point, as far as they can be done, where they are worth more."""
        x, asked = np.clip(point.x, program.low, program.high), program
        rows = None
        for number in range(1 + again):  # first as it is
            whole = amounts_unfolded(self._fold, x / units.amount, stage.high)
            whole, lacks = (whole, None) if stage.doable is None else stage.doable(whole)
            value, before = float(stage.cost @ whole), self._gap(stage, best)
            best = replace(best, x=whole, value=value) if value > best.value else best
            gap = self._gap(stage, best)
            enough = gap <= self.accuracy or (number > 1 and gap > WORTH * before)
            if lacks is None or enough or number == again:
                break
            rows = rows or by_row(program)
            asked = replace(asked, row_low=asked.row_low + lacks * units.amount)
            x = polished(asked, rows, x)
        return best

    def _far(self, program: Linear, stage: Stage, units: Units, point: Point, best: Solution) -> float:
        """Return how far below the bound the amounts at a point are, in levels, before anything is mended."""
        x = np.clip(point.x, program.low, program.high) / units.amount
        whole = amounts_unfolded(self._fold, x, stage.high)
        return self._gap(stage, replace(best, value=float(stage.cost @ whole)))

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
            nothing = np.clip(0.0, program.low, program.high)
            return Point(nothing, np.zeros_like(program.row_low), program.matrix.column, program.matrix.row, 1.0)
        last = self._last
        y = last.y * units.cost if stage.same_prices else np.zeros_like(last.y)
        return replace(
            last,
            x=np.clip(last.x, program.low, program.high),
            y=y,
            reach=_cooled(last.reach, program.matrix.column),
            span=_cooled(last.span, program.matrix.row),
        )


def _cooled(learnt: Floats, weights: Floats) -> Floats:
    """Return how far each is expected to move, part of the way back to its weight."""
    return learnt**COOLED * weights ** (1.0 - COOLED)


@dataclass(frozen=True)
class Units:
    """What amounts and costs are multiplied by, so that the solver sees sizes of about 1."""

    amount: float
    cost: float
