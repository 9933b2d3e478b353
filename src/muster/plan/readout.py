"""Solution -> tables: what is given, sent, run and kept, as people read it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from muster.plan.blocks.nodes import held_by_resource
from muster.plan.blocks.reserves import counted
from muster.plan.blocks.stocks import closing
from muster.plan.program import Program
from muster.plan.sets import NONE, Floats
from muster.plan.tables import PLAN_TABLES

Tables = dict[str, pl.DataFrame]


def read_out(program: Program, x: Floats) -> Tables:
    """Return the tables of a plan, all but ``levels`` and ``why``.

    Args:
        program: What was planned.
        x: Repaired columns in physical units (K).
    Returns:
        Frames by name, columns as in ``PLAN_TABLES``; rows of zeros are left out.
    """
    kept = closing(program.sets, program.nodes, program.matrix.column_kind("stock")[0], _of(program, x, "stock"))
    flow = flows(program, x, kept)
    tables = {
        "given": _given(program, x),
        "dispatches": _dispatches(program, x),
        "runs": _runs(program, x),
        "balances": _balances(program, flow),
        "lots": _lots(program, x, flow),
        "reserves": _reserves(program, kept),
        "met": _met(program, x),
    }
    return {name: _typed(name, frame) for name, frame in tables.items()}


def _of(program: Program, x: Floats, kind: str) -> Floats:
    return x[program.matrix.column_kind(kind)[1]]


def _typed(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(pl.col(column).cast(dtype) for column, dtype in PLAN_TABLES[name].items())


def _ids(ids: Sequence[str], at: NDArray[np.integer]) -> pl.Series:
    """Return ids by position; ``NONE`` and one behind the last (the pool) are blank."""
    return pl.Series([*ids, None], dtype=pl.String).gather(np.where(at < 0, len(ids), at))


def _given(program: Program, x: Floats) -> pl.DataFrame:
    sets, (given, where) = program.sets, program.matrix.column_kind("given")
    some = np.flatnonzero(x[where] > 0)
    claimant, resource, period = (given.keys[key][some] for key in ("claimant", "resource", "period"))
    frame = pl.DataFrame(
        {
            "place": _ids(sets.places, sets.claimants.place[claimant]),
            "group": _ids(sets.groups, sets.claimants.group[claimant]),
            "resource": _ids(sets.resources, resource),
            "period": period,
            "quantity": x[where][some],
        }
    )
    order = np.lexsort((resource, claimant, period))
    return frame[order]


def _dispatches(program: Program, x: Floats) -> pl.DataFrame:
    sets, openings, (sent, where) = program.sets, program.openings, program.matrix.column_kind("sent")
    some = np.flatnonzero(x[where] > 0)
    opening, good, period = (sent.keys[key][some] for key in ("opening", "good", "period"))
    quantity = x[where][some]
    frame = pl.DataFrame(
        {
            "from": _ids(sets.places, openings.tail[opening]),
            "to": _ids(sets.places, openings.head[opening]),
            "mode": _ids(openings.modes.ids, openings.mode[opening]),
            "resource": _ids(sets.resources, sets.goods.resource[good]),
            "period": period,
            "arrives": openings.arrives[opening, period],
            "quantity": quantity,
            "received": quantity * (1.0 - openings.loss[opening]),
        }
    )
    frame = frame[np.lexsort((good, opening, period))]
    keys = ["from", "to", "mode", "resource", "period", "arrives"]
    return frame.group_by(keys, maintain_order=True).agg(pl.col("quantity").sum(), pl.col("received").sum())


def _runs(program: Program, x: Floats) -> pl.DataFrame:
    plants, (run, where) = program.plants, program.matrix.column_kind("run")
    some = np.flatnonzero(x[where] > 0)
    plant, period = run.keys["plant"][some], run.keys["period"][some]
    frame = pl.DataFrame(
        {
            "place": _ids(program.sets.places, plants.place[plant]),
            "recipe": _ids(plants.recipes, plants.recipe[plant]),
            "period": period,
            "runs": x[where][some],
        }
    )
    return frame[np.lexsort((plant, period))]


def flows(program: Program, x: Floats, kept: Floats) -> dict[str, Floats]:
    """Return every column of the balances as arrays over place (the pool last), resource and period.

    Args:
        x: Columns in physical units (K).
        kept: Closing stock of each node (N × T).
    """
    sets, periods = program.sets, program.sets.horizon.periods
    shape = (sets.pool + 1, len(sets.resources), periods)
    flow = {name: np.zeros(shape) for name in ("opening", "received", "made", "used", "sent", "given")}
    flow["arrived"] = np.zeros(shape)
    for q, r in enumerate(sets.goods.resource):
        flow["arrived"][:, r] += sets.arrivals[:, q]
    flow["closing"] = held_by_resource(sets, program.nodes, kept)
    flow["opening"][:, :, 1:] = flow["closing"][:, :, :-1]
    _add_start(program, flow)
    _add_sent(program, x, flow)
    _add_runs(program, x, flow)
    given, where = program.matrix.column_kind("given")
    claimant, resource, period = (given.keys[key] for key in ("claimant", "resource", "period"))
    place = sets.where(sets.claimants.place[claimant], resource)
    np.add.at(flow["given"], (place, resource, period), x[where])
    came = flow["opening"] + flow["arrived"] + flow["received"] + flow["made"]
    flow["lost"] = np.maximum(came - flow["used"] - flow["sent"] - flow["given"] - flow["closing"], 0.0)
    flow["lost"][flow["lost"] <= 1e-12 * came] = 0.0
    return flow


def _add_start(program: Program, flow: dict[str, Floats]) -> None:
    """Add the stock at the start, and what of it had expired before."""
    flow["opening"][:, :, 0] += program.sets.spoilt
    for q, r in enumerate(program.sets.goods.resource):
        flow["opening"][:, r, 0] += program.sets.start[:, q]


def _add_sent(program: Program, x: Floats, flow: dict[str, Floats]) -> None:
    sets, openings, (sent, where) = program.sets, program.openings, program.matrix.column_kind("sent")
    opening, period = sent.keys["opening"], sent.keys["period"]
    resource = sets.goods.resource[sent.keys["good"]]
    quantity, tail = x[where], openings.tail[opening]
    np.add.at(flow["sent"], (tail, resource, period), quantity)
    there = (openings.head[opening], resource, openings.arrives[opening, period])
    np.add.at(flow["received"], there, quantity * (1.0 - openings.loss[opening]))
    for use in np.flatnonzero(~openings.modes.occupied).tolist():
        burnt = np.full(len(tail), openings.modes.resource[use], dtype=np.int32)
        amount = openings.per_tonne(use)[opening] * sets.mass[resource] * quantity
        np.add.at(flow["used"], (sets.where(tail, burnt), burnt, period), amount)


def _add_runs(program: Program, x: Floats, flow: dict[str, Floats]) -> None:
    sets, plants, (run, where) = program.sets, program.plants, program.matrix.column_kind("run")
    plant, period, runs = run.keys["plant"], run.keys["period"], x[where]
    for line, use in enumerate(plants.line_use):
        mine = plants.recipe[plant] == plants.line_recipe[line]
        if use == "occupied" or not mine.any():
            continue
        when = plants.line_ready[line][period] if use == "output" else period
        mine &= when < sets.horizon.periods
        resource = np.full(np.count_nonzero(mine), plants.line_resource[line], dtype=np.int32)
        where_to = sets.where(plants.place[plant[mine]], resource)
        name = "made" if use == "output" else "used"
        np.add.at(flow[name], (where_to, resource, when[mine]), runs[mine] * plants.line_quantity[line])


def _balances(program: Program, flow: dict[str, Floats]) -> pl.DataFrame:
    sets = program.sets
    some = np.zeros(flow["lost"].shape, dtype=bool)
    for each in flow.values():
        some |= each > 0
    period, place, resource = (each.astype(np.int32) for each in np.nonzero(some.transpose(2, 0, 1)))
    columns = ("opening", "arrived", "received", "made", "used", "sent", "given", "lost", "closing")
    return pl.DataFrame(
        {
            "place": _ids(sets.places, place),
            "resource": _ids(sets.resources, resource),
            "period": period,
            **{name: flow[name][place, resource, period] for name in columns},
        }
    )


def _lots(program: Program, x: Floats, flow: dict[str, Floats]) -> pl.DataFrame:
    """Return what becomes of dated lots: what is given comes from the earliest date, then what is used."""
    expires = program.sets.goods.expires
    rows: list[LotRow] = []
    for (place, resource, period), lots in _handed_over(program, x).items():
        wanted = {name: float(flow[name][place, resource, period]) for name in ("given", "used")}
        for good, amount in lots:
            for name in wanted:
                part = min(amount, wanted[name])
                amount, wanted[name] = amount - part, wanted[name] - part
                if part > 0 and expires[good] is not None:
                    rows.append((period, place, good, name, NONE, NONE, NONE, part))
    return _lot_frame(program, sorted([*rows, *_lots_sent(program, x)]))


LotRow = tuple[int, int, int, str, int, int, int, float]
"""Period, place, good, flow, to, mode, arrives, quantity."""


def _handed_over(program: Program, x: Floats) -> dict[tuple[int, int, int], list[tuple[int, float]]]:
    """Return what each lot hands over each counter and period, earliest date first, undated goods last."""
    nodes, expires = program.nodes, program.sets.goods.expires
    take, where = program.matrix.column_kind("take")
    handed: dict[tuple[int, int, int], list[tuple[int, float]]] = {}
    for node, period, amount in zip(take.keys["node"], take.keys["period"], x[where], strict=True):
        at = (int(nodes.place[node]), int(nodes.resource[node]), int(period))
        handed.setdefault(at, []).append((int(nodes.good[node]), float(amount)))
    for lots in handed.values():
        lots.sort(key=lambda lot: expires[lot[0]] or date.max)
    return handed


def _lots_sent(program: Program, x: Floats) -> list[LotRow]:
    sets, openings, (sent, where) = program.sets, program.openings, program.matrix.column_kind("sent")
    rows: list[LotRow] = []
    for column in np.flatnonzero((sent.keys["good"] >= len(sets.resources)) & (x[where] > 0)):
        opening, period, good = (int(sent.keys[key][column]) for key in ("opening", "period", "good"))
        arrives = int(openings.arrives[opening, period])
        to, mode = int(openings.head[opening]), int(openings.mode[opening])
        rows.append((period, int(openings.tail[opening]), good, "sent", to, mode, arrives, float(x[where][column])))
    return rows


def _lot_frame(program: Program, rows: list[LotRow]) -> pl.DataFrame:
    sets = program.sets
    period, place, good, flow, to, mode, arrives, quantity = zip(*rows, strict=True) if rows else ((),) * 8
    goods = np.array(good, dtype=np.int64)
    frame = pl.DataFrame(
        {
            "place": _ids(sets.places, np.array(place, dtype=np.int64)),
            "resource": _ids(sets.resources, sets.goods.resource[goods]),
            "expires": pl.Series([sets.goods.expires[q] for q in goods], dtype=pl.Date),
            "period": pl.Series(period, dtype=pl.Int64),
            "flow": pl.Series(flow, dtype=pl.String),
            "to": _ids(sets.places, np.array(to, dtype=np.int64)),
            "mode": _ids(program.openings.modes.ids, np.array(mode, dtype=np.int64)),
            "arrives": pl.Series([None if t == NONE else t for t in arrives], dtype=pl.Int64),
            "quantity": pl.Series(quantity, dtype=pl.Float64),
        }
    )
    keys = [name for name in frame.columns if name != "quantity"]
    return frame.group_by(keys, maintain_order=True).agg(pl.col("quantity").sum())


def _reserves(program: Program, kept: Floats) -> pl.DataFrame:
    reserves = program.reserves
    table = program.sets.economy.reserves[reserves.row]
    held = []
    for number, period in enumerate(reserves.period):
        here, worth = counted(program.sets, program.nodes, reserves, number)
        held.append(float(worth[here] @ kept[here, period]))
    wanted = reserves.wanted
    met = [min(1.0, have / want) if want > 0 else 1.0 for have, want in zip(held, wanted, strict=True)]
    return pl.DataFrame(
        {
            "place": table["place"],
            "need": table["need"],
            "resource": table["resource"],
            "on": pl.Series(reserves.period, dtype=pl.Int64),
            "wanted": pl.Series(wanted, dtype=pl.Float64),
            "held": pl.Series(held, dtype=pl.Float64),
            "met": pl.Series(met, dtype=pl.Float64),
        }
    )


def _met(program: Program, x: Floats) -> pl.DataFrame:
    sets, people = program.sets, program.sets.claimants
    given, where = program.matrix.column_kind("given")
    claimant, resource, period = (given.keys[key] for key in ("claimant", "resource", "period"))
    provided = np.zeros(people.floor.shape)
    with np.errstate(divide="ignore", invalid="ignore"):
        each = x[where] / (people.people[claimant, period] * sets.days[period])
    for n in range(len(sets.needs)):
        np.add.at(provided[:, n, :], (claimant, period), each * sets.contents[resource, n])
    period, claimant, need = (each.astype(np.int32) for each in np.nonzero(people.claims.transpose(2, 0, 1)))
    at = (claimant, need, period)
    floor, norm, covered, delivered = people.floor[at], people.norm[at], people.covered[at], provided[at]
    with np.errstate(divide="ignore", invalid="ignore"):
        met_floor = np.where(floor > 0, np.minimum(1.0, (covered + delivered) / floor), 1.0)
    return pl.DataFrame(
        {
            "place": _ids(sets.places, people.place[claimant]),
            "group": _ids(sets.groups, people.group[claimant]),
            "need": _ids(sets.needs, need),
            "period": period,
            "start": pl.Series(sets.horizon.starts[:-1], dtype=pl.Date).gather(period),
            "people": people.people[claimant, period],
            "floor": floor,
            "norm": norm,
            "covered": covered,
            "delivered": delivered,
            "met_floor": met_floor,
            "met_norm": np.minimum(1.0, (covered + delivered) / norm),
        }
    )
