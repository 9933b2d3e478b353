"""Whole bags and lorries: a plan whose dispatches are whole packs, and nobody slips further than the slack for it.

Rounding by hand breaks balances further down the road. So the plan is asked for again, each dispatch capped at the next
whole pack, and what is still between two packs is capped at the lower one, the smallest remainders first, until all are
whole. Every answer on the way holds every balance and limit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from muster.economy.amounts import masses
from muster.errors import PlanError
from muster.plan.goals import Outcome, costs, least_effort
from muster.plan.ladder import Ladder
from muster.plan.leximin import SLIP_PRICE, Rules, Standing, band, least
from muster.plan.program import Program
from muster.plan.sets import NONE, Bools, Floats, Ints
from muster.plan.solver import Solver
from muster.plan.stage import OutOfTime, Stage, Watch
from muster.plan.tables import PACKS

WHOLE = 1e-6
"""Part of a pack that is the solver's noise."""

EXACTLY = 1e-10
"""What is written as whole misses by no more, as a share: what sums of float64 leave over."""

MISSED = 5e-7
"""A guard that is missed by more than this is not kept; half the tolerance of what counts as met."""

MOST_ROUNDS = 60

NEAR = 20.0
"""Packs by which a dispatch that stays fractional may exceed the plan."""

MOST_CYCLES = 12
"""Times that somebody's dispatches are set free again; after that, those of all."""

KEPT_BACK = 0.5
"""Share of the slack that planning leaves to the packs."""

KEEP_PRICE, UP_PRICE, DEEP_PRICE = 0.01 * SLIP_PRICE, 3.0 * SLIP_PRICE, 100.0 * SLIP_PRICE
"""Worth of going the way that was planned and of reaching the next pack, and price of falling below the slack, where a
slip within it costs ``SLIP_PRICE``."""

UNWORTHY = 1e-6
"""Worth of a usual quantity of what serves no need itself."""

A_RESERVE = 10.0
"""How many usual claims a reserve counts as when it falls short: it is of all the people."""

WAY_PRICE = 1e-9
"""Price of a usual tonne-kilometre, so that nothing is sent for nothing; a usual fill is worth 1."""


@dataclass(frozen=True)
class Packed:
    """What became of the dispatches (S columns of the matrix).

    Attributes:
        pack: Units in a pack; NaN where the resource has none (S).
        fractional: Which have packs and are not whole (S).
        given_up: Nothing was rounded: there was no time, or no trusted answer.
    """

    pack: Floats
    fractional: Bools
    given_up: bool = False


@dataclass(frozen=True)
class _Dock:
    """Where dispatches are made whole.

    Attributes:
        program, ladder, solver: What was planned, its guards, and who solves.
        level: Recorded level of each rung.
        pack, tail, place: Units in a pack; where each dispatch leaves, and where it arrives (S).
        weighty: Whose pack is more than half of what the slack leaves to a claim where it arrives (S).
        worth: What a unit raises of a claim at least, times people over the usual number of them (S).
    """

    program: Program
    ladder: Ladder
    solver: Solver
    level: Floats
    pack: Floats
    tail: Ints
    place: Ints
    weighty: Bools
    worth: Floats

    @property
    def where(self) -> slice:
        """Where the dispatches stand in the matrix."""
        return self.program.matrix.column_kind("sent")[1]

    @property
    def scale(self) -> Floats:
        """A usual size of each dispatch (S)."""
        return self.ladder.scale[self.where]


