"""What a plan says, as frames and a few numbers: the report and the workbook show these."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from muster.economy.amounts import masses
from muster.economy.economy import Economy
from muster.plan.plan import Plan
from muster.report.words import MET

_FLOWS = ("arrived", "received", "made", "used", "sent", "given", "lost")
_USED_UP = 1e-3
"""A stock is used up when less than this share of what was there in the period is left."""


@dataclass(frozen=True)
class Headline:
    """The plan in a few numbers.

    Attributes:
        measure: ``floor``; ``norm`` where nobody is below the floor.
        people: Most distinct people with a claim, in any one period.
        below: Most distinct people below the measure in any one period.
        when: That period (``None`` if nobody is below).
        worst: Place whose claims are met least (``None`` without claims).
        level: How much of the measure its worst claim is met (0 to 1).
        needs: The needs that are met as little at that place.
        equals: Other places that are met as little.
        first: First period in which somebody is below (``None`` if nobody is).
        places: Places with somebody below in that period.
    """

    measure: str
    people: float
    below: float
    when: int | None
    worst: str | None
    level: float
    needs: tuple[str, ...]
    equals: int
    first: int | None
    places: int


def claims(plan: Plan) -> pl.DataFrame:
    """Return ``met`` without claims of nobody, the worst off first."""
    order = ["met_floor", "met_norm", "people", "place", "group", "need", "period"]
    down = [name == "people" for name in order]
    return plan.met.filter(pl.col("people") > 0).sort(order, descending=down)


def people_below(plan: Plan, *, measure: str) -> pl.DataFrame:
    """Return per period the distinct people with a claim, and those with a claim below the floor or norm.

    Returns:
        ``period``, ``people``, ``below``, in the order of periods; every period of the horizon.
    """
    each = (
        claims(plan)
        .group_by("period", "place", "group")
        .agg(pl.col("people").max(), low=(pl.col(f"met_{measure}") < MET).any())
        .group_by("period")
        .agg(pl.col("people").sum(), below=pl.col("people").filter("low").sum())
    )
    periods = pl.DataFrame({"period": pl.Series(range(plan.economy.horizon.periods), dtype=pl.Int64)})
    # A period without claims has nobody in it: here zero is what is meant.
    return (
        periods.join(each, on="period", how="left")
        .with_columns(pl.col("people", "below").fill_null(0.0))
        .sort("period")
    )


def by_place(plan: Plan) -> pl.DataFrame:
    """Return one row per place with a claim, the worst off first.

    Returns:
        ``place``, ``people`` (most distinct people there below the floor in one period), ``met_floor`` with ``need``
        and ``period`` (of its worst claim), ``met_norm`` (its least), ``first`` (first period below the floor; null if
        never).
    """
    known = claims(plan)
    low = known.filter(pl.col("met_floor") < MET)
    below = (
        low.group_by("place", "group", "period")
        .agg(pl.col("people").max())
        .group_by("place", "period")
        .agg(pl.col("people").sum())
        .group_by("place")
        .agg(below=pl.col("people").max(), first=pl.col("period").min())
    )
    worst = known.group_by("place", maintain_order=True).agg(
        pl.col("met_floor", "need", "period").first(), pl.col("met_norm").min()
    )
    # A place that is never below the floor has nobody below it: here zero is what is meant.
    return (
        worst.join(below, on="place", how="left", maintain_order="left")
        .with_columns(people=pl.col("below").fill_null(0.0))
        .sort("met_floor", "people", "met_norm", "place", descending=[False, True, False, False])
        .select("place", "people", "met_floor", "need", "period", "met_norm", "first")
    )


def headline(plan: Plan) -> Headline:
    """Return the plan in a few numbers; about the norm where nobody is below the floor."""
    known = claims(plan)
    measure = "floor" if known.is_empty() or (known["met_floor"] < MET).any() else "norm"
    column = f"met_{measure}"
    by_period = people_below(plan, measure=measure)
    everybody = max(by_period["people"])
    low = known.filter(pl.col(column) < MET)
    if low.is_empty():
        worst = known["place"][0] if known.height else None
        return Headline(measure, everybody, 0.0, None, worst, 1.0, (), 0, None, 0)
    peak = by_period.sort("below", "period", descending=[True, False]).row(0, named=True)
    level = min(low[column])
    equal = low.filter(pl.col(column) < level + 0.005)
    place = (
        equal.group_by("place")
        .agg(pl.col("people").max(), pl.col(column).min())
        .sort(column, "people", "place", descending=[False, True, False])["place"][0]
    )
    needs = tuple(equal.filter(pl.col("place") == place)["need"].unique(maintain_order=True).sort())
    first = min(low["period"])
    return Headline(
        measure=measure,
        people=everybody,
        below=peak["below"],
        when=peak["period"],
        worst=place,
        level=level,
        needs=needs,
        equals=equal["place"].n_unique() - 1,
        first=first,
        places=low.filter(pl.col("period") == first)["place"].n_unique(),
    )


def pipeline(plan: Plan) -> pl.DataFrame:
    """Return the balance of every resource over all places together.

    Returns:
        ``resource``, ``period``, ``opening``, ``arrived``, ``made``, ``used``, ``given``, ``lost``, ``road`` (sent less
        received: on the way or lost there), ``closing``; resources in the order of their table, every period of each.
        opening + arrived + made = used + given + lost + road + closing.
    """
    sums = plan.balances.group_by("resource", "period").agg(
        pl.col("opening", *_FLOWS, "closing").sum(),
    )
    resources = plan.economy.resources.select("resource").with_row_index("_order")
    periods = pl.DataFrame({"period": pl.Series(range(plan.economy.horizon.periods), dtype=pl.Int64)})
    used = resources.join(sums.select("resource").unique(), on="resource", how="semi")
    # Rows of zeros are left out of balances.csv: here zero is what is meant.
    return (
        used.join(periods, how="cross")
        .join(sums, on=["resource", "period"], how="left")
        .with_columns(pl.col("opening", *_FLOWS, "closing").fill_null(0.0))
        .with_columns(road=pl.col("sent") - pl.col("received"))
        .sort("_order", "period")
        .select("resource", "period", "opening", "arrived", "made", "used", "given", "lost", "road", "closing")
    )


def breaks(plan: Plan) -> dict[str, int]:
    """Return for each resource whose pipeline breaks the first period in which it does.

    A pipeline breaks where the stock of all places together is used up by the end of a period while people whose needs
    the resource serves, itself or through what is made from it or carried with it, get less than their norm in that
    period. What cannot be stored (hours) has no pipeline.
    """
    serves = needs_served(plan.economy)
    short = set(claims(plan).filter(pl.col("met_norm") < MET).select("need", "period").unique().iter_rows())
    keeps = plan.economy.resources.filter(pl.col("keep") > 0)["resource"].to_list()
    first: dict[str, int] = {}
    for row in pipeline(plan).filter(pl.col("resource").is_in(keeps)).iter_rows(named=True):
        resource, period = row["resource"], row["period"]
        there = row["opening"] + row["arrived"] + row["made"]
        drawn = row["used"] + row["given"]
        used_up = there > 0 and drawn > 0 and row["closing"] <= _USED_UP * there
        if resource not in first and used_up and any((need, period) in short for need in serves[resource]):
            first[resource] = period
    return first


def needs_served(economy: Economy) -> dict[str, frozenset[str]]:
    """Return for each resource the needs it serves: itself, through recipes, or as what a mode consumes."""
    serves: dict[str, set[str]] = {resource: set() for resource in economy.resources["resource"]}
    for resource, need in economy.contents.filter(pl.col("amount") > 0).select("resource", "need").iter_rows():
        serves[resource].add(need)
    carried = set().union(*serves.values())
    for resource in economy.modes.filter(pl.col("use") == "consumed")["resource"]:
        serves[resource] |= carried
    made: dict[str, set[str]] = {}
    for recipe, resource in economy.recipes.filter(pl.col("use") == "output").select("recipe", "resource").iter_rows():
        made.setdefault(recipe, set()).add(resource)
    into = economy.recipes.filter(pl.col("use") == "input").select("recipe", "resource").rows()
    growing = True
    while growing:
        before = sum(map(len, serves.values()))
        for recipe, resource in into:
            serves[resource].update(*(serves[output] for output in made.get(recipe, ())))
        growing = sum(map(len, serves.values())) > before
    return {resource: frozenset(needs) for resource, needs in serves.items()}


def dispatches(plan: Plan) -> pl.DataFrame:
    """Return the dispatches with ``tonnes`` (0 for what travels without weight), the heaviest first."""
    return (
        plan.dispatches.join(masses(plan.economy), on="resource", how="left", maintain_order="left")
        .with_columns(tonnes=pl.col("quantity") * pl.col("mass_t").fill_null(0.0))
        .drop("mass_t")
        .sort(["tonnes", "quantity", "period", "from", "to", "resource", "mode"], descending=[True, True, *[False] * 5])
    )


def made(plan: Plan) -> pl.DataFrame:
    """Return the runs of every recipe over all places together: ``recipe``, ``period``, ``runs``, ``places``."""
    order = {recipe: number for number, recipe in enumerate(plan.economy.recipes["recipe"].unique(maintain_order=True))}
    sums = plan.runs.group_by("recipe", "period").agg(pl.col("runs").sum(), places=pl.col("place").n_unique())
    return sums.sort(pl.col("recipe").replace_strict(order, default=len(order), return_dtype=pl.Int64), "period")


@dataclass(frozen=True)
class Limit:
    """One thing that stands in the way: where, of what, when, its share of the explanation, and a sentence."""

    kind: str
    where: str
    resource: str
    when: str
    worth: float
    sentence: str


@dataclass(frozen=True)
class Binding:
    """Limits that together hold the same claims where they are.

    Attributes:
        limits: By their share, largest first.
        claims: Rows of ``met`` that they hold, the worst first.
    """

    limits: tuple[Limit, ...]
    claims: pl.DataFrame

    @property
    def people(self) -> float:
        """Most distinct people held in any one period."""
        each = self.claims.group_by("place", "group", "period").agg(pl.col("people").max())
        return float(max(each.group_by("period").agg(pl.col("people").sum())["people"]))


def bindings(plan: Plan) -> list[Binding]:
    """Return what binds, claims with the same explanation together, the worst off first."""
    key = ["place", "group", "need", "period"]
    parts = ["kind", "where", "resource", "when", "sentence"]
    reasons = plan.reasons.with_columns(pl.col(*parts).fill_null(""), pl.col("group").fill_null(""))
    together = (
        reasons.sort(*key, "rank")
        .group_by(key, maintain_order=True)
        .agg(pl.struct(*parts, pl.col("worth").round(4)).alias("limits"))
    )
    known = claims(plan).with_row_index("_order").join(together, on=key, how="inner")
    # Lists of structs cannot be grouped by everywhere: number the explanations by their text first.
    texts = [repr(limits) for limits in known["limits"].to_list()]
    numbers = {words: number for number, words in enumerate(dict.fromkeys(texts))}
    known = known.with_columns(_set=pl.Series([numbers[words] for words in texts], dtype=pl.Int64)).sort("_order")
    found = []
    for (_,), held in known.group_by("_set", maintain_order=True):
        limits = sorted((Limit(**limit) for limit in held["limits"][0].to_list()), key=lambda limit: -limit.worth)
        found.append(Binding(tuple(limits), held.drop("_order", "_set", "limits")))
    return found


def start_of(plan: Plan, period: int) -> date:
    """Return the first day of a period."""
    return plan.economy.horizon.starts[period]
