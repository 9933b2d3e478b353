"""Reads files that may be hostile, in a process of its own: ``python apart.py``, with the jobs as JSON on stdin.

A workbook of one kilobyte can ask for 17 thousand million cells, and the readers abort where memory ends. So this file
is run by itself, with bounds on memory and time (``guard.py`` starts it), and imports nothing of muster.
"""

from __future__ import annotations

import json
import re
import sys
import zipfile
from collections.abc import Collection
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

MEMORY_BYTES = 4 * 2**30
CPU_SECONDS = 60
MOST_CELLS = 20_000_000
MOST_ROWS = 50_000_000

_REFERENCE = re.compile(rb"""<(?:\w+:)?c\b[^>]*?\br=["']([A-Z]{1,3})(\d{1,7})["']""")
_ERROR = re.compile(rb"""(<(?:\w+:)?c\b[^>]*\bt=["']e["'][^>]*>).*?<(?:\w+:)?v>([^<]*)<""", re.DOTALL)
_DECLARES = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_HEAD = 4_096
_FILLED = re.compile(rb"<(?:\w+:)?(?:v|is)\b")
_ERROR_PLACE = re.compile(rb"""\br=["']([A-Z]{1,3})(\d{1,7})["']""")


class Refused(ValueError):
    """The file is not read; the text says why, ``kind`` whether it is ``too_large`` or ``broken``."""

    def __init__(self, why: str, *, kind: str = "too_large") -> None:
        super().__init__(why)
        self.kind = kind


def bound(*, memory_bytes: int = MEMORY_BYTES, cpu_seconds: int = CPU_SECONDS) -> None:
    """Bound the memory and time of this process, where the system can."""
    try:
        import resource
    except ImportError:
        return
    for what, most in ((resource.RLIMIT_AS, memory_bytes), (resource.RLIMIT_CPU, cpu_seconds)):
        _, hard = resource.getrlimit(what)
        resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def read_xlsx(path: str, *, wanted: Collection[str] | None, kinds: bool = False) -> dict[str, Any]:
    """Return every sheet of a workbook, with its cells as text where its name is wanted (``None``: every name).

    Returns:
        ``{"sheets": [{"name", "filled", "lines", "rows", "merged"}]}``: ``lines`` (from 1) of the ``rows`` in which
        something stands; ``merged`` are the (line, column) of the first cells of merged ones, from 1. An error cell
        holds its text, e.g. ``#N/A``. With ``kinds`` also ``left`` (columns before the first cell), ``ends`` (the last
        cells of the merged ones) and ``kinds``, one letter for each cell of a row: t text, n number, d date, b yes or
        no, e error; numbers then have the 15 digits that Excel shows.
    Raises:
        Refused: A sheet is too large to be read, or a part declares entities.
    """
    import python_calamine

    with zipfile.ZipFile(path) as archive:
        parts = _sheet_parts(archive)
        wanted = parts if wanted is None else wanted
        filled = {
            name: name in wanted or _FILLED.search(archive.read(part)) is not None for name, part in parts.items()
        }
        errors = {name: _looked_through(archive.read(part), name) for name, part in parts.items() if name in wanted}
    sheets: list[dict[str, Any]] = [{"name": name, "filled": filled[name]} for name in parts if name not in wanted]
    with python_calamine.load_workbook(path) as workbook:
        for name in errors:
            sheet = workbook.get_sheet_by_name(name)
            top, left = sheet.start or (0, 0)
            cells = sheet.to_python(skip_empty_area=True)
            rows = [[_as_shown(value) if kinds else as_text(value) for value in row] for row in cells]
            for line, column, text in errors[name]:
                rows[line - top - 1][column - left - 1] = text
                cells[line - top - 1][column - left - 1] = _ErrorCell(text)
            there = [(line, row) for line, row in enumerate(rows, start=top + 1) if any(row)]
            merged = [(line + 1, column + 1) for (line, column), _ in sheet.merged_cell_ranges or []]
            about = {"name": name, "filled": True, "lines": [line for line, _ in there], "merged": merged}
            if kinds:
                about["left"] = left
                about["ends"] = [(line + 1, column + 1) for _, (line, column) in sheet.merged_cell_ranges or []]
                about["kinds"] = ["".join(map(_kind, cells[line - top - 1])) for line, _ in there]
            sheets.append({**about, "rows": [row for _, row in there]})
    return {"sheets": sheets}


class _ErrorCell(str):
    """The text of a cell whose formula went wrong."""


def _kind(value: object) -> str:
    if isinstance(value, str):
        return "e" if isinstance(value, _ErrorCell) else "t"
    if isinstance(value, bool):
        return "b"
    return "n" if isinstance(value, int | float) else "d" if isinstance(value, date) else "t"


