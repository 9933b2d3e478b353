"""What a plan says, in a few numbers: who falls below the floor, where and when."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from muster.plan.plan import Plan
from muster.report.facts import claims, people_below
from muster.report.names import Names
from muster.report.words import MET

ALIKE = 0.005
"""Claims whose levels differ by less count as met alike: the earliest is named, and more people go first."""


@dataclass(frozen=True)
class Below:
    """The people who do not get all of their floor (or norm).

    Attributes:
        people: Most distinct people below in any one period.
        period: Name of that period; blank if nobody is below.
        first: Name of the first period in which somebody is below; blank if nobody is.
        places: One row per place, worst first, names instead of ids: ``place``; ``people``, most distinct people below
            in any one period; ``met``, the least of its claims (0 to 1); ``when``, the first period in which a claim
            is met as little, and ``needs``, of what; ``first``, the first period in which somebody is below.
        why: What holds the first place where it is, in sentences, weightiest first.
    """

    people: float
    period: str
    first: str
    places: pl.DataFrame
    why: tuple[str, ...]


def below(plan: Plan, *, measure: str) -> Below:
    """Return who is below the ``floor`` or the ``norm``; ``measure`` names which."""
    names = Names(plan.economy)
    met = pl.col(f"met_{measure}")
    short = claims(plan).filter(met < MET).with_columns(met=met)
    each = short.unique(["place", "group", "period"]).group_by("place", "period").agg(pl.col("people").sum())
    most = each.group_by("place").agg(pl.col("people").max())
    least = short.group_by("place").agg(pl.col("met").min(), first=pl.col("period").min())
    alike = short.join(least, on="place", suffix="_least", validate="m:1").filter(
        pl.col("met") < pl.col("met_least") + ALIKE
    )
    worst = (
        alike.filter(pl.col("period") == pl.col("period").min().over("place"))
        .group_by("place")
        .agg(pl.col("met_least", "first", "period").first(), needs=pl.col("need").unique())
        .join(most, on="place", validate="1:1")
        .sort((pl.col("met_least") / ALIKE).round(), -pl.col("people"), "place")
    )
    places = worst.select(
        pl.col("place").replace_strict(names.place, return_dtype=pl.String),
        "people",
        met="met_least",
        needs=pl.Series([[names.need[need] for need in names.need if need in known] for known in worst["needs"]]),
        when=pl.col("period").replace_strict(names.period, return_dtype=pl.String),
        first=pl.col("first").replace_strict(names.period, return_dtype=pl.String),
    )
    if short.is_empty():
        return Below(0.0, "", "", places, ())
    peak = people_below(plan, measure=measure).sort("below", "period", descending=[True, False]).row(0, named=True)
    return Below(peak["below"], names.when(peak["period"]), names.when(min(short["period"])), places, _why(plan, worst))


def _why(plan: Plan, worst: pl.DataFrame) -> tuple[str, ...]:
    """Return the sentences about the claims named of the first of some places, weightiest first."""
    claims_named = worst.head(1).select("place", "period", need="needs").explode("need")
    about = plan.reasons.join(claims_named, on=claims_named.columns).sort("rank", -pl.col("worth"), "sentence")
    return tuple(about["sentence"].unique(maintain_order=True))
