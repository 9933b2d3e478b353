"""Quantities: any unit or pack as it is entered, whole numbers of the smallest unit in the book.

The smallest unit follows from what is measured: g, ml, Wh, minute, mm, m2, piece, and the minor unit of a currency. A
bag, a case or a drum is no measure; it needs a pack that says how much it holds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from muster import units
from muster.book.limits import LONGEST_NAME, MOST
from muster.book.quick import maker
from muster.book.wording import Wrong, shown

SMALLEST: Mapping[str, str] = MappingProxyType(
    {"mass": "g", "volume": "ml", "energy": "Wh", "time": "minute", "length": "mm", "area": "m2"}
)
"""What is measured -> its smallest unit. What is counted is counted in pieces."""

_HOURS = "truck_hour lorry_hour labour_hour labor_hour person_hour crew_hour convoy_hour machine_hour"
_MINUTES = frozenset(_HOURS.split())
_UNSAID = frozenset(("case", "truck_day", "labour_day", "labor_day", "person_day", "crew_day"))
"""Counted elsewhere, but no two are alike: they need a pack."""

_PIECES: Mapping[str, int] = MappingProxyType({"pair": 2, "dozen": 12})
_NO_MINOR = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"

MOST_DIGITS = 18
"""Digits of a quantity before its point."""

_DECIMAL = re.compile(r"\d{1,18}(\.\d{1,12})?", re.ASCII)
_AMOUNT = re.compile(r"(\S+)\s+(\S.*?)(?:\s+of\s+(.+))?", re.DOTALL)

_BOXES_IN_BOXES = 4
"""Packs within packs: a pallet of 40 cases of 24 tins of 400 g."""


class Amount(NamedTuple):
    """So much of something.

    Attributes:
        quantity: Whole number of ``unit``.
        unit: A smallest unit: ``g``, ``ml``, ``Wh``, ``minute``, ``mm``, ``m2``, ``piece``, ``USD/100``.
        entered: As it was entered: ``600 bag of 50 kg``.
    """

    quantity: int
    unit: str
    entered: str


class Scale(NamedTuple):
    """What a unit, or a pack, comes to.

    Attributes:
        unit: The smallest unit of what is measured.
        size: How many of them are in one.
        whole: The same where it is a whole number, else 0.
        named: As it stands behind a quantity: ``bag of 50 kg``.
    """

    unit: str
    size: Fraction
    whole: int
    named: str


def scale(unit: str, *, pack: str = "", packs: Mapping[str, str] | None = None) -> Scale:
    """Return what a unit comes to; arguments as for ``amount``.

    Raises:
        Wrong: The unit or the pack cannot be read.
    """
    smallest, size = _size(unit, pack) if pack or not packs else _registered(unit, packs)
    whole = size.numerator if size.denominator == 1 else 0
    return Scale(smallest, size, whole, f"{unit} of {pack}" if pack else unit)


def amount(quantity: str, *, unit: str, pack: str = "", packs: Mapping[str, str] | None = None) -> Amount:
    """Return an amount in its smallest unit, exactly.

    Args:
        quantity: Decimal text, ``600`` or ``29.35``.
        unit: A unit of measure, or the name of a pack.
        pack: What one such pack holds: ``50 kg``, ``24 tin of 400 g``.
        packs: Registered packs of the resource: name -> what it holds.
    Raises:
        Wrong: The number, the unit or the pack cannot be read, or it does not come out whole.
    Example:
        >>> amount("12", unit="bags", pack="50 kg")
        Amount(quantity=600000, unit='g', entered='12 bags of 50 kg')
    """
    return scaled(quantity, scale(unit, pack=pack, packs=packs))


def scaled(quantity: str, by: Scale) -> Amount:
    """Return so many of what a scale says, exactly.

    Raises:
        Wrong: The number cannot be read, or it does not come out whole.
    """
    unit, size, whole, named = by
    if whole and quantity.isdecimal() and quantity.isascii() and len(quantity) <= MOST_DIGITS:
        exact: int | Fraction = int(quantity) * whole
        if exact <= MOST:
            return _amount((exact, unit, f"{quantity} {named}"))
    elif _DECIMAL.fullmatch(quantity):
        exact = Fraction(quantity) * size
    else:
        do = "write digits with a decimal point, in quotes, without spaces or commas: 29.35"
        raise Wrong("A quantity is not a decimal number.", quantity, do, "B8")
    entered = f"{quantity} {named}"
    if exact.denominator != 1:
        do = f"weigh, measure or count it to the whole {unit}, the smallest unit of the book"
        raise Wrong(f"A quantity does not come out in whole {unit}.", entered, do, "B8")
    if exact > MOST:
        raise Wrong("A quantity is larger than a book can count.", entered, "check the number and its unit", "B8")
    return Amount(int(exact), unit, entered)


_amount = maker(Amount)


def taken_apart(text: str) -> tuple[str, str, str]:
    """Return quantity, unit and pack (``""``: none) of an amount as people write it.

    Raises:
        Wrong: There is no number, or no unit behind it.
    Example:
        >>> taken_apart("12 bags of 50 kg"), taken_apart("29350 kg")
        (('12', 'bags', '50 kg'), ('29350', 'kg', ''))
    """
    found = _AMOUNT.fullmatch(text.strip()) if len(text) <= LONGEST_NAME else None
    if not found:
        raise Wrong("An amount is not a number and a unit.", text, "write e.g. 600 kg, or 12 bags of 50 kg", "B9")
    return found[1], found[2], found[3] or ""


def smallest_unit(unit: str) -> str | None:
    """Return the smallest unit of what ``unit`` measures; ``None`` where it needs a pack or is not known.

    Example:
        >>> smallest_unit("t"), smallest_unit("tablets"), smallest_unit("bag")
        ('g', 'piece', None)
    """
    found = _measured(unit)
    return found[0] if found else None


@lru_cache(maxsize=10_000)
def _measured(unit: str) -> tuple[str, Fraction] | None:
    """Return the smallest unit and how many of them are in ``unit``; ``None`` where it says nothing by itself."""
    measure = units.measure(unit)
    if measure is None or measure in _UNSAID or measure == "power":
        return None
    if measure in SMALLEST:
        return SMALLEST[measure], units.factor(unit, SMALLEST[measure])
    if measure in _MINUTES:
        return "minute", Fraction(60)
    if units.is_money(unit):
        minor = 1 if measure in _NO_MINOR.split() else 1000 if measure in _THREE_DECIMALS.split() else 100
        return f"{measure}/{minor}" if minor > 1 else measure, Fraction(minor)
    return "piece", Fraction(_PIECES.get(measure, 1))


@lru_cache(maxsize=10_000)
def _size(unit: str, pack: str, depth: int = 0) -> tuple[str, Fraction]:
    """Return the smallest unit and how many of them are in one ``unit`` of ``pack``."""
    if not pack:
        found = _measured(unit)
        if found is None:
            raise _unit_unknown(unit)
        return found
    if units.measure(unit) in SMALLEST:
        do = f"leave the pack out, or say what is packed: bag of {shown(pack)}"
        raise Wrong(f"A quantity in {unit} has a pack.", f"{unit} of {pack}", do, "B9")
    if depth >= _BOXES_IN_BOXES:
        raise Wrong("Packs within packs go too deep.", pack, "say how much the outer pack holds", "B9")
    quantity, inner, rest = taken_apart(pack)
    if not _DECIMAL.fullmatch(quantity) or not Fraction(quantity):
        raise Wrong("A pack does not say how much it holds.", pack, "write e.g. 50 kg, or 24 tin of 400 g", "B9")
    smallest, size = _size(inner, rest, depth + 1)
    return smallest, Fraction(quantity) * size


def _registered(unit: str, packs: Mapping[str, str]) -> tuple[str, Fraction]:
    for named in (unit, unit.removesuffix("s"), unit.removesuffix("es")):
        if named in packs:
            return _size(named, packs[named])
    return _size(unit, "")


def _unit_unknown(unit: str) -> Wrong:
    near = units.close(unit)
    guess = f'did you mean "{near}"? ' if near and near != unit else ""
    do = f'{guess}write a unit of measure (kg, l, kWh, piece), or say what it holds: "pack": "50 kg"'
    return Wrong(f"It is not said how much a {shown(unit)} holds.", unit, do, "B9")
