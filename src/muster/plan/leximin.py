"""Leximin in steps: lift the worst-off together, then band by band, each keeping what was reached.

The rule, leximin in steps: first the highest level that all can reach together, then bands of fairness; in each,
people times fill is maximised, and a slip of those already served must buy ten times as much.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from muster.errors import PlanError
from muster.plan.doable import completed, lacking, without_loss
from muster.plan.ladder import Ladder
from muster.plan.sets import Bools, Floats, Ints
from muster.plan.stage import OutOfTime, Solution, Solves, Stage

STUCK = 1e-7
"""A claim that leaves more than this of a band unfilled is stuck."""

FULL = 1.0 - 1e-9
"""From here on a claim counts as met in full, and never slips."""

SLIP_PRICE = 10.0
"""A slip must buy this many times as much elsewhere."""

PRICED = 1e-6
"""A guard with a lower price than this may be free to rise; the exact climb asks again."""

KEEPING = 100.0
"""What it is worth that everybody keeps what they have, as a multiple of all that is used up for it."""

MENDED = 3.0
"""What mending rough answers may cost somebody in all, in multiples of how rough they are."""

CLOSE = 2e-7
"""Somebody who is this close to what they had, has it: room that a solver needs. Who is met in full keeps all."""

FORBIDDING = 1e5
"""Highest price of a slip, in usual fills: as good as forbidden, and still a number a solver can weigh."""

RAISED = 1e-8
"""Margin left below what somebody has when it is guarded, so that a guard never asks for more than there is."""

EXACTLY = 1e-11
"""The same margin in the exact climb: there 1e-8 from many lifts others by up to 0.03, on regions of 240 claims."""


@dataclass(frozen=True)
class Standing:
    """What has been reached so far.

    Attributes:
        level: Recorded level of each rung; NaN in goals not begun.
        x: Scaled columns of the matrix: a plan that keeps every level to within the slack.
        rough: How far below its level a rung may be found, as the solver is no closer; 0 for an exact one.
    """

    level: Floats
    x: Floats
    rough: float = 0.0

    def room(self, slack: float) -> Floats:
        """Return how far below its level each rung may stand; for what is met in full, no more than is ``rough``."""
        level = np.nan_to_num(self.level)
        return np.maximum(np.where(self.level >= FULL, 0.0, slack * level), np.minimum(self.rough, level))

    def guard(self, ladder: Ladder, slack: float) -> Floats:
        """Return what each rung must keep (NaN: not begun): its level less the room, and no more than it has."""
        guard = self.level - self.room(slack)
        return np.minimum(guard, ladder.met(self.x)) if self.rough else guard

    def need(self, ladder: Ladder, slack: float) -> tuple[Floats, Floats]:
        """Return what each rung should keep when a rough answer is mended, and what it must (NaN: not begun)."""
        return self.guard(ladder, slack), self.level - self.room(slack) - MENDED * self.rough


@dataclass(frozen=True)
class Proved:
    """One stage that was solved, with the prices that bound it.

    Attributes:
        goal: ``floor``, ``reserve``, ``norm`` or ``effort``.
        round: Number of the linear program within its goal (1 is the first); as in ``Climb.round_of``.
        kind: ``common`` (all to one level), ``level`` (the same for those not stuck, exactly), ``band``, ``last``
            (what is left over), ``effort`` or ``tonne_km``.
        low, high: The band, in levels; both the level itself where there is none.
        duals: The solver's answer, or what a first-order solver takes for one: by row of the ladder.
        per: What one unit of the stage's own cost is in the goal's units (levels; for a band per person that could
            rise; for the last goal effort or tonne-kilometres).
        active: Who was to be lifted, among the goal's rungs; ``None`` for all of them, or nobody in particular.
        have: What every rung had to have, where nobody may slip (``last``, ``effort``, ``tonne_km``); NaN where its
            goal had not begun.
        value: What was reached, in the goal's units: the level; of a band or last pass the mean rise less the price of
            slips; effort or tonne-kilometres.
    """

    goal: str
    round: int
    kind: str
    low: float
    high: float
    duals: Floats
    per: float = 1.0
    active: Bools | None = None
    have: Floats | None = None
    value: float = 0.0


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
        stages: Every linear program that was solved, in order.
        before: ``round_of`` and levels of the goal's rungs before the last pass raised some; ``None``: there was none.
    """

    standing: Standing
    max_min: float
    round_of: Ints
    rounds: int
    gap: float
    first: Solution | None
    finished: bool
    stages: tuple[Proved, ...] = ()
    before: tuple[Ints, Floats] | None = None


