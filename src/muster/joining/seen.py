"""What stands in the columns of a file: seen once, before anybody says what it means."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from muster.joining.head_found import like_date, like_number
from muster.joining.heads import Columns, folded
from muster.joining.opening import RawRow

MOST_ROWS = 200_000
"""Rows that are looked at."""

MOST_DIFFERENT = 50_000
"""Different texts of a column that are remembered."""


@dataclass
class SeenColumn:
    """One column of a file.

    Attributes:
        name: As the header names it, or ``column 9``.
        position: From 0.
        tag: Its HXL tag; ``""`` where there is none.
        texts: Filled cells that are text -> how many; of a workbook's own dates and numbers only ``days``, ``numbers``.
        filled, days, numbers: Cells that are filled; that a workbook knows to be dates; and numbers.
        repeated: Whether some text stands in several rows.
    """

    name: str
    position: int
    tag: str = ""
    texts: Counter[str] = field(default_factory=Counter)
    filled: int = 0
    days: int = 0
    numbers: int = 0
    repeated: bool = False
    _values: set[str] = field(default_factory=set, repr=False)

    def at(self, cell: str, kind: str) -> None:
        """Take one filled cell into account."""
        self.filled += 1
        if not self.repeated:
            self.repeated = cell in self._values
            self._values.add(cell)
            if self.repeated:
                self._values.clear()
        if kind == "d":
            self.days += 1
        elif kind == "n":
            self.numbers += 1
        elif kind != "e" and (cell in self.texts or len(self.texts) < MOST_DIFFERENT):
            self.texts[cell] += 1

    @property
    def words(self) -> set[str]:
        """The words of its name and tag, in small letters."""
        return set(re.findall(r"[^\W_]+", folded(f"{self.name} {self.tag}")))

    @property
    def number_share(self) -> float:
        """Share of the filled cells that look like numbers."""
        like = self.numbers + sum(count for text, count in self.texts.items() if like_number(text))
        return like / self.filled if self.filled else 0.0

    @property
    def date_share(self) -> float:
        """Share of the filled cells that look like dates."""
        like = self.days + sum(count for text, count in self.texts.items() if like_date(text))
        return like / self.filled if self.filled else 0.0


@dataclass(frozen=True)
class Seen:
    """The columns of a file and how many rows were looked at; ``sample`` are the first of them."""

    columns: tuple[SeenColumn, ...]
    rows: int
    sample: tuple[RawRow, ...] = field(repr=False)

    def named(self, name: str) -> SeenColumn:
        """Return a column by its name."""
        return next(column for column in self.columns if column.name == name)


def see(columns: Columns, rows: Iterable[RawRow], *, tags: Sequence[str]) -> Seen:
    """Return what stands in the columns of a file, from its first ``MOST_ROWS`` rows."""
    seen = [
        SeenColumn(name, i, tags[i].replace(" ", "") if i < len(tags) else "") for i, name in enumerate(columns.names)
    ]
    sample: list[RawRow] = []
    count = 0
    for row in rows:
        count += 1
        if len(sample) < 5_000:
            sample.append(row)
        for column, cell, kind in zip(seen, row.cells, row.kinds or "t" * len(row.cells), strict=False):
            if cell:
                column.at(cell, kind)
        if count >= MOST_ROWS:
            break
    return Seen(tuple(seen), count, tuple(sample))
