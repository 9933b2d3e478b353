"""The sections of the page on goods: the pipeline, what is made, what is held back."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from muster.pictures.bars import bar
from muster.pictures.lines import line
from muster.pictures.markup import EMPTY, Markup, element, join, text
from muster.plan.plan import Plan
from muster.report import facts, words
from muster.report.names import ANYWHERE, Names
from muster.report.sections import paragraph, section
from muster.report.tables import note, plain_table

MOST_PIPELINE_ROWS = 600
"""Rows of the pipeline period by period; the resources beyond are in balances.csv."""
MOST_PERIODS = 13
"""Periods with a column of their own in the table of what is made."""

_FLOWS = (
    ("opening", "At the start"),
    ("arrived", "Arrives"),
    ("made", "Made"),
    ("given", "Given out"),
    ("used", "Used"),
    ("lost", "Lost"),
    ("road", "On the road or lost there"),
    ("closing", "At the end"),
)
_Flows = list[tuple[str, str]]


def pipeline(plan: Plan, names: Names) -> Markup:
    """Return the pipeline of every resource: in all, and period by period."""
    frame, first = facts.pipeline(plan), facts.breaks(plan)
    if frame.is_empty():
        return EMPTY
    flows = [(key, head) for key, head in _FLOWS if key in ("opening", "closing") or (frame[key].abs() > 5e-7).any()]
    rows, details = [], list[Markup]()
    for each in frame.partition_by("resource", maintain_order=True):
        resource = each["resource"][0]
        title, period = f"{names.resource[resource]}, {names.resource_unit[resource]}", first.get(resource)
        broken = EMPTY if period is None else _alarm(f"breaks in {names.when(period)}")
        rows.append(_in_all(each, flows, title=title, broken=broken, at=period))
        if (len(details) + 1) * each.height <= MOST_PIPELINE_ROWS:
            details.append(_by_period(each, flows, title=title, broken=broken, at=period, names=names))
    heads = [("Resource", False), *((head, True) for _, head in flows), ("Stock over time", False)]
    left = len(rows) - len(details)
    more = f"{words.plural(left, 'more resource', 'more resources')}, period by period, in balances.csv."
    return section(
        "pipeline",
        "The pipeline",
        paragraph(
            "A pipeline breaks in the first period at whose end nothing is left anywhere while people who would use it "
            "get less than their norm."
        ),
        plain_table(heads, rows, caption=f"All places together, {names.span}."),
        element("h3", None, text("Period by period")),
        *details,
        note(more if left else ""),
    )


def _alarm(words_of: str) -> Markup:
    return element("strong", {"class": "alarm"}, text(words_of))


def _in_all(each: pl.DataFrame, flows: _Flows, *, title: str, broken: Markup, at: int | None) -> list[Markup]:
    """Return the row of one resource over the whole plan."""
    totals = {key: each[key].sum() for key, _ in flows} | {
        "opening": each["opening"][0],
        "closing": each["closing"][-1],
    }
    stock = [max(0.0, value) for value in each["closing"]]
    drawn = line(stock, name=f"{title}: stock at the end of each period", mark=at) if max(stock) > 0 else EMPTY
    return [join([text(f"{title} "), broken]), *_amounts([totals[key] for key, _ in flows]), drawn]


def _by_period(
    each: pl.DataFrame, flows: _Flows, *, title: str, broken: Markup, at: int | None, names: Names
) -> Markup:
    """Return the rows of one resource, one per period, to be unfolded."""
    rows = []
    for row in each.iter_rows(named=True):
        when = text(names.when(row["period"]))
        if row["period"] == at:
            when = join([when, text(" "), _alarm("breaks")])
        rows.append([when, *_amounts([row[key] for key, _ in flows])])
    heads = [("Period", False), *((head, True) for _, head in flows)]
    summary = element("summary", None, join([text(f"{title} "), broken]))
    return element("details", None, join([summary, plain_table(heads, rows, caption=f"{title}, all places together")]))


def _amounts(amounts: Sequence[float]) -> list[Markup]:
    """Return the amounts of one balance; what is nothing beside the largest of them is shown as nothing."""
    least = 1e-6 * max(map(abs, amounts))
    return [text(words.quantity(amount if abs(amount) > least else 0.0)) for amount in amounts]


def made(plan: Plan, names: Names) -> Markup:
    """Return how often each recipe is run; period by period where the periods are few."""
    frame = facts.made(plan)
    if frame.is_empty():
        return EMPTY
    periods = range(plan.economy.horizon.periods)
    few = len(periods) <= MOST_PERIODS
    heads = [("Recipe", False), *((names.when(t), True) for t in periods if few), ("In all", True), ("Places", True)]
    rows = []
    for each in frame.partition_by("recipe", maintain_order=True):
        runs = dict(each.select("period", "runs").iter_rows())
        cells = [words.quantity(runs[t]) if t in runs else "0" for t in periods if few]
        cells += [words.quantity(sum(each["runs"])), words.count(max(each["places"]))]
        rows.append([text(names.recipe[each["recipe"][0]]), *map(text, cells)])
    caption = "Runs of each recipe, all places together, and at how many places it runs at once."
    return section("made", "What is made", plain_table(heads, rows, caption=caption))


def reserves(plan: Plan, names: Names) -> Markup:
    """Return what was to be held back and what is."""
    if plan.reserves.is_empty():
        return EMPTY
    rows = []
    for row in plan.reserves.iter_rows(named=True):
        if row["need"]:
            what, unit = names.need[row["need"]], names.need_unit[row["need"]]
        else:
            what, unit = names.resource[row["resource"]], names.resource_unit[row["resource"]]
        share = words.percent(row["met"])
        cells = [
            what,
            names.place[row["place"]] if row["place"] else ANYWHERE,
            names.when(row["on"]),
            f"{words.quantity(row['wanted'])}{words.THIN}{unit}",
            f"{words.quantity(row['held'])}{words.THIN}{unit}",
        ]
        rows.append([*map(text, cells), join([bar(row["met"], title=f"{share} held"), text(f" {share}")])])
    heads = [
        ("Reserve of", False),
        ("Where", False),
        ("At the end of", False),
        ("Wanted", True),
        ("Held", True),
        ("Share", False),
    ]
    return section("reserves", "Reserves", plain_table(heads, rows, caption="What was to be held back, and what is."))
