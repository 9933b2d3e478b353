"""Everybody keeps what a plan gives them: the linear programs that ask what more there could be for some.

One matrix, the economy's own; what each claim and reserve has is the least it may have. Two questions are asked of it:
how far could some claims be raised together, and how much of all that is missing to the floor could still be given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import polars as pl
import scipy.sparse as sp

from muster.errors import Fault, PlanError
from muster.plan.evenly import evened
from muster.plan.program import Program
from muster.plan.scope import Scope, plain, whole
from muster.plan.sets import NONE, Floats, Ints
from muster.plan.solver import Solver, central
from muster.plan.stage import Solution, Stage

GIVES = (1e-3, 1e-4, 1e-5)
"""What the others may give up, as a share of what they have, where prices are asked for.

With nothing to give, limits far away that only hold others would have prices too, and no middle to take them from. The
first is right for all but small places, whom a thousandth of everybody's would give all they need.
"""

CRUMB = 1e-9
"""What they may give up where the answer itself is asked for: the rounding of a table, no more."""

_OTHER = Fault(
    what="the plan's tables are not those of its economy: claims or reserves are missing, or there are too many.",
    where="met.csv, reserves.csv",
    seen="",
    do="they were changed after the plan was made: make the plan anew with muster plan",
    rule="P3",
)

KEY = ("place", "group", "need", "period")


@dataclass(frozen=True)
class Easing:
    """One limit changed: more of some rows, less asked of some columns, in their own units.

    Attributes:
        more: Position of each row, and what its limit grows by.
        less: Position of each column, and what less of it must be kept.
    """

    more: Mapping[int, float]
    less: Mapping[int, float]

    def and_also(self, other: Easing) -> Easing:
        """Return both together."""
        return Easing(_sum(self.more, other.more), _sum(self.less, other.less))


def _sum(one: Mapping[int, float], other: Mapping[int, float]) -> Mapping[int, float]:
    return {at: one.get(at, 0.0) + other.get(at, 0.0) for at in (*one, *other)}


@dataclass(frozen=True)
class Kept:
    """A program and what a plan gives everybody in it.

    Attributes:
        program: Of the plan's economy.
        met: Rows of ``met``, in the order of the matrix's claims.
        has: The least of each column (K), in units: what is delivered, and what is held.
        flows: What the plan does (K), in units, where questions are asked of some places alone; else ``None``.
    """

    program: Program
    met: pl.DataFrame
    has: Floats
    flows: Floats | None = None

    @cached_property
    def whole(self) -> Scope:
        """All of the program."""
        return whole(self.program.matrix)

    def least(self, standard: str, upto: float = 1.0) -> Floats:
        """Return what nobody may go below when ``floor`` or ``norm`` is asked about (K, scaled).

        Goals that come later in the plan's order give way: what somebody has beyond the floor is not kept while
        somebody else's floor is in question.

        Args:
            upto: Level of the standard (0 to 1) beyond which what somebody has is not kept either.
        """
        goals = self.program.sets.economy.goals
        before = goals[: goals.index(standard) + 1] if standard in goals else goals
        least = np.zeros_like(self.has)
        covered = self.met["covered"].to_numpy()
        for goal in ("floor", "norm"):
            if goal in before:
                share = upto if goal == standard else 1.0
                enough = np.maximum(share * self.met[goal].to_numpy() - covered, 0.0)
                kept_here = np.minimum(self.has[self.claims], enough)
                least[self.claims] = np.maximum(least[self.claims], kept_here)
        if "reserve" in before:
            _, held = self.program.matrix.column_kind("held")
            least[held] = self.has[held]
        return least * (1.0 - CRUMB) / self.program.matrix.column_scale

    @cached_property
    def days(self) -> Floats:
        """People times days of each claim."""
        people, period = self.met["people"].to_numpy(), self.met["period"].to_numpy()
        days: Floats = people * self.program.sets.days[period]
        return days

    @property
    def claims(self) -> Ints:
        """Column of each claim's delivery."""
        _, where = self.program.matrix.column_kind("delivered")
        return np.arange(where.start, where.stop, dtype=np.int32)


