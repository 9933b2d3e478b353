"""A plan's tables laid over the columns of its program: what it gives, sends, runs and keeps, column by column."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from muster.plan.plan import Plan
from muster.plan.program import Program
from muster.plan.sets import NONE, Floats, Ints, positions

_BY: dict[str, tuple[str, ...]] = {
    "given": ("claimant", "resource", "period"),
    "run": ("plant", "period"),
    "sent": ("opening", "good", "period"),
    "take": ("node", "period"),
    "stock": ("node", "period"),
}
"""Kinds of columns about goods, and the keys of each."""


def laid(program: Program, plan: Plan) -> Floats:
    """Return the columns (K), in units, that a plan's tables speak of; what counts as delivered or held is left at 0.

    The tables add up what the program keeps apart: ways between the same two places that arrive together share what is
    sent in proportion to what they can carry (evenly where they carry no weight), and of what is kept of a resource
    with dated lots, each lot has what leaves it later, and those that expire last the rest.
    """
    x = np.zeros(program.matrix.entries.shape[1])
    expires = _lots(program, plan)
    _lay(program, x, "given", _given(program, plan))
    _lay(program, x, "run", _runs(program, plan))
    _lay(program, x, "sent", _sent(program, plan, expires))
    _lay(program, x, "take", _taken(program, plan, expires))
    _lay(program, x, "stock", _closing(program, plan, x))
    return x


def _lay(program: Program, x: Floats, kind: str, amounts: Floats) -> None:
    columns, where = program.matrix.column_kind(kind)
    x[where] = amounts[tuple(columns.keys[name] for name in _BY[kind])]


def _place(program: Program, ids: pl.Series) -> Ints:
    """Return where places stand; a blank is the pool."""
    found = positions(ids, program.sets.places)
    return np.where(found == NONE, np.int32(program.sets.pool), found).astype(np.int32)


def _given(program: Program, plan: Plan) -> Floats:
    sets, rows = program.sets, plan.given
    claimant = np.full((len(sets.places), len(sets.groups)), NONE, dtype=np.int32)
    claimant[sets.claimants.place, sets.claimants.group] = np.arange(len(sets.claimants.place), dtype=np.int32)
    given = np.zeros((len(sets.claimants.place), len(sets.resources), sets.horizon.periods))
    who = claimant[positions(rows["place"], sets.places), positions(rows["group"], sets.groups)]
    np.add.at(
        given,
        (who, positions(rows["resource"], sets.resources), rows["period"].to_numpy()),
        rows["quantity"].to_numpy(),
    )
    return given


def _runs(program: Program, plan: Plan) -> Floats:
    sets, plants, rows = program.sets, program.plants, plan.runs
    plant = np.full((len(sets.places), len(plants.recipes)), NONE, dtype=np.int32)
    plant[plants.place, plants.recipe] = np.arange(len(plants.place), dtype=np.int32)
    runs = np.zeros((len(plants.place), sets.horizon.periods))
    at = plant[positions(rows["place"], sets.places), positions(rows["recipe"], plants.recipes)]
    np.add.at(runs, (at, rows["period"].to_numpy()), rows["runs"].to_numpy())
    return runs


def _lots(program: Program, plan: Plan) -> pl.DataFrame:
    """Return the rows of ``lots`` with the position of the good each speaks of."""
    goods, resources = program.sets.goods, program.sets.resources
    known = pl.DataFrame(
        {
            "resource": [resources[r] for r in goods.resource],
            "expires": list(goods.expires),
            "good": np.arange(len(goods), dtype=np.int32),
        },
        schema_overrides={"resource": pl.String, "expires": pl.Date},
    ).filter(pl.col("expires").is_not_null())
    return plan.lots.join(known, on=["resource", "expires"], how="inner", maintain_order="left")


def _sent(program: Program, plan: Plan, lots: pl.DataFrame) -> Floats:
    """Return what is sent by opening, good and period."""
    sets, openings = program.sets, program.openings
    sent = np.zeros((len(openings.tail), len(sets.goods), sets.horizon.periods))
    dated = lots.filter(pl.col("flow") == "sent").rename({"place": "from"})
    keys = ["from", "to", "mode", "resource", "period", "arrives"]
    of_lots = dated.group_by(keys).agg(pl.col("quantity").sum().alias("dated"))
    undated = plan.dispatches.join(of_lots, on=keys, how="left", maintain_order="left").with_columns(
        good=pl.Series(positions(plan.dispatches["resource"], sets.resources)),
        quantity=(pl.col("quantity") - pl.col("dated").fill_null(0.0)).clip(lower_bound=0.0),
    )
    columns = [*keys, "good", "quantity"]
    rows = pl.concat([undated.select(columns), dated.select(columns)]).with_row_index("row")
    opening, period = np.nonzero(openings.days > 0)
    carries = openings.capacity[opening] * openings.days[opening, period]
    ways = pl.DataFrame(
        {
            "from": pl.Series(sets.places).gather(openings.tail[opening]),
            "to": pl.Series(sets.places).gather(openings.head[opening]),
            "mode": pl.Series(openings.modes.ids, dtype=pl.String).gather(openings.mode[opening]),
            "period": period,
            "arrives": openings.arrives[opening, period].astype(np.int64),
            "opening": opening,
            "carries": np.minimum(carries, 1e15),
        }
    )
    found = rows.join(ways, on=["from", "to", "mode", "period", "arrives"], how="inner")
    of_all = pl.col("carries").sum().over("row")
    share = pl.when(of_all > 0).then(pl.col("carries") / of_all).otherwise(1 / pl.len().over("row"))
    found = found.with_columns(pl.col("quantity") * share)
    np.add.at(
        sent,
        (found["opening"].to_numpy(), found["good"].to_numpy(), found["period"].to_numpy()),
        found["quantity"].to_numpy(),
    )
    return sent


def _by_resource(program: Program, plan: Plan, *columns: str) -> Floats:
    """Return columns of ``balances`` added up, by place (the pool last), resource and period."""
    sets, rows = program.sets, plan.balances
    amounts = np.zeros((sets.pool + 1, len(sets.resources), sets.horizon.periods))
    at = (_place(program, rows["place"]), positions(rows["resource"], sets.resources), rows["period"].to_numpy())
    np.add.at(amounts, at, rows.select(pl.sum_horizontal(*columns)).to_series().to_numpy())
    return amounts


def _taken(program: Program, plan: Plan, lots: pl.DataFrame) -> Floats:
    """Return what each node hands over a counter (N × T); 0 where there is none."""
    sets, nodes = program.sets, program.nodes
    taken = np.zeros((len(nodes.place), sets.horizon.periods))
    counters = np.flatnonzero(nodes.good == NONE)
    if not len(counters):
        return taken
    dated = lots.filter(pl.col("flow").is_in(["given", "used"]))
    place, period, amount = _place(program, dated["place"]), dated["period"].to_numpy(), dated["quantity"].to_numpy()
    np.add.at(taken, (nodes.at[place, dated["good"].to_numpy()], period), amount)
    left = _by_resource(program, plan, "given", "used")
    np.add.at(left, (place, positions(dated["resource"], sets.resources), period), -amount)
    plain = nodes.at[nodes.place[counters], nodes.resource[counters]]
    there = plain != NONE
    taken[plain[there]] = np.maximum(left[nodes.place[counters], nodes.resource[counters]][there], 0.0)
    return taken


def _closing(program: Program, plan: Plan, x: Floats) -> Floats:
    """Return what is kept at each node at the end of each period (N × T).

    Args:
        x: Columns (K) with all that comes and goes, and nothing kept.
    """
    nodes = program.nodes
    total = _by_resource(program, plan, "closing")
    kept: Floats = np.where((nodes.good != NONE)[:, None], total[nodes.place, nodes.resource], 0.0)
    counters = np.flatnonzero(nodes.good == NONE)
    if not len(counters):
        return kept
    left = program.matrix.limit - program.matrix.entries @ x
    net = np.where(nodes.row == NONE, 0.0, left[nodes.row])
    for counter in counters.tolist():
        place, resource = nodes.place[counter], nodes.resource[counter]
        lots = _last_first(program, np.flatnonzero((nodes.place == place) & (nodes.resource == resource)))
        last = program.sets.goods.last[nodes.good[lots]]
        kept[lots] = _shared(total[place, resource], net[lots], last, keep=float(program.sets.keep[resource]))
    return kept


def _last_first(program: Program, at: NDArray[np.intp]) -> list[int]:
    """Return those of some nodes that hold lots, the last to expire first."""
    nodes, expires = program.nodes, program.sets.goods.expires
    lots = [int(node) for node in at if nodes.good[node] != NONE]
    return sorted(lots, key=lambda node: expires[nodes.good[node]] or date.max, reverse=True)


def _shared(total: Floats, net: Floats, last: Ints, *, keep: float) -> Floats:
    """Return what is kept of each lot (L × T): what leaves it later, and the rest of what is kept by those first named.

    Args:
        total: What is kept of all of them (T).
        net: What comes less what leaves, but for what was kept before (L × T).
        last: Last period of use (L).
    """
    count, periods = net.shape
    kept, later = np.zeros((count, periods)), np.zeros((count, periods))
    if keep <= 0:
        return kept
    for t in range(periods - 1, 0, -1):
        later[:, t - 1] = np.maximum(later[:, t] - net[:, t], 0.0) / keep
    before = np.zeros(count)
    for t in range(periods):
        room = np.where(t < last, np.maximum(net[:, t] + keep * before - later[:, t], 0.0), 0.0)
        ahead = np.concatenate([[0.0], np.cumsum(room)[:-1]])
        rest = max(float(total[t] - later[:, t].sum()), 0.0)
        before = later[:, t] + np.clip(rest - ahead, 0.0, room)
        kept[:, t] = before
    return kept
