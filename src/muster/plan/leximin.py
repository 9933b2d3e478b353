"""Leximin in steps: lift the worst-off together, then band by band, each keeping what was reached.

The rule, leximin in steps: first the highest level that all can reach together, then bands of fairness; in each,
people times fill is maximised, and a slip of those already served must buy ten times as much.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from muster.errors import PlanError
from muster.plan.layouts import Below, Entries
from muster.plan.matrix import LARGE, Matrix
from muster.plan.sets import Bools, Floats, Ints
from muster.plan.solver import OutOfTime, Solution, Solver, Stage

STUCK = 1e-7
"""A claim that leaves more than this of a band unfilled is stuck."""

FULL = 1.0 - 1e-9
"""From here on a claim counts as met in full, and never slips."""

SLIP_PRICE = 10.0
"""A slip must buy this many times as much elsewhere."""

PRICED = 1e-6
"""A guard with a lower price than this may be free to rise; the exact climb asks again."""

CLOSE = 2e-7
"""Somebody who is this close to what they had, has it: room that a solver needs. Who is met in full keeps all."""

FORBIDDING = 1e5
"""Highest price of a slip, in usual fills: as good as forbidden, and still a number a solver can weigh."""

RAISED = 1e-8
"""Margin left below what somebody has when it is guarded, so that a guard never asks for more than there is."""

EXACTLY = 1e-11
"""The same margin in the exact climb: there 1e-8 from many lifts others by up to 0.03, on regions of 240 claims."""


@dataclass(frozen=True)
class Service:
    """Who is to be lifted in one goal (J rungs): met = offset + per_unit · x[column], counted up to 1.

    Attributes:
        goal: ``floor``, ``reserve`` or ``norm``.
        column: Column of the matrix (J).
        per_unit, offset: See above (J).
        weight: People, or 1 for a reserve (J).
        members: Position of the claim or reserve (J).
    """

    goal: str
    column: Ints
    per_unit: Floats
    offset: Floats
    weight: Floats
    members: Ints

    def __len__(self) -> int:
        return len(self.column)


@dataclass(frozen=True)
class Ladder:
    """The scaled matrix with a row, a slip and a fill for every rung of every goal, and two rows for the last goal.

    Columns: K of the matrix · one common level for each service · slip of each rung · fill of each rung.
    Rows: M of the matrix · one for each rung (what is delivered, less slip, fill and level, is at least its guard) ·
    effort · tonne-kilometres.
    """

    services: tuple[Service, ...]
    entries: sp.csc_array
    most: Floats
    limit: Floats
    scale: Floats

    @property
    def rungs(self) -> int:
        """How many rungs all services have together."""
        return sum(map(len, self.services))

    def rung(self, service: int) -> slice:
        """Return where a service's rungs lie among all rungs."""
        first = sum(map(len, self.services[:service]))
        return slice(first, first + len(self.services[service]))

    @property
    def columns(self) -> int:
        """Columns of the matrix itself (K)."""
        return len(self.most)

    @property
    def rows(self) -> int:
        """Rows of the matrix itself (M)."""
        return len(self.limit)

    @cached_property
    def column(self) -> Ints:
        """Column of the matrix behind each rung."""
        return np.concatenate([each.column for each in self.services] or [np.empty(0, dtype=np.int32)])

    @cached_property
    def per_unit(self) -> Floats:
        """What one unit of its column adds to each rung."""
        return np.concatenate([each.per_unit for each in self.services] or [np.empty(0)])

    @cached_property
    def offset(self) -> Floats:
        """What each rung has without anything delivered."""
        return np.concatenate([each.offset for each in self.services] or [np.empty(0)])

    @cached_property
    def weight(self) -> Floats:
        """People behind each rung, or 1 for a reserve."""
        return np.concatenate([each.weight for each in self.services] or [np.empty(0)])

    def met(self, x: Floats) -> Floats:
        """Return what each rung has at scaled columns ``x``: up to 1."""
        return np.minimum(1.0, self.offset + self.per_unit * x[self.column] * self.scale[self.column])