@dataclass(frozen=True)
class Rules:
    """How to climb: width of a band, slip allowed, exact or in bands, and who is told about each round.

    ``mend`` turns a rough answer (scaled columns) into one that can be done; ``None``: answers are as good as exact.
    """

    step: float
    slack: float
    exact: bool
    tell: Callable[[int, float, Floats], None]
    mend: Callable[[Floats], Floats] | None = None


def climb(solver: Solves, ladder: Ladder, standing: Standing, service: int, rules: Rules) -> Climb:
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
        first = solver.solve(can_be_done(common_level(ladder, standing, service, rules.slack), ladder, standing, rules))
    except OutOfTime:
        level = standing.level.copy()
        level[rungs] = np.where(ladder.met(standing.x)[rungs] >= FULL, 1.0, 0.0)
        return replace(start, standing=replace(standing, level=level), max_min=0.0, gap=1.0, finished=False)
    x = first.x[: ladder.columns]
    lowest = min(float(first.value), 1.0) if rules.mend is None else _whole(float(ladder.met(x)[rungs].min()), solver)
    level = standing.level.copy()
    level[rungs] = 1.0 if lowest >= FULL else lowest
    begun = replace(
        start,
        standing=replace(standing, level=level, x=x),
        max_min=min(lowest, 1.0),
        round_of=np.ones_like(start.round_of),
        rounds=1,
        gap=max(0.0, first.bound - first.value),
        first=first,
        stages=(Proved(ladder.services[service].goal, 1, "common", lowest, lowest, first.duals, value=lowest),),
    )
    rules.tell(1, lowest, ladder.met(begun.standing.x)[rungs])
    if not first.finished:
        return replace(begun, finished=False)
    return (
        _levels(solver, ladder, begun, service, rules) if rules.exact else _bands(solver, ladder, begun, service, rules)
    )


def can_be_done(stage: Stage, ladder: Ladder, standing: Standing, rules: Rules) -> Stage:
    """Return a stage that says how a rough answer becomes one that can be done and takes from nobody."""
    mend = rules.mend
    if mend is None:
        return stage
    need = standing.need(ladder, rules.slack)

    def doable(x: Floats) -> tuple[Floats, Floats]:
        mended, lacks = mend(x[: ladder.columns]), np.zeros(len(stage.row_low))
        _rows_of(ladder, lacks)[:] = lacking(ladder, standing.x, mended, need)
        return completed(ladder, stage, without_loss(ladder, standing.x, mended, need)), lacks

    return replace(stage, doable=doable)


def _whole(level: float, solver: Solves) -> float:
    """Return a level, or 1 where a rough solver may just have missed it."""
    return 1.0 if level >= 1.0 - solver.accuracy else level


def _bands(solver: Solves, ladder: Ladder, begun: Climb, service: int, rules: Rules) -> Climb:
    rungs = ladder.rung(service)
    weight = ladder.services[service].weight
    now, low, active = begun, begun.max_min, np.ones(len(weight), dtype=bool)
    try:
        while low < FULL and active.any():
            high = 1.0 if low + rules.step > 1.0 - STUCK else low + rules.step
            this = replace(rules, step=high - low)
            stage = band(ladder, now.standing, service, active=active, rules=this, again=now.rounds > 1)
            solution = solver.solve(can_be_done(stage, ladder, now.standing, rules))
            x, fill = solution.x[: ladder.columns], solution.x[-ladder.rungs :][rungs]
            if rules.mend is not None:  # what the answer says of itself is rougher than what it gives
                fill = np.clip(ladder.met(x)[rungs] - low, 0.0, high - low)
            filled = active & (fill >= high - low - max(STUCK, solver.accuracy))
            level, round_of = now.standing.level.copy(), now.round_of.copy()
            level[rungs] = np.where(filled, high, np.where(active, low + fill, level[rungs]))
            round_of[active] = now.rounds + 1
            per = float(weight.mean()) / float(weight[active].sum())
            goal, again = ladder.services[service].goal, now.rounds + 1
            spared = float(stage.cost[ladder.slips] @ stage.high[ladder.slips])  # what it is worth that nobody slips
            proved = Proved(goal, again, "band", low, high, solution.duals, per=per, active=active)
            rose = float(weight @ np.where(active, fill, 0.0)) / float(weight[active].sum())
            proved = replace(proved, value=(solution.value - spared) * per if rules.mend is None else rose)
            now = replace(
                now,
                standing=replace(now.standing, level=level, x=x),
                round_of=round_of,
                rounds=again,
                gap=max(now.gap, (solution.bound - solution.value) * per),
                stages=(*now.stages, proved),
            )
            low, active = high, filled
            rules.tell(now.rounds, low, ladder.met(now.standing.x)[rungs])
            if not solution.finished:
                return replace(now, finished=False)
        return _last_pass(solver, ladder, now, service, rules)
    except OutOfTime:
        return replace(now, gap=max(now.gap, 1.0 - low), finished=False)


