"""Why: what holds a place at its level, who was served before it, and what would change it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from muster.errors import PlanError
from muster.plan import sentences
from muster.plan.changes import Change, changes, highest, idle
from muster.plan.kept import GIVES, KEY, Ask, Easing, Kept, answers, kept, priced, raising
from muster.plan.limits import EXACT_SHARE, IN_THE_SET, Holding, Limit, holdings
from muster.plan.nearby import explored, kept_by
from muster.plan.plan import Plan, known_id
from muster.plan.program import Program
from muster.plan.scope import Scope
from muster.plan.sets import Floats
from muster.plan.stage import Solution
from muster.plan.tables import PLAN_TABLES

MET = 1.0 - 1e-6
"""From here on a claim counts as met."""

ALIKE = 1e-3
"""Claims of one place that stand within this of its lowest stand as low."""

COUNTED = 5e-3
"""Who explains less than this is not named among those served before."""

MOST_EXPLAINED = 3
"""Places explained while planning, the worst off first; any other can be asked for afterwards."""

MOST_ENTRIES = 150_000
"""Entries of a matrix beyond which nothing is explained while planning: it would take longer than the plan."""


@dataclass(frozen=True)
class Served:
    """A need of a place that is kept at what it has, at the expense of the one that asks.

    Attributes:
        place, need: Ids.
        standard: ``floor`` or ``norm``: what its level is measured by.
        least, most: Levels of its claims that are kept.
        worth: What one per cent less of it would bring, of what one per cent more of all limits would.
        because: Why it is kept: ``own``, ``floor first``, ``as low``, ``same step`` or ``higher``.
    """

    place: str
    need: str
    standard: str
    least: float
    most: float
    worth: float
    because: str


@dataclass(frozen=True)
class Why:
    """Why a place stands where it stands with a need, or with several that stand as low as each other.

    Attributes:
        place: Id.
        needs: Ids.
        claims: Its rows of ``met`` that were asked about.
        standard: ``floor`` or ``norm``: the first of them that is not met in full.
        level: The least of its claims (0 to 1).
        could: How high it could be raised if everybody else kept what they have.
        given_way: The same if all others gave up a thousandth of it, or less where that is enough for all.
        limits: What holds it, largest share first.
        served: Who else is kept at its expense, by place and need, largest share first.
        changes: What would change it, tried one by one; largest effect first.
        around: Ids of the places that were asked, all others doing what the plan says; none: all were.
    """

    place: str
    needs: tuple[str, ...]
    claims: pl.DataFrame
    standard: str
    level: float
    could: float
    given_way: float
    limits: tuple[Holding, ...]
    served: tuple[Served, ...] = ()
    changes: tuple[Change, ...] = field(default=())
    around: tuple[str, ...] = field(default=())

    @property
    def lowest(self) -> pl.DataFrame:
        """The claims that stand as low as the lowest."""
        return self.claims.filter(pl.col(f"met_{self.standard}") <= self.level + ALIKE)


def explain(
    plan: Plan,
    place: str,
    *,
    need: str | None = None,
    period: int | None = None,
    tell: Callable[[str], None] = lambda said: None,
    tried: bool = True,
) -> tuple[Why, ...]:
    """Explain the levels of a place: one answer for each of its needs that is not met in full, lowest first.

    Needs that stand as low as each other are raised together: they share what holds them.

    Args:
        plan: Any plan, also one that was stopped early.
        place: Id or name.
        need: Only this need, by id or name.
        period: Only this period (0 is the first).
        tell: Told what is being worked out.
        tried: Whether changes are tried: of the first answer, or of the only one.
    Returns:
        Nothing where nobody there has a claim, or all of it is met.
    Raises:
        PlanError: No such place or need; or no trusted answer.
    """
    place = known_id(plan.economy.places, "place", place)
    need = None if need is None else known_id(plan.economy.needs, "need", need)
    asked = claims_of(plan.met, place, need=need, period=period)
    short = _together(asked, plan.economy.goals)
    if not short:
        return ()
    tell("laying out what everybody has")
    now = kept_by(plan)
    found = []
    for number, each in enumerate(short):
        tell(f"asking what holds {' and '.join(each)} in {place}")
        found.append(explained(now, place, each, period=period, tried=tried and number == 0, tell=tell))
    return tuple(found)


def reasons(program: Program, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return what holds the worst need of each of the ``MOST_EXPLAINED`` worst-off places (rows of ``why.csv``)."""
    met = tables["met"]
    empty = pl.DataFrame(schema=dict(PLAN_TABLES["why"]))
    standard = standard_of(met, program.sets.economy.goals)
    low = met.filter(pl.col(f"met_{standard}") < MET, pl.col(standard) > 0)
    if standard not in program.sets.economy.goals or low.is_empty() or program.matrix.entries.nnz > MOST_ENTRIES:
        return empty
    worst = (
        low.with_columns((pl.col(f"met_{standard}") / ALIKE).round().alias("_level"))
        .sort("_level", "people", "place", descending=[False, True, False])
        .unique("place", keep="first", maintain_order=True)["place"]
        .head(MOST_EXPLAINED)
    )
    now = kept(program, met=met, reserves=tables["reserves"])
    found = []
    for place in worst:
        needs = _together(claims_of(met, place), program.sets.economy.goals)[0]
        try:
            found.append(rows(explained(now, place, needs, tried=False)))
        except PlanError:  # a plan is not lost because one place has no trusted explanation
            continue
    return pl.concat([empty, *found])


