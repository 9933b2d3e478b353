"""Reserves: what is wanted, and what closing stock counts towards it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from muster.plan.blocks.nodes import Nodes
from muster.plan.matrix import Columns, Rows, Slots
from muster.plan.sets import NONE, Bools, Floats, Ints, Sets


@dataclass(frozen=True)
class Reserves:
    """Reserves of an economy (V); rows of one place, need or resource, and period add up.

    Attributes:
        row: First row of ``reserves`` that speaks of it (V).
        period: At whose end it is held (V).
        wanted: In units of the need or of the resource (V).
        counts: What one unit of each resource counts towards it (V × R).
        place: Where; ``NONE`` is everywhere together, the pool too (V).
    """

    row: Ints
    period: Ints
    wanted: Floats
    counts: Floats
    place: Ints


def reserves_of(sets: Sets) -> Reserves:
    """Return the reserves in the order of their table; what is wanted follows the people and norms of the period."""
    found: dict[tuple[str | None, str | None, str | None, int], tuple[int, int, float, Floats, int]] = {}
    for number, row in enumerate(sets.economy.reserves.iter_rows(named=True)):
        period, wanted, counts, place = _reserve(sets, row)
        key = (row["place"], row["need"], row["resource"], period)
        first, before = (found[key][0], found[key][2]) if key in found else (number, 0.0)
        found[key] = (first, period, before + wanted, counts, place)
    rows, period_of, wanted_of, counts_of, place_of = zip(*found.values(), strict=True) if found else ((),) * 5
    return Reserves(
        np.array(rows, dtype=np.int32),
        np.array(period_of, dtype=np.int32),
        np.array(wanted_of, dtype=np.float64),
        np.array(counts_of, dtype=np.float64).reshape(len(found), len(sets.resources)),
        np.array(place_of, dtype=np.int32),
    )


def _reserve(sets: Sets, row: dict[str, Any]) -> tuple[int, float, Floats, int]:
    horizon, people = sets.horizon, sets.claimants
    period = horizon.periods - 1 if row["on"] is None else horizon.period_of(row["on"])
    place = NONE if row["place"] is None else sets.places.index(row["place"])
    keeps = sets.keep > 0
    if row["need"] is None:
        counts = np.zeros(len(sets.resources))
        counts[sets.resources.index(row["resource"])] = 1.0
        return period, row["quantity"], counts * keeps, place
    need = sets.needs.index(row["need"])
    here = np.full(len(people.place), True) if place == NONE else people.place == place
    daily = float(np.nansum(people.norm[here, need, period] * people.people[here, period]))
    wanted = row["quantity"] if row["days"] is None else row["days"] * daily
    return period, wanted, sets.contents[:, need] * keeps, place


def reserve_rows(reserves: Reserves) -> Rows:
    """Return one row for each reserve: what counts as held is at most what closing stock provides."""
    number = np.arange(len(reserves.wanted), dtype=np.int32)
    return Rows(
        "reserve", {"reserve": number}, np.zeros(len(number)), np.where(reserves.wanted > 0, reserves.wanted, 1.0)
    )


def held_columns(reserves: Reserves, first_reserve: int) -> Columns:
    """Return a column for each reserve: what is held, up to what is wanted."""
    number = np.arange(len(reserves.wanted), dtype=np.int32)
    scale = np.where(reserves.wanted > 0, reserves.wanted, 1.0)
    return Columns("held", {"reserve": number}, [Slots.of(first_reserve + number, 1.0)], scale, reserves.wanted)


def counted(sets: Sets, nodes: Nodes, reserves: Reserves, number: int) -> tuple[Bools, Floats]:
    """Return which nodes' closing stock a reserve counts (N), and what one unit of each counts (N)."""
    good = nodes.good != NONE
    fresh = good & (sets.goods.last[nodes.good] > reserves.period[number])
    here = fresh if reserves.place[number] == NONE else fresh & (nodes.place == reserves.place[number])
    worth = reserves.counts[number][nodes.resource]
    return here & (worth > 0), worth


def reserve_slots(sets: Sets, nodes: Nodes, reserves: Reserves, stock: Columns, first_reserve: int) -> Slots:
    """Return the entries of the stock columns in the reserve rows."""
    column = np.full((len(nodes.place), sets.horizon.periods), NONE, dtype=np.int64)
    column[stock.keys["node"], stock.keys["period"]] = np.arange(len(stock))
    columns, rows, values = [], [], []
    for number, period in enumerate(reserves.period):
        here, worth = counted(sets, nodes, reserves, number)
        at = column[:, period]
        mine = here & (at != NONE)
        columns.append(at[mine])
        rows.append(np.full(np.count_nonzero(mine), first_reserve + number))
        values.append(-worth[mine])
    if not columns:
        return Slots.none(len(stock))
    return Slots.gather(len(stock), np.concatenate(columns), np.concatenate(rows), np.concatenate(values))
