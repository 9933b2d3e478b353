"""Which solver gets a ladder: by size."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from muster.plan.ladder import Ladder
from muster.plan.prices import Payers
from muster.plan.solver import Solver
from muster.plan.stage import Solves, Watch

LARGE = 15_000
"""Rows from which on no factorisation gets through in time."""

ACCURACY = 1e-4
"""Of the first-order solver, in levels."""


def solver_for(
    ladder: Ladder,
    payers: Callable[[], Payers],
    *,
    exact: bool = False,
    watch: Watch,
) -> Solves:
    """Return the solver for a ladder: HiGHS, or our own first-order solver where there are many rows.

    An exact climb needs exact prices: HiGHS, however long it takes.
    """
    if exact or ladder.entries.shape[0] < LARGE:
        return Solver(ladder.entries, watch=watch, exact=exact)
    return first_order(ladder, payers(), watch=watch)


def first_order(ladder: Ladder, payers: Payers, *, watch: Watch) -> Solves:
    """Return our own first-order solver for a ladder of any size."""
    from muster.plan.firstorder.solver import FirstOrder  # loads what compiles its loops

    levels = np.zeros(ladder.entries.shape[0], dtype=bool)
    levels[ladder.rows : ladder.rows + ladder.rungs] = True
    levels[ladder.folded[1]] = True
    return FirstOrder(ladder.entries, ladder.folded, levels, accuracy=ACCURACY, payers=payers, watch=watch)
