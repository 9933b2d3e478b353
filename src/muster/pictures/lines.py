"""A line over periods."""

from __future__ import annotations

from collections.abc import Sequence

from muster.pictures.markup import EMPTY, Attributes, Markup, element, join, text


def line(values: Sequence[float], *, name: str, mark: int | None = None) -> Markup:
    """Draw a small line from left to right over a base at zero, one corner per period.

    Args:
        values: Not negative; the largest reaches the top.
        name: What the line shows, for a screen reader.
        mark: Position of a value to be marked (where a stock is used up).
    """
    if not values:
        return EMPTY
    width, height, edge = 120.0, 28.0, 4.0
    largest = max(values) or 1.0
    step = (width - 2 * edge) / max(1, len(values) - 1)
    points = [
        (edge + number * step, height - edge - (height - 2 * edge) * value / largest)
        for number, value in enumerate(values)
    ]
    route = " ".join(f"{x:.0f},{y:.0f}" for x, y in points)
    parts = [
        element("title", None, text(name)),
        element("path", {"d": f"M0 {height - edge}h{width}", "class": "base"}),
        element("polyline", {"points": route, "class": "line"}),
    ]
    if mark is not None:
        x, y = points[mark]
        parts.append(element("circle", {"cx": x, "cy": y, "r": 3.5, "class": "mark"}))
    size: Attributes = {"class": "spark", "viewBox": f"0 0 {width:.0f} {height:.0f}", "role": "img", "aria-label": name}
    return element("svg", {"xmlns": "http://www.w3.org/2000/svg", **size}, join(parts))
