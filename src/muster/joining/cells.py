"""The cells of a row as a mapping means them: texts, names, numbers and dates, or what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from unicodedata import normalize

from muster.economy.format import PLACEHOLDERS, near
from muster.joining.heads import Columns, folded
from muster.joining.numbers import Signs, decimal_text
from muster.joining.opening import RawRow
from muster.joining.problems import Problem
from muster.joining.templates import template

LONGEST_NAME = 200
"""Signs in a name of the book."""

_CACHED = 50_000
"""Texts that are remembered for one template."""

_AS_EXCEL = Signs()

Names = Mapping[int, Mapping[str, str]]
"""Confirmed names by the position of their column: word of the file -> name of the book."""


def cell_of(row: RawRow, position: int) -> str:
    """Return a cell of a row; ``""`` where the row is shorter."""
    return row.cells[position] if position < len(row.cells) else ""


def kind_of(row: RawRow, position: int) -> str:
    """Return the kind of a cell of a workbook, ``t`` for CSV."""
    return row.kinds[position] if position < len(row.kinds) else "t"


class Text:
    """One text of a mapping with its columns, read row by row.

    Args:
        text: As the mapping writes it, with columns in braces.
        columns: Of the file.
        names: Confirmed names of the columns that have some.
        needed: Whether a blank cell is a problem; where not, a text of blank cells only is blank.
    """

    def __init__(self, text: str, columns: Columns, *, names: Names, needed: bool) -> None:
        self._parts = template(text).parts
        self.columns = template(text).columns
        self._needed = needed
        self._positions = [_position(columns, column) for column in self.columns]
        self._names = [names.get(position) for position in self._positions]
        self._folded = [
            {folded(word): name for word, name in words.items()} if words is not None else None for words in self._names
        ]
        self._alone = self._positions[0] if len(self._positions) == 1 else None
        self._read: dict[tuple[str, ...] | str, str | Problem] = {}
        self._constant = text if not self.columns else None

    def read(self, row: RawRow) -> str | Problem:
        """Return the text for a row, or the first problem of its cells."""
        if self._constant is not None:
            return self._constant
        if row.kinds and "e" in row.kinds:
            for column, position in zip(self.columns, self._positions, strict=True):
                if kind_of(row, position) == "e":
                    return formula_error(column, cell_of(row, position))
        if self._alone is not None:
            cell = cell_of(row, self._alone)
            return self._read.get(cell) or self._first_time(cell, (cell,))
        cells = tuple([cell_of(row, position) for position in self._positions])
        return self._read.get(cells) or self._first_time(cells, cells)

    def _first_time(self, known_as: tuple[str, ...] | str, cells: tuple[str, ...]) -> str | Problem:
        found = self._put_together(cells)
        if len(self._read) < _CACHED:
            self._read[known_as] = found
        return found

    def _put_together(self, cells: tuple[str, ...]) -> str | Problem:
        if not self._needed and not any(cells):
            return ""
        values: dict[str, str] = {}
        for i, column in enumerate(self.columns):
            value = self._named(i, column, cells[i])
            if isinstance(value, Problem):
                return value
            values[column] = value
        text = "".join(values[piece] if is_column else piece for piece, is_column in self._parts)
        if len(text) > LONGEST_NAME:
            column = self.columns[0]
            return Problem(column, text, f"A text has more than {LONGEST_NAME} signs.", "shorten it", "J7")
        return text

    def _named(self, i: int, column: str, cell: str) -> str | Problem:
        words = self._names[i]
        plain = normalize("NFC", " ".join(cell.split()))
        if words is not None:
            exact = words.get(plain) or (self._folded[i] or {}).get(folded(plain))
            return exact if exact is not None else _unknown(column, plain, words)
        if not plain:
            if self._needed:
                return Problem(column, cell, "A cell that must be filled is blank.", "fill it in", "J6")
            return ""
        if plain.casefold() in PLACEHOLDERS:
            return Problem(column, cell, "A placeholder stands where a name is needed.", "write the name", "J7")
        if not plain.isprintable():
            return Problem(column, cell, "A text has signs that cannot be seen.", "type it anew", "J7")
        return plain


def _unknown(column: str, plain: str, words: Mapping[str, str]) -> Problem:
    close = near(plain, words) if plain else None
    guess = f'is it "{close}"? ' if close else ""
    do = f'{guess}correct it, or add it below [names."{column}"] in the mapping'
    return Problem(column, plain, "A name is not in the table of names.", do, "J7")


def _position(columns: Columns, name: str) -> int:
    position = columns.at(name)
    assert position is not None, "the columns of the mapping were looked for when the file was opened"
    return position


def formula_error(column: str, text: str) -> Problem:
    """Return the problem of a cell whose formula went wrong."""
    return Problem(column, text, "A cell holds an error of a formula.", "correct the formula, or write the value", "J6")


def names_of(mapping: Mapping[str, Mapping[str, str]], columns: Columns) -> Names:
    """Return the tables of names of a mapping by the positions of their columns, which are in the file."""
    return {_position(columns, column): words for column, words in mapping.items()}


class Number:
    """One column of numbers, read row by row as decimal text."""

    def __init__(self, column: str, columns: Columns, *, signs: Signs) -> None:
        self.column = column
        self.position = _position(columns, column)
        self._signs = signs

    def read(self, row: RawRow) -> str | Problem:
        """Return the number of a row as decimal text; ``""`` where the cell is blank."""
        cell = cell_of(row, self.position)
        if not cell:
            return ""
        kind = kind_of(row, self.position)
        if kind == "t":
            return decimal_text(cell, signs=self._signs, column=self.column)
        if kind == "n":
            return decimal_text(cell, signs=_AS_EXCEL, column=self.column)
        if kind == "e":
            return formula_error(self.column, cell)
        what = "A date" if kind == "d" else "A yes or no"
        return Problem(self.column, cell, f"{what} stands where a number is expected.", "write the number", "J8")
