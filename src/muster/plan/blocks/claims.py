"""Claims: what people are given, what it provides, and what rations allow."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from muster.plan.blocks.nodes import Nodes
from muster.plan.matrix import Columns, LaterSlots, Rows, Slots
from muster.plan.sets import NONE, Floats, Ints, Sets, positions, true_at


def claim_rows(sets: Sets) -> tuple[Rows, Ints]:
    """Return one row for each claim: what counts as delivered, per person and day, is at most what was given provides.

    Returns:
        The rows, and the number of the row among them (C × N × T), or ``NONE``.
    """
    claims = sets.claimants.claims
    claimant, need, period = true_at(claims)
    number = np.full(claims.shape, NONE, dtype=np.int32)
    number[claims] = np.arange(len(claimant), dtype=np.int32)
    keys = {"claimant": claimant, "need": need, "period": period}
    return Rows("claim", keys, np.zeros(len(claimant)), sets.claimants.norm[claims]), number


def delivered_columns(sets: Sets, claims: Rows, first_claim: int) -> Columns:
    """Return a column for each claim: what is delivered, per person and day, up to what is missing to the norm."""
    at = (claims.keys["claimant"], claims.keys["need"], claims.keys["period"])
    norm = sets.claimants.norm[at]
    missing = np.maximum(norm - sets.claimants.covered[at], 0.0)
    slots = [Slots.of(first_claim + np.arange(len(norm), dtype=np.int32), 1.0)]
    return Columns("delivered", claims.keys, slots, norm, missing)


def ration_rows(sets: Sets) -> tuple[Rows, Ints]:
    """Return one row for each ration, people it holds for, and period: what they are given is at most the ration.

    Returns:
        The rows, and the number of the row among them (rations × C × T), or ``NONE``.
    """
    rations, people = sets.economy.rations, sets.claimants.people
    group = positions(rations["group"], sets.groups)
    holds = np.isin(group, (NONE,))[:, None] | np.equal.outer(group, sets.claimants.group)
    served = np.asarray(sets.claimants.claims.any(axis=1))
    fits = holds[:, :, None] & served[None, :, :]
    ration, claimant, period = true_at(fits)
    number = np.full(fits.shape, NONE, dtype=np.int32)
    number[fits] = np.arange(len(ration), dtype=np.int32)
    limit = rations["most"].to_numpy()[ration] * people[claimant, period] * sets.days[period]
    keys = {"ration": ration, "claimant": claimant, "period": period}
    return Rows("ration", keys, limit, np.where(limit > 0, limit, 1.0)), number


def given_columns(sets: Sets, nodes: Nodes, claim: Ints, ration: Ints) -> Columns:
    """Return a column for each resource that people can be given and that serves a claim of theirs.

    Args:
        claim: Row of each claim (C × N × T), or ``NONE``.
        ration: Row of each ration (rations × C × T), or ``NONE``.
    """
    people, content = sets.claimants, sets.contents
    every = np.arange(len(sets.resources), dtype=np.int32)
    drawn = nodes.draw_rows(sets.where(people.place[:, None], every), every)
    wanted = people.claims & (people.covered < people.norm)
    serves: Floats = np.einsum("rn,cnt->crt", (content > 0).astype(float), wanted.astype(float))
    given = np.asarray(serves > 0) & (drawn != NONE)
    claimant, resource, period = true_at(given)
    row, person_days = drawn[given], people.people * sets.days

    def entries(part: slice) -> Slots:
        who, what, when = claimant[part], resource[part], period[part]
        days = person_days[who, when]
        slots = [Slots.of(row[part], 1.0)]
        for n in range(len(sets.needs)):
            holds = content[what, n]
            slots.append(Slots.of(np.where(holds > 0, claim[who, n, when], np.int32(NONE)), -holds / days))
        return Slots.beside(slots)

    slots = (LaterSlots(1 + len(sets.needs), entries), _rations(sets, claimant, resource, period, ration))
    scale = np.minimum(_enough(sets, person_days)[given], sets.scale[resource])
    return Columns("given", {"claimant": claimant, "resource": resource, "period": period}, slots, scale)


def _enough(sets: Sets, person_days: Floats) -> Floats:
    """Return how much of each resource alone meets every norm it serves (C × R × T); infinite where it serves none."""
    people, content = sets.claimants, sets.contents
    enough = np.zeros((len(people.place), len(sets.resources), len(sets.days)))
    for r, n in zip(*np.nonzero(content), strict=True):
        alone = np.nan_to_num(people.norm[:, n]) * person_days / content[r, n]
        np.maximum(enough[:, r], alone, out=enough[:, r])
    return np.where(enough > 0, enough, np.inf)


def _rations(sets: Sets, claimant: Ints, resource: Ints, period: Ints, ration: Ints) -> Slots:
    table, column = sets.economy.rations, np.arange(len(claimant))
    named = positions(table["resource"], sets.resources)
    entries: list[tuple[NDArray[np.int64], Ints, Floats]] = []
    for number, label in enumerate(table["class"]):
        weight = np.zeros(len(sets.resources))
        if label is None:
            weight[named[number]] = 1.0
        else:
            weight = np.where(sets.of_class(label), np.nan_to_num(sets.mass), 0.0)
        rows = ration[number, claimant, period]
        mine = (rows != NONE) & (weight[resource] > 0)
        entries.append((column[mine], rows[mine], weight[resource[mine]]))
    if not entries:
        return Slots.none(len(claimant))
    columns, rows, values = (np.concatenate(part) for part in zip(*entries, strict=True))
    return Slots.gather(len(claimant), columns, rows, values)
