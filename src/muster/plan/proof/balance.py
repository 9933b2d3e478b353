"""The material balances of a plan, worked out again from what is sent, run and given."""

from __future__ import annotations

import polars as pl

from muster.plan.proof.facts import POOL, Facts, arrivals, openings, starting
from muster.plan.proof.rows import PlanRows
from muster.plan.proof.verdict import CRUMB, TOLERANCE, Finding, accuse, amount, judge, name_of, naming

IN = ("opening", "arrived", "received", "made")
OUT = ("used", "sent", "given")
KEY = ("place", "resource", "period")
FILE = "balances.csv"


def on_routes(facts: Facts, rows: PlanRows) -> tuple[pl.DataFrame, list[Finding]]:
    """Return the dispatches with the opening each leaves on, and what is wrong with the others.

    Returns:
        The dispatches that a route can take, with ``loss``, ``distance_km`` and ``tonnes``; and findings.
    """
    known = openings(facts).unique(["from", "to", "mode", "period", "arrives", "loss", "distance_km"])
    way, file = ["from", "to", "mode", "period"], "dispatches.csv"
    shut = rows.dispatches.join(known, on=way, how="anti")
    late = rows.dispatches.join(known, on=way, how="semi").join(known, on=[*way, "arrives"], how="anti")
    sent = (
        rows.dispatches.join(known.drop("capacity_t", "opening"), on=[*way, "arrives"])
        .join(facts.resources.select("resource", "unit", "mass_t"), on="resource")
        .with_columns(due=pl.col("quantity") * (1.0 - pl.col("loss")))
        .with_columns(excess=(pl.col("received") - pl.col("due")).abs())
        .sort("excess", "distance_km")
        .unique("_line", keep="first", maintain_order=True)
        .with_columns(
            tonnes=pl.col("quantity") * pl.col("mass_t").fill_null(0.0),
            throughput=pl.max_horizontal("quantity", CRUMB * pl.col("quantity").max().over("resource")),
        )
    )

    findings = [
        accuse("V15", shut, file=file, tell=naming(*way, "resource"), column="period"),
        accuse("V16", late, file=file, tell=naming(*way, "resource", "arrives"), column="arrives"),
        judge(
            "V14",
            sent,
            file=file,
            tell=lambda row: (
                f"{name_of(row, *way, 'resource')}: {amount(row, 'received')} received instead of {amount(row, 'due')}"
            ),
            column="received",
        ),
    ]
    return sent.drop("due", "excess", "throughput"), findings


def flows(facts: Facts, rows: PlanRows, sent: pl.DataFrame) -> pl.DataFrame:
    """Return what comes and goes by the tables: ``place``, ``resource``, ``period``, and each of IN and OUT.

    Args:
        facts: The economy.
        rows: The plan; of its balances only ``closing`` is taken, as the next opening.
        sent: Dispatches with ``distance_km`` and ``tonnes``.
    """
    pieces = {
        "opening": [_opening(facts, rows)],
        "arrived": [arrivals(facts)],
        "received": [
            sent.select(pl.col("to").alias("place"), "resource", pl.col("arrives").alias("period"), quantity="received")
        ],
        "made": [_made(facts, rows)],
        "used": [_inputs(facts, rows), drawn_by_modes(facts, sent, "consumed")],
        "sent": [sent.select(pl.col("from").alias("place"), "resource", "period", "quantity")],
        "given": [rows.given.select(*KEY, "quantity")],
    }
    pooled = facts.resources.select("resource", "pooled")
    every = pl.concat(
        [
            piece.select("place", "resource", "period", "quantity", flow=pl.lit(flow))
            for flow, several in pieces.items()
            for piece in several
        ]
    )
    return (
        every.join(pooled, on="resource")
        .with_columns(place=pl.when("pooled").then(pl.lit(POOL, dtype=facts.names["place"])).otherwise("place"))
        .filter(pl.col("period").is_between(0, facts.periods - 1), pl.col("quantity") != 0)
        .group_by(KEY)
        .agg(pl.col("quantity").filter(pl.col("flow") == flow).sum().alias(flow) for flow in IN + OUT)
    )


def drawn_by_modes(facts: Facts, sent: pl.DataFrame, use: str) -> pl.DataFrame:
    """Return what travelling takes: sending ``place``, ``resource``, ``period``, ``quantity``; rows add up."""
    modes = facts.table("modes").filter(pl.col("use") == use).rename({"resource": "taken"})
    return sent.join(modes, on="mode").select(
        pl.col("from").alias("place"),
        pl.col("taken").alias("resource"),
        "period",
        quantity=pl.col("tonnes") * (pl.col("per_t_km") * pl.col("distance_km") + pl.col("per_t")),
    )


