"""Text -> typed columns, and a fault for every kind of cell that cannot be read."""

from __future__ import annotations

import polars as pl

from muster.economy.advice import Asker, about_date, about_number, about_text, about_word
from muster.economy.format import PLACEHOLDERS, Advice, Place, fault_of_cells
from muster.economy.grid import Grid, tidy, without_blank_rows
from muster.economy.header import recognise
from muster.economy.tables import LINE, Column, Table
from muster.errors import Fault

LONGEST = 32_767
"""Characters in a cell: what Excel can hold."""

_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_HIDDEN = r"[\x00-\x08\x0b-\x1f\x7f\x{FFFE}\x{FFFF}]"
_FORMULA = r"^[=+@\-]"
_WORDS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
_FIRST_YEAR = 1900
_MOST_WHOLE = 2.0**53


def typed(grid: Grid, table: Table) -> tuple[pl.DataFrame, list[Fault]]:
    """Return the frame of a table and every fault of its cells.

    Cells at fault are null and their rows stay, so that the rules between tables can look at the rest.
    """
    grid, positions, faults = recognise(grid, table)
    columns: list[pl.Series] = []
    for column in table.columns:
        if column.name not in positions:
            columns.append(
                pl.Series(column.name, [column.default], dtype=column.dtype).new_from_index(0, grid.cells.height)
            )
            continue
        text = grid.cells[str(positions[column.name])].rename(column.name)
        series, more = _column(text, grid, table, column)
        faults += more
        columns.append(series)
    return pl.DataFrame([*columns, grid.cells[LINE]], schema=table.schema), faults


def _column(text: pl.Series, grid: Grid, table: Table, column: Column) -> tuple[pl.Series, list[Fault]]:
    values = _READERS[column.kind](text, column)
    place = Place(grid.file, column.name)
    lines = grid.cells[LINE]
    faults = _told(place, lines, text, values.is_null() & text.is_not_null(), _asker(column, table))
    faults += _blank(place, lines, text, grid, column)
    if column.default is not None:
        values = values.zip_with(text.is_not_null(), pl.Series([column.default], dtype=column.dtype))
    return values, faults


def _told(place: Place, lines: pl.Series, text: pl.Series, wrong: pl.Series, ask: Asker) -> list[Fault]:
    """Return one fault for each kind of advice that the wrong cells need."""
    if not wrong.any():
        return []
    kinds: dict[str, tuple[Advice, list[tuple[int, str]]]] = {}
    for line, value in zip(lines.filter(wrong), text.filter(wrong), strict=True):
        advice = ask(value)
        kinds.setdefault(advice.many, (advice, []))[1].append((line, value))
    return [fault_of_cells(place, advice, cells) for advice, cells in kinds.values()]


def _blank(place: Place, lines: pl.Series, text: pl.Series, grid: Grid, column: Column) -> list[Fault]:
    if not column.required or not text.null_count():
        return []
    blank = [(line, "") for line in lines.filter(text.is_null()) if line not in grid.torn]
    meaning = column.meaning.rstrip(".")
    advice = Advice(
        f"A cell that must be filled is blank: {meaning}.",
        f"{{n}} cells that must be filled are blank: {meaning}.",
        "fill it in, or delete the row",
        "F6",
    )
    return [fault_of_cells(place, advice, blank)] if blank else []


def _asker(column: Column, table: Table) -> Asker:
    if column.kind in ("number", "whole"):
        has_unit = any(each.name == "unit" for each in table.columns)
        return lambda value: about_number(value, column, has_unit=has_unit)
    if column.kind == "date":
        return about_date
    if column.kind in ("choice", "yes_no"):
        return lambda value: about_word(value, column)
    return lambda value: about_text(value, column)


def _numbers(text: pl.Series, column: Column) -> pl.Series:
    """Numbers as written; null where they are none, not finite or out of bounds. A negative zero becomes zero."""
    values = text.set(~text.str.contains(_NUMBER), None).cast(pl.Float64, strict=False)
    good = values.is_finite()
    if column.least is not None:
        good &= values >= column.least
    if column.most is not None:
        good &= values <= column.most
    return values.set(values == 0.0, 0.0).set(~good, None)


def _wholes(text: pl.Series, column: Column) -> pl.Series:
    values = _numbers(text, column)
    return values.set((values != values.floor()) | (values.abs() > _MOST_WHOLE), None).cast(pl.Int64)


def _dates(text: pl.Series, column: Column) -> pl.Series:
    days = text.set(~text.str.contains(_DAY), None).str.to_date("%Y-%m-%d", strict=False)
    return days.set(days.dt.year() < _FIRST_YEAR, None)


def _words(text: pl.Series, column: Column) -> pl.Series:
    return text.str.to_lowercase().replace_strict(_WORDS, default=None, return_dtype=pl.Boolean)


def _choices(text: pl.Series, column: Column) -> pl.Series:
    return text.set(~text.is_in(list(column.choices)), None)


def _texts(text: pl.Series, column: Column) -> pl.Series:
    """Text as written; null where it is a placeholder, begins like a formula, or cannot be stored everywhere."""
    bad = text.str.contains(_FORMULA) | text.str.contains(_HIDDEN) | (text.str.len_chars() > LONGEST)
    return text.set(bad | text.str.to_lowercase().is_in(list(PLACEHOLDERS)), None)


def _labels(text: pl.Series, column: Column) -> pl.Series:
    return _texts(text.set(text.str.contains("[,;]"), None).str.replace_all(r"\s+", " "), column)


_READERS = {
    "number": _numbers,
    "whole": _wholes,
    "date": _dates,
    "yes_no": _words,
    "choice": _choices,
    "text": _texts,
    "labels": _labels,
}


def texts(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Return a frame of a table as the text that stands for it in CSV, without the lines: numbers with every digit."""
    words = {True: "yes", False: "no"}
    return frame.select(
        pl.col(column.name).replace_strict(words, default=None, return_dtype=pl.String)
        if column.kind == "yes_no"
        else pl.col(column.name).cast(pl.String).str.strip_suffix(".0")
        if column.kind == "number"
        else pl.col(column.name).cast(pl.String)
        for column in table.columns
    )


def read_back(frame: pl.DataFrame, table: Table) -> tuple[pl.DataFrame, list[Fault]]:
    """Return what would be read from a frame once it is written, and the faults that would be found."""
    text = texts(frame, table)
    cells = text.rename({name: str(i) for i, name in enumerate(text.columns)}).with_columns(frame[LINE])
    return typed(Grid(table.name, table.name, tuple(text.columns), without_blank_rows(tidy(cells))), table)
