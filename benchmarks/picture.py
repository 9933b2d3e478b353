"""How cost grows with size: lines on two logarithmic axes, as one SVG that needs nothing else."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from muster.pictures.markup import Attributes, Markup, element, join, text


class Point(NamedTuple):
    """What was measured at a size; ``stopped``: the clock ended it, so that the true figure is higher."""

    size: float
    value: float
    stopped: bool = False


Points = Sequence[Point]

WIDTH, HEIGHT = 360.0, 300.0
LEFT, RIGHT, TOP, FOOT = 56.0, 30.0, 34.0, 44.0
SWATCH, LETTER = 44.0, 6.4
"""Room in the legend for a line's sample, and for a letter of its name."""
STYLE = """
text { font: 12px system-ui, sans-serif; fill: #1d2329 } .soft { fill: #59636e } .name { font-weight: 600 }
.ground { fill: #fff } .grid { stroke: #dfe3e8 } polyline { fill: none; stroke-width: 2 }
.s0 { stroke: #00558f } .s1 { stroke: #b35a00 } .s2 { stroke: #7a5195; stroke-dasharray: 6 3 }
.s3 { stroke: #2f6b2f; stroke-dasharray: 2 3 } .s4 { stroke: #8f1d4f; stroke-dasharray: 10 3 2 3 }
.d0 { fill: #00558f } .d1 { fill: #b35a00 } .d2 { fill: #7a5195 } .d3 { fill: #2f6b2f } .d4 { fill: #8f1d4f }
circle { stroke-width: 1.5 } .stopped { fill: #fff }
@media (prefers-color-scheme: dark) {
  text { fill: #e9ecef } .soft { fill: #a9b2bd } .ground { fill: #14171b } .grid { stroke: #343b44 }
  .s0 { stroke: #8cc4ff } .s1 { stroke: #ffb066 } .s2 { stroke: #d3b3ea } .s3 { stroke: #8fd18f }
  .s4 { stroke: #ff9ac1 } .d0 { fill: #8cc4ff } .d1 { fill: #ffb066 } .d2 { fill: #d3b3ea } .d3 { fill: #8fd18f }
  .d4 { fill: #ff9ac1 } .stopped { fill: #14171b }
}
"""


def panels(charts: Mapping[str, Mapping[str, Points]], *, across: str, name: str) -> Markup:
    """Draw charts side by side, all with the same lines.

    Args:
        charts: Title of each (what is measured, and its unit) -> name of each line (five at most) -> its points, all
            above 0.
        across: What the lower axis counts.
        name: What the picture shows, for a screen reader.
    """
    drawn = [
        element("g", {"transform": f"translate({number * WIDTH:.0f} 0)"}, _chart(title, lines, across))
        for number, (title, lines) in enumerate(charts.items())
    ]
    names = list(next(iter(charts.values())))
    begins = accumulate((SWATCH + LETTER * len(line) for line in names[:-1]), initial=LEFT)
    legend = [
        element("g", {"transform": f"translate({begin:.0f} {HEIGHT + 14:.0f})"}, _key(number, line))
        for number, (begin, line) in enumerate(zip(begins, names, strict=True))
    ]
    width, height = WIDTH * len(charts), HEIGHT + 24
    size: Attributes = {"viewBox": f"0 0 {width:.0f} {height:.0f}", "role": "img", "aria-label": name}
    ground = element("rect", {"width": width, "height": height, "class": "ground"})
    parts = [element("title", None, text(name)), element("style", None, text(STYLE)), ground, *drawn, *legend]
    return element("svg", {"xmlns": "http://www.w3.org/2000/svg", **size}, join(parts))


def _key(number: int, line: str) -> Markup:
    stroke = element("polyline", {"points": "0,-4 24,-4", "class": f"s{number}"})
    return join([stroke, element("text", {"x": 30}, text(line))])


def _chart(title: str, lines: Mapping[str, Points], across: str) -> Markup:
    points = [point for line in lines.values() for point in line]
    low_x, high_x = decades([point.size for point in points])
    low_y, high_y = decades([point.value for point in points])

    def at(x: float, y: float) -> tuple[float, float]:
        right = (math.log10(x) - low_x) / (high_x - low_x) * (WIDTH - LEFT - RIGHT)
        up = (math.log10(y) - low_y) / (high_y - low_y) * (HEIGHT - TOP - FOOT)
        return LEFT + right, HEIGHT - FOOT - up

    parts = [element("text", {"x": LEFT, "y": 18, "class": "name"}, text(title))]
    for power in range(low_x, high_x + 1):
        x, y = at(10.0**power, 10.0**low_y)
        parts.append(element("path", {"d": f"M{x:.1f} {y:.1f}V{TOP}", "class": "grid"}))
        parts.append(_label(x, y + 18, short(power), "middle"))
    for power in range(low_y, high_y + 1):
        x, y = at(10.0**low_x, 10.0**power)
        parts.append(element("path", {"d": f"M{x:.1f} {y:.1f}H{WIDTH - RIGHT}", "class": "grid"}))
        parts.append(_label(x - 6, y + 4, written(power), "end"))
    parts.append(_label((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, across, "middle"))
    for number, (name, line) in enumerate(lines.items()):
        corners = [at(point.size, point.value) for point in line]
        route = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
        parts.append(element("polyline", {"points": route, "class": f"s{number}"}))
        for (x, y), point in zip(corners, line, strict=True):
            ended = ", stopped by the clock" if point.stopped else ""
            said = element("title", None, text(f"{name}: {point.value:,.3g} at {point.size:,.0f} {across}{ended}"))
            look = f"s{number} stopped" if point.stopped else f"d{number}"
            parts.append(element("circle", {"cx": x, "cy": y, "r": 3.5, "class": look}, said))
    return join(parts)


def _label(x: float, y: float, words: str, anchor: str) -> Markup:
    return element("text", {"x": x, "y": y, "class": "soft", "text-anchor": anchor}, text(words))


def decades(values: Sequence[float]) -> tuple[int, int]:
    """Return the powers of ten between which all values lie, at least one apart.

    Example:
        >>> decades([0.02, 150.0])
        (-2, 3)
    """
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def written(power: int) -> str:
    """Return a power of ten as it stands on an axis.

    Example:
        >>> [written(power) for power in (-2, 0, 3, 6)]
        ['0.01', '1', '1,000', '1 million']
    """
    if power >= 6:
        return f"{10 ** (power - 6):,} million"
    return f"{10**power:,}" if power >= 0 else f"{10.0**power:.{-power}f}"


def short(power: int) -> str:
    """Return a power of ten as it stands below an axis, where its neighbours need room, too.

    Example:
        >>> [short(power) for power in (0, 2, 3, 5, 6, 8)]
        ['1', '100', '1 k', '100 k', '1 M', '100 M']
    """
    if power < 3:
        return written(power)
    return f"{10 ** (power % 3)} {'kMGT'[power // 3 - 1]}"