def ladder_of(matrix: Matrix, services: tuple[Service, ...], *, effort: Floats, tonne_km: Floats) -> Ladder:
    """Join a matrix, its services and the costs of the last goal (each K, scaled to about 1) into one scaled matrix."""
    scale, rows = matrix.column_scale, matrix.row_scale
    count = sum(map(len, services))
    column = np.concatenate([each.column for each in services] or [np.empty(0, dtype=np.int32)])
    unit = np.concatenate([each.per_unit for each in services] or [np.empty(0)]) * scale[column]
    rung = (len(rows) + np.arange(count)).astype(np.int32)
    ends = np.cumsum([0, *map(len, services)])
    right = _right(rung, ends, len(rows) + count + 2)
    lay = _stacked if matrix.entries.nnz > LARGE else _blocks
    entries = lay(matrix, (column, unit), (effort, tonne_km), right)
    return Ladder(services, entries, matrix.most / scale, matrix.limit / rows, scale)


def _right(rung: Ints, ends: NDArray[np.int64], rows: int) -> sp.csc_array:
    """Return the columns of common levels, slips and fills; ``ends`` says where the rungs of each service end."""
    starts = np.concatenate([ends[:-1], len(rung) + np.arange(2 * len(rung) + 1)]).astype(np.int32)
    return sp.csc_array((np.full(3 * len(rung), -1.0), np.tile(rung, 3), starts), shape=(rows, len(starts) - 1))


def _blocks(
    matrix: Matrix, rungs: tuple[Ints, Floats], costs: tuple[Floats, Floats], right: sp.csc_array
) -> sp.csc_array:
    """Return the scaled matrix, the rungs' rows (column and entry of each) and costs below it, ``right`` beside."""
    scale, (column, unit) = matrix.column_scale, rungs
    body = sp.diags_array(1.0 / matrix.row_scale) @ matrix.entries @ sp.diags_array(scale)
    delivered = sp.csr_array((unit, (np.arange(len(column)), column)), shape=(len(column), len(scale)))
    left = sp.block_array([[body], [delivered], [sp.csr_array(np.stack(costs) * scale)]])
    entries = sp.csc_array(sp.hstack([left, right]))
    starts, rows = entries.indptr.astype(np.int32), entries.indices.astype(np.int32)
    return sp.csc_array((entries.data, rows, starts), shape=entries.shape)


def _stacked(
    matrix: Matrix, rungs: tuple[Ints, Floats], costs: tuple[Floats, Floats], right: sp.csc_array
) -> sp.csc_array:
    """Return what ``_blocks`` returns, in a fraction of the time and with nothing beside it in memory."""
    from muster.plan.stacking import stack  # loads numba: a small economy is planned in that time

    left, (column, unit), rows = matrix.entries, rungs, len(matrix.row_scale)
    order = np.argsort(column, kind="stable").astype(np.int32)
    below = Below(column[order], np.int32(rows) + order, unit[order], *costs, rows + len(column))
    room = left.nnz + len(column) + sum(int(np.count_nonzero(cost)) for cost in costs) + right.nnz
    columns = left.shape[1]
    into = Entries(np.zeros(columns + len(right.indptr), np.int32), np.empty(room, np.int32), np.empty(room))
    body = Entries(left.indptr, left.indices, left.data)
    count = stack(body, 1.0 / matrix.row_scale, matrix.column_scale, below, into)
    end = count + right.nnz
    into.starts[columns:] = count + right.indptr
    into.rows[count:end], into.values[count:end] = right.indices, right.data
    shape = (right.shape[0], columns + right.shape[1])
    return sp.csc_array((into.values[:end], into.rows[:end], into.starts), shape=shape)


@dataclass(frozen=True)
class Standing:
    """What has been reached so far.

    Attributes:
        level: Recorded level of each rung; NaN in goals not begun.
        x: Scaled columns of the matrix: a plan that keeps every level to within the slack.
    """

    level: Floats
    x: Floats

    def room(self, slack: float) -> Floats:
        """Return how far below its level each rung may stand; 0 for what is met in full."""
        return np.where(self.level >= FULL, 0.0, slack * np.nan_to_num(self.level))


