"""A map of places, coloured by level, with what flows between them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from muster.pictures import shapes
from muster.pictures.markup import EMPTY, Attributes, Markup, element, join, text
from muster.pictures.projection import Point, Projection, around

WIDTH = 1000
MOST_CORNERS = 6000
"""Corners of all outlines together; above, the outlines are made coarser."""

_BUBBLE, _LONE_BUBBLE, _DEPOT = 15.0, 24.0, 7.0
_CROWDING = 0.4
"""Radius of a bubble at most, as a share of the side of a square that each place would have to itself."""
_LETTER = 7.6
_MOST_NAMED = 40
"""Places on a map of points that have their names beside them."""


@dataclass(frozen=True)
class Spot:
    """One place on the map.

    Attributes:
        key: Its id, unique.
        name: Written on the map where there is room.
        title: What a pointer over it, or a screen reader, says.
        label: Short value written on it, e.g. ``50``.
        level: Class of its colour, e.g. ``level-0``; blank for a place that is not coloured (a depot).
        geometry: GeoJSON geometry, if known.
        position: Longitude and latitude, if known.
    """

    key: str
    name: str
    title: str
    label: str = ""
    level: str = ""
    geometry: Mapping[str, Any] | None = None
    position: Point | None = None

    @property
    def drawable(self) -> bool:
        """Whether anything says where it is."""
        return self.position is not None or bool(_own_points(self))


@dataclass(frozen=True)
class Flow:
    """What goes from one place to another: both keys, how much, and what a pointer over it says."""

    start: str
    end: str
    amount: float
    title: str


def map_of(
    spots: Sequence[Spot], *, name: str, flows: Sequence[Flow] = (), ident: str = "map", most: float = 0.0
) -> Markup:
    """Draw places as areas or bubbles with their labels, and flows as curved lines with width by amount.

    Args:
        spots: Places; those that nothing locates are left out (see ``Spot.drawable``).
        name: What the picture shows, for a screen reader.
        flows: Lines; those from or to a place that is not drawn are left out.
        ident: Prefix of the ids in the picture.
        most: Amount of the widest line, where that is more than any of these: so that pictures can be put side by side.
    Returns:
        One ``svg`` element; every place carries ``data-key`` and every flow ``data-flow`` (its position in ``flows``).
    """
    drawn = [spot for spot in spots if spot.drawable]
    if not drawn:
        return EMPTY
    points_only = not any(shapes.outlines(spot.geometry) for spot in drawn)
    corners = (point for spot in drawn for point in _own_points(spot))
    projection = around(corners, width=WIDTH, margin=0.1, tallest=0.6) if points_only else around(corners, width=WIDTH)
    named = points_only and len(drawn) <= _MOST_NAMED
    areas = _areas(drawn, projection)
    at = {spot.key: projection.point(*_position(spot)) for spot in drawn if spot.key not in areas or spot.position}
    bubbles = [spot for spot in drawn if spot.key not in areas]
    crowd = [at[spot.key] for spot in bubbles]
    middle = {key: shapes.roomiest(rings, taken=crowd) for key, rings in areas.items()}
    ends = {key: (x, y) for key, (x, y, _) in middle.items()} | at
    radius = min(_LONE_BUBBLE if named else _BUBBLE, _CROWDING * math.sqrt(WIDTH * projection.height / len(drawn)))
    labels = [
        _area_label(spot, middle[spot.key]) if spot.key in middle else _bubble_label(spot, at[spot.key], radius, named)
        for spot in drawn
    ]
    layers = [
        _patterns(ident),
        _layer("areas", [_area(spot, areas[spot.key]) for spot in drawn if spot.key in areas]),
        _layer("flows", flow_lines(flows, ends, most=most)),
        _layer("bubbles", [_bubble(spot, at[spot.key], radius) for spot in bubbles]),
        _layer("labels", labels),
    ]
    attributes: Attributes = {
        "xmlns": "http://www.w3.org/2000/svg",
        "class": "map",
        "id": ident,
        "viewBox": f"0 0 {WIDTH} {math.ceil(projection.height)}",
        "role": "img",
        "aria-label": name,
    }
    return element("svg", attributes, join(layers))


def flow_lines(flows: Sequence[Flow], ends: Mapping[str, Point], *, most: float = 0.0) -> list[Markup]:
    """Return one curved line per flow, bent to its right so that both directions are seen; an arrow in its middle.

    Args:
        flows: Drawn with the square root of their amount as width, the largest 12 points wide.
        ends: Point of the picture for each key; a flow without both ends is left out.
        most: The amount that is as wide, where that is more than the largest.
    """
    largest = max([most, *(flow.amount for flow in flows)]) or 1.0
    lines = []
    for number, flow in enumerate(flows):
        if flow.start not in ends or flow.end not in ends:
            continue
        width = 1.0 + 11.0 * math.sqrt(max(0.0, flow.amount) / largest)
        attributes: Attributes = {
            "d": _curve(ends[flow.start], ends[flow.end]),
            "data-flow": number,
            "stroke-width": width,
        }
        lines.append(element("path", attributes, element("title", None, text(flow.title))))
    return lines


def _curve(start: Point, end: Point, bend: float = 0.14) -> str:
    """Return a quadratic curve in two halves, so that a marker can stand in its middle."""
    (a, b), (c, d) = start, end
    x, y = (a + c) / 2 - (d - b) * bend, (b + d) / 2 + (c - a) * bend
    first, second = ((a + x) / 2, (b + y) / 2), ((x + c) / 2, (y + d) / 2)
    half = ((first[0] + second[0]) / 2, (first[1] + second[1]) / 2)
    points = " ".join(f"{p:.0f},{q:.0f}" for p, q in (start, first, half, second, end)).split(" ")
    return f"M{points[0]}Q{points[1]} {points[2]}Q{points[3]} {points[4]}"


def _own_points(spot: Spot) -> list[Point]:
    corners = [corner for ring in shapes.outlines(spot.geometry) for corner in ring]
    if spot.geometry and spot.geometry.get("type") == "Point":
        longitude, latitude = spot.geometry["coordinates"][:2]
        corners.append((float(longitude), float(latitude)))
    return corners or ([spot.position] if spot.position else [])


def _position(spot: Spot) -> Point:
    if spot.position is not None:
        return spot.position
    corners = _own_points(spot)
    return sum(x for x, _ in corners) / len(corners), sum(y for _, y in corners) / len(corners)


def _areas(spots: Sequence[Spot], projection: Projection) -> dict[str, list[shapes.Ring]]:
    """Return the outlines of the places that have one, coarse enough to stay within ``MOST_CORNERS``."""
    full = {}
    for spot in spots:
        rings = [
            shapes.snapped([projection.point(*corner) for corner in ring]) for ring in shapes.outlines(spot.geometry)
        ]
        if rings := [ring for ring in rings if ring]:
            full[spot.key] = rings
    tolerance = 0.75
    small = shapes.simplified(full, tolerance=tolerance)
    while sum(len(ring) for rings in small.values() for ring in rings) > MOST_CORNERS and tolerance < WIDTH:
        tolerance *= 1.5
        small = shapes.simplified(full, tolerance=tolerance)
    return {key: rings for key, rings in small.items() if rings}


def _layer(name: str, parts: Sequence[Markup]) -> Markup:
    return element("g", {"class": name}, join(parts)) if parts else EMPTY


def _area(spot: Spot, rings: Sequence[shapes.Ring]) -> Markup:
    attributes = {"d": shapes.path(rings), "class": f"area {spot.level}".strip(), "data-key": spot.key}
    return element("path", attributes, element("title", None, text(spot.title)))


def _bubble(spot: Spot, point: Point, radius: float) -> Markup:
    (x, y), title = point, element("title", None, text(spot.title))
    if spot.level:
        attributes: Attributes = {"cx": x, "cy": y, "r": radius, "class": f"area {spot.level}", "data-key": spot.key}
        return element("circle", attributes, title)
    size = 2 * _DEPOT
    attributes = {"x": x - _DEPOT, "y": y - _DEPOT, "width": size, "height": size, "class": "depot"}
    return element("rect", {**attributes, "data-key": spot.key}, title)


def _bubble_label(spot: Spot, point: Point, radius: float, named: bool) -> Markup:
    """Return the value of a place in its bubble, and its name beside it where there is room; always that of a depot."""
    (x, y), parts = point, []
    if spot.level:
        parts.append(_value(spot, point, room=radius))
    if named or not spot.level:
        away = radius + 6 if spot.level else _DEPOT + 5
        leftward = x + away + len(spot.name) * _LETTER > WIDTH
        side, x = ("end", x - away) if leftward else ("start", x + away)
        parts.append(element("text", {"x": x, "y": y + 5, "class": f"name {side}"}, text(spot.name)))
    return join(parts)


def _area_label(spot: Spot, middle: tuple[float, float, float]) -> Markup:
    """Return the value of a place, with its name above where both fit."""
    x, y, room = middle
    if room < 22 or len(spot.name) * _LETTER / 2 > room * 1.25:
        return _value(spot, (x, y), room=room)
    name = element("text", {"x": x, "y": y - 4, "class": "name"}, text(spot.name))
    return join([name, _value(spot, (x, y + 9), room=room)])


def _value(spot: Spot, point: Point, *, room: float) -> Markup:
    """Return the value of a place; a narrow screen leaves out the minor ones, every screen the tiny ones."""
    size = "" if room >= 24 else " minor" if room >= 11 else " tiny"
    attributes: Attributes = {"x": point[0], "y": point[1] + 5, "class": f"value{size}", "data-label": spot.key}
    return element("text", attributes, text(spot.label))


def _patterns(ident: str) -> Markup:
    """Return the hatchings of the lowest levels and of places without a value, and the arrow of a flow."""
    hatchings = [("level-0", 5, 2.0), ("level-1", 9, 1.6), ("level-2", 16, 1.6)]
    patterns = [_pattern(f"{ident}-{level}", level, gap, "M0 0v99", width) for level, gap, width in hatchings]
    patterns.append(_pattern(f"{ident}-level-none", "level-none", 8, "M0 0v99", 1.0))
    arrow = element("path", {"d": "M0 0L9 4.5 0 9z"})
    size: Attributes = {"markerWidth": 9, "markerHeight": 9, "refX": 4, "refY": 4.5, "orient": "auto"}
    marker = element("marker", {"id": f"{ident}-arrow", **size, "markerUnits": "userSpaceOnUse"}, arrow)
    return element("defs", None, join([*patterns, marker]))


def _pattern(ident: str, level: str, gap: int, line: str, width: float) -> Markup:
    size: Attributes = {"width": gap, "height": gap, "patternUnits": "userSpaceOnUse", "patternTransform": "rotate(45)"}
    ground = element("rect", {"width": gap, "height": gap, "class": f"{level}-ground"})
    stroke = element("path", {"d": line, "class": "hatch", "stroke-width": width})
    return element("pattern", {"id": ident, **size}, join([ground, stroke]))
