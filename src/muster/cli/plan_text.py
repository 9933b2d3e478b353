"""The summary that ``muster plan`` prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from muster.cli.answer import columns, counted, large, people, percent
from muster.plan.plan import Plan
from muster.report.names import Names
from muster.report.words import listing
from muster.services.plans import Planned
from muster.services.summary import Below, below

MOST_PLACES = 10
"""Places named in the summary; the report has them all."""

MOST_REASONS = 3
"""Limits named for the place that is worst off."""

UNSURE = 1e-3
"""A best level known no closer than this is shown with its bounds."""

_BEST = {
    "floor": "all can reach {} of the survival minimum together",
    "reserve": "all reserves can be held at {} together",
    "norm": "all can reach {} of the full standard together",
}
_MARGIN = " " * 9


def plan_text(planned: Planned) -> str:
    """Return the summary of a plan for people: each goal, who falls below the floor, where everything lies."""
    plan = planned.plan
    horizon = plan.economy.horizon
    first, last = horizon.name(0), horizon.name(horizon.periods - 1)
    parts = [
        f"{plan.economy.title}, {first}" + (f" to {last}" if last != first else ""),
        _goals(plan),
        _below_the_floor(below(plan, measure="floor")),
        _packs(plan),
        _where(planned),
    ]
    return "\n\n".join(part for part in parts if part)


def _goals(plan: Plan) -> str:
    return "\n".join(f"{record['goal']:<9}{_goal(record, plan)}" for record in plan.goals)


def _goal(record: Mapping[str, Any], plan: Plan) -> str:
    goal = record["goal"]
    if goal == "effort":
        return f"{large(record['value'])} of weighted use, {large(record['tonne_km'])} t km of transport"
    if goal == "reserve" and plan.reserves.is_empty():
        return "none asked for"
    best, least, mean = (percent(record[key]) for key in ("max_min", "least", "mean"))
    least = "0 %" if least.startswith("under") else least  # "at least under" says nothing
    if record.get("rounds") == 0 and record["gap"] > UNSURE:
        reached = f"not begun when the time was over\n{_MARGIN}in this plan at least {least}, on average {mean}"
    else:
        reached = f"at best {_BEST[goal].format(best)}\n{_MARGIN}in this plan at least {least}, on average {mean}"
        if record["gap"] > UNSURE:
            reached += f" (stopped early: some may get up to {percent(record['gap'])} more)"
    return reached if goal == "reserve" else f"{reached}; {_people_below(below(plan, measure=goal))}"


def _people_below(who: Below) -> str:
    return f"below it {people(who.people)} (most: {who.period})" if who.people else "nobody below it"


def _below_the_floor(who: Below) -> str:
    if not who.people:
        return ""
    shown = who.places.head(MOST_PLACES)
    table = places_table(shown)
    left_out = who.places.height - shown.height
    more = f"\n  … and {counted(left_out, 'place')} more: see the report" if left_out else ""
    why = f"\n\n{_why(shown['place'][0], who.why)}" if who.why else ""
    return f"Below the floor, first in {who.first}:\n{table}{more}{why}"


def places_table(places: pl.DataFrame) -> str:
    """Return places as in ``Below.places`` in straight columns."""
    rows = [["place", "people", "least met", "of", "in", "below from"]]
    for row in places.iter_rows(named=True):
        needs = listing(row["needs"], most=2)
        rows.append(
            [row["place"], people(row["people"], noun=False), percent(row["met"]), needs, row["when"], row["first"]]
        )
    return columns(rows, right=(1, 2), indent="  ")


def _why(place: str, sentences: Sequence[str]) -> str:
    lines = [f"  {sentence}" for sentence in sentences[:MOST_REASONS]]
    left_out = len(sentences) - MOST_REASONS
    more = [f"  … and {counted(left_out, 'limit')} more: see the report"] if left_out > 0 else []
    return "\n".join([f"What holds {place} there:", *lines, *more])


def _packs(plan: Plan) -> str:
    if plan.packs is None:
        return ""
    sent, names = plan.packs.drop_nulls(["resource", "pack"]), Names(plan.economy)
    left = sent.filter(pl.col("packs").is_null())
    bags, trips = int(sent["packs"].sum()), int(plan.packs["trips"].sum())
    whole = f"{sent.height - left.height:,} of {counted(sent.height, 'dispatch', 'dispatches')}"
    lines = [
        f"packs    {whole} in whole packs: {counted(bags, 'pack')}; {counted(trips, 'trip')} by vehicles of known size"
    ]
    for row in left.sort("quantity", descending=True).head(MOST_REASONS).iter_rows(named=True):
        ends, what = (names.place[row[end]] for end in ("from", "to")), names.resource[row["resource"]].lower()
        packs = row["quantity"] / row["pack"]  # of 1,124.9996 nobody is to read that 1,125.00 is not whole
        amount = f"{packs:,.{4 if round(packs, 2) == round(packs) else 2}f} packs of {what}"
        note = f"whole packs would take too much from {names.place[row['to']]}"
        note = note if row["note"].startswith("whole packs") else row["note"]
        lines.append(f"{_MARGIN}{' → '.join(ends)}: {amount}, {note}")
    if left.height > MOST_REASONS:
        lines.append(
            f"{_MARGIN}… and {counted(left.height - MOST_REASONS, 'dispatch', 'dispatches')} more: see packs.csv"
        )
    return "\n".join(lines)


def _where(planned: Planned) -> str:
    lines = [f"plan     {planned.folder}", f"report   {planned.report}"]
    if planned.warnings:
        lines.append(f"note     {counted(len(planned.warnings), 'warning')} about the tables: muster check shows them")
    return "\n".join(lines)
