"""How rules word what they found: counts, lists, places in files, near names."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import polars as pl

from muster.economy.economy import Economy
from muster.economy.format import shown
from muster.economy.tables import LINE
from muster.errors import Fault, Severity

SHOWN = 5
"""Values shown in one message; the rest are counted."""

_MOST_COMPARED = 1000
"""Ids that a misspelt one is compared with in every way; in a longer list only single slips are looked for."""

_NOUNS = {
    "resources": ("resource", "resources"),
    "places": ("place", "places"),
    "groups": ("group", "groups"),
    "people": ("row of people", "rows of people"),
    "needs": ("need", "needs"),
    "norms": ("norm", "norms"),
    "contents": ("row of contents", "rows of contents"),
    "rations": ("ration", "rations"),
    "stocks": ("stock", "stocks"),
    "arrivals": ("arrival", "arrivals"),
    "stores": ("store", "stores"),
    "routes": ("route", "routes"),
    "modes": ("row of modes", "rows of modes"),
    "carries": ("row of carries", "rows of carries"),
    "recipes": ("row of recipes", "rows of recipes"),
    "plants": ("plant", "plants"),
    "reserves": ("reserve", "reserves"),
    "sources": ("row of sources", "rows of sources"),
}


@dataclass(frozen=True)
class Rows:
    """Rows of one table that break a rule.

    Attributes:
        file: Where the table was read from.
        table: Its name.
        frame: The rows, with their lines.
    """

    file: str
    table: str
    frame: pl.DataFrame

    def __len__(self) -> int:
        """Return the number of rows."""
        return self.frame.height

    def counted(self, one: str, many: str) -> str:
        """Return ``1 stock <one>`` or ``2 stocks <many>``."""
        noun = _NOUNS[self.table]
        return f"{counted(len(self), *noun)} {one if len(self) == 1 else many}"

    def where(self, columns: Sequence[str]) -> str:
        """Return file, first line and columns, e.g. ``stocks.csv:14, column resource``."""
        named = f"column{'' if len(columns) == 1 else 's'} {', '.join(columns)}"
        return f"{self.file}:{self.frame.sort(LINE)[LINE][0]}, {named}"

    def seen(self, columns: Sequence[str]) -> str:
        """Return the cells of the first rows, each with its line where there are several."""
        first = self.frame.sort(LINE).head(SHOWN).select(*columns, LINE)
        return with_lines(
            [(" · ".join(plain(cell) for cell in cells), line) for *cells, line in first.rows()], of=len(self)
        )

    def fault(
        self, what: str, columns: Sequence[str], *, do: str, seen: str = "", severity: Severity = "fault"
    ) -> Fault:
        """Return one message about all the rows; ``seen`` is by default the cells of ``columns``."""
        return Fault(what, self.where(columns), seen or self.seen(columns), do, "", severity, count=len(self))


def rows(economy: Economy, table: str, frame: pl.DataFrame) -> Rows:
    """Return ``frame``, rows of ``table``, as something to speak of."""
    return Rows(economy.file(table), table, frame)


def pick(economy: Economy, table: str, *which: pl.Expr) -> Rows:
    """Return the rows of ``table`` for which all of ``which`` hold; a null holds for nothing."""
    return rows(economy, table, economy.tables[table].filter(*which))


def counted(number: int, one: str, many: str) -> str:
    """Return ``1 stock`` or ``2 stocks``."""
    return f"{number:,} {one if number == 1 else many}"


def persons(number: float) -> str:
    """Return ``1 person`` or ``1,500 people``."""
    return counted(round(number), "person", "people")


def written(number: float) -> str:
    """Return a number for people: ``3,500,000``, ``0.75``."""
    return f"{number:,.0f}" if number == round(number) else f"{number:,.6g}"


def plain(cell: object) -> str:
    """Return a cell as it may stand in a table; ``blank`` for nothing."""
    if cell is None:
        return "blank"
    return f"{cell:.15g}" if isinstance(cell, float) else shown(str(cell))


def listed(items: Iterable[str], *, of: int | None = None) -> str:
    """Return ``a, b, c and 4 more``: the first few of ``items``, and how many are left of ``of`` in all."""
    every = list(items)
    first = every[:SHOWN]
    left = (len(every) if of is None else of) - len(first)
    return ", ".join(first) + (f" and {left:,} more" if left > 0 else "")


def with_lines(values: Sequence[tuple[str, int]], *, of: int) -> str:
    """Return ``wheet (line 14), wheet (line 90)``; without its line where there is but one, as ``where`` says it."""
    return values[0][0] if of == 1 else listed((f"{value} (line {line})" for value, line in values), of=of)


def both(items: Sequence[str]) -> str:
    """Return ``a``, ``a and b`` or ``a, b and c``; the first few where there are many."""
    if not items:
        return ""
    if len(items) > SHOWN:
        return listed(items)
    return " and ".join(filter(None, [", ".join(items[:-1]), items[-1]]))


def near(value: str, known: Collection[str], names: Iterable[tuple[str, str | None]] = ()) -> str | None:
    """Return the known id that was probably meant: ``value`` is its name, in another case, or near to it.

    Args:
        value: What was written.
        known: Every id.
        names: Pairs of id and name for people.
    """
    folded = value.casefold()
    for each, name in names:
        if name is not None and name.casefold() == folded:
            return each
    for each in known:
        if each.casefold() == folded:
            return each
    if len(known) <= _MOST_COMPARED:
        alike = 0.7 if value.isalpha() and len(value) > 4 else 0.8  # a p-code one digit away is another place
        return next(iter(get_close_matches(value, known, n=1, cutoff=alike)), None)
    return min(_one_slip(value, set("".join(known))) & set(known), default=None)


def _one_slip(value: str, letters: Iterable[str]) -> set[str]:
    """Return what may have been meant where one letter is wrong, missing or too many, or two are exchanged."""
    halves = [(value[:at], value[at:]) for at in range(len(value) + 1)]
    shorter = {left + right[1:] for left, right in halves}
    exchanged = {left + right[1] + right[0] + right[2:] for left, right in halves if len(right) > 1}
    others = {left + letter + right[cut:] for left, right in halves for letter in letters for cut in (0, 1)}
    return shorter | exchanged | others
