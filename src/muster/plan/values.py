"""What a plan reached, goal by goal, from its own tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from muster.plan.goals import Outcome, costs
from muster.plan.program import Program
from muster.plan.readout import Tables
from muster.plan.sets import Floats, Ints
from muster.plan.tables import PLAN_TABLES

MET = 1.0 - 1e-6
"""From here on a claim counts as met."""


def records(program: Program, outcome: Outcome, tables: Tables, x: Floats) -> tuple[Mapping[str, Any], ...]:
    """Return one record per goal, as ``muster plan --json`` shows them.

    Args:
        program: What was planned.
        outcome: What the goals reached.
        tables: The tables of the plan.
        x: Repaired columns in physical units (K).
    """
    climbs = iter(outcome.climbs)
    found: list[Mapping[str, Any]] = []
    for goal in program.sets.economy.goals:
        if goal == "effort":
            effort, tonne_km = costs(program)
            value, distance = float(effort @ x), float(tonne_km @ x)
            known = {"goal": goal, "value": value, "tonne_km": distance, "rounds": outcome.rounds, "gap": outcome.gap}
            found.append(known)
        else:
            climb = next(climbs)
            found.append(record(goal, tables, max_min=climb.max_min, rounds=climb.rounds, gap=climb.gap))
    return tuple(found)


def record(goal: str, tables: Tables, *, max_min: float, rounds: int, gap: float) -> Mapping[str, Any]:
    """Return the record of a fairness goal: what the search says of itself, and what the tables hold.

    Args:
        goal: ``floor``, ``reserve`` or ``norm``.
        tables: The tables of the plan.
        max_min, rounds, gap: Level that all reach together, linear programs solved, distance from best.
    """
    about = entitled(goal, tables)
    below = about.filter(pl.col("met") < MET)
    people = below.unique(["place", "group", "period"]).group_by("period").agg(pl.col("people").sum())["people"]
    weight = float(about["people"].sum())
    return {
        "goal": goal,
        "max_min": max_min,
        "least": about["met"].min() if len(about) else 1.0,
        "mean": float((about["met"] * about["people"]).sum()) / weight if weight else 1.0,
        "below": below.height,
        "people_below": 0 if goal == "reserve" or not len(people) else _whole(people.max()),
        "rounds": rounds,
        "gap": gap,
    }


def _whole(count: Any) -> int | float:
    """Return a count of people without a decimal point where it has no fraction."""
    return int(count) if float(count).is_integer() else float(count)


def entitled(goal: str, tables: Tables) -> pl.DataFrame:
    """Return whom a goal is about: place, group, need, period, people (1 for a reserve) and ``met``."""
    if goal == "reserve":
        return (
            tables["reserves"]
            .filter(pl.col("wanted") > 0)
            .select(
                "place",
                pl.lit(None, pl.String).alias("group"),
                pl.coalesce("need", "resource").alias("need"),
                pl.col("on").alias("period"),
                pl.lit(1.0).alias("people"),
                "met",
            )
        )
    about = tables["met"].filter(pl.col(goal) > 0)
    return about.select("place", "group", "need", "period", "people", pl.col(f"met_{goal}").alias("met"))


def levels(program: Program, outcome: Outcome) -> pl.DataFrame:
    """Return who got stuck at which level: one row for each claim or reserve of each fairness goal."""
    frames = [pl.DataFrame(schema=dict(PLAN_TABLES["levels"]))]
    for number, (service, climb) in enumerate(zip(outcome.ladder.services, outcome.climbs, strict=True)):
        level = climb.standing.level[outcome.ladder.rung(number)]
        frame = members(program, service.goal, service.members).with_columns(
            pl.lit(service.goal).alias("goal"),
            pl.Series("round", climb.round_of, dtype=pl.Int64),
            pl.Series("level", level, dtype=pl.Float64),
        )
        frames.append(frame.select(pl.col(name).cast(dtype) for name, dtype in PLAN_TABLES["levels"].items()))
    return pl.concat(frames)


def members(program: Program, goal: str, at: Ints) -> pl.DataFrame:
    """Return ``place``, ``group``, ``need``, ``period`` of claims or reserves by their position."""
    sets = program.sets
    if goal == "reserve":
        table = sets.economy.reserves[program.reserves.row[at]]
        return table.select(
            "place",
            pl.lit(None, pl.String).alias("group"),
            pl.coalesce("need", "resource").alias("need"),
            pl.Series("period", program.reserves.period[at], dtype=pl.Int64),
        )
    claims, _ = program.matrix.column_kind("delivered")
    claimant, need, period = (claims.keys[key][at] for key in ("claimant", "need", "period"))
    people = sets.claimants
    return pl.DataFrame(
        {
            "place": [sets.places[i] for i in people.place[claimant]],
            "group": [sets.groups[i] for i in people.group[claimant]],
            "need": [sets.needs[i] for i in need],
            "period": period.astype(np.int64),
        },
        schema={name: PLAN_TABLES["levels"][name] for name in ("place", "group", "need", "period")},
    )
