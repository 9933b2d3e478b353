"""Where goods can be: one balance row for each good at a place in a period."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from muster.plan.blocks.openings import Openings
from muster.plan.blocks.plants import Plants
from muster.plan.matrix import Rows
from muster.plan.sets import NONE, Bools, Floats, Ints, Sets, true_at


@dataclass(frozen=True)
class Nodes:
    """Goods at places (N nodes); the places include the pool, behind the last.

    A resource with dated lots at a place has one more node, its *counter*: people, recipes and modes draw there, from
    whichever lot is handed over the counter. Elsewhere they draw from the node itself.

    Attributes:
        place, good: Positions (N); a counter has no good (``NONE``).
        resource: Position of the resource (N).
        row: Balance row by period (N × T); ``NONE`` after a lot's last period.
        at: Node of a good at a place ((P + 1) × Q), or ``NONE``.
        draw: Node at which a resource is drawn ((P + 1) × R), or ``NONE``.
        rows: The balance rows, the first rows of the matrix.
    """

    place: Ints
    good: Ints
    resource: Ints
    row: Ints
    at: Ints
    draw: Ints
    rows: Rows

    def draw_row(self, place: Ints, resource: Ints, period: Ints) -> Ints:
        """Return the row from which a resource is drawn at a place; ``NONE`` where it never is."""
        return self._rows[self.draw[place, resource], period]

    def draw_rows(self, place: Ints, resource: Ints) -> Ints:
        """Return the rows of every period from which resources are drawn at places (n × T), or ``NONE``."""
        return self._rows[self.draw[place, resource]]

    @cached_property
    def _rows(self) -> Ints:
        """``row``, and behind the last node, where the position ``NONE`` finds it, one that has no rows."""
        return np.pad(self.row, ((0, 1), (0, 0)), constant_values=NONE)

    def begins(self, place: Ints, period: Ints) -> NDArray[np.int64]:
        """Return where balance rows of goods begin in ``in_line``, for many goods at the same places and periods.

        Args:
            place, period: Pairs (n).
        Returns:
            Positions (n); the row of good q of pair k is ``in_line[positions[k] + q]``.
        """
        goods, periods = self.at.shape[1], self.row.shape[1]
        first: NDArray[np.int64] = (place.astype(np.int64) * periods + period) * goods
        return first

    @cached_property
    def in_line(self) -> Ints:
        """Balance rows by place, period and good, in one line; ``NONE`` where there is none."""
        line: Ints = self._rows[self.at].transpose(0, 2, 1).ravel()
        return line


def nodes_of(sets: Sets, openings: Openings, plants: Plants) -> Nodes:
    """Return a node for every good that can ever be at a place."""
    there = _reach(sets, openings, plants)
    place, good = true_at(there)
    dated = np.zeros((len(there), len(sets.resources)), dtype=bool)
    for q in range(len(sets.resources), len(sets.goods)):
        dated[:, sets.goods.resource[q]] |= there[:, q]
    counter_place, counter_resource = true_at(dated)
    resource = np.concatenate([sets.goods.resource[good], counter_resource])
    periods = sets.horizon.periods
    last = np.concatenate([sets.goods.last[good], np.full(len(counter_place), periods)])
    usable = np.arange(periods)[None, :] <= last[:, None]
    row = np.full(usable.shape, NONE, dtype=np.int32)
    row[usable] = np.arange(np.count_nonzero(usable), dtype=np.int32)
    supply = np.concatenate([sets.supply[place, good], np.zeros((len(counter_place), periods))])
    at = np.full(there.shape, NONE, dtype=np.int32)
    at[place, good] = np.arange(len(place), dtype=np.int32)
    draw = at[:, : len(sets.resources)].copy()
    draw[counter_place, counter_resource] = len(place) + np.arange(len(counter_place), dtype=np.int32)
    node, period = true_at(usable)
    rows = Rows("balance", {"node": node, "period": period}, supply[usable], sets.scale[resource[node]])
    everywhere = np.concatenate([place, counter_place])
    goods = np.concatenate([good, np.full(len(counter_place), NONE, dtype=np.int32)])
    return Nodes(everywhere, goods, resource, row, at, draw, rows)


def _reach(sets: Sets, openings: Openings, plants: Plants) -> Bools:
    """Return which goods can ever be where ((P + 1) × Q): held or arriving there, brought there, or made there."""
    there: Bools = np.asarray((sets.supply > 0).any(axis=2))
    outputs = [
        (np.flatnonzero(plants.recipe == plants.line_recipe[line]), plants.line_resource[line])
        for line in plants.lines("output")
    ]
    runs = plants.runs.any(axis=1)
    while True:
        before = np.count_nonzero(there)
        held = _by_resource(sets, there)
        _carry(sets, openings, there, held)
        works = runs & _supplied(sets, plants, held)
        for at_plants, resource in outputs:
            running = plants.place[at_plants[works[at_plants]]]
            there[sets.where(running, np.full(len(running), resource, dtype=np.int32)), resource] = True
        if np.count_nonzero(there) == before:
            return there


def _by_resource(sets: Sets, there: Bools) -> Bools:
    held = np.zeros((len(there), len(sets.resources)), dtype=bool)
    for q, r in enumerate(sets.goods.resource):
        held[:, r] |= there[:, q]
    return held


def _supplied(sets: Sets, plants: Plants, held: Bools) -> Bools:
    """Return which plants can have what they take (S)."""
    works = np.ones(len(plants.place), dtype=bool)
    for line in np.flatnonzero(plants.line_quantity > 0):
        if plants.line_use[line] != "output":
            mine = plants.recipe == plants.line_recipe[line]
            resource = np.full(np.count_nonzero(mine), plants.line_resource[line], dtype=np.int32)
            works[mine] &= held[sets.where(plants.place[mine], resource), resource]
    return works


def _carry(sets: Sets, openings: Openings, there: Bools, held: Bools) -> None:
    """Spread goods along every road that is ever open, as far as they go."""
    modes = openings.modes
    drives = np.ones(len(openings.tail), dtype=bool)
    for use in range(len(modes.mode)):
        resource = np.full(len(openings.tail), modes.resource[use], dtype=np.int32)
        drives &= (openings.per_tonne(use) == 0) | held[sets.where(openings.tail, resource), resource]
    ever = ((openings.days > 0) & (openings.arrives < sets.horizon.periods)).any(axis=1) & (openings.loss < 1)
    weightless = sets.mass == 0
    for m in range(len(modes.ids)):
        mine = ever & (openings.mode == m)
        for can, carried in (
            (mine & drives & (openings.capacity > 0), modes.carries[m] & ~weightless),
            (mine, modes.carries[m] & weightless),
        ):
            goods = carried[sets.goods.resource]
            if can.any() and goods.any():
                shape = (len(there), len(there))
                links = sp.csr_array((np.ones(can.sum()), (openings.head[can], openings.tail[can])), shape=shape)
                there[:, goods] |= (links @ there[:, goods].astype(np.float64)) > 0


def held_by_resource(sets: Sets, nodes: Nodes, amounts: Floats) -> Floats:
    """Add up amounts of nodes (N × T) over the goods of a resource ((P + 1) × R × T)."""
    total = np.zeros((sets.pool + 1, len(sets.resources), sets.horizon.periods))
    np.add.at(total, (nodes.place, nodes.resource), amounts)
    return total
