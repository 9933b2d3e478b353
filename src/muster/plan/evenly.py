"""Prices that are the same whoever finds them: where several limits hold together, they share as evenly as they can.

Where two roads in a row are full, all of the price may lie on the first, on the second, or on both in any proportion:
each solver answers differently. Of all optimal prices these are those whose rents (price × limit) have the least sum of
squares: there is one, and it favours nobody.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import splu

from muster.plan.sets import Bools, Floats
from muster.plan.stage import Solution, Stage

MOST_TURNS = 30
"""Directions tried, each ended by a price that reaches zero."""

SETTLED = 2e-5
"""A step that changes every share by less is none."""

FAINT = 1e-3
"""Weight of the prices that are no limit's (of goods on their way), beside the shares of the limits."""

FIRM = 1e-9
"""What keeps the equations solvable where some of them say the same."""


def evened(entries: sp.csc_array, stage: Stage, solution: Solution, *, limits: Floats) -> Floats:
    """Return optimal prices of the rows (M) with the most even rents.

    Args:
        solution: From the middle of all optimal ones, so that it tells which limits can have a price at all.
        limits: What a row's price is multiplied by to give its rent (M); 0 for rows that are no limit.
    """
    prices = solution.duals.copy()
    rents = np.abs(prices) * limits
    whole = float(rents.sum())
    if whole <= 0:
        return prices
    priced, between = _which(entries, stage, solution)
    weight = np.where(limits > 0, limits / whole, FAINT / np.maximum(np.abs(prices), 1e-12))
    sign = np.where(prices >= 0, 1.0, -1.0)
    side = _side(stage, solution)
    for _ in range(MOST_TURNS):
        try:
            step = _towards_even(entries, prices, weight, priced=priced, between=between)
        except RuntimeError:  # the equations say too much of the same: the prices stay as they are
            break
        if float(np.abs(step * limits).max()) < SETTLED * whole:
            break
        length, at_rows, at_columns = _longest(entries, stage, prices, step, (sign, side, priced, between))
        prices = prices + length * step
        if length >= 1.0 or not (at_rows.any() or at_columns.any()):
            break
        prices[at_rows] = 0.0
        priced, between = priced & ~at_rows, between | at_columns
    return prices


def _which(entries: sp.csc_array, stage: Stage, solution: Solution) -> tuple[Bools, Bools]:
    """Return which rows have a price, and which columns lie between their bounds: of each pair, what is larger."""
    used = entries @ solution.x
    left = np.minimum(stage.row_high - used, used - stage.row_low)
    priced = np.abs(solution.duals) > np.maximum(left, 0.0)
    reduced = np.abs(stage.cost - entries.T @ solution.duals)
    between = np.minimum(solution.x - stage.low, stage.high - solution.x) > reduced
    return np.asarray(priced), np.asarray(between)


def _side(stage: Stage, solution: Solution) -> Floats:
    """Return the sign that a column's reduced cost keeps: -1 at its least, 1 at its most, 0 where both are one."""
    above, below = solution.x - stage.low, stage.high - solution.x
    return np.where(stage.high - stage.low <= 0, 0.0, np.where(above <= below, -1.0, 1.0))


def _towards_even(entries: sp.csc_array, prices: Floats, weight: Floats, *, priced: Bools, between: Bools) -> Floats:
    """Return the step to the most even prices that leaves the worth of every column between its bounds as it is."""
    rows = np.flatnonzero(priced)
    part = entries[:, np.flatnonzero(between)].tocsr()[rows].tocsc()
    part = sp.csc_array(sp.diags_array(1.0 / weight[rows]) @ part)
    length = np.sqrt(np.asarray(part.multiply(part).sum(axis=0)).ravel())
    part = sp.csc_array(part[:, np.flatnonzero(length > 0)] @ sp.diags_array(1.0 / length[length > 0]))
    count = part.shape[1]
    whole = sp.block_array([[sp.eye_array(len(rows)), part], [part.T, -FIRM * sp.eye_array(count)]], format="csc")
    factors = splu(whole, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True})
    even = factors.solve(np.concatenate([-weight[rows] * prices[rows], np.zeros(count)]))[: len(rows)]
    step = np.zeros_like(prices)
    step[rows] = even / weight[rows]
    return step


def _longest(
    entries: sp.csc_array,
    stage: Stage,
    prices: Floats,
    step: Floats,
    faces: tuple[Floats, Floats, Bools, Bools],
) -> tuple[float, Bools, Bools]:
    """Return how much of a step keeps every sign, and the rows and columns that end it."""
    sign, side, priced, between = faces
    row = _room(sign * prices, sign * step, priced)
    reduced, change = stage.cost - entries.T @ prices, -(entries.T @ step)
    column = _room(side * reduced, side * change, ~between & (side != 0))
    length = min(1.0, float(row.min(initial=np.inf)), float(column.min(initial=np.inf)))
    return length, np.asarray(row <= length * (1 + 1e-9)), np.asarray(column <= length * (1 + 1e-9))


def _room(value: Floats, change: Floats, bound: Bools) -> Floats:
    """Return how much of a change each value can take before it reaches zero; infinite where it does not."""
    falling = bound & (change < -1e-12 * (1.0 + np.abs(value)))
    return np.where(falling, np.maximum(value, 0.0) / np.where(falling, -change, 1.0), np.inf)
