"""Prices that prove something: a solver's duals, raised until no column is worth more than what it takes.

The Lagrangian bound holds for any prices, but a column without an upper bound that is worth a hair more than it takes
makes it infinite. Every such column has a *payer*: a row it draws on, whose price can be raised until the column is
worth nothing more. That makes other columns, which feed that row, worth more, so theirs is raised in turn; as no loop
of an economy gains, this comes to an end. Where a road or a store is full, its own price is raised instead if that
costs less: dearer goods at a depot would make all that lies there dearer, for the sake of one road.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from muster.plan.sets import NONE, Bools, Floats, Ints

ANY = -2
"""Payer of a column without one of its own: whichever of the rows it draws on counts the most."""

MOST_SWEEPS = 500
"""Sweeps over one period's columns; goods that pass through more places than that within one are left as they are."""

FEW = 2_000
"""Entries up to which the loops run as they stand: compiling loads numba, as long as a small economy is planned in."""

Loop = Callable[..., Any]

PLENTY = 1e-6
"""What has a lower price than this share of the highest has none to speak of."""

_NOISE = 4.0 * float(np.finfo(np.float64).eps)

_ROOM = 64.0 * float(np.finfo(np.float64).eps)
"""How far below nothing a column is brought, as a share of its terms: whoever adds up in another order sees it too."""

_FIRM = 4
"""Sweeps that leave such room; around a loop without loss there can be none, and it would never end."""


@dataclass(frozen=True)
class Payers:
    """Who pays for what, on one matrix (M rows, K columns).

    Attributes:
        row: Row whose price is raised where a column is worth more than it takes (K); ``NONE``: no price needs to be,
            as the column has an upper bound; ``ANY``: the row it draws on that counts the most.
        order: Columns that have a payer, those of the last period first.
        steps: Where each period's columns begin in ``order``, and where the last end.
        ends: Rows that nothing feeds, which may pay instead (M): what a road, a store, a plant or a ration can take.
    """

    row: Ints
    order: NDArray[np.int64]
    steps: NDArray[np.int64]
    ends: Bools


def raised(
    entries: sp.csc_array, cost: Floats, prices: Floats, payers: Payers, *, bears: Floats | None = None
) -> Floats:
    """Return prices at which no column that has a payer is worth more than it takes, but for rounding.

    Args:
        entries: Compressed by column (M × K), all rows of the form ``entries · x ≤ limit``.
        cost: What one unit of each column is worth by itself, to be maximised (K).
        prices: Of one more unit of each row's limit (M); what is below 0 counts as 0.
        payers: Whose price is raised.
        bears: What raising each row's price by one costs, or is guessed to (M; see ``borne``): of a column's payer and
            its ends the cheapest is raised. ``None``: its payer.
    Returns:
        Prices of 0 or more (M), nowhere lower than those given.
    """
    price = np.maximum(prices, 0.0)
    arrays = (entries.indptr, entries.indices, entries.data)
    feeds, rise = (_compiled(_feeds), _compiled(_raise)) if entries.nnz > FEW else (_feeds, _raise)
    instead = (payers.ends, np.zeros_like(price) if bears is None else bears)  # nothing costs less than nothing
    with np.errstate(all="ignore"):  # as compiled loops do
        fed = feeds(arrays, payers.row, len(price))
        rise(arrays, cost, price, (payers.row, fed, payers.order, payers.steps), instead)
    return price


def borne(payers: Payers, prices: Floats, through: Floats, limit: Floats) -> Floats:
    """Return what raising each row's price by one costs, or is guessed to (M).

    That is its limit where nothing feeds it, and otherwise what passes through it, which came at that price. What has
    no price to speak of is there in plenty: a price for it in one place would go round everything there is of it.

    Args:
        payers: Says which rows nothing feeds.
        prices: Of each row (M), before they are raised.
        through: What a plan takes of each row (M).
        limit: Of each row (M).
    """
    plenty = prices <= PLENTY * prices.max(initial=0.0)
    return np.where(payers.ends, limit, np.where(plenty, np.inf, through))


def passing(entries: sp.csc_array, x: Floats) -> Floats:
    """Return what amounts (K) take of each row (M): all that goes out of it."""
    takes = sp.csc_array((np.maximum(entries.data, 0.0), entries.indices, entries.indptr), shape=entries.shape)
    through: Floats = takes @ x
    return through


def worth(entries: sp.csc_array, cost: Floats, prices: Floats) -> Floats:
    """Return what one unit of each column is worth beyond what it takes at these prices (K)."""
    rest: Floats = cost - entries.T @ prices
    return rest


@cache
def _compiled(loop: Loop) -> Loop:
    """Return a loop compiled, or as it was kept on disk when it was."""
    from numba import njit

    compiled: Loop = njit(cache=True)(loop)
    return compiled


def _feeds(entries: tuple[Ints, Ints, Floats], payer: Ints, rows: int) -> Ints:
    """Return the one row with a payer's price that each column feeds; ``NONE``: there is none, ``ANY``: several."""
    indptr, indices, data = entries
    pays = np.zeros(rows, dtype=np.bool_)
    for j in range(len(payer)):
        if payer[j] >= 0:
            pays[payer[j]] = True
        elif payer[j] == ANY:
            for e in range(indptr[j], indptr[j + 1]):
                pays[indices[e]] |= data[e] > 0.0
    feeds = np.full(len(payer), NONE, dtype=np.int32)
    for j in range(len(payer)):
        for e in range(indptr[j], indptr[j + 1]):
            if data[e] < 0.0 and pays[indices[e]] and feeds[j] != ANY:
                feeds[j] = indices[e] if feeds[j] == NONE else ANY
    return feeds


def _raise(
    entries: tuple[Ints, Ints, Floats],
    cost: Floats,
    price: Floats,
    payers: tuple[Ints, Ints, NDArray[np.int64], NDArray[np.int64]],
    instead: tuple[Bools, Floats],
) -> None:
    """Raise ``price`` in place, the last period first, each period's columns until nothing moves."""
    (indptr, indices, data), (payer, feeds, order, steps), (ends, bears) = entries, payers, instead
    raised_in, clock = np.zeros(len(price), dtype=np.int32), 1
    for step in range(len(steps) - 1):
        for sweep in range(MOST_SWEEPS):
            moved, spare, clock = False, _ROOM if sweep < _FIRM else 0.0, clock + 1
            for at in range(steps[step], steps[step + 1]):
                j = order[at]
                if sweep > 0 and feeds[j] != ANY and (feeds[j] == NONE or raised_in[feeds[j]] < clock - 1):
                    continue  # nothing it feeds was raised since it was last looked at
                rest, size, pays, share, most = cost[j], abs(cost[j]), payer[j], 0.0, -1.0
                for e in range(indptr[j], indptr[j + 1]):
                    i, taken = indices[e], data[e] * price[indices[e]]
                    rest -= taken
                    size += abs(taken)
                    if payer[j] == ANY and data[e] > 0.0 and taken > most:
                        pays, share, most = i, data[e], taken
                    elif payer[j] == i:
                        share += data[e]
                if share > 0.0 and rest > max(_NOISE - spare, -0.5 * spare) * size:
                    for e in range(indptr[j], indptr[j + 1]):
                        i = indices[e]
                        if ends[i] and data[e] > 0.0 and bears[i] * share < bears[pays] * data[e]:
                            pays, share = i, data[e]
                    wanted = price[pays] + (rest + spare * size) / share
                    if wanted > price[pays]:
                        moved, raised_in[pays] = True, clock
                    price[pays] = wanted
            if not moved:
                break
