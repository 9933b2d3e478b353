"""Numbers as people write them, read by the signs that a mapping states: nothing is guessed while reading."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from muster.joining.problems import Problem
from muster.joining.sections import entry

_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫٬−", "01234567890123456789.'-")
"""Arabic and Persian digits, their decimal and thousands signs, and the typographic minus."""

_SPACES = "\u0020\u00a0\u202f\u2009"

THOUSANDS = {"": "none", ",": "comma", ".": "point", "'": "apostrophe", " ": "space"}
DECIMALS = {".": "point", ",": "comma"}


@dataclass(frozen=True)
class Signs:
    """Section ``[numbers]``: how numbers are written in a file."""

    decimal: str = entry(".", meaning="sign before the decimals: point or comma", choices=tuple(DECIMALS))
    thousands: str = entry("", meaning="sign between groups of three digits; blank: none", choices=tuple(THOUSANDS))


def plain_digits(text: str) -> str:
    """Return a text with ASCII digits for Arabic and Persian ones.

    Example:
        >>> plain_digits("۵۸۸")
        '588'
    """
    return text if text.isascii() else text.translate(_DIGITS)


@lru_cache(maxsize=64)
def _pattern(signs: Signs) -> re.Pattern[str]:
    group = f"[{_SPACES}]" if signs.thousands == " " else re.escape(signs.thousands)
    whole = rf"\d{{1,3}}(?:{group}\d{{3}})+|\d+" if signs.thousands else r"\d+"
    return re.compile(rf"([+-]?)({whole})?(?:{re.escape(signs.decimal)}(\d+))?", re.ASCII)


def decimal_text(text: str, *, signs: Signs, column: str) -> str | Problem:
    """Return a number as decimal text with a point and no grouping, or why it is none (J8).

    Example:
        >>> decimal_text("1.234,50", signs=Signs(",", "."), column="Menge")
        '1234.50'
    """
    if text.isascii() and text.isdigit():
        return text.lstrip("0") or "0"
    if not text:
        return Problem(column, text, "There is no number.", "fill it in, or say why it is not known", "J8")
    plain = text if text.isascii() else _plain(text, signs)
    found = _pattern(signs).fullmatch(plain)
    if not found or (found[2] is None and found[3] is None):
        return _no_number(text, plain, signs, column)
    whole = re.sub(r"\D", "", found[2] or "0").lstrip("0") or "0"
    sign = "-" if found[1] == "-" else ""
    return f"{sign}{whole}.{found[3]}" if found[3] else f"{sign}{whole}"


def _plain(text: str, signs: Signs) -> str:
    """Return a text with the digits and signs of Arabic and Persian in those of the mapping."""
    if "٫" in text or "٬" in text:
        text = text.replace("٬", signs.thousands).replace("٫", signs.decimal)
    return text.translate(_DIGITS)


def _no_number(text: str, plain: str, signs: Signs, column: str) -> Problem:
    said = f"decimal {DECIMALS.get(signs.decimal, signs.decimal)}, thousands {THOUSANDS.get(signs.thousands, '')}"
    if re.fullmatch(r"[+-]?[\d.,' \u00a0\u202f]+", plain):
        do = f"write it with the signs of the mapping ({said}), or correct [numbers] there"
        return Problem(column, text, "A number is written with other signs than the mapping says.", do, "J8")
    if re.match(r"[+-]?\d", plain):
        return Problem(column, text, "There is more than a number.", "write the number alone", "J8")
    return Problem(column, text, "There are words where a number is expected.", "write the number", "J8")
