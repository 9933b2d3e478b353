"""Routes: what is sent, what the road can take, and what travelling consumes or occupies."""

from __future__ import annotations

import numpy as np

from muster.plan.blocks.nodes import Nodes
from muster.plan.blocks.openings import Openings
from muster.plan.matrix import Columns, Rows, Slots
from muster.plan.sets import NONE, Bools, Floats, Ints, Sets


def route_rows(openings: Openings) -> tuple[Rows, Ints]:
    """Return one row for each opening and period with a limit: tonnes sent are at most capacity × open days.

    Returns:
        The rows, and the number of the row among them (A × T), or ``NONE``.
    """
    limited = np.isfinite(openings.capacity)[:, None] & (openings.days > 0)
    opening, period = (each.astype(np.int32) for each in np.nonzero(limited))
    limit = openings.capacity[opening] * openings.days[opening, period]
    number = np.full(limited.shape, NONE, dtype=np.int32)
    number[limited] = np.arange(len(opening), dtype=np.int32)
    return Rows("route", {"opening": opening, "period": period}, limit, np.maximum(limit, 1.0)), number


def sent_columns(sets: Sets, nodes: Nodes, openings: Openings, route: Ints, occupied: Ints) -> Columns:
    """Return a column for each opening, good and period in which it can be sent and arrive while good.

    Args:
        route: Row of each opening and period (A × T), or ``NONE``.
        occupied: Row of what is occupied ((P + 1) × R × T), or ``NONE``.
    """
    periods = sets.horizon.periods
    opening, period = (each.astype(np.int32) for each in np.nonzero((openings.days > 0) & (openings.arrives < periods)))
    arrives = openings.arrives[opening, period]
    tail, head = openings.tail[opening], openings.head[opening]
    resource_of = sets.goods.resource
    goes = openings.modes.carries[openings.mode[opening]][:, resource_of]
    goes &= (nodes.at[tail] != NONE) & (nodes.at[head] != NONE)
    goes &= arrives[:, None] <= sets.goods.last[None, :]
    goes &= _moves(sets, nodes, openings)[opening][:, (sets.mass[resource_of] == 0).astype(np.int32)]
    pair, good = (each.astype(np.int32) for each in np.nonzero(goes))
    opening, period, arrives, tail, head = opening[pair], period[pair], arrives[pair], tail[pair], head[pair]
    resource = resource_of[good]
    mass = sets.mass[resource]
    slots = [
        Slots.of(nodes.row[nodes.at[tail, good], period], 1.0),
        Slots.of(nodes.row[nodes.at[head, good], arrives], openings.loss[opening] - 1.0),
        Slots.of(np.where(mass > 0, route[opening, period], np.int32(NONE)), mass),
    ]
    for use in range(len(openings.modes.mode)):
        amount = openings.per_tonne(use)[opening] * mass
        slots.append(_use(sets, nodes, openings, use, occupied=occupied, sent=(tail, period, amount, slots[0])))
    keys = {"opening": opening, "good": good, "period": period}
    return Columns("sent", keys, slots, sets.scale[resource])


def _moves(sets: Sets, nodes: Nodes, openings: Openings) -> Bools:
    """Return whether goods with and without weight can leave on an opening (A × 2)."""
    drives = openings.capacity > 0
    for use in range(len(openings.modes.mode)):
        resource = np.full(len(openings.tail), openings.modes.resource[use], dtype=np.int32)
        there = nodes.draw[sets.where(openings.tail, resource), resource] != NONE
        drives = drives & ((openings.per_tonne(use) == 0) | there)
    arrives = openings.loss < 1
    return np.stack([drives & arrives, arrives], axis=1)


def _use(
    sets: Sets, nodes: Nodes, openings: Openings, use: int, *, occupied: Ints, sent: tuple[Ints, Ints, Floats, Slots]
) -> Slots:
    """Return the entries of one use; where a mode burns what it carries, they join the entry of what leaves."""
    tail, period, amount, leaving = sent
    if not amount.any():
        return Slots.none(len(tail))
    resource = np.full(len(tail), openings.modes.resource[use], dtype=np.int32)
    where = sets.where(tail, resource)
    rows = (
        occupied[where, resource, period] if openings.modes.occupied[use] else nodes.draw_row(where, resource, period)
    )
    same = rows == leaving.rows[:, 0]
    leaving.values[same, 0] += amount[same]
    return Slots.of(np.where((amount > 0) & ~same, rows, np.int32(NONE)), amount)
