"""The map of the page: places coloured by what is met, dispatches as lines, and the controls of both."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from muster.pictures.maps import Flow, Spot, map_of
from muster.pictures.markup import EMPTY, Markup, element, join, text
from muster.plan.plan import Plan
from muster.report import facts, words
from muster.report.controls import map_controls
from muster.report.data import MOST_DISPATCHES, MapValues
from muster.report.levels import LEVELS, NO_CLAIM, level_of
from muster.report.names import Names
from muster.report.tables import note

MOST_LINES = 300
"""Pairs of places with a line on the map, the heaviest first."""
MOST_UNPLACED = 60


@dataclass(frozen=True)
class Atlas:
    """The map section and the pairs of places that have a line in it, in the order drawn."""

    section: Markup
    pairs: list[tuple[str, str]]


def atlas(plan: Plan, values: MapValues, *, names: Names) -> Atlas:
    """Return the map of the worst moment of the whole plan; the script changes need, period and measure."""
    worst = dict(values.met.group_by("place").agg(pl.col("met_floor").min()).iter_rows())
    flows = _flows(plan, names)
    spots = _spots(plan, worst, names=names, flows=flows)
    known = {spot.key for spot in spots if spot.drawable}
    drawn = [flow for flow in flows if flow.start in known and flow.end in known]
    picture = map_of(spots, flows=drawn, name="Map of places, coloured by what is met of the survival floor")
    unplaced = [spot for spot in spots if not spot.drawable and spot.level]
    remark = ""
    if values.left_out:
        better_off = words.plural(values.left_out, "place that is", "places that are")
        remark = f"{better_off} better off are left out here; met.csv has them all."
    figure = element(
        "figure",
        None,
        join([picture, element("figcaption", {"id": "map-says"}, text(_static_caption(names)))]),
    )
    beside = element(
        "div",
        {"class": "beside"},
        join([_legend() if picture else EMPTY, _panel(), _unplaced(unplaced, names), note(remark)]),
    )
    parts = [
        element("h2", {"id": "h-map"}, text("Where")),
        map_controls(plan, values, names=names, spots=spots, flows=bool(drawn)),
        element("div", {"class": "atlas"}, join([figure, beside])),
    ]
    section = element("section", {"id": "where", "aria-labelledby": "h-map"}, join(parts))
    return Atlas(section, [(flow.start, flow.end) for flow in drawn])


def _static_caption(names: Names) -> str:
    return (
        f"{names.span}, the worst moment of each place: what is met of the survival floor, in per cent, of the need "
        "met least, for the group that is worst off."
    )


def _flows(plan: Plan, names: Names) -> list[Flow]:
    """Return the pairs of places between which most tonnes go, of the dispatches that stand in the page."""
    sums = (
        facts.dispatches(plan)
        .head(MOST_DISPATCHES)
        .group_by("from", "to")
        .agg(pl.col("tonnes").sum())
        .filter(pl.col("tonnes") > 0)
        .sort(["tonnes", "from", "to"], descending=[True, False, False])
    )
    return [
        Flow(start, end, tonnes, f"{names.place[start]} → {names.place[end]}: {words.quantity(tonnes)}{words.THIN}t")
        for start, end, tonnes in sums.head(MOST_LINES).iter_rows()
    ]


def _spots(plan: Plan, worst: dict[str, float], *, names: Names, flows: list[Flow]) -> list[Spot]:
    """Return the places with a claim, coloured, and the others that send or receive, as depots."""
    ends = {end for flow in flows for end in (flow.start, flow.end)}
    features = (plan.economy.shapes or {}).get("features") or []
    shapes = {str((each.get("properties") or {}).get("place")): each.get("geometry") for each in features}
    claimed = set(plan.met["place"])
    spots = []
    for place, latitude, longitude in plan.economy.places.select("place", "latitude", "longitude").iter_rows():
        if place not in worst and (place in claimed or place not in ends):
            continue
        spots.append(
            Spot(
                key=place,
                name=names.place[place],
                title=_title(names.place[place], worst.get(place)),
                label=_label(worst[place]) if place in worst else "",
                level=level_of(worst[place]) if place in worst else "",
                geometry=shapes.get(place),
                position=None if latitude is None or longitude is None else (longitude, latitude),
            )
        )
    return spots


def _title(name: str, share: float | None) -> str:
    return name if share is None else f"{name}: {words.percent(share)} of the floor at worst"


def _label(share: float) -> str:
    whole = words.whole_percent(share)
    return "<1" if whole == 0.5 else f"{whole:.0f}"


def _legend() -> Markup:
    rows = [(level.style, level.words.replace(" %", f"{words.THIN}%")) for level in LEVELS]
    rows.append((NO_CLAIM, "nobody needs it then"))
    items = [element("li", None, join([_swatch(name), text(label)])) for name, label in rows]
    depot = element("svg", {"viewBox": "0 0 30 18", "aria-hidden": "true", "class": "swatch"}, _square())
    items.append(element("li", None, join([depot, text("depot, nobody to serve")])))
    widest = element("li", {"id": "widest", "hidden": True}, EMPTY)
    return join(
        [
            element("h3", None, text("Legend")),
            element("ul", {"class": "legend"}, join([*items, widest])),
        ]
    )


def _swatch(name: str) -> Markup:
    box = element("rect", {"width": 30, "height": 18, "class": f"area {name}"})
    return element("svg", {"viewBox": "0 0 30 18", "aria-hidden": "true", "class": "swatch"}, box)


def _square() -> Markup:
    return element("rect", {"x": 8, "y": 2, "width": 14, "height": 14, "class": "depot"})


def _panel() -> Markup:
    """Return the box that the script fills with the row of a chosen place."""
    return element("div", {"id": "panel", "class": "panel", "aria-live": "polite", "hidden": True}, EMPTY)


def _unplaced(spots: list[Spot], names: Names) -> Markup:
    if not spots:
        return EMPTY
    items = [
        element(
            "li",
            None,
            join(
                [
                    text(f"{names.place[spot.key]}: "),
                    element("span", {"data-label": spot.key}, text(spot.label)),
                    text(f"{words.THIN}%"),
                ]
            ),
        )
        for spot in spots[:MOST_UNPLACED]
    ]
    more = len(spots) - MOST_UNPLACED
    rest = (
        note(f"{words.plural(more, 'more place has', 'more places have')} no coordinates; see the table below.")
        if more > 0
        else EMPTY
    )
    return join(
        [
            element("h3", None, text("Places without coordinates")),
            element("ul", {"class": "unplaced"}, join(items)),
            rest,
        ]
    )
