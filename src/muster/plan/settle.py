"""What is said of a plan is what it bears out: levels that a rough answer promised are lowered to what it gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from muster.plan.ladder import Ladder
from muster.plan.leximin import STUCK, Climb, Proved, Standing
from muster.plan.sets import Floats, Ints

NEARLY = 5e-7
"""Levels this close are the same in a plan's tables."""


def settled(ladder: Ladder, climbs: Sequence[Climb], x: Floats, *, step: float, slack: float) -> tuple[Climb, ...]:
    """Return how the goals went, with no level higher than the plan bears out.

    A solver that answers to 1e-4 leaves some a little lower than it says. Who is met in full keeps that level only if
    they are; others may be lower by the slack. Where a level falls, the bands are laid anew from the common level, each
    with the prices of the band it comes from: prices bound any band, if not as closely.

    Args:
        ladder: The rungs of all goals.
        climbs: In the order of its services.
        x: Scaled columns of the matrix (K) that hold every row.
    """
    met, found = ladder.met(x), []
    for number, climb in enumerate(climbs):
        rungs = ladder.rung(number)
        level, has = climb.standing.level[rungs], met[rungs]
        borne = np.where(level > 1.0 - NEARLY, has, has / (1.0 - slack) if slack < 1.0 else 1.0)
        if climb.stages and (level > borne + NEARLY).any():
            weight = ladder.services[number].weight
            climb = _lowered(climb, rungs, np.minimum(level, borne), weight=weight, step=step)
        found.append(climb)
    levels = np.concatenate([climb.standing.level[ladder.rung(number)] for number, climb in enumerate(found)] or [met])
    bears = met + slack * np.nan_to_num(levels)  # later goals may have taken the slack of it
    return tuple(replace(climb, stages=tuple(_had(stage, bears) for stage in climb.stages)) for climb in found)


def _had(stage: Proved, bears: Floats) -> Proved:
    """Return a stage in which nobody had to have more than they have."""
    return stage if stage.have is None else replace(stage, have=np.minimum(stage.have, bears + NEARLY))


def _lowered(climb: Climb, rungs: slice, level: Floats, *, weight: Floats, step: float) -> Climb:
    """Return a climb whose rungs have these levels, with bands to suit."""
    lowest = min(climb.max_min, float(level.min()))
    bands = [stage for stage in climb.stages if stage.kind == "band"]
    last = [stage for stage in climb.stages if stage.kind == "last"]
    before = level if climb.before is None else np.minimum(climb.before[1], level)
    stages = [replace(climb.stages[0], low=lowest, high=lowest, value=lowest)]
    if bands:
        laid, round_of = _bands(bands, before, lowest, weight=weight, step=step)
        stages += laid
    else:
        level, before, round_of = np.full_like(level, lowest), np.full_like(level, lowest), np.ones_like(climb.round_of)
    stages += [replace(stage, round=len(stages) + 1) for stage in last]
    rose = level > before + STUCK if last else np.zeros(len(level), dtype=bool)
    level = np.where(rose, level, before)
    whole = climb.standing.level.copy()
    whole[rungs] = level
    return replace(
        climb,
        standing=Standing(whole, climb.standing.x),
        max_min=lowest,
        round_of=np.where(rose, len(stages), round_of).astype(np.int32),
        rounds=len(stages),
        stages=tuple(stages),
        before=(round_of, before) if last else None,
    )


def _bands(
    bands: Sequence[Proved], level: Floats, lowest: float, *, weight: Floats, step: float
) -> tuple[list[Proved], Ints]:
    """Lay bands from the common level up, as many as there were and one more if somebody stands above.

    Returns:
        The bands, and the round in which each rung got stuck.
    """
    edges = [lowest]
    while edges[-1] < 1.0 - STUCK and (len(edges) <= len(bands) or float(level.max()) > edges[-1] + STUCK):
        edges.append(1.0 if edges[-1] + step > 1.0 - STUCK else edges[-1] + step)
    edges = edges if len(edges) > 1 else [lowest, 1.0]
    at = np.clip(np.searchsorted(np.array(edges), level - STUCK, side="right") - 1, 0, len(edges) - 2)
    laid = []
    for number, (low, high) in enumerate(pairwise(edges)):
        stage, active = bands[min(number, len(bands) - 1)], at >= number
        rise = float(weight[active] @ (np.minimum(level[active], high) - low)) / (float(weight[active].sum()) or 1.0)
        laid.append(replace(stage, round=number + 2, low=low, high=high, active=active, value=rise))
    return laid, (at + 2).astype(np.int32)
