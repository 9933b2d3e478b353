"""A rough answer to a stage becomes one that can be done: mended, taking from nobody, and counted anew."""

from __future__ import annotations

import numpy as np

from muster.plan.ladder import Ladder
from muster.plan.sets import Floats
from muster.plan.stage import Stage

GIVES_WAY = 3e-4
"""How far below what somebody must keep mending may bring them in one stage, in levels."""


def lacking(ladder: Ladder, before: Floats, x: Floats, need: tuple[Floats, Floats]) -> Floats:
    """Return what each rung lacks of what it must keep: 0 where it has as much as before.

    Args:
        before, x, need: As in ``without_loss``.
    """
    least, has = _least(need), ladder.met(x)
    return np.where(has < ladder.met(before), np.maximum(least - has, 0.0), 0.0)


def _least(need: tuple[Floats, Floats]) -> Floats:
    should, must = (np.nan_to_num(each, nan=0.0) for each in need)
    least: Floats = np.maximum(should - GIVES_WAY, must)
    return least


def without_loss(ladder: Ladder, before: Floats, x: Floats, need: tuple[Floats, Floats]) -> Floats:
    """Return as much of a new plan, mixed with the one before, as brings nobody below what they must keep.

    Args:
        before: Scaled columns of the matrix (K) that can be done.
        x: Others that can; so can any mixture of the two.
        need: What each rung should keep, and what it must (NaN: nothing): the first gives way by ``GIVES_WAY``.
    """
    had, has = ladder.met(before), ladder.met(x)
    least = _least(need)
    falls = (has < least) & (has < had)
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(falls, np.maximum(had - least, 0.0) / (had - has), 1.0)
    mixed = float(part.min(initial=1.0))
    return x if mixed == 1.0 else before + mixed * (x - before)


def completed(ladder: Ladder, stage: Stage, x: Floats) -> Floats:
    """Return all columns of a stage: those of the matrix (K), and the best levels, slips and fills they allow."""
    rows = slice(ladder.rows, ladder.rows + ladder.rungs)
    asked = np.isfinite(stage.row_low[rows])
    spare = np.where(asked, (ladder.per_unit * ladder.scale[ladder.column]) * x[ladder.column], 0.0)
    spare = np.where(asked, spare - np.where(asked, stage.row_low[rows], 0.0), 0.0)
    whole = np.zeros(len(stage.cost))
    whole[: ladder.columns] = x
    for number in range(len(ladder.services)):
        at, mine = ladder.columns + number, ladder.rung(number)
        if stage.cost[at] > 0.0:
            whole[at] = np.clip(spare[mine][asked[mine]].min(initial=np.inf), 0.0, stage.high[at])
    slips = ladder.slips
    whole[slips] = np.clip(spare, 0.0, stage.high[slips])
    fills = slice(slips.stop, slips.stop + ladder.rungs)
    whole[fills] = np.clip(spare - whole[slips], 0.0, stage.high[fills])
    return whole
