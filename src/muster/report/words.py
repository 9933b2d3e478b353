"""Numbers and dates as people read them."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from datetime import date

THIN = "\u202f"
"""Narrow no-break space: between thousands, and between a number and its unit."""

MET = 1 - 1e-6
"""A claim at or above this is met in full."""


def count(number: float) -> str:
    """Return a whole number with its thousands apart.

    Example:
        >>> count(19902213).split(THIN)
        ['19', '902', '213']
    """
    return f"{number:,.0f}".replace(",", THIN)


def people(number: float) -> str:
    """Return how many people, in millions from a million on.

    Example:
        >>> people(19_902_213), people(1), people(9_200).replace(THIN, " ")
        ('19.9 million people', '1 person', '9 200 people')
    """
    return f"{many(number)} {'person' if round(number) == 1 else 'people'}"


def many(number: float) -> str:
    """Return a number of people without the word, in millions from a million on."""
    if round(number) < 999_950:
        return count(number)
    return f"{number / 1e6:.1f} million".replace(".0 ", " ")


def quantity(number: float) -> str:
    """Return a quantity with as many digits as its size deserves.

    Example:
        >>> quantity(0), quantity(0.01234), quantity(47.26), quantity(1234.5).replace(THIN, " "), quantity(1.686e11)
        ('0', '0.012', '47.3', '1 234', '169 billion')
    """
    size = abs(number)
    if size < 5e-7:
        return "0"
    if size >= 1e9:
        return f"{quantity(number / 1e9)} billion"
    if size >= 100:
        return count(number)
    digits = 1 if size >= 10 else 2 if size >= 1 else 3 if size >= 0.01 else 6
    written = f"{number:.{digits}f}".rstrip("0").rstrip(".")
    return written.replace("-", "−")


def whole_percent(share: float) -> float:
    """Return a share as the percentage to show: 100 only for what is met in full, 0.5 for less than one.

    Example:
        >>> whole_percent(0.9999), whole_percent(1.0), whole_percent(0.001), whole_percent(0.0), whole_percent(0.498)
        (99, 100, 0.5, 0, 50)
    """
    if share >= MET:
        return 100
    if share <= 1e-6:
        return 0
    return min(99, round(share * 100)) or 0.5


def percent(share: float) -> str:
    """Return a share as a percentage for people.

    Example:
        >>> percent(0.498).replace(THIN, " "), percent(0.002).replace(THIN, " ")
        ('50 %', 'under 1 %')
    """
    whole = whole_percent(share)
    return f"under 1{THIN}%" if whole == 0.5 else f"{whole:.0f}{THIN}%"


def day(on: date) -> str:
    """Return a date in words.

    Example:
        >>> day(date(2022, 11, 1))
        '1 November 2022'
    """
    return f"{on.day} {calendar.month_name[on.month]} {on.year}"


def short_period(on: date, period: str) -> str:
    """Return a period's name for under a bar, from its first day.

    Example:
        >>> short_period(date(2022, 11, 1), "month"), short_period(date(2022, 11, 7), "week")
        ('Nov 2022', '7 Nov')
    """
    month = calendar.month_abbr[on.month]
    if period == "year":
        return str(on.year)
    return f"{month} {on.year}" if period == "month" else f"{on.day} {month}"


def listing(words: Iterable[str], *, most: int = 6) -> str:
    """Return words as a list in a sentence; beyond ``most`` they are counted.

    Example:
        >>> listing(["heat"]), listing(["heat", "fat"]), listing("abcdefgh", most=3)
        ('heat', 'heat and fat', 'a, b, c and 5 more')
    """
    known: Sequence[str] = list(words)
    if len(known) > most:
        return f"{', '.join(known[:most])} and {len(known) - most} more"
    return " and ".join([", ".join(known[:-1]), known[-1]] if len(known) > 1 else known)


def plural(number: float, one: str, more: str) -> str:
    """Return a count with its word.

    Example:
        >>> plural(1, "place", "places"), plural(3, "place", "places")
        ('1 place', '3 places')
    """
    return f"{count(number)} {one if round(number) == 1 else more}"
