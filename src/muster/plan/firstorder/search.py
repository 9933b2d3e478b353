"""The search itself: amounts and prices move against each other until neither gains, restarted again and again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

import numpy as np

from muster.plan.firstorder.kernels import advance, inner
from muster.plan.firstorder.weighing import Weighed, paces
from muster.plan.sets import Floats
from muster.plan.stage import Watch

LOOK, RARELY = 40, 160
"""Iterations between two looks at the residual, and between two at the answer itself."""

ENOUGH, SOME, LONG = 0.3, 0.8, 0.15
"""A restart is due when the residual is this share of what it was, or has grown again after falling to the second, or
when so large a share of all iterations has passed since the last one (Lu, Yang and others 2024)."""

FOLLOW = 0.7
"""How closely the steps follow what moved in the last epoch (0: not at all)."""

MOST_UNEVEN = 30.0
"""How many times the usual, or how small a part of it, a step may become through one epoch."""

DAMPED = 0.5
"""How far the balance of amounts and prices goes at once to where their distances put it."""

MOST_TURN = 4.0
"""How many times longer or shorter the steps of prices become at once where amounts or prices lag behind."""


@dataclass(frozen=True)
class Linear:
    """A linear program: minimise cost · x with low ≤ x ≤ high and row_low ≤ rows · x ≤ row_high."""

    matrix: Weighed
    cost: Floats
    low: Floats
    high: Floats
    row_low: Floats
    row_high: Floats

    @cached_property
    def plain(self) -> int:
        """How many columns at the front are bounded by 0 alone."""
        bounded = np.flatnonzero((self.low != 0.0) | (self.high != np.inf))
        return int(bounded[0]) if len(bounded) else len(self.low)


@dataclass(frozen=True)
class Point:
    """Where the search stands.

    Attributes:
        x, y: Amounts and prices.
        reach, span: How far each is expected to move, relative to the others.
        weight: How much longer the steps of prices are than those of amounts.
        iterations: How many there were.
    """

    x: Floats
    y: Floats
    reach: Floats
    span: Floats
    weight: float
    iterations: int = 0


class Judges(Protocol):
    """Who says whether amounts and prices are good enough, in units that mean something."""

    def good(self, x: Floats, y: Floats) -> bool:
        """Look at amounts and prices, and say whether they are good enough."""

    def lag(self) -> float:
        """Return how many times further the amounts last looked at are from right than the prices."""


class Interrupted(Exception):
    """The time is over; ``point`` is where the search stood."""

    def __init__(self, point: Point) -> None:
        super().__init__()
        self.point = point


def search(program: Linear, start: Point, judge: Judges, *, most: int, watch: Watch) -> Point:
    """Move until ``judge`` says so, or ``most`` iterations are done.

    Restarted Halpern iterations of reflected primal-dual hybrid gradient. What is ours: at each restart the steps are
    set anew in proportion to how far every amount and price moved since the last, so that the few prices that have far
    to go are not held back by the many that stand.

    Raises:
        Interrupted: Nobody waits any more.
    """
    point, before = start, start.iterations
    epoch = _Epoch(program, point)
    while point.iterations < before + most:
        residual = epoch.move(1 if epoch.done == 0 else LOOK)
        done = point.iterations + epoch.done
        if epoch.due(residual, done - before):
            good = judge.good(epoch.x, epoch.y)
            point = replace(epoch.renewed(point, judge.lag()), iterations=done)
            epoch = _Epoch(program, point)
            if good:
                return point
        elif epoch.done % RARELY == 1 and judge.good(epoch.x, epoch.y):
            return replace(epoch.renewed(point, judge.lag()), iterations=done)
        if watch.over:
            raise Interrupted(replace(point, x=epoch.x, y=epoch.y, iterations=done))
    return replace(point, x=epoch.x, y=epoch.y)


class _Epoch:
    """Iterations between two restarts."""

    def __init__(self, program: Linear, point: Point) -> None:
        self._program = program
        tau, sigma = paces(program.matrix, point.reach, point.span)
        tau /= point.weight
        sigma *= point.weight
        self._pace = tau, sigma
        self.x, self.y, self.done = point.x.copy(), point.y.copy(), 0
        self._anchor = point.x, point.y
        self._step = np.empty_like(point.x), np.empty_like(point.y)
        self._first = self._last = np.inf

    def move(self, count: int) -> float:
        """Do some iterations and return the residual of the last: how far the plain step from there would go."""
        program, matrix = self._program, self._program.matrix
        advance(
            (matrix.runs.lines, matrix.parts, matrix.sums, matrix.room),
            (program.cost, (program.low, program.high), (program.row_low, program.row_high)),
            (self.x, self._anchor[0], self._step[0]),
            (self.y, self._anchor[1], self._step[1]),
            self._pace,
            (self.done, count, np.uint32(program.plain)),
        )
        self.done += count
        (dx, dy), (tau, sigma) = self._step, self._pace
        across = matrix.takes(dx)
        square = inner(dx, dx, tau) + inner(dy, dy - 2.0 * sigma * across, sigma)
        return float(np.sqrt(max(square, 0.0)))

    def due(self, residual: float, total: int) -> bool:
        """Say whether to restart at this residual."""
        if self.done == 1:
            self._first = self._last = residual
            return False
        fell = residual <= ENOUGH * self._first
        grows = residual <= SOME * self._first and residual > self._last
        self._last = residual
        return fell or grows or self.done >= LONG * total

    def renewed(self, point: Point, lag: float) -> Point:
        """Return the point to begin the next epoch from, with steps that follow what moved in this one.

        Args:
            lag: Above 1 where amounts are further from right than prices; theirs become the shorter steps then.
        """
        matrix = self._program.matrix
        moved = np.abs(self.x - self._anchor[0]), np.abs(self.y - self._anchor[1])
        far_x, far_y = (
            float(np.sqrt(inner(distance, distance, pace))) for distance, pace in zip(moved, self._pace, strict=True)
        )
        weight = point.weight
        if far_x > 0 and far_y > 0:  # distances by steps that were made as many times longer and shorter
            weight = float(weight ** (1.0 - DAMPED) * (far_y / far_x * weight) ** DAMPED)
        weight *= float(np.clip(np.sqrt(lag), 1.0 / MOST_TURN, MOST_TURN))
        reach = _followed(point.reach, moved[0], matrix.column)
        span = _followed(point.span, moved[1], matrix.row)
        return replace(point, x=self.x, y=self.y, reach=reach, span=span, weight=weight)


def _followed(old: Floats, distance: Floats, weights: Floats) -> Floats:
    """Return how far each is expected to move, after what it moved by; relative to the usual one, within bounds."""
    distance /= weights
    usual = float(np.sqrt(np.mean(distance * distance)))
    if usual == 0.0:
        return old ** (1.0 - FOLLOW) * weights**FOLLOW
    distance /= usual
    np.clip(distance, 1.0 / MOST_UNEVEN, MOST_UNEVEN, out=distance)
    distance *= weights
    return old ** (1.0 - FOLLOW) * distance**FOLLOW
