"""Who pays for each column of a program where prices are raised."""

from __future__ import annotations

import numpy as np

from muster.plan.matrix import Matrix
from muster.plan.prices import ANY, Payers
from muster.plan.program import Program
from muster.plan.sets import NONE, Bools, Ints

ENDS = ("route", "store", "plant", "ration")
"""Kinds of rows that nothing feeds."""


def payers_of(program: Program) -> Payers:
    """Return the payers of a program's columns: the balance that goods leave, or the limit of a plant.

    What is delivered and held has an upper bound and no payer.
    """
    sets, nodes, openings, plants = program.sets, program.nodes, program.openings, program.plants
    row: Ints = np.full(program.matrix.entries.shape[1], NONE, dtype=np.int32)
    period: Ints = np.full(len(row), NONE, dtype=np.int32)
    for kind in ("stock", "take", "sent", "run", "given"):
        columns, where = program.matrix.column_kind(kind)
        when = columns.keys["period"]
        if kind in ("stock", "take"):
            row[where] = nodes.row[columns.keys["node"], when]
        elif kind == "sent":
            row[where] = nodes.row[nodes.at[openings.tail[columns.keys["opening"]], columns.keys["good"]], when]
        elif kind == "given":
            place, resource = sets.claimants.place[columns.keys["claimant"]], columns.keys["resource"]
            row[where] = nodes.draw_row(sets.where(place, resource), resource, when)
        else:
            limits, here = program.matrix.row_kind("plant")
            own: Ints = np.full(plants.runs.shape, ANY, dtype=np.int32)
            own[limits.keys["plant"], limits.keys["period"]] = np.arange(here.start, here.stop, dtype=np.int32)
            row[where] = own[columns.keys["plant"], when]
        period[where] = when
    order = np.argsort(-period, kind="stable")
    order = order[period[order] != NONE]
    steps = np.concatenate([[0], np.flatnonzero(np.diff(period[order])) + 1, [len(order)]])
    return Payers(row, order, steps.astype(np.int64), _ends(program.matrix))


def _ends(matrix: Matrix) -> Bools:
    """Return which rows say how much something can take."""
    return np.repeat([each.kind in ENDS for each in matrix.rows], [len(each) for each in matrix.rows])
