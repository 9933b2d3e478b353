"""From degrees to the points of a picture."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

Point = tuple[float, float]


@dataclass(frozen=True)
class Projection:
    """Equirectangular, with degrees of longitude narrowed by the cosine of the middle latitude.

    Attributes:
        west, north: Upper left corner (degrees).
        narrowing: Cosine of the middle latitude.
        scale: Points of the picture for a degree of latitude.
        width, height: Size of the picture (points).
    """

    west: float
    north: float
    narrowing: float
    scale: float
    width: float
    height: float

    def point(self, longitude: float, latitude: float) -> Point:
        """Return the point of the picture for a place on the earth; y grows downward."""
        return (
            (longitude - self.west) * self.narrowing * self.scale,
            (self.north - latitude) * self.scale,
        )


def around(points: Iterable[Point], *, width: float, margin: float = 0.04, tallest: float = 1.0) -> Projection:
    """Return the projection that holds all points.

    Args:
        points: Longitude and latitude in degrees; at least one. A country across the 180th meridian is not cut there:
            it is drawn as wide as its degrees say.
        width: Of the picture (points).
        margin: Free on each side, as a fraction of the larger extent.
        tallest: Height over width at most; a narrower country stands in the middle.
    """
    known = list(points)
    west, east = min(x for x, _ in known), max(x for x, _ in known)
    south, north = min(y for _, y in known), max(y for _, y in known)
    narrowing = max(0.05, math.cos(math.radians((south + north) / 2)))
    wide, high = (east - west) * narrowing, north - south
    border = margin * max(wide, high) or 0.05
    wide, high = wide + 2 * border, high + 2 * border
    wide = max(wide, high / tallest)
    high = max(high, wide * 0.4)
    scale = width / wide
    return Projection(
        west=(west + east) / 2 - wide / narrowing / 2,
        north=(south + north) / 2 + high / 2,
        narrowing=narrowing,
        scale=scale,
        width=width,
        height=high * scale,
    )
