"""The sections of the page on people and on what is sent to them."""

from __future__ import annotations

import polars as pl

from muster.pictures.bars import Bar, columns
from muster.pictures.markup import Markup, element, join, text
from muster.plan.plan import Plan
from muster.report import facts, words
from muster.report.controls import filters
from muster.report.data import CLAIM_COLUMNS, DISPATCH_COLUMNS, MOST_CLAIMS, MOST_DISPATCHES, PLACE_COLUMNS
from muster.report.names import Names
from muster.report.tables import FIRST_ROWS, note, table


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
    everybody = max(frame["people"])
    caption = f"People below the {measure}, period by period; the dashed line is everybody ({words.people(everybody)})."
    picture = columns(bars, name=caption, most=everybody)
    return element("figure", {"class": "over-time"}, join([picture, element("figcaption", None, text(caption))]))


def worst_off(plan: Plan, names: Names) -> Markup:
    """Return who is worst off: place by place, and claim by claim."""
    known, places = facts.claims(plan), facts.by_place(plan)
    low = known.filter(pl.col("met_floor") < words.MET).height
    left = known.height - MOST_CLAIMS
    better_off = words.plural(left, "claim that is", "claims that are")
    parts = [
        table(
            places,
            PLACE_COLUMNS,
            ident="places",
            caption="Places, the worst off first: the need met least, and how many are below the floor at once.",
            names=names,
        ),
        _row_note("places", places.height, "met.csv"),
        element("h3", None, text("Claim by claim")),
        paragraph(
            "A claim is one need of one group at one place in one period. "
            f"{words.count(low)} of {words.plural(known.height, 'claim', 'claims')} are below the survival floor."
        ),
        filters("claims", (("place", "Place"), ("group", "Group"), ("need", "Need"), ("period", "Period"))),
        table(known, CLAIM_COLUMNS, ident="claims", caption="Claims, the worst off first.", names=names),
        _row_note("claims", known.height, "met.csv"),
        note(f"{better_off} better off are left out here; met.csv has all." if left > 0 else ""),
    ]
    return section("who", "Who is worst off", *parts)


def dispatches(plan: Plan, names: Names) -> Markup:
    """Return what is sent where, the heaviest first."""
    sent = facts.dispatches(plan)
    if sent.is_empty():
        return section("sent", "What is sent where", paragraph("This plan sends nothing."))
    total = words.quantity(sum(sent["tonnes"]))
    left = sent.height - MOST_DISPATCHES
    parts = [
        paragraph(
            f"{words.plural(sent.height, 'dispatch', 'dispatches')}, {total}{words.THIN}t in all (each leg counted)."
        ),
        filters("dispatches", (("place", "From or to"), ("resource", "Resource"), ("period", "Leaves in"))),
        table(sent, DISPATCH_COLUMNS, ident="dispatches", caption="Dispatches, the heaviest first.", names=names),
        _row_note("dispatches", sent.height, "dispatches.csv"),
        note(
            f"The {words.count(left)} lightest dispatches are left out here; dispatches.csv has all."
            if left > 0
            else ""
        ),
    ]
    return section("sent", "What is sent where", *parts)


def _row_note(ident: str, rows: int, file: str) -> Markup:
    """Return the line under a table that says how many rows are shown; the script rewrites it."""
    said = f"{words.plural(rows, 'row', 'rows')}."
    if rows > FIRST_ROWS:
        said = f"The first {FIRST_ROWS} of {words.count(rows)} rows; {file} has all."
    parts = [
        element("p", {"class": "note", "id": f"{ident}-shown", "role": "status"}, text(said)),
        element("button", {"type": "button", "id": f"{ident}-more", "hidden": True}, text("Show more rows")),
    ]
    return join(parts)
