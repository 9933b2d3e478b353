"""Times of the book: milliseconds since 1970 in UTC inside, ISO 8601 text outside."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

DAY_MS = 86_400_000
"""Milliseconds in a day."""

FOREVER_MS = 1 << 62
"""Later than every time."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CLOCK = re.compile(r"T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)", re.ASCII)
_DATE = re.compile(r"(19|[2-9]\d)\d\d-\d\d-\d\d", re.ASCII)


def milliseconds(text: str) -> int:
    """Return the milliseconds since 1970 of a time with its zone, e.g. ``2026-11-03T10:00:00Z``.

    Raises:
        ValueError: It is no such time, has no zone, is finer than a millisecond or lies before 1900.
    """
    return time_read(text)[0]


def time_read(text: str) -> tuple[int, str]:
    """Return the milliseconds of a time, and the one text that stands for it in the book; raises like the former."""
    if len(text) == _USUAL and text[10::3] == "T::Z":
        try:
            clock = _HOURS[text[11:13]] + _MINUTES[text[14:16]] + _SECONDS[text[17:19]]
        except KeyError:
            raise ValueError(text) from None
        return _day_ms(text[:10]) + clock, text
    ms = _day_ms(text[:10]) + _clock_ms(text[10:])
    return ms, time_text(ms)


_USUAL = len("2026-11-03T10:00:00Z")
_HOURS = {f"{number:02}": number * 3_600_000 for number in range(24)}
_MINUTES = {f"{number:02}": number * 60_000 for number in range(60)}
_SECONDS = {f"{number:02}": number * 1_000 for number in range(60)}


def time_text(ms: int) -> str:
    """Return a time as the one text that stands for it in the book; milliseconds only where there are some.

    Example:
        >>> time_text(milliseconds("2026-11-03T14:30:00+04:30"))
        '2026-11-03T10:00:00Z'
    """
    day, rest = divmod(ms, DAY_MS)
    seconds, rest = divmod(rest, 1000)
    parts = f".{rest:03}" if rest else ""
    return f"{_day_text(day)}T{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{parts}Z"


@lru_cache(maxsize=10_000)
def _day_ms(text: str) -> int:
    if not _DATE.fullmatch(text):
        raise ValueError(text)
    return (date.fromisoformat(text) - date(1970, 1, 1)).days * DAY_MS


@lru_cache(maxsize=10_000)
def _clock_ms(text: str) -> int:
    if not _CLOCK.fullmatch(text):
        raise ValueError(text)
    return (datetime.fromisoformat(f"2000-01-02{text}") - datetime(2000, 1, 2, tzinfo=UTC)) // timedelta(milliseconds=1)


@lru_cache(maxsize=10_000)
def _day_text(day: int) -> str:
    return (date(1970, 1, 1) + timedelta(days=day)).isoformat()


def record_text(ms: int) -> str:
    """Return a time of record: always 24 signs, ``YYYY-MM-DDTHH:MM:SS.mmmZ``."""
    text = time_text(ms)
    return text if ms % 1000 else f"{text[:-1]}.000Z"


def day_text(text: str) -> str:
    """Return a day of the calendar as it is written in the book.

    Raises:
        ValueError: It is no day from 1900 on, written YYYY-MM-DD.
    """
    if not _DATE.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text).isoformat()


def day_of(ms: int) -> int:
    """Return the day of a time, counted from 1970-01-01."""
    return ms // DAY_MS


def day_date(ms: int) -> date:
    """Return the day of a time in UTC."""
    return (_EPOCH + timedelta(milliseconds=ms)).date()


def end_of_day(day: date) -> int:
    """Return the last millisecond of a day in UTC."""
    return (day - date(1970, 1, 2)).days * DAY_MS + 2 * DAY_MS - 1
