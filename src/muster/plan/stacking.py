"""Compiled loops that lay out the columns of large matrices: one pass, straight into the arrays that stay.

This module loads numba, which takes as long as planning a small economy: who needs it imports it when a matrix is
``LARGE``. Every loop does what plain array code does for small matrices, to the bit; tests compare them.
"""

from __future__ import annotations

from numba import njit

from muster.plan.layouts import Below, Entries, Sendings
from muster.plan.sets import NONE, Floats


@njit(cache=True)
def lay_sent(sent: Sendings, into: Entries, column: int, at: int) -> int:
    """Lay out the columns of what is sent, each: leaves, arrives, takes up the road, draws what it uses.

    Args:
        sent: What can be sent.
        into: Arrays with room for all entries.
        column: The first column that is laid out.
        at: Where its entries begin.
    Returns:
        Where the entries end.
    """
    for pair in range(sent.goes.shape[0]):
        for good in range(sent.goes.shape[1]):
            if not sent.goes[pair, good]:
                continue
            out, tonnes, taken = sent.row[sent.leaves[pair] + good], sent.mass[good], 1.0
            first = at
            at = _put(into, at, out, taken)
            at = _put(into, at, sent.row[sent.arrives[pair] + good], sent.kept[pair])
            if tonnes > 0:
                at = _put(into, at, sent.limit[pair], tonnes)
            for use in range(sent.per_tonne.shape[0]):
                amount, row = sent.per_tonne[use, pair] * tonnes, sent.drawn[use, pair]
                if row == out:
                    taken += amount
                elif amount > 0:
                    at = _put(into, at, row, amount)
            if out != NONE:
                into.values[first] = taken
            column += 1
            into.starts[column] = at
    return at


@njit(cache=True, inline="always")
def _put(into: Entries, at: int, row: int, value: float) -> int:
    """Add an entry, if its row exists."""
    if row == NONE:
        return at
    into.rows[at], into.values[at] = row, value
    return at + 1


@njit(cache=True)
def stack(body: Entries, per_row: Floats, scale: Floats, below: Below, into: Entries) -> int:
    """Scale a matrix and put rows below it; entries of a column end in the order of their rows.

    Args:
        body: The matrix (M × K).
        per_row: By what each row is multiplied (M).
        scale: By what each column is multiplied (K), the costs too.
        below: What is put below.
        into: Arrays with room for all entries; they are filled from the start.
    Returns:
        How many entries there are.
    """
    at = rung = 0
    for column in range(len(scale)):
        first = at
        for entry in range(body.starts[column], body.starts[column + 1]):
            row = body.rows[entry]
            value = body.values[entry] * per_row[row] * scale[column]
            here = at
            while here > first and into.rows[here - 1] > row:
                into.rows[here], into.values[here] = into.rows[here - 1], into.values[here - 1]
                here -= 1
            into.rows[here], into.values[here] = row, value
            at += 1
        while rung < len(below.column) and below.column[rung] == column:
            into.rows[at], into.values[at] = below.row[rung], below.value[rung]
            at, rung = at + 1, rung + 1
        for line, cost in enumerate((below.effort[column], below.tonne_km[column])):
            if cost != 0.0:
                into.rows[at], into.values[at] = below.first_cost + line, cost * scale[column]
                at += 1
        into.starts[column + 1] = at
    return at