def in_packs(program: Program, outcome: Outcome, *, watch: Watch) -> tuple[Outcome, Packed]:
    """Return what the goals reached with dispatches in whole packs, and which could not be made whole.

    A dispatch stays fractional where whole packs would take from somebody a floor or norm that was met in full, or
    more than the slack.

    Args:
        program: What was planned.
        outcome: Its goals, as far as they were reached.
        watch: Until when there is time: all stays as it is then, and where no answer can be trusted.
    """
    sent, where = program.matrix.column_kind("sent")
    resource = program.sets.goods.resource[sent.keys["good"]]
    pack = program.sets.economy.resources["pack"].fill_null(float("nan")).to_numpy()[resource]
    loose = np.isnan(pack)
    if loose.all():
        return outcome, Packed(pack, np.zeros(len(pack), dtype=bool))
    level = outcome.climbs[-1].standing.level if outcome.climbs else np.empty(0)
    solver = Solver(outcome.ladder.entries, watch=watch)
    tail, head = (ends[sent.keys["opening"]] for ends in (program.openings.tail, program.openings.head))
    worth = _worth(program, outcome.ladder)[resource]
    weighty = _raised(program)[head, resource] * pack > 0.5 * KEPT_BACK * program.sets.economy.slack
    dock = _Dock(program, outcome.ladder, solver, level, pack, tail, head, weighty, worth)
    x, free = outcome.x / dock.ladder.scale, loose
    count = x[where] * dock.scale / np.where(loose, 1.0, pack)
    most, asked = np.ceil(count - WHOLE), np.zeros(len(pack), dtype=bool)
    try:
        for cycle in range(MOST_CYCLES + 1):
            found = _rounded(dock, x, free, most=most, asked=asked)
            short = _short(dock, found)
            if not short.any() or free.all():
                break
            free = free | (_undone(dock, x - found, free, short) if cycle < MOST_CYCLES else True)
        standing = Standing(level, found)
        settled, *_ = least_effort(
            solver, dock.ladder, standing, program, within=lambda stage: _fix(stage, dock, found, free)
        )
    except (OutOfTime, PlanError):
        return outcome, Packed(pack, ~loose, given_up=True)
    x = settled.x * dock.ladder.scale
    x[where] = np.where(free, x[where], np.round(found[where] * dock.scale / np.where(loose, 1.0, pack)) * pack)
    return replace(outcome, x=x, gap=outcome.gap + _costlier(program, outcome.x, x)), Packed(pack, free & ~loose)


def _undone(dock: _Dock, lost: Floats, free: Bools, short: Bools) -> Bools:
    """Return the dispatches to set free for places that are short (S): those that lost something on the way there.

    First those that arrive there, then those behind them, one leg more each time, until one is found.

    Args:
        dock: Where it is done.
        lost: What rounding took from each scaled column (K).
        free: Who is free already (S).
        short: Places that are short (P).
    """
    less = ~free & (lost[dock.where] > WHOLE * dock.pack / dock.scale)
    reached = short.copy()
    while True:
        here = less & reached[dock.place]
        if here.any():
            return here
        further = reached.copy()
        further[dock.tail[reached[dock.place]]] = True
        if np.array_equal(further, reached):
            return ~free
        reached = further


def _rounded(dock: _Dock, x: Floats, free: Bools, *, most: Floats, asked: Bools) -> Floats:
    """Return scaled columns (K) in which every dispatch that is not free is whole.

    A dispatch that is nearer to its next pack, or whose pack weighs heavily where it arrives, is first asked up to it;
    where that cannot be, and where it is nearer to the pack below, it is capped there, the smallest remainders first.

    Args:
        dock: Where it is done.
        x: Scaled columns of the plan (K).
        free: Dispatches that need not be whole (S).
        most: Packs at which each is capped; lowered here (S).
        asked: Which have been asked up to their cap; noted here (S).
    """
    where, unit = dock.where, np.where(np.isnan(dock.pack), 1.0, dock.pack) / dock.scale
    planned = np.where(np.isnan(dock.pack), 0.0, np.floor(x[where] / unit + WHOLE))
    for number in range(MOST_ROUNDS):
        stage = _guarded(dock, x, again=number > 0)
        near = np.where(np.isnan(dock.pack), stage.high[where], (planned + NEAR) * unit)
        stage.high[where] = np.where(free, near, most * unit)
        price = np.where(free, 0.0, np.where(asked, UP_PRICE, KEEP_PRICE))
        stage.cost[where] += price * dock.worth * dock.scale
        found = dock.solver.solve(stage).x[: dock.ladder.columns].copy()
        count = found[where] / unit
        part = np.where(free, 0.0, count - np.floor(count + WHOLE))
        upward = (part > WHOLE) & ((part >= 0.5 - WHOLE) | dock.weighty) & ~asked
        broken = np.flatnonzero((part > WHOLE) & ~upward)
        if not (part > WHOLE).any():
            break
        lower = broken[np.argsort(part[broken], kind="stable")]
        lower = lower if number > MOST_ROUNDS // 2 else lower[: -(-len(lower) // 2)]
        whole = np.floor(count[lower] + WHOLE)
        most[lower] = whole if number > MOST_ROUNDS // 2 else np.maximum(whole, most[lower] - 2.0)
        asked[upward] = True
    found[where] = np.where(free, found[where], np.floor(found[where] / unit + WHOLE) * unit)
    return found