@dataclass(frozen=True)
class Climb:
    """How one goal went.

    Attributes:
        standing: What has been reached after it.
        max_min: Highest level that all reach together (1 where there is nobody).
        round_of: Round (1 is the first) in which each rung of the goal got its level.
        rounds: Linear programs solved.
        gap: How far from best any round may be, in levels.
        first: Solution of the first round, with its duals; ``None`` where there is nobody or no time.
        finished: Whether every round was solved in the time allowed.
    """

    standing: Standing
    max_min: float
    round_of: Ints
    rounds: int
    gap: float
    first: Solution | None
    finished: bool


@dataclass(frozen=True)
class Rules:
    """How to climb: width of a band, slip allowed, exact or in bands, and who is told about each round."""

    step: float
    slack: float
    exact: bool
    tell: Callable[[int, float, Floats], None]


def climb(solver: Solver, ladder: Ladder, standing: Standing, service: int, rules: Rules) -> Climb:
    """Lift the rungs of one service as far as they go, keeping what earlier goals reached.

    Args:
        solver: On the ladder's matrix.
        standing: After the earlier goals.
        service: Which goal.
    Returns:
        How it went; with the time over, what was reached till then.
    """
    rungs = ladder.rung(service)
    start = Climb(standing, 1.0, np.zeros(len(ladder.services[service]), dtype=np.int32), 0, 0.0, None, True)
    if not len(ladder.services[service]):
        return start
    try:
        first = solver.solve(common_level(ladder, standing, service, rules.slack))
    except OutOfTime:
        level = standing.level.copy()
        level[rungs] = np.where(ladder.met(standing.x)[rungs] >= FULL, 1.0, 0.0)
        return replace(start, standing=Standing(level, standing.x), max_min=0.0, gap=1.0, finished=False)
    lowest = min(float(first.value), 1.0)
    level = standing.level.copy()
    level[rungs] = 1.0 if lowest >= FULL else lowest
    begun = replace(
        start,
        standing=Standing(level, first.x[: ladder.columns]),
        max_min=min(lowest, 1.0),
        round_of=np.ones_like(start.round_of),
        rounds=1,
        gap=max(0.0, first.bound - first.value),
        first=first,
    )
    rules.tell(1, lowest, ladder.met(begun.standing.x)[rungs])
    return (
        _levels(solver, ladder, begun, service, rules) if rules.exact else _bands(solver, ladder, begun, service, rules)
    )


def _bands(solver: Solver, ladder: Ladder, begun: Climb, service: int, rules: Rules) -> Climb:
    rungs = ladder.rung(service)
    weight = ladder.services[service].weight
    now, low, active = begun, begun.max_min, np.ones(len(weight), dtype=bool)
    try:
        while low < FULL and active.any():
            high = 1.0 if low + rules.step > 1.0 - STUCK else low + rules.step
            this = replace(rules, step=high - low)
            stage = band(ladder, now.standing, service, active=active, rules=this, again=now.rounds > 1)
            solution = solver.solve(stage)
            fill = solution.x[-ladder.rungs :][rungs]
            filled = active & (fill >= high - low - STUCK)
            level, round_of = now.standing.level.copy(), now.round_of.copy()
            level[rungs] = np.where(filled, high, np.where(active, low + fill, level[rungs]))
            round_of[active] = now.rounds + 1
            rises = float(weight[active].sum())
            now = replace(
                now,
                standing=Standing(level, solution.x[: ladder.columns]),
                round_of=round_of,
                rounds=now.rounds + 1,
                gap=max(now.gap, (solution.bound - solution.value) * float(weight.mean()) / rises),
            )
            low, active = high, filled
            rules.tell(now.rounds, low, ladder.met(now.standing.x)[rungs])
        return _last_pass(solver, ladder, now, service, rules.slack)
    except OutOfTime:
        return replace(now, gap=max(now.gap, 1.0 - low), finished=False)


