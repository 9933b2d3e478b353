"""What a plan says, in a few numbers: who falls below the floor, where and when."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from muster.plan.plan import Plan

TOLERANCE = 1e-6
"""A claim that misses its floor or norm by less counts as met (as in ``muster plan --json``)."""


@dataclass(frozen=True)
class Below:
    """The people who do not get all of their floor (or norm).

    Attributes:
        people: Most distinct people below in any one period.
        period: Name of that period; blank if nobody is below.
        first: Name of the first period in which somebody is below; blank if nobody is.
        places: One row per place, worst first: ``place`` and ``need`` (names), ``people`` (most in any one period),
            ``met`` (of the worst claim, 0 to 1), ``when`` (its period), ``first``.
    """

    people: float
    period: str
    first: str
    places: pl.DataFrame


def below(plan: Plan, *, measure: str) -> Below:
    """Return who is below the ``floor`` or the ``norm``; ``measure`` names which."""
    horizon = plan.economy.horizon
    met = pl.col(f"met_{measure}")
    short = plan.met.filter((pl.col("people") > 0) & (met < 1 - TOLERANCE)).with_columns(met=met)
    people = short.unique(["place", "group", "period"]).group_by("place", "period").agg(pl.col("people").sum())
    in_all = people.group_by("period").agg(pl.col("people").sum()).sort("people", "period", descending=[True, False])
    worst = short.sort("met", "period", "need", "group").unique("place", keep="first", maintain_order=True)
    first = short.group_by("place").agg(first=pl.col("period").min())
    periods = pl.DataFrame(
        {"period": range(horizon.periods), "when": [horizon.name(t) for t in range(horizon.periods)]}
    )
    places = (
        worst.select("place", "need", "period", "met")
        .join(people.group_by("place").agg(pl.col("people").max()), on="place", validate="1:1")
        .join(first, on="place", validate="1:1")
        .join(periods, on="period", validate="m:1")
        .join(periods.rename({"period": "first", "when": "since"}), on="first", validate="m:1")
        .join(_names(plan.economy.places, "place"), on="place", validate="m:1")
        .join(_names(plan.economy.needs, "need"), on="need", validate="m:1")
        .sort("met", "people", "place", descending=[False, True, False])
        .select(place="place_name", people="people", need="need_name", met="met", when="when", first="since")
    )
    if short.is_empty():
        return Below(0.0, "", "", places)
    most, first_of_all = in_all.row(0, named=True), short["period"].min()
    assert isinstance(first_of_all, int)
    return Below(most["people"], horizon.name(most["period"]), horizon.name(first_of_all), places)


def _names(frame: pl.DataFrame, key: str) -> pl.DataFrame:
    """Return ids with their names for people; the id where no name is given."""
    name = pl.col("name").replace("", None)
    return frame.select(key, pl.coalesce(name, pl.col(key)).alias(f"{key}_name"))
