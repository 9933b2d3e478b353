"""What is counted in a row: number, unit, pack, resource and lot, measured in the smallest unit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from muster import units
from muster.book.amounts import SMALLEST, amount
from muster.book.limits import MOST
from muster.book.wording import Wrong
from muster.joining.cells import Names, Number, Text, cell_of, kind_of
from muster.joining.dates import DateForm, Days
from muster.joining.heads import Columns
from muster.joining.mapping import AmountForm, Mapping
from muster.joining.numbers import Signs, decimal_text
from muster.joining.opening import RawRow, Table
from muster.joining.packs import Pack, pack_in
from muster.joining.problems import Problem
from muster.joining.templates import template

_WORDED = re.compile(r"([+-]?[\d.,'٠-٩۰-۹٫٬\s]*[\d٠-٩۰-۹])\s*([^\d\s].*?)(?:\s+of\s+(.+))?", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Counted:
    """What one amount of a row counts.

    Attributes:
        resource: Name in the book.
        entry: The amount as the interchange writes it: resource, quantity, unit, and pack, lot, expires where given.
        quantity: Whole number of ``unit``, the smallest unit.
        unit: g, ml, Wh, minute, piece, …
    """

    resource: str
    entry: dict[str, str]
    quantity: int
    unit: str


class AmountReader:
    """Reads one ``[[amount]]`` of a mapping, row by row."""

    def __init__(self, form: AmountForm, mapping: Mapping, columns: Columns, *, names: Names, table: Table) -> None:
        [column] = template(form.quantity).columns
        self._number = Number(column, columns, signs=mapping.numbers)
        self._signs: Signs = mapping.numbers
        self._resource = Text(form.resource, columns, names=names, needed=True)
        self._unit = Text(form.unit, columns, names=names, needed=True) if form.unit else None
        self._pack = Text(form.pack, columns, names=names, needed=True) if form.pack else None
        self._lot = Text(form.lot, columns, names=names, needed=False)
        self._agrees = Text(form.agrees, columns, names={}, needed=False) if form.agrees else None
        self._expires, self._expiry = _expiry(form, mapping, columns)
        self._packs = mapping.packs
        self._merged = table.merged
        self._zero_counts = mapping.about.kind == "count"

    def read(self, row: RawRow) -> Counted | Problem | None:
        """Return what is counted, ``None`` where the cell is blank, or the first problem."""
        number = self._quantity(row)
        if number is None or isinstance(number, Problem):
            return number
        quantity, unit, pack = number
        resource = self._resource.read(row)
        if isinstance(resource, Problem):
            return resource
        if self._unit is not None:
            read = self._unit.read(row)
            if isinstance(read, Problem):
                return read
            unit = read
        given = "" if units.measure(unit) in SMALLEST else self._pack_of(row, resource, pack)
        if isinstance(given, Problem):
            return given
        entry = {"resource": resource, "quantity": quantity, "unit": unit} | ({"pack": given} if given else {})
        measured = measure(self._number.column, entry)
        if isinstance(measured, Problem):
            return measured
        if measured[0] == 0 and not self._zero_counts:
            do = "leave the row out, or correct the number"
            return Problem(self._number.column, quantity, "The amount is 0: nothing moved.", do, "J8")
        fault = self._lot_into(entry, row)
        return fault or Counted(resource, entry, *measured)

    def _quantity(self, row: RawRow) -> tuple[str, str, str] | Problem | None:
        """Return number, and unit and pack where they stand behind it."""
        column, cell = self._number.column, cell_of(row, self._number.position)
        if not cell:
            return None
        span = self._merged.get((row.line, self._number.position))
        if span and span[1] > span[0]:
            do = "write each row's own number, or one row for all of them"
            return Problem(column, cell, "One number stands in merged cells over several rows.", do, "J8")
        if self._unit is None and kind_of(row, self._number.position) == "t":
            found = amount_in_words(cell, signs=self._signs, column=column)
        else:
            number = self._number.read(row)
            found = number if isinstance(number, Problem) else (number, "", "")
        if not isinstance(found, Problem) and found[0].startswith("-") and found[0].strip("-0."):
            do = "if it went back, record it the other way round; if it corrects a row, correct that row"
            return Problem(column, cell, "An amount is below zero.", do, "J8")
        return (found[0].removeprefix("-"), *found[1:]) if isinstance(found, tuple) else found

    def _pack_of(self, row: RawRow, resource: str, worded: str) -> str | Problem:
        """Return what a pack holds: as a person decided, else as the row says, unless its text says otherwise."""
        if resource in self._packs:
            return self._packs[resource]
        pack = self._pack.read(row) if self._pack else worded
        if isinstance(pack, Problem) or self._agrees is None:
            return pack
        said = self._agrees.read(row)
        recognised = _other_pack(said, pack) if isinstance(said, str) else None
        if recognised is None:
            return pack
        column = self._agrees.columns[0] if self._agrees.columns else ""
        do = f'the text says {recognised.text}, the columns {pack}: decide it below [packs]: "{resource}" = "…"'
        return Problem(column, recognised.words, "Text and columns say different packs.", do, "J10")

    def _lot_into(self, entry: dict[str, str], row: RawRow) -> Problem | None:
        lot = self._lot.read(row)
        if isinstance(lot, Problem):
            return lot
        if lot:
            entry["lot"] = lot
        if self._expiry is not None:
            cell = cell_of(row, self._expiry)
            if cell:
                day = self._expires.day(cell, kind=kind_of(row, self._expiry))
                if isinstance(day, Problem):
                    return day
                entry["expires"] = day
        return None


def _expiry(form: AmountForm, mapping: Mapping, columns: Columns) -> tuple[Days, int | None]:
    named = template(form.expires).columns if form.expires else ()
    position = columns.at(named[0]) if named else None
    formats = DateForm(named[0] if named else "", mapping.expires.formats, months=mapping.date.months)
    return Days(formats, month_is_enough=True), position


@lru_cache(maxsize=100_000)
def _other_pack(said: str, pack: str) -> Pack | None:
    """Return the pack that a text names, where it is another than ``pack``."""
    recognised = pack_in(said)
    return recognised if recognised is not None and not recognised.agrees_with(pack) else None


def measure(column: str, entry: dict[str, str]) -> tuple[int, str] | Problem:
    """Return an amount of the interchange as a whole number of its smallest unit, or why it is none (J10)."""
    quantity, unit, pack = entry["quantity"], entry["unit"], entry.get("pack", "")
    try:
        if quantity.isdigit() and len(quantity) < 16 and (one := _one(unit, pack)):
            whole = int(quantity) * one[0]
            if whole <= MOST:
                return whole, one[1]
        measured = amount(quantity, unit=unit, pack=pack)
    except Wrong as wrong:
        return Problem(column, wrong.seen, wrong.what, wrong.do, "J10")
    return measured.quantity, measured.unit


@lru_cache(maxsize=10_000)
def _one(unit: str, pack: str) -> tuple[int, str] | None:
    """Return what one unit or pack holds, so that it is worked out once; ``None`` where that is not whole."""
    try:
        measured = amount("1", unit=unit, pack=pack)
    except Wrong:
        return None
    return measured.quantity, measured.unit


def amount_in_words(text: str, *, signs: Signs, column: str) -> tuple[str, str, str] | Problem:
    """Return number, unit and pack of a cell that holds all of them.

    Example:
        >>> amount_in_words("12 bags of 50 kg", signs=Signs(), column="Received")
        ('12', 'bags', '50 kg')
    """
    found = _WORDED.fullmatch(text)
    if not found:
        do = "write e.g. 600 kg or 12 bags of 50 kg, or give the unit in the mapping"
        return Problem(column, text, "There is no unit behind the number.", do, "J10")
    number = decimal_text(found[1].strip(), signs=signs, column=column)
    return number if isinstance(number, Problem) else (number, found[2], found[3] or "")
