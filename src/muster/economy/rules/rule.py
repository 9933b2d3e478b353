"""What a rule is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from inspect import cleandoc
from typing import Literal

from muster.economy.rules.facts import Facts
from muster.errors import Fault

Find = Callable[[Facts], Iterable[Fault]]

Scope = Literal["rows", "blanks", "people", "whole"]
"""What a rule looks at, and so when it is asked.

``rows``: rows and what they name; always. ``blanks``: what is filled and what is not; of tables in which every cell
could be read, since a cell that could not be is blank, too. ``people`` and ``whole``: the economy as a whole; only
where nothing else is at fault, since one wrong id would make them speak of things that are not so. Warnings of
``people`` say who is hit, and come before other warnings."""


@dataclass(frozen=True)
class Rule:
    """One rule: its number, its text for the reference, and the function that looks for breaches.

    Attributes:
        number: ``T1`` …; never given to another rule.
        title: The rule in one line.
        why: What breaks or misleads where it is not kept; what counts and what does not.
        finds: ``fault``, ``warning`` or ``fault or warning``.
        scope: What the rule looks at.
        find: Facts -> messages, without number.
    """

    number: str
    title: str
    why: str
    finds: str
    scope: Scope
    find: Find

    def __call__(self, facts: Facts) -> Iterator[Fault]:
        """Yield what breaks the rule, with its number."""
        for found in self.find(facts):
            yield replace(found, rule=self.number)


def rule(number: str, *, finds: str = "fault", scope: Scope = "rows") -> Callable[[Find], Rule]:
    """Make a rule of the function below; the first line of its docstring is the title, the rest says why."""

    def made(find: Find) -> Rule:
        title, _, why = cleandoc(find.__doc__ or "").partition("\n\n")
        return Rule(number, title.removesuffix("."), why, finds, scope, find)

    return made
