"""The sections of the page that give account: what stands in the way, the goals, where the numbers come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from muster.pictures.bars import bar
from muster.pictures.markup import EMPTY, Markup, element, join, text
from muster.plan.plan import Plan
from muster.report import words
from muster.report.facts import Binding, Limit
from muster.report.names import Names
from muster.report.sections import paragraph, section
from muster.report.tables import note, plain_table

MOST_BINDINGS = 24
"""Explanations in the page; the others are in why.csv."""
MOST_LIMITS = 6
"""Limits named in an explanation; the smaller ones are counted."""

ANY_PLACE = "For any place, with what would change it: muster why PLAN PLACE."
"""Where to ask about the others."""

_GOALS = {
    "floor": "Survival floor: nobody starves or freezes, if that is possible",
    "reserve": "Reserves: hold back what was promised",
    "norm": "Full norm: beyond survival, the same rule",
}


def binding(found: Sequence[Binding], left: int, names: Names, *, short: bool) -> Markup:
    """Return what stands in the way of more, explanation by explanation; ``left`` more are not shown.

    Args:
        short: Whether anybody is short, so that it has to be said where nothing was explained.
    """
    if not found:
        untold = f"This plan is so large that nothing was explained while it was made. {ANY_PLACE}"
        return section("binds", "What stands in the way", paragraph(untold)) if short else EMPTY
    more = f"{words.plural(left, 'more explanation', 'more explanations')} in why.csv."
    return section(
        "binds",
        "What stands in the way",
        paragraph(
            "The places that are worst off, with what holds them: a share is what one per cent more of that limit "
            "would bring, of what one per cent more of all of them would. Several limits can hold together: easing "
            f"only one of them may then change little. {ANY_PLACE}"
        ),
        *(_binding(each, names) for each in found),
        note(more if left else ""),
    )


def _binding(each: Binding, names: Names) -> Markup:
    places = [names.place[place] for place in each.claims["place"].unique(maintain_order=True)]
    needs = [names.need[need] for need in each.claims["need"].unique().sort()]
    measure = "floor" if (each.claims["met_floor"] < words.MET).any() else "norm"
    least = words.percent(min(each.claims[f"met_{measure}"]))
    who = f"{words.people(each.people)}, with {least} of the {measure} at worst. Needs: {words.listing(needs)}."
    rows = [_limit(limit) for limit in each.limits[:MOST_LIMITS]]
    if rest := each.limits[MOST_LIMITS:]:
        count = words.plural(len(rest), "smaller limit", "smaller limits")
        rows.append(
            _limit(replace(rest[0], worth=sum(limit.worth for limit in rest), sentence=f"{count}; see why.csv."))
        )
    parts = [
        element("h3", None, text(words.listing(places, most=8))),
        paragraph(who),
        element("ol", {"class": "limits"}, join(rows)),
    ]
    return element("article", None, join(parts))


def _limit(limit: Limit) -> Markup:
    share = _share(limit.worth)
    said = element("span", None, text(limit.sentence))
    return element(
        "li", None, join([bar(limit.worth, title=share, kind="alarm"), element("b", None, text(share)), said])
    )


def _share(worth: float) -> str:
    whole = round(worth * 100)
    return f"{whole}{words.THIN}%" if whole else f"under 1{words.THIN}%"


def goals(plan: Plan) -> Markup:
    """Return how far each goal was reached, and what it takes."""
    rows = [_goal_row(record) for record in plan.goals if record["goal"] != "effort"]
    heads = [
        ("Goal", False),
        ("All together can reach", True),
        ("Least", True),
        ("Average", True),
        ("People below", True),
        ("Proved best within", True),
    ]
    parts = [
        plain_table(heads, rows, caption="The goals in their order; each keeps what the ones before it reached."),
        *(_effort(record) for record in plan.goals if record["goal"] == "effort"),
    ]
    return section("goals", "The goals, and what it takes", *parts)


def _goal_row(record: Mapping[str, Any]) -> list[Markup]:
    shares = [words.percent(record[key]) for key in ("max_min", "least", "mean")]
    people = words.people(record["people_below"]) if record["goal"] != "reserve" else ""
    gap = record["gap"]
    within = f"under 0.01{words.THIN}%" if gap < 1e-4 else f"{gap * 100:.2f}{words.THIN}%" if gap < 1 else "not proved"
    return [text(_GOALS[record["goal"]]), *map(text, [*shares, people, within])]


def _effort(record: Mapping[str, Any]) -> Markup:
    best = "; no plan that serves people and reserves as well needs less" if record["gap"] < 1 else ""
    return paragraph(
        f"Transport: {words.quantity(record['tonne_km'])} tonne-kilometres. Effort, the weighted sum of what is used "
        f"up: {words.quantity(record['value'])}{best}."
    )


def foot(plan: Plan, version: str) -> Markup:
    """Return which numbers are real and which assumed, and how to check the plan."""
    sources = plan.economy.sources
    parts = [element("h2", None, text("Where the numbers come from"))]
    for kind, title, head in (("real", "Real numbers", "Source"), ("assumed", "Assumed numbers", "Reason")):
        known = sources.filter(pl.col("kind") == kind).select("table", "what", "source")
        if known.height:
            rows = [[text(cell) for cell in row] for row in known.iter_rows()]
            parts.append(plain_table([("Table", False), ("Numbers", False), (head, False)], rows, caption=title))
    if sources.is_empty():
        parts.append(
            paragraph("The economy does not say which of its numbers are real and which assumed (sources.csv).")
        )
    told = (
        " checks, from the tables alone and without planning again, that everything given, sent and made adds up, that "
        "no limit is broken, and how far from best the plan can be."
    )
    facts_of = [
        ("Economy (SHA-256)", plan.economy.sha256),
        ("Made with", f"muster {version}" + (f", {plan.solver}" if plan.solver else "")),
        ("Width of a step of fairness", words.percent(plan.economy.step)),
        ("Most that somebody may slip for others", f"{plan.economy.slack * 100:g}{words.THIN}% of their share"),
    ]
    terms = [element("dt", None, text(term)) + element("dd", None, text(said)) for term, said in facts_of]
    parts += [
        element("h2", None, text("How to check this plan")),
        element("p", None, join([element("code", None, text("muster verify ECONOMY PLAN")), text(told)])),
        element("dl", None, join(Markup(term) for term in terms)),
    ]
    return element("footer", None, join(parts))
