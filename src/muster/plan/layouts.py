"""What compiled loops are given: arrays that belong together."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from muster.plan.sets import Bools, Floats, Ints


class Entries(NamedTuple):
    """A matrix compressed by column.

    Attributes:
        starts: Where each column's entries begin, and where the last one's end (K + 1).
        rows, values: Of each entry (E).
    """

    starts: Ints
    rows: Ints
    values: Floats


class Sendings(NamedTuple):
    """What can be sent: A' openings × periods, Q goods, U uses of modes, all as positions and amounts.

    Attributes:
        goes: Whether a good can be sent (A' × Q); each that does is a column, good by good.
        row: Balance rows of places, periods and goods, as one line.
        leaves, arrives: Where in that line the goods of the sending and of the receiving place begin (A').
        kept: Entry in the receiving row, below 0 (A').
        limit: Row of the road's limit (A').
        mass: Tonnes in one unit of each good (Q).
        per_tonne: What a tonne takes of each use (U × A').
        drawn: Row that this is taken from (U × A').
    """

    goes: Bools
    row: Ints
    leaves: NDArray[np.int64]
    arrives: NDArray[np.int64]
    kept: Floats
    limit: Ints
    mass: Floats
    per_tonne: Floats
    drawn: Ints


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
