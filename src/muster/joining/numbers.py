"""Numbers as people write them, read by the signs that a mapping states: nothing is guessed while reading."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from unicodedata import decimal

from muster.joining.problems import Problem
from muster.joining.sections import entry

_SPACES = "\u0020\u00a0\u202f\u2009"

WRITTEN: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "1234.5": (".", ""),
        "1,234.5": (".", ","),
        "1 234.5": (".", " "),
        "1'234.5": (".", "'"),
        "1234,5": (",", ""),
        "1.234,5": (",", "."),
        "1 234,5": (",", " "),
        "1'234,5": (",", "'"),
    }
)
"""Ways to write a number -> the sign before its decimals, and the sign between groups of three digits."""


@dataclass(frozen=True)
class Signs:
    """Section ``[numbers]``: how numbers are written in a file."""

    written: str = entry("1234.5", meaning="how this number is written in the file", choices=tuple(WRITTEN))

    @property
    def decimal(self) -> str:
        """The sign before the decimals."""
        return WRITTEN[self.written][0]

    @property
    def thousands(self) -> str:
        """The sign between groups of three digits; ``""``: none."""
        return WRITTEN[self.written][1]


def signs_of(decimal_sign: str, thousands: str) -> Signs:
    """Return the way of writing that has these two signs."""
    return Signs(next(written for written, signs in WRITTEN.items() if signs == (decimal_sign, thousands)))


def plain_digits(text: str) -> str:
    """Return a text with ASCII digits for those of other scripts.

    Example:
        >>> plain_digits("۵۸۸")
        '588'
    """
    if text.isascii():
        return text
    return "".join(str(decimal(sign)) if sign.isdecimal() else sign for sign in text)


@lru_cache(maxsize=64)
def _pattern(signs: Signs) -> re.Pattern[str]:
    group = f"[{_SPACES}]" if signs.thousands == " " else re.escape(signs.thousands)
    whole = rf"\d{{1,3}}(?:{group}\d{{3}})+|\d+" if signs.thousands else r"\d+"
    return re.compile(rf"([+-]?)({whole})?(?:{re.escape(signs.decimal)}(\d+))?", re.ASCII)


def decimal_text(text: str, *, signs: Signs, column: str) -> str | Problem:
    """Return a number as decimal text with a point and no grouping, or why it is none (J8).

    Example:
        >>> decimal_text("1.234,50", signs=Signs("1.234,5"), column="Menge")
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
    """Return a text with the digits and signs of other scripts in those of the mapping."""
    return plain_digits(text.replace("٬", signs.thousands).replace("٫", signs.decimal).replace("−", "-"))


def _no_number(text: str, plain: str, signs: Signs, column: str) -> Problem:
    if re.fullmatch(r"[+-]?[\d.,' \u00a0\u202f]*\d[\d.,' \u00a0\u202f]*", plain):
        do = f"write it like {signs.written}, or correct [numbers] in the mapping"
        return Problem(column, text, "A number is written with other signs than the mapping says.", do, "J8")
    if re.match(r"[+-]?\d", plain):
        return Problem(column, text, "There is more than a number.", "write the number alone", "J8")
    return Problem(column, text, "There are words where a number is expected.", "write the number", "J8")
