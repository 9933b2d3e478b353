"""One table as text: what a file holds before its cells mean anything."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import polars as pl

from muster.economy.tables import LINE

MOST_COLUMNS = 1_000
"""A table with more columns is not read: it cannot be one of ours."""


@dataclass(frozen=True, eq=False)
class Grid:
    """The cells of one table as text, trimmed; blank is null.

    Attributes:
        table: Name of the table.
        file: Name of the file or sheet, for messages.
        header: Names of the columns as written, trimmed (``""`` where blank).
        cells: One text column ``"0"``, ``"1"`` … for each name, and the line in ``_line``.
        line: Line of the header.
        torn: Lines with another number of cells than the header; what they lack is reported once, not per cell.
        separator: What stands between the cells of a CSV file.
    """

    table: str
    file: str
    header: tuple[str, ...]
    cells: pl.DataFrame = field(repr=False)
    line: int = 1
    torn: frozenset[int] = frozenset()
    separator: str = ","


def tidy(cells: pl.DataFrame) -> pl.DataFrame:
    """Return text cells trimmed, and null where blank; other columns as they are."""
    text = pl.selectors.string()
    trimmed = cells.with_columns(text.str.strip_chars())
    return trimmed.with_columns(pl.when(text != "").then(text))


def without_blank_rows(cells: pl.DataFrame, *, keep: Collection[int] = ()) -> pl.DataFrame:
    """Return the rows in which at least one cell is filled, and those on the lines in ``keep``."""
    filled = pl.any_horizontal(pl.exclude(LINE).is_not_null())
    if cells.width == 1:
        return cells.clear()
    return cells.filter(filled | pl.col(LINE).is_in(list(keep)) if keep else filled)
