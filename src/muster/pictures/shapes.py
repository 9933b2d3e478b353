"""Outlines of areas, made small enough for a page: borders that two areas share stay shared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from muster.pictures.projection import Point

Grid = tuple[int, int]
Ring = list[Grid]
"""Corners on the whole points of the picture; the first is not repeated at the end."""


def outlines(geometry: Mapping[str, Any] | None) -> list[list[Point]]:
    """Return the closed lines of a GeoJSON geometry (longitude, latitude); none for a point or for nothing."""
    if not geometry:
        return []
    kind, coordinates = geometry.get("type"), geometry.get("coordinates") or []
    if kind == "GeometryCollection":
        return [ring for part in geometry.get("geometries") or [] for ring in outlines(part)]
    if kind not in ("Polygon", "MultiPolygon"):
        return []
    polygons = [coordinates] if kind == "Polygon" else coordinates
    rings = [[(float(corner[0]), float(corner[1])) for corner in ring] for polygon in polygons for ring in polygon]
    return [ring for ring in rings if len(ring) >= 3]


def snapped(ring: Sequence[Point]) -> Ring:
    """Return a line on whole points, without corners that fall together; empty where nothing is left of it."""
    corners: Ring = []
    for x, y in ring:
        corner = (round(x), round(y))
        if not corners or corner != corners[-1]:
            corners.append(corner)
    if len(corners) > 1 and corners[0] == corners[-1]:
        corners.pop()
    return corners if len(set(corners)) >= 3 else []


def simplified(areas: Mapping[str, Sequence[Ring]], *, tolerance: float) -> dict[str, list[Ring]]:
    """Leave out corners that stand less than ``tolerance`` from the line without them.

    Lines are cut where areas meet, and each piece is treated once and alike for both sides, so neighbours neither
    overlap nor drift apart.
    """
    meeting = _meeting_points(areas)
    done: dict[tuple[Grid, ...], Ring] = {}
    small: dict[str, list[Ring]] = {}
    for key, rings in areas.items():
        kept = [_simplified_ring(ring, meeting, tolerance, done) for ring in rings]
        small[key] = [ring for ring in kept if len(ring) >= 3]
    return small


def _meeting_points(areas: Mapping[str, Sequence[Ring]]) -> set[Grid]:
    """Return the corners where more than two border lines come together."""
    beside: dict[Grid, set[Grid]] = defaultdict(set)
    for rings in areas.values():
        for ring in rings:
            for one, other in zip(ring, [*ring[1:], ring[0]], strict=True):
                beside[one].add(other)
                beside[other].add(one)
    return {corner for corner, others in beside.items() if len(others) > 2}


def _simplified_ring(ring: Ring, meeting: set[Grid], tolerance: float, done: dict[tuple[Grid, ...], Ring]) -> Ring:
    cuts = [at for at, corner in enumerate(ring) if corner in meeting]
    if len(cuts) < 2:
        # An island: cut at its first corner in a fixed order and at the one farthest from it.
        first = cuts[0] if cuts else min(range(len(ring)), key=ring.__getitem__)
        far = max(range(len(ring)), key=lambda at: (_apart(ring[at], ring[first]), -at))
        cuts = sorted({first, far})
    pieces = []
    for one, other in zip(cuts, [*cuts[1:], cuts[0] + len(ring)], strict=True):
        piece = tuple(ring[at % len(ring)] for at in range(one, other + 1))
        backward = piece[::-1]
        same_way = piece <= backward
        key = piece if same_way else backward
        if key not in done:
            done[key] = _thinned(key, tolerance)
        pieces.append((done[key] if same_way else done[key][::-1])[:-1])
    return [corner for piece in pieces for corner in piece]


def _apart(one: Grid, other: Grid) -> int:
    return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2


def _thinned(line: Sequence[Grid], tolerance: float) -> Ring:
    """Douglas and Peucker: keep the corner farthest from the chord, if it is farther than the tolerance."""
    corners = np.array(line, dtype=np.float64)
    keep = {0, len(line) - 1}
    spans = [(0, len(line) - 1)]
    while spans:
        low, high = spans.pop()
        if high - low < 2:
            continue
        away = _distance_to_edges(corners[low + 1 : high], corners[low : low + 1], corners[high : high + 1])[:, 0]
        farthest = int(np.argmax(away))
        if away[farthest] > tolerance:
            middle = low + 1 + farthest
            keep.add(middle)
            spans += [(low, middle), (middle, high)]
    return [line[at] for at in sorted(keep)]


def _distance_to_edges(
    points: NDArray[np.float64], starts: NDArray[np.float64], ends: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the distance of P points (P × 2) from E edges (E × 2 each): P × E."""
    along = ends - starts
    length = np.maximum((along**2).sum(axis=1), 1e-12)
    off = points[:, None, :] - starts[None, :, :]
    part = np.clip((off * along[None, :, :]).sum(axis=2) / length[None, :], 0.0, 1.0)
    return np.asarray(np.sqrt(((off - part[:, :, None] * along[None, :, :]) ** 2).sum(axis=2)))


def roomiest(rings: Sequence[Ring], *, taken: Sequence[Point] = (), side: int = 24) -> tuple[float, float, float]:
    """Return the point inside an area that is farthest from its border, and that distance: where a label fits best.

    Args:
        rings: Lines of the area; a line inside another is a hole.
        taken: Points that a label should keep clear of.
        side: Points tried along each side of the area.
    """
    starts = np.array([corner for ring in rings for corner in ring], dtype=np.float64)
    ends = np.array([corner for ring in rings for corner in [*ring[1:], ring[0]]], dtype=np.float64)
    low, high = starts.min(axis=0), starts.max(axis=0)
    steps = (np.arange(side) + 0.5) / side
    tried = np.stack(np.meshgrid(*(low[:, None] + steps * (high - low)[:, None])), axis=-1).reshape(-1, 2)
    room = _distance_to_edges(tried, starts, ends).min(axis=1)
    # A ray to the right crosses the border an odd number of times from inside.
    y = tried[:, 1:2]
    spans = (starts[:, 1] > y) != (ends[:, 1] > y)
    rise = np.where(ends[:, 1] == starts[:, 1], 1.0, ends[:, 1] - starts[:, 1])
    at = starts[:, 0] + (y - starts[:, 1]) / rise * (ends[:, 0] - starts[:, 0])
    inside = ((spans & (tried[:, :1] < at)).sum(axis=1) % 2).astype(bool)
    if taken:
        free = np.sqrt(((tried[:, None, :] - np.array(taken)[None, :, :]) ** 2).sum(axis=2)).min(axis=1)
        room = np.minimum(room, np.maximum(free - 14.0, 0.0))
    room = np.where(inside, room, -1.0)
    best = int(np.argmax(room))
    return float(tried[best, 0]), float(tried[best, 1]), max(0.0, float(room[best]))


def path(rings: Sequence[Ring]) -> str:
    """Return lines as SVG path data, in steps from corner to corner.

    Example:
        >>> path([[(0, 0), (10, 0), (10, -5)]])
        'M0 0l10 0 0-5z'
    """
    parts = []
    for ring in rings:
        steps = [f"{x - a} {y - b}" for (a, b), (x, y) in pairwise(ring)]
        parts.append(f"M{ring[0][0]} {ring[0][1]}l{' '.join(steps)}z".replace(" -", "-"))
    return "".join(parts)
