"""The page about one place: why it has what it has, on one sheet of paper."""

from __future__ import annotations

from collections.abc import Sequence

from muster import __version__
from muster.pictures.bars import bar
from muster.pictures.markup import Markup, element, join, text
from muster.plan.plan import Plan
from muster.report.html import document
from muster.report.names import Names
from muster.report.why import Account
from muster.report.words import THIN

MOST_LINES = 3
"""Changes that help named on the sheet, and those that do nothing."""

MOST_ALSO = 4
"""Other needs named on the sheet."""


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
    parts += [_short(each) for each in accounts[1 : 1 + MOST_ALSO]]
    parts.append(_foot(plan, place))
    main = element("main", {"class": "sheet", "id": "main"}, join(parts))
    return document(f"{title}: {plan.economy.title}", main)


def _whole(said: Account) -> Markup:
    helps = [(what, effect) for what, effect in said.helps[:MOST_LINES]]
    parts = [
        element("h2", None, _text(said.title)),
        element("ul", {"class": "facts"}, join(_fact(*fact) for fact in said.facts)),
        element("h3", None, _text("What holds it")),
        _limits(said.holds),
    ]
    if said.before:
        parts.append(element("h3", None, _text("Who was served before it, and why")))
        parts.append(_list(said.before))
    if helps or said.idle:
        parts.append(element("h3", None, _text("What would change it")))
        lines = [_change(what, effect) for what, effect in helps]
        lines += [_change(what, "no change") for what in said.idle[:MOST_LINES]]
        parts.append(element("ul", {"class": "changes"}, join(lines)))
        parts.append(element("p", {"class": "note"}, _text(said.note)))
    return element("section", None, join(parts))


def _fact(head: str, fact: str) -> Markup:
    return element("li", None, join([element("b", None, _text(f"{head}: ")), _text(fact)]))


def _text(words_of: str) -> Markup:
    """Return words as markup; a per cent sign stays with its number."""
    return text(words_of.replace(" %", f"{THIN}%"))


def _limits(holds: Sequence[tuple[float, str]]) -> Markup:
    rows = [
        join([bar(share, title=_share(share), kind="alarm"), element("b", None, _text(_share(share)))])
        + element("span", None, _text(sentence))
        for share, sentence in holds
    ]
    return element("ol", {"class": "limits"}, join(element("li", None, Markup(row)) for row in rows))


def _share(share: float) -> str:
    return f"{share * 100:.0f} %" if share >= 0.005 else "under 1 %"


def _change(what: str, effect: str) -> Markup:
    return element("li", None, join([element("b", None, _text(effect)), element("span", None, _text(what))]))


def _list(sentences: Sequence[str]) -> Markup:
    return element("ul", None, join(element("li", None, _text(each)) for each in sentences))


def _short(said: Account) -> Markup:
    """Return another need of the place in two lines."""
    reached = next(fact for head, fact in said.facts if head == "How much that is")
    most = f" Most of all: {said.holds[0][1]}" if said.holds else ""
    inner = join([element("b", None, _text(f"{said.title}: ")), _text(reached + most)])
    return element("p", {"class": "also"}, inner)


def _foot(plan: Plan, place: str) -> Markup:
    told = (
        f"Made by muster {__version__} from the plan of economy {plan.economy.sha256[:16]}…; to work it out again: "
        f"muster why PLAN {place}"
    )
    return element("footer", None, element("p", {"class": "note"}, _text(told)))
