"""Dates by the formats that a mapping states; a date that two of them read differently is not read."""

from __future__ import annotations

import re
from collections import abc
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from muster.joining.numbers import plain_digits
from muster.joining.problems import Problem
from muster.joining.sections import entry

_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_DIRECTIVES = frozenset("dmybBYHMSfjp%IT")
_DAY = ("%d", "%j")
_MONTH = ("%m", "%b", "%B", "%j")
_YEAR = ("%Y", "%y")
_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)")


@dataclass(frozen=True)
class DateForm:
    """Section ``[date]``: when a row happened, and how that is written."""

    column: str = entry(meaning="where the date stands")
    formats: tuple[str, ...] = entry((), meaning="strptime formats, one or several: %d/%m/%Y reads 03/11/2026")
    at: str = entry("12:00", meaning="time of day of events whose date has no time, HH:MM")
    offset: str = entry("+00:00", meaning="how far the clocks of the file are ahead of UTC: +04:30")
    months: abc.Mapping[str, str] = entry({}, meaning="names of months in another language -> their number")


def format_fault(form: str, *, day_needed: bool = True) -> str | None:
    """Return what a strptime format lacks or does not have, or ``None``.

    Example:
        >>> format_fault("%d/%m"), format_fault("%d/%m/%Y")
        ('it has no year', None)
    """
    used = re.findall(r"%(.?)", form)
    strange = [sign for sign in used if sign not in _DIRECTIVES]
    if strange:
        return f"%{strange[0]} is not one of " + ", ".join(f"%{sign}" for sign in "dmbByYHMSfj")
    for name, forms in (("day", _DAY), ("month", _MONTH), ("year", _YEAR)):
        if not any(each in form for each in forms) and (day_needed or name != "day"):
            return f"it has no {name}"
    return None


class Days:
    """Reads the dates of one file; what was read once is known."""

    def __init__(self, form: DateForm, *, month_is_enough: bool = False) -> None:
        self._form = form
        self._month_is_enough = month_is_enough
        self._read: dict[str, datetime | Problem] = {}
        self._no_such_day: set[str] = set()
        self._at = time.fromisoformat(form.at)
        found = _OFFSET.fullmatch(form.offset)
        assert found, "the mapping was checked"
        ahead = timedelta(hours=int(found[2]), minutes=int(found[3]))
        self._ahead = -ahead if found[1] == "-" else ahead
        self._months = {name.casefold(): number for name, number in form.months.items()}

    def moment(self, text: str, *, kind: str = "") -> str | Problem:
        """Return the time of an event in UTC, e.g. ``2026-11-03T12:00:00Z``."""
        found = self._local(text, kind)
        return found if isinstance(found, Problem) else (found - self._ahead).isoformat(timespec="seconds") + "Z"

    def day(self, text: str, *, kind: str = "") -> str | Problem:
        """Return a day, e.g. ``2027-06-30``; a month without a day is its last day, where that is enough."""
        found = self._local(text, kind)
        return found if isinstance(found, Problem) else found.date().isoformat()

    def _local(self, text: str, kind: str) -> datetime | Problem:
        key = kind + text if kind == "d" else text
        if key not in self._read:
            self._read[key] = self._of_workbook(text) if kind == "d" else self._by_formats(text)
        return self._read[key]

    def _of_workbook(self, text: str) -> datetime:
        """Return a date that the workbook itself knows to be one."""
        found = datetime.fromisoformat(text)
        return found.replace(microsecond=0) if " " in text else datetime.combine(found.date(), self._at)

    def _by_formats(self, text: str) -> datetime | Problem:
        column, formats = self._form.column, self._form.formats
        if not text:
            return Problem(column, text, "There is no date.", "fill it in", "J9")
        found: dict[datetime, str] = {}
        for form in formats:
            read = self._one(text, form)
            if read is not None:
                found.setdefault(read, form)
        if len(found) > 1:
            does = " or ".join(f"{day:%Y-%m-%d} ({form})" for day, form in found.items())
            return Problem(column, text, "A date can be read in two ways.", f"it is {does}: say which", "J9")
        for read in found:
            if _FIRST_YEAR <= read.year <= _LAST_YEAR:
                return read
            return Problem(column, text, "A date lies outside of 1900 to 2199.", "correct the year", "J9")
        if text in self._no_such_day:
            return Problem(column, text, "The calendar has no such day.", "correct the day", "J9")
        do = f"write it as the mapping says ({', '.join(formats)}), or add its format to [date], formats"
        return Problem(column, text, "A date is not written as the mapping says.", do, "J9")

    def _one(self, text: str, form: str) -> datetime | None:
        plain = plain_digits(text)
        if self._months:
            plain = re.sub(r"[^\W\d_]+\.?", lambda word: self._months.get(word[0].casefold(), word[0]), plain)
            form = form.replace("%B", "%m").replace("%b", "%m")
        try:
            read = datetime.strptime(plain, form)
        except ValueError as refused:
            if "range" in str(refused):  # it is written so, and the calendar has no such day
                self._no_such_day.add(text)
            return None
        if self._month_is_enough and not any(each in form for each in _DAY):
            read = _last_of_month(read)
        return read if any(each in form for each in ("%H", "%I")) else datetime.combine(read.date(), self._at)


def _last_of_month(read: datetime) -> datetime:
    following = date(read.year + read.month // 12, read.month % 12 + 1, 1)
    return datetime.combine(following - timedelta(days=1), time())
