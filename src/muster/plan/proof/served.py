"""What people get and what is held back, worked out again: met.csv and reserves.csv."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from muster.plan.proof.facts import Facts, claims
from muster.plan.proof.rows import PlanRows
from muster.plan.proof.verdict import TOLERANCE, Finding, accuse, amount, name_of, naming

CLAIM = ("place", "group", "need", "period")
RESERVE = ("place", "need", "resource", "on")


def served(facts: Facts, rows: PlanRows) -> pl.DataFrame:
    """Return every claim of the economy with what the plan gives it.

    Returns:
        The columns of met.csv.
    """
    given = (
        rows.given.join(facts.table("contents"), on="resource")
        .group_by(CLAIM)
        .agg(total=(pl.col("quantity") * pl.col("amount")).sum())
    )
    has = pl.col("covered") + pl.col("delivered")
    return (
        claims(facts)
        .join(given, on=CLAIM, how="left")
        .with_columns(delivered=pl.col("total").fill_null(0.0) / (pl.col("people") * pl.col("days")))
        .with_columns(
            met_floor=pl.when(pl.col("floor") > 0).then(pl.min_horizontal(1.0, has / pl.col("floor"))).otherwise(1.0),
            met_norm=pl.min_horizontal(1.0, has / pl.col("norm")),
        )
        .drop("total", "days")
    )


def held(facts: Facts, rows: PlanRows) -> pl.DataFrame:
    """Return every reserve of the economy with what the plan holds for it; rows for the same thing add up.

    Returns:
        The columns of reserves.csv and ``unit``; an empty ``place`` is all places together.
    """
    table = facts.table("reserves")
    table = table.with_row_index("number").with_columns(
        on=facts.period_of(table["on"].fill_null(facts.economy.horizon.end)).clip(0, facts.periods - 1)
    )
    norms = claims(facts).group_by("place", "need", "period").agg(daily=(pl.col("people") * pl.col("norm")).sum())
    daily = (
        table.join(norms, left_on=["need", "on"], right_on=["need", "period"], suffix="_of")
        .filter((pl.col("place") == "") | (pl.col("place") == pl.col("place_of")))
        .group_by("number")
        .agg(pl.col("daily").sum())
    )
    asked = (
        table.join(daily, on="number", how="left")
        .with_columns(wanted=pl.coalesce("quantity", pl.col("days") * pl.col("daily").fill_null(0.0)))
        .group_by(RESERVE)
        .agg(pl.col("wanted").sum())
    )
    worth = pl.concat(
        [
            facts.resources.select(
                "resource", "keep", of="resource", need=pl.lit("", facts.names["need"]), amount=pl.lit(1.0)
            ),
            facts.table("contents")
            .join(facts.resources, on="resource")
            .select("resource", "keep", of=pl.lit("", facts.names["resource"]), need="need", amount="amount"),
        ]
    ).filter(pl.col("keep") > 0)
    stock = (
        rows.balances.join(worth, on="resource")
        .group_by("place", "need", "of", "period")
        .agg(held=(pl.col("closing") * pl.col("amount")).sum())
    )
    found = (
        asked.join(stock, left_on=["need", "resource", "on"], right_on=["need", "of", "period"], suffix="_of")
        .filter((pl.col("place") == "") | (pl.col("place") == pl.col("place_of")))
        .group_by(RESERVE)
        .agg(pl.col("held").sum())
    )
    unit = pl.concat(
        [
            facts.table("needs").select("unit", need="need", resource=pl.lit("", facts.names["resource"])),
            facts.resources.select("unit", need=pl.lit("", facts.names["need"]), resource="resource"),
        ]
    )
    ratio = pl.min_horizontal(1.0, pl.col("held") / pl.col("wanted"))
    return (
        asked.join(found, on=RESERVE, how="left")
        .with_columns(pl.col("held").fill_null(0.0))
        .with_columns(met=pl.when(pl.col("wanted") > 0).then(ratio).otherwise(1.0))
        .join(unit, on=["need", "resource"], how="left")
    )


def check_served(facts: Facts, rows: PlanRows, claimed: pl.DataFrame) -> list[Finding]:
    """Return what is wrong in met.csv; ``claimed`` is what ``served`` returns."""
    file = "met.csv"
    both = claimed.join(rows.met, on=CLAIM, how="full", coalesce=True, suffix=":")
    strays = both.filter(pl.col("people").is_null())
    lacking = both.filter(pl.col("_line").is_null())
    both = both.drop_nulls(["people", "_line"]).join(facts.table("needs").select("need", "unit"), on="need")
    findings = [
        accuse("V40", strays, file=file, tell=naming(*CLAIM, after=" is not a claim")),
        accuse("V40", lacking, file=file, tell=naming(*CLAIM, after=" has no row")),
        accuse(
            "V41",
            both.filter(pl.col("start") != pl.col("start:")),
            file=file,
            tell=lambda row: f"{name_of(row, *CLAIM)} starts {row['start:']}, not {row['start']}",
            column="start",
        ),
    ]
    stated = ("people", "floor", "norm", "covered")
    findings += [_differs("V41", both, column, file=file, who=CLAIM) for column in stated]
    findings.append(_differs("V42", both, "delivered", file=file, who=CLAIM, scale="norm"))
    findings += [_differs("V43", both, column, file=file, who=CLAIM) for column in ("met_floor", "met_norm")]
    return findings


def check_held(rows: PlanRows, kept: pl.DataFrame) -> list[Finding]:
    """Return what is wrong in reserves.csv; ``kept`` is what ``held`` returns."""
    file = "reserves.csv"
    both = kept.join(rows.reserves, on=RESERVE, how="full", coalesce=True, suffix=":")
    strays = both.filter(pl.col("wanted").is_null())
    lacking = both.filter(pl.col("_line").is_null())
    both = both.drop_nulls(["wanted", "_line"])
    return [
        accuse("V44", strays, file=file, tell=lambda row: f"{_reserve(row)} is not a reserve"),
        accuse("V44", lacking, file=file, tell=lambda row: f"{_reserve(row)} has no row"),
        _differs("V45", both, "wanted", file=file, who=RESERVE),
        _differs("V46", both, "held", file=file, who=RESERVE, scale="wanted"),
        _differs("V46", both, "met", file=file, who=RESERVE),
    ]


def _differs(
    rule: str, both: pl.DataFrame, column: str, *, file: str, who: tuple[str, ...], scale: str | None = None
) -> Finding:
    """Accuse rows whose ``column`` differs from what the tables give by more than rounding."""
    size = pl.max_horizontal(pl.col(column).abs(), pl.col(scale) if scale else pl.lit(0.0))
    ratio = column.startswith("met")
    gap = (pl.col(column) - pl.col(f"{column}:")).abs()
    bare = both.drop("unit") if ratio or column == "people" else both
    wrong = bare.filter(gap > TOLERANCE * (1.0 if ratio else size)).sort(gap, descending=True)
    return accuse(
        rule,
        wrong,
        file=file,
        tell=lambda row: (
            f"{name_of(row, *who)}: {column} {amount(row, f'{column}:')}, by the tables {amount(row, column)}"
        ),
        column=column,
    )


def _reserve(row: Mapping[str, Any]) -> str:
    return name_of({**row, "place": row["place"] or "all places"}, *RESERVE)
