"""Curves: everybody in a row from who has least to who has most, one curve for each way to share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from muster.pictures.markup import Attributes, Markup, element, join, text

WIDTH, HEIGHT = 640.0, 330.0
LEFT, RIGHT, TOP, FOOT = 74.0, 14.0, 36.0, 52.0
"""Margins of the field in which the curves lie, in points of the picture."""

KINDS = 6
"""Classes of curves, ``curve-0`` …: each has a colour and a dash of its own in the page's style."""

CurveStep = tuple[float, float]
"""A level, and how much of the whole has at most that (both 0 to 1)."""


@dataclass(frozen=True)
class Curve:
    """One sorted curve.

    Attributes:
        name: In the legend.
        steps: Levels from the least on.
        title: What a pointer over it says.
    """

    name: str
    steps: Sequence[CurveStep]
    title: str


def curves(several: Sequence[Curve], *, name: str, across: str, up: str) -> Markup:
    """Draw sorted curves over each other, the first below, wide and whole: where others lie on it, it shows between.

    Args:
        several: At most ``KINDS`` are told apart.
        name: What the picture shows, for a screen reader.
        across, up: What the axes say.
    """
    parts = [*_axes(across, up)]
    parts += [_line(curve, number) for number, curve in enumerate(several)]
    size: Attributes = {
        "class": "curves",
        "viewBox": f"0 0 {WIDTH:.0f} {HEIGHT:.0f}",
        "role": "img",
        "aria-label": name,
    }
    return element("svg", {"xmlns": "http://www.w3.org/2000/svg", **size}, join(parts))


def sample(number: int) -> Markup:
    """Return a short piece of a curve, for its legend."""
    size: Attributes = {"class": "sample", "viewBox": "0 0 44 12", "aria-hidden": "true"}
    path = element("path", {"d": "M2 6h40", "class": f"curve curve-{number % KINDS}"})
    return element("svg", {"xmlns": "http://www.w3.org/2000/svg", **size}, path)


def _x(share: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * share


def _y(level: float) -> float:
    return HEIGHT - FOOT - (HEIGHT - FOOT - TOP) * level


def _axes(across: str, up: str) -> list[Markup]:
    parts = []
    for percent in (0, 25, 50, 75, 100):
        y, x = _y(percent / 100), _x(percent / 100)
        kind = "base" if percent == 0 else "grid"
        parts.append(element("path", {"d": f"M{LEFT:.0f} {y:.1f}H{WIDTH - RIGHT:.0f}", "class": kind}))
        parts.append(element("text", {"x": LEFT - 8, "y": y + 4, "class": "scale up"}, text(f"{percent} %")))
        side = "scale last" if percent == 100 else "scale"
        parts.append(element("text", {"x": x, "y": HEIGHT - FOOT + 20, "class": side}, text(f"{percent} %")))
    middle = _x(0.5)
    parts.append(element("text", {"x": middle, "y": HEIGHT - 6, "class": "axis"}, text(across)))
    parts.append(element("text", {"x": 2, "y": 16, "class": "axis first"}, text(up)))
    return parts


def _line(curve: Curve, number: int) -> Markup:
    points, before = [], 0.0
    for level, up_to in curve.steps:
        points += [f"{_x(before):.1f},{_y(level):.1f}", f"{_x(up_to):.1f},{_y(level):.1f}"]
        before = up_to
    body: Attributes = {"points": " ".join(points), "class": f"curve curve-{number % KINDS}"}
    return element("polyline", body, element("title", None, text(curve.title)))
