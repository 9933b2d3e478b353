"""A Frictionless descriptor (``datapackage.json``) of a folder of tables, for other tools."""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from types import MappingProxyType
from typing import Any

from muster.economy.beside import file_beside
from muster.economy.folder import Found, read_folder
from muster.economy.grid import Grid
from muster.economy.header import recognise
from muster.economy.read import parse
from muster.economy.tables import LINE, TABLES, Column, Table
from muster.errors import EconomyError, Fault

DESCRIPTOR = "datapackage.json"

_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "text": "string",
        "labels": "string",
        "number": "number",
        "whole": "integer",
        "date": "date",
        "yes_no": "boolean",
        "choice": "string",
    }
)
_YES = ["yes", "Yes", "YES", "true", "True", "TRUE", "1"]
_NO = ["no", "No", "NO", "false", "False", "FALSE", "0"]


def describe(path: str | PathLike[str]) -> Path:
    """Write ``datapackage.json`` beside the tables of an economy.

    It names the tables that are there, with the type, bounds and meaning of every column, keys and foreign keys, as the
    files are written: their separator, encoding and names of columns.

    Returns:
        The file.
    Raises:
        EconomyError: The tables break the format, or are not a folder.
    """
    folder = Path(path)
    if folder.is_file():
        do = "save its sheets as CSV files in a folder, and describe that"
        raise EconomyError(Fault("A workbook cannot be described.", str(folder), folder.name, do, "F1"))
    economy, faults = parse(folder)
    if economy is None or any(fault.severity == "fault" for fault in faults):
        raise EconomyError(faults)
    descriptor = package(read_folder(folder), folder, title=economy.title)
    with file_beside(folder / DESCRIPTOR) as file:
        file.write_text(json.dumps(descriptor, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return folder / DESCRIPTOR


def package(found: Found, folder: Path, *, title: str) -> dict[str, Any]:
    """Return the descriptor of what was found in a folder, as JSON-ready values."""
    headers = {grid.table: _headers(grid) for grid in found.grids}
    name = re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.casefold()).strip("-") or "economy"
    return {
        "profile": "tabular-data-package",
        "name": name,
        "title": title,
        "resources": [_resource(grid, folder / grid.file, headers) for grid in found.grids],
    }


def _headers(grid: Grid) -> dict[str, str]:
    """Return the name in the file of every column that was recognised."""
    _, positions, _ = recognise(grid, TABLES[grid.table])
    return {name: grid.header[position] for name, position in positions.items()}


def _resource(grid: Grid, file: Path, headers: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    table = TABLES[grid.table]
    about = {
        "name": grid.table,
        "type": "table",
        "profile": "tabular-data-resource",
        "path": file.name,
        "description": table.meaning,
    }
    form = _csv(grid, file) if file.suffix == ".csv" else _PARQUET
    return {**about, **form, "schema": _schema(grid, table, headers)}


_PARQUET = {"format": "parquet", "mediatype": "application/vnd.apache.parquet"}


def _csv(grid: Grid, file: Path) -> dict[str, Any]:
    """Return how a CSV file is written; a row of HXL tags is a comment to other tools."""
    start = file.read_bytes()[:4]
    encoding = "utf-8-sig" if start.startswith(BOM_UTF8) else "utf-8"
    if start.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        encoding = "utf-16"
    dialect: dict[str, Any] = {"csv": {"delimiter": grid.separator}}
    if grid.line > 1:
        dialect["headerRows"] = [grid.line]
    body, _, _ = recognise(grid, TABLES[grid.table])
    if body.cells.height < grid.cells.height:
        dialect["commentRows"] = [grid.cells[LINE][0]]
    return {"format": "csv", "mediatype": "text/csv", "encoding": encoding, "dialect": dialect}


def _schema(grid: Grid, table: Table, headers: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    written = headers[grid.table]
    columns = {written[column.name]: column for column in table.columns if column.name in written}
    fields = [
        _field(header, columns[header]) if header in columns else {"name": header or f"column {i}", "type": "string"}
        for i, header in enumerate(grid.header, start=1)
    ]
    schema: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    if table.key:
        schema["primaryKey"] = [written[name] for name in table.key if name in written]
    keys = [
        {"fields": [header], "reference": _reference(column.refers, table, headers)}
        for header, column in columns.items()
        if column.refers is not None and column.refers in headers
    ]
    return {**schema, "foreignKeys": keys} if keys else schema


def _reference(refers: str, table: Table, headers: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    target = TABLES[refers].columns[0].name
    return {"resource": "" if refers == table.name else refers, "fields": [headers[refers][target]]}


def _field(header: str, column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {"name": header, "type": _TYPES[column.kind], "description": column.meaning}
    if column.unit:
        field["unit"] = column.unit
    if column.kind == "yes_no":
        field |= {"trueValues": _YES, "falseValues": _NO}
    constraints: dict[str, Any] = {}
    if column.required:
        constraints["required"] = True
    if column.choices:
        constraints["enum"] = list(column.choices)
    if column.kind in ("number", "whole"):
        bounds = {"minimum": column.least, "maximum": column.most}
        constraints |= {name: bound for name, bound in bounds.items() if bound is not None}
    return {**field, "constraints": constraints} if constraints else field
