"""CSV: bytes -> grid. Lines are counted as in the file, whatever is skipped."""

from __future__ import annotations

import csv
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE
from collections.abc import Iterable

import polars as pl

from muster.economy.format import Advice, Place, fault_of_cells, shown
from muster.economy.grid import MOST_COLUMNS, Grid, tidy, without_blank_rows
from muster.economy.tables import LINE, TABLES
from muster.errors import Fault

LONGEST = 131_072
"""Characters in a cell beyond which its quote was not closed where it should be."""

_SEPARATORS = ",;\t"
_SAVE = (
    'save it as UTF-8: in Excel "Save as", type "CSV UTF-8"; in LibreOffice "Save as", "Edit filter settings", UTF-8'
)


def read_csv(data: bytes, *, table: str, file: str) -> tuple[Grid | None, list[Fault]]:
    """Return the grid of a CSV file and what is wrong with its form.

    The grid is ``None`` where there is no header to go by.
    """
    text, faults = decode(data, file=file)
    if text is None:
        return None, faults
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = pl.Series("text", [text]).str.split("\n").explode()
    rows = pl.DataFrame(lines).with_row_index(LINE, offset=1).with_columns(pl.col(LINE).cast(pl.Int64))
    given = _separator_line(rows)
    rows = rows[1:] if given else rows
    head = rows.filter(pl.col("text").str.strip_chars() != "").head(1)
    if head.is_empty():
        return None, [*faults, _empty(table, file)]
    separator = given or _separator(head["text"][0], table)
    if '"' in text:
        rows, torn = _quoted(rows, separator, file)
        faults += torn
    else:
        rows = rows.filter(pl.col("text").str.strip_chars() != "")
        rows = rows.select(LINE, cells=pl.col("text").str.split(separator))
    grid, more = _grid(rows, table, file, separator) if rows.height else (None, [])
    return grid, faults + more


