"""Use cases of a demonstration: a book with a year of records of which not a sack is true, a winter that is to come."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import orjson
import polars as pl

from muster import store
from muster.book.events import Event, Person
from muster.book.lines import from_events, read_lines
from muster.book.rehearsal import Rehearsal, Setting
from muster.economy import read, write
from muster.economy.folder import BOOK_FILE
from muster.economy.tables import TABLES
from muster.services.economies import examples_folder

DEPOTS, CENTRES = ("kabul", "ghor", "badghis"), ("hairatan",)
"""Units of the rehearsed book."""

LIES_AT = {"kabul": "AF01U", "ghor": "AF23", "badghis": "AF31", "hairatan": "AF21"}
"""Unit of the rehearsed book -> the place of the Afghan winter that its store lies at."""

WINTER = "afghan-winter"
_LEFT_OUT, _POOL = ("blanket",), "pool"
_DAYS_AHEAD = 30


def rehearse(
    address: str, *, today: date, now_ms: int, people: Iterable[Person], new_id: Callable[[], str], weeks: int = 52
) -> int:
    """Fill a book that knows no people with the records of the weeks before today; return how many events it has.

    What phones would send later than now stays away, as it does in life.

    Args:
        address: Of the book; nobody is registered in it.
        today: The day after the last one that is played.
        now_ms: The time, milliseconds since 1970.
        people: Those who will work with it; they are registered last.
        new_id: Makes the id of that event.
        weeks: How long.
    """
    setting = Setting(DEPOTS, CENTRES, today - timedelta(weeks=weeks), weeks)
    played = Rehearsal(setting)
    with store.open(address) as book:
        for batch in played.batches():
            if batch.at_ms > now_ms:
                break
            book.post(from_events(batch.events, packs=book.register.packs), at_ms=batch.at_ms, offline=batch.offline)
        event = Event(
            id=new_id(),
            kind="register",
            unit="office",
            recorder="admin",
            n=book.next_number("admin"),
            occurred_ms=now_ms,
            registered=tuple(people),
        )
        book.post(from_events([event]), at_ms=now_ms)
        return book.size


def winter_to_come(to: Path, *, today: date) -> Path:
    """Write the Afghan winter with all its dates moved by whole years, so that it is now or comes next.

    What the rehearsed book calls places is said in its ``book.toml``.

    Args:
        to: Folder that is made.
        today: The winter ends some weeks after it at the earliest.
    Raises:
        OSError: The folder cannot be written.
    """
    economy = read.read(examples_folder() / WINTER)
    horizon, years = economy.horizon, 0
    while replace(horizon, start=_later(horizon.start, years)).starts[-1] < today + timedelta(days=_DAYS_AHEAD):
        years += 1
    begins = _later(horizon.start, years)
    moved = {
        name: economy.tables[name].with_columns(pl.col(dates).dt.offset_by(f"{years}y"))
        for name, table in TABLES.items()
        if (dates := [column.name for column in table.columns if column.kind == "date"])
    }
    title = f"Afghanistan, winter {begins.year}/{(begins.year + 1) % 100:02}, with the figures of 2022/23"
    write.write(replace(economy, title=title, horizon=replace(horizon, start=begins), **moved), to)  # type: ignore[arg-type]
    places = "".join(f'{unit} = "{place}"\n' for unit, place in LIES_AT.items())
    resources = "".join(f'{name} = ""\n' for name in _LEFT_OUT)
    (to / BOOK_FILE).write_text(f"[places]\n{places}\n[resources]\n{resources}", encoding="utf-8")
    return to


def open_stores(address: str) -> None:
    """Record in an empty book what lies in the stores of the Afghan winter at its beginning; money is in no store."""
    file = examples_folder() / "books" / f"{WINTER}.jsonl"
    events = [(line, orjson.loads(line)) for line in file.read_bytes().splitlines()]
    openings = [line for line, event in events if event["kind"] == "opening" and event["unit"] != _POOL]
    lines = tuple(read_lines(openings, file=file.name))
    with store.open(address) as book:
        book.post(lines, at_ms=max(line.event.occurred_ms for line in lines if line.event is not None))


def _later(day: date, years: int) -> date:
    return day.replace(year=day.year + years)
