"""Routes: what is sent, what the road can take, and what travelling consumes or occupies."""

from __future__ import annotations

import numpy as np

from muster.plan.blocks.nodes import Nodes
from muster.plan.blocks.openings import Openings
from muster.plan.matrix import Columns, LaterSlots, Rows, Slots
from muster.plan.sets import NONE, Bools, Ints, Sets, true_at


def route_rows(openings: Openings) -> tuple[Rows, Ints]:
    """Return one row for each opening and period with a limit: tonnes sent are at most capacity × open days.

    Returns:
        The rows, and the number of the row among them (A × T), or ``NONE``.
    """
    limited = np.isfinite(openings.capacity)[:, None] & (openings.days > 0)
    opening, period = true_at(limited)
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
    opening, period = true_at((openings.days > 0) & (openings.arrives < sets.horizon.periods))
    arrives, tail, head = openings.arrives[opening, period], openings.tail[opening], openings.head[opening]
    mass = sets.mass[sets.goods.resource]
    goes = openings.modes.carries[openings.mode[opening]][:, sets.goods.resource]
    goes &= (nodes.at[tail] != NONE) & (nodes.at[head] != NONE)
    goes &= arrives[:, None] <= sets.goods.last[None, :]
    goes &= _moves(sets, nodes, openings)[opening][:, (mass == 0).astype(np.int32)]
    leaving, good = true_at(goes)
    from_row, to_row = nodes.rows_at(tail, period), nodes.rows_at(head, arrives)
    kept, limit = openings.loss[opening] - 1.0, route[opening, period]
    uses = [
        (openings.per_tonne(use)[opening], _drawn(sets, nodes, openings, use, occupied)[opening, period])
        for use in range(len(openings.modes.mode))
    ]

    def entries(part: slice) -> Slots:
        at, what = leaving[part], good[part]
        tonnes, out, burnt = mass[what], from_row(at, what), np.ones(len(at))
        slots = [
            Slots.of(out, burnt),
            Slots.of(to_row(at, what), kept[at]),
            Slots.of(np.where(tonnes > 0, limit[at], np.int32(NONE)), tonnes),
        ]
        for per_tonne, drawn in uses:
            amount, rows = per_tonne[at] * tonnes, drawn[at]
            same = rows == out
            burnt[same] += amount[same]
            slots.append(Slots.of(np.where((amount > 0) & ~same, rows, np.int32(NONE)), amount))
        return Slots.beside(slots)

    keys = {"opening": opening[leaving], "good": good, "period": period[leaving]}
    return Columns("sent", keys, [LaterSlots(3 + len(uses), entries)], sets.scale[sets.goods.resource[good]])


def _moves(sets: Sets, nodes: Nodes, openings: Openings) -> Bools:
    """Return whether goods with and without weight can leave on an opening (A × 2)."""
    drives = openings.capacity > 0
    for use in range(len(openings.modes.mode)):
        resource = np.full(len(openings.tail), openings.modes.resource[use], dtype=np.int32)
        there = nodes.draw[sets.where(openings.tail, resource), resource] != NONE
        drives = drives & ((openings.per_tonne(use) == 0) | there)
    arrives = openings.loss < 1
    return np.stack([drives & arrives, arrives], axis=1)


def _drawn(sets: Sets, nodes: Nodes, openings: Openings, use: int, occupied: Ints) -> Ints:
    """Return the row that a use draws on, at the sending place of each opening in each period (A × T), or ``NONE``."""
    resource = np.full(len(openings.tail), openings.modes.resource[use], dtype=np.int32)
    where = sets.where(openings.tail, resource)
    if openings.modes.occupied[use]:
        busy: Ints = occupied[where, resource]
        return busy
    return nodes.draw_rows(where, resource)
