"""Goods that expire: each lot by itself, and what is left for goods without a date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from muster.plan.proof.facts import Facts, starting
from muster.plan.proof.rows import PlanRows
from muster.plan.proof.verdict import CRUMB, TOLERANCE, Finding, accuse, amount, judge, name_of, naming

Array = NDArray[np.float64]
PAIR = ("place", "resource")
LOT = ("place", "resource", "expires")
FLOWS = ("given", "used", "sent")
FILE = "lots.csv"


def check_lots(facts: Facts, rows: PlanRows, sent: pl.DataFrame) -> list[Finding]:
    """Return what is wrong with dated lots.

    Args:
        facts: The economy.
        rows: The plan.
        sent: Dispatches with ``loss``.
    """
    dated = starting(facts).filter(pl.col("expires").is_not_null())
    if dated.is_empty() and rows.lots.is_empty():
        return []
    lots = rows.lots.with_columns(last=facts.period_of(rows.lots["expires"]))
    findings = [*_finished(facts, lots), *_good(lots), *_within_totals(rows, lots)]
    return findings + _follow(facts, _dated_flows(facts, dated, lots, sent), rows)


def _finished(facts: Facts, lots: pl.DataFrame) -> list[Finding]:
    sent = pl.col("flow") == "sent"
    whole = (pl.col("to") != "") & (pl.col("mode") != "") & pl.col("arrives").is_not_null()
    bare = (pl.col("to") == "") & (pl.col("mode") == "") & pl.col("arrives").is_null()
    strange = lots.filter(~pl.col("flow").is_in(FLOWS))
    torn = lots.filter((sent & ~whole) | (~sent & ~bare))
    astray = lots.join(facts.resources, on="resource").filter((pl.col("place") == "") != pl.col("pooled"))
    return [
        accuse("V3", strange, file=FILE, tell=lambda row: row["flow"], column="flow"),
        accuse("V4", torn, file=FILE, tell=naming(*PAIR, "period", "flow")),
        accuse("V4", astray, file=FILE, tell=naming(*PAIR, "period", "flow"), column="place"),
    ]


def _good(lots: pl.DataFrame) -> list[Finding]:
    when = pl.when(pl.col("flow") == "sent").then(pl.max_horizontal("arrives", "period")).otherwise("period")
    late = lots.filter(when > pl.col("last"), pl.col("quantity") > 0)
    return [
        accuse(
            "V31",
            late,
            file=FILE,
            tell=lambda row: f"{name_of(row, *PAIR, 'flow', 'period')}, good through {row['expires']}",
            column="period",
        )
    ]


def _within_totals(rows: PlanRows, lots: pl.DataFrame) -> list[Finding]:
    """Dated flows are part of the flows of the same place (or route), resource and period."""
    way = ["from", "to", "mode", "resource", "period", "arrives"]
    carried = rows.dispatches.group_by(way).agg(total=pl.col("quantity").sum())
    sent = (
        lots.filter(pl.col("flow") == "sent")
        .rename({"place": "from"})
        .group_by(way)
        .agg(pl.col("quantity").sum(), pl.col("_line").first(), flow=pl.lit("sent"))
        .join(carried, on=way, how="left")
        .rename({"from": "place"})
    )
    drawn = (
        lots.filter(pl.col("flow").is_in(["given", "used"]))
        .group_by(*PAIR, "period", "flow")
        .agg(pl.col("quantity").sum(), pl.col("_line").first())
        .join(rows.balances.select(*PAIR, "period", "given", "used"), on=[*PAIR, "period"], how="left")
        .with_columns(total=pl.when(pl.col("flow") == "given").then("given").otherwise("used"))
    )
    shared = [*PAIR, "period", "flow", "quantity", "total", "_line"]
    both = pl.concat([sent.select(shared), drawn.select(shared)]).with_columns(pl.col("total").fill_null(0.0))
    return [
        judge(
            "V32",
            both.with_columns(
                excess=pl.col("quantity") - pl.col("total"),
                throughput=pl.max_horizontal("quantity", "total"),
                unit=pl.lit("units"),
            ).with_columns(
                throughput=pl.max_horizontal("throughput", CRUMB * pl.col("throughput").max().over("resource"))
            ),
            file=FILE,
            tell=lambda row: (
                f"{name_of(row, *PAIR, 'flow', 'period')}: {amount(row, 'quantity')} dated of {amount(row, 'total')}"
            ),
            column="quantity",
        )
    ]


@dataclass(frozen=True)
class Lines:
    """Lots side by side, sorted by place, resource and date; L lots, N pairs of place and resource, T periods.

    The goods without a date of a pair stand last among its lots.

    Attributes:
        lots: ``place``, ``resource``, ``expires`` (null: no date) and ``unit`` (L rows).
        pair: Number of the pair (L).
        last: Last period in which the lot is good; T or more where that is after the horizon (L).
        keep: Fraction left after one period (L).
        stock: At the start (L).
        come: What comes in, in units (L × T).
        drawn: What is given and used (L × T).
        sent: What is sent (L × T).
        closing: What the balances keep (N × T).
        throughput: What goes through the pair's largest row (N).
    """

    lots: pl.DataFrame
    pair: NDArray[np.int64]
    last: NDArray[np.int64]
    keep: Array
    stock: Array
    come: Array
    drawn: Array
    sent: Array
    closing: Array
    throughput: Array


def _dated_flows(facts: Facts, dated: pl.DataFrame, lots: pl.DataFrame, sent: pl.DataFrame) -> pl.DataFrame:
    """Return dated flows in long form: ``place``, ``resource``, ``expires``, ``period``, ``flow``, ``quantity``."""
    way = ["from", "to", "mode", "resource", "period", "arrives"]
    loss = sent.group_by(way).agg(pl.col("quantity").sum(), pl.col("received").sum())
    arriving = (
        lots.filter(pl.col("flow") == "sent")
        .rename({"place": "from"})
        .join(loss, on=way, suffix="_all")
        .filter(pl.col("arrives") < facts.periods, pl.col("quantity_all") > 0)
        .select(
            pl.col("to").alias("place"),
            "resource",
            "expires",
            pl.col("arrives").alias("period"),
            flow=pl.lit("come"),
            quantity=pl.col("quantity") * pl.col("received") / pl.col("quantity_all"),
        )
    )
    stock = dated.select(*LOT, period=pl.lit(0, dtype=pl.Int64), flow=pl.lit("stock"), quantity="quantity")
    flow = pl.when(pl.col("flow") == "sent").then(pl.lit("sent")).otherwise(pl.lit("drawn")).alias("flow")
    known = lots.filter(pl.col("flow").is_in(FLOWS), pl.col("period") < facts.periods)
    return pl.concat([stock, arriving, known.select(*LOT, "period", flow, "quantity")])


def _side_by_side(facts: Facts, flows: pl.DataFrame, rows: PlanRows) -> Lines:
    pairs = flows.select(PAIR).unique().sort(PAIR).with_row_index("pair")
    every = pl.concat([flows.select(LOT).unique(), pairs.select(*PAIR, expires=pl.lit(None, dtype=pl.Date))])
    lots = (
        every.unique()
        .sort(*PAIR, "expires", nulls_last=True)
        .join(pairs, on=PAIR, maintain_order="left")
        .join(facts.resources, on="resource", maintain_order="left")
        .with_row_index("lot")
    )
    periods = facts.periods
    numbered = flows.join(lots, on=LOT, nulls_equal=True)

    def spread(flow: str) -> Array:
        found = numbered.filter(pl.col("flow") == flow)
        out = np.zeros((lots.height, periods))
        np.add.at(out, (found["lot"].to_numpy(), found["period"].to_numpy()), found["quantity"].to_numpy())
        return out

    balances = rows.balances.join(pairs, on=PAIR)
    at = (balances["pair"].to_numpy(), balances["period"].to_numpy())

    def of_pair(column: str) -> Array:
        out = np.zeros((pairs.height, periods))
        out[at] = balances[column].to_numpy()
        return out

    stock, come, drawn, sent = spread("stock")[:, 0], spread("come"), spread("drawn"), spread("sent")
    pair = lots["pair"].to_numpy().astype(np.int64)
    bare = np.flatnonzero(lots["expires"].is_null().to_numpy())
    first = np.bincount(pair, stock, pairs.height)
    stock[bare] = of_pair("opening")[:, 0] - first
    come[bare] = of_pair("arrived") + of_pair("received") + of_pair("made") - _summed(pair, come, pairs.height)
    drawn[bare] = of_pair("used") + of_pair("given") - _summed(pair, drawn, pairs.height)
    sent[bare] = of_pair("sent") - _summed(pair, sent, pairs.height)
    through = of_pair("opening") + of_pair("arrived") + of_pair("received") + of_pair("made")
    last = facts.period_of(lots["expires"].fill_null(facts.economy.horizon.end)).to_numpy()
    return Lines(
        lots=lots,
        pair=pair,
        last=last,
        keep=lots["keep"].to_numpy(),
        stock=stock,
        come=come,
        drawn=drawn,
        sent=sent,
        closing=of_pair("closing"),
        throughput=np.maximum(through.max(axis=1), first),
    )


def _summed(pair: NDArray[np.int64], values: Array, pairs: int) -> Array:
    out = np.zeros((pairs, values.shape[1]))
    np.add.at(out, pair, values)
    return out


def _still_needed(lines: Lines) -> Array:
    """Return what must be left of each lot at the end of each period for its later flows (L × T)."""
    periods = lines.come.shape[1]
    least = np.zeros_like(lines.come)
    keep = np.where(lines.keep > 0, lines.keep, 1.0)
    for t in range(periods - 1, 0, -1):
        due = least[:, t] + lines.drawn[:, t] + lines.sent[:, t] - lines.come[:, t]
        least[:, t - 1] = np.where(lines.keep > 0, np.maximum(due, 0.0) / keep, 0.0)
    return least


def _follow(facts: Facts, flows: pl.DataFrame, rows: PlanRows) -> list[Finding]:
    """Follow every lot through the periods; what must be thrown away is of the earliest to expire that can spare it.

    Which lot is thrown away is not written in a plan; this choice fits every plan that can be done.
    """
    lines = _side_by_side(facts, flows, rows)
    least = _still_needed(lines)
    periods, count = lines.come.shape[1], lines.closing.shape[0]
    left = np.zeros_like(lines.come)
    missing, excess = np.zeros_like(lines.closing), np.zeros_like(lines.closing)
    held = lines.stock
    for t in range(periods):
        left[:, t] = held + lines.come[:, t] - lines.drawn[:, t] - lines.sent[:, t]
        good = np.where(lines.last > t, np.maximum(left[:, t], 0.0), 0.0)
        surplus = np.bincount(lines.pair, good, count) - lines.closing[:, t]
        spare = np.maximum(good - least[:, t], 0.0)
        thrown = np.clip(surplus[lines.pair] - _earlier(lines.pair, spare), 0.0, spare)
        excess[:, t] = -surplus
        missing[:, t] = surplus - np.bincount(lines.pair, thrown, count)
        held = lines.keep * (good - thrown)
    dated = ~lines.lots["expires"].is_null().to_numpy()[:, None]
    return [
        _overdrawn("V30", _frame(lines, np.where(dated, -left, 0.0), of_lots=True)),
        _overdrawn("V33", _frame(lines, np.where(dated, 0.0, -left), of_lots=True)),
        _closing("V34", _frame(lines, excess, of_lots=False), "too much"),
        _closing("V36", _frame(lines, missing, of_lots=False), "too little"),
        _out_of_order(lines, left),
    ]


def _earlier(pair: NDArray[np.int64], values: Array) -> Array:
    """Return for each lot the sum of ``values`` over the lots of its pair that stand before it.

    By rank within the pair, so that a small pair is not rounded by the sum of all others.
    """
    first = np.searchsorted(pair, pair)
    rank = np.arange(len(pair)) - first
    out, running = np.zeros_like(values), np.zeros(int(pair[-1]) + 1 if len(pair) else 0)
    for position in range(int(rank.max(initial=-1)) + 1):
        lots = np.flatnonzero(rank == position)
        out[lots] = running[pair[lots]]
        running[pair[lots]] += values[lots]
    return out


def _frame(lines: Lines, values: Array, *, of_lots: bool) -> pl.DataFrame:
    """Return the positive cells of lots × periods (or pairs × periods) as rows with ``excess`` and ``throughput``."""
    which, period = np.nonzero(values > 0)
    pair = lines.pair[which] if of_lots else which
    lot = which if of_lots else np.searchsorted(lines.pair, which)
    return lines.lots.select(*LOT, "unit")[lot].with_columns(
        period=pl.Series(period, dtype=pl.Int64),
        excess=pl.Series(values[which, period], dtype=pl.Float64),
        throughput=pl.Series(lines.throughput[pair], dtype=pl.Float64),
    )


def _overdrawn(rule: str, rows: pl.DataFrame) -> Finding:
    return judge(
        rule,
        rows,
        file=FILE,
        tell=lambda row: f"{name_of(row, *PAIR, 'period')}: {amount(row, 'excess')} {_of(row)} more than there is",
    )


def _closing(rule: str, rows: pl.DataFrame, word: str) -> Finding:
    return judge(
        rule,
        rows,
        file="balances.csv",
        tell=lambda row: f"{name_of(row, *PAIR, 'period')}: {amount(row, 'excess')} {word}",
        column="closing",
    )


def _out_of_order(lines: Lines, left: Array) -> Finding:
    """A lot that is still good and not used up stands before one that is drawn."""
    skipped = np.zeros_like(left)
    for t in range(left.shape[1]):
        waiting = np.where(lines.last >= t, np.maximum(left[:, t], 0.0), 0.0)
        skipped[:, t] = np.minimum(_earlier(lines.pair, waiting), lines.drawn[:, t])
    rows = _frame(lines, skipped, of_lots=True)
    rows = rows.filter(pl.col("excess") > TOLERANCE * pl.col("throughput")).sort("excess", descending=True)
    return accuse(
        "V35",
        rows,
        file=FILE,
        tell=lambda row: (
            f"{name_of(row, *PAIR, 'period')}: {amount(row, 'excess')} {_of(row)} while earlier goods are left"
        ),
    )


def _of(row: Mapping[str, Any]) -> str:
    return f"good through {row['expires']}" if row["expires"] else "without a date"