def _last_pass(solver: Solver, ladder: Ladder, now: Climb, service: int, slack: float) -> Climb:
    """Use what is left over: raise whom it can raise while everybody keeps what they have."""
    rungs = ladder.rung(service)
    if np.all(ladder.met(now.standing.x)[rungs] >= FULL):
        return now
    solution = solver.solve(spare(ladder, now.standing, service, slack))
    reached = ladder.met(solution.x)
    level, round_of = now.standing.level.copy(), now.round_of.copy()
    rise = reached[rungs] > level[rungs] + STUCK
    level[rungs] = np.where(rise, reached[rungs], level[rungs])
    round_of[rise] = now.rounds + 1
    rise_gap = (solution.bound - solution.value) / len(reached[rungs])
    return replace(
        now,
        standing=Standing(level, solution.x[: ladder.columns]),
        round_of=round_of,
        rounds=now.rounds + 1,
        gap=max(now.gap, rise_gap),
    )


def _levels(solver: Solver, ladder: Ladder, begun: Climb, service: int, rules: Rules) -> Climb:
    """Climb exactly: whose guard has a price at the common level can rise no further; fix them, and lift the rest."""
    rungs = ladder.rung(service)
    assert begun.first is not None
    now, low, solution = begun, begun.max_min, begun.first
    active = np.full(len(ladder.services[service]), low < FULL)
    try:
        while low < FULL:
            active = active & ~_stuck(ladder, solution, service, active)
            if not active.any():
                break
            solution = _lifted(solver, ladder, now.standing, service, active)
            level = now.standing.level.copy()
            low = max(low, min(float(solution.value), 1.0))
            level[rungs] = np.where(active, 1.0 if low >= FULL else low, level[rungs])
            now = replace(
                now,
                standing=Standing(level, solution.x[: ladder.columns]),
                rounds=now.rounds + 1,
                round_of=np.where(active, now.rounds + 1, now.round_of).astype(np.int32),
                gap=max(now.gap, solution.bound - solution.value),
            )
            rules.tell(now.rounds, low, ladder.met(now.standing.x)[rungs])
    except OutOfTime:
        return replace(now, gap=max(now.gap, 1.0 - low), finished=False)
    return now


def _lifted(solver: Solver, ladder: Ladder, standing: Standing, service: int, active: Bools) -> Solution:
    """Return the highest level of the active, exactly; with the usual margin where no solver can do that."""
    try:
        return solver.solve(common_level(ladder, standing, service, 0.0, active=active, margin=EXACTLY))
    except PlanError:
        return solver.solve(common_level(ladder, standing, service, 0.0, active=active))


def _stuck(ladder: Ladder, solution: Solution, service: int, active: Bools) -> Bools:
    """Return whose guard has a price in a common level: at least one, as the prices of all active guards sum to 1."""
    rungs = ladder.rung(service)
    price = np.where(active, -solution.duals[ladder.rows + rungs.start : ladder.rows + rungs.stop], 0.0)
    return active & (price >= min(PRICED, float(price.max())))


def common_level(
    ladder: Ladder,
    standing: Standing,
    service: int,
    slack: float,
    *,
    active: Bools | None = None,
    margin: float = RAISED,
) -> Stage:
    """Return the stage that lifts all active rungs of a service (all of it if not said) to one level.

    Args:
        margin: Left below what the others have, so that there is something to find.
    """
    rungs = ladder.rung(service)
    lifted = np.zeros(ladder.rungs, dtype=bool)
    lifted[rungs] = True if active is None else active
    guard = np.where(lifted, np.nan, standing.level - standing.room(slack) + RAISED - margin)
    stage = _stage(ladder, f"goal {ladder.services[service].goal}, common level", guard, patience=3_000)
    _rows(ladder, stage)[lifted] = -ladder.offset[lifted]
    stage.cost[ladder.columns + service] = 1.0
    stage.high[ladder.columns + service] = 1.0
    return stage


