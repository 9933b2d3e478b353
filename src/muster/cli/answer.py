"""What a command has to say, for people and for machines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len

from muster.errors import Fault

DONE, FAULT, USAGE, BROKEN = 0, 1, 2, 70
"""Exit statuses: done, a fault in what was given, wrong usage, a mistake inside muster."""


@dataclass(frozen=True)
class Answer:
    """The outcome of one command.

    Attributes:
        text: For people, on stdout; without a final newline.
        data: The same for machines (``--json``), JSON-ready.
        faults: Messages for stderr.
        status: Exit status.
    """

    text: str
    data: Mapping[str, Any] | Sequence[Mapping[str, Any]]
    faults: Sequence[Fault] = ()
    status: int = DONE


def faults_as_data(faults: Iterable[Fault]) -> dict[str, Any]:
    """Return messages as the object that ``--json`` prints."""
    return {"faults": [fault.as_dict() for fault in faults]}


def columns(rows: Sequence[Sequence[str]], *, right: Iterable[int] = (), indent: str = "") -> str:
    """Return rows (the first is the header) as text in straight columns; ``right`` are set flush right."""
    flush_right = set(right)
    widths = [max(cell_len(row[j]) for row in rows) for j in range(len(rows[0]))]

    def cell(j: int, value: str) -> str:
        blank = " " * (widths[j] - cell_len(value))
        return blank + value if j in flush_right else value + blank

    return "\n".join((indent + "  ".join(cell(j, value) for j, value in enumerate(row))).rstrip() for row in rows)


def counted(count: float, one: str, many: str | None = None) -> str:
    """Return a whole number with its noun: ``1 place``, ``1,732 claims``, ``no faults``."""
    noun = one if round(count) == 1 else many or f"{one}s"
    return f"{round(count):,} {noun}" if round(count) else f"no {noun}"


def percent(share: float) -> str:
    """Return a share (0 to 1) in per cent, rounded down so that only a whole (to a millionth) is called 100 %."""
    tenths = int(share * 1000 + 1e-3)
    if tenths == 0 and share > 1e-6:
        return "under 0.1 %"
    return f"{tenths // 10} %" if tenths % 10 == 0 else f"{tenths / 10:.1f} %"


def people(count: float, *, noun: bool = True) -> str:
    """Return a number of people, in millions from a million on: ``1,500 people``, ``19.9 million people``."""
    if count < 999_950:
        return counted(count, "person", "people") if noun else f"{count:,.0f}"
    return large(count) + (" people" if noun else "")


def large(number: float) -> str:
    """Return a number in whole units, from a million on in millions: ``3,630``, ``34.5 million``."""
    return f"{number:,.0f}" if number < 999_950 else f"{number / 1e6:,.1f} million"
