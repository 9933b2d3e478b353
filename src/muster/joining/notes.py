"""Columns that are noted and not counted: weight, freight; their numbers may stand on another line of the file."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from muster.joining.cells import Number, cell_of, formula_error, kind_of
from muster.joining.heads import Columns, folded
from muster.joining.mapping import Noted
from muster.joining.numbers import Signs
from muster.joining.opening import RawRow
from muster.joining.problems import Problem
from muster.joining.templates import template

LONGEST = 2_000
"""Signs in a note: what an event can carry."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A value that stands on another line: the cells that name that line, and how a person reads it."""

    key: tuple[str, ...]
    value: str


Read = str | Elsewhere | Problem | None
"""What a cell says: a note, another line, a problem, or nothing."""


@dataclass
class NoteReader:
    """Reads one ``[[noted]]`` of a mapping, row by row, and finds what stands on other lines.

    Attributes:
        form: The section.
        found: What each line says, by the cells that others name it with; filled while rows are read.
    """

    form: Noted
    columns: Columns
    signs: Signs
    key_columns: tuple[str, ...]
    found: dict[tuple[str, ...], Read] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Take the form apart once."""
        self._number = Number(self.form.column, self.columns, signs=self.signs)
        self._words = {folded(word): meaning for word, meaning in self.form.words.items()}
        named = template(self.form.refers) if self.form.refers else None
        self._pattern: re.Pattern[str] | None = named.pattern() if named else None
        self._named = named.columns if named else ()
        self._positions = [self.columns.at(column) or 0 for column in self._named]

    def read(self, row: RawRow) -> Read:
        """Return what the cell of a row says, and remember it for the lines that refer to this one."""
        found = self._cell(row)
        if self._named:
            self.found.setdefault(tuple(cell_of(row, position) for position in self._positions), found)
        return found

    def _cell(self, row: RawRow) -> Read:
        text = cell_of(row, self._number.position)
        if kind_of(row, self._number.position) == "e":
            return formula_error(self.form.column, text)
        if not text:
            return self._unknown(text, "the cell is blank")
        meaning = self._words.get(folded(text))
        if meaning is not None:
            return self._unknown(text, meaning)
        if self._pattern is not None and (match := self._pattern.fullmatch(text)):
            return Elsewhere(tuple(part.strip() for part in match.groups()), text)
        if not self.form.unit:
            return f"{self.form.name}: {' '.join(text.split())}"
        number = self._number.read(row)
        if isinstance(number, Problem):
            return number if self.form.if_unknown == "return" else f"{self.form.name}: {' '.join(text.split())}"
        return f"{self.form.name} {number} {self.form.unit}"

    def _unknown(self, text: str, meaning: str) -> Read:
        if self.form.if_unknown == "return":
            what = f"There is no {self.form.name}: {meaning}."
            return Problem(self.form.column, text, what, "write it, or let the mapping note why", "J12")
        return f"{self.form.name}: {meaning}" if text else None

    def resolve(self, where: Elsewhere) -> str | Problem:
        """Return the note of a row whose value stands on another line, once all rows were read."""
        name, seen = self.form.name, {where.key}
        found: Read = self.found.get(where.key)
        while isinstance(found, Elsewhere) and found.key not in seen:
            seen.add(found.key)
            found = self.found.get(found.key)
        if isinstance(found, str) and found.startswith(f"{name} "):
            return f"{name} shared with {self._spoken(where.key)}"
        if found is None and where.key not in self.found:
            what = f"The {name} stands on a line that is not in the file."
            do = "add that line to the file, or write the value"
        elif isinstance(found, Elsewhere):
            what = f"The {name} stands on a line that points back here."
            do = "write the value on one of the lines"
        else:
            what = f"The {name} stands on a line that does not have it either."
            do = "write the value on that line"
        if self.form.if_unknown == "return":
            return Problem(self.form.column, where.value, what, do, "J12")
        return f"{name}: {where.value}"

    def _spoken(self, key: tuple[str, ...]) -> str:
        """Return how a line is named: by the key columns of the mapping where they are among the names."""
        said = list(zip(self._named, key, strict=True))
        keys = {folded(column) for column in self.key_columns}
        short = [(column, value) for column, value in said if folded(column) in keys] or said
        return ", ".join(f"{column.upper() if column == 'id' else column} {value}" for column, value in short)
