"""The page about one place: why it has what it has, on one sheet of paper."""

from __future__ import annotations

from collections.abc import Sequence

from muster import __version__
from muster.pictures.bars import bar
from muster.pictures.markup import EMPTY, Markup, element, join, text
from muster.plan.plan import Plan
from muster.report.html import document
from muster.report.names import Names
from muster.report.why import Account

MOST_LINES = 3
"""Changes that help named on the sheet, and those that do nothing."""


def render(plan: Plan, place: str, accounts: Sequence[Account], *, nothing: str) -> str:
    """Return the page about a place: its worst need in full, the others in short.

    Args:
        plan: The plan.
        place: Id of the place.
        accounts: What is to be said about each need, the worst first.
        nothing: What to say where there is no account.
    """
    names = Names(plan.economy)
    title = f"Why {names.place[place]} has what it has"
    parts = [
        element("h1", None, text(title)),
        element("p", {"class": "span"}, text(f"{plan.economy.title}, {names.span}")),
    ]
    parts += [_whole(accounts[0])] if accounts else [element("p", {"class": "sentence"}, text(nothing))]
    parts += [_short(each) for each in accounts[1:]]
    parts.append(_foot(plan, place))
    main = element("main", {"class": "sheet", "id": "main"}, join(parts))
    return document(f"{title}: {plan.economy.title}", main)


def _whole(said: Account) -> Markup:
    helps = [(what, effect) for what, effect in said.helps[:MOST_LINES]]
    parts = [
        element("h2", None, text(said.title)),
        element("ul", {"class": "facts"}, join(_fact(fact) for fact in said.facts)),
        element("h3", None, text("What holds it")),
        _limits(said.holds),
    ]
    if said.before:
        parts.append(element("h3", None, text("Who was served before it, and why")))
        parts.append(_list(said.before))
    if helps or said.idle:
        parts.append(element("h3", None, text("What would change it")))
        lines = [_change(what, effect) for what, effect in helps]
        lines += [_change(what, "no change") for what in said.idle[:MOST_LINES]]
        parts.append(element("ul", {"class": "changes"}, join(lines)))
        parts.append(element("p", {"class": "note"}, text(said.note)))
    return element("section", None, join(parts))


def _fact(fact: str) -> Markup:
    head, _, rest = fact.partition(": ")
    inner = join([element("b", None, text(f"{head}: ")), text(rest)]) if rest else text(fact)
    return element("li", None, inner)


def _limits(holds: Sequence[tuple[float, str]]) -> Markup:
    rows = [
        join([bar(share, title=_share(share), kind="alarm"), element("b", None, text(_share(share)))])
        + element("span", None, text(sentence))
        for share, sentence in holds
    ]
    return element("ol", {"class": "limits"}, join(element("li", None, Markup(row)) for row in rows))


def _share(share: float) -> str:
    return f"{share * 100:.0f} %" if share >= 0.005 else "under 1 %"


def _change(what: str, effect: str) -> Markup:
    return element("li", None, join([element("b", None, text(effect)), element("span", None, text(what))]))


def _list(sentences: Sequence[str]) -> Markup:
    return element("ul", None, join(element("li", None, text(each)) for each in sentences))


def _short(said: Account) -> Markup:
    """Return another need of the place in two lines."""
    facts = [fact for fact in said.facts if fact.startswith("How much that is: ")]
    most = f" Most of all: {said.holds[0][1]}" if said.holds else ""
    words = f"{facts[0].removeprefix('How much that is: ')[:1].upper()}{facts[0].removeprefix('How much that is: ')[1:]}"
    return element(
        "p", {"class": "also"}, join([element("b", None, text(f"{said.title}: ")), text(words + most)])
    ) if facts else EMPTY


def _foot(plan: Plan, place: str) -> Markup:
    told = (
        f"Made by muster {__version__} from the plan with the economy {plan.economy.sha256[:16]}…; worked out again by: "
        f"muster why PLAN {place}"
    )
    return element("footer", None, element("p", {"class": "note"}, text(told)))
