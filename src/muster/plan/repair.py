"""Repair: an answer within a solver's tolerance becomes a plan that can be done, by scaling back what is given."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from muster.plan.matrix import Matrix
from muster.plan.sets import Bools, Floats

DUST = 1e-9
"""Below this share of a usual size, an amount is the solver's noise."""

EXACT = 1e-12
"""Largest share of a row's throughput that may be missing after the repair."""

MOST_PASSES = 10_000

PATIENT, HARSHER = 100, 40
"""Passes after which cuts become harsher (what goes round in circles shrinks by a hair each time), and how many more it
takes each time until they are twice as harsh."""

HARSHEST = 2.0**20

COUNTS = (("claim", "delivered"), ("reserve", "held"))
"""Rows in which what one kind of column provides is counted by another."""

_BOOKKEEPING = {row for row, _ in COUNTS}, {column for _, column in COUNTS}


def repair(matrix: Matrix, x: Floats) -> Floats:
    """Scale amounts back until every balance and limit holds; no amount ever grows.

    Where more goes out of a row than comes in, what is given there is cut first, then everything that goes out, in
    proportion: right for an answer that misses rows by a hair (``mend`` cuts a rougher one evenly). A cut can leave
    less for a later row, so the passes go on until nothing is missing.

    Args:
        matrix: The linear program.
        x: Columns in physical units (K), feasible to a solver's tolerance.
    Returns:
        Columns (K) that hold every row to ``EXACT`` of its throughput; what is delivered and held is left as it was.
    """
    rows, columns = physical(matrix)
    entries = sp.csc_array(matrix.entries[:, np.flatnonzero(columns)][np.flatnonzero(rows)])
    limit, scale = matrix.limit[rows], matrix.column_scale[columns]
    out, back = entries.maximum(0.0).tocsc(), (-entries).maximum(0.0).tocsr()
    _, where = matrix.column_kind("given")
    is_given = np.zeros(len(columns), dtype=bool)
    is_given[where] = True
    is_given = is_given[columns]
    balance = np.zeros(len(rows), dtype=bool)
    balance[matrix.row_kind("balance")[1]] = True
    balance = balance[rows]
    fixed = x.copy()
    amounts = np.where(x[columns] > DUST * scale, x[columns], 0.0)
    for done in range(MOST_PASSES):
        factor = _factors(out, back, limit, amounts, is_given=is_given, balance=balance)
        if factor is None:
            break
        amounts = amounts * (factor if done < PATIENT else factor ** _harsh(done))
        if done % PATIENT == PATIENT - 1:
            amounts = np.where(amounts > DUST * scale, amounts, 0.0)
    fixed[columns] = amounts
    return fixed


def _harsh(done: int) -> float:
    """Return the power to which cuts are taken after so many passes."""
    return float(min(2.0 ** ((done - PATIENT) // HARSHER), HARSHEST))


def counted(matrix: Matrix, x: Floats) -> Floats:
    """Return columns (K) in which what is delivered and held is what the others provide, up to its bound."""
    x = x.copy()
    pairs = [(matrix.row_kind(row)[1], matrix.column_kind(column)[1]) for row, column in COUNTS]
    for _, own in pairs:
        x[own] = 0.0
    left = matrix.limit - matrix.entries @ x
    for row, own in pairs:
        x[own] = np.clip(left[row], 0.0, matrix.most[own])
    return x


def _factors(
    out: sp.csc_array, back: sp.csr_array, limit: Floats, amounts: Floats, *, is_given: Bools, balance: Bools
) -> Floats | None:
    """Return what to scale each column by; ``None`` when every row holds."""
    going, coming = out @ amounts, limit + back @ amounts
    if np.all(going <= coming * (1.0 + EXACT)):
        return None
    gifts = np.where(balance, out @ np.where(is_given, amounts, 0.0), 0.0)
    others = going - gifts
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        gift_share = np.where(gifts > 0, np.clip((coming - others) / gifts, 0.0, 1.0), 1.0)
        share = np.where(others > coming, np.where(others > 0, coming / others, 1.0), 1.0)
    over = going > coming * (1.0 + EXACT)
    share, gift_share = np.where(over, share, 1.0), np.where(over, gift_share, 1.0)
    entry_rows = out.indices
    entry_given = np.repeat(is_given, np.diff(out.indptr))
    each = np.where(entry_given & balance[entry_rows], gift_share[entry_rows], share[entry_rows])
    factor = np.ones(len(amounts))
    some = np.diff(out.indptr) > 0
    factor[some] = np.minimum.reduceat(each, out.indptr[:-1][some]) if len(each) else 1.0
    return factor


def physical(matrix: Matrix) -> tuple[Bools, Bools]:
    """Return which rows and columns are about goods, not about what counts as delivered or held; they come first."""
    rows = np.concatenate([np.full(len(each), each.kind not in _BOOKKEEPING[0]) for each in matrix.rows])
    columns = np.concatenate([np.full(len(each), each.kind not in _BOOKKEEPING[1]) for each in matrix.columns])
    return rows, columns
