"""Opening a file of others: CSV or workbook -> the rows of one table as text, within bounds, and what was seen."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from muster.economy.format import near, shown
from muster.economy.guard import ask, fault_of, look_at_zip
from muster.errors import Fault
from muster.joining.rules import JoiningError
from muster.texts import reading
from muster.texts.csv_rows import MOST_COLUMNS, Delimiter
from muster.texts.encodings import Encoding

Merged = tuple[int, int]
"""First and last line of the merged cells to which a cell belongs."""

MOST_MERGED = 500_000
"""Cells that may belong to merged ones."""


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row as it stands in a file.

    Attributes:
        line: Where it begins, from 1.
        cells: Text of its cells, trimmed; ``""`` where blank.
        kinds: One letter for each cell of a workbook (t text, n number, d date, b yes or no, e error); ``""`` for CSV.
    """

    line: int
    cells: list[str]
    kinds: str = ""


@dataclass(frozen=True)
class Table:
    """The rows of a CSV file or of one sheet.

    Attributes:
        file: Name of the file, with the sheet where there is one, for messages.
        rows: Read once, from the first line on; blank rows are left out.
        merged: The first and last line of merged cells, for each (line, column from 0) that belongs to some.
    """

    file: str
    rows: Iterator[RawRow] = field(repr=False)
    merged: Mapping[tuple[int, int], Merged] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Look:
    """What can be seen of a file before anything is known about it.

    Attributes:
        workbook: Whether it is an XLSX workbook.
        encoding, delimiter: Of a text file, with the evidence; ``None`` for a workbook.
        sheets: Names of the sheets in which something stands, largest first; empty for a text file.
    """

    workbook: bool
    encoding: Encoding | None = None
    delimiter: Delimiter | None = None
    sheets: tuple[str, ...] = ()


def look(path: Path) -> Look:
    """Return what kind of file this is, by its content and not by its name.

    Raises:
        JoiningError: It cannot be read, is too large, or is no table (J1, J2).
    """
    if is_workbook(path):
        sheets = [sheet for sheet in _sheets(path, None) if sheet["rows"]]
        if not sheets:
            raise JoiningError(Fault("A workbook is empty.", path.name, "no cell is filled", "check the file", "J1"))
        sheets.sort(key=lambda sheet: -len(sheet["rows"]))
        return Look(workbook=True, sheets=tuple(sheet["name"] for sheet in sheets))
    seen = reading.look(path)
    return Look(False, seen.encoding, seen.delimiter)


def is_workbook(path: Path) -> bool:
    """Return whether a file begins like a zip file, as workbooks do.

    Raises:
        JoiningError: There is no such file, or it may not be read (J1).
    """
    do = "check the path, and make it a file that you may read"
    if path.exists() and not path.is_file():  # a pipe would let nobody see when it ends
        raise JoiningError(Fault("This is no file.", path.name, "a folder, pipe or device", do, "J1"))
    try:
        with path.open("rb") as file:
            return file.read(4) == b"PK\x03\x04"
    except OSError as refused:
        raise JoiningError(Fault("A file cannot be opened.", path.name, refused.strerror or "", do, "J1")) from None


def open_table(path: Path, *, encoding: str = "", delimiter: str = "", sheet: str = "") -> Table:
    """Return the rows of a text file, or of one sheet of a workbook.

    Args:
        path: The file; whether it is a workbook is seen from its content.
        encoding, delimiter: For a text file; found by evidence where blank.
        sheet: For a workbook; blank where only one sheet is filled.
    Raises:
        JoiningError: The file cannot be read as said; for a text file also while its rows are read (J1, J2).
    """
    if is_workbook(path):
        return _open_sheet(path, sheet)
    if not encoding or not delimiter:
        found = reading.look(path)
        encoding, delimiter = encoding or found.encoding.name, delimiter or found.delimiter.sign
    name = "utf-8-sig" if encoding == "utf-8" else encoding
    rows = reading.rows(path, encoding=name, delimiter=delimiter)
    trimmed = (RawRow(line, [cell.strip() for cell in cells]) for line, cells in rows)
    return Table(path.name, (row for row in trimmed if any(row.cells)))


