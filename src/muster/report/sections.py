"""The sections of the page below the map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from muster.pictures.bars import Bar, bar, columns
from muster.pictures.lines import line
from muster.pictures.markup import EMPTY, Markup, element, join, text
from muster.plan.plan import Plan
from muster.report import facts, words
from muster.report.atlas import select
from muster.report.data import CLAIM_COLUMNS, DISPATCH_COLUMNS, MOST_CLAIMS, MOST_DISPATCHES
from muster.report.names import ANYWHERE, Names
from muster.report.tables import STATIC_ROWS, note, plain_table, table

MOST_BINDINGS = 24
MOST_LIMITS = 6
MOST_PIPELINE_ROWS = 600
_PIPELINE = (
    ("opening", "At the start"),
    ("arrived", "Arrives"),
    ("made", "Made"),
    ("given", "Given out"),
    ("used", "Used"),
    ("lost", "Lost"),
    ("road", "On the road"),
    ("closing", "At the end"),
)


def section(ident: str, title: str, *parts: Markup) -> Markup:
    """Return one section of the page under its heading."""
    heading = element("h2", {"id": f"h-{ident}"}, text(title))
    return element("section", {"id": ident, "aria-labelledby": f"h-{ident}"}, join([heading, *parts]))


def paragraph(words_of: str) -> Markup:
    """Return plain words as a paragraph."""
    return element("p", None, text(words_of))


def over_time(plan: Plan, measure: str) -> Markup:
    """Return how many people are below the floor (or norm) in each period, as bars."""
    horizon = plan.economy.horizon
    frame = facts.people_below(plan, measure=measure)
    bars = [
        Bar(
            words.short_period(horizon.starts[period], horizon.period),
            below,
            words.many(below),
            f"{horizon.name(period)}: {words.people(below)} of {words.many(people)} below the {measure}",
        )
        for period, people, below in frame.iter_rows()
    ]
    everybody = float(frame["people"].max() or 0.0)  # type: ignore[arg-type]
    caption = f"People below the {measure}, period by period; the dashed line is everybody ({words.people(everybody)})."
    picture = columns(bars, name=caption, most=everybody)
    return element("figure", {"class": "over-time"}, join([picture, element("figcaption", None, text(caption))]))


def worst_off(plan: Plan, names: Names) -> Markup:
    """Return who is worst off: the claims that are met least."""
    known = facts.claims(plan)
    low = known.filter(pl.col("met_floor") < words.MET).height
    caption = (
        "What each group gets of each need, per person, the worst off first. A claim is one need of one group at one "
        "place in one period."
    )
    left = known.height - MOST_CLAIMS
    rest = (
        f" {words.plural(left, 'claim that is', 'claims that are')} better off are left out here; met.csv has all."
        if left > 0
        else ""
    )
    parts = [
        paragraph(
            f"{words.count(low)} of {words.plural(known.height, 'claim', 'claims')} are below the survival floor."
        ),
        _filters("claims", (("place", "Place"), ("group", "Group"), ("need", "Need"), ("period", "Period"))),
        table(known, CLAIM_COLUMNS, ident="claims", caption=caption, names=names),
        _row_note("claims", known.height, "met.csv"),
        note(rest.strip()),
    ]
    return section("who", "Who is worst off", *parts)


def dispatches(plan: Plan, names: Names) -> Markup:
    """Return what is sent where, the heaviest first."""
    sent = facts.dispatches(plan)
    if sent.is_empty():
        return section("sent", "What is sent where", paragraph("This plan sends nothing."))
    total = words.quantity(float(sent["tonnes"].sum()))
    left = sent.height - MOST_DISPATCHES
    rest = f"The {words.count(left)} lightest dispatches are left out here; dispatches.csv has all." if left > 0 else ""
    parts = [
        paragraph(
            f"{words.plural(sent.height, 'dispatch', 'dispatches')}, {total}{words.THIN}t in all (each leg counted)."
        ),
        _filters("dispatches", (("place", "From or to"), ("resource", "Resource"), ("period", "Leaves in"))),
        table(sent, DISPATCH_COLUMNS, ident="dispatches", caption="Dispatches, the heaviest first.", names=names),
        _row_note("dispatches", sent.height, "dispatches.csv"),
        note(rest),
    ]
    return section("sent", "What is sent where", *parts)


def _filters(ident: str, choices: tuple[tuple[str, str], ...]) -> Markup:
    """Return the choices over a table; the script fills and shows them."""
    fields = join(select(f"{ident}-{key}", label, [("", "all")]) for key, label in choices)
    return element("form", {"class": "controls", "data-filters": ident, "hidden": True}, fields)


def _row_note(ident: str, rows: int, file: str) -> Markup:
    """Return the line under a table that says how many rows are shown; the script rewrites it."""
    if rows <= STATIC_ROWS:
        said = f"{words.plural(rows, 'row', 'rows')}."
    else:
        said = f"The first {STATIC_ROWS} of {words.count(rows)} rows; {file} has all."
    parts = [
        element("p", {"class": "note", "id": f"{ident}-shown", "role": "status"}, text(said)),
        element("button", {"type": "button", "id": f"{ident}-more", "hidden": True}, text("Show more rows")),
    ]
    return join(parts)


def pipeline(plan: Plan, names: Names) -> Markup:
    """Return the pipeline of every resource: in all, and period by period."""
    frame, first = facts.pipeline(plan), facts.breaks(plan)
    if frame.is_empty():
        return EMPTY
    kept = [(key, head) for key, head in _PIPELINE if key in ("opening", "closing") or (frame[key].abs() > 5e-7).any()]
    rows, details, budget = [], [], MOST_PIPELINE_ROWS
    for (resource,), each in frame.group_by("resource", maintain_order=True):
        name, unit = names.resource[str(resource)], names.resource_unit[str(resource)]
        period = first.get(str(resource))
        rows.append(_pipeline_row(each, kept, f"{name}, {unit}", _broken(period, names)))
        budget -= each.height
        if budget >= 0:
            details.append(_pipeline_details(each, kept, f"{name}, {unit}", (period, names)))
    heads = [("Resource", False), *((head, True) for _, head in kept), ("Stock over time", False), ("Break", False)]
    caption = f"All places together, {names.when(0)} to {names.when(plan.economy.horizon.periods - 1)}."
    left = len(rows) - len(details)
    return section(
        "pipeline",
        "The pipeline",
        paragraph(
            "A pipeline breaks in the first period at whose end nothing is left anywhere while people who would use it "
            "get less than their norm."
        ),
        plain_table(heads, rows, caption=caption),
        element("h3", None, text("Period by period")),
        *details,
        note(
            f"{words.plural(left, 'more resource', 'more resources')}, period by period, in balances.csv."
            if left
            else ""
        ),
    )


def _broken(period: int | None, names: Names) -> Markup:
    return (
        text("") if period is None else element("strong", {"class": "alarm"}, text(f"breaks in {names.when(period)}"))
    )


def _pipeline_row(each: pl.DataFrame, kept: list[tuple[str, str]], name: str, broken: Markup) -> list[Markup]:
    totals = {key: float(each[key].sum()) for key, _ in kept}
    totals["opening"], totals["closing"] = float(each["opening"][0]), float(each["closing"][-1])
    mark = None
    cells = [text(words.quantity(totals[key])) for key, _ in kept]
    stock = [max(0.0, float(value)) for value in each["closing"]]
    return [text(name), *cells, line(stock, name=f"{name}: stock at the end of each period", mark=mark), broken]


def _pipeline_details(
    each: pl.DataFrame, kept: list[tuple[str, str]], name: str, broken: tuple[int | None, Names]
) -> Markup:
    period, names = broken
    rows = []
    for row in each.iter_rows(named=True):
        when = text(names.when(row["period"]))
        if row["period"] == period:
            when = join([when, element("strong", {"class": "alarm"}, text(" break"))])
        rows.append([when, *(text(words.quantity(row[key])) for key, _ in kept)])
    heads = [("Period", False), *((head, True) for _, head in kept)]
    summary = join([text(name), *([text(" "), _broken(period, names)] if period is not None else [])])
    inner = join([element("summary", None, summary), plain_table(heads, rows, caption=f"{name}, all places together")])
    return element("details", None, inner)


def reserves(plan: Plan, names: Names) -> Markup:
    """Return what was to be held back and what is."""
    if plan.reserves.is_empty():
        return EMPTY
    rows = []
    for row in plan.reserves.iter_rows(named=True):
        need, resource = row["need"] or "", row["resource"] or ""
        what = names.need.get(need, need) if need else names.resource.get(resource, resource)
        unit = names.need_unit.get(need, "") if need else names.resource_unit.get(resource, "")
        where = names.place.get(row["place"], row["place"]) if row["place"] else ANYWHERE
        share = words.percent(row["met"])
        rows.append(
            [
                text(what),
                text(where),
                text(names.when(row["on"])),
                text(f"{words.quantity(row['wanted'])}{words.THIN}{unit}"),
                text(f"{words.quantity(row['held'])}{words.THIN}{unit}"),
                join([bar(row["met"], title=f"{share} held"), text(f" {share}")]),
            ]
        )
    heads = [
        ("Reserve of", False),
        ("Where", False),
        ("At the end of", False),
        ("Wanted", True),
        ("Held", True),
        ("Share", False),
    ]
    table_of = plain_table(heads, rows, caption="What was to be held back, and what is.")
    return section("reserves", "Reserves", table_of)


def made(plan: Plan, names: Names) -> Markup:
    """Return how often each recipe is run, period by period."""
    frame = facts.made(plan)
    if frame.is_empty():
        return EMPTY
    horizon = plan.economy.horizon
    if horizon.periods > 13:
        sums = frame.group_by("recipe", maintain_order=True).agg(pl.col("runs").sum(), pl.col("places").max())
        heads = [("Recipe", False), ("Runs", True), ("Places at most", True)]
        rows = [
            [text(names.recipe.get(r, r)), text(words.quantity(n)), text(words.count(p))]
            for r, n, p in sums.iter_rows()
        ]
    else:
        heads = [("Recipe", False), *((names.when(t), True) for t in range(horizon.periods))]
        rows = []
        for (recipe,), each in frame.group_by("recipe", maintain_order=True):
            runs = dict(each.select("period", "runs").iter_rows())
            cells = [text(words.quantity(runs[t]) if t in runs else "0") for t in range(horizon.periods)]
            rows.append([text(names.recipe.get(str(recipe), str(recipe))), *cells])
    return section(
        "made", "What is made", plain_table(heads, rows, caption="Runs of each recipe, all places together.")
    )


def binding(found: Sequence[facts.Binding], left: int, names: Names) -> Markup:
    """Return what stands in the way of more, explanation by explanation; ``left`` more are not shown."""
    if not found:
        return EMPTY
    articles = [_binding(each, names) for each in found]
    return section(
        "binds",
        "What stands in the way",
        paragraph(
            "Each share says how much of the shortfall the limit explains. Several limits can hold together: easing "
            "only one of them may then change little."
        ),
        *articles,
        note(f"{words.plural(left, 'more explanation', 'more explanations')} in why.csv." if left > 0 else ""),
    )


def _binding(each: facts.Binding, names: Names) -> Markup:
    places = [names.place[place] for place in each.claims["place"].unique(maintain_order=True)]
    needs = [names.need[need] for need in sorted(each.claims["need"].unique())]
    least = float(each.claims["met_floor"].min())  # type: ignore[arg-type]
    level = f"{words.percent(least)} of the floor at worst"
    if least >= words.MET:
        level = f"{words.percent(float(each.claims['met_norm'].min()))} of the norm at worst"  # type: ignore[arg-type]
    who = f"{words.people(each.people)}, {level}. Needs: {words.listing(needs)}."
    rows = [
        element(
            "li",
            None,
            join(
                [
                    bar(limit.worth, title=_share(limit.worth), kind="alarm"),
                    element("b", None, text(f" {_share(limit.worth)} ")),
                    text(limit.sentence or f"{limit.kind} {limit.where} {limit.resource} {limit.when}"),
                ]
            ),
        )
        for limit in each.limits[:MOST_LIMITS]
    ]
    rest = each.limits[MOST_LIMITS:]
    if rest:
        worth = _share(sum(limit.worth for limit in rest))
        rows.append(element("li", None, text(f"{worth}: {words.plural(len(rest), 'smaller limit', 'smaller limits')}")))
    parts = [
        element("h3", None, text(words.listing(places, most=8))),
        paragraph(who),
        element("ol", {"class": "limits"}, join(rows)),
    ]
    return element("article", None, join(parts))


def _share(worth: float) -> str:
    whole = round(worth * 100)
    return f"under 1{words.THIN}%" if whole == 0 else f"{whole}{words.THIN}%"


def effort(plan: Plan) -> Markup:
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
    parts = (
        [plain_table(heads, rows, caption="The goals in their order; each keeps what the ones before it reached.")]
        if rows
        else []
    )
    for record in plan.goals:
        if record["goal"] == "effort":
            done = words.quantity(float(record["tonne_km"]))
            parts.append(
                paragraph(
                    f"Transport: {done} tonne-kilometres. Effort, the weighted sum of what is used up: "
                    f"{words.quantity(float(record['value']))}; no plan that serves people as well needs less."
                )
            )
    return section("goals", "The goals, and what it takes", *parts)


_GOALS = {
    "floor": "Survival floor: nobody starves or freezes if that is possible",
    "reserve": "Reserves: hold back what was promised",
    "norm": "Full norm: beyond survival, the same rule",
}


def _goal_row(record: Mapping[str, Any]) -> list[Markup]:
    shares = [words.percent(float(record[key])) for key in ("max_min", "least", "mean")]
    people = words.people(float(record["people_below"])) if record["goal"] != "reserve" else ""
    gap = float(record["gap"])
    within = f"under 0.01{words.THIN}%" if gap < 1e-4 else f"{gap * 100:.2f}{words.THIN}%"
    return [text(_GOALS.get(record["goal"], record["goal"])), *(text(each) for each in (*shares, people, within))]


def foot(plan: Plan, version: str) -> Markup:
    """Return which numbers are real and which assumed, and how to check the plan."""
    sources = plan.economy.sources
    parts = [element("h2", {"id": "h-foot"}, text("Where the numbers come from"))]
    for kind, title in (("real", "Real"), ("assumed", "Assumed")):
        rows = [
            [text(each), text(what), text(source)]
            for each, what, source in sources.filter(pl.col("kind") == kind)
            .select("table", "what", "source")
            .iter_rows()
        ]
        if rows:
            heads = [("Table", False), ("Numbers", False), ("Source" if kind == "real" else "Reason", False)]
            parts.append(plain_table(heads, rows, caption=f"{title} numbers"))
    if sources.is_empty():
        parts.append(
            paragraph("The economy does not say which of its numbers are real and which assumed (sources.csv).")
        )
    parts.append(element("h2", None, text("How to check this plan")))
    check = element("code", None, text("muster verify ECONOMY PLAN"))
    parts.append(
        element(
            "p",
            None,
            join(
                [
                    check,
                    text(
                        " checks, from the tables alone and without planning again, that everything given, sent and made adds up, that no limit is broken, and how far from best the plan can be."
                    ),
                ]
            ),
        )
    )
    facts_of = [
        ("Economy (SHA-256)", plan.economy.sha256),
        ("Made with", f"muster {version}; {plan.solver}".rstrip("; ")),
        ("Width of a step of fairness", words.percent(plan.economy.step)),
        ("Most that somebody may slip for others", f"{plan.economy.slack * 100:g}{words.THIN}% of their share"),
    ]
    terms = join(join([element("dt", None, text(term)), element("dd", None, text(said))]) for term, said in facts_of)
    parts.append(element("dl", None, terms))
    return element("footer", None, join(parts))
