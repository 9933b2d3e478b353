"""How far from best each stage of a plan can be: what no plan that keeps the earlier stages exceeds, less what it has.

Nothing is taken from the planner but the prices, and what it says a stage reached where that is less than the levels
give. Any prices prove a bound; good ones a close one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import polars as pl

from muster.plan.plan import Plan
from muster.plan.proof.certificate import Certificate, Entry
from muster.plan.proof.columns import like, limits, surplus
from muster.plan.proof.facts import Facts
from muster.plan.proof.ground import Bools, Floats, Ground, Ints, Numbers
from muster.plan.proof.shares import Rung, best, together
from muster.plan.proof.survey import at, claimant_rows, reserve_rows
from muster.plan.proof.verdict import Stage

HAIR = 1e-8
"""How far below what it keeps a claim may stand in a bound: less than a solver sees, more than rounding."""

CRUMB = 1e-12
"""The same in the last goal, where everybody keeps what the plan itself gives: no solver has a say in it."""

FULL = 1.0 - 1e-9
"""From here on a claim counts as met in full, and never slips."""

SLIP_PRICE, FORBIDDING = 10.0, 1e5
"""A slip must buy ten times as much elsewhere, up to a price that forbids it, in usual claims."""

STUCK = 1e-7
"""A rise up to this is not recorded."""

RISEN = 1e-6
"""Who is this close to the top of a band fills it."""

PRICED = 1e-6
"""Whose claim costs less than this in a common level may be free to rise."""

SMALL = 1e-3
"""Weighted use below this share of all there is counts as this much where a gap is a share."""


@dataclass(frozen=True)
class Standing:
    """One goal's rungs among claims (T × C × N) or reserves (V).

    Attributes:
        goal: Which.
        asked: Whom it is about.
        per_unit, offset: met = offset + per_unit × delivered (or held).
        weight: People; 1 for a reserve.
        level, round: As levels.csv has them; NaN and 0 where it has none.
        then, when: The same before the last pass.
        met: What the plan gives, up to 1.
    """

    goal: str
    asked: Bools
    per_unit: Floats
    offset: Floats
    weight: Floats
    level: Floats
    round: Ints
    then: Floats
    when: Ints
    met: Floats

    @property
    def size(self) -> float:
        """Return the weight of all rungs together."""
        return float(self.weight[self.asked].sum())


@dataclass(frozen=True)
class Case:
    """What the stages are about.

    Attributes:
        ground: The economy.
        standings: Goals but the last, in order.
        slack: How far somebody may slip, as a share of the level.
        effort, tonne_km: What the plan uses up and moves.
        scale: Weighted use of all there is, and tonne-kilometres of moving it.
        exact: Reckon in fractions.
    """

    ground: Ground
    standings: tuple[Standing, ...]
    slack: float
    effort: float
    tonne_km: float
    scale: tuple[float, float]
    exact: bool = False

    def standing(self, goal: str) -> Standing:
        """Return a goal's rungs."""
        return next(each for each in self.standings if each.goal == goal)

    def earlier(self, goal: str) -> tuple[Standing, ...]:
        """Return the goals before one; all of them before the last."""
        order = [each.goal for each in self.standings]
        return self.standings[: order.index(goal)] if goal in order else self.standings


def standings(
    facts: Facts,
    ground: Ground,
    plan: Plan,
    levels: pl.DataFrame,
    *,
    before: Certificate,
    met: Mapping[str, pl.DataFrame],
) -> tuple[Standing, ...]:
    """Return what levels.csv and the plan say of each goal, in the order of ``Ground``.

    Args:
        facts, ground: The economy.
        plan: Whose goals.
        levels: Sound rows of levels.csv.
        before: The certificate: levels before a last pass.
        met: Who each goal is about and what the plan gives them (``entitled``).
    """
    found = []
    for goal in plan.economy.goals:
        if goal == "effort":
            continue
        mine = levels.filter(pl.col("goal") == goal)
        level = _laid(facts, ground, goal, mine, "level")
        number = np.nan_to_num(_laid(facts, ground, goal, mine, "round")).astype(np.int64)
        then, when = level.copy(), number.copy()
        if goal in before.before:
            where, rounds, stuck = before.before[goal]
            then.ravel()[where], when.ravel()[where] = stuck, rounds
        reached = np.nan_to_num(_laid(facts, ground, goal, met[goal], "met"))
        asked, per_unit, offset, weight = _rungs(ground, goal)
        found.append(Standing(goal, asked, per_unit, offset, weight, level, number, then, when, reached))
    return tuple(found)