def rows(why: Why) -> pl.DataFrame:
    """Return an answer as rows of ``why.csv``: its limits, for each claim that stands as low as the lowest."""
    limits = pl.DataFrame(
        [
            (rank, each.limit.kind, each.limit.where, each.limit.resource, each.when, each.worth, each.sentence)
            for rank, each in enumerate(why.limits, start=1)
        ],
        schema=["rank", "kind", "where", "resource", "when", "worth", "sentence"],
        orient="row",
    )
    whole = why.lowest.select(*KEY).join(limits, how="cross", maintain_order="left_right")
    return whole.select(pl.col(name).cast(dtype) for name, dtype in PLAN_TABLES["why"].items())


def claims_of(met: pl.DataFrame, place: str, *, need: str | None = None, period: int | None = None) -> pl.DataFrame:
    """Return the claims of a place, of one need or in one period if said."""
    found = met.filter(pl.col("place") == place)
    if need is not None:
        found = found.filter(pl.col("need") == need)
    return found if period is None else found.filter(pl.col("period") == period)


def standard_of(claims: pl.DataFrame, goals: Sequence[str]) -> str:
    """Return ``floor`` if any claim is below it and the plan cares, else ``norm``."""
    cares = "floor" in goals or "norm" not in goals
    return "floor" if cares and (claims["met_floor"] < MET).any() else "norm"


