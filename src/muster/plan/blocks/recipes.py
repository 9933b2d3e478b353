"""Recipes: what runs take and give, how often a plant can run, and what is occupied meanwhile."""

from __future__ import annotations

import numpy as np

from muster.plan.blocks.nodes import Nodes
from muster.plan.blocks.openings import Openings
from muster.plan.blocks.plants import Plants
from muster.plan.matrix import Columns, Rows, Slots
from muster.plan.sets import NONE, Floats, Ints, Sets, true_at


def plant_rows(plants: Plants) -> Rows:
    """Return one row for each plant and period with a limit: runs are at most runs a day × days."""
    plant, period = true_at(np.isfinite(plants.runs) & (plants.runs > 0))
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
    place, resource, period = true_at(np.repeat(busy[:, :, None], periods, axis=2))
    number = np.full((*busy.shape, periods), NONE, dtype=np.int32)
    number[place, resource, period] = np.arange(len(place), dtype=np.int32)
    keys = {"place": place, "resource": resource, "period": period}
    return Rows("occupied", keys, np.zeros(len(place)), sets.scale[resource] * sets.days[period]), number


def run_columns(sets: Sets, nodes: Nodes, plants: Plants, limits: Rows, *, first_plant: int, occupied: Ints) -> Columns:
    """Return a column for the runs of each plant and period in which it can run and have what it takes."""
    can = plants.runs > 0
    for line in np.flatnonzero(plants.line_quantity > 0).tolist():
        if plants.line_use[line] != "output":
            at = np.flatnonzero(plants.recipe == plants.line_recipe[line])
            resource = np.full(len(at), plants.line_resource[line], dtype=np.int32)
            can[at] &= (nodes.draw[sets.where(plants.place[at], resource), resource] != NONE)[:, None]
    plant, period = true_at(can)
    nothing = (np.empty(0, dtype=np.int32), np.empty(0, dtype=np.int32), np.empty(0))
    entries = [nothing] + [
        _entries(sets, nodes, plants, line, occupied=occupied, runs=(plant, period))
        for line in range(len(plants.line_use))
    ]
    columns, rows, values = (np.concatenate(part) for part in zip(*entries, strict=True))
    limit = np.full((len(plants.place), sets.horizon.periods), NONE, dtype=np.int32)
    limit[limits.keys["plant"], limits.keys["period"]] = first_plant + np.arange(len(limits), dtype=np.int32)
    slots = [Slots.gather(len(plant), columns, rows, values), Slots.of(limit[plant, period], 1.0)]
    return Columns("run", {"plant": plant, "period": period}, slots, _run_scale(sets, plants)[plants.recipe[plant]])


def _entries(
    sets: Sets, nodes: Nodes, plants: Plants, line: int, *, occupied: Ints, runs: tuple[Ints, Ints]
) -> tuple[Ints, Ints, Floats]:
    """Return the entries (column, row, value) of one line of a recipe in the runs of every plant and period."""
    plant, period = runs
    use, quantity = plants.line_use[line], float(plants.line_quantity[line])
    ready = plants.line_ready[line][period] if use == "output" else period
    mine = np.flatnonzero(
        (plants.recipe[plant] == plants.line_recipe[line]) & (quantity > 0) & (ready < sets.horizon.periods)
    ).astype(np.int32)
    resource = np.full(len(mine), plants.line_resource[line], dtype=np.int32)
    where, when = sets.where(plants.place[plant[mine]], resource), ready[mine]
    if use == "output":
        return mine, nodes.row[nodes.at[where, resource], when], np.full(len(mine), -quantity)
    rows = occupied[where, resource, when] if use == "occupied" else nodes.draw_row(where, resource, when)
    return mine, rows, np.full(len(mine), quantity)


def _run_scale(sets: Sets, plants: Plants) -> Floats:
    """Return a usual number of runs of each recipe: as many as give a usual quantity of what it makes."""
    usual = np.full(len(plants.recipes), np.inf)
    for line in plants.lines("output"):
        quantity = plants.line_quantity[line]
        if quantity > 0:
            recipe = plants.line_recipe[line]
            usual[recipe] = min(usual[recipe], sets.scale[plants.line_resource[line]] / quantity)
    return np.where(np.isfinite(usual), usual, 1.0)
