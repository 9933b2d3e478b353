"""An XLSX workbook -> grids. A file that may be hostile is looked at first and read in another process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from muster.economy.csv_text import too_wide
from muster.economy.folder import Found
from muster.economy.format import Advice, Place, fault_of_cells, near, seen
from muster.economy.grid import MOST_COLUMNS, Grid, tidy, without_blank_rows
from muster.economy.guard import ask, fault_of, look_at_zip
from muster.economy.options import from_values
from muster.economy.shapes import read_shapes
from muster.economy.tables import LINE, OPTIONS, SHAPES, TABLES
from muster.errors import Fault

_NOTES = frozenset({"readme", "notes", "assumptions"})


def read_workbook(path: Path) -> Found:
    """Return the options, grids and shapes in a workbook, and every fault of its sheets."""
    found = Found()
    if fault := look_at_zip(path):
        found.faults.append(fault)
        found.seen.update(TABLES)
        return found
    [answer] = ask([{"path": str(path.resolve()), "wanted": [*TABLES, OPTIONS, SHAPES]}])
    do = "save it anew as .xlsx, without empty rows and columns, or give the tables as CSV files"
    if fault := fault_of(answer, file=path.name, kind="The workbook", do=do):
        found.faults.append(fault)
        found.seen.update(TABLES)
        return found
    sheets = {sheet["name"]: sheet for sheet in answer["sheets"]}
    for name, sheet in sheets.items():
        if name in TABLES:
            _read_table(sheet, found)
        elif name not in (OPTIONS, SHAPES) and sheet["filled"] and name.casefold() not in _NOTES:
            found.faults.append(_stranger(name, set(sheets)))
    _read_options(sheets.get(OPTIONS), found)
    _read_shapes(sheets.get(SHAPES), found)
    return found


def _read_table(sheet: dict[str, Any], found: Found) -> None:
    name = sheet["name"]
    found.seen.add(name)
    found.faults += _merged(sheet)
    rows: list[list[str]] = sheet["rows"]
    width = max((len(row) for row in rows), default=0)
    if width > MOST_COLUMNS:
        found.faults.append(too_wide(name, f"{name}:{sheet['lines'][0]}", width))
        return
    columns = list(zip(*rows, strict=True)) if rows else []
    schema = {str(i): pl.String() for i in range(width)} | {LINE: pl.Int64()}
    texts = {str(i): column for i, column in enumerate(columns)}
    cells = without_blank_rows(tidy(pl.DataFrame({**texts, LINE: sheet["lines"]}, schema=schema)))
    if cells.is_empty():
        names = ", ".join(column.name for column in TABLES[name].columns)
        do = f"write the header ({names}), or delete the sheet"
        found.faults.append(Fault("A sheet is empty.", name, "nothing", do, "F3"))
        return
    header = tuple(value or "" for value in cells.drop(LINE).row(0))
    found.grids.append(Grid(name, name, header, cells[1:], cells[LINE][0]))


def _merged(sheet: dict[str, Any]) -> list[Fault]:
    if not sheet["merged"]:
        return []
    do = "unmerge them and write the value into every row it is meant for"
    advice = Advice("Cells are merged.", "Cells are merged in {n} places.", do, "F5")
    return [
        fault_of_cells(Place(sheet["name"], ""), advice, [(line, _letters(column)) for line, column in sheet["merged"]])
    ]


def _letters(column: int) -> str:
    """Return the letters of a column of Excel, counted from 1."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"column {letters}"


def _read_options(sheet: dict[str, Any] | None, found: Found) -> None:
    if sheet is None:
        do = f'add a sheet "{OPTIONS}" with columns key and value, and rows for start, period and periods'
        fault = Fault("The settings of the economy are missing.", OPTIONS, "no such sheet", do, "F1")
        found.faults.insert(0, fault)
        return
    values: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for line, row in zip(sheet["lines"], sheet["rows"], strict=True):
        key, *rest = [cell.strip() for cell in row] or [""]
        value = next((cell for cell in rest if cell), "")
        if (key, value) == ("key", "value") or not (key or value):
            continue
        if key in values:
            do = "keep one of them; the first was read"
            found.faults.append(Fault("A setting is there twice.", f"{OPTIONS}:{line}", key, do, "F12"))
        elif value:
            values[key], lines[key] = _value(key, value), line
    found.options, faults = from_values(values, where=lambda key: f"{OPTIONS}:{lines.get(key, 1)}")
    found.faults += faults


def _value(key: str, text: str) -> str | float:
    """Return a setting as a number where it is one and is not the title."""
    if key == "title":
        return text
    try:
        return float(text)
    except ValueError:
        return text


def _read_shapes(sheet: dict[str, Any] | None, found: Found) -> None:
    """Read GeoJSON from a sheet that holds its text in pieces, one below the other."""
    if sheet is None or not sheet["rows"]:
        return
    first, *pieces = [row[0] for row in sheet["rows"]]
    if first != "geojson":
        do = 'write "geojson" into the first cell and the text below, in as many cells as it takes; or delete the sheet'
        found.faults.append(Fault("The shapes have no header.", f"{SHAPES}:1", seen([(1, first)]), do, "F13"))
        return
    found.shapes, faults = read_shapes("".join(pieces).encode(), file=SHAPES)
    found.faults += faults


def _stranger(name: str, there: set[str]) -> Fault:
    nearest = near(name, [each for each in (*TABLES, OPTIONS) if each not in there] or TABLES)
    hint = f'did you mean "{nearest}"? rename it' if nearest else "an economy has " + ", ".join(TABLES)
    return Fault("A sheet is not a table of an economy.", name, name, f"{hint}, or call it notes", "F2")