def drawn_by_runs(facts: Facts, rows: PlanRows, use: str) -> pl.DataFrame:
    """Return what runs take, or occupy: ``place``, ``resource``, ``period``, ``quantity``; rows add up."""
    recipes = facts.table("recipes").filter(pl.col("use") == use).rename({"quantity": "per_run"})
    return rows.runs.join(recipes, on="recipe").select(*KEY, quantity=pl.col("runs") * pl.col("per_run"))


def check_balances(facts: Facts, rows: PlanRows, sent: pl.DataFrame) -> list[Finding]:
    """Return what is wrong with the balances: sums, flows, rows left out, what is lost."""
    expected = flows(facts, rows, sent)
    both = (
        expected.rename({flow: f"{flow}:" for flow in IN + OUT})
        .join(rows.balances, on=KEY, how="full", coalesce=True)
        .join(facts.resources, on="resource")
        .with_columns(pl.col(f"{flow}:").fill_null(0.0) for flow in IN + OUT)
        .with_columns(
            throughput=pl.max_horizontal(
                pl.sum_horizontal(IN),
                pl.sum_horizontal(*OUT, "lost", "closing"),
                pl.sum_horizontal(f"{flow}:" for flow in IN),
            )
        )
        .with_columns(
            throughput=pl.max_horizontal("throughput", CRUMB * pl.col("throughput").max().over("resource")),
        )
    )
    missing = both.filter(pl.col("_line").is_null()).with_columns(
        moved=pl.max_horizontal(f"{flow}:" for flow in IN + OUT),
    )
    missing = missing.filter(pl.col("moved") > TOLERANCE * pl.col("throughput"))
    astray = rows.balances.join(facts.resources, on="resource").filter((pl.col("place") == POOL) != pl.col("pooled"))
    findings = [
        accuse("V12", missing, file=FILE, tell=lambda row: f"{name_of(row, *KEY)}: {amount(row, 'moved')}"),
        accuse("V4", astray, file=FILE, tell=naming(*KEY), column="place"),
    ]
    present = both.filter(pl.col("_line").is_not_null())
    findings += [_flow_as_stated(present, flow) for flow in IN + OUT]
    findings += [_adds_up(present), _enough_lost(present)]
    return findings


def _flow_as_stated(present: pl.DataFrame, flow: str) -> Finding:
    return judge(
        "V11",
        present.with_columns(excess=(pl.col(flow) - pl.col(f"{flow}:")).abs()),
        file=FILE,
        tell=lambda row: f"{name_of(row, *KEY)}: {flow} {amount(row, flow)}, by the tables {amount(row, flow + ':')}",
        column=flow,
    )


def _adds_up(present: pl.DataFrame) -> Finding:
    gap = pl.sum_horizontal(IN) - pl.sum_horizontal(*OUT, "lost", "closing")
    return judge(
        "V10",
        present.with_columns(gap=gap, excess=gap.abs()),
        file=FILE,
        tell=lambda row: (
            f"{name_of(row, *KEY)}: {amount(row, 'excess')} "
            f"{'come in and go nowhere' if row['gap'] > 0 else 'go out and come from nowhere'}"
        ),
    )


def _enough_lost(present: pl.DataFrame) -> Finding:
    due = pl.when(pl.col("period") > 0).then((1.0 - pl.col("keep")) * pl.col("opening")).otherwise(0.0)
    return judge(
        "V13",
        present.with_columns(due=due).with_columns(excess=pl.col("due") - pl.col("lost")),
        file=FILE,
        tell=lambda row: f"{name_of(row, *KEY)}: {amount(row, 'lost')} lost, at least {amount(row, 'due')} do not keep",
        column="lost",
    )


def _opening(facts: Facts, rows: PlanRows) -> pl.DataFrame:
    first = starting(facts).select("place", "resource", "quantity", period=pl.lit(0, dtype=pl.Int64))
    later = rows.balances.select("place", "resource", quantity="closing", period=pl.col("period") + 1)
    return pl.concat([first.select(later.columns), later])


def _made(facts: Facts, rows: PlanRows) -> pl.DataFrame:
    outputs = facts.table("recipes").filter(pl.col("use") == "output").rename({"quantity": "per_run"})
    each = outputs.join(facts.calendar, how="cross")
    day = each.select(day=pl.col("after") + pl.duration(days=pl.col("after_days").fill_null(0) - 1))["day"]
    each = each.with_columns(
        lands=pl.when(pl.col("after_periods").is_not_null())
        .then(pl.col("period") + pl.col("after_periods"))
        .otherwise(facts.period_of(day))
    )
    return rows.runs.join(each, on=["recipe", "period"]).select(
        "place", "resource", pl.col("lands").alias("period"), quantity=pl.col("runs") * pl.col("per_run")
    )


def _inputs(facts: Facts, rows: PlanRows) -> pl.DataFrame:
    return drawn_by_runs(facts, rows, "input")