def _rungs(ground: Ground, goal: str) -> tuple[Bools, Floats, Floats, Floats]:
    if goal == "reserve":
        wanted = ground.kept.wanted
        one = np.ones(len(wanted))
        return wanted > 0, 1.0 / np.where(wanted > 0, wanted, 1.0), one * 0, one
    served = ground.served
    standard = served.floor if goal == "floor" else served.norm
    asked = standard > 0
    unit = np.where(asked, standard, 1.0)
    return asked, 1.0 / unit, np.where(asked, served.covered / unit, 0.0), served.people


def _laid(facts: Facts, ground: Ground, goal: str, rows: pl.DataFrame, column: str) -> Floats:
    """Lay a column of rows by place, group, need and period out in the order of ``Ground``; NaN where there is none."""
    if goal == "reserve":
        need, resource = pl.col("need").cast(pl.String), pl.col("resource").cast(pl.String)
        known = reserve_rows(facts).with_row_index("v")
        known = known.with_columns(need=pl.when(need == "").then(resource).otherwise(need), period="on")
        here = rows.select("place", "need", "period", column).join(known, on=["place", "need", "period"])
        laid = np.full(len(ground.kept.period), np.nan)
        laid[here["v"].to_numpy()] = here[column].to_numpy()
        return laid
    rows = rows.with_columns(n=pl.Series(at(rows["need"].cast(facts.names["need"], strict=False))))
    here = rows.join(claimant_rows(facts), on=["place", "group"]).filter(pl.col("n") >= 0)
    laid = np.full(ground.shapes["claim"], np.nan)
    laid[here["period"].to_numpy(), here["claimant"].to_numpy(), here["n"].to_numpy()] = here[column].to_numpy()
    return laid


def prove(case: Case, entry: Entry) -> Stage:
    """Return how far a stage's value can be from best."""
    value = min(entry.value, reached(case, entry)) if entry.goal != "effort" else reached(case, entry)
    bound = _bound(case, entry)
    if entry.goal == "effort":
        size = max(abs(value), SMALL * case.scale[entry.kind == "tonne_km"])
        gap = (value - bound) / size if size > 0 else 0.0
    else:
        gap = bound - value
    gap = 1.0 if math.isnan(gap) else min(max(gap, 0.0), 1.0)
    return Stage(entry.goal, entry.round, entry.kind, value, bound, gap)


def reached(case: Case, entry: Entry) -> float:
    """Return what a stage reached, by levels.csv and the plan's own tables, in the goal's units."""
    if entry.goal == "effort":
        return case.tonne_km if entry.kind == "tonne_km" else case.effort
    mine = case.standing(entry.goal)
    if entry.kind in ("common", "level"):
        lifted = lifted_in(case, entry)
        return min(1.0, float(np.nan_to_num(mine.level[lifted]).min())) if lifted.any() else 1.0
    if entry.kind == "last":
        rise = np.maximum(np.nan_to_num(mine.level) - kept(case, entry, mine), 0.0)
        return float((mine.weight * rise)[mine.asked].sum()) / mine.size + STUCK
    active = lifted_in(case, entry)
    fill = np.clip(np.nan_to_num(mine.then) - entry.low, 0.0, entry.high - entry.low)[active]
    weight = mine.weight[active]
    return float((weight * fill).sum() / weight.sum()) if active.any() else 0.0


