"""The tables of a plan as one workbook, for those who live in spreadsheets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from muster.plan.plan import Plan
from muster.plan.tables import PLAN_TABLES
from muster.report import facts, words
from muster.report.names import ANYWHERE, Names
from muster.report.top import sentence

MOST_ROWS = 1_048_575
"""Rows a sheet can hold under its header."""
_CREATED = datetime(2000, 1, 1)
"""Written into every workbook, so that the same plan gives the same bytes."""
_LONGEST, _SAMPLE = 60, 300

_NAMED: Mapping[str, str] = {
    "place": "place",
    "from": "place",
    "to": "place",
    "group": "group",
    "need": "need",
    "resource": "resource",
    "period": "period",
    "arrives": "period",
    "on": "period",
}
"""Columns that hold an id, and what it is an id of; a column with the name follows each."""

_FORMATS: Mapping[str, str] = {
    "met_floor": "0.0%",
    "met_norm": "0.0%",
    "met": "0.0%",
    "level": "0.0%",
    "worth": "0.0%",
    "people": "#,##0",
}
"""Number formats by column; other numbers are shown with at most three decimals."""


@dataclass(frozen=True)
class _Styles:
    head: Format
    text: Format
    number: Format
    day: Format
    by_column: Mapping[str, Format]


def write(plan: Plan, path: Path) -> None:
    """Write every table of a plan as a sheet of its own, after a summary; the same plan gives the same bytes.

    Args:
        plan: What to write.
        path: File to write; what lies there is replaced.
    Raises:
        OSError: The file cannot be written.
    """
    names = Names(plan.economy)
    tables = {name: getattr(plan, "reasons" if name == "why" else name) for name in PLAN_TABLES}
    if plan.packs is not None:
        tables["packs"] = plan.packs
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    # Opened here, because the writer of workbooks reports a file that cannot be written in an error of its own.
    with path.open("wb") as file, xlsxwriter.Workbook(file, {**options, "constant_memory": True}) as book:
        book.set_properties({"title": plan.economy.title, "created": _CREATED})
        styles = _Styles(
            head=book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
            text=book.add_format({"num_format": "@"}),
            number=book.add_format({"num_format": "#,##0.###"}),
            day=book.add_format({"num_format": "yyyy-mm-dd"}),
            by_column={name: book.add_format({"num_format": form}) for name, form in _FORMATS.items()},
        )
        _summary(book.add_worksheet("summary"), _summary_rows(plan, tables, names), styles)
        for name, frame in tables.items():
            _sheet(book.add_worksheet(name), _with_names(frame, names), styles)
        _sheet(book.add_worksheet("sources"), plan.economy.sources.drop("_line"), styles)


def _summary_rows(plan: Plan, tables: Mapping[str, pl.DataFrame], names: Names) -> list[tuple[str, Any]]:
    """Return the summary, a label and a value a row; a row without label is a gap."""
    summary = facts.headline(plan)
    horizon = plan.economy.horizon
    rows: list[tuple[str, Any]] = [
        (plan.economy.title, ""),
        ("In one sentence", sentence(summary, names)),
        ("From", horizon.start),
        ("Until (not included)", horizon.end),
        ("Periods", horizon.periods),
        ("People", summary.people),
        (f"People below the {summary.measure}, when they are most", summary.below),
        ("Worst place", names.place[summary.worst] if summary.worst else ""),
        (f"It gets, of the {summary.measure}", words.percent(summary.level)),
        ("First date below", facts.start_of(plan, summary.first) if summary.first is not None else "never"),
        ("", ""),
    ]
    for record in plan.goals:
        rows += [(f"Goal {record['goal']}: {key}", value) for key, value in record.items() if key != "goal"]
    rows.append(("", ""))
    for name, frame in tables.items():
        left = frame.height - MOST_ROWS
        rows.append((f"Rows of {name}", frame.height))
        if left > 0:
            rows.append((f"Rows of {name} that this workbook cannot hold; {name}.csv has all", left))
    rows += [("", ""), ("Economy (SHA-256)", plan.economy.sha256), ("Made with", plan.solver)]
    return rows


def _summary(sheet: Worksheet, rows: Sequence[tuple[str, Any]], styles: _Styles) -> None:
    sheet.set_column(0, 0, 52)
    sheet.set_column(1, 1, 70)
    for at, (label, value) in enumerate(rows):
        sheet.write_string(at, 0, label, styles.head if at == 0 else None)
        _cell(sheet, (at, 1), value, styles, "people" if label.startswith("People") else "")


def _with_names(frame: pl.DataFrame, names: Names) -> pl.DataFrame:
    """Return a table with the name beside every id."""
    beside = []
    for column in frame.columns:
        beside.append(pl.col(column))
        kind = _NAMED.get(column)
        if kind == "period":
            known = {**names.period, -1: ""}
            name = pl.col(column).replace_strict(known, default="after the plan", return_dtype=pl.String)
            beside.append(pl.when(pl.col(column).is_not_null()).then(name).alias(f"{column} name"))
        elif kind is not None:
            of_ids: Mapping[str, str] = getattr(names, kind)
            blank = ANYWHERE if column == "place" else ""
            name = pl.col(column).replace_strict(dict(of_ids), default=pl.col(column), return_dtype=pl.String)
            named = pl.when(pl.col(column).fill_null("") == "").then(pl.lit(blank)).otherwise(name)
            beside.append(named.alias(f"{column} name"))
    return frame.select(beside)


def _sheet(sheet: Worksheet, frame: pl.DataFrame, styles: _Styles) -> None:
    """Write one table: header frozen, filter over all, columns as wide as what stands in them."""
    shown = frame.head(MOST_ROWS)
    sheet.freeze_panes(1, 0)
    for at, column in enumerate(shown.columns):
        sheet.set_column(at, at, _width(shown[column]))
        sheet.write_string(0, at, column, styles.head)
    # Row by row: the writer keeps only one row in memory.
    for row, values in enumerate(shown.iter_rows(), start=1):
        for at, (column, value) in enumerate(zip(shown.columns, values, strict=True)):
            _cell(sheet, (row, at), value, styles, column)
    if shown.width:
        sheet.autofilter(0, 0, max(1, shown.height), shown.width - 1)


def _width(column: pl.Series) -> float:
    if column.dtype != pl.String:
        return max(12.0, len(column.name) + 4.0)
    longest = max((len(cell) for cell in column.head(_SAMPLE) if cell), default=0)
    return float(min(_LONGEST, max(len(column.name) + 4, longest + 2)))


def _cell(sheet: Worksheet, at: tuple[int, int], value: Any, styles: _Styles, column: str) -> None:
    """Write one cell; text never becomes a formula, a link or a number."""
    if value is None or value == "":
        return
    if isinstance(value, str):
        sheet.write_string(*at, value, styles.text)
    elif isinstance(value, date):
        sheet.write_datetime(*at, datetime(value.year, value.month, value.day), styles.day)
    elif isinstance(value, int):
        sheet.write_number(*at, value, styles.by_column.get(column))
    else:
        sheet.write_number(*at, value, styles.by_column.get(column, styles.number))