def _as_shown(value: object) -> str:
    """Return a cell as text, a number with the 15 digits that Excel shows and no power of ten."""
    if isinstance(value, float) and not isinstance(value, bool):
        text = format(Decimal(format(value, ".15g")), "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return as_text(value)


def as_text(value: object) -> str:
    """Return a cell as the text that stands for it in CSV: 1.0 is ``1``, a day without a time is ISO 8601."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    return value.isoformat() if isinstance(value, date) else str(value)


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the part of the archive that holds each sheet.

    Raises:
        Refused: A part declares entities, which can grow without bound.
    """
    from xml.etree import ElementTree

    for part in archive.namelist():
        if part.endswith((".xml", ".rels")):
            with archive.open(part) as opened:
                if _DECLARES.search(opened.read(_HEAD)):
                    raise Refused(f"its part {part} declares entities", kind="broken")
    names = set(archive.namelist())
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    parts = {}
    for sheet in book.iter():
        if sheet.tag.rpartition("}")[2] == "sheet":
            key = next((value for name, value in sheet.items() if name.rpartition("}")[2] == "id"), "")
            target = targets.get(key, "").lstrip("/")
            part = target if target.startswith("xl/") else f"xl/{target}"
            if part in names:
                parts[sheet.get("name", "")] = part
    return parts


def _looked_through(xml: bytes, name: str) -> list[tuple[int, int, str]]:
    """Return the error cells of a sheet: line and column from 1, and text.

    Raises:
        Refused: The cells reach so far that the rectangle around them is too large.
    """
    references = _REFERENCE.findall(xml)
    lines = {int(line) for _, line in references} or {1}
    columns = {_column(letters) for letters in {letters for letters, _ in references}} or {1}
    height, width = max(lines) - min(lines) + 1, max(columns) - min(columns) + 1
    if height * width > MOST_CELLS:
        raise Refused(f"the cells of sheet {name} span {height:,} rows and {width:,} columns")
    errors = [(_ERROR_PLACE.search(cell), text.decode()) for cell, text in _ERROR.findall(xml)]
    return [(int(place[2]), _column(place[1]), text) for place, text in errors if place]


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def read_parquet(path: str, *, to: str) -> dict[str, Any]:
    """Write a Parquet file as text columns to the Arrow file ``to``.

    Returns:
        ``{"columns": names, "refused": {name: type}}``: columns of a type that cannot be text are null.
    Raises:
        Refused: The file has too many rows.
    """
    import polars as pl

    rows = int(pl.scan_parquet(path, glob=False).select(pl.len()).collect().item())
    if rows > MOST_ROWS:
        raise Refused(f"it has {rows:,} rows")
    frame = pl.read_parquet(path, glob=False, hive_partitioning=False, use_pyarrow=False)
    texts = [text_of(series) for series in frame.iter_columns()]
    refused = {
        series.name: str(series.dtype) for series, text in zip(frame.iter_columns(), texts, strict=True) if text is None
    }
    columns = [
        (text if text is not None else pl.Series([None], dtype=pl.String).new_from_index(0, frame.height)).alias(str(i))
        for i, text in enumerate(texts)
    ]
    pl.DataFrame(columns).write_ipc(to)
    return {"columns": frame.columns, "refused": refused}


def text_of(series: Any) -> Any:
    """Return a polars series as text, or ``None`` where its type is not one of text, numbers, dates, yes and no."""
    import polars as pl

    kind = series.dtype
    if isinstance(kind, pl.Datetime):
        whole_days = (series.dt.time() == time()).all()
        return series.dt.date().cast(pl.String) if whole_days else series.dt.to_string("%Y-%m-%d %H:%M:%S")
    plain = kind.is_numeric() or kind in (pl.String, pl.Boolean, pl.Date, pl.Categorical, pl.Enum, pl.Null)
    return series.cast(pl.String).str.replace_all("\r\n?", "\n") if plain else None


def answer(job: dict[str, Any]) -> dict[str, Any]:
    """Read what one job names: ``{"path", "wanted", "kinds"}`` is a workbook, ``{"path", "to"}`` a Parquet file."""
    try:
        if "wanted" in job:
            return read_xlsx(job["path"], wanted=job["wanted"], kinds=job.get("kinds", False))
        return read_parquet(job["path"], to=job["to"])
    except Refused as refused:
        return {refused.kind: str(refused)}
    except MemoryError:
        return {"too_large": "it needs more memory than is allowed"}
    except BaseException as broken:  # the readers raise panics that are no Exception
        return {"broken": f"{type(broken).__name__}: {broken}"[:300]}


def main() -> None:
    """Answer the jobs on stdin, one line of JSON each."""
    bound()
    for job in json.load(sys.stdin):
        sys.stdout.write(json.dumps(answer(job)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
