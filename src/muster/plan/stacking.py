"""Compiled loops that lay out the columns of large matrices: one pass, straight into the arrays that stay.

This module loads numba, which takes as long as planning a small economy: who needs it imports it when a matrix is
``LARGE``. Every loop does what plain array code does for small matrices, to the bit; tests compare them.
"""

from __future__ import annotations

from typing import NamedTuple

from numba import njit

from muster.plan.sets import Floats, Ints


class Entries(NamedTuple):
    """A matrix compressed by column.

    Attributes:
        starts: Where each column's entries begin, and where the last one's end (K + 1).
        rows, values: Of each entry (E).
    """

    starts: Ints
    rows: Ints
    values: Floats


class Below(NamedTuple):
    """What is put below a matrix of K columns: one row for each of J rungs, and two of costs.

    Attributes:
        column: Column of each rung, in rising order (J).
        row: Row of each rung (J).
        value: Entry of each rung (J).
        effort, tonne_km: Entries of the last two rows (K each); zeros are none.
        first_cost: The first of these two rows.
    """

    column: Ints
    row: Ints
    value: Floats
    effort: Floats
    tonne_km: Floats
    first_cost: int


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