def _last_pass(solver: Solves, ladder: Ladder, now: Climb, service: int, rules: Rules) -> Climb:
    """Use what is left over: raise whom it can raise while everybody keeps what they have."""
    rungs = ladder.rung(service)
    if np.all(ladder.met(now.standing.x)[rungs] >= FULL):
        return now
    stage = spare(ladder, now.standing, service, rules.slack)
    solution = solver.solve(can_be_done(stage, ladder, now.standing, rules))
    x = solution.x[: ladder.columns]
    reached = ladder.met(x)
    level, round_of = now.standing.level.copy(), now.round_of.copy()
    rise = reached[rungs] > level[rungs] + STUCK
    level[rungs] = np.where(rise, reached[rungs], level[rungs])
    round_of[rise] = now.rounds + 1
    goal, again, per = ladder.services[service].goal, now.rounds + 1, 1.0 / len(reached[rungs])
    have = kept(ladder, now.standing, rules.slack)
    proved = Proved(goal, again, "last", 1.0, 1.0, solution.duals, per=per, have=have)
    value = solution.value
    if rules.mend is not None:
        weight = ladder.services[service].weight
        value = float(weight @ np.maximum(reached[rungs] - have[rungs], 0.0)) / float(weight.mean())
    return replace(
        now,
        standing=replace(now.standing, level=level, x=x),
        round_of=round_of,
        rounds=again,
        gap=max(now.gap, (solution.bound - solution.value) * per),
        stages=(*now.stages, replace(proved, value=value * per)),
        before=(now.round_of, now.standing.level[rungs]),
    )


def _levels(solver: Solves, ladder: Ladder, begun: Climb, service: int, rules: Rules) -> Climb:
    """Climb exactly: whose guard has a price at the common level can rise no further; fix them, and lift the rest."""
    rungs, goal = ladder.rung(service), ladder.services[service].goal
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
            proved = Proved(goal, now.rounds + 1, "level", low, low, solution.duals)
            level[rungs] = np.where(active, 1.0 if low >= FULL else low, level[rungs])
            now = replace(
                now,
                standing=replace(now.standing, level=level, x=solution.x[: ladder.columns]),
                rounds=now.rounds + 1,
                round_of=np.where(active, now.rounds + 1, now.round_of).astype(np.int32),
                gap=max(now.gap, solution.bound - solution.value),
                stages=(*now.stages, replace(proved, active=active, value=low)),
            )
            rules.tell(now.rounds, low, ladder.met(now.standing.x)[rungs])
    except OutOfTime:
        return replace(now, gap=max(now.gap, 1.0 - low), finished=False)
    return now


def _lifted(solver: Solves, ladder: Ladder, standing: Standing, service: int, active: Bools) -> Solution:
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
    guard = np.where(lifted, np.nan, standing.guard(ladder, slack) + RAISED - margin)
    stage = _stage(ladder, f"goal {ladder.services[service].goal}, common level", guard)
    stage = replace(stage, patience=6_000, founds=True)
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
    guard = standing.guard(ladder, rules.slack)
    room = np.nan_to_num(standing.level - guard)
    name = f"goal {ladder.services[service].goal}, band"
    usual, risers = float(ladder.services[service].weight.mean()), ladder.services[service].weight[active]
    worth = usual / (float(risers.sum()) or usual)
    stage = _stage(ladder, name, guard)
    stage = replace(stage, patience=8_000, same_prices=again, worth=worth)
    begun = ~np.isnan(standing.level)
    if standing.rough:  # these rows keep it, and say so once
        stage.low[ladder.column] = 0.0
    _rows(ladder, stage)[begun] = (guard - RAISED - ladder.offset)[begun]
    slip = ladder.slips
    stage.high[slip] = room
    stage.cost[slip] = np.where(room > 0, np.minimum(SLIP_PRICE * ladder.weight / usual, FORBIDDING), 0.0)
    fill = slice(slip.stop + rungs.start, slip.stop + rungs.stop)
    stage.high[fill] = np.where(active, np.minimum(rules.step, 1.0 - standing.level[rungs]), 0.0)
    stage.cost[fill] = np.where(active, ladder.services[service].weight / usual, 0.0)
    return stage