def lifted_in(case: Case, entry: Entry) -> Bools:
    """Return whom a stage was to lift."""
    mine = case.standing(entry.goal)
    when = mine.when if entry.kind == "band" else mine.round
    return mine.asked & ((when >= entry.round) | (entry.kind == "common"))


def _bound(case: Case, entry: Entry) -> float:
    """Return what no plan exceeds in a stage; for the last goal what every plan needs at least."""
    prices: Mapping[str, Numbers] = entry.dense(case.ground)
    if case.exact:
        exact = np.empty(0, dtype=object)
        prices = {kind: like(array, exact) for kind, array in prices.items()}
    cap = Fraction(entry.cap) if case.exact else entry.cap
    effort: Any = {"effort": 1, "tonne_km": cap}.get(entry.kind, 0)
    whole = limits(case.ground, prices)
    whole = whole + surplus(case.ground, prices, effort=effort, tonne_km=int(entry.kind == "tonne_km"))
    whole = whole + _shares(case, entry, prices)
    high = float(whole.high)
    if entry.goal != "effort":
        return high
    spent = entry.cap * (case.effort + 1e-9 * max(abs(case.effort), SMALL * case.scale[0]))
    return -high - (spent if entry.kind == "tonne_km" else 0.0)


def _shares(case: Case, entry: Entry, prices: Mapping[str, Numbers]) -> Any:
    """Return what people and reserves get out of a stage, by its kind."""
    sides: dict[str, list[tuple[Standing, Rung]]] = {"claim": [], "reserve": []}
    for standing in case.standings:
        rung = _rung(case, entry, standing)
        if rung is not None:
            sides["reserve" if standing.goal == "reserve" else "claim"].append((standing, rung))
    if entry.kind in ("common", "level"):
        nobody = {side: np.zeros(case.ground.shapes[side], dtype=bool) for side in sides}
        mine = "reserve" if entry.goal == "reserve" else "claim"
        parts = []
        for side, rungs in sides.items():
            own = [rung for standing, rung in rungs if standing.goal == entry.goal]
            who = lifted_in(case, entry) if side == mine else nobody[side]
            first = own[0] if own else _empty(case.ground.shapes[side])
            parts.append((first, who, [rung for _, rung in rungs], prices[side]))
        return together(parts)
    claims, reserves = (best([rung for _, rung in sides[side]], prices[side]) for side in ("claim", "reserve"))
    return claims + reserves


def _rung(case: Case, entry: Entry, standing: Standing) -> Rung | None:
    """Return what a goal asks in a stage; ``None``: it has not begun."""
    order = [each.goal for each in case.standings]
    own = standing.goal == entry.goal
    if entry.goal != "effort" and order.index(standing.goal) > order.index(entry.goal):
        return None
    zero = np.zeros(standing.asked.shape)
    if entry.goal == "effort" or entry.kind == "last":
        have = np.where(standing.asked, standing.met, 0.0) if entry.goal == "effort" else kept(case, entry, standing)
        rise = own & standing.asked
        weight = np.where(rise, standing.weight / standing.size, 0.0) if own else zero
        width = np.where(rise, np.maximum(1.0 - have, 0.0), 0.0)
        least = have - (CRUMB if entry.goal == "effort" else HAIR)
        return _asking(standing, least, least, zero, weight, width)
    level = standing.level if not own else np.where(standing.round < entry.round, standing.level, 0.0)
    if entry.kind == "band" and own:
        level = np.where(standing.when >= entry.round, entry.low, standing.then)
    level = np.where(standing.asked, np.nan_to_num(level), 0.0)
    room = np.where(level >= FULL, 0.0, case.slack * level)
    need = level - room - HAIR
    if entry.kind != "band":
        guarded = standing.asked & (standing.round < entry.round) & (entry.kind == "level") if own else standing.asked
        return _asking(standing, np.where(guarded, need, 0.0), zero, zero, zero, zero)
    lifted = case.standing(entry.goal)
    active = lifted_in(case, entry)
    rises = float(lifted.weight[active].sum())
    usual = lifted.size / max(int(lifted.asked.sum()), 1)
    weight = np.where(active & standing.asked, standing.weight, 0.0) if own else zero
    slip = np.minimum(SLIP_PRICE * standing.weight, FORBIDDING * usual)
    slip = np.where(room > 0, np.maximum(slip, weight), 0.0)
    width = np.where(weight > 0, min(entry.high, 1.0) - entry.low, 0.0)
    share = 1.0 / rises if rises > 0 else 0.0
    return _asking(standing, need, level - HAIR, slip * share, weight * share, width)


