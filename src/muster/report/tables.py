"""Tables of the page: the first rows as HTML, and rows packed for the script that sorts and filters them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from muster.pictures.markup import EMPTY, Markup, element, join, text
from muster.report import words
from muster.report.names import ANYWHERE, Names

Kind = Literal["place", "group", "need", "resource", "mode", "period", "count", "percent", "amount"]
Cell = str | float | None

FIRST_ROWS = 50
"""Rows shown at first, and all that stand in the page without its script."""


@dataclass(frozen=True)
class Column:
    """One column of a table of the page.

    Attributes:
        key: Column of the frame.
        head: Its heading.
        kind: What it holds; ``amount`` is a quantity in the unit of the row's resource.
    """

    key: str
    head: str
    kind: Kind

    @property
    def numeric(self) -> bool:
        """Whether it is aligned as a number."""
        return self.kind in ("count", "percent", "amount")

    @property
    def style(self) -> str | None:
        """Class of its cells."""
        if self.kind == "period":
            return "t"
        return "n floor" if self.key == "met_floor" else "n" if self.numeric else None


def name_of(kind: Kind, value: Cell, names: Names) -> str:
    """Return the name of an id, or of a period."""
    if kind == "period":
        if value is None:
            return "never"
        assert isinstance(value, int), "a period is a whole number"
        return names.when(value)
    if value in (None, ""):
        return ANYWHERE if kind == "place" else ""
    known: Mapping[str, str] = getattr(names, kind)
    return known.get(str(value), str(value))


def written(column: Column, row: Mapping[str, Any], names: Names) -> str:
    """Return a cell as people read it."""
    value = row[column.key]
    if not column.numeric:
        return name_of(column.kind, value, names)
    if value is None:
        return ""
    if column.kind == "percent":
        return words.percent(value)
    if column.kind == "count":
        return words.count(value)
    return f"{words.quantity(value)}{words.THIN}{names.resource_unit.get(row['resource'], '')}"


def table(frame: pl.DataFrame, columns: Sequence[Column], *, ident: str, caption: str, names: Names) -> Markup:
    """Return the first ``FIRST_ROWS`` rows as an HTML table that the script takes over."""
    rows = [
        (
            [written(column, row, names) for column in columns],
            "low" if row.get("met_floor", 1.0) < words.MET else None,
        )
        for row in frame.head(FIRST_ROWS).iter_rows(named=True)
    ]
    body = join(
        element(
            "tr",
            {"class": mark},
            join(
                _cell(column, cell, first=number == 0)
                for number, (column, cell) in enumerate(zip(columns, cells, strict=True))
            ),
        )
        for cells, mark in rows
    )
    heads = [(column.head, column.numeric) for column in columns]
    return scroll(whole_table(heads, body, caption=caption, ident=ident), caption)


def plain_table(heads: Sequence[tuple[str, bool]], rows: Sequence[Sequence[Markup]], *, caption: str) -> Markup:
    """Return a table that stays as it is.

    Args:
        heads: Heading of each column and whether it holds numbers.
        rows: Cells as markup; the first of each row is its heading.
        caption: What the table shows.
    """
    body = join(
        element("tr", None, join(_plain_cell(cell, number, heads) for number, cell in enumerate(row))) for row in rows
    )
    return scroll(whole_table(heads, body, caption=caption), caption)


def whole_table(heads: Sequence[tuple[str, bool]], body: Markup, *, caption: str, ident: str | None = None) -> Markup:
    """Return a table from headings and a body that is already markup."""
    head = join(
        element("th", {"scope": "col", "class": "n" if numeric else None}, text(words_of))
        for words_of, numeric in heads
    )
    parts = [
        element("caption", None, text(caption)),
        element("thead", None, element("tr", None, head)),
        element("tbody", None, body),
    ]
    return element("table", {"id": ident}, join(parts))


def scroll(inner: Markup, name: str) -> Markup:
    """Return a region that scrolls sideways on a narrow screen, and that the keyboard can reach."""
    return element("div", {"class": "scroll", "role": "region", "aria-label": name, "tabindex": "0"}, inner)


def packed(
    frame: pl.DataFrame, columns: Sequence[Column], *, code: Callable[[Kind, Cell], int]
) -> dict[str, list[Any]]:
    """Return the columns of a table as lists for the script, keyed by column.

    Args:
        frame: Rows, in the order in which they are first shown.
        columns: Which columns.
        code: Number of a name in the page's lists of names.
    """
    return {column.key: [_packed(column, value, code) for value in frame[column.key]] for column in columns}


def _packed(column: Column, value: Any, code: Callable[[Kind, Cell], int]) -> Any:
    if not column.numeric:
        return code(column.kind, value)
    if value is None:
        return None
    if column.kind == "percent":
        return words.whole_percent(value)
    return round(value) if column.kind == "count" else short(value)


def short(number: float) -> float:
    """Return a number for a small file, no more exact than it is shown: whole from a hundred on."""
    rounded = float(f"{number:.0f}" if abs(number) >= 100 else f"{number:.6g}")
    return int(rounded) if rounded == int(rounded) else rounded


def _cell(column: Column, cell: str, *, first: bool) -> Markup:
    if first:
        return element("th", {"scope": "row"}, text(cell))
    return element("td", {"class": column.style}, text(cell))


def _plain_cell(cell: Markup, number: int, heads: Sequence[tuple[str, bool]]) -> Markup:
    if number == 0:
        return element("th", {"scope": "row"}, cell)
    return element("td", {"class": "n" if heads[number][1] else None}, cell)


def note(words_of: str) -> Markup:
    """Return a small remark under a table; nothing for no words."""
    return element("p", {"class": "note"}, text(words_of)) if words_of else EMPTY