def spare(ladder: Ladder, standing: Standing, service: int, slack: float) -> Stage:
    """Return the stage that uses what is left over: everybody keeps what they have, people × rise is maximised."""
    rungs, have = ladder.rung(service), kept(ladder, standing, slack)
    name, worth = f"goal {ladder.services[service].goal}, last pass", 1.0 / len(ladder.services[service])
    stage = replace(_stage(ladder, name, have), patience=20_000, worth=worth)
    _rows(ladder, stage)[rungs] = have[rungs] - RAISED - ladder.offset[rungs]
    first = ladder.columns + len(ladder.services) + ladder.rungs
    fill = slice(first + rungs.start, first + rungs.stop)
    weight = ladder.services[service].weight
    stage.high[fill] = np.maximum(1.0 - have[rungs], 0.0)
    stage.cost[fill] = weight / weight.mean()
    return stage


def kept(ladder: Ladder, standing: Standing, slack: float) -> Floats:
    """Return what every rung keeps in the last pass: what it has, as closely as a solver can; NaN: not begun."""
    have = ladder.met(standing.x)
    close = np.where(have >= FULL, 0.0, CLOSE)
    have = np.fmax(have - close, standing.guard(ladder, slack))
    return _begun(standing, have)


def least(ladder: Ladder, standing: Standing, cost: Floats, *, caps: tuple[float, float], room: float = 0.0) -> Stage:
    """Return the stage that minimises a cost (K, per scaled column), everybody keeping what they have.

    Args:
        caps: Most effort and tonne-kilometres allowed; infinite for no bound.
        room: By how much a solver may have missed levels: so far somebody may fall, at a price that no saving is worth.
    """
    used = abs(float(cost @ standing.x)) or 1.0
    have = _begun(standing, ladder.met(standing.x))
    stage = replace(_stage(ladder, "goal effort", have - room), patience=20_000, worth=1.0 / used, exactly=True)
    stage.cost[: ladder.columns] = -cost
    stage.row_high[-2:] = caps
    if room:
        begun = ~np.isnan(have)
        weight = np.where(begun, ladder.weight, 0.0)
        stage.cost[ladder.slips] = KEEPING * used * weight / float(weight @ np.nan_to_num(have))
        stage.high[ladder.slips] = np.where(begun, room, 0.0)
        _rows(ladder, stage)[begun] = (have - room - ladder.offset)[begun]
    return stage


def _begun(standing: Standing, have: Floats) -> Floats:
    return np.where(np.isnan(standing.level), np.nan, have)


def _rows(ladder: Ladder, stage: Stage) -> Floats:
    """Return the lower limits of the rungs' rows, as a view to write to."""
    return _rows_of(ladder, stage.row_low)


def _rows_of(ladder: Ladder, by_row: Floats) -> Floats:
    """Return the part of an array (M) that is about the rungs' rows, as a view."""
    return by_row[ladder.rows : ladder.rows + ladder.rungs]


def _stage(ladder: Ladder, name: str, guard: Floats) -> Stage:
    """Return a stage without a cost in which every rung stands at least at its guard (NaN: not begun)."""
    extra = len(ladder.services) + 2 * ladder.rungs
    stage = Stage(
        name=name,
        cost=np.zeros(ladder.columns + extra),
        low=np.zeros(ladder.columns + extra),
        high=np.concatenate([ladder.most, np.zeros(extra)]),
        row_low=np.full(ladder.rows + ladder.rungs + 2, -np.inf),
        row_high=np.concatenate([ladder.limit, np.full(ladder.rungs + 2, np.inf)]),
    )
    column, per_unit = ladder.column, ladder.per_unit
    needed = (np.nan_to_num(guard, nan=-np.inf) - RAISED - ladder.offset) / (per_unit * ladder.scale[column])
    np.maximum.at(stage.low, column, np.minimum(needed, ladder.most[column]))
    return stage
