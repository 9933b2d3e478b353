"""The XLSX form of an economy: one sheet for each table, one for the settings, one for the shapes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from muster.economy.economy import Economy
from muster.economy.options import settings
from muster.economy.shapes import written
from muster.economy.tables import OPTIONS, SHAPES, TABLES, Column, Table

MOST_ROWS = 1_048_576
"""Rows of a sheet, the header included."""

_PIECE = 30_000
"""Characters of GeoJSON in a cell; Excel holds 32,767."""

_CREATED = datetime(2000, 1, 1)
_FIRST_DAY = date(1900, 3, 1)
"""Before it Excel counts a day that never was: such dates are written as text."""


class _Exact(float):
    """A number that is written with every digit it needs, where the writer would take 16."""

    def __format__(self, form: str) -> str:
        return repr(float(self))


def write_workbook(economy: Economy, path: Path, *, tables: Sequence[str]) -> None:
    """Write an economy as a workbook; the same economy gives the same bytes.

    All text is written as text: no cell can become a formula or a link.
    """
    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with path.open("wb") as file, xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"title": economy.title, "created": _CREATED})
        head, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        _write_settings(book.add_worksheet(OPTIONS), economy, head)
        for name in tables:
            _write_table(book.add_worksheet(name), TABLES[name], economy.tables[name], head, day)
        if economy.shapes is not None:
            _write_shapes(book.add_worksheet(SHAPES), written(economy.shapes))


def _write_settings(sheet: Worksheet, economy: Economy, head: Format) -> None:
    sheet.set_column(0, 1, 24)
    for row, (key, value) in enumerate([("key", "value"), *settings(economy).items()]):
        sheet.write_string(row, 0, key, head if row == 0 else None)
        _write_cell(sheet, row, 1, ", ".join(value) if isinstance(value, tuple) else value)


def _write_table(sheet: Worksheet, table: Table, frame: pl.DataFrame, head: Format, day: Format) -> None:
    sheet.freeze_panes(1, 0)
    for i, column in enumerate(table.columns):
        sheet.write_string(0, i, column.name, head)
        sheet.set_column(i, i, max(10, len(column.name) + 2))
        for row, value in enumerate(frame[column.name], start=1):
            if value is not None:
                _write_cell(sheet, row, i, _shown(value, column), day)


def _shown(value: Any, column: Column) -> Any:
    return ("yes" if value else "no") if column.kind == "yes_no" else value


def _write_cell(sheet: Worksheet, row: int, column: int, value: Any, day: Format | None = None) -> None:
    if isinstance(value, date) and day is not None and value >= _FIRST_DAY:
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), day)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, _Exact(value))
    else:
        sheet.write_string(row, column, str(value))


def _write_shapes(sheet: Worksheet, text: str) -> None:
    sheet.write_string(0, 0, "geojson")
    for row, start in enumerate(range(0, len(text), _PIECE), start=1):
        sheet.write_string(row, 0, text[start : start + _PIECE])
