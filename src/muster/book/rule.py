"""What a rule of the book is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from inspect import cleandoc

from muster.book.events import Event
from muster.book.facts import Facts
from muster.book.wording import Wrong

Find = Callable[[Event, Facts], Iterable[Wrong]]


@dataclass(frozen=True)
class Rule:
    """One rule: its number, its text for the reference, and the function that looks for breaches.

    Attributes:
        number: ``B1`` …; never given to another rule.
        title: The rule in one line.
        why: What breaks where it is not kept.
        offline: What becomes of an event of an offline device that breaks it: ``refused``, ``disputed`` or ``warning``.
        find: Event, facts -> what is wrong. ``None``: found while a line is read or a batch is put together.
        of: Kinds of event that it is asked of; none: of all.
        by_outline: Of an event that moves goods and does nothing else, it looks only at the ``outline``, and at what is
            registered.
    """

    number: str
    title: str
    why: str
    offline: str
    find: Find | None
    of: tuple[str, ...] = ()
    by_outline: bool = False


def outline(event: Event) -> tuple[object, ...] | None:
    """Return the outline of an event that moves goods and does nothing else: kind, people, and from where to where.

    Of places that are no stores, it holds only what they are.
    """
    if event.counted or event.reverses or event.registered or event.closed_by:
        return None
    ways = [(_drawn(source), _drawn(target)) for source, target in {move[:2] for move in event.moves}]
    return event.kind, event.unit, event.recorder, event.approved_by, event.destination, event.due != "", *ways


def _drawn(place: str) -> str:
    return place if place.startswith("store:") else place.partition(":")[0]


def rule(
    number: str, *, offline: str = "refused", of: tuple[str, ...] = (), by_outline: bool = False
) -> Callable[[Find], Rule]:
    """Make a rule of the function below; the first line of its docstring is the title, the rest says why."""

    def made(find: Find) -> Rule:
        title, _, why = cleandoc(find.__doc__ or "").partition("\n\n")
        return Rule(number, title.removesuffix("."), why, offline, find, of, by_outline)

    return made
