"""The program of an economy: its sets, its blocks, and the matrix they make together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from muster.economy.economy import Economy
from muster.plan.blocks.claims import claim_rows, delivered_columns, given_columns, ration_rows
from muster.plan.blocks.nodes import Nodes, nodes_of
from muster.plan.blocks.openings import Openings, openings_of
from muster.plan.blocks.plants import Plants, plants_of
from muster.plan.blocks.recipes import occupied_rows, plant_rows, run_columns
from muster.plan.blocks.reserves import Reserves, held_columns, reserve_rows, reserve_slots, reserves_of
from muster.plan.blocks.routes import route_rows, sent_columns
from muster.plan.blocks.stocks import stock_columns, store_rows, take_columns
from muster.plan.matrix import Matrix, Rows, assemble
from muster.plan.sets import NONE, Ints, Sets, sets_of


@dataclass(frozen=True)
class Program:
    """Everything a plan is made from.

    Attributes:
        sets, openings, plants, reserves: The economy as positions and arrays.
        nodes: Where goods can be.
        matrix: The linear program.
    """

    sets: Sets
    openings: Openings
    plants: Plants
    reserves: Reserves
    nodes: Nodes
    matrix: Matrix


def build(economy: Economy) -> Program:
    """Build the linear program of a checked economy."""
    sets = sets_of(economy)
    openings, plants, reserves = openings_of(sets), plants_of(sets), reserves_of(sets)
    nodes = nodes_of(sets, openings, plants)
    route, route_at = route_rows(openings)
    stores, limits = store_rows(sets), plant_rows(plants)
    busy, busy_at = occupied_rows(sets, openings, plants)
    ration, ration_at = ration_rows(sets)
    claim, claim_at = claim_rows(sets)
    rows = (nodes.rows, route, stores, limits, busy, ration, claim, reserve_rows(reserves))
    first = _firsts(rows)
    occupied = _shift(busy_at, first["occupied"])
    stock = stock_columns(sets, nodes, first["store"], occupied)
    held = reserve_slots(sets, nodes, reserves, stock, first["reserve"])
    columns = (
        replace(stock, slots=[*stock.slots, held]),
        take_columns(sets, nodes),
        sent_columns(sets, nodes, openings, _shift(route_at, first["route"]), occupied),
        run_columns(sets, nodes, plants, limits, first_plant=first["plant"], occupied=occupied),
        given_columns(sets, nodes, _shift(claim_at, first["claim"]), _shift(ration_at, first["ration"])),
        delivered_columns(sets, claim, first["claim"]),
        held_columns(reserves, first["reserve"]),
    )
    return Program(sets, openings, plants, reserves, nodes, assemble(rows, columns))


def _firsts(rows: Sequence[Rows]) -> dict[str, int]:
    first, at = {}, 0
    for each in rows:
        first[each.kind] = at
        at += len(each)
    return first


def _shift(number: Ints, first: int) -> Ints:
    """Turn numbers within a kind into positions in the matrix, in place; ``NONE`` stays."""
    number[number != NONE] += first
    return number
