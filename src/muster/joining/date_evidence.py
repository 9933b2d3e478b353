"""How dates are written, told from all dates of a column: which formats fit, and what speaks for each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product
from types import MappingProxyType

from muster.joining.dates import DateForm, Days
from muster.joining.problems import Problem

_MOST = 3_000
"""Different dates that are looked at."""

_ORDERS = ("%d{0}%m{0}%Y", "%m{0}%d{0}%Y", "%d{0}%m{0}%y", "%m{0}%d{0}%y", "%Y{0}%m{0}%d")
_YEAR_OF_TWO_FIRST = tuple(f"%y{sign}%m{sign}%d" for sign in "/-.")
_NAMED = (
    *(f"%d{sign}%{month}{sign}%{year}" for sign in "- /." for month in "bB" for year in "yY"),
    *("%b %d, %Y", "%B %d, %Y", "%d. %B %Y"),
)
_DAYS = (*(order.format(sign) for order, sign in product(_ORDERS, "/-. ")), *_NAMED, "%Y%m%d")
_TIMES = ("", " %H:%M", " %H:%M:%S", "T%H:%M:%S", " %I:%M %p")
_MONTHS_ONLY = ("%m/%Y", "%m-%Y", "%Y-%m", "%b-%y", "%b-%Y", "%b %Y", "%B %Y", "%m/%y", "%b/%y", "%Y/%m", "%m.%Y")

MONTHS: Mapping[str, str] = MappingProxyType(
    {
        "Spanish": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "French": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "Portuguese": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    }
)
"""Names of months that are recognised in other languages."""


@dataclass(frozen=True)
class DateEvidence:
    """How the dates of a column are written.

    Attributes:
        formats: What fits; several where it must be asked.
        sure: Whether there is one way only to read every date.
        why: The evidence in plain words.
        dates: Cells that are dates by one of the formats.
        others: Cells that are filled and are none.
        months: Names of months of another language, where they are needed.
    """

    formats: tuple[str, ...]
    sure: bool
    why: str
    dates: int
    others: int
    months: Mapping[str, str] = field(default_factory=dict)


def date_evidence(values: Mapping[str, int], *, month_is_enough: bool = False) -> DateEvidence | None:
    """Return how the dates of a column are written, or ``None`` where most cells are no dates.

    Args:
        values: Text -> how many cells hold it, blank ones left out.
        month_is_enough: Whether a month without a day is a date, as of an expiry.
    Example:
        >>> date_evidence({"31/01/2026": 1, "02/03/2026": 5}).why
        '1 of 6 dates has a first part above 12, so the day comes first'
    """
    total = sum(values.values())
    looked = dict(sorted(values.items(), key=lambda pair: -pair[1])[:_MOST])
    months = _months_in(looked)
    read = _read(looked, _forms(month_is_enough, months), months)
    if sum(looked[value] for value in {value for by_value in read.values() for value in by_value}) * 2 < total:
        read |= _read(looked, _YEAR_OF_TWO_FIRST, months)
    found = {value for by_value in read.values() for value in by_value}
    dates = sum(looked[value] for value in found)
    if not found or dates * 2 < sum(looked.values()):
        return None
    whole = [form for form, by_value in read.items() if by_value.keys() == found]
    if whole:
        return _one_form(whole, read, looked, (dates, total - dates, months))
    formats = _cover(read, found)
    return _several_forms(formats, read, looked, (dates, total - dates, months))


def _forms(month_is_enough: bool, months: Mapping[str, str]) -> tuple[str, ...]:
    days = _NAMED if months else _DAYS
    return (*(day + time for day, time in product(days, _TIMES)), *(_MONTHS_ONLY if month_is_enough else ()))


def _read(
    values: Mapping[str, int], forms: tuple[str, ...], months: Mapping[str, str]
) -> dict[str, dict[str, datetime]]:
    """Return for each format the dates that it reads."""
    read: dict[str, dict[str, datetime]] = {}
    samples = {_shape(value): value for value in values}
    for form in forms:
        days = Days(DateForm("", (form,), months=months), month_is_enough=True)
        if not any(_could_be(form, sample) for sample in samples.values()):
            continue
        by_value = {}
        for value in values:
            moment = days.moment(value)
            if not isinstance(moment, Problem):
                by_value[value] = datetime.fromisoformat(moment)
        if by_value:
            read[form] = by_value
    return read


def _shape(value: str) -> str:
    return re.sub(r"[^\W\d]+", "a", re.sub(r"\d+", lambda run: "9" * len(run[0]), value))


def _could_be(form: str, sample: str) -> bool:
    """Return whether the signs between the parts are those of a format."""
    signs = set(re.sub(r"%.", "", form)) - {" "}
    return signs <= set(sample)


def _one_form(
    whole: list[str],
    read: Mapping[str, Mapping[str, datetime]],
    values: Mapping[str, int],
    counts: tuple[int, int, Mapping[str, str]],
) -> DateEvidence:
    """Return the evidence where at least one format reads every date."""
    dates, others, months = counts
    meanings: dict[tuple[datetime, ...], str] = {}
    for form in whole:
        meanings.setdefault(tuple(read[form][value] for value in values if value in read[form]), form)
    formats = tuple(meanings.values())
    if len(formats) == 1:
        sure = formats[0] not in _YEAR_OF_TWO_FIRST
        return DateEvidence(formats, sure, _why(formats[0], read, values, dates), dates, others, months)
    example = next(value for value in values if len({read[form].get(value) for form in formats}) > 1)
    readings = " or ".join(f"{read[form][example].date()} ({form})" for form in formats)
    why = f"{example} is {readings}, and none of the {dates:,} dates tells which"
    return DateEvidence(formats, False, why, dates, others, months)


def _why(form: str, read: Mapping[str, Mapping[str, datetime]], values: Mapping[str, int], dates: int) -> str:
    """Return what speaks for the only format that reads every date."""
    if form.startswith(("%d", "%m")) and {"%d", "%m"} <= set(re.findall("%.", form)):
        swapped = re.sub(r"%[dm]", lambda part: {"%d": "%m", "%m": "%d"}[part[0]], form)
        beyond = sum(values[value] for value in read[form] if value not in read.get(swapped, {}))
        part, first = ("first", "day") if form.startswith("%d") else ("second", "month")
        have = "has" if beyond == 1 else "have"
        return f"{beyond:,} of {dates:,} dates {have} a {part} part above 12, so the {first} comes first"
    return f"all {dates:,} dates are written like {next(iter(read[form]))} ({form})"


def _cover(read: Mapping[str, Mapping[str, datetime]], found: set[str]) -> tuple[str, ...]:
    """Return few formats that together read every date, the most common first."""
    formats: list[str] = []
    left = set(found)
    while left:
        best = max(read, key=lambda form: len(left & read[form].keys()))
        if not left & read[best].keys():
            break
        formats.append(best)
        left -= read[best].keys()
    return tuple(formats)


def _several_forms(
    formats: tuple[str, ...],
    read: Mapping[str, Mapping[str, datetime]],
    values: Mapping[str, int],
    counts: tuple[int, int, Mapping[str, str]],
) -> DateEvidence:
    """Return the evidence where dates are written in several ways: sure only if none can be read in two of them."""
    dates, others, months = counts
    told = ", ".join(f"{sum(values[value] for value in read[form]):,} by {form}" for form in formats)
    doubtful = sum(
        count for value, count in values.items() if len({read[form][value] for form in read if value in read[form]}) > 1
    )
    if doubtful:
        why = f"dates are written in several ways ({told}), and {doubtful:,} can be read in two of them"
        return DateEvidence(formats, False, why, dates, others, months)
    return DateEvidence(formats, True, f"dates are written in several ways: {told}", dates, others, months)


def _months_in(values: Mapping[str, int]) -> dict[str, str]:
    """Return the names of months of another language, where the dates hold them."""
    words = {word.casefold() for value in values for word in re.findall(r"[^\W\d_]{3,}", value)}
    for names in MONTHS.values():
        months = names.split()
        known = words.intersection(months)
        if known and len(known) * 2 >= len(words):
            return {name: str(number) for number, name in enumerate(months, start=1)}
    return {}