def _asking(standing: Standing, need: Floats, level: Floats, slip: Floats, weight: Floats, width: Floats) -> Rung:
    return Rung(standing.per_unit, standing.offset, standing.asked, need, level, slip, weight, width)


def _empty(shape: tuple[int, ...]) -> Rung:
    zero = np.zeros(shape)
    return Rung(zero + 1.0, zero, np.zeros(shape, dtype=bool), zero, zero, zero, zero, zero)


def kept(case: Case, entry: Entry, standing: Standing) -> Floats:
    """Return what everybody kept in a last pass."""
    kept = np.zeros(standing.asked.shape)
    where, level = entry.have.get(standing.goal, (np.empty(0, dtype=np.int64), np.empty(0)))
    kept.ravel()[where] = level
    return kept


def unproved(case: Case, goal: str, entries: Sequence[Entry]) -> float:
    """Return how far a goal may be from best for want of stages: it was stopped, or they are missing."""
    if goal == "effort":
        effort, tonne_km = weighs(case.ground)
        kind = "effort" if effort else "tonne_km"
        return 0.0 if not (effort or tonne_km) or any(entry.kind == kind for entry in entries) else 1.0
    mine = case.standing(goal)
    if not mine.asked.any():
        return 0.0
    rounds = [entry.round for entry in entries]
    if not entries or entries[0].kind != "common" or rounds != list(range(1, len(rounds) + 1)):
        return 1.0
    if not set(np.unique(mine.round[mine.asked])) | set(np.unique(mine.when[mine.asked])) <= set(rounds):
        return 1.0
    top = [entry for entry in entries if entry.kind != "last"][-1]
    if top.kind == "band":
        still, high = mine.asked & (mine.when >= top.round) & (mine.then >= top.high - RISEN), top.high
    else:
        still, high = lifted_in(case, top) & ~_stuck(case, top), reached(case, top)
    return max(0.0, 1.0 - high) if still.any() and high < FULL else 0.0


def _stuck(case: Case, entry: Entry) -> Bools:
    """Return who has a price in a common level, and so can rise no further while the others keep it."""
    mine = case.standing(entry.goal)
    price = entry.dense(case.ground)["reserve" if entry.goal == "reserve" else "claim"] / mine.per_unit
    return np.asarray(price >= min(PRICED, float(price.max(initial=0.0)) or PRICED))


def weighs(ground: Ground) -> tuple[bool, bool]:
    """Return whether anything that can be done has an effort, and whether anything can be carried any way."""
    ways, goods = ground.ways, ground.goods
    arrives = ways.arrives.min(axis=0, initial=ground.periods)
    carried = (
        ways.carries
        & (ground.mass[goods.resource] > 0)
        & (arrives[:, None] <= np.minimum(goods.last, ground.periods - 1))
    )
    loaded = carried.any(axis=1)
    burnt = any(not occupied and ground.effort[r] > 0 and (each[loaded] > 0).any() for r, occupied, each in ways.uses)
    running = {int(recipe) for recipe in ground.works.recipe[ground.works.can]}
    ran = any(
        ground.effort[line.resource] > 0 and (line.use == "input" or line.ready.min() < ground.periods)
        for recipe in running
        for line in ground.works.lines[recipe]
        if line.use != "occupied" and line.quantity > 0
    )
    return burnt or ran, bool((ways.km[loaded] > 0).any())
