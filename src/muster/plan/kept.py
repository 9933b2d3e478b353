"""Everybody keeps what a plan gives them: the linear programs that ask what more there could be for some.

One matrix, the economy's own; what each claim and reserve has is the least it may have. Two questions are asked of it:
how far could some claims be raised together, and how much of all that is missing to the floor could still be given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
import scipy.sparse as sp

from muster.errors import Fault, PlanError
from muster.plan.evenly import evened
from muster.plan.program import Program
from muster.plan.sets import Floats, Ints
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
    """

    program: Program
    met: pl.DataFrame
    has: Floats

    @cached_property
    def body(self) -> sp.csc_array:
        """The scaled matrix (M × K)."""
        matrix = self.program.matrix
        rows, columns = sp.diags_array(1.0 / matrix.row_scale), sp.diags_array(matrix.column_scale)
        return _plain(rows @ matrix.entries @ columns)

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


def kept(program: Program, *, met: pl.DataFrame, reserves: pl.DataFrame) -> Kept:
    """Lay what a plan's tables say out over the columns of its program.

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
    return Kept(program, in_order, np.clip(has, 0.0, matrix.most))


@dataclass(frozen=True)
class Ask:
    """One question to the program: everybody keeps what they have, and something is made as large as it can be.

    Attributes:
        kept: What everybody has.
        standard: ``floor`` or ``norm``.
        entries: The scaled matrix with the rows and columns of the question behind it.
        stage: The question, with nothing to give but crumbs.
        worth: What one of its value stands for.
    """

    kept: Kept
    standard: str
    entries: sp.csc_array
    stage: Stage
    worth: float = 1.0

    @property
    def least(self) -> Floats:
        """What nobody may go below (K), in units."""
        scale = self.kept.program.matrix.column_scale
        return self.stage.low[: len(scale)] * scale

    def willing(self, give: float) -> Stage:
        """Return the question where the others may give up a share of what they have."""
        return replace(self.stage, low=self.stage.low * (1.0 - give))

    def eased(self, easing: Easing, *, upto: float | None = None) -> Stage:
        """Return the question with one limit changed; ``upto``: with what everybody has kept up to another level."""
        matrix = self.kept.program.matrix
        high, low = self.stage.row_high.copy(), self.stage.low.copy()
        if upto is not None:
            low[: len(self.kept.has)] = self.kept.least(self.standard, upto)
        for row, amount in easing.more.items():
            high[row] += amount / matrix.row_scale[row]
        for column, amount in easing.less.items():
            low[column] = max(0.0, low[column] - amount / matrix.column_scale[column])
        return replace(self.stage, row_high=high, low=low, same_prices=True)


def raising(now: Kept, members: Ints, *, standard: str, upto: float = 1.0) -> Ask:
    """Ask how far claims could be raised together: the highest level, of ``floor`` or ``norm``, that all of them reach.

    Args:
        members: Positions of the claims (J).
        standard: What is asked about.
        upto: Everybody keeps what they have up to this level.
    """
    matrix, columns = now.program.matrix, now.claims[members]
    rows, width = matrix.entries.shape
    full, covered = (now.met[name].to_numpy()[members] for name in (standard, "covered"))
    each = matrix.column_scale[columns] / full
    count = np.arange(len(members))
    level = sp.csr_array((each, (count, columns)), shape=(len(members), width))
    nothing = sp.csr_array((rows, 1))
    common = sp.csr_array(-np.ones((len(members), 1)))
    entries = sp.vstack([sp.hstack([now.body, nothing]), sp.hstack([level, common])])
    cost = np.zeros(width + 1)
    cost[-1] = 1.0
    stage = Stage(
        name="what more there could be for one place",
        cost=cost,
        low=np.append(now.least(standard, upto), 0.0),
        high=np.append(matrix.most / matrix.column_scale, 1.0),
        row_low=np.append(np.full(rows, -np.inf), -covered / full),
        row_high=np.append(matrix.limit / matrix.row_scale, np.full(len(members), np.inf)),
        inside_first=True,
    )
    return Ask(now, standard, _plain(entries), stage)


def preventing(now: Kept) -> Ask:
    """Ask how much of all that is missing to the floor could still be given.

    The answer is counted in days of one person's floor of one need: ten people who are raised by a tenth of it for a
    day count one.
    """
    matrix, columns = now.program.matrix, now.claims
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
        cost=cost / usual,
        low=low,
        high=np.minimum(high, most),
        row_low=np.full(len(matrix.limit), -np.inf),
        row_high=matrix.limit / matrix.row_scale,
        inside_first=True,
    )
    return Ask(now, "floor", now.body, stage, usual)


def middle(ask: Ask, *, give: float = GIVES[0]) -> Solution:
    """Return an answer from the middle of all optimal ones, where the others may give up a share of what they have.

    Its prices are the most even ones.
    """
    stage = ask.willing(give)
    solution = central(ask.entries, stage)
    limits = np.where(np.isfinite(stage.row_high), np.maximum(stage.row_high, 0.0), 0.0)
    return replace(solution, duals=evened(ask.entries, stage, solution, limits=limits))


def answers(ask: Ask) -> Solver:
    """Return a solver for the question and its changes, each warm from the one before."""
    return Solver(ask.entries)


def _plain(entries: Any) -> sp.csc_array:
    """Return a matrix by column with the indices a solver takes."""
    by_column = sp.csc_array(entries)
    by_column.sort_indices()
    by_column.indices, by_column.indptr = by_column.indices.astype(np.int32), by_column.indptr.astype(np.int32)
    return by_column
