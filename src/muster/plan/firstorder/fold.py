"""Folding: columns that only pass on what other columns provide are taken out of a linear program.

What a claim has is what is given times what it contains; a column of its own for that makes a first-order solver wait
until two rows agree. Its bounds stay as a row, and its price is found again from the rows it stood in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from muster.plan.firstorder.runs import Runs, beside, runs_of, still_from
from muster.plan.sets import Floats, Ints


@dataclass(frozen=True)
class Fold:
    """A matrix (M × K) whose ``columns`` are at most what their ``rows`` provide, and are taken to be all of it.

    Attributes:
        columns, rows: Positions (n each): the column stands in its row with ``size`` > 0, all else there with the
            other sign, and the row's limit is 0.
        size: See above (n).
        kept: Columns that remain; first those that stand in none of the rows, and stay as they are.
        changed: M × the others of them; a folded row reads: what is provided, per unit of its column, at least the
            column's bound.
        elsewhere: Entries of the folded columns in other rows than their own (M × n).
        provides: What each remaining column provides to each folded one (n × remaining).
    """

    columns: Ints
    rows: Ints
    size: Floats
    kept: Ints
    changed: sp.csc_array
    elsewhere: sp.csc_array
    provides: sp.csr_array


def fold(entries: sp.csc_array, columns: Ints, rows: Ints) -> Fold:
    """Fold columns into the rows that provide them; a column's entries in other rows pass to what provides it."""
    count = len(columns)
    own, kept = np.zeros(entries.shape[0], dtype=bool), np.ones(entries.shape[1], dtype=bool)
    own[rows], kept[columns] = True, False
    provide = kept.copy()
    begins = entries.indptr[:-1]
    filled = begins < entries.indptr[1:]
    provide[filled] &= np.logical_or.reduceat(own[entries.indices], begins[filled]) if len(entries.indices) else False
    changed, same = (np.flatnonzero(each).astype(np.int32) for each in (provide, kept & ~provide))
    rest, folded = sp.csc_array(entries[:, changed]), sp.csc_array(entries[:, columns])
    of_column = np.repeat(np.arange(count), np.diff(folded.indptr))
    mine = folded.indices == rows[of_column]
    size = np.zeros(count)
    size[of_column[mine]] = folded.data[mine]
    own_rows = sp.csr_array(rest)[rows]
    provides = sp.csr_array(sp.diags_array(-1.0 / size) @ own_rows) if count else sp.csr_array((0, len(changed)))
    outside = sp.csc_array((np.where(mine, 0.0, folded.data), folded.indices, folded.indptr), shape=folded.shape)
    outside.eliminate_zeros()
    bare = sp.csc_array((np.where(own[rest.indices], 0.0, rest.data), rest.indices, rest.indptr), shape=rest.shape)
    into_rows = sp.csr_array((np.ones(count), (rows, np.arange(count))), shape=(entries.shape[0], count))
    joined = sp.csc_array(bare + (outside + into_rows) @ provides)
    joined.eliminate_zeros()
    joined.sort_indices()
    provides = sp.csr_array(sp.hstack([sp.csr_array((count, len(same))), provides]))
    return Fold(columns, rows, size, np.concatenate([same, changed]), joined, outside, provides)


def folded_runs(entries: sp.csc_array, fold: Fold) -> Runs:
    """Return the runs of what is left of a matrix: its columns that stay as they are, and those that changed."""
    still = still_from(entries)
    same = len(fold.kept) - fold.changed.shape[1]
    return beside(runs_of(entries, fold.kept[:same], still=still), runs_of(fold.changed, still=still))


def in_order(fold: Fold, order: Ints) -> Fold:
    """Return what is needed of folding with the remaining columns in another order, and without its matrix."""
    nothing = sp.csc_array((fold.changed.shape[0], 0))
    return replace(fold, kept=fold.kept[order], provides=sp.csr_array(fold.provides[:, order]), changed=nothing)


def bounds_folded(fold: Fold, low: Floats, row_low: Floats, row_high: Floats) -> tuple[Floats, Floats]:
    """Return the rows' bounds (M each) after folding: a folded row holds its column's lower bound."""
    row_low, row_high = row_low.copy(), row_high.copy()
    row_low[fold.rows] = np.where(low[fold.columns] > 0, low[fold.columns], -np.inf)
    row_high[fold.rows] = np.inf
    return row_low, row_high


def amounts_unfolded(fold: Fold, x: Floats, high: Floats) -> Floats:
    """Return all columns (K) from the remaining ones: a folded column is what is provided, up to its bound."""
    whole = np.zeros(len(fold.kept) + len(fold.columns))
    whole[fold.kept] = x
    whole[fold.columns] = np.clip(fold.provides @ x, 0.0, high[fold.columns])
    return whole


def prices_unfolded(fold: Fold, y: Floats) -> Floats:
    """Return the rows' prices (M): what a folded row's provision was worth in all the rows it came to stand in."""
    whole = y.copy()
    whole[fold.rows] = np.maximum(-(y[fold.rows] + fold.elsewhere.T @ y), 0.0) / fold.size
    return whole
