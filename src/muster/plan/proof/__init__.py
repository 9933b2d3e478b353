"""The independent check of a plan: from the tables alone, without a solver and without the matrix it was made with."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from muster.economy.economy import Economy
from muster.plan.plan import Plan
from muster.plan.proof.balance import check_balances, on_routes
from muster.plan.proof.best import prove_best
from muster.plan.proof.facts import know
from muster.plan.proof.goals import check_gaps, check_goals, check_levels, check_reasons, entitled, values
from muster.plan.proof.limits import check_limits
from muster.plan.proof.lots import check_lots
from muster.plan.proof.packs import check_packs
from muster.plan.proof.rows import foreign_columns, read_rows
from muster.plan.proof.served import check_held, check_served, held, served
from muster.plan.proof.verdict import RULES, Finding, Rule, Stage, Verdict, Violation, accuse, conclude

__all__ = ["RULES", "Rule", "Stage", "Verdict", "Violation", "gaps", "verify"]


def verify(economy: Economy, plan: Plan, *, exact: bool = False) -> Verdict:
    """Check a plan against the tables of an economy: can it be done, is what it says so, how far from best can it be?

    Nothing of the planner is used: every flow, limit and level is worked out again, and so is every column of the
    linear program that bounds each stage at the certificate's prices.

    Args:
        economy: Checked tables.
        plan: What was made from them; goals, step and slack are those the plan states.
        exact: Reckon the bounds in fractions instead of floats with error bounds; only where the plan is small.
    Returns:
        A verdict with every fault that was found, one per rule and table, worst row first, and the gap of every stage.
    """
    findings = foreign_columns(plan)
    if any(finding.fault for finding in findings):
        return conclude(findings)
    other = _same_economy(economy, plan)
    findings += [other, _as_written(plan)]
    facts = know(economy)
    rows = read_rows(facts, plan)
    sent, unsendable = on_routes(facts, rows)
    findings += [*rows.findings, *unsendable]
    findings += check_balances(facts, rows, sent)
    findings += check_limits(facts, rows, sent)
    findings += check_lots(facts, rows, sent)
    findings += check_packs(facts, plan, rows, sent)

    claimed, kept = served(facts, rows), held(facts, rows)
    findings += check_served(facts, rows, claimed)
    findings += check_held(rows, kept)
    about = {goal: entitled(goal, claimed, kept) for goal in plan.economy.goals if goal != "effort"}
    found = values(facts, plan, rows, sent, about)
    findings += check_goals(plan, found)
    findings += check_levels(plan, rows, about)
    findings += check_reasons(rows, about)

    proof = prove_best(facts, plan, rows, about=about, found=found, exact=exact)
    findings += proof.findings
    if other.fault is None:  # of another economy nothing was stated
        findings += check_gaps(plan, proof.gaps, exact=proof.exact)
    goals = [record | {"gap": proof.gaps[record["goal"]]} for record in found]
    return conclude(
        findings, gap=max(proof.gaps.values(), default=0.0), goals=goals, stages=proof.stages, exact=proof.exact
    )


def gaps(economy: Economy, plan: Plan) -> Mapping[str, float]:
    """Return how far from best each goal of a plan can be, as ``verify`` finds it: what a plan is to say of itself."""
    facts = know(economy)
    rows = read_rows(facts, plan)
    sent, _ = on_routes(facts, rows)
    claimed, kept = served(facts, rows), held(facts, rows)
    about = {goal: entitled(goal, claimed, kept) for goal in plan.economy.goals if goal != "effort"}
    found = values(facts, plan, rows, sent, about)
    return prove_best(facts, plan, rows, about=about, found=found).gaps


def _same_economy(economy: Economy, plan: Plan) -> Finding:
    other = pl.DataFrame({"seen": [plan.economy.sha256]}).filter(pl.col("seen") != economy.sha256)
    return accuse("V1", other, file="plan.toml", tell=lambda row: f"{row['seen'][:12]}…, not {economy.sha256[:12]}…")


def _as_written(plan: Plan) -> Finding:
    files = pl.DataFrame({"seen": list(plan.altered)}, schema={"seen": pl.String})
    return accuse("V70", files, file="plan.toml", tell=lambda row: str(row["seen"]), column="digests")
