"""How far from best a plan can be: every stage of its certificate, proved; and what its stages say that is not so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from muster.plan.plan import Plan
from muster.plan.proof.certificate import Certificate, Entry, read_certificate
from muster.plan.proof.facts import Facts
from muster.plan.proof.goals import MET
from muster.plan.proof.ground import Ground
from muster.plan.proof.rows import PlanRows
from muster.plan.proof.stages import Case, lifted_in, prove, reached, standings, unproved
from muster.plan.proof.survey import ground_of
from muster.plan.proof.verdict import Finding, Stage, accuse

CLOSE = MET
"""Two levels are the same: a solver's tolerance."""

SAME = 1e-9
"""Two figures that were worked out in the same way are the same."""

MOST_EXACT = 3_000_000
"""Columns times stages above which nothing is reckoned in fractions: some minutes."""


@dataclass(frozen=True)
class Proof:
    """What is proved of a plan.

    Attributes:
        stages: Every stage in order.
        gaps: By goal, how far from best it can be, 0 to 1.
        findings: What the certificate says that is not so, or cannot be understood.
        exact: Whether it was reckoned in fractions.
    """

    stages: tuple[Stage, ...]
    gaps: Mapping[str, float]
    findings: tuple[Finding, ...]
    exact: bool


def prove_best(
    facts: Facts,
    plan: Plan,
    rows: PlanRows,
    *,
    about: Mapping[str, pl.DataFrame],
    found: Sequence[Mapping[str, Any]],
    exact: bool = False,
) -> Proof:
    """Return how far from best each stage of a plan can be, from the tables and the certificate's prices.

    Args:
        facts: The economy.
        plan: Whose certificate, step and slack.
        rows: Its sound rows.
        about: Who each goal is about and what the plan gives them (``entitled``).
        found: The goals' values as found again (``values``).
        exact: Reckon in fractions, where that is not too much.
    """
    ground = ground_of(facts)
    goals = plan.economy.goals
    certificate, findings = read_certificate(ground, goals, plan.proof)
    spent: Mapping[str, Any] = next((record for record in found if record["goal"] == "effort"), {})
    case = Case(
        ground,
        standings(facts, ground, plan, rows.levels, before=certificate, met=about),
        slack=plan.economy.slack,
        effort=float(spent.get("value", 0.0)),
        tonne_km=float(spent.get("tonne_km", 0.0)),
        scale=_scale(ground),
        exact=exact and size_of(ground) * len(certificate.entries) <= MOST_EXACT,
    )
    findings += _as_stated(plan, case, certificate)
    stages = tuple(prove(case, entry) for entry in certificate.entries)
    gaps = {}
    for goal in goals:
        entries = [entry for entry in certificate.entries if entry.goal == goal]
        told = [stage for stage in stages if stage.goal == goal]
        if goal == "effort":
            told = [stage for stage in told if stage.kind == "effort"] or told
        gaps[goal] = max([unproved(case, goal, entries), *(stage.gap for stage in told)])
    return Proof(stages, gaps, tuple(findings), case.exact)


def size_of(ground: Ground) -> int:
    """Return about how many columns the linear program of an economy has."""
    periods, claimants, resources = ground.periods, len(ground.served.place), len(ground.keep)
    return periods * (int(ground.ways.carries.sum()) + 2 * int(ground.there.sum()) + claimants * resources)


def _scale(ground: Ground) -> tuple[float, float]:
    """Return the weighted use of all there is, and the tonne-kilometres of moving it along the usual way."""
    resources = len(ground.keep)
    total = np.where(np.isfinite(ground.total[:resources]), ground.total[:resources], 0.0)
    km = ground.ways.km
    usual = float(np.median(km[km > 0])) if (km > 0).any() else 0.0
    return float(ground.effort @ total), float(ground.mass @ total) * usual


def _as_stated(plan: Plan, case: Case, certificate: Certificate) -> list[Finding]:
    """Return where stages contradict levels.csv, the plan's options or one another."""
    seen: list[str] = []
    for record in plan.goals:
        goal = record.get("goal")
        mine = [entry for entry in certificate.entries if entry.goal == goal]
        if goal == "effort" or not mine:
            continue
        if record.get("rounds") != len(mine):
            seen.append(f"{goal}: {record.get('rounds')} rounds stated, {len(mine)} in the proof")
        top = record.get("max_min")
        for entry in mine:
            if not _same(entry.slack, plan.economy.slack):
                seen.append(f"{entry.name}: a slack of {entry.slack:g}, plan.toml says {plan.economy.slack:g}")
            seen += _stage_as_stated(plan, case, entry, top)
            top = entry.high
        if goal in certificate.before:
            standing = case.standing(str(goal))
            if (standing.then > standing.level + CLOSE).any():
                seen.append(f"{goal}: somebody had more before the last pass than after it")
    frame = pl.DataFrame({"seen": seen}, schema={"seen": pl.String})
    return [accuse("V61", frame, file="proof.npz", tell=lambda row: str(row["seen"]))]


def _stage_as_stated(plan: Plan, case: Case, entry: Entry, before: Any) -> list[str]:
    seen, slack, name = [], plan.economy.slack, f"{entry.goal}, round {entry.round}"
    standing, lifted = case.standing(entry.goal), lifted_in(case, entry)
    if entry.value > reached(case, entry) + CLOSE:
        seen.append(f"{name}: {entry.value:.9g} reached, by the levels {reached(case, entry):.9g}")
    if entry.kind == "common" and not _same(entry.high, before):
        seen.append(f"{name}: all at {entry.high:.9g}, plan.toml says {before}")
    if entry.kind == "band":
        width = entry.high - entry.low
        whole = _same(width, plan.economy.step) or (_same(entry.high, 1.0) and width < plan.economy.step + CLOSE)
        if not _same(entry.low, before) or not whole:
            seen.append(f"{name}: a band from {entry.low:.9g} to {entry.high:.9g}, the step is {plan.economy.step:g}")
        stuck, then = lifted & (standing.when == entry.round), standing.then
        high = np.where(stuck, -np.inf, entry.high)
        if (
            lifted & ((then < entry.low - CLOSE) | (then < high - CLOSE) | (stuck & (then > entry.high + CLOSE)))
        ).any():
            seen.append(f"{name}: somebody's level lies outside the band")
    for goal, (at, have) in entry.have.items():
        of = case.standing(goal)
        least = of.met.ravel()[at] + slack * np.nan_to_num(of.level.ravel()[at]) + 2 * CLOSE
        if (have > least).any():
            seen.append(f"{name}: somebody is said to have kept more than the plan gives ({goal})")
    return seen


def _same(one: float, two: Any) -> bool:
    return isinstance(two, int | float) and abs(one - two) <= SAME
