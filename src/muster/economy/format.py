"""The rules of the format, and how cells at fault become messages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType

from muster.errors import Fault, Severity

FORMAT_RULES: Mapping[str, str] = MappingProxyType(
    {
        "F1": "An economy is a folder of tables, or one XLSX workbook, that exists and can be opened.",
        "F2": "Every file or sheet is a table of the format, and each table is there once.",
        "F3": "A text file is UTF-8, with commas or semicolons between the cells and whole quotes around them.",
        "F4": "Every column is a column of its table, is there once, and the required ones are there.",
        "F5": "Every row has as many cells as the header.",
        "F6": "A required cell is filled.",
        "F7": "A number has digits and a decimal point, is finite, and lies within its bounds.",
        "F8": "A date is a day of the calendar from 1900 on, written YYYY-MM-DD.",
        "F9": "A choice is one of its words; yes or no is written yes or no.",
        "F10": "Text is neither a placeholder nor a formula, has no hidden characters and fits into a cell of Excel.",
        "F11": "A number that stands out from its column and looks like a placeholder is pointed out.",
        "F12": "economy.toml gives start, period and periods; goals, step and slack are within their bounds.",
        "F13": "places.geojson is a GeoJSON feature collection whose features name a place.",
    }
)
"""Rules of the format by number; the rules between tables are numbered T1 …."""

PLACEHOLDERS = frozenset(
    {
        "-",
        "--",
        "---",
        "–",
        "—",
        "?",
        "n/a",
        "#n/a",
        "n.a.",
        "n.a",
        "null",
        "nan",
        "#null!",
        "#ref!",
        "#value!",
        "#name?",
    }
    | {"#div/0!", "#num!", "#getting_data", "#spill!", "#calc!"}
)
"""Text that stands for "not available" or for an error of a spreadsheet, in small letters."""

_JOINERS = "\u200c\u200d"
"""Signs without width that Persian and other languages write with."""

SEEN = 5
"""Values shown in one message; the rest are counted."""


@dataclass(frozen=True)
class Advice:
    """What is wrong with a cell and what to do about it.

    Attributes:
        one: The sentence for one cell.
        many: The sentence for several cells, with ``{n}`` for their number.
        do: What the person can do.
        rule: Number of the rule.
        severity: ``fault`` or ``warning``.
        own: ``do`` speaks of the value of the one cell.
    """

    one: str
    many: str
    do: str
    rule: str
    severity: Severity = "fault"
    own: bool = False


@dataclass(frozen=True)
class Place:
    """Where cells stand: a file (or sheet) and a column."""

    file: str
    column: str

    def at(self, line: int) -> str:
        """Return ``file:line, column name``."""
        return f"{self.file}:{line}, column {self.column}" if self.column else f"{self.file}:{line}"


def fault_of_cells(place: Place, advice: Advice, cells: Sequence[tuple[int, str]]) -> Fault:
    """Return one fault for all cells (line, value) of a column that are wrong in the same way."""
    assert cells, "a fault needs a cell"
    count = len(cells)
    what = advice.one if count == 1 else advice.many.format(n=f"{count:,}")
    do = f"line {cells[0][0]}: {advice.do}; the others likewise" if advice.own and count > 1 else advice.do
    return Fault(what, place.at(cells[0][0]), seen(cells), do, advice.rule, advice.severity, count)


def seen(cells: Sequence[tuple[int, str]]) -> str:
    """Return the values with their lines, e.g. ``wheet (line 14), wheet (line 90)``."""
    if len(cells) == 1:
        return shown(cells[0][1])
    told = ", ".join(f"{shown(value)} (line {line})" for line, value in cells[:SEEN])
    return told if len(cells) <= SEEN else f"{told} and {len(cells) - SEEN:,} more"


def shown(value: str) -> str:
    """Return a value as it can stand in a message: one line, not longer than 60 characters, nothing hidden."""
    if not value:
        return "a blank cell"
    plain = "".join(sign if sign.isprintable() or sign in _JOINERS else repr(sign)[1:-1] for sign in value[:61])
    return plain if len(plain) <= 60 else f"{plain[:57]}…"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``did you mean "x"? `` for the nearest known name, or nothing."""
    nearest = near(name, known)
    return f'did you mean "{nearest}"? ' if nearest else ""


def near(name: str, known: Iterable[str]) -> str | None:
    """Return the known name nearest to ``name``, or ``None`` where none is near."""
    folded = {each.casefold(): each for each in known}
    found = get_close_matches(name[:60].casefold(), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None
