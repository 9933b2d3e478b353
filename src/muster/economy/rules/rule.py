"""What a rule is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from muster.economy.rules.facts import Facts
from muster.errors import Fault

Find = Callable[[Facts], Iterable[Fault]]

Scope = Literal["rows", "people", "whole"]
"""``rows``: looks at rows and what they name, and is always asked. The others look at the economy as a whole and are asked
only where no rule of rows found a fault, since a single wrong id would make them speak of things that are not so.
``people``: says how many people are hit, and comes first among the warnings."""


@dataclass(frozen=True)
class Rule:
    """One rule: its number, what it says for the reference, and the function that looks for breaches.

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


def rule(number: str, title: str, why: str, *, finds: str = "fault", scope: Scope = "rows") -> Callable[[Find], Rule]:
    """Make a rule of the function below."""

    def made(find: Find) -> Rule:
        return Rule(number, title, why, finds, scope, find)

    return made
