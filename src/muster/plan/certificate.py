"""The certificate of a plan: the prices of every stage, raised so that they prove something, in the tables' own order.

The order of the planner's rows and columns is its own affair: prices are stored by positions in the tables of the
economy. docs/proof.md describes the format.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
from numpy.typing import NDArray

from muster.plan.goals import Outcome, costs, usual_size
from muster.plan.leximin import STUCK, Climb, Proved
from muster.plan.payers import payers_of
from muster.plan.prices import Payers, borne, passing, raised
from muster.plan.program import Program
from muster.plan.sets import NONE, Floats, Ints

Arrays = dict[str, NDArray[np.generic]]

DUST = 1e-13
"""Below this share of the largest price of a stage a price is noise."""

Places = Mapping[str, tuple[NDArray[np.int64], NDArray[np.int64]]]
"""For each kind of price its rows in the matrix, and their flat positions in the certificate."""


def certificate(program: Program, outcome: Outcome) -> Mapping[str, NDArray[np.generic]]:
    """Return the certificate of what the goals reached, by name of the array."""
    stages = [stage for climb in outcome.climbs for stage in climb.stages] + list(outcome.stages)
    arrays: Arrays = {
        "stages.goal": np.array([stage.goal for stage in stages], dtype="U7"),
        "stages.kind": np.array([stage.kind for stage in stages], dtype="U8"),
        "stages.round": np.array([stage.round for stage in stages], dtype=np.int64),
        "stages.low": np.array([stage.low for stage in stages], dtype=np.float64),
        "stages.high": np.array([stage.high for stage in stages], dtype=np.float64),
        "stages.slack": np.full(len(stages), program.sets.economy.slack),
        "stages.value": np.array([_value(outcome, stage) for stage in stages], dtype=np.float64),
    }
    places, payers = positions(program), payers_of(program)
    through = passing(program.matrix.entries, outcome.x)
    for stage in stages:
        arrays |= _prices(program, outcome, stage, places, (payers, through))
        arrays |= _have(outcome, stage, places)
    for number, climb in enumerate(outcome.climbs):
        arrays |= _before(outcome, number, climb, places)
    return arrays


def _value(outcome: Outcome, stage: Proved) -> float:
    """Return what a stage reached; a last pass no more than its levels say, however closely the solver answered."""
    if stage.kind != "last" or stage.have is None:
        return stage.value
    number = [service.goal for service in outcome.ladder.services].index(stage.goal)
    rungs, weight = outcome.ladder.rung(number), outcome.ladder.services[number].weight
    rise = np.maximum(outcome.climbs[number].standing.level[rungs] - stage.have[rungs], 0.0)
    return min(stage.value, float(weight @ rise / weight.sum()) + STUCK)


def positions(program: Program) -> Places:
    """Return where the rows of a program lie in the certificate, time first, as docs/proof.md has it."""
    sets, nodes, matrix = program.sets, program.nodes, program.matrix
    places, periods, resources = sets.pool + 1, sets.horizon.periods, len(sets.resources)
    claimants, needs = len(sets.claimants.place), len(sets.needs)
    good = _good_order(program)
    found: dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]] = {}

    def lay(kind: str, first: int, shape: tuple[int, ...], *keys: Ints, mask: NDArray[np.bool_] | None = None) -> None:
        at = np.zeros(len(keys[0]), dtype=np.int64)
        for key, size in zip(keys, shape, strict=True):
            at = at * size + key
        rows = np.arange(first, first + len(at))
        found[kind] = (rows, at) if mask is None else (rows[mask], at[mask])

    balance, where = matrix.row_kind("balance")
    node, period = balance.keys["node"], balance.keys["period"]
    counter = nodes.good[node] == NONE
    lay(
        "balance",
        where.start,
        (periods, places, len(sets.goods)),
        period,
        nodes.place[node],
        good[nodes.good[node]],
        mask=~counter,
    )
    lay(
        "counter",
        where.start,
        (periods, places, resources),
        period,
        nodes.place[node],
        nodes.resource[node],
        mask=counter,
    )
    shapes: tuple[tuple[str, tuple[tuple[str, int], ...]], ...] = (
        ("route", (("period", periods), ("opening", len(program.openings.tail)))),
        ("store", (("period", periods), ("store", sets.economy.stores.height))),
        ("plant", (("period", periods), ("plant", len(program.plants.place)))),
        ("occupied", (("period", periods), ("place", places), ("resource", resources))),
        ("ration", (("period", periods), ("ration", sets.economy.rations.height), ("claimant", claimants))),
        ("claim", (("period", periods), ("claimant", claimants), ("need", needs))),
        ("reserve", (("reserve", len(program.reserves.wanted)),)),
    )
    for kind, axes in shapes:
        rows, where = matrix.row_kind(kind)
        lay(kind, where.start, tuple(size for _, size in axes), *(rows.keys[key] for key, _ in axes))
    return found


def _good_order(program: Program) -> Ints:
    """Return where each good stands in the certificate: resources in their order, then lots by resource and date."""
    goods, resources = program.sets.goods, len(program.sets.resources)
    lots = range(resources, len(goods))
    ordered = sorted(lots, key=lambda q: (int(goods.resource[q]), goods.expires[q] or date.max))
    place = np.arange(len(goods), dtype=np.int32)
    place[ordered] = np.arange(resources, len(goods), dtype=np.int32)
    return place


def _prices(
    program: Program,
    outcome: Outcome,
    stage: Proved,
    places: Places,
    raising: tuple[Payers, Floats],
) -> Arrays:
    """Return the prices of one stage, raised and sparse, in the goal's units."""
    matrix, ladder = program.matrix, outcome.ladder
    price = np.maximum(stage.duals[: ladder.rows], 0.0) * stage.per / matrix.row_scale
    price[~np.isfinite(price)] = 0.0
    if stage.kind in ("common", "level"):
        number = [service.goal for service in ladder.services].index(stage.goal)
        rungs = ladder.rung(number)
        lifted = -stage.duals[ladder.rows + rungs.start : ladder.rows + rungs.stop]
        reach = float(np.maximum(lifted if stage.active is None else lifted[stage.active], 0.0).sum())
        price /= min(reach, 1.0) if reach > 0.5 else 1.0
    _, delivered = matrix.column_kind("delivered")
    price[matrix.row_kind("claim")[1]] *= matrix.most[delivered] > 0
    price[price < DUST * price.max(initial=0.0)] = 0.0
    cost, arrays = np.zeros(matrix.entries.shape[1]), Arrays()
    name = f"{stage.goal}.{stage.round}"
    if stage.kind in ("effort", "tonne_km"):
        effort, tonne_km = costs(program)
        cost = -effort
        if stage.kind == "tonne_km":
            cap = max(float(stage.duals[-2]), 0.0) * stage.per / usual_size(effort)
            arrays[f"{name}.cap"] = np.array([cap])
            cost = -(tonne_km + cap * effort)
    payers, through = raising
    price = raised(matrix.entries, cost, price, payers, bears=borne(payers, price, through, matrix.limit))
    for kind, (rows, at) in places.items():
        some = np.flatnonzero(price[rows] > 0)
        order = some[np.argsort(at[some], kind="stable")]
        if len(order):
            arrays[f"{name}.{kind}.at"] = at[order]
            arrays[f"{name}.{kind}.price"] = price[rows[order]]
    return arrays