def decode(data: bytes, *, file: str) -> tuple[str | None, list[Fault]]:
    """Return the text of a file and what is wrong with its encoding; the text is ``None`` where it is not text."""
    where = f"{file}:1"
    if data.startswith((BOM_UTF32_LE, BOM_UTF32_BE)):
        return None, [Fault("A file is written in UTF-32.", where, "", _SAVE, "F3")]
    if data.startswith((b"PK\x03\x04", b"PAR1", b"\xd0\xcf\x11\xe0")):
        kind = {b"PK": "an Excel workbook or another zip file", b"PA": "a Parquet file"}.get(
            data[:2], "an old Excel file"
        )
        return None, [Fault(f"A file called .csv is really {kind}.", where, "", "export the sheet as CSV UTF-8", "F3")]
    try:
        if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
            text = data.decode("utf-16")
        else:
            text = data.removeprefix(BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as broken:
        line = data.count(b"\n", 0, broken.start) + 1
        text = data.decode("cp1252", errors="replace")
        fault = Fault(
            "A file is not written in UTF-8.",
            f"{file}:{line}",
            shown(text.split("\n")[line - 1].strip()) + " (if it is Latin-1)",
            _SAVE,
            "F3",
        )
        return (None if "\0" in text else text), [fault]
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        return None, [Fault("A file holds NUL characters: it is not text.", f"{file}:{line}", "NUL", _SAVE, "F3")]
    return text, []


def _separator_line(rows: pl.DataFrame) -> str | None:
    """Return the separator of Excel's first line ``sep=;``, if there is one."""
    match = re.fullmatch(r'"?sep=([,;\t])"?', rows["text"][0].strip(" "))
    return match[1] if match else None


def _separator(head: str, table: str) -> str:
    """Return the separator that finds most columns of the table in the header, else most cells."""
    known = {column.name for column in TABLES[table].columns}

    def found(separator: str) -> tuple[int, int]:
        names = [name.strip(' "') for name in head.split(separator)]
        return len(known.intersection(names)) if len(names) > 1 else 0, len(names)

    return max(_SEPARATORS, key=found)


def _quoted(rows: pl.DataFrame, separator: str, file: str) -> tuple[pl.DataFrame, list[Fault]]:
    """Return rows cut into cells where quotes may hold separators and line breaks, and a quote that never closes."""
    reader = csv.reader((f"{line}\n" for line in rows["text"]), delimiter=separator, strict=True)
    first = rows[LINE][0]
    starts: list[int] = []
    cells: list[list[str]] = []
    faults = []
    start = first
    try:
        for row in reader:
            if any(len(cell) > LONGEST for cell in row):
                raise csv.Error  # the parser's own limit is one for the whole process, and others move it
            if any(cell.strip() for cell in row):
                starts.append(start)
                cells.append(row)
            start = first + reader.line_num
    except csv.Error:
        text = rows["text"][start - first]
        do = 'write a quote at both ends of the cell, and "" for a quote inside it; lines below were not read'
        faults.append(
            Fault("A quote is opened and not closed as it should be.", f"{file}:{start}", shown(text), do, "F3")
        )
    schema = {LINE: pl.Int64(), "cells": pl.List(pl.String())}
    return pl.DataFrame({LINE: starts, "cells": cells}, schema=schema), faults


def _grid(rows: pl.DataFrame, table: str, file: str, separator: str) -> tuple[Grid | None, list[Fault]]:
    names = rows["cells"][0].to_list()
    while names and not names[-1].strip():
        names.pop()
    header, line = tuple(name.strip() for name in names), rows[LINE][0]
    if len(header) > MOST_COLUMNS:
        return None, [too_wide(table, f"{file}:{line}", len(header))]
    body = rows[1:].with_columns(width=pl.col("cells").list.len())
    torn, faults = _torn(body, len(header), Place(file, ""), separator)
    cells = body.select(
        *(pl.col("cells").list.get(i, null_on_oob=True).alias(str(i)) for i in range(len(header))),
        pl.col(LINE),
    )
    if torn:
        cells = cells.with_columns(pl.when(pl.col(LINE).is_in(torn).not_()).then(pl.exclude(LINE)))
    return Grid(
        table, file, header, without_blank_rows(tidy(cells), keep=torn), line, frozenset(torn), separator
    ), faults


def _torn(body: pl.DataFrame, width: int, place: Place, separator: str) -> tuple[list[int], list[Fault]]:
    """Return the lines with too few or too many cells, and a fault for each of the two.

    Blank cells beyond the header, which spreadsheets write, are no fault.
    """
    few = body.filter(pl.col("width") < width)
    beyond = pl.col("cells").list.slice(width).list.eval(pl.element().str.strip_chars() != "").list.any()
    many = body.filter(pl.col("width") > width).filter(beyond)
    comma = " or, where it is a decimal comma, write a point" if separator == "," else ""
    advices = (
        (few, "fewer", "add the missing cells; leave them blank if there is nothing to say"),
        (many, "more", f'put quotes around a cell that holds "{separator}"{comma}'),
    )
    faults = []
    for rows, word, do in advices:
        if rows.height:
            advice = Advice(
                f"A row has {word} cells than the header, which has {width}.",
                f"{{n}} rows have {word} cells than the header, which has {width}.",
                do,
                "F5",
            )
            cells = [(line, separator.join(row)) for line, row in _pairs(rows)]
            faults.append(fault_of_cells(place, advice, cells))
    return sorted([*few[LINE], *many[LINE]]), faults


def _pairs(rows: pl.DataFrame) -> Iterable[tuple[int, list[str]]]:
    return zip(rows[LINE].to_list(), rows["cells"].to_list(), strict=True)


def too_wide(table: str, where: str, width: int) -> Fault:
    """Return the fault of a table with far more columns than a table of ours can have."""
    do = f"{table} has {len(TABLES[table].columns)} columns: delete the others, also empty ones to the right"
    return Fault(f"A table has {width:,} columns.", where, f"{width:,} columns", do, "F4")


def _empty(table: str, file: str) -> Fault:
    columns = ",".join(column.name for column in TABLES[table].columns)
    return Fault("A file is empty.", f"{file}:1", "nothing", f"write the header ({columns}), or delete the file", "F3")
