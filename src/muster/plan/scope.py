"""What a question is asked of: the whole program, or some places of it with all else held fast at what the plan does.

Who holds something fast can only lose by it: an answer over some places is never more than one over all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp

from muster.plan.matrix import Matrix
from muster.plan.program import Program
from muster.plan.sets import NONE, Bools, Floats, Ints


@dataclass(frozen=True)
class Border:
    """What is sent from outside into some places, or out of them (B columns): it stays as the plan has it.

    Attributes:
        columns: Positions.
        inward: Whether it comes in.
        beyond: The place outside.
        amount: What the plan sends, in units.
        room: What could be sent: a usual quantity, or what the road carries.
        brings: What all of it together brings to each row of the scope, or takes from it, scaled (M').
    """

    columns: Ints
    inward: Bools
    beyond: Ints
    amount: Floats
    room: Floats
    brings: Floats


@dataclass(frozen=True)
class Scope:
    """Rows and columns of a program that a question is asked of.

    Attributes:
        rows, columns: Positions in the program's matrix, rising (M', K').
        entries: Those of the matrix, scaled (M' × K').
        limit: What each row leaves to these columns, scaled (M').
        inside: Which places it is about ((P + 1), the pool last); ``None``: all of them, the whole program.
        border: What crosses; ``None``: nothing does.
    """

    rows: Ints
    columns: Ints
    entries: sp.csc_array
    limit: Floats
    inside: Bools | None = None
    border: Border | None = None

    def of_columns(self, positions: Ints) -> Ints:
        """Return where columns of the program, all of them in the scope, stand in it."""
        return np.searchsorted(self.columns, positions).astype(np.int32)

    def row(self, position: int) -> int:
        """Return where a row of the program stands in the scope; ``NONE`` where it does not."""
        at = int(np.searchsorted(self.rows, position))
        return at if at < len(self.rows) and self.rows[at] == position else NONE

    def column(self, position: int) -> int:
        """Return where a column of the program stands in the scope; ``NONE`` where it does not."""
        at = int(np.searchsorted(self.columns, position))
        return at if at < len(self.columns) and self.columns[at] == position else NONE


def whole(matrix: Matrix) -> Scope:
    """Return the scope of a whole program."""
    rows, columns = (np.arange(count, dtype=np.int32) for count in matrix.entries.shape)
    return Scope(rows, columns, _scaled(matrix, matrix.entries, rows, columns), matrix.limit / matrix.row_scale)


def around(program: Program, inside: Bools, flows: Floats) -> Scope:
    """Return the scope of some places: all that is done there and on the roads between them.

    Args:
        inside: Which places ((P + 1)); the pool, the last, is always among them.
        flows: What the plan does (K), in units.
    """
    matrix = program.matrix
    here, there = homes(program)
    inside = inside.copy()
    inside[program.sets.pool] = True
    columns = np.flatnonzero(inside[here] & inside[there]).astype(np.int32)
    part = sp.csc_array(matrix.entries[:, columns])
    rows = np.unique(part.indices).astype(np.int32)
    held = flows.copy()
    held[columns] = 0.0
    limit = (matrix.limit - matrix.entries @ held)[rows] / matrix.row_scale[rows]
    part = sp.csc_array(part[rows])
    border = _border(program, inside, flows, (here, there), rows)
    return Scope(rows, columns, _scaled(matrix, part, rows, columns), limit, inside, border)


def _border(program: Program, inside: Bools, flows: Floats, ends: tuple[Ints, Ints], rows: Ints) -> Border:
    matrix, openings = program.matrix, program.openings
    sent, where = matrix.column_kind("sent")
    tail, head = (inside[each[where]] for each in ends)
    at = np.flatnonzero(tail != head).astype(np.int32)
    columns = (where.start + at).astype(np.int32)
    opening, good, period = (sent.keys[name][at] for name in ("opening", "good", "period"))
    mass = program.sets.mass[program.sets.goods.resource[good]]
    carried = openings.capacity[opening] * openings.days[opening, period]
    with np.errstate(divide="ignore", invalid="ignore"):
        carried = np.where(mass > 0, carried / mass, np.inf)
    beyond = np.where(head[at], ends[0][columns], ends[1][columns]).astype(np.int32)
    room = np.minimum(sent.scale[at], carried)
    inward, amount = np.asarray(head[at]), flows[columns]
    moved = sp.csc_array(matrix.entries[:, columns]) @ sp.diags_array(np.where(inward, -amount, amount))
    brings = np.asarray(moved.maximum(0.0).sum(axis=1)).ravel()[rows] / matrix.row_scale[rows]
    return Border(columns, inward, beyond, amount, np.maximum(room, amount), brings)


def homes(program: Program) -> tuple[Ints, Ints]:
    """Return the place of each column (K), and where what is sent goes to (for all else the same place).

    What is nobody's own, in the pool or in a reserve of all places together, is the pool's.
    """
    sets, nodes, matrix = program.sets, program.nodes, program.matrix
    here = np.empty(matrix.entries.shape[1], dtype=np.int32)
    reserve = np.where(program.reserves.place == NONE, np.int32(sets.pool), program.reserves.place)
    for kind, key, place in (
        ("stock", "node", nodes.place),
        ("take", "node", nodes.place),
        ("sent", "opening", program.openings.tail),
        ("run", "plant", program.plants.place),
        ("given", "claimant", sets.claimants.place),
        ("delivered", "claimant", sets.claimants.place),
        ("held", "reserve", reserve),
    ):
        columns, where = matrix.column_kind(kind)
        here[where] = place[columns.keys[key]]
    there = here.copy()
    sent, where = matrix.column_kind("sent")
    there[where] = program.openings.head[sent.keys["opening"]]
    return here, there


def _scaled(matrix: Matrix, part: sp.csc_array, rows: Ints, columns: Ints) -> sp.csc_array:
    """Return entries of some rows and columns, scaled."""
    by_row, by_column = sp.diags_array(1.0 / matrix.row_scale[rows]), sp.diags_array(matrix.column_scale[columns])
    return plain(by_row @ part @ by_column)


def plain(entries: Any) -> sp.csc_array:
    """Return a matrix by column with the indices a solver takes."""
    by_column = sp.csc_array(entries)
    by_column.sort_indices()
    by_column.indices, by_column.indptr = by_column.indices.astype(np.int32), by_column.indptr.astype(np.int32)
    return by_column
