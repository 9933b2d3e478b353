"""The independent check of a plan: from the tables alone, without a solver and without the matrix it was made with."""

from __future__ import annotations

import math

import polars as pl

from muster.economy.economy import Economy
from muster.plan.plan import Plan
from muster.plan.proof.balance import check_balances, on_routes
from muster.plan.proof.facts import know
from muster.plan.proof.goals import check_goals, check_levels, check_reasons, entitled, values
from muster.plan.proof.limits import check_limits
from muster.plan.proof.lots import check_lots
from muster.plan.proof.packs import check_packs
from muster.plan.proof.rows import foreign_columns, read_rows
from muster.plan.proof.served import check_held, check_served, held, served
from muster.plan.proof.verdict import RULES, Finding, Rule, Verdict, Violation, accuse, conclude

__all__ = ["RULES", "Rule", "Verdict", "Violation", "verify"]


def verify(economy: Economy, plan: Plan) -> Verdict:
    """Check a plan against the tables of an economy: can it be done, and is what it says of itself so?

    Nothing of the planner is used: every flow, limit and level is worked out again. That no better plan exists is not
    proved here; the gap in the verdict is the planner's own word.

    Args:
        economy: Checked tables.
        plan: What was made from them; goals and slack are those the plan states.
    Returns:
        A verdict with every fault that was found, one per rule and table, worst row first.
    """
    findings = foreign_columns(plan)
    gap = max((float(record.get("gap", math.nan) or 0.0) for record in plan.goals), default=math.nan)
    if any(finding.fault for finding in findings):
        return conclude(findings, gap=gap, goals=())
    findings.append(_same_economy(economy, plan))
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
    return conclude(findings, gap=gap, goals=found)


def _same_economy(economy: Economy, plan: Plan) -> Finding:
    other = pl.DataFrame({"seen": [plan.economy.sha256]}).filter(pl.col("seen") != economy.sha256)
    return accuse("V1", other, file="plan.toml", tell=lambda row: f"{row['seen'][:12]}…, not {economy.sha256[:12]}…")
