"""What a plan says of its goals, worked out again: levels.csv and the values of each goal."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, TypeGuard

import polars as pl

from muster.plan.plan import Plan
from muster.plan.proof.facts import Facts
from muster.plan.proof.rows import PlanRows
from muster.plan.proof.verdict import TOLERANCE, Finding, accuse, amount, name_of, naming

MET = 1e-6
"""Tolerance of levels and of being met, as a share of the floor or norm: the solver's own."""

GAP = 2e-10
"""Two gaps are the same: what is stated is rounded up, and machines may add in another order."""

KEY = ("place", "group", "need", "period")


def entitled(goal: str, claimed: pl.DataFrame, kept: pl.DataFrame) -> pl.DataFrame:
    """Return who a goal is about: ``place``, ``group``, ``need`` (text), ``period``, ``people``, ``met``.

    Claims without a floor stay out of the floor, reserves that want nothing out of the reserve. A reserve has no group,
    its ``need`` is its need or resource, and it counts as one.
    """
    if goal == "reserve":
        return kept.filter(pl.col("wanted") > 0).select(
            "place",
            group=pl.lit("", claimed.schema["group"]),
            need=pl.when(pl.col("need") == "")
            .then(pl.col("resource").cast(pl.String))
            .otherwise(pl.col("need").cast(pl.String)),
            period="on",
            people=pl.lit(1.0),
            met="met",
        )
    about = claimed.filter(pl.col("floor") > 0) if goal == "floor" else claimed
    return about.select(
        "place",
        "group",
        pl.col("need").cast(pl.String),
        "period",
        "people",
        met=f"met_{goal}",
    )


def values(
    facts: Facts, plan: Plan, rows: PlanRows, sent: pl.DataFrame, about: Mapping[str, pl.DataFrame]
) -> list[dict[str, Any]]:
    """Return the value of each goal of the plan, computed from its tables.

    Args:
        facts: The economy.
        plan: Whose goals, in order.
        rows: The plan's rows.
        sent: Dispatches with ``distance_km`` and ``tonnes``.
        about: Who each goal is about, by goal.
    """
    found: list[dict[str, Any]] = []
    for goal in plan.economy.goals:
        if goal == "effort":
            weighed = rows.balances.join(facts.resources, on="resource")
            value = (weighed["effort"] * (weighed["used"] - weighed["made"])).sum()
            found.append({"goal": goal, "value": value, "tonne_km": (sent["tonnes"] * sent["distance_km"]).sum()})
            continue
        claims = about[goal]
        people = float(claims["people"].sum())
        short = claims.filter(pl.col("met") < 1 - MET)
        crowd = (
            short.unique(["place", "group", "period"]).group_by("period").agg(pl.col("people").sum())["people"].max()
        )
        found.append(
            {
                "goal": goal,
                "least": 1.0 if claims.is_empty() else claims["met"].min(),
                "mean": float((claims["met"] * claims["people"]).sum()) / people if people else 1.0,
                "below": short.height,
                "people_below": 0 if goal == "reserve" else crowd or 0,
            }
        )
    return found


def check_goals(plan: Plan, found: list[dict[str, Any]]) -> list[Finding]:
    """Return where the goals' stated values differ from those found, and what is missing or cannot be."""
    stated = [str(record.get("goal")) for record in plan.goals]
    if stated != [record["goal"] for record in found]:
        return [_wrong(f"goals {', '.join(stated) or '(none)'} instead of {', '.join(plan.economy.goals)}")]
    findings = []
    for said, is_so in zip(plan.goals, found, strict=True):
        for name, value in is_so.items():
            if name == "goal":
                continue
            word = said.get(name)
            slack = TOLERANCE * (1.0 if name in ("least", "mean") else max(abs(value), TOLERANCE))
            if not _number(word) or abs(word - value) > slack:
                findings.append(_wrong(f"{said['goal']}: {name} {word}, by the tables {value:.12g}"))
        findings += _of_the_search(said, is_so, plan.economy.slack, first=said["goal"] == stated[0])
    return findings


def check_gaps(plan: Plan, gaps: Mapping[str, float], *, exact: bool) -> list[Finding]:
    """Return the goals that say they are closer to best, or further from it, than is proved.

    What is proved in fractions (``exact``) may be less than what was stated with room for rounding.
    """
    wrong = []
    for record in plan.goals:
        said, proved = record.get("gap"), gaps.get(str(record.get("goal")))
        if proved is None or not _number(said):
            continue
        if abs(said - proved) > max(GAP, 1e-6 * proved) and not (exact and said > proved):
            wrong.append(f"{record['goal']}: gap {said:.3g}, {proved:.3g} is proved")
    frame = pl.DataFrame({"seen": wrong}, schema={"seen": pl.String})
    return [accuse("V62", frame, file="plan.toml", tell=lambda row: str(row["seen"]), column="goals")]