def kept(program: Program, *, met: pl.DataFrame, reserves: pl.DataFrame, flows: Floats | None = None) -> Kept:
    """Lay what a plan's tables say out over the columns of its program.

    Args:
        flows: What the plan does (K), in units, where questions are to be asked of some places alone.
    Raises:
        PlanError: The tables have other claims or reserves than the economy.
    """
    sets, matrix = program.sets, program.matrix
    claims, delivered = matrix.column_kind("delivered")
    claimant, need, period = (claims.keys[key] for key in ("claimant", "need", "period"))
    keys = pl.DataFrame(
        {
            "place": [sets.places[i] for i in sets.claimants.place[claimant]],
            "group": [sets.groups[i] for i in sets.claimants.group[claimant]],
            "need": [sets.needs[i] for i in need],
            "period": period.astype(np.int64),
        },
        schema_overrides={"place": pl.String, "group": pl.String, "need": pl.String, "period": pl.Int64},
    )
    in_order = keys.join(met.unique(KEY), on=KEY, how="inner", maintain_order="left")
    _, held = matrix.column_kind("held")
    if in_order.height < len(claims) or met.height > len(claims) or reserves.height != held.stop - held.start:
        raise PlanError(_OTHER)
    has = np.zeros(matrix.entries.shape[1])
    has[delivered] = in_order["delivered"].to_numpy()
    has[held] = reserves["held"].to_numpy()
    return Kept(program, in_order, np.clip(has, 0.0, matrix.most), flows)


@dataclass(frozen=True)
class Ask:
    """One question to the program: everybody keeps what they have, and something is made as large as it can be.

    Attributes:
        kept: What everybody has.
        standard: ``floor`` or ``norm``.
        scope: What of the program it is asked of (M' rows, K' columns).
        entries: Those of the scope, with the rows and columns of the question behind them.
        stage: The question, with nothing to give but crumbs.
        worth: What one of its value stands for.
    """

    kept: Kept
    standard: str
    scope: Scope
    entries: sp.csc_array
    stage: Stage
    worth: float = 1.0

    @property
    def least(self) -> Floats:
        """What nobody may go below (K), in units; 0 outside the scope."""
        least, columns = np.zeros_like(self.kept.has), self.scope.columns
        least[columns] = self.stage.low[: len(columns)] * self.kept.program.matrix.column_scale[columns]
        return least

    @property
    def limits(self) -> Floats:
        """The limits of the rows as the economy has them, scaled; 0 for those of the question."""
        matrix, rows = self.kept.program.matrix, self.scope.rows
        limits = np.zeros(len(self.stage.row_high))
        limits[: len(rows)] = matrix.limit[rows] / matrix.row_scale[rows]
        return limits

    def prices(self, solution: Solution) -> Floats:
        """Return the prices of the program's rows (M), scaled; 0 outside the scope."""
        prices, rows = np.zeros(len(self.kept.program.matrix.limit)), self.scope.rows
        prices[rows] = solution.duals[: len(rows)]
        return prices

    def reduced(self, solution: Solution) -> Floats:
        """Return what one more unit of each column would bring (K), scaled; 0 outside the scope."""
        columns = self.scope.columns
        reduced = np.zeros_like(self.kept.has)
        reduced[columns] = (self.stage.cost - self.entries.T @ solution.duals)[: len(columns)]
        return reduced

    def crossing(self, solution: Solution) -> Floats:
        """Return what one more unit, as the economy counts it, of all that crosses the border would bring (B)."""
        border, matrix = self.scope.border, self.kept.program.matrix
        if border is None:
            return np.empty(0)
        worth: Floats = -(matrix.entries[:, border.columns].T @ (self.prices(solution) / matrix.row_scale))
        return worth

    def willing(self, give: float) -> Stage:
        """Return the question where the others may give up a share of what they have, and of what crosses a border.

        What comes in is often just what a road further on can carry: it would be taken for a limit beside the road.
        """
        willing, border = replace(self.stage, low=self.stage.low * (1.0 - give)), self.scope.border
        if border is None:
            return willing
        high = self.stage.row_high.copy()
        high[: len(border.brings)] += give * border.brings
        return replace(willing, row_high=high)

    def eased(self, easing: Easing, *, upto: float | None = None) -> Stage:
        """Return the question with one limit changed; ``upto``: with what everybody has kept up to another level.

        Of a limit outside the scope nothing is changed.
        """
        matrix, scope = self.kept.program.matrix, self.scope
        high, low = self.stage.row_high.copy(), self.stage.low.copy()
        if upto is not None:
            low[: len(scope.columns)] = self.kept.least(self.standard, upto)[scope.columns]
        for row, amount in easing.more.items():
            if (at := scope.row(row)) != NONE:
                high[at] += amount / matrix.row_scale[row]
        for column, amount in easing.less.items():
            if (at := scope.column(column)) != NONE:
                low[at] = max(0.0, low[at] - amount / matrix.column_scale[column])
        return replace(self.stage, row_high=high, low=low, same_prices=True)


