"""The goals in their order: floor, reserve, norm, and last the least effort."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from muster.plan.doable import without_loss
from muster.plan.ladder import Ladder, Service, ladder_of
from muster.plan.leximin import Climb, Proved, Rules, Standing, climb, least
from muster.plan.options import Listener, Progress, Stop
from muster.plan.payers import payers_of
from muster.plan.program import Program
from muster.plan.sets import Floats
from muster.plan.solvers import solver_for
from muster.plan.stage import PATIENT, OutOfTime, Solves, Stage, Watch

EXACTLY, ROOM = 1e-6, 5.0
"""A solver that is less accurate than the first gets so many times its accuracy of room where levels are kept."""

TIES = 3
"""Linear programs of the last goal: least effort, least tonne-kilometres, most left in the stores."""

CAPPED = 1e-7
"""How far, as a share, a later tie may exceed what an earlier one reached."""


@dataclass(frozen=True)
class Choice:
    """What was chosen for a plan, with nothing left open.

    Attributes:
        goals: Stages in order.
        step, slack: Width of a band; how far somebody may slip.
        exact: One program per level instead of bands.
        until: Time of ``time.monotonic`` at which to stop; ``None`` for no limit.
        stop: Says whether somebody wants what there is by now; ``None``: nobody will.
    """

    goals: tuple[str, ...]
    step: float
    slack: float
    exact: bool
    until: float | None
    stop: Stop | None = None

    def watch(self, tell: Callable[[str, float], None]) -> Watch:
        """Return who waits for an answer, and is told how far a long stage is."""
        return Watch(self.until, tell, self.stop or PATIENT.stop)


@dataclass(frozen=True)
class Outcome:
    """What the goals reached.

    Attributes:
        x: Columns of the matrix in physical units (K).
        ladder: The rungs of all goals that were asked for.
        climbs: How each fairness goal went, in the order of ``ladder.services``.
        rounds: Linear programs solved for the last goal.
        gap: How far from least the effort may be, as a share.
        finished: Whether everything was solved in the time allowed.
        solver: What solved it.
        stages: Every linear program that was solved for the last goal, but for the last of its ties.
    """

    x: Floats
    ladder: Ladder
    climbs: tuple[Climb, ...]
    rounds: int
    gap: float
    finished: bool
    solver: str
    stages: tuple[Proved, ...] = ()


def pursue(program: Program, choice: Choice, listen: Listener) -> Outcome:
    """Pursue the goals one after another, each keeping what the earlier ones reached.

    Raises:
        PlanError: A stage has no trusted answer.
    """
    services = tuple(service_of(program, goal) for goal in choice.goals if goal != "effort")
    ladder = _ladder(program, services)
    telling = Telling(listen)
    solver = solver_for(ladder, lambda: payers_of(program), exact=choice.exact, watch=choice.watch(telling.within))
    rough = ROOM * solver.accuracy if solver.accuracy > EXACTLY else 0.0
    standing = Standing(np.full(ladder.rungs, np.nan), np.zeros(ladder.columns), rough)
    mend = _mender(program) if rough else None
    climbs: list[Climb] = []
    for number, service in enumerate(services):
        telling.begin(Progress(service.goal, 0, 0.0, 0.0, ""), _to_come(choice, 0.0) + 1)
        tell = _teller(program, service, lambda said: telling.reached(said, _to_come(choice, said.level)))
        rules = Rules(choice.step, 0.0 if choice.exact else choice.slack, choice.exact, tell, mend)
        climbs.append(climb(solver, ladder, standing, number, rules))
        standing = climbs[-1].standing
    finished = all(each.finished for each in climbs)
    rounds, gap = 0, 0.0 if "effort" not in choice.goals else 1.0
    stages: tuple[Proved, ...] = ()
    if "effort" in choice.goals and finished:
        message = "effort: using up the least while everybody keeps what they have"
        telling.begin(Progress("effort", 1, 0.0, 0.0, message), TIES)
        standing, rounds, gap, finished, stages = least_effort(solver, ladder, standing, program)
    x = standing.x * program.matrix.column_scale
    return Outcome(x, ladder, tuple(climbs), rounds, gap, finished, solver.name, stages)


def _to_come(choice: Choice, level: float) -> int:
    """Return how many linear programs a goal may take from a level on: a band for each step, and one for what is left.

    An exact climb takes as many as there are levels, which nobody knows beforehand; the steps are as good a guess.
    """
    return math.ceil((1.0 - level) / choice.step - 1e-9) + 1


class Telling:
    """Tells a listener where planning stands, also while one linear program takes long."""

    def __init__(self, listen: Listener) -> None:
        self._listen, self._said = listen, Progress("", 0, 0.0, 0.0, "")
        self._solved, self._to_come = 0, 1

    def begin(self, said: Progress, to_come: int) -> None:
        """Begin a goal that may take so many linear programs; say so where there is something to say."""
        self._said, self._solved, self._to_come = said, 0, to_come
        if said.message:
            self._listen(said)

    def reached(self, said: Progress, to_come: int) -> None:
        """Tell of a linear program that is solved; so many may still come in this goal."""
        self._said, self._solved, self._to_come = said, said.round, to_come
        self.within(said.message, 0.0)

    def within(self, message: str, share: float) -> None:
        """Tell of a linear program that is being solved, and has come so far."""
        done = (self._solved + share) / (self._solved + self._to_come)
        self._listen(replace(self._said, message=message, done=done))


def _mender(program: Program) -> Callable[[Floats], Floats]:
    """Return what turns scaled columns that a rough solver found into ones that can be done."""
    from muster.plan.mend import mender_of  # loads what compiles its loops

    return mender_of(program.matrix)


def _ladder(program: Program, services: tuple[Service, ...]) -> Ladder:
    """Return the ladder of the goals; what it is made from, a tenth of it, is forgotten with this call."""
    effort, tonne_km = (_unit(cost) for cost in costs(program))
    return ladder_of(program.matrix, services, effort=effort, tonne_km=tonne_km)


def service_of(program: Program, goal: str) -> Service:
    """Return the rungs of a goal: claims with a floor, reserves that want something, or all claims."""
    sets, matrix = program.sets, program.matrix
    if goal == "reserve":
        _, where = matrix.column_kind("held")
        wanted = program.reserves.wanted
        members = np.flatnonzero(wanted > 0).astype(np.int32)
        column = (where.start + members).astype(np.int32)
        return Service(goal, column, 1.0 / wanted[members], np.zeros(len(members)), np.ones(len(members)), members)
    claims, where = matrix.column_kind("delivered")
    at = (claims.keys["claimant"], claims.keys["need"], claims.keys["period"])
    standard = (sets.claimants.floor if goal == "floor" else sets.claimants.norm)[at]
    members = np.flatnonzero(standard > 0).astype(np.int32)
    standard, covered = standard[members], sets.claimants.covered[at][members]
    people = sets.claimants.people[at[0], at[2]][members]
    column = (where.start + members).astype(np.int32)
    return Service(goal, column, 1.0 / standard, covered / standard, people, members)


def costs(program: Program) -> tuple[Floats, Floats]:
    """Return effort (weighted units used less units made) and tonne-kilometres of one unit of each column (K each)."""
    sets, openings, plants = program.sets, program.openings, program.plants
    effort, tonne_km = np.zeros(program.matrix.entries.shape[1]), np.zeros(program.matrix.entries.shape[1])
    sent, where = program.matrix.column_kind("sent")
    opening, mass = sent.keys["opening"], sets.mass[sets.goods.resource[sent.keys["good"]]]
    tonne_km[where] = mass * openings.distance_km[opening]
    for use in np.flatnonzero(~openings.modes.occupied).tolist():
        effort[where] += sets.effort[openings.modes.resource[use]] * openings.per_tonne(use)[opening] * mass
    run, where = program.matrix.column_kind("run")
    recipe, period = plants.recipe[run.keys["plant"]], run.keys["period"]
    for line, kind in enumerate(plants.line_use):
        mine = (recipe == plants.line_recipe[line]) & (plants.line_ready[line][period] < sets.horizon.periods)
        worth = sets.effort[plants.line_resource[line]] * plants.line_quantity[line]
        if kind == "output":
            effort[where][mine] -= worth
        elif kind == "input":
            effort[where][recipe == plants.line_recipe[line]] += worth
    return effort, tonne_km


def left_over(program: Program) -> Floats:
    """Return what breaks the last ties, per unit of each column (K): leave the most in store, in usual quantities."""
    sets, nodes, matrix = program.sets, program.nodes, program.matrix
    worth = np.zeros(matrix.entries.shape[1])
    stock, where = matrix.column_kind("stock")
    last = stock.keys["period"] == sets.horizon.periods - 1
    worth[where] = np.where(last, -1.0 / sets.scale[nodes.resource[stock.keys["node"]]], 0.0)
    run, where = matrix.column_kind("run")
    recipe = program.plants.recipe[run.keys["plant"]]
    for line in program.plants.lines("output"):
        made = program.plants.line_quantity[line] / sets.scale[program.plants.line_resource[line]]
        worth[where][recipe == program.plants.line_recipe[line]] += made
    sent, where = matrix.column_kind("sent")
    worth[where] = 1e-3 / sets.scale[sets.goods.resource[sent.keys["good"]]]
    return worth


def least_effort(
    solver: Solves,
    ladder: Ladder,
    standing: Standing,
    program: Program,
    *,
    within: Callable[[Stage], None] = lambda stage: None,
) -> tuple[Standing, int, float, bool, tuple[Proved, ...]]:
    """Minimise effort, then tonne-kilometres, then what is not left in the stores.

    Args:
        solver: On the ladder's matrix.
        ladder: With a row for each cost.
        standing: What everybody keeps.
        program: What is planned.
        within: Narrows the bounds of a stage.
    Returns:
        What stands after it, programs solved, how far from least the effort may be, whether all was done in time, and
        the stages with their prices.
    """
    scale, caps, gap = program.matrix.column_scale, [np.inf, np.inf], 0.0
    mend = _mender(program) if standing.rough else None
    priced = costs(program)
    usual = tuple(usual_size(cost) for cost in priced)
    effort, tonne_km = (cost / unit for cost, unit in zip(priced, usual, strict=True))
    rounds, stages = 0, tuple[Proved, ...]()
    for tie, cost in enumerate((effort, tonne_km, left_over(program))):
        if not cost.any():
            continue
        try:
            stage = least(ladder, standing, cost * scale, caps=(caps[0], caps[1]), room=standing.rough)
            within(stage)
            solution = solver.solve(stage)
        except OutOfTime:
            return standing, rounds, gap if rounds else 1.0, False, stages
        rounds += 1
        spent = float((cost * scale) @ solution.x[: ladder.columns])
        if tie < 2:
            have, kind = ladder.met(standing.x), ("effort", "tonne_km")[tie]
            have[np.isnan(standing.level)] = np.nan
            proved = Proved("effort", rounds, kind, 1.0, 1.0, solution.duals, per=usual[tie], have=have)
            stages += (replace(proved, value=spent * usual[tie]),)
        x = solution.x[: ladder.columns]
        if mend is not None:
            x = without_loss(ladder, standing.x, mend(x), standing.need(ladder, program.sets.economy.slack))
        standing = replace(standing, x=x)
        if tie < 2:
            caps[tie] = spent + max(CAPPED, solver.accuracy) * max(1.0, abs(spent))
        if tie == 0:
            gap = max(0.0, solution.bound - solution.value) / max(1.0, abs(spent))
        if not solution.finished:
            return standing, rounds, gap, False, stages
    return standing, rounds, gap, True, stages


def _unit(cost: Floats) -> Floats:
    """Return a cost scaled so that its usual entry is 1."""
    return cost / usual_size(cost)


def usual_size(cost: Floats) -> float:
    """Return the usual size of a cost's entries; 1 where it has none."""
    entries = np.abs(cost[cost != 0])
    return float(np.median(entries)) if len(entries) else 1.0


def _teller(program: Program, service: Service, listen: Listener) -> Callable[[int, float, Floats], None]:
    """Return what tells of a round: the level, and the people who have it in all their claims (or the reserves)."""
    if service.goal == "reserve":
        owner, weight = np.arange(len(service), dtype=np.int32), service.weight
    else:
        claims, _ = program.matrix.column_kind("delivered")
        owner = claims.keys["claimant"][service.members]
        weight = np.zeros(len(program.sets.claimants.place))
        np.maximum.at(weight, owner, service.weight)
    whole = float(weight[np.unique(owner)].sum())

    def tell(rounds: int, level: float, met: Floats) -> None:
        lowest = np.full(len(weight), np.inf)
        np.minimum.at(lowest, owner, met)
        lifted = float(weight[np.isfinite(lowest) & (lowest >= level - 1e-6)].sum())
        what = {"floor": "of the floor", "reserve": "of what is wanted", "norm": "of the norm"}[service.goal]
        who = "reserves" if service.goal == "reserve" else "people"
        message = f"{service.goal}: round {rounds}, {level:.0%} {what} for {lifted:,.0f} of {whole:,.0f} {who}"
        listen(Progress(service.goal, rounds, level, lifted, message))

    return tell
