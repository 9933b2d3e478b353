"""Policies side by side: who falls below, where the worst-off stand, what is moved and what is left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import polars as pl

from muster.economy.amounts import masses
from muster.economy.economy import Economy
from muster.errors import Fault, PlanError
from muster.plan.options import Listener, PlanOptions, Progress
from muster.plan.plan import Plan
from muster.plan.policies import POLICIES, share_by
from muster.plan.program import build
from muster.plan.share import chosen
from muster.plan.values import MET

TABLE: Mapping[str, pl.DataType] = MappingProxyType(
    {
        "policy": pl.String(),
        "people": pl.Float64(),
        "people_below": pl.Float64(),
        "worst": pl.Float64(),
        "mean": pl.Float64(),
        "mean_norm": pl.Float64(),
        "reserves": pl.Float64(),
        "moved_t": pl.Float64(),
        "tonne_km": pl.Float64(),
        "kept_t": pl.Float64(),
        "seconds": pl.Float64(),
        "finished": pl.Boolean(),
    }
)
"""Columns of ``Comparison.table``."""

CURVE: Mapping[str, pl.DataType] = MappingProxyType(
    {"policy": pl.String(), "level": pl.Float64(), "people": pl.Float64(), "up_to": pl.Float64()}
)
"""Columns of ``Comparison.curve``."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """The same economy shared out by several policies.

    Attributes:
        economy: What was shared out.
        measure: What people are measured by: ``floor``, or ``norm`` where no claim has a floor.
        plans: By policy, in the order asked for.
        table: One row per policy: ``people`` (most with a claim in any period), ``people_below`` the measure (most
            distinct people in any one period), ``worst`` (least share of it that a claim has), ``mean`` (of all claims,
            weighted by people), ``mean_norm`` (the same of the norm), ``reserves`` (the least met, 1 where none are
            asked for), ``moved_t`` (tonnes sent, each leg counted), ``tonne_km`` (null where effort is no goal),
            ``kept_t`` (tonnes at the end, of
            what has a mass), ``seconds``, ``finished`` (not stopped early).
        curve: People sorted by what they have: ``level`` (share of the measure at their worst moment, of the need met
            least), ``people`` who have it, and people ``up_to`` it.
    """

    economy: Economy
    measure: str
    plans: Mapping[str, Plan] = field(repr=False)
    table: pl.DataFrame
    curve: pl.DataFrame = field(repr=False)


def compare(
    economy: Economy,
    *,
    policies: Iterable[str] = tuple(POLICIES),
    options: PlanOptions | None = None,
    progress: Listener | None = None,
) -> Comparison:
    """Share out an economy by several policies and put the plans side by side.

    Args:
        economy: Checked tables.
        policies: Names out of ``POLICIES``, each once.
        options: Choices for all of them; ``limit_seconds`` is for each policy by itself.
        progress: Told where planning stands.
    Returns:
        The plans, each of which can be done, and what is to be compared of them.
    Raises:
        PlanError: There is no such policy (rule P8), or a stage has no trusted answer.
    Example:
        >>> from muster.economy.read import read
        >>> found = compare(read("examples/two-villages"), policies=["leximin", "equal"])
        >>> found.table.select("policy", pl.col("worst").round(3)).rows()
        [('leximin', 0.917), ('equal', 0.917)]
    """
    asked = tuple(policies)
    wrong = [policy for policy in asked if policy not in POLICIES or asked.count(policy) > 1]
    if wrong or not asked:
        raise PlanError(_no_policy(", ".join(dict.fromkeys(wrong))))
    options = options or PlanOptions()
    economy = chosen(economy, options)
    listen = progress or _nobody
    listen(Progress("", 0, 0.0, 0.0, "reading the economy into rows and columns"))
    program = build(economy)
    plans = {policy: share_by(policy, economy, options=options, program=program, progress=listen) for policy in asked}
    measure = "floor" if any((plan.met["floor"] > 0).any() for plan in plans.values()) else "norm"
    limit = float("inf") if options.limit_seconds is None else options.limit_seconds
    rows = [(*_row(policy, plan, measure), plan.seconds, plan.seconds < limit) for policy, plan in plans.items()]
    curves = [_curve(policy, plan, measure) for policy, plan in plans.items()]
    empty = pl.DataFrame(schema=dict(CURVE))
    table = pl.DataFrame(rows, schema=dict(TABLE), orient="row")
    return Comparison(economy, measure, MappingProxyType(plans), table, pl.concat([empty, *curves]))


def _row(policy: str, plan: Plan, measure: str) -> tuple[str | float | None, ...]:
    about = plan.met.filter(pl.col(measure) > 0)
    met, people = about[f"met_{measure}"], float(about["people"].sum())
    sent = plan.dispatches.join(masses(plan.economy), on="resource", maintain_order="left")
    last = plan.economy.horizon.periods - 1
    kept = plan.balances.filter(pl.col("period") == last).join(masses(plan.economy), on="resource")
    ways = [goal["tonne_km"] for goal in plan.goals if goal["goal"] == "effort"]
    return (
        policy,
        _distinct(about),
        _distinct(about.filter(met < MET)),
        float(met.min()) if len(met) else 1.0,  # type: ignore[arg-type]
        float((met * about["people"]).sum()) / people if people else 1.0,
        _mean_norm(plan),
        min(plan.reserves["met"], default=1.0),
        float((sent["quantity"] * sent["mass_t"].fill_null(0.0)).sum()),
        float(ways[0]) if ways else None,
        float((kept["closing"] * kept["mass_t"].fill_null(0.0)).sum()),
    )


def _mean_norm(plan: Plan) -> float:
    people = float(plan.met["people"].sum())
    return float((plan.met["met_norm"] * plan.met["people"]).sum()) / people if people else 1.0


def _distinct(claims: pl.DataFrame) -> float:
    """Return the most distinct people behind some claims in any one period."""
    each = claims.unique(["place", "group", "period"]).group_by("period").agg(pl.col("people").sum())["people"]
    return float(each.max()) if len(each) else 0.0  # type: ignore[arg-type]


def _curve(policy: str, plan: Plan, measure: str) -> pl.DataFrame:
    people = (
        plan.met.filter(pl.col(measure) > 0)
        .group_by("place", "group")
        .agg(level=pl.col(f"met_{measure}").min(), people=pl.col("people").max())
        .sort("level", "place", "group")
        .with_columns(policy=pl.lit(policy), up_to=pl.col("people").cum_sum())
    )
    return people.select(pl.col(name).cast(dtype) for name, dtype in CURVE.items())


def _no_policy(policy: str) -> Fault:
    return Fault(
        what=f"there is no policy called {policy}, or it was named twice." if policy else "no policy was named.",
        where="compare, policies",
        seen=policy,
        do=f"name some of these, each once: {', '.join(POLICIES)}",
        rule="P8",
    )


def _nobody(progress: Progress) -> None:
    """Listen to nothing."""
