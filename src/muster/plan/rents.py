"""What binds: the limits that hold the worst-off at their level, each with its share of the explanation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from muster.economy.economy import Horizon
from muster.plan.goals import Outcome
from muster.plan.program import Program
from muster.plan.sets import Floats
from muster.plan.tables import PLAN_TABLES
from muster.plan.values import members

NAMED = 2e-3
"""Limits that explain less than this are summed up in one last row."""

HELD = 1e-6
"""A claim whose guard weighs less than this in the common level does not set it."""

KEY = ("place", "group", "need", "period")


@dataclass(frozen=True)
class Limit:
    """One limit, over the periods in which it binds.

    Attributes:
        kind: ``stock``, ``arrival``, ``route``, ``store``, ``plant`` or ``ration``.
        where: Ids of the place or the route; blank for the pool.
        resource: Id of the resource, class or recipe; blank where it is any.
        sentence: What it says, with ``{amount}`` and ``{when}`` to be filled in.
        unit: Unit of the amount.
    """

    kind: str
    where: str
    resource: str
    sentence: str
    unit: str


def reasons(program: Program, outcome: Outcome) -> pl.DataFrame:
    """Return what holds the claims that set the common level of each goal.

    All claims that set a level are held by the same limits, whose rents sum to 1; they come from the duals of the
    goal's first round. The first goal that holds a claim explains it.

    Returns:
        Rows of ``why.csv``, largest share first within each claim.
    """
    frames = [pl.DataFrame(schema=dict(PLAN_TABLES["why"]))]
    explained = pl.DataFrame(schema={name: PLAN_TABLES["why"][name] for name in KEY})
    for number, (service, climb) in enumerate(zip(outcome.ladder.services, outcome.climbs, strict=True)):
        if climb.first is None or climb.max_min >= 1.0 or service.goal == "reserve":
            continue
        first, rungs = outcome.ladder.rows, outcome.ladder.rung(number)
        guards = -climb.first.duals[first + rungs.start : first + rungs.stop]
        held = members(program, service.goal, service.members[guards > HELD]).join(explained, on=KEY, how="anti")
        limits = _shares(program, climb.first.duals[:first] * outcome.ladder.limit)
        explained = pl.concat([explained, held.select(explained.columns)])
        if len(limits) and len(held):
            rows = held.join(limits, how="cross", maintain_order="left_right")
            frames.append(rows.select(pl.col(name).cast(dtype) for name, dtype in PLAN_TABLES["why"].items()))
    return pl.concat(frames)


def _shares(program: Program, rents: Floats) -> pl.DataFrame:
    """Return the limits that have a rent (M), with their rank, largest share first."""
    worth: dict[Limit, float] = {}
    periods: dict[Limit, dict[int, float]] = {}
    for limit, period, rent, amount in _binding(program, np.maximum(rents, 0.0)):
        worth[limit] = worth.get(limit, 0.0) + rent
        at = periods.setdefault(limit, {})
        at[period] = at.get(period, 0.0) + amount
    total = sum(worth.values())
    if total <= 0:
        return pl.DataFrame()
    ordered = sorted(worth, key=lambda limit: (-worth[limit], limit.kind, limit.where, limit.resource))
    named = [limit for limit in ordered if worth[limit] >= NAMED * total]
    rows = [
        (limit.kind, limit.where, limit.resource, when, worth[limit] / total, _say(limit, when, periods[limit]))
        for limit, when in ((limit, _when(program.sets.horizon, periods[limit])) for limit in named)
    ]
    rest = len(ordered) - len(named)
    if rest:
        share = 1.0 - sum(row[4] for row in rows)
        rows.append(("other", "", "", "", share, f"{rest} other limits together, each less than {NAMED:.1%}."))
    frame = pl.DataFrame(rows, schema=["kind", "where", "resource", "when", "worth", "sentence"], orient="row")
    return frame.with_columns(pl.int_range(1, pl.len() + 1).alias("rank"))


def _say(limit: Limit, when: str, periods: dict[int, float]) -> str:
    amount = f"{sum(periods.values()):,.6g}" if sum(periods.values()) < 1e6 else f"{sum(periods.values()):,.0f}"
    return limit.sentence.format(amount=f"{amount} {limit.unit}".strip(), when=when)


def _when(horizon: Horizon, periods: Sequence[int] | dict[int, float]) -> str:
    """Return periods in words: ``December 2022 to February 2023, April 2023``."""
    runs: list[list[int]] = []
    for t in sorted(periods):
        if runs and runs[-1][-1] == t - 1:
            runs[-1].append(t)
        else:
            runs.append([t])
    names = [
        horizon.name(run[0]) if len(run) == 1 else f"{horizon.name(run[0])} to {horizon.name(run[-1])}" for run in runs
    ]
    return ", ".join(names)


def _binding(program: Program, rents: Floats) -> Iterator[tuple[Limit, int, float, float]]:
    """Yield each limit with a rent: what it is, its period, its rent, and the amount that is all there is."""
    names = _Names(program)
    first = 0
    for rows in program.matrix.rows:
        mine = rents[first : first + len(rows)]
        first += len(rows)
        for at in np.flatnonzero(mine > 0):
            keys = {key: int(values[at]) for key, values in rows.keys.items()}
            amount, rent = float(rows.limit[at]), float(mine[at])
            if rows.kind == "balance":
                yield from names.supplies(keys["node"], keys["period"], rent)
            elif rows.kind == "ration":
                yield names.ration(keys["ration"], keys["claimant"]), keys["period"], rent, amount
            elif rows.kind == "route":
                yield names.route(keys["opening"]), keys["period"], rent, amount
            elif rows.kind == "plant":
                yield names.plant(keys["plant"]), keys["period"], rent, amount
            elif rows.kind == "store":
                yield names.store(keys["store"]), keys["period"], rent, amount


class _Names:
    """Limits of a program in names for people."""

    def __init__(self, program: Program) -> None:
        self._program = program
        economy = program.sets.economy
        self._places = dict(economy.places.select("place", pl.coalesce("name", "place")).iter_rows()) | {"": "the pool"}
        self._resources = dict(economy.resources.select("resource", pl.coalesce("name", "resource")).iter_rows())
        self._groups = dict(economy.groups.select("group", pl.coalesce("name", "group")).iter_rows())
        self._units = dict(economy.resources.select("resource", "unit").iter_rows())

    def supplies(self, node: int, period: int, rent: float) -> Iterator[tuple[Limit, int, float, float]]:
        """Yield the stock at the start and the arrivals of a node, each with its part of the rent."""
        sets, nodes = self._program.sets, self._program.nodes
        place, good = int(nodes.place[node]), int(nodes.good[node])
        resource, at = sets.resources[nodes.resource[node]], sets.place_id(place)
        held = float(sets.start[place, good]) if period == 0 else 0.0
        came = float(sets.arrivals[place, good, period])
        where, what, unit = self._places[at], self._resources[resource], self._units[resource]
        if held > 0:
            sentence = f"{what}: all there is in {where} at the start is {{amount}}."
            yield Limit("stock", at, resource, _safe(sentence), unit), period, rent * held / (held + came), held
        if came > 0:
            sentence = f"{what}: all that becomes available in {where} is {{amount}} ({{when}})."
            yield Limit("arrival", at, resource, _safe(sentence), unit), period, rent * came / (held + came), came

    def route(self, opening: int) -> Limit:
        """Return the limit of what a route carries."""
        sets, openings = self._program.sets, self._program.openings
        tail, head = sets.places[openings.tail[opening]], sets.places[openings.head[opening]]
        mode = openings.modes.ids[openings.mode[opening]]
        way = f"{self._places[tail]} → {self._places[head]} ({mode})"
        return Limit("route", f"{tail} → {head}", "", _safe(f"{way} carries no more than {{amount}} ({{when}})."), "t")

    def plant(self, plant: int) -> Limit:
        """Return the limit of how often a recipe runs at a place."""
        plants = self._program.plants
        place, recipe = self._program.sets.places[plants.place[plant]], plants.recipes[plants.recipe[plant]]
        lines = zip(plants.line_recipe, plants.line_use, plants.line_resource, strict=True)
        outputs = [r for each, use, r in lines if each == plants.recipe[plant] and use == "output"]
        makes = " and ".join(self._resources[self._program.sets.resources[r]] for r in outputs) or recipe
        sentence = f"Making {makes} in {self._places[place]} ({recipe}): no more than {{amount}} ({{when}})."
        return Limit("plant", place, recipe, _safe(sentence), "runs")

    def store(self, store: int) -> Limit:
        """Return the limit of what a store holds."""
        row = self._program.sets.economy.stores.row(store, named=True)
        what = f" of {_plain(row['class'])}" if row["class"] else ""
        sentence = f"The store in {self._places[row['place']]} holds no more than {{amount}}{what} ({{when}})."
        return Limit("store", row["place"], row["class"] or "", _safe(sentence), "t")

    def ration(self, ration: int, claimant: int) -> Limit:
        """Return the limit of what people may be given."""
        sets = self._program.sets
        row = sets.economy.rations.row(ration, named=True)
        place = sets.places[sets.claimants.place[claimant]]
        group = sets.groups[sets.claimants.group[claimant]]
        what = self._resources.get(row["resource"], "") or f"all {_plain(row['class'])}"
        unit = self._units[row["resource"]] if row["resource"] else "t"
        who = f"{self._groups.get(group, group)} in {self._places[place]}"
        sentence = f"{who} may be given no more than {{amount}} of {what} ({{when}})."
        return Limit("ration", place, row["resource"] or row["class"], _safe(sentence), unit)


def _plain(label: str) -> str:
    """Return a class as words."""
    return label.replace("_", " ")


def _safe(sentence: str) -> str:
    """Return a sentence whose only fields are the amount and the time, whatever braces stand in a name."""
    doubled = sentence.replace("{", "{{").replace("}", "}}")
    return doubled.replace("{{amount}}", "{amount}").replace("{{when}}", "{when}")