def _flat(outcome: Outcome, number: int, places: Places) -> NDArray[np.int64]:
    """Return the flat positions of a goal's rungs among claims or reserves."""
    service = outcome.ladder.services[number]
    return places["reserve" if service.goal == "reserve" else "claim"][1][service.members]


def _have(outcome: Outcome, stage: Proved, places: Places) -> Arrays:
    """Return what everybody had to keep in a last pass, by goal."""
    arrays = Arrays()
    if stage.kind == "last" and stage.have is not None:
        for number, service in enumerate(outcome.ladder.services):
            have = stage.have[outcome.ladder.rung(number)]
            begun = ~np.isnan(have)
            if begun.any():
                arrays |= _levels(
                    f"{stage.goal}.{stage.round}.have.{service.goal}",
                    _flat(outcome, number, places)[begun],
                    have[begun],
                )
    return arrays


def _before(outcome: Outcome, number: int, climb: Climb, places: Places) -> Arrays:
    """Return in which band those were stuck whom the last pass raised, and at which level."""
    if climb.before is None:
        return {}
    round_of, level = climb.before
    rose = np.flatnonzero(round_of != climb.round_of)
    if not len(rose):
        return {}
    goal = outcome.ladder.services[number].goal
    arrays = _levels(f"{goal}.before", _flat(outcome, number, places)[rose], level[rose])
    order = np.argsort(_flat(outcome, number, places)[rose], kind="stable")
    return arrays | {f"{goal}.before.round": round_of[rose][order].astype(np.int64)}


def _levels(name: str, at: NDArray[np.int64], level: Floats) -> Arrays:
    order = np.argsort(at, kind="stable")
    return {f"{name}.at": at[order], f"{name}.level": level[order]}