def _guarded(dock: _Dock, x: Floats, *, again: bool) -> Stage:
    """Return the stage in which nobody slips if it can be helped, and nobody beyond the slack if that can be."""
    ladder, slack = dock.ladder, dock.program.sets.economy.slack
    _, tonne_km = costs(dock.program)
    if not ladder.rungs:
        return least(ladder, Standing(dock.level, x), _usual(tonne_km) * ladder.scale, caps=(np.inf, np.inf))
    somebody = next(number for number, service in enumerate(ladder.services) if len(service))
    rules = Rules(1.0, slack, False, lambda rounds, level, met: None)
    nobody = np.zeros(len(ladder.services[somebody]), dtype=bool)
    stage = band(ladder, Standing(dock.level, x), somebody, active=nobody, rules=rules, again=again)
    stage.low[: ladder.columns] = 0.0
    usual = float(ladder.services[somebody].weight.mean())
    stage.low[-ladder.rungs :], stage.high[-ladder.rungs :] = -1.0, 0.0
    alone = np.concatenate([np.full(len(service), service.goal == "reserve") for service in ladder.services])
    stage.cost[-ladder.rungs :] = DEEP_PRICE * np.where(alone, A_RESERVE, ladder.weight / usual)
    stage.cost[: ladder.columns] -= WAY_PRICE * _usual(tonne_km) * ladder.scale
    return stage


