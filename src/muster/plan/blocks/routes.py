"""Routes: what is sent, what the road can take, and what travelling consumes or occupies."""

from __future__ import annotations

from functools import cache

import numpy as np

from muster.plan.blocks.nodes import Nodes
from muster.plan.blocks.openings import Openings
from muster.plan.layouts import Entries, Sendings
from muster.plan.matrix import Columns, LaterKeys, LaterSlots, Rows, Slots
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
    used = range(len(openings.modes.mode))
    per_tonne = np.array([openings.per_tonne(use)[opening] for use in used]).reshape(len(used), len(opening))
    drawn = np.array([_drawn(sets, nodes, openings, use, occupied)[opening, period] for use in used], dtype=np.int32)
    sendings = Sendings(
        goes=goes,
        row=nodes.in_line,
        leaves=nodes.begins(tail, period),
        arrives=nodes.begins(head, arrives),
        kept=openings.loss[opening] - 1.0,
        limit=route[opening, period],
        mass=mass,
        per_tonne=per_tonne,
        drawn=drawn.reshape(len(used), len(opening)),
    )
    scale = np.broadcast_to(sets.scale[sets.goods.resource], goes.shape)[goes]
    keys = {
        "opening": lambda: opening[true_at(goes)[0]],
        "good": lambda: true_at(goes)[1],
        "period": lambda: period[true_at(goes)[0]],
    }
    return Columns("sent", LaterKeys(keys), [_slots(sendings)], scale)


def _slots(sent: Sendings) -> LaterSlots:
    """Return the entries of what is sent."""
    where = cache(lambda: true_at(sent.goes))

    def entries(part: slice) -> Slots:
        at, what = (each[part] for each in where())
        tonnes, out, taken = sent.mass[what], sent.row[sent.leaves[at] + what], np.ones(len(at))
        slots = [
            Slots.of(out, taken),
            Slots.of(sent.row[sent.arrives[at] + what], sent.kept[at]),
            Slots.of(np.where(tonnes > 0, sent.limit[at], np.int32(NONE)), tonnes),
        ]
        for per_tonne, drawn in zip(sent.per_tonne, sent.drawn, strict=True):
            amount, rows = per_tonne[at] * tonnes, drawn[at]
            same = rows == out
            taken[same] += amount[same]
            slots.append(Slots.of(np.where((amount > 0) & ~same, rows, np.int32(NONE)), amount))
        return Slots.beside(slots)

    def lay(into: Entries, column: int, entry: int) -> int:
        from muster.plan.stacking import lay_sent  # loads numba: a small economy is planned in that time

        return int(lay_sent(sent, into, column, entry))

    return LaterSlots(3 + len(sent.drawn), entries, lay)


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
