"""Where the header and the data of a table begin, seen from its first rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from muster.joining.heads import TAG
from muster.joining.numbers import plain_digits
from muster.joining.opening import RawRow

_NUMBER = re.compile(r"[+-]?\d[\d.,' \u00a0\u202f]*%?")
_DATE = re.compile(r"\d{1,4}[-/. ](\d{1,2}|[^\W\d]{3,10}\.?)[-/. ,]+\d{2,4}([ T]\d{1,2}:\d\d.*)?")
_BARE_TAG = re.compile(r"[a-z][a-z0-9_]*(\+[a-z][a-z0-9_]*)+", re.IGNORECASE)
_BLOCK = 0.6
"""Share of the usual width that a header fills."""


@dataclass(frozen=True)
class Head:
    """Where a table begins.

    Attributes:
        header: Lines of the names of the columns.
        tags: Line of HXL tags; 0: none.
        data: First line of the data.
        why: The evidence in plain words.
    """

    header: tuple[int, ...]
    tags: int
    data: int
    why: str


def like_number(cell: str) -> bool:
    """Return whether a cell looks like a number, however it is written."""
    return _NUMBER.fullmatch(plain_digits(cell)) is not None


def like_date(cell: str) -> bool:
    """Return whether a cell looks like a date, however it is written."""
    return _DATE.fullmatch(plain_digits(cell)) is not None


def find_head(rows: Sequence[RawRow]) -> Head:
    """Return where header, tags and data stand among the first rows of a table."""
    assert rows, "a table has rows"
    width = Counter(_filled(row) for row in rows[len(rows) // 3 :]).most_common(1)[0][0]
    for i, row in enumerate(rows[:25]):
        if kind := _tags_of(row):
            above = [each for each in rows[:i] if _filled(each) > 1]
            header = _lines(above[-2:]) if above else (row.line,)
            data = rows[i + 1].line if i + 1 < len(rows) else row.line + 1
            said = f"line {row.line} holds {kind}; " + _title(rows, above[-1].line if above else row.line)
            return Head(header, row.line if kind == "HXL tags" else 0, data, said.strip("; "))
    start = next((i for i, row in enumerate(rows) if _is_head(row, width)), 0)
    first = next(
        (i for i in range(start + 1, min(start + 4, len(rows))) if _values(rows[i]) and _filled(rows[i]) > width / 2),
        start + 1,
    )
    header = _lines(rows[max(start, first - 2) : first])
    data = rows[first].line if first < len(rows) else rows[start].line + 1
    return Head(header, 0, data, _title(rows, header[0]) or f"line {header[-1]} holds {width} names")


def _tags_of(row: RawRow) -> str:
    """Return what kind of tags a row holds; ``""`` where it holds none."""
    filled = [cell for cell in row.cells if cell]
    if not filled:
        return ""
    tagged = sum(TAG.fullmatch(cell) is not None for cell in filled)
    if tagged >= 2 and tagged * 2 >= len(filled):
        return "HXL tags"
    bare = sum(_BARE_TAG.fullmatch(cell) is not None for cell in filled)
    return "HXL tags without their #" if bare >= 3 and bare * 2 >= len(filled) else ""


def _lines(rows: Sequence[RawRow]) -> tuple[int, ...]:
    """Return the lines that make the names: the lowest, and one above where the lowest leaves names blank or twice."""
    lowest = rows[-1]
    names = [cell.casefold() for cell in lowest.cells]
    if len(rows) > 1 and not _values(rows[-2]):
        above = enumerate(rows[-2].cells)
        if any(cell and (i >= len(names) or not names[i] or names.count(names[i]) > 1) for i, cell in above):
            return (rows[-2].line, lowest.line)
    return (lowest.line,)


def _title(rows: Sequence[RawRow], header: int) -> str:
    above = [row.line for row in rows if row.line < header]
    if not above:
        return ""
    return f"{len(above)} line{'s' if len(above) > 1 else ''} above the header are passed over"


def _is_head(row: RawRow, width: int) -> bool:
    return _filled(row) >= max(1, _BLOCK * width) and _values(row) <= 0.3 * _filled(row)


def _filled(row: RawRow) -> int:
    return sum(bool(cell) for cell in row.cells)


def _values(row: RawRow) -> int:
    """Return how many cells of a row hold numbers or dates."""
    if row.kinds:
        return sum(
            kind in "nd" or like_number(cell) or like_date(cell)
            for cell, kind in zip(row.cells, row.kinds, strict=True)
            if cell
        )
    return sum(like_number(cell) or like_date(cell) for cell in row.cells if cell)
