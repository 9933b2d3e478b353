"""The header of a file: which column stands where, by name, HXL tag or number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

from muster.economy.format import near, shown
from muster.errors import Fault
from muster.joining.mapping import FileForm
from muster.joining.opening import RawRow, Table
from muster.joining.rules import JoiningError
from muster.texts.csv_rows import MOST_COLUMNS

TAG = re.compile(r"#\s*[a-z][a-z0-9_]*(\s*\+\s*[a-z][a-z0-9_]*)*", re.IGNORECASE)
"""A tag of the Humanitarian Exchange Language, e.g. ``#adm1+code``."""

_NUMBERED = re.compile(r"column (\d{1,5})")
_SEARCHED = 50
"""Lines in which a header is looked for that is not where the mapping says."""


def folded(name: str) -> str:
    """Return a name of a column as names are compared: small letters, one space between words."""
    return " ".join(name.split()).casefold()


@dataclass(frozen=True)
class Columns:
    """The columns of a file.

    Attributes:
        names: As written, from the left: of several lines the lowest, with those above where it is blank or not the
            only one. ``column 9`` where all are blank, ``Name (2)`` for the second Name.
        positions: Folded name, tag or ``column 9`` -> position from 0.
        file, line: Where the header stands, for messages.
    """

    names: tuple[str, ...]
    positions: dict[str, int]
    file: str
    line: int

    @property
    def width(self) -> int:
        """How many columns the header has."""
        return len(self.names)

    def at(self, name: str) -> int | None:
        """Return the position of a column, or ``None``."""
        return self.positions.get(folded(name))

    def missing(self, wanted: Iterable[str]) -> list[Fault]:
        """Return a fault for each wanted column that is not there (J3)."""
        faults = []
        for name in dict.fromkeys(wanted):
            if self.at(name) is None:
                close = near(name, self.names)
                guess = f'did you mean "{close}"? ' if close else ""
                do = f"{guess}the header has {', '.join(shown(each) for each in self.names[:40])}"
                fault = Fault("A column of the mapping is not in the file.", f"{self.file}:{self.line}", name, do, "J3")
                faults.append(fault)
        return faults


def columns_of(heads: dict[int, RawRow], form: FileForm, file: str, *, least: int = 0) -> Columns:
    """Return the columns that the lines of a header make, at least ``least`` of them.

    Args:
        heads: The rows above the data by their lines.
        form: Which of them are the header, and which holds tags.
        file: For messages.
    """
    lines = [heads[line].cells for line in form.header if line in heads]
    tags = heads[form.tags].cells if form.tags in heads else []
    width = max(least, *(_filled_width(cells) for cells in [*lines, tags]), 0)
    lowest = [folded(cell) for cell in lines[-1]] if lines else []
    names: list[str] = []
    positions: dict[str, int] = {}
    for i in range(width):
        parts = [" ".join(cells[i].split()) for cells in lines if i < len(cells) and cells[i].strip()]
        if i < len(lowest) and lowest[i] and lowest.count(lowest[i]) == 1:
            parts = parts[-1:]
        name = " / ".join(dict.fromkeys(parts)) or f"column {i + 1}"
        number = 2
        plain = name
        while folded(name) in positions:
            name, number = f"{plain} ({number})", number + 1
        names.append(name)
        positions[folded(name)] = i
        positions.setdefault(f"column {i + 1}", i)
    for i, tag in enumerate(tags[:width]):
        if TAG.fullmatch(tag):
            positions.setdefault(folded(re.sub(r"\s", "", tag)), i)
    return Columns(tuple(names), positions, file, max(form.header))


def _filled_width(cells: list[str]) -> int:
    return max((i for i, cell in enumerate(cells, start=1) if cell.strip()), default=0)


def split(table: Table, form: FileForm, wanted: Iterable[str]) -> tuple[Columns, Iterator[RawRow]]:
    """Return the columns of a table and its rows of data.

    Raises:
        JoiningError: A wanted column is not in the header (J3); says so where the header stands on another line.
    """
    wanted = list(wanted)
    heads: dict[int, RawRow] = {}
    rows = table.rows
    for row in rows:
        if row.line >= form.data:
            rows = chain([row], rows)
            break
        heads[row.line] = row
    numbers = [int(found[1]) for name in wanted if (found := _NUMBERED.fullmatch(folded(name)))]
    columns = columns_of(heads, form, table.file, least=min(max(numbers, default=0), MOST_COLUMNS))
    faults = columns.missing(wanted)
    if faults:
        raise JoiningError(_elsewhere([*heads.values(), *islice(rows, _SEARCHED)], wanted, form, table.file) or faults)
    return columns, iter(rows)


def _elsewhere(rows: list[RawRow], wanted: list[str], form: FileForm, file: str) -> list[Fault]:
    """Return the fault of a header that stands on another line than the mapping says, if it does."""
    names = {folded(name) for name in wanted}
    for row in rows:
        if names <= {folded(cell) for cell in row.cells}:
            what = "The header stands on another line than the mapping says."
            do = f"in the mapping: header = [{row.line}], data = {row.line + 1}"
            return [Fault(what, f"{file}:{row.line}", f"header = {list(form.header)}", do, "J3")]
    return []