def raising(now: Kept, members: Ints, *, standard: str, upto: float = 1.0, scope: Scope | None = None) -> Ask:
    """Ask how far claims could be raised together: the highest level, of ``floor`` or ``norm``, that all of them reach.

    Args:
        members: Positions of the claims (J).
        standard: What is asked about.
        upto: Everybody keeps what they have up to this level.
        scope: Some places, the members' among them; if not said, all.
    """
    scope, matrix, columns = scope or now.whole, now.program.matrix, now.claims[members]
    rows, width = scope.entries.shape
    full, covered = (now.met[name].to_numpy()[members] for name in (standard, "covered"))
    each = matrix.column_scale[columns] / full
    count = np.arange(len(members))
    level = sp.csr_array((each, (count, scope.of_columns(columns))), shape=(len(members), width))
    nothing = sp.csr_array((rows, 1))
    common = sp.csr_array(-np.ones((len(members), 1)))
    entries = sp.vstack([sp.hstack([scope.entries, nothing]), sp.hstack([level, common])])
    cost = np.zeros(width + 1)
    cost[-1] = 1.0
    stage = Stage(
        name="what more there could be for one place",
        cost=cost,
        low=np.append(now.least(standard, upto)[scope.columns], 0.0),
        high=np.append((matrix.most / matrix.column_scale)[scope.columns], 1.0),
        row_low=np.append(np.full(rows, -np.inf), -covered / full),
        row_high=np.append(scope.limit, np.full(len(members), np.inf)),
        inside_first=True,
    )
    return Ask(now, standard, scope, plain(entries), stage)


def preventing(now: Kept, scope: Scope | None = None) -> Ask:
    """Ask how much of all that is missing to the floor could still be given.

    The answer is counted in days of one person's floor of one need: ten people who are raised by a tenth of it for a
    day count one.

    Args:
        scope: Some places, and what is missing there; if not said, all.
    """
    scope, matrix, columns = scope or now.whole, now.program.matrix, now.claims
    floor, covered = (now.met[name].to_numpy() for name in ("floor", "covered"))
    scale, low, most = matrix.column_scale, now.least("floor"), matrix.most / matrix.column_scale
    short = now.met["met_floor"].to_numpy() < 1.0
    cost, high = np.zeros(len(scale)), most.copy()
    with np.errstate(divide="ignore", invalid="ignore"):
        cost[columns] = np.where(short, now.days * scale[columns] / floor, 0.0)
    high[columns[short]] = np.maximum((floor - covered)[short] / scale[columns[short]], low[columns[short]])
    usual = float(cost[cost > 0].mean()) if short.any() else 1.0
    stage = Stage(
        name="what of the shortfall could be prevented",
        cost=cost[scope.columns] / usual,
        low=low[scope.columns],
        high=np.minimum(high, most)[scope.columns],
        row_low=np.full(len(scope.limit), -np.inf),
        row_high=scope.limit,
        inside_first=True,
    )
    return Ask(now, "floor", scope, scope.entries, stage, usual)


def middle(ask: Ask, *, give: float = GIVES[0]) -> Solution:
    """Return an answer from the middle of all optimal ones, where the others may give up a share of what they have.

    Its prices are the most even ones.
    """
    stage = ask.willing(give)
    solution = central(ask.entries, stage)
    return replace(solution, duals=evened(ask.entries, stage, solution, limits=ask.limits))


def priced(ask: Ask, *, since: int = 0) -> tuple[Solution, int]:
    """Return an answer with prices; where the others' thousandth already is enough for all, with less of it.

    Args:
        since: Which of ``GIVES`` is tried first: those before were enough for all where fewer places were asked.
    Returns:
        The answer, and which of ``GIVES`` is to be tried first where more places are asked.
    Raises:
        PlanError: No trusted answer.
    """
    solution = None
    for at in range(since, len(GIVES)):
        try:
            solution = middle(ask, give=GIVES[at])
        except PlanError:  # with so little room there may be no middle
            if at == 0:
                raise
            return (solution or middle(ask, give=GIVES[at - 1])), at
        if solution.value < 1.0 - GIVES[0]:
            return solution, at
    assert solution is not None
    return solution, len(GIVES) - 1


def answers(ask: Ask) -> Solver:
    """Return a solver for the question and its changes, each warm from the one before."""
    return Solver(ask.entries)