def _worth(program: Program, ladder: Ladder) -> Floats:
    """Return what a unit of each resource raises of a claim at least, times people over the usual number of them (R).

    Of the needs it serves that which it raises least, where most of it is asked for: no claim would miss it for less.
    """
    sets = program.sets
    usual = next((float(service.weight.mean()) for service in ladder.services if len(service)), 1.0)
    norm = np.nanmax(np.nan_to_num(sets.claimants.norm), axis=(0, 2), initial=0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where((sets.contents > 0) & (norm > 0), sets.contents / norm, np.inf)
    least_share = share.min(axis=1, initial=np.inf) / (sets.days.max() * usual)
    return np.where(np.isfinite(least_share), least_share, UNWORTHY / sets.scale)


def _raised(program: Program) -> Floats:
    """Return by how much a unit of each resource raises the smallest claim that it serves at each place (P × R)."""
    sets, people = program.sets, program.sets.claimants
    size = np.where(people.claims, np.nan_to_num(people.norm) * (people.people * sets.days)[:, None, :], np.inf)
    smallest = np.full((len(sets.places), len(sets.needs)), np.inf)
    np.minimum.at(smallest, people.place, size.min(axis=2, initial=np.inf))
    return np.asarray((sets.contents[None, :, :] / smallest[:, None, :]).max(axis=2, initial=0.0))


def _short(dock: _Dock, x: Floats) -> Bools:
    """Return the places where somebody slipped too far (P); a reserve of all places together is short everywhere."""
    sets, ladder = dock.program.sets, dock.ladder
    guard = dock.level - Standing(dock.level, x).room(sets.economy.slack)
    missed = ladder.met(x) < guard - MISSED
    short = np.zeros(len(sets.places), dtype=bool)
    claims, _ = dock.program.matrix.column_kind("delivered")
    for number, service in enumerate(ladder.services):
        members = service.members[missed[ladder.rung(number)]]
        if service.goal == "reserve":
            places = dock.program.reserves.place[members]
            short |= bool(np.any(places == NONE))
        else:
            places = sets.claimants.place[claims.keys["claimant"][members]]
        short[places[places != NONE]] = True
    return short


def _fix(stage: Stage, dock: _Dock, found: Floats, free: Bools) -> None:
    """Hold the whole dispatches of a stage where they are."""
    where = dock.where
    stage.low[where] = np.where(free, stage.low[where], found[where])
    stage.high[where] = np.where(free, stage.high[where], found[where])


def _costlier(program: Program, before: Floats, after: Floats) -> float:
    """Return by how much more effort is used, as a share."""
    effort, _ = costs(program)
    was, now = float(effort @ before), float(effort @ after)
    return max(0.0, now - was) / max(1.0, abs(was))


def _usual(cost: Floats) -> Floats:
    entries = np.abs(cost[cost != 0])
    return cost / np.median(entries) if len(entries) else cost


def packing(plan: Mapping[str, pl.DataFrame], program: Program, packed: Packed) -> pl.DataFrame:
    """Return the packs of every dispatch and the trips of every way.

    Args:
        plan: The tables of the plan.
        program: What was planned.
        packed: What became of the dispatches.
    Returns:
        The columns of ``PACKS``: a row for each dispatch, and one without a resource for all that goes on a way by a
        mode whose vehicle is known.
    """
    economy, openings = program.sets.economy, program.openings
    way = ["from", "to", "mode", "period", "arrives"]
    sent, _ = program.matrix.column_kind("sent")
    opening, period = (sent.keys[key][packed.fractional] for key in ("opening", "period"))
    good = program.sets.goods.resource[sent.keys["good"][packed.fractional]]
    loose = pl.DataFrame(
        {
            "from": pl.Series([program.sets.places[at] for at in openings.tail[opening]], dtype=pl.String),
            "to": pl.Series([program.sets.places[at] for at in openings.head[opening]], dtype=pl.String),
            "mode": pl.Series([openings.modes.ids[at] for at in openings.mode[opening]], dtype=pl.String),
            "resource": pl.Series([program.sets.resources[at] for at in good], dtype=pl.String),
            "period": pl.Series(period, dtype=pl.Int64),
            "arrives": pl.Series(openings.arrives[opening, period], dtype=pl.Int64),
        }
    ).unique()
    dispatches = plan["dispatches"].join(economy.resources.select("resource", "pack"), on="resource")
    count = pl.col("quantity") / pl.col("pack")
    whole = (count - count.round()).abs() <= EXACTLY * pl.max_horizontal(count, 1.0)
    rows = dispatches.join(loose.with_columns(loose=True), on=[*way, "resource"], how="left", maintain_order="left")
    rows = rows.with_columns(
        packs=pl.when(whole).then(count.round()),
        note=pl.when(whole | pl.col("pack").is_null())
        .then(None)
        .otherwise(
            pl.lit("no whole packs were found in time")
            if packed.given_up
            else pl.format("whole packs would take too much from {}", "to")
        ),
        trips=pl.lit(None, dtype=pl.Int64),
    )
    size = economy.modes.filter(pl.col("vehicle_t").is_not_null()).group_by("mode").agg(pl.col("vehicle_t").first())
    trips = (
        dispatches.join(masses(economy), on="resource")
        .group_by(way, maintain_order=True)
        .agg(tonnes=(pl.col("quantity") * pl.col("mass_t").fill_null(0.0)).sum())
        .join(size, on="mode", maintain_order="left")
        .with_columns(trips=(pl.col("tonnes") / pl.col("vehicle_t") - WHOLE).ceil())
    )
    frames = [rows, trips]
    shaped = [
        frame.with_columns(pl.lit(None).alias(name) for name in PACKS if name not in frame.columns).select(
            pl.col(name).cast(dtype) for name, dtype in PACKS.items()
        )
        for frame in frames
    ]
    return pl.concat(shaped)
