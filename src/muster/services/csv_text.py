"""CSV for others to open: no cell of it is ever a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def inert(text: str) -> str:
    """Return text as a cell that a spreadsheet takes for text: an apostrophe goes before what could be a formula.

    Example:
        >>> inert("=1+1"), inert("flour")
        ("'=1+1", 'flour')
    """
    return f"'{text}" if text.startswith(_FORMULAS) else text


def csv_lines(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a CSV file line by line: the header, then a row for each mapping.

    Args:
        columns: Names, in their order; a row may have others, which are left out, or lack some, which are blank.
        rows: Text, whole numbers of 0 or more, or truth.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        yield _taken(buffer)
        writer.writerow([inert(str(row.get(name, ""))) for name in columns])
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
