"""What a plan says, in a few numbers: who falls below the floor, where and when."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from muster.plan.plan import Plan
from muster.report.facts import claims, people_below
from muster.report.names import Names
from muster.report.words import MET


@dataclass(frozen=True)
class Below:
    """The people who do not get all of their floor (or norm).

    Attributes:
        people: Most distinct people below in any one period.
        period: Name of that period; blank if nobody is below.
        first: Name of the first period in which somebody is below; blank if nobody is.
        places: One row per place, worst first, names instead of ids: ``place``; ``people``, most distinct people below
            in any one period; ``met`` (0 to 1), ``need`` and ``when`` of the claim that is met least; ``first``, the
            first period in which somebody is below.
    """

    people: float
    period: str
    first: str
    places: pl.DataFrame


def below(plan: Plan, *, measure: str) -> Below:
    """Return who is below the ``floor`` or the ``norm``; ``measure`` names which."""
    names = Names(plan.economy)
    met = pl.col(f"met_{measure}")
    short = claims(plan).filter(met < MET).with_columns(met=met)
    each = short.unique(["place", "group", "period"]).group_by("place", "period").agg(pl.col("people").sum())
    most = each.group_by("place").agg(pl.col("people").max())
    first = short.group_by("place").agg(first=pl.col("period").min())
    places = (
        short.sort("met", "period", "need")
        .unique("place", keep="first", maintain_order=True)
        .select("place", "met", "need", when="period")
        .join(most, on="place", validate="1:1")
        .join(first, on="place", validate="1:1")
        .sort("met", "people", "place", descending=[False, True, False])
        .select(
            pl.col("place").replace_strict(names.place, return_dtype=pl.String),
            "people",
            "met",
            pl.col("need").replace_strict(names.need, return_dtype=pl.String),
            pl.col("when", "first").replace_strict(names.period, return_dtype=pl.String),
        )
    )
    if short.is_empty():
        return Below(0.0, "", "", places)
    peak = people_below(plan, measure=measure).sort("below", "period", descending=[True, False]).row(0, named=True)
    return Below(peak["below"], names.when(peak["period"]), names.when(min(short["period"])), places)