def _of_the_search(said: Mapping[str, Any], is_so: Mapping[str, Any], slack: float, *, first: bool) -> list[Finding]:
    """What the search says of itself cannot be found again without it, but some of it cannot be.

    Any plan shows that its least can be reached by all; for the first goal that bounds ``max_min`` from below.
    """
    findings = []
    goal, gap = said["goal"], said.get("gap")
    if not _number(gap) or gap < 0:
        findings.append(_wrong(f"{goal}: gap {gap}"))
    if goal == "effort":
        return findings
    if not isinstance(said.get("rounds"), int) or said["rounds"] < 0:
        findings.append(_wrong(f"{goal}: rounds {said.get('rounds')}"))
    best = said.get("max_min")
    if not _number(best) or not 0 <= best <= 1:
        findings.append(_wrong(f"{goal}: max_min {best}"))
    elif is_so["least"] < best * (1 - slack) - MET:
        findings.append(_wrong(f"{goal}: max_min {best}, but the least is {is_so['least']:.12g}"))
    elif first and _number(gap) and is_so["least"] > best + gap + MET:
        findings.append(_wrong(f"{goal}: max_min {best}, but this plan gives everybody {is_so['least']:.12g}"))
    return findings


def check_levels(plan: Plan, rows: PlanRows, about: Mapping[str, pl.DataFrame]) -> list[Finding]:
    """Return what is wrong in levels.csv: a row for each claim of each goal, nobody below it by more than the slack."""
    file, slack = "levels.csv", plan.economy.slack
    findings = [
        accuse(
            "V50",
            rows.levels.filter(~pl.col("goal").is_in(list(about))),
            file=file,
            tell=lambda row: f'no goal "{row["goal"]}" with levels',
            column="goal",
        )
    ]
    for goal, claims in about.items():
        levels = rows.levels.filter(pl.col("goal") == goal)
        lacking = claims.join(levels, on=KEY, how="anti")
        strays = levels.join(claims, on=KEY, how="anti")
        both = levels.join(claims, on=KEY)
        bound = pl.when(pl.col("level") >= 1 - MET).then("level").otherwise(pl.col("level") * (1 - slack))
        fell = both.filter((pl.col("met") < bound - MET) | (pl.col("level") > 1 + TOLERANCE)).sort(
            pl.col("met") - bound
        )
        findings += [
            accuse("V50", lacking, file=file, tell=naming(*KEY, before=f"{goal}: ", after=" has no level")),
            accuse(
                "V50",
                strays,
                file=file,
                tell=naming(*KEY, before=f"{goal}: ", after=" is not a claim of it"),
            ),
            accuse(
                "V51",
                fell,
                file=file,
                tell=lambda row: (
                    f"{row['goal']}: {name_of(row, *KEY)} stuck at {amount(row, 'level')} and has {amount(row, 'met')}"
                ),
                column="level",
            ),
        ]
        findings += _lowest(goal, levels, plan)
    return findings


def _lowest(goal: str, levels: pl.DataFrame, plan: Plan) -> list[Finding]:
    """Nobody is stuck below the level that all can reach together."""
    best = next((said.get("max_min") for said in plan.goals if said.get("goal") == goal), None)
    if not _number(best):
        return []
    below = levels.filter(pl.col("level") < best * (1 - plan.economy.slack) - MET)
    return [
        accuse(
            "V51",
            below,
            file="levels.csv",
            tell=lambda row: f"{goal}: {name_of(row, *KEY)} stuck at {amount(row, 'level')}, all can reach {best:.6g}",
            column="level",
        )
    ]


def check_reasons(rows: PlanRows, about: Mapping[str, pl.DataFrame]) -> list[Finding]:
    """Return the reasons that are given to nobody."""
    claims = [claims.select(KEY) for goal, claims in about.items() if goal != "reserve"]
    reasons = rows.why.with_columns(pl.col("need").cast(pl.String))
    stray = reasons.join(pl.concat(claims), on=KEY, how="anti") if claims else reasons
    return [accuse("V53", stray, file="why.csv", tell=naming(*KEY))]


def _number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and math.isfinite(value)


def _wrong(seen: str) -> Finding:
    return accuse(
        "V52", pl.DataFrame({"seen": [seen]}), file="plan.toml", tell=lambda row: str(row["seen"]), column="goals"
    )
