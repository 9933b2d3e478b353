"""Use cases of looking at a plan: its map, period by period; and its pipeline: what arrives when, where it is short."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from muster.errors import Fault, PlanError
from muster.pictures.maps import Flow, Spot, map_of
from muster.pictures.spread import spread
from muster.plan.plan import Plan, known_id
from muster.report import facts, words
from muster.report.levels import LEVELS, level_of
from muster.report.names import Names
from muster.report.words import MET
from muster.services.places import read_plan

MOST_LINES, MOST_FLOWS, MOST_SHORT = 300, 25, 6
"""Lines on the map; of them those that are told beside it; places short of a need that are named."""


@dataclass(frozen=True)
class Stand:
    """How a place stands on the map: the need met least, and the share of the measure that it has there."""

    place: str
    name: str
    need: str
    people: float
    level: float
    style: str


@dataclass(frozen=True)
class Sent:
    """What goes from one place to another, in tonnes."""

    source: str
    target: str
    tonnes: float


@dataclass(frozen=True)
class MapSheet:
    """A plan on a map, in one period or at its worst.

    Attributes:
        picture: SVG; blank where nothing is to be drawn.
        periods: Names of all periods.
        period: Number of the one that is shown; ``None``: the worst moment of the whole plan.
        needs: Id and name of each; ``need``: id of the one that is shown, blank: of each place the one met least.
        stands: The worst off first.
        sent: Where most goes, the heaviest first; ``more``: pairs that are not told.
        widest: Tonnes of the widest line.
        levels: Class and words of each level, for the legend.
        laid_out: No place has coordinates, so they are drawn where the lines fit best.
        unplaced: Names of places without coordinates, where others have some.
    """

    picture: str
    periods: tuple[str, ...]
    period: int | None
    needs: tuple[tuple[str, str], ...]
    need: str
    stands: tuple[Stand, ...]
    sent: tuple[Sent, ...]
    more: int
    widest: float
    levels: tuple[tuple[str, str], ...]
    laid_out: bool
    unplaced: tuple[str, ...]


def map_sheet(path: Path, *, period: int | None = None, need: str = "") -> MapSheet:
    """Return the map of a plan.

    Args:
        path: Plan folder.
        period: Number (0 is the first); ``None``: the worst moment of the whole plan, and all that is sent.
        need: Id or name; blank: the need met least, place by place.
    Raises:
        PlanError: The plan cannot be read, or has no such period or need.
    """
    plan = read_plan(path)
    names, periods = Names(plan.economy), plan.economy.horizon.periods
    if period is not None and not 0 <= period < periods:
        do = f"choose 0 ({names.period[0]}) to {periods - 1} ({names.period[periods - 1]})"
        raise PlanError(Fault("The plan has no such period.", "the period", str(period), do, "P4"))
    need = known_id(plan.economy.needs, "need", need) if need else ""
    stands = _stands(plan, names, period, need)
    every = _sent(plan)
    mine = every if period is None else every.filter(pl.col("period") == period)
    pairs = _pairs(mine)
    most = 0.0 if period is None else max(_pairs(every, "period")["tonnes"], default=0.0)
    spots, laid_out = _spots(plan, names, stands, every)
    flows = [Flow(a, b, t, f"{names.place[a]} → {names.place[b]}: {words.quantity(t)} t") for a, b, t in pairs.rows()]
    when = "whole plan" if period is None else names.period[period]
    picture = map_of(spots, name=f"Map, {when}: places by level, what is sent by width", flows=flows, most=most)
    known = facts.claims(plan)["need"].unique()
    return MapSheet(
        picture=picture,
        periods=tuple(names.period[t] for t in range(periods)),
        period=period,
        needs=tuple((each, names.need[each]) for each in plan.economy.needs["need"] if each in known),
        need=need,
        stands=stands,
        sent=tuple(Sent(names.place[a], names.place[b], t) for a, b, t in pairs.head(MOST_FLOWS).rows()),
        more=max(0, pairs.height - MOST_FLOWS),
        widest=max(most, *pairs["tonnes"], 0.0),
        levels=tuple((level.style, level.words) for level in LEVELS),
        laid_out=laid_out,
        unplaced=tuple(sorted(spot.name for spot in spots if not spot.drawable)),
    )


def _stands(plan: Plan, names: Names, period: int | None, need: str) -> tuple[Stand, ...]:
    known = facts.claims(plan).filter((pl.col("floor") > 0) | (pl.col("norm") > 0))
    known = known if period is None else known.filter(pl.col("period") == period)
    known = known.filter(pl.col("need") == need) if need else known
    each = known.group_by("place", "group", "period").agg(pl.col("people").max())
    people = each.group_by("place", "period").agg(pl.col("people").sum()).group_by("place").agg(pl.col("people").max())
    worst = known.group_by("place", maintain_order=True).agg(pl.col("need", "met_floor").first())
    rows = worst.join(people, on="place", validate="1:1", maintain_order="left")
    return tuple(
        Stand(place, names.place[place], names.need[each], count, level, level_of(level))
        for place, each, level, count in rows.select("place", "need", "met_floor", "people").iter_rows()
    )


def _sent(plan: Plan) -> pl.DataFrame:
    return facts.dispatches(plan).filter(pl.col("tonnes") > 0).select("from", "to", "period", "tonnes")


def _pairs(sent: pl.DataFrame, *beside: str) -> pl.DataFrame:
    """Return tonnes by from and to, the heaviest first."""
    sums = sent.group_by("from", "to", *beside).agg(pl.col("tonnes").sum())
    return sums.sort(["tonnes", "from", "to"], descending=[True, False, False]).head(MOST_LINES)


def _spots(plan: Plan, names: Names, stands: Sequence[Stand], sent: pl.DataFrame) -> tuple[list[Spot], bool]:
    """Return the places with a claim, those that send or receive, and whether they are laid out."""
    claimed = {each.place: each for each in stands}
    ends = set(sent["from"]) | set(sent["to"])
    ever = set(facts.claims(plan)["place"])
    features = (plan.economy.shapes or {}).get("features") or []
    shapes = {str((each.get("properties") or {}).get("place")): each.get("geometry") for each in features}
    rows = plan.economy.places.select("place", "latitude", "longitude").rows()
    shown = [row for row in rows if row[0] in claimed or row[0] in ends or row[0] in ever]
    spots = [
        _spot(
            names.place[place],
            place,
            claimed.get(place),
            "level-none" if place in ever else "",
            {"geometry": shapes.get(place), "position": None if latitude is None else (longitude, latitude)},
        )
        for place, latitude, longitude in shown
    ]
    if any(spot.drawable for spot in spots):
        return spots, False
    links = sent.select("from", "to").unique().sort("from", "to").rows()
    at = spread([spot.key for spot in spots], links)
    return [_at(spot, at) for spot in spots], bool(spots)


def _spot(name: str, key: str, stand: Stand | None, otherwise: str, where: Mapping[str, Any]) -> Spot:
    if stand is None:
        return Spot(key, name, name, level=otherwise, **where)
    said = f"{name}: {words.percent(stand.level)} of the floor ({stand.need})"
    whole = words.whole_percent(stand.level)
    return Spot(key, name, said, label="<1" if whole == 0.5 else f"{whole:.0f}", level=stand.style, **where)


def _at(spot: Spot, at: Mapping[str, tuple[float, float]]) -> Spot:
    return Spot(spot.key, spot.name, spot.title, spot.label, spot.level, position=at[spot.key])


@dataclass(frozen=True)
class Stage:
    """One period of a resource's pipeline, over all places together; in the resource's unit.

    Attributes:
        there, left: At the beginning and at the end.
        came, went: Arrived and made; given out, used up and lost.
        breaks: It is used up here while people lack what it serves, for the first time.
    """

    period: str
    there: float
    came: float
    went: float
    left: float
    breaks: bool


@dataclass(frozen=True)
class Line:
    """The pipeline of a resource."""

    resource: str
    unit: str
    stages: tuple[Stage, ...]

    @property
    def breaks(self) -> str:
        """The period in which it breaks first; blank: in none."""
        return next((each.period for each in self.stages if each.breaks), "")


@dataclass(frozen=True)
class Arrival:
    """What arrives from outside at a place, period by period."""

    place: str
    resource: str
    unit: str
    quantities: tuple[float, ...]


@dataclass(frozen=True)
class Short:
    """Who is short of a need in a period: people below the floor, the places by name, the worst first."""

    period: str
    need: str
    people: float
    places: tuple[tuple[str, float], ...]
    more: int


@dataclass(frozen=True)
class Pipeline:
    """What arrives when, and where it is short."""

    periods: tuple[str, ...]
    lines: tuple[Line, ...]
    arrivals: tuple[Arrival, ...]
    short: tuple[Short, ...]


def pipeline(path: Path) -> Pipeline:
    """Return the pipeline of a plan.

    Raises:
        PlanError: The plan cannot be read.
    """
    plan = read_plan(path)
    names = Names(plan.economy)
    every = tuple(names.period[t] for t in range(plan.economy.horizon.periods))
    return Pipeline(every, _lines(plan, names), _arrivals(plan, names), _short(plan, names))


def _lines(plan: Plan, names: Names) -> tuple[Line, ...]:
    breaks = facts.breaks(plan)
    keeps = set(plan.economy.resources.filter(pl.col("keep") > 0)["resource"])
    lines = []
    for (resource,), rows in facts.pipeline(plan).group_by("resource", maintain_order=True):
        if resource not in keeps:
            continue
        stages = tuple(
            Stage(
                names.period[row["period"]],
                there=row["opening"],
                came=row["arrived"] + row["made"],
                went=row["given"] + row["used"] + row["lost"],
                left=row["closing"],
                breaks=breaks.get(str(resource)) == row["period"],
            )
            for row in rows.iter_rows(named=True)
        )
        lines.append(Line(names.resource[str(resource)], names.resource_unit[str(resource)], stages))
    return tuple(lines)


def _arrivals(plan: Plan, names: Names) -> tuple[Arrival, ...]:
    came = plan.balances.filter((pl.col("arrived") > 0) & pl.col("place").is_not_null() & (pl.col("place") != ""))
    rows: dict[tuple[str, str], list[float]] = {}
    for place, resource, period, much in came.select("place", "resource", "period", "arrived").iter_rows():
        rows.setdefault((resource, place), [0.0] * plan.economy.horizon.periods)[period] += much
    order = {resource: number for number, resource in enumerate(plan.economy.resources["resource"])}
    keeps = set(plan.economy.resources.filter(pl.col("keep") > 0)["resource"])
    return tuple(
        Arrival(names.place[place], names.resource[resource], names.resource_unit[resource], tuple(much))
        for (resource, place), much in sorted(rows.items(), key=lambda it: (order[it[0][0]], it[0][1]))
        if resource in keeps
    )


def _short(plan: Plan, names: Names) -> tuple[Short, ...]:
    low = facts.claims(plan).filter((pl.col("met_floor") < MET) & (pl.col("floor") > 0))
    found = []
    for (period, need), rows in low.sort("period", "need").group_by("period", "need", maintain_order=True):
        places = rows.group_by("place").agg(pl.col("met_floor").min()).sort("met_floor", "place").rows()
        named = tuple((names.place[place], level) for place, level in places[:MOST_SHORT])
        people = float(rows["people"].sum())
        found.append(Short(names.period[int(period)], names.need[str(need)], people, named, len(places) - len(named)))
    return tuple(found)
