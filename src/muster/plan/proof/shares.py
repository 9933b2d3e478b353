"""What people and reserves get out of a stage at some prices: the side of the bound that knows of goals.

Every claim takes as much as it is worth to it, at its own price: what is delivered is a number for each claim, and what
the stage asks of it is a concave function of that number. Its highest value lies at a corner.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from muster.plan.proof.columns import ROUNDING, SPARE, Sum, like, total
from muster.plan.proof.ground import Bools, Numbers


@dataclass(frozen=True)
class Rung:
    """What one goal asks of K claims, or reserves: met = offset + per_unit · delivered.

    Attributes:
        per_unit, offset: See above; where ``asked``.
        asked: Whom the goal is about (K).
        need: Least that must be met (K).
        level: From where it is lifted, and below which it slips (K).
        slip: What it costs, for one whole level, to be below ``level`` (K).
        weight: What it is worth, for one whole level, to be above (K).
        width: How far above it counts (K).
    """

    per_unit: Numbers
    offset: Numbers
    asked: Bools
    need: Numbers
    level: Numbers
    slip: Numbers
    weight: Numbers
    width: Numbers


def least(rungs: Sequence[Rung], price: Numbers) -> Numbers:
    """Return the least that must be delivered (K)."""
    low = price * 0
    for rung in rungs:
        wanted = (like(rung.need, price) - like(rung.offset, price)) / like(rung.per_unit, price)
        low = np.where(rung.asked, np.maximum(low, wanted), low)
    return low


def best(rungs: Sequence[Rung], price: Numbers) -> Sum:
    """Return the highest worth of what all take, less what it costs them: in a band, a last pass, or the last goal."""
    low = least(rungs, price)
    corners = [low]
    for rung in rungs:
        for level in (rung.level, rung.level + rung.width):
            at = (like(level, price) - like(rung.offset, price)) / like(rung.per_unit, price)
            corners.append(np.where(rung.asked, np.maximum(at, low), low))
    highest: Any = None
    for corner in corners:
        value, size = -price * corner, price * corner
        for rung in rungs:
            met = like(rung.offset, price) + like(rung.per_unit, price) * corner
            level, width = like(rung.level, price), like(rung.width, price)
            below = np.maximum(level - met, level * 0)
            above = np.minimum(np.maximum(met - level, level * 0), width)
            slip, weight = like(rung.slip, price), like(rung.weight, price)
            value = value + np.where(rung.asked, weight * above - slip * below, level * 0)
            size = size + np.where(rung.asked, weight * width + slip * level + (weight + slip) * met, level * 0)
        if price.dtype != object:
            value = value + size * (SPARE * ROUNDING)
        highest = value if highest is None else np.maximum(highest, value)
    return total(highest)


def together(lifted: Sequence[tuple[Rung, Bools, Sequence[Rung], Numbers]]) -> Sum:
    """Return the highest common level, less what it costs to bring all who are lifted there.

    Args:
        lifted: For claims and for reserves: the rung that is lifted, who is, all rungs, and their prices.
    """
    starts, weights, rest = [], [], []
    for rung, who, rungs, price in lifted:
        low = least(rungs, price)
        per_unit, offset = like(rung.per_unit, price), like(rung.offset, price)
        starts.append((offset + per_unit * low)[who])
        weights.append((price / per_unit)[who])
        rest.append((price * low, who, price / per_unit))
    start, weight = np.concatenate(starts), np.concatenate(weights)
    order = np.argsort(start, kind="stable")
    reach = np.cumsum(weight[order])
    enough = np.flatnonzero(reach >= 1)
    one = reach.dtype.type(1) if reach.dtype != object else 1
    level = np.minimum(start[order[enough[0]]], one) if len(enough) else one
    whole = Sum(level, 0 if weight.dtype == object else (len(weight) + SPARE) * ROUNDING * (1.0 + float(weight.sum())))
    whole = whole + total(-weight * np.maximum(level - start, level * 0))
    for cost, _, _ in rest:
        whole = whole + total(-cost)
    return whole
