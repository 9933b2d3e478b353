"""One family of errors; every message has the same five fields."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Severity = Literal["fault", "warning"]

MOST_SHOWN = 100
"""Faults shown in one message; the rest are counted."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, or looks wrong, in what was given.

    Attributes:
        what: One plain sentence that says what is wrong.
        where: File, line and column, e.g. ``stocks.csv:14, column resource``.
        seen: The value or values that were found.
        do: What the person can do about it.
        rule: The number of the rule, e.g. ``T3`` (docs/rules.md).
        severity: A ``fault`` stops the work, a ``warning`` does not.
        count: How many places the message stands for.
    """

    what: str
    where: str
    seen: str
    do: str
    rule: str
    severity: Severity = "fault"
    count: int = 1

    def text(self) -> str:
        """Return the message in its five-field form, without a final newline."""
        head = "muster" if self.severity == "fault" else "muster: warning"
        fields = [("where", self.where), ("seen", self.seen), ("do", self.do), ("rule", self.rule)]
        return "\n".join([f"{head}: {self.what}"] + [f"  {name + ':':<7}{value}" for name, value in fields if value])

    def as_dict(self) -> dict[str, str | int]:
        """Return the fields as JSON-ready values."""
        return {
            "severity": self.severity,
            "what": self.what,
            "where": self.where,
            "seen": self.seen,
            "do": self.do,
            "rule": self.rule,
            "count": self.count,
        }


class MusterError(Exception):
    """What was given cannot be acted upon; carries every fault that was found."""

    def __init__(self, faults: Fault | Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__(describe(self.faults))


class EconomyError(MusterError):
    """A folder of tables breaks the format or a rule."""


class PlanError(MusterError):
    """A plan could not be made, read, checked or written."""


class BookError(MusterError):
    """A book could not be made, opened, read or written to."""


class JoiningError(MusterError):
    """A file, a mapping or a message of others cannot be joined."""


class LogError(MusterError):
    """A key, a signed note or a log of the book could not be read, or does not hold."""


def describe(faults: Sequence[Fault], *, most: int = MOST_SHOWN) -> str:
    """Return up to ``most`` messages as one text; faults before warnings, the rest are counted."""
    ordered = sorted(faults, key=lambda fault: fault.severity != "fault")
    shown = [fault.text() for fault in ordered[:most]]
    if len(ordered) > most:
        shown.append(f"muster: and {len(ordered) - most} more of the same kind or others; correct these first.")
    return "\n".join(shown)
