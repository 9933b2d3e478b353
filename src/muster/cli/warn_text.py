"""What ``muster warn`` prints."""

from __future__ import annotations

from muster.cli.answer import columns, counted, people, percent
from muster.cli.plan_text import MOST_PLACES, places_table
from muster.cli.why_text import lines
from muster.report.facts import people_below
from muster.report.warn import NOTE, asked, missing, thing
from muster.services.whys import Alert

MOST_THINGS = 6
"""Things named; ``--json`` has them all."""

MOST_PERIODS = 12
"""Periods named, the first; ``--json`` has them all."""


def warn_text(warning: Alert) -> str:
    """Return a warning for people: who, where and when, how far, and what would prevent most of it."""
    plan, who = warning.plan, warning.below
    title = plan.economy.title
    if not who.people:
        return f"{title}: nobody falls below the survival floor."
    head = f"{title}: {people(who.people)} fall below the survival floor (most: {who.period}), first in {who.first}."
    parts = [
        head,
        _periods(warning),
        f"Where, the worst first:\n{places_table(who.places.head(MOST_PLACES))}{_left_out(who.places.height)}",
        "\n".join(lines([missing(warning.warned)], indent="")),
        _things(warning),
    ]
    return "\n\n".join(part for part in parts if part)


def _periods(warning: Alert) -> str:
    horizon = warning.plan.economy.horizon
    frame = people_below(warning.plan, measure="floor")
    rows = [["when", "people below", "of"]]
    for period, everybody, low in frame.head(MOST_PERIODS).iter_rows():
        rows.append([horizon.name(period), people(low, noun=False), people(everybody, noun=False)])
    more = frame.height - MOST_PERIODS
    return columns(rows, right=(1, 2), indent="  ") + (f"\n  … and {counted(more, 'period')} more" if more > 0 else "")


def _left_out(places: int) -> str:
    left = places - MOST_PLACES
    return f"\n  … and {counted(left, 'place')} more" if left > 0 else ""


def _things(warning: Alert) -> str:
    things = warning.warned.things[:MOST_THINGS]
    about = asked(warning.warned, places=warning.plan.economy.places.height)
    if not things:
        return "\n".join(["No single thing would prevent much of it.", *lines([about])])
    said = [f"{percent(each.change.after):>6}  {thing(each)}" for each in things]
    return "\n".join(["What would prevent most of it, one thing alone:", *lines(said, hang=8), *lines([NOTE, about])])
