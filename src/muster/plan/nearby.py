"""Which places have to do with an answer: those around where it is asked, found step by step by what crosses between.

Where more would come in if it could, or what goes out is missed, the place on the other side is asked too; until what
crosses matters no more, or the question is as large as can be answered at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import breadth_first_order

from muster.errors import PlanError
from muster.plan.kept import Ask, Kept, kept
from muster.plan.laid import laid
from muster.plan.limits import WORTHLESS
from muster.plan.plan import Plan
from muster.plan.program import Program, build
from muster.plan.scope import Scope, around, homes
from muster.plan.sets import Bools, Floats, Ints
from muster.plan.stage import Solution

MOST_AT_ONCE = 150_000
"""Entries of a matrix beyond which questions are asked of some places, not of all of them together."""

FIRST, MOST = 15_000, 120_000
"""Entries of the matrix that the first question and the last may have."""

WIDER = 2.0
"""How many times larger a question becomes at once."""

SETTLED = 1e-3
"""Where all that crosses the border explains less than this, nothing further off has to do with the answer."""


def kept_by(plan: Plan) -> Kept:
    """Return what a plan gives everybody; of a large one also what it does, so that some places alone can be asked.

    Raises:
        PlanError: The plan's tables have other claims or reserves than its economy.
    """
    program = build(plan.economy)
    large = program.matrix.entries.nnz > MOST_AT_ONCE
    return kept(program, met=plan.met, reserves=plan.reserves, flows=laid(program, plan) if large else None)


def explored(
    now: Kept,
    places: Sequence[int],
    question: Callable[[Scope], Ask],
    solve: Callable[[Ask], Solution],
    *,
    share: float = 1.0,
    tell: Callable[[str], None] = lambda said: None,
) -> tuple[Ask, Solution]:
    """Ask a question around some places, of more and more of those that have to do with it.

    Args:
        now: With what the plan does.
        places: Positions of those that are asked first.
        question, solve: What is asked of a scope, and who answers.
        share: How large the last question may be, as a share of the largest that can be asked.
    Returns:
        The last question and its answer.
    Raises:
        PlanError: Not even the first has a trusted answer.
    """
    assert now.flows is not None
    program, size, most = now.program, float(FIRST), share * MOST
    links = _links(program)
    inside = _first(links, places, size)
    found: tuple[Ask, Solution] | None = None
    while True:
        tell(f"asking {np.count_nonzero(inside[:-1])} places")
        ask = question(around(program, inside, now.flows))
        try:
            found = ask, solve(ask)
        except PlanError:
            if found is None:
                raise
            return found
        pull, size = _pull(*found), min(size * WIDER, most)
        rents = float(np.maximum(found[1].duals, 0.0) @ ask.limits)
        wider = _wider(links, inside, pull, size)
        if float(pull.sum()) <= max(SETTLED * rents, WORTHLESS * found[1].value) or (wider == inside).all():
            return found
        inside = wider


def _links(program: Program) -> sp.csr_array:
    """Return the entries of the matrix about each two places together ((P + 1) × (P + 1)), of one on the diagonal."""
    here, there = homes(program)
    count = program.sets.pool + 1
    each = np.diff(program.matrix.entries.indptr).astype(np.float64)
    links = sp.csr_array(sp.coo_array((each, (np.minimum(here, there), np.maximum(here, there))), shape=(count, count)))
    both = sp.csr_array(links + links.T)
    both.setdiag(links.diagonal())
    return both


def _first(links: sp.csr_array, places: Sequence[int], most: float) -> Bools:
    """Return some places and those around them, the nearest by road first, as many as have ``most`` entries."""
    pool = links.shape[0] - 1
    inside = np.zeros(pool + 1, dtype=bool)
    inside[[*places, pool]] = True
    pull = np.zeros(pool + 1)
    for place in places:
        order = breadth_first_order(links, place, directed=False, return_predecessors=False)
        pull[order] = np.maximum(pull[order], 1.0 / (1.0 + np.arange(len(order))))
    return _wider(links, inside, pull, most)


def _wider(links: sp.csr_array, inside: Bools, pull: Floats, most: float) -> Bools:
    """Return places and the others with the strongest pull, as many as have ``most`` entries together."""
    inside = inside.copy()
    size = _size(links, inside)
    order: Ints = np.argsort(-pull, kind="stable").astype(np.int32)
    for place in order[(pull[order] > 0) & ~inside[order]].tolist():
        mine = links[[place]].toarray().ravel()
        size += float(mine[inside].sum() + mine[place])
        if size > most:
            break
        inside[place] = True
    return inside


def _size(links: sp.csr_array, inside: Bools) -> float:
    at = np.flatnonzero(inside)
    mine = links[at][:, at]
    return float(mine.sum() + mine.diagonal().sum()) / 2.0


def _pull(ask: Ask, solution: Solution) -> Floats:
    """Return what it might bring to ask each place as well ((P + 1)): at most what crosses could be worth."""
    border = ask.scope.border
    assert border is not None
    worth = ask.crossing(solution)
    each = np.where(worth > 0, np.where(border.inward, worth * border.room, 0.0), -worth * border.amount)
    pull = np.zeros(ask.kept.program.sets.pool + 1)
    np.add.at(pull, border.beyond, each)
    return pull
