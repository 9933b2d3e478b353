"""Policies for comparison: other rules by which the same goods are shared out, each ending in a plan that can be done.

Every policy says who gets how much; what is still open after that is closed as in any plan, with the least effort.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import polars as pl

from muster.economy.economy import Economy
from muster.plan.goals import CAPPED, costs, left_over, service_of
from muster.plan.ladder import Service, ladder_of
from muster.plan.leximin import Rules, Standing, band, climb, common_level, least
from muster.plan.lots import first_out
from muster.plan.options import Listener, PlanOptions, Progress
from muster.plan.plan import Plan
from muster.plan.program import Program, build
from muster.plan.readout import Tables, read_out
from muster.plan.repair import repair
from muster.plan.sets import NONE, Bools, Floats, Ints, positions
from muster.plan.share import done, share_out
from muster.plan.solver import Solver
from muster.plan.stage import PATIENT, OutOfTime, Solution, Stage, Watch
from muster.plan.tables import PLAN_TABLES
from muster.plan.values import entitled, record

MARGIN = 1e-8
"""Margin, as a share of the norm, below what a claim has when it is to keep it: room that a solver needs."""

FULL = 1.0 - 1e-7
"""From here on a claim of a policy counts as met in full."""

FEW, MANY, AHEAD = 2, 16, 1.4
"""Places tried together under ``first-come``, at first and at most; each counts that much more than the next."""


@dataclass(frozen=True)
class Claims:
    """Everybody who must be served (J claims), in the order of the matrix's columns.

    Attributes:
        columns, rows: Where what counts as delivered, and what is provided, stand in the matrix.
        place, tier: Position of the place; rank of the group, those without one behind all others (J).
        people, days: Persons there; days of the period (J).
        floor, norm, covered, most: Per person and day, ``most`` being norm less covered (J).
    """

    columns: slice
    rows: slice
    place: Ints
    tier: Ints
    people: Floats
    days: Floats
    floor: Floats
    norm: Floats
    covered: Floats
    most: Floats

    @property
    def usual(self) -> Floats:
        """Days of people, as multiples of the mean (J): as much to each of them counts as much."""
        return _tame(self.people * self.days)


def claims_of(program: Program) -> Claims:
    """Return the claims of a program."""
    columns, where = program.matrix.column_kind("delivered")
    people = program.sets.claimants
    at = (columns.keys["claimant"], columns.keys["need"], columns.keys["period"])
    norm, covered = people.norm[at], people.covered[at]
    groups = program.sets.economy.groups
    named = positions(groups["group"], program.sets.groups)
    last = int(groups["tier"].max() or 0) + 1  # type: ignore[arg-type]
    tier = np.full(len(program.sets.groups), last, dtype=np.int32)
    tier[named] = groups["tier"].fill_null(last).to_numpy()
    return Claims(
        columns=where,
        rows=program.matrix.row_kind("claim")[1],
        place=people.place[at[0]],
        tier=tier[people.group[at[0]]],
        people=people.people[at[0], at[2]],
        days=program.sets.days[at[2]],
        floor=people.floor[at],
        norm=norm,
        covered=covered,
        most=np.maximum(norm - covered, 0.0),
    )


class Desk:
    """One policy at work: the program with its solver, and the plan so far.

    Attributes:
        program, claims: What is shared out, and among whom.
        options: Step, slack and exactness, for what is shared worst-off first.
        x: Columns of the matrix, scaled: the plan so far (K).
        rounds: Linear programs solved.
    """

    def __init__(self, program: Program, services: tuple[Service, ...], *, options: PlanOptions, tell: Tell) -> None:
        self.program, self.claims, self.options, self.tell = program, claims_of(program), options, tell
        effort, tonne_km = costs(program)
        self.costs = (_usual(effort), _usual(tonne_km), left_over(program))
        self.ladder = ladder_of(program.matrix, services, effort=self.costs[0], tonne_km=self.costs[1])
        until = None if options.limit_seconds is None else time.monotonic() + options.limit_seconds
        self.watch = Watch(until, stop=options.stop or PATIENT.stop)
        self.solver = Solver(self.ladder.entries, watch=self.watch)
        self.x = np.zeros(self.ladder.columns)
        self.rounds = 0

    @property
    def slack(self) -> float:
        """How far somebody may slip for others."""
        return 0.0 if self.options.exact else self.program.sets.economy.slack

    def solve(self, stage: Stage) -> Solution:
        """Solve a stage and keep its plan."""
        solution = self.solver.solve(stage)
        self.x, self.rounds = solution.x[: self.ladder.columns], self.rounds + 1
        return solution

    @property
    def delivered(self) -> Floats:
        """What counts as delivered to each claim, per person and day (J)."""
        where = self.claims.columns
        return self.x[where] * self.ladder.scale[where]

    @property
    def provided(self) -> Floats:
        """What is given to each claim, counted or not, per person and day (J)."""
        given = self.program.matrix.column_kind("given")[1]
        entries = self.program.matrix.entries[self.claims.rows, given]
        return np.asarray(-(entries @ (self.x[given] * self.ladder.scale[given])))

    def stage(self, cost: Floats, *, low: Floats, high: Floats, level: Floats | None = None) -> Stage:
        """Return the stage that minimises a cost (K, per unit of each column).

        Args:
            cost: What to minimise.
            low, high: What counts as delivered to each claim, per person and day: at least and at most (J).
            level: Of each rung; a rung that has one keeps what it has now. ``None``: no rung does.
        """
        kept = np.full(self.ladder.rungs, np.nan) if level is None else level
        stage = least(self.ladder, Standing(kept, self.x), cost * self.ladder.scale, caps=(np.inf, np.inf))
        where, scale = self.claims.columns, self.ladder.scale[self.claims.columns]
        stage.high[where] = high / scale
        asked = np.clip((low - MARGIN * self.claims.norm) / scale, 0.0, None)
        stage.low[where] = np.minimum(np.maximum(stage.low[where], asked), stage.high[where])
        return stage

    def most_for(self, weight: Floats) -> Floats:
        """Return the cost (K) that raises Σ weight × share of the norm."""
        cost = np.zeros(self.ladder.columns)
        cost[self.claims.columns] = -weight / self.claims.norm
        return cost

    def least_given(self, standard: Floats) -> Floats:
        """Return the cost (K) of what is given, counted or not: Σ days of people × share of a standard (J)."""
        given, cost = self.program.matrix.column_kind("given")[1], np.zeros(self.ladder.columns)
        share = np.where(standard > 0, self.claims.usual / np.where(standard > 0, standard, 1.0), 0.0)
        cost[given] = -(self.program.matrix.entries[self.claims.rows, given].T @ share)
        return cost

    def raised_together(self, cost: Floats, whole: float, *, most: Floats) -> Floats:
        """Return what counts as delivered (J) where all claims stand as high as they can together at the same total.

        Args:
            cost: Whose negative is the total (K, per unit of each column).
            whole: The total that is kept.
            most: Cap of each claim (J).
        """
        matrix, service = self.program.matrix, service_of(self.program, "norm")
        ladder = ladder_of(matrix, (service,), effort=cost, tonne_km=np.zeros(len(cost)))
        stage = common_level(ladder, Standing(np.full(ladder.rungs, np.nan), self.x), 0, 0.0)
        stage.high[self.claims.columns] = most / self.ladder.scale[self.claims.columns]
        stage.row_high[-2] = -whole + CAPPED * max(1.0, abs(whole))
        solution = Solver(ladder.entries, watch=self.watch).solve(stage)
        self.x, self.rounds = solution.x[: ladder.columns], self.rounds + 1
        return self.delivered

    def settle(self, *, low: Floats, high: Floats, level: Floats | None = None, pinned: bool = False) -> None:
        """Close what is still open: least effort, least tonne-kilometres, most left in the stores.

        Args:
            low, high: As in ``stage``.
            level: Of each rung, where rungs are kept too; NaN where not.
            pinned: Nobody is given more than now beyond what counts.
        """
        rows = self.claims.rows
        beyond = np.maximum(self.provided - self.delivered, 0.0) + MARGIN * self.claims.norm
        caps = [np.inf, np.inf]
        for tie, cost in enumerate(self.costs):
            if not cost.any():
                continue
            stage = self.stage(cost, low=low, high=high, level=level)
            if pinned:
                stage.row_low[rows] = -beyond / self.program.matrix.row_scale[rows]
            stage.row_high[-2:] = caps
            solution = self.solve(stage)
            if tie < 2:
                caps[tie] = -solution.value + CAPPED * max(1.0, abs(solution.value))


Tell = Callable[[str, int, float], None]
"""Told what is being done, the round, and the level reached."""


def _equal(desk: Desk) -> None:
    """Everybody at the highest level that all can reach together; the rest is kept."""
    claims = desk.claims
    standard = claims.floor if desk.ladder.services[0].goal == "floor" else claims.norm
    nobody = Standing(np.full(desk.ladder.rungs, np.nan), desk.x)
    level = min(float(desk.solve(common_level(desk.ladder, nobody, 0, 0.0)).value), 1.0)
    desk.tell("everybody at one level", desk.rounds, level)
    share = np.clip(level * standard - claims.covered, 0.0, claims.most)
    desk.solve(desk.stage(desk.least_given(standard), low=share, high=share))
    desk.settle(low=share, high=share, pinned=True)


def _proportional(desk: Desk) -> None:
    """Nobody above the share of the norm that could be delivered on average; within that as much as can be.

    A sum says nothing of who stands where below the cap: of all ways to deliver as much, one that leaves the worst-off
    with most is taken.
    """
    claims, nothing = desk.claims, np.zeros(len(desk.claims.norm))
    if not claims.people.any():
        return
    weight = claims.usual
    desk.solve(desk.stage(desk.most_for(weight), low=nothing, high=claims.most))
    met = np.minimum((claims.covered + desk.delivered) / claims.norm, 1.0)
    ratio = float(met @ weight / weight.sum())
    desk.tell("nobody above the average that can be delivered", desk.rounds, ratio)
    most = np.clip(ratio * claims.norm - claims.covered, 0.0, claims.most)
    whole = desk.solve(desk.stage(desk.most_for(weight), low=nothing, high=most)).value
    share = desk.raised_together(desk.most_for(weight), whole, most=most)
    desk.solve(desk.stage(desk.least_given(claims.norm), low=share, high=most))
    desk.settle(low=share, high=most, pinned=True)


def _first_come(desk: Desk) -> None:
    """One place after another, in the order of the table, each up to its norm.

    While all have everything, several places are served at once, and more each time. From one that cannot on, each is
    served by itself until one has everything again. Who has been served slips for those behind by no more than the
    slack, at the price that a slip has everywhere.
    """
    waiting = [int(place) for place in np.unique(desk.claims.place)]
    level, together = np.full(desk.ladder.rungs, np.nan), FEW
    while waiting:
        if together == 1:
            served = 1
            whole = _one_place(desk, desk.claims.place == waiting[0], level)
        else:
            served = _several_places(desk, waiting[:together], level)
            whole = served == len(waiting[:together])
        together = min(2 * together, MANY) if whole else 1
        waiting = waiting[served:]
        desk.tell(f"{len(waiting)} places still to come", desk.rounds, 0.0)
    desk.settle(low=np.zeros(len(desk.claims.norm)), high=desk.claims.most, level=level)


def _several_places(desk: Desk, places: Sequence[int], level: Floats) -> int:
    """Try to give several places everything; note the levels of the first that have it, and return how many they are.

    What is enough for the first of them is proved by this: nobody can have more than everything.
    """
    rank = np.full(len(desk.claims.place), NONE)
    for number, place in enumerate(places):
        rank[desk.claims.place == place] = number
    asked = np.where(rank != NONE, 0.0, level)
    stage = band(desk.ladder, Standing(asked, desk.x), 0, active=rank != NONE, rules=_all(desk))
    stage.cost[-desk.ladder.rungs :] *= AHEAD ** (len(places) - 1.0 - rank)
    desk.solve(stage)
    met = desk.ladder.met(desk.x)
    whole = [bool(np.all(met[rank == number] >= FULL)) for number in range(len(places))]
    served = whole.index(False) if False in whole else len(places)
    done = (rank != NONE) & (rank < served)
    level[done] = met[done]
    return served


def _one_place(desk: Desk, mine: Bools, level: Floats) -> bool:
    """Give one place what those before it have left: its worst-off claims first, then as much as can be.

    Returns:
        Whether it has everything; its levels are noted.
    """
    rules = _all(desk)
    common = desk.solve(common_level(desk.ladder, Standing(level, desk.x), 0, rules.slack, active=mine)).value
    level[mine] = min(float(common), 1.0)
    if common < FULL:
        desk.solve(band(desk.ladder, Standing(level, desk.x), 0, active=mine, rules=rules))
    level[mine] = desk.ladder.met(desk.x)[mine]
    return bool(common >= FULL)


def _all(desk: Desk) -> Rules:
    """Return the rules under which one band holds everything up to the norm."""
    return Rules(1.0, desk.slack, desk.options.exact, lambda rounds, level, met: None)


def _priority(desk: Desk) -> None:
    """One tier after another, worst-off first inside each, up to the norm."""
    standing = Standing(np.full(desk.ladder.rungs, np.nan), desk.x)
    for number, service in enumerate(desk.ladder.services):

        def tell(rounds: int, level: float, met: Floats, goal: str = service.goal) -> None:
            desk.tell(goal, rounds, level)

        rules = Rules(desk.program.sets.economy.step, desk.slack, desk.options.exact, tell)
        done = climb(desk.solver, desk.ladder, standing, number, rules)
        standing, desk.rounds = done.standing, desk.rounds + done.rounds
        desk.x = standing.x
        if not done.finished:
            raise OutOfTime
    desk.settle(low=np.zeros(len(desk.claims.norm)), high=desk.claims.most, level=standing.level)


def _in_tiers(program: Program) -> tuple[Service, ...]:
    """Return the fairness goals tier by tier; reserves wait until everybody has had the goals before them."""
    claims, found = claims_of(program), []
    goals = [goal for goal in program.sets.economy.goals if goal != "effort"]
    tiers = np.unique(claims.tier).tolist()
    for tier in tiers:
        for goal in goals:
            service = service_of(program, goal)
            if goal == "reserve":
                if tier == tiers[-1]:
                    found.append(service)
                continue
            mine = claims.tier[service.members] == tier
            parts = ("column", "per_unit", "offset", "weight", "members")
            found.append(replace(service, **{part: getattr(service, part)[mine] for part in parts}))
    return tuple(found) or (service_of(program, "norm"),)


def _first_standard(program: Program) -> tuple[Service, ...]:
    """Return the first goal about people that is about somebody."""
    goals = [goal for goal in program.sets.economy.goals if goal in ("floor", "norm")]
    services = [service_of(program, goal) for goal in (*goals, "floor", "norm")]
    return (next((each for each in services if len(each)), services[-1]),)


@dataclass(frozen=True)
class Policy:
    """One rule by which goods are shared out.

    Attributes:
        says: What it does, as a sentence for people.
        services: The rungs it needs on its ladder.
        share: Shares out.
    """

    says: str
    services: Callable[[Program], tuple[Service, ...]]
    share: Callable[[Desk], None]


LEXIMIN = "leximin"

_OTHERS: Mapping[str, Policy] = MappingProxyType(
    {
        "equal": Policy(
            "Everybody gets the same share of the survival minimum, the highest that all can reach; the rest is kept.",
            _first_standard,
            _equal,
        ),
        "proportional": Policy(
            "Nobody gets more of the full standard than could be delivered on average; within that as much as can be.",
            lambda program: (),
            _proportional,
        ),
        "priority": Policy(
            "One tier of people after another gets its full standard, the worst-off of the tier first.",
            _in_tiers,
            _priority,
        ),
        "first-come": Policy(
            "One place after another, in the order of the table, gets its full standard while goods last.",
            lambda program: (service_of(program, "norm"),),
            _first_come,
        ),
    }
)

POLICIES: Mapping[str, str] = MappingProxyType(
    {
        LEXIMIN: "Whoever has least is raised first: the survival minimum, then reserves, then the full standard.",
        **{name: policy.says for name, policy in _OTHERS.items()},
    }
)
"""Every policy, with what it does as a sentence for people."""


def share_by(
    policy: str, economy: Economy, *, options: PlanOptions, program: Program | None = None, progress: Listener
) -> Plan:
    """Share out by a policy.

    Args:
        policy: One of ``POLICIES``.
        economy: Checked tables, with goals, step and slack as they are to be.
        options: Exactness, and seconds for this policy.
        program: Of this economy, where it has been built before.
        progress: Told where the policy stands.
    Returns:
        A plan that can be done. Only that of ``leximin`` carries a proof; another says that nothing is proved of it: a
        ``gap`` of 1, or of 0 for a goal that is about nobody or nothing.
    Raises:
        PlanError: A stage has no trusted answer.
    """
    if policy == LEXIMIN:
        return share_out(economy, options=options, progress=progress)
    began = time.monotonic()
    program = program or build(economy)

    def tell(what: str, rounds: int, level: float) -> None:
        reached = f", {level:.0%}" if level else ""
        progress(Progress(policy, rounds, level, 0.0, f"{policy}: round {rounds}{reached}, {what}"))

    rule = _OTHERS[policy]
    desk = Desk(program, rule.services(program), options=options, tell=tell)
    with suppress(OutOfTime):
        rule.share(desk)
    return _plan(desk, began=began)


def _plan(desk: Desk, *, began: float) -> Plan:
    program = desk.program
    x = first_out(program, repair(program.matrix, desk.x * program.matrix.column_scale))
    tables = read_out(program, x)
    goals: list[Mapping[str, Any]] = []
    for number, goal in enumerate(program.sets.economy.goals):
        rounds = 0 if number else desk.rounds  # a policy's programs are not about one goal or another
        if goal == "effort":
            effort, tonne_km = (float(cost @ x) for cost in costs(program))
            goals.append({"goal": goal, "value": effort, "tonne_km": tonne_km, "rounds": rounds, "gap": 1.0})
        else:
            about = entitled(goal, tables)
            lowest = float(about["met"].min()) if len(about) else 1.0  # type: ignore[arg-type]
            goals.append(record(goal, tables, max_min=lowest, rounds=rounds, gap=1.0))
    plan = Plan(
        economy=program.sets.economy,
        **tables,  # type: ignore[arg-type]  # frames, every one
        levels=_levels(program, tables),
        reasons=pl.DataFrame(schema=dict(PLAN_TABLES["why"])),
        goals=tuple(goals),
        proof={},
        solver=desk.solver.name,
    )
    return done(plan, began=began)


def _levels(program: Program, tables: Tables) -> pl.DataFrame:
    """Return what each claim and reserve has as its level: a policy records no rounds."""
    frames = [pl.DataFrame(schema=dict(PLAN_TABLES["levels"]))]
    for goal in program.sets.economy.goals:
        if goal != "effort":
            about = entitled(goal, tables).with_columns(goal=pl.lit(goal), round=pl.lit(0), level=pl.col("met"))
            frames.append(about.select(pl.col(name).cast(dtype) for name, dtype in PLAN_TABLES["levels"].items()))
    return pl.concat(frames)


def _usual(cost: Floats) -> Floats:
    """Return a cost scaled so that its usual entry is 1."""
    entries = np.abs(cost[cost != 0])
    return cost / np.median(entries) if len(entries) else cost


def _tame(worth: Floats) -> Floats:
    """Return weights divided by their mean."""
    return worth / worth.mean() if worth.any() else worth