def _sheets(path: Path, wanted: Sequence[str] | None) -> list[dict[str, Any]]:
    """Return the sheets of a workbook, read in a process of its own.

    Raises:
        JoiningError: The workbook is damaged, too large, or something else (J1).
    """
    fault = look_at_zip(path)
    if fault is None:
        [answer] = ask([{"path": str(path.resolve()), "wanted": wanted, "kinds": True}])
        do = "save it anew as .xlsx, without empty rows and columns, or give the table as CSV UTF-8"
        fault = fault_of(answer, file=path.name, kind="The workbook", do=do)
        if fault is None:
            sheets: list[dict[str, Any]] = answer["sheets"]
            return sheets
    raise JoiningError(replace(fault, rule="J1"))


def _open_sheet(path: Path, name: str) -> Table:
    sheets = {sheet["name"]: sheet for sheet in _sheets(path, [name] if name else None) if name or sheet["rows"]}
    if not name and len(sheets) > 1:
        do = "say which one in the mapping: [file], sheet"
        raise JoiningError(
            Fault("Several sheets of a workbook are filled.", path.name, ", ".join(map(shown, sheets)), do, "J1")
        )
    if (name and "rows" not in sheets.get(name, {})) or not sheets:
        nearest = near(name, sheets)
        do = f'did you mean "{nearest}"?' if nearest else "there are: " + ", ".join(map(shown, sheets))
        raise JoiningError(Fault("There is no such sheet in the workbook.", path.name, shown(name), do, "J1"))
    sheet = sheets[name] if name else next(iter(sheets.values()))
    width = sheet["left"] + max((len(row) for row in sheet["rows"]), default=0)
    if width > MOST_COLUMNS:
        raise JoiningError(Fault("A sheet has too many columns.", path.name, f"{width:,}", "delete empty ones", "J1"))
    before = [""] * sheet["left"]
    rows = (
        RawRow(line, before + [cell.strip() for cell in row], "t" * len(before) + kinds)
        for line, row, kinds in zip(sheet["lines"], sheet["rows"], sheet["kinds"], strict=True)
    )
    spans, first = _spans(sheet, path.name, width)
    filled = (row for row in _filled(rows, first) if any(row.cells))
    return Table(f"{path.name}, sheet {sheet['name']}", filled, spans)


def _spans(
    sheet: dict[str, Any], file: str, width: int
) -> tuple[dict[tuple[int, int], Merged], dict[tuple[int, int], tuple[int, int]]]:
    """Return, for each cell that belongs to merged ones, their lines, and the place of the first of them."""
    spans: dict[tuple[int, int], Merged] = {}
    first: dict[tuple[int, int], tuple[int, int]] = {}
    lines = sheet["lines"]
    for (top, left), (bottom, right) in zip(sheet["merged"], sheet["ends"], strict=True):
        covered = lines[bisect_left(lines, top) : bisect_right(lines, bottom)]
        right = min(right, width)
        if len(spans) + len(covered) * max(right - left + 1, 0) > MOST_MERGED:
            do = "unmerge them and write the value into every row it is meant for"
            what = f"More than {MOST_MERGED:,} cells of a sheet are merged."
            raise JoiningError(Fault(what, file, f"sheet {shown(sheet['name'])}", do, "J1"))
        for line in covered:
            for column in range(left - 1, right):
                spans[line, column] = (top, bottom)
                first[line, column] = (top, left - 1)
    return spans, first


def _filled(rows: Iterator[RawRow], first: dict[tuple[int, int], tuple[int, int]]) -> Iterator[RawRow]:
    """Yield rows in which every merged cell holds what is shown over all of them."""
    starts: dict[tuple[int, int], tuple[str, str]] = {}
    by_line: dict[int, list[int]] = {}
    for line, column in first:
        by_line.setdefault(line, []).append(column)
    for row in rows:
        columns = by_line.get(row.line)
        if not columns:
            yield row
            continue
        cells, kinds = list(row.cells), list(row.kinds)
        for column in sorted(columns):
            if column >= len(cells):
                cells += [""] * (column + 1 - len(cells))
                kinds += ["t"] * (column + 1 - len(kinds))
            place = first[row.line, column]
            if place == (row.line, column):
                starts[place] = (cells[column], kinds[column])
            else:
                cells[column], kinds[column] = starts.get(place, ("", "t"))
        yield RawRow(row.line, cells, "".join(kinds))
