"""Whole packs and trips: what ``packs.csv`` says, against the dispatches."""

from __future__ import annotations

import polars as pl

from muster.plan.plan import Plan
from muster.plan.proof.facts import Facts
from muster.plan.proof.rows import PlanRows
from muster.plan.proof.verdict import TOLERANCE, Finding, accuse, amount, name_of, naming
from muster.plan.tables import PACKS

FILE = "packs.csv"
WAY = ["from", "to", "mode", "period", "arrives"]
CRUMB = 1e-6
"""Part of a trip that is no trip more."""


def check_packs(facts: Facts, plan: Plan, rows: PlanRows, sent: pl.DataFrame) -> list[Finding]:
    """Return what is wrong in packs.csv: one row a dispatch with its quantity, packs that make it up, trips that do.

    Args:
        facts: The economy.
        plan: Whose packs; nothing is checked where none were asked for.
        rows: The plan's rows.
        sent: Dispatches with ``tonnes``.
    """
    if plan.packs is None:
        return []
    if dict(plan.packs.schema) != dict(PACKS):
        seen = pl.DataFrame({"seen": [", ".join(plan.packs.columns)]})
        return [accuse("V2", seen, file=FILE, tell=lambda row: str(row["seen"]))]
    stated = plan.packs.with_row_index("_line", offset=2).with_columns(pl.col("_line").cast(pl.Int64))
    return [
        *_of_dispatches(facts, stated.filter(pl.col("resource").is_not_null()), rows),
        *_of_ways(facts, stated.filter(pl.col("resource").is_null()), sent),
    ]


def _of_dispatches(facts: Facts, stated: pl.DataFrame, rows: PlanRows) -> list[Finding]:
    size = facts.economy.resources.select("resource", size="pack")
    key = [*WAY, "resource"]
    known = _text(rows.dispatches).select(*key, sent="quantity").join(size, on="resource", how="left")
    both = stated.join(known, on=key, how="full", coalesce=True)
    strays = both.filter(pl.col("sent").is_null() | pl.col("_line").is_null() | pl.struct(key).is_duplicated())
    both = both.drop_nulls(["sent", "_line"])
    off = (pl.col("quantity") - pl.col("sent")).abs() > TOLERANCE * pl.col("sent")
    other = (pl.col("pack").is_null() != pl.col("size").is_null()) | ((pl.col("pack") - pl.col("size")).abs() > 0)
    made_of = pl.col("packs") * pl.col("pack")
    broken = (made_of - pl.col("sent")).abs() > TOLERANCE * pl.max_horizontal("sent", "pack")
    unsaid = pl.col("packs").is_null() & pl.col("pack").is_not_null() & pl.col("note").is_null()
    said = pl.col("note").is_not_null() & (pl.col("packs").is_not_null() | pl.col("pack").is_null())
    packless = pl.col("packs").is_not_null() & pl.col("pack").is_null()
    wrong = both.filter(
        (
            off
            | pl.col("quantity").is_null()
            | other.fill_null(False)
            | broken.fill_null(False)
            | unsaid
            | said
            | packless
        )
        | pl.col("trips").is_not_null()
    )
    return [
        accuse("V54", strays, file=FILE, tell=naming(*key)),
        accuse(
            "V54",
            wrong,
            file=FILE,
            tell=lambda row: (
                f"{name_of(row, *key)}: {row['packs']} packs of {row['pack']}, by the tables {amount(row, 'sent')}"
            ),
        ),
    ]


def _of_ways(facts: Facts, stated: pl.DataFrame, sent: pl.DataFrame) -> list[Finding]:
    size = facts.economy.modes.drop_nulls("vehicle_t").group_by("mode").agg(pl.col("vehicle_t").first())
    load = _text(sent).group_by(WAY).agg(pl.col("tonnes").sum()).join(size, on="mode")
    both = stated.join(load.with_columns(way=True), on=WAY, how="full", coalesce=True)
    trips = (pl.col("tonnes") / pl.col("vehicle_t") - CRUMB).ceil()
    wrong = both.filter(
        pl.col("way").is_null()
        | pl.col("_line").is_null()
        | pl.struct(WAY).is_duplicated()
        | ((pl.col("trips") - trips).abs() > 0).fill_null(False)
        | (pl.col("trips").is_null() != trips.is_null())
        | pl.any_horizontal(pl.col("quantity", "pack", "packs", "note").is_not_null())
    )
    return [
        accuse(
            "V55",
            wrong,
            file=FILE,
            tell=lambda row: f"{name_of(row, *WAY)}: {row['trips']} trips for {row['tonnes'] or 0.0:.6g} t",
            column="trips",
        )
    ]


def _text(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame with its names as plain text, to be joined with what stands in a file."""
    return frame.with_columns(pl.col(name).cast(pl.String) for name in ("from", "to", "mode", "resource"))
