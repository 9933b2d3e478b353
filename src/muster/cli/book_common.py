"""What the commands ``muster book …`` share: the book, who records, when, and the clock."""

from __future__ import annotations

import re
import secrets
import time
from datetime import UTC, date, datetime
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from muster.cli.refusals import CannotUse, Lacking

if TYPE_CHECKING:
    from muster.services.book_records import Desk

book_app = typer.Typer(
    name="book",
    help="Record what happens to what there is, and show it: the ledger.",
    epilog="Every command: muster book COMMAND --help shows an example.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

BookAddress = Annotated[
    str, typer.Argument(metavar="BOOK", show_default=False, help="A file, or postgresql://… of a database.")
]
By = Annotated[
    str | None,
    typer.Option("--by", metavar="PERSON", envvar="MUSTER_BY", show_envvar=False, help="Who records (or MUSTER_BY)."),
]
Unit = Annotated[
    str | None,
    typer.Option(
        "--unit", metavar="UNIT", envvar="MUSTER_UNIT", show_envvar=False, help="For which unit (or MUSTER_UNIT)."
    ),
]
KeyFile = Annotated[
    Path | None,
    typer.Option(
        "--key",
        metavar="FILE",
        envvar="MUSTER_KEY",
        show_envvar=False,
        help="Key of the log (BOOK.key, or MUSTER_KEY).",
    ),
]


def _moment(word: str) -> str:
    """Return a day, or a time, as the interchange writes it; a day is its noon, and a time without zone is UTC."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", word):
        now = datetime.now(UTC)
        on_time = f"{word}T12:00:00Z"
        return f"{now:%Y-%m-%dT%H:%M:%SZ}" if word == now.date().isoformat() and now.hour < 12 else on_time
    if re.fullmatch(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?", word):
        return word.replace(" ", "T") + "Z"
    if re.fullmatch(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d\S*", word):
        return word.replace(" ", "T")
    raise CannotUse(word, do="write a day, 2026-11-03, or a time, 2026-11-03T10:30 (UTC) or 2026-11-03T15:00+04:30")


On = Annotated[
    str | None,
    typer.Option(
        "--on", metavar="WHEN", parser=_moment, help="When it happened: a day (noon), or a time (UTC); now if left out."
    ),
]


def as_day(word: str) -> date:
    """Return a day of the calendar, for an option."""
    try:
        return date.fromisoformat(word)
    except ValueError:
        raise CannotUse(word, do="write a day as 2026-11-30") from None


def as_count(word: str | int) -> int:
    """Return a whole number that is not negative, for an option (or its default)."""
    if isinstance(word, int):
        return word
    if not word.isdecimal() or len(word) > 15:
        raise CannotUse(word, do="write a whole number, e.g. 14")
    return int(word)


def now_ms() -> int:
    """Return the time, milliseconds since 1970: the only clock of the book."""
    return time.time_ns() // 1_000_000


def today() -> date:
    """Return the day in UTC."""
    return datetime.now(UTC).date()


def desk(by: str | None, unit: str | None) -> Desk:
    """Return who records, for which unit, and when.

    Raises:
        Lacking: It is not said who records, or for which unit.
    """
    from muster.book.ids import RANDOM_BITS, uuid7
    from muster.services.book_records import Desk

    if not by:
        raise Lacking("It is not said who records.", do="add --by PERSON, or set MUSTER_BY")
    if not unit:
        raise Lacking("It is not said for which unit.", do="add --unit UNIT, or set MUSTER_UNIT")
    at = now_ms()
    return Desk(by, unit, at, lambda: uuid7(at, random=secrets.randbits(RANDOM_BITS)))


def as_file_name(name: str) -> str:
    """Return a name as part of the name of a file: names never become paths."""
    return re.sub(r"[^\w.-]+", "-", name).strip(".-") or "book"


def book_word(book: str) -> str:
    """Return a book as it stands in a command that is suggested: without the address of a database, or its password."""
    return "BOOK" if "://" in book else quote(book)
