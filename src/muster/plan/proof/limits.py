"""The limits of a plan: routes, stores, plants, what is occupied, rations."""

from __future__ import annotations

import polars as pl

from muster.plan.proof.balance import KEY, drawn_by_modes, drawn_by_runs
from muster.plan.proof.facts import POOL, Facts, openings, people
from muster.plan.proof.rows import PlanRows
from muster.plan.proof.verdict import CRUMB, Finding, accuse, amount, judge, name_of, naming

WAY = ("from", "to", "mode", "period")


def check_limits(facts: Facts, rows: PlanRows, sent: pl.DataFrame) -> list[Finding]:
    """Return every limit that does not hold.

    Args:
        facts: The economy.
        rows: The plan.
        sent: Dispatches with ``distance_km`` and ``tonnes``.
    """
    return [
        *_routes(facts, sent),
        _stores(facts, rows),
        _plants(facts, rows),
        _occupied(facts, rows, sent),
        *_rations(facts, rows),
    ]


def _routes(facts: Facts, sent: pl.DataFrame) -> list[Finding]:
    group = [*WAY, "arrives", "loss", "distance_km"]
    room = (
        openings(facts)
        .group_by(group)
        .agg(limit=pl.when(pl.col("capacity_t").is_null().any()).then(None).otherwise(pl.col("capacity_t").sum()))
    )
    load = sent.group_by(group).agg(pl.col("tonnes").sum(), pl.col("_line").first())
    full = load.join(room, on=group).filter(pl.col("limit").is_not_null())
    labelled = facts.labels.rename({"class": "label"})
    carries = facts.table("carries")
    everything = carries.filter(pl.col("class").is_null())["mode"].unique()
    allowed = carries.filter(pl.col("class").is_not_null()).join(labelled, left_on="class", right_on="label")
    picky = pl.col("mode").is_in(carries["mode"].unique().implode()) & ~pl.col("mode").is_in(everything.implode())
    stays = facts.resources.filter(pl.col("pooled") | pl.col("mass_t").is_null())["resource"]
    wrong = pl.concat(
        [
            sent.filter(pl.col("resource").is_in(stays.implode())),
            sent.filter(picky).join(allowed, on=["mode", "resource"], how="anti"),
        ]
    ).filter(pl.col("quantity") > 0)
    return [
        _over("V20", full.with_columns(unit=pl.lit("t")), "tonnes", file="dispatches.csv", who=WAY),
        accuse(
            "V17",
            wrong.unique("_line", maintain_order=True),
            file="dispatches.csv",
            tell=naming(*WAY, "resource"),
            column="resource",
        ),
    ]


def _stores(facts: Facts, rows: PlanRows) -> Finding:
    held = rows.balances.join(facts.resources, on="resource").select(
        *KEY, "_line", tonnes=pl.col("closing") * pl.col("mass_t").fill_null(0.0)
    )
    stores = facts.table("stores").rename({"class": "label"})
    every = stores.filter(pl.col("label").is_null()).join(held, on="place")
    some = (
        stores.filter(pl.col("label").is_not_null())
        .join(facts.labels, left_on="label", right_on="class")
        .join(held, on=["place", "resource"])
    )
    full = (
        pl.concat([every.select(some.columns), some])
        .group_by("place", "label", "period")
        .agg(pl.col("tonnes").sum(), limit=pl.col("capacity_t").first(), _line=pl.col("_line").first())
    )
    return _over(
        "V21", full.with_columns(unit=pl.lit("t")), "tonnes", file="balances.csv", who=("place", "label", "period")
    )


def _plants(facts: Facts, rows: PlanRows) -> Finding:
    room = (
        facts.within(facts.table("plants"), since="from", until="until")
        .with_columns(most=pl.col("runs_per_day") * pl.col("days_open"))
        .group_by("place", "recipe", "period")
        .agg(limit=pl.when(pl.col("most").is_null().any()).then(float("inf")).otherwise(pl.col("most").sum()))
    )
    used = rows.runs.join(room, on=["place", "recipe", "period"], how="left").with_columns(
        pl.col("limit").fill_null(0.0), unit=pl.lit("runs")
    )
    return _over("V22", used, "runs", file="runs.csv", who=("place", "recipe", "period"))


def _occupied(facts: Facts, rows: PlanRows, sent: pl.DataFrame) -> Finding:
    taken = pl.concat([drawn_by_runs(facts, rows, "occupied"), drawn_by_modes(facts, sent, "occupied")])
    used = (
        taken.join(facts.resources, on="resource")
        .with_columns(place=pl.when("pooled").then(pl.lit(POOL, dtype=facts.names["place"])).otherwise("place"))
        .group_by(KEY)
        .agg(pl.col("quantity").sum(), pl.format("{} days", pl.col("unit").first()).alias("unit"))
        .join(rows.balances.select(*KEY, "closing", "_line"), on=KEY, how="left")
        .join(facts.calendar, on="period")
        .with_columns(limit=pl.col("closing").fill_null(0.0) * pl.col("days"))
    )
    return _over("V23", used, "quantity", file="balances.csv", who=KEY)


def _rations(facts: Facts, rows: PlanRows) -> list[Finding]:
    here = rows.given.join(people(facts), on=["place", "group", "period"], how="left")
    nobody = here.filter(pl.col("people").is_null(), pl.col("quantity") > 0)
    given = here.filter(pl.col("people").is_not_null()).join(facts.resources, on="resource")
    rations = facts.table("rations").with_row_index("ration").rename({"class": "label", "group": "whose"})
    single = rations.filter(pl.col("label").is_null()).join(given, on="resource")
    classed = (
        rations.filter(pl.col("label").is_not_null())
        .drop("resource")
        .join(facts.labels, left_on="label", right_on="class")
        .join(given, on="resource")
        .with_columns(quantity=pl.col("quantity") * pl.col("mass_t").fill_null(0.0), unit=pl.lit("t"))
    )
    taken = (
        pl.concat([single.select(classed.columns), classed])
        .filter((pl.col("whose") == "") | (pl.col("whose") == pl.col("group")))
        .group_by("ration", "place", "group", "period")
        .agg(
            pl.col("quantity").sum(),
            pl.col("unit").first(),
            pl.col("_line").first(),
            pl.col("resource").first(),
            limit=(pl.col("most") * pl.col("people") * pl.col("days")).first(),
        )
    )
    return [
        accuse(
            "V25",
            nobody,
            file="given.csv",
            tell=lambda row: (
                f"{name_of(row, 'place', 'group', 'period')}: {amount(row, 'quantity')} of {row['resource']}"
            ),
        ),
        _over("V24", taken, "quantity", file="given.csv", who=("place", "group", "resource", "period")),
    ]


def _over(rule: str, rows: pl.DataFrame, column: str, *, file: str, who: tuple[str, ...]) -> Finding:
    """Judge rows by how far ``column`` is above ``limit``; the throughput of such a row is the larger of the two."""
    finite = pl.when(pl.col("limit").is_finite()).then("limit").otherwise(0.0)
    measured = rows.with_columns(excess=pl.col(column) - pl.col("limit"), throughput=pl.max_horizontal(column, finite))
    return judge(
        rule,
        measured.with_columns(throughput=pl.max_horizontal("throughput", CRUMB * pl.col("throughput").max())),
        file=file,
        tell=lambda row: f"{name_of(row, *who)}: {amount(row, column)}, the limit is {amount(row, 'limit')}",
    )
