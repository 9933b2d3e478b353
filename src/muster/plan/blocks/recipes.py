"""Recipes: what runs take and give, how often a plant can run, and what is occupied meanwhile."""

from __future__ import annotations

import numpy as np

from muster.plan.blocks.nodes import Nodes
from muster.plan.blocks.openings import Openings
from muster.plan.blocks.plants import Plants
from muster.plan.matrix import Columns, Rows, Slots
from muster.plan.sets import NONE, Ints, Sets


def plant_rows(plants: Plants) -> Rows:
    """Return one row for each plant and period with a limit: runs are at most runs a day × days."""
    plant, period = (each.astype(np.int32) for each in np.nonzero(np.isfinite(plants.runs) & (plants.runs > 0)))
    limit = plants.runs[plant, period]
    return Rows("plant", {"plant": plant, "period": period}, limit, limit)


def occupied_rows(sets: Sets, openings: Openings, plants: Plants) -> tuple[Rows, Ints]:
    """Return one row for each place, durable thing and period: resource-days are at most closing stock × days.

    Returns:
        The rows, and the number of the row among them ((P + 1) × R × T), or ``NONE``.
    """
    busy = np.zeros((sets.pool + 1, len(sets.resources)), dtype=bool)
    for line in plants.lines("occupied"):
        place = plants.place[plants.recipe == plants.line_recipe[line]]
        resource = np.full(len(place), plants.line_resource[line], dtype=np.int32)
        busy[sets.where(place, resource), resource] = True
    for use in np.flatnonzero(openings.modes.occupied):
        place = openings.tail[openings.mode == openings.modes.mode[use]]
        resource = np.full(len(place), openings.modes.resource[use], dtype=np.int32)
        busy[sets.where(place, resource), resource] = True
    periods = sets.horizon.periods
    place, resource, period = (
        each.astype(np.int32) for each in np.nonzero(np.repeat(busy[:, :, None], periods, axis=2))
    )
    number = np.full((*busy.shape, periods), NONE, dtype=np.int32)
    number[place, resource, period] = np.arange(len(place), dtype=np.int32)
    keys = {"place": place, "resource": resource, "period": period}
    return Rows("occupied", keys, np.zeros(len(place)), sets.scale[resource] * sets.days[period]), number


def run_columns(sets: Sets, nodes: Nodes, plants: Plants, limits: Rows, *, first_plant: int, occupied: Ints) -> Columns:
    """Return a column for the runs of each plant and period in which it can run and have what it takes."""
    can = plants.runs > 0
    for line in np.flatnonzero(plants.line_quantity > 0):
        if plants.line_use[line] != "output":
            at = np.flatnonzero(plants.recipe == plants.line_recipe[line])
            resource = np.full(len(at), plants.line_resource[line], dtype=np.int32)
            can[at] &= (nodes.draw[sets.where(plants.place[at], resource), resource] != NONE)[:, None]
    plant, period = (each.astype(np.int32) for each in np.nonzero(can))
    column = np.arange(len(plant))
    entries: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    for line, (use, quantity) in enumerate(zip(plants.line_use, plants.line_quantity, strict=True)):
        mine = (plants.recipe[plant] == plants.line_recipe[line]) & (quantity > 0)
        resource = np.full(len(plant), plants.line_resource[line], dtype=np.int32)
        where = sets.where(plants.place[plant], resource)
        if use == "output":
            ready = plants.line_ready[line][period]
            mine &= ready < sets.horizon.periods
            rows = np.full(len(plant), NONE, dtype=np.int32)
            rows[mine] = nodes.row[nodes.at[where[mine], resource[mine]], ready[mine]]
        else:
            rows = occupied[where, resource, period] if use == "occupied" else nodes.draw_row(where, resource, period)
        entries.append(
            (column[mine], rows[mine], np.full(np.count_nonzero(mine), -quantity if use == "output" else quantity))
        )
    limit = np.full((len(plants.place), sets.horizon.periods), NONE, dtype=np.int32)
    limit[limits.keys["plant"], limits.keys["period"]] = first_plant + np.arange(len(limits), dtype=np.int32)
    columns, rows, values = (
        (np.concatenate(part) for part in zip(*entries, strict=True)) if entries else (column[:0],) * 3
    )
    slots = [
        Slots.gather(len(plant), columns, rows, values.astype(np.float64)),
        Slots.of(limit[plant, period], 1.0),
    ]
    return Columns("run", {"plant": plant, "period": period}, slots, _run_scale(sets, plants)[plants.recipe[plant]])


def _run_scale(sets: Sets, plants: Plants) -> np.ndarray:
    """Return a usual number of runs of each recipe: as many as give a usual quantity of what it makes."""
    usual = np.full(len(plants.recipes), np.inf)
    for line in plants.lines("output"):
        quantity = plants.line_quantity[line]
        if quantity > 0:
            recipe = plants.line_recipe[line]
            usual[recipe] = min(usual[recipe], sets.scale[plants.line_resource[line]] / quantity)
    return np.where(np.isfinite(usual), usual, 1.0)