def _together(claims: pl.DataFrame, goals: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the needs that are not met in full, those that stand as low together; below the floor, then lowest."""
    short = claims.filter(pl.col("met_norm") < MET)
    found: dict[tuple[bool, int], list[str]] = {}
    for need in sorted(short["need"].unique()):
        mine = short.filter(pl.col("need") == need)
        standard = standard_of(mine, goals)
        least = float(mine[f"met_{standard}"].min())  # type: ignore[arg-type]
        key = (standard != "floor", round(least / ALIKE))
        near = next((each for each in found if each[0] == key[0] and abs(each[1] - key[1]) <= 1), key)
        found.setdefault(near, []).append(need)
    return [tuple(found[key]) for key in sorted(found)]


def explained(
    now: Kept,
    place: str,
    needs: Sequence[str],
    *,
    period: int | None = None,
    tried: bool,
    tell: Callable[[str], None] = lambda said: None,
) -> Why:
    """Explain some needs of a place that stand as low as each other; ``tried``: with what would change it."""
    goals = now.program.sets.economy.goals
    asked = now.met["place"].eq(place) & now.met["need"].is_in(list(needs))
    if period is not None:
        asked &= now.met["period"].eq(period)
    standard = standard_of(now.met.filter(asked), goals)
    members = np.flatnonzero((asked & now.met[standard].gt(0)).to_numpy()).astype(np.int32)
    claims = now.met[members]
    level = float(claims[f"met_{standard}"].min())  # type: ignore[arg-type]
    upto = min(1.0, level + now.program.sets.economy.step)

    def question(scope: Scope) -> Ask:
        return raising(now, members, standard=standard, upto=upto, scope=scope)

    if now.flows is None:
        ask = question(now.whole)
        solution, _ = priced(ask)
    else:
        ask, solution = explored(now, [now.program.sets.places.index(place)], question, _pricing(), tell=tell)
    reduced = ask.reduced(solution)
    reduced[now.claims[members]] = 0.0
    free = solution.value >= 1.0 - GIVES[0]
    found = () if free else holdings(ask, ask.prices(solution), reduced, ask.crossing(solution))
    worth = sum(each.rent for each in found)
    served = _served(ask, reduced / worth, place=place, level=level) if worth > 0 else ()
    could, made = _tried(ask, found, needs, level=level, tell=tell) if tried else (level, ())
    limits = found or (_nothing(free),)
    asked_of = _asked_of(ask.scope, now.program)
    return Why(place, tuple(needs), claims, standard, level, could, solution.value, limits, served, made, asked_of)


def _pricing() -> Callable[[Ask], Solution]:
    """Return what answers a question asked of more and more places: what once was enough for all is not tried again."""
    since = 0

    def solve(ask: Ask) -> Solution:
        nonlocal since
        solution, since = priced(ask, since=since)
        return solution

    return solve


def _asked_of(scope: Scope, program: Program) -> tuple[str, ...]:
    """Return the places of a scope; none where it is all of them."""
    if scope.inside is None or scope.inside.all():
        return ()
    return tuple(program.sets.places[at] for at in np.flatnonzero(scope.inside[:-1]))


def _tried(
    ask: Ask, found: Sequence[Holding], needs: Sequence[str], *, level: float, tell: Callable[[str], None]
) -> tuple[float, tuple[Change, ...]]:
    tell("asking how far it could be raised")
    solver = answers(ask)
    could = max(level, highest(ask, solver, Easing({}, {}), level=level))
    if not found:  # whom a crumb from everybody would help has no prices of its own: any that are right will do to try
        exact = solver.solve(ask.stage)
        found = holdings(ask, ask.prices(exact), ask.reduced(exact), ask.crossing(exact))
    helping = changes(ask, solver, found, before=could, tell=tell)
    tell("trying what looks obvious")
    return could, (*helping, *idle(ask, solver, found, needs, before=could))


def _nothing(free: bool) -> Holding:
    """Return the one row that stands where no limit does."""
    said = sentences.FIRM if free else sentences.NOTHING
    return Holding(Limit("none", "", "", said), (), 1.0, "", said)


def _served(ask: Ask, reduced: Floats, *, place: str, level: float) -> tuple[Served, ...]:
    """Return whose claims are kept at the expense of the one that asks, by place and need.

    Args:
        reduced: What one more unit of each column's least would bring, of what one per cent more of all limits would.
    """
    now, columns, standard = ask.kept, ask.kept.claims, ask.standard
    cost = np.maximum(-reduced[columns], 0.0) * ask.least[columns] / now.program.matrix.column_scale[columns]
    below = pl.when((pl.col("met_floor") < MET) | pl.lit(standard == "floor"))
    frame = (
        now.met.with_columns(
            pl.Series("worth", cost),
            below.then(pl.lit("floor")).otherwise(pl.lit("norm")).alias("standard"),
            below.then("met_floor").otherwise("met_norm").alias("level"),
        )
        .filter(pl.col("worth") > IN_THE_SET)
        .group_by("place", "need", "standard")
        .agg(pl.col("level").min().alias("least"), pl.col("level").max().alias("most"), pl.col("worth").sum())
        .filter(pl.col("worth") >= COUNTED)
        .with_columns(pl.col("worth").round(EXACT_SHARE))
        .sort("worth", "place", "need", "standard", descending=[True, False, False, False])
    )
    step = now.program.sets.economy.step
    found = []
    for row in frame.iter_rows(named=True):
        because = _because(row, place=place, standard=standard, level=level, step=step)
        found.append(Served(**row, because=because))
    return tuple(found)


def _because(row: Mapping[str, object], *, place: str, standard: str, level: float, step: float) -> str:
    least = float(str(row["least"]))
    if row["place"] == place:
        return "own"
    if row["standard"] != standard:
        return "floor first" if standard == "norm" else "higher"
    if least <= level + ALIKE:
        return "as low"
    return "same step" if least <= level + step + ALIKE else "higher"
