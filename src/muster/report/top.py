"""The top of the page: the plan in one sentence and three numbers."""

from __future__ import annotations

from muster.pictures.markup import EMPTY, Markup, element, join, text
from muster.plan.plan import Plan
from muster.report import facts, sections, words
from muster.report.facts import Headline
from muster.report.names import Names


def top(plan: Plan, summary: Headline, names: Names) -> Markup:
    """Return the title, one sentence, three numbers and the people below the floor over time."""
    parts = [
        element("h1", None, text(plan.economy.title)),
        element("p", {"class": "span"}, text(f"Plan for {names.span}")),
        element("p", {"class": "sentence"}, text(sentence(summary, names))),
        element("ul", {"class": "numbers"}, join(_numbers(plan, summary, names))),
    ]
    if summary.people:
        parts.append(sections.over_time(plan, summary.measure))
    return element("header", None, join(parts))


def sentence(summary: Headline, names: Names) -> str:
    """Return the plan in one sentence."""
    if summary.worst is None:
        return "Nobody in this economy has a need that asks to be served."
    if summary.first is None:
        return f"Nobody falls short: all {words.people(summary.people)} get the full norm of every need, all the time."
    measure = "survival floor" if summary.measure == "floor" else "full norm"
    assert summary.when is not None, "somebody is below in some period"
    lead = "Everybody gets at least the survival floor, but " if summary.measure == "norm" else ""
    everybody = words.people(summary.people)
    all_of_them = summary.below >= summary.people - 0.5
    who = f"all {everybody}" if all_of_them else f"{words.many(summary.below)} of {everybody}"
    below = f"{who} {'falls' if round(summary.below) == 1 else 'fall'} below the {measure}"
    worst = (
        f"worst off is {names.place[summary.worst]}{_equals(summary)} with {words.percent(summary.level)} of it "
        f"({words.listing(names.need[need] for need in summary.needs)})"
    )
    said = f"{lead}{below} in {names.when(summary.when)}, when they are most; {worst}."
    return said[0].upper() + said[1:]


def _equals(summary: Headline) -> str:
    return f" (as are {words.plural(summary.equals, 'other place', 'other places')})" if summary.equals else ""


def _numbers(plan: Plan, summary: Headline, names: Names) -> list[Markup]:
    measure = summary.measure
    if summary.first is None or summary.when is None or summary.worst is None:
        return [
            _number("0", f"people below the {measure}", f"of {words.people(summary.people)}"),
            _number("none", "place is below it", ""),
            _number("never", "is anybody below it", ""),
        ]
    start = words.day(facts.start_of(plan, summary.first))
    place = names.place[summary.worst]
    return [
        _number(
            words.many(summary.below),
            f"people below the {measure}",
            f"of {words.people(summary.people)}, in {names.when(summary.when)}",
        ),
        _number(
            f"{place} {words.percent(summary.level)}",
            f"worst place, and how much of its {measure} it gets",
            words.listing((names.need[need] for need in summary.needs), most=4),
        ),
        _number(start, f"first date below the {measure}", words.plural(summary.places, "place", "places")),
    ]


def _number(figure: str, label: str, detail: str) -> Markup:
    parts = [element("strong", None, text(figure)), element("span", None, text(label))]
    return element("li", None, join([*parts, element("small", None, text(detail)) if detail else EMPTY]))