def band(
    ladder: Ladder, standing: Standing, service: int, *, active: Bools, rules: Rules, again: bool = False
) -> Stage:
    """Return the stage that fills one band: people × fill of the active, less ten times people × slip of anybody.

    Args:
        active: Who is not stuck, among the service's rungs.
        rules: Width of the band and slip allowed.
        again: The stage before was a band of the same goal.
    """
    rungs = ladder.rung(service)
    room = standing.room(rules.slack)
    name = f"goal {ladder.services[service].goal}, band"
    stage = _stage(ladder, name, standing.level - room, patience=8_000, same_prices=again)
    usual = float(ladder.services[service].weight.mean())
    begun = ~np.isnan(standing.level)
    _rows(ladder, stage)[begun] = (standing.level - room - RAISED - ladder.offset)[begun]
    first = ladder.columns + len(ladder.services)
    slip = slice(first, first + ladder.rungs)
    stage.high[slip] = room
    stage.cost[slip] = np.where(room > 0, np.minimum(SLIP_PRICE * ladder.weight / usual, FORBIDDING), 0.0)
    fill = slice(slip.stop + rungs.start, slip.stop + rungs.stop)
    stage.high[fill] = np.where(active, np.minimum(rules.step, 1.0 - standing.level[rungs]), 0.0)
    stage.cost[fill] = np.where(active, ladder.services[service].weight / usual, 0.0)
    return stage


def spare(ladder: Ladder, standing: Standing, service: int, slack: float) -> Stage:
    """Return the stage that uses what is left over: everybody keeps what they have, people × rise is maximised."""
    rungs, have = ladder.rung(service), ladder.met(standing.x)
    have = np.where(have >= FULL, have, np.fmax(have - CLOSE, standing.level - standing.room(slack)))
    stage = _stage(ladder, f"goal {ladder.services[service].goal}, last pass", _kept(standing, have), patience=20_000)
    _rows(ladder, stage)[rungs] = have[rungs] - RAISED - ladder.offset[rungs]
    first = ladder.columns + len(ladder.services) + ladder.rungs
    fill = slice(first + rungs.start, first + rungs.stop)
    weight = ladder.services[service].weight
    stage.high[fill] = np.maximum(1.0 - have[rungs], 0.0)
    stage.cost[fill] = weight / weight.mean()
    return stage


def least(ladder: Ladder, standing: Standing, cost: Floats, *, caps: tuple[float, float]) -> Stage:
    """Return the stage that minimises a cost (K, per scaled column), everybody keeping what they have.

    Args:
        caps: Most effort and tonne-kilometres allowed; infinite for no bound.
    """
    stage = _stage(ladder, "goal effort", _kept(standing, ladder.met(standing.x)), patience=20_000)
    stage.cost[: ladder.columns] = -cost
    stage.row_high[-2:] = caps
    return stage


def _kept(standing: Standing, have: Floats) -> Floats:
    return np.where(np.isnan(standing.level), np.nan, have)


def _rows(ladder: Ladder, stage: Stage) -> Floats:
    """Return the lower limits of the rungs' rows, as a view to write to."""
    return stage.row_low[ladder.rows : ladder.rows + ladder.rungs]


def _stage(ladder: Ladder, name: str, guard: Floats, *, patience: int = 0, same_prices: bool = False) -> Stage:
    """Return a stage without a cost in which every rung stands at least at its guard (NaN: not begun)."""
    extra = len(ladder.services) + 2 * ladder.rungs
    stage = Stage(
        name=name,
        cost=np.zeros(ladder.columns + extra),
        low=np.zeros(ladder.columns + extra),
        high=np.concatenate([ladder.most, np.zeros(extra)]),
        row_low=np.full(ladder.rows + ladder.rungs + 2, -np.inf),
        row_high=np.concatenate([ladder.limit, np.full(ladder.rungs + 2, np.inf)]),
        patience=patience,
        same_prices=same_prices,
    )
    column, per_unit = ladder.column, ladder.per_unit
    needed = (np.nan_to_num(guard, nan=-np.inf) - RAISED - ladder.offset) / (per_unit * ladder.scale[column])
    np.maximum.at(stage.low, column, np.minimum(needed, ladder.most[column]))
    return stage
