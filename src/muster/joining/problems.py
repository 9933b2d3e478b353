"""What is wrong with a cell of a row."""

from __future__ import annotations

from dataclasses import dataclass

from muster.economy.format import shown
from muster.errors import Fault


@dataclass(frozen=True)
class Problem:
    """One reason why a row does not become an event.

    Attributes:
        column: As the header names it; ``""`` where it is the row as a whole.
        value: What stands there.
        reason: A plain sentence, the same for all rows with the same trouble, so that they can be counted.
        do: What a person can do.
        rule: Number of the rule, J6 to J14.
    """

    column: str
    value: str
    reason: str
    do: str
    rule: str

    def fault(self, where: str) -> Fault:
        """Return the message of five fields; ``where`` is file and line."""
        place = f"{where}, column {self.column}" if self.column else where
        return Fault(self.reason, place, shown(self.value), self.do, self.rule)
