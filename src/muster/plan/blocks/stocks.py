"""Stocks: what is kept from one period to the next, and what a store can hold."""

from __future__ import annotations

import numpy as np

from muster.plan.blocks.nodes import Nodes
from muster.plan.matrix import Columns, Rows, Slots
from muster.plan.sets import NONE, Floats, Ints, Sets, positions, true_at


def store_rows(sets: Sets) -> Rows:
    """Return one row for each store and period: tonnes at closing are at most its capacity."""
    stores, periods = sets.economy.stores, sets.horizon.periods
    store, period = (each.ravel().astype(np.int32) for each in np.indices((len(stores), periods)))
    capacity = np.repeat(stores["capacity_t"].to_numpy(), periods)
    return Rows("store", {"store": store, "period": period}, capacity, np.maximum(capacity, 1.0))


def stock_columns(sets: Sets, nodes: Nodes, first_store: int, occupied: Ints) -> Columns:
    """Return a column for the closing stock of each node and period that can hold any.

    Args:
        first_store: Position of the first store row.
        occupied: Row that closing stock relaxes ((P + 1) × R × T), or ``NONE``.
    """
    periods = sets.horizon.periods
    keeps = (nodes.good != NONE) & (sets.keep[nodes.resource] > 0)
    last = np.where(keeps, sets.goods.last[nodes.good], NONE)
    held = np.arange(periods)[None, :] < last[:, None]
    node, period = true_at(held)
    resource = nodes.resource[node]
    later = np.pad(nodes.row[:, 1:], ((0, 0), (0, 1)), constant_values=NONE)
    slots = [
        Slots.of(nodes.row[held], 1.0),
        Slots.of(later[held], -sets.keep[resource]),
        Slots.of(occupied[nodes.place, nodes.resource][held], -sets.days[period]),
        _stores(sets, nodes.place[node], resource, period, first_store),
    ]
    return Columns("stock", {"node": node, "period": period}, slots, sets.scale[resource])


def _stores(sets: Sets, place: Ints, resource: Ints, period: Ints, first_store: int) -> Slots:
    stores, mass = sets.economy.stores, np.nan_to_num(sets.mass)
    if not len(stores):
        return Slots.none(len(place))
    at = positions(stores["place"], sets.places)
    members = np.stack([sets.of_class(label or "") for label in stores["class"]]) * mass
    order = np.argsort(at, kind="stable")
    rank = np.arange(len(at)) - np.searchsorted(at[order], at[order])
    slots = Slots(np.full((len(place), rank.max() + 1), NONE, dtype=np.int32), np.zeros((len(place), rank.max() + 1)))
    for slot in range(rank.max() + 1):
        store_at = np.full(sets.pool + 1, NONE, dtype=np.int32)
        mine = order[rank == slot]
        store_at[at[mine]] = mine
        store = store_at[place]
        weight = np.where(store == NONE, 0.0, members[store, resource])
        slots.rows[:, slot] = np.where(weight > 0, first_store + store * sets.horizon.periods + period, NONE)
        slots.values[:, slot] = weight
    return slots


def take_columns(sets: Sets, nodes: Nodes) -> Columns:
    """Return a column for what each lot hands over the counter, where a resource has dated lots."""
    counter = nodes.draw[nodes.place, nodes.resource]
    from_lot = (nodes.good != NONE) & (nodes.good[counter] == NONE)
    node, period = true_at(from_lot[:, None] & (nodes.row != NONE))
    slots = [
        Slots.of(nodes.row[node, period], 1.0),
        Slots.of(nodes.row[counter[node], period], -1.0),
    ]
    return Columns("take", {"node": node, "period": period}, slots, sets.scale[nodes.resource[node]])


def closing(sets: Sets, nodes: Nodes, stock: Columns, amounts: Floats) -> Floats:
    """Lay amounts of the stock columns out by node and period (N × T)."""
    laid: Floats = np.zeros((len(nodes.place), sets.horizon.periods))
    laid[stock.keys["node"], stock.keys["period"]] = amounts
    return laid
