"""Bars: one share of a whole, or one value per period."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from muster.pictures.markup import EMPTY, Attributes, Markup, element, join, text

_LETTER = 10.0
"""Width of a letter on a narrow screen, where the letters are larger than on a wide one."""

_SVG: Attributes = {"xmlns": "http://www.w3.org/2000/svg"}


@dataclass(frozen=True)
class Bar:
    """One column of a chart.

    Attributes:
        label: Under the column, e.g. ``Nov``.
        value: Its height, not negative.
        words: The value as written above it, e.g. ``1.2 million``.
        title: What a pointer over it says.
    """

    label: str
    value: float
    words: str
    title: str


def bar(share: float, *, title: str, kind: str = "") -> Markup:
    """Draw a share of a whole, 0 to 1, as one lying bar; ``kind`` is a class for its colour."""
    filled: Attributes = {"width": 100 * min(1.0, max(0.0, share)), "height": 10, "class": f"filled {kind}".strip()}
    parts = [element("title", None, text(title)), element("rect", {"width": 100, "height": 10, "class": "ground"})]
    parts.append(element("rect", filled))
    size: Attributes = {
        "class": "bar",
        "viewBox": "0 0 100 10",
        "role": "img",
        "aria-label": title,
        "preserveAspectRatio": "none",
    }
    return element("svg", {**_SVG, **size}, join(parts))


def columns(bars: Sequence[Bar], *, name: str, most: float | None = None) -> Markup:
    """Draw one standing bar per period, with a line at the height that everything together would have.

    Args:
        bars: Left to right; where labels and values would touch, only every second, third … has them.
        name: What the chart shows, for a screen reader.
        most: Height of the whole (e.g. all people); the largest value where none is given.
    """
    if not bars:
        return EMPTY
    width, height, foot, head = 640.0, 190.0, 24.0, 22.0
    whole = max([most or 0.0, *(each.value for each in bars)]) or 1.0
    widest = _LETTER * max(max(len(each.label), len(each.words)) for each in bars)
    edge = max(0.0, (widest * len(bars) - width) / 2 / max(1, len(bars) - 1))
    step = (width - 2 * edge) / len(bars)
    every = math.ceil(widest / step)
    parts: list[Markup] = []
    for number, each in enumerate(bars):
        tall = (height - foot - head) * max(0.0, each.value) / whole
        left, top = edge + number * step, height - foot - tall
        body: Attributes = {"x": left + step * 0.12, "y": top, "width": step * 0.76, "height": tall, "class": "column"}
        parts.append(element("rect", body, element("title", None, text(each.title))))
        if number % every == 0:
            middle = left + step / 2
            parts.append(element("text", {"x": middle, "y": height - 6, "class": "axis"}, text(each.label)))
            parts.append(element("text", {"x": middle, "y": top - 6, "class": "figure"}, text(each.words)))
    parts.append(element("path", {"d": f"M0 {height - foot}h{width}", "class": "base"}))
    if most:
        parts.append(element("path", {"d": f"M0 {head}h{width}", "class": "whole"}))
    size: Attributes = {
        "class": "columns",
        "viewBox": f"0 0 {width:.0f} {height:.0f}",
        "role": "img",
        "aria-label": name,
    }
    return element("svg", {**_SVG, **size}, join(parts))
