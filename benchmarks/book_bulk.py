"""A year of forty depots, taken into a book, beside the bare rows in SQLite and the same transactions in Beancount.

``python -m benchmarks.book_bulk HOW EVENTS`` measures once; five moves an event.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from benchmarks.deliveries import AT_MS, MOVES, beancount, lines
from benchmarks.measure import Figures, alone, medians, watch
from muster import store
from muster.book.lines import read_lines

EVENTS = 40_000


def figures(times: int) -> list[Figures]:
    """Measure every way ``times`` times, taking turns, each in a process of its own.

    Returns:
        ``how``, ``events``, ``moves`` and medians of ``wall_s``, ``cpu_s``, ``peak_mib`` and ``move_us`` (CPU).
    """
    turns = [[alone("benchmarks.book_bulk", how, str(EVENTS)) for how in WAYS] for _ in range(times)]
    return [medians(runs) for runs in zip(*turns, strict=True)]


def once(how: str, number: int) -> Figures:
    """Load a year once."""
    with tempfile.TemporaryDirectory() as folder:
        taken = watch(WAYS[how](Path(folder), number))[1]
    moves = number * MOVES
    return {"how": how, "events": number, "moves": moves, **taken, "move_us": taken["cpu_s"] / moves * 1e6}


def _from_lines(folder: Path, number: int) -> Callable[[], object]:
    file, address = folder / "events.jsonl", str(folder / "a.book")
    with file.open("wb") as given:
        given.writelines(lines(number))
    store.create(address)

    def work() -> None:
        with store.open(address) as book, file.open("rb") as given:
            assert book.stream(read_lines(given, file=file.name), at_ms=AT_MS).count("accepted") == number

    return work


def _events_in_memory(folder: Path, number: int) -> Callable[[], object]:
    address, given = str(folder / "a.book"), list(read_lines(lines(number), file="events.jsonl"))
    store.create(address)

    def work() -> None:
        with store.open(address) as book:
            assert book.stream(given, at_ms=AT_MS).count("accepted") == number

    return work


def _raw_rows(folder: Path, number: int) -> Callable[[], object]:
    """Return what puts all rows of a book into its tables, as they stand, in the order in which they were written."""
    _from_lines(folder, number)()
    copy = str(folder / "copy.book")
    store.create(copy)
    with closing(sqlite3.connect(folder / "a.book")) as book:
        names = [name for (name,) in book.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        tables = {name: book.execute(f"SELECT * FROM {name}").fetchall() for name in names if name not in _ONE_ROW}
    tables["sides"].sort(key=lambda side: side[1])

    def work() -> None:
        with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("BEGIN")
            for name, rows in tables.items():
                if rows:
                    connection.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(rows[0]))})", rows)
            connection.execute("COMMIT")

    return work


_ONE_ROW = ("state", "alembic_version")


def _beancount(folder: Path, number: int) -> Callable[[], object]:
    from beancount.loader import load_file

    file = folder / "year.beancount"
    with file.open("w") as given:
        given.writelines(beancount(number))

    def work() -> None:
        entries, errors, _ = load_file(str(file))
        assert not errors and len(entries) > number

    return work


WAYS = {
    "muster, from lines": _from_lines,
    "muster, events in memory": _events_in_memory,
    "executemany, the same rows": _raw_rows,
    "Beancount": _beancount,
}
"""How the year is loaded, and what prepares that and returns the work."""


if __name__ == "__main__":
    print(json.dumps(once(sys.argv[1], int(sys.argv[2]))))
