"""One durable event beside a bare commit of one row, on both databases.

``python -m benchmarks.book_events DATABASE EVENTS MOVES`` measures once. Events and commits take turns, so that what
the disk does meanwhile meets both.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from benchmarks.deliveries import AT_MS, lines
from benchmarks.measure import Figures, alone, medians
from muster import store
from muster.book.lines import read_lines

EVENTS = 4_000
TURN = 100
"""Events, then commits, in turn."""

DATABASES = ("SQLite", "PostgreSQL")
BARE = "CREATE TABLE bare (n INTEGER PRIMARY KEY, body BYTEA)"


def figures(times: int) -> list[Figures]:
    """Measure both databases ``times`` times with events of one move and of five, each time in a new process.

    Returns:
        ``database``, ``moves``, ``events`` and medians of ``event_us``, ``commit_us`` (wall) and ``event_cpu_us`` of
        one, and ``throughput``: events in the time of a commit.
    """
    cases = [(database, moves) for database in DATABASES for moves in (1, 5)]
    turns = [
        [alone("benchmarks.book_events", database, str(EVENTS), str(moves)) for database, moves in cases]
        for _ in range(times)
    ]
    return [medians(runs) for runs in zip(*turns, strict=True)]


def once(database: str, number: int, moves: int) -> Figures:
    """Record so many events of so many moves, one by one, and commit as many bare rows of the same size."""
    given = list(read_lines(lines(number, moves=moves), file="events.jsonl"))
    turns = iter(given)
    event_s = commit_s = cpu_s = 0.0
    with _new(database, next(lines(1, moves=moves))) as (address, commit), store.open(address) as book:
        for start in range(0, number, TURN):
            batch = list(islice(turns, TURN))
            wall, cpu = time.perf_counter(), time.process_time()
            for line in batch:
                book.post((line,), at_ms=AT_MS)
            event_s, cpu_s = event_s + time.perf_counter() - wall, cpu_s + time.process_time() - cpu
            wall = time.perf_counter()
            for n in range(start, start + len(batch)):
                commit(n)
            commit_s += time.perf_counter() - wall
        assert book.size == number
    found: Figures = {"database": database, "moves": moves, "events": number, "event_us": event_s / number * 1e6}
    return {
        **found,
        "commit_us": commit_s / number * 1e6,
        "event_cpu_us": cpu_s / number * 1e6,
        "throughput": commit_s / event_s,
    }


@contextmanager
def _new(database: str, body: bytes) -> Iterator[tuple[str, Callable[[int], None]]]:
    """Yield the address of a new book, and what commits one row with a body beside it."""
    if database == "SQLite":
        with tempfile.TemporaryDirectory() as folder:
            address, bare = str(Path(folder) / "a.book"), sqlite3.connect(Path(folder) / "bare", isolation_level=None)
            for pragma in ("journal_mode=WAL", "synchronous=FULL"):
                bare.execute(f"PRAGMA {pragma}")
            bare.execute(BARE.replace("BYTEA", "BLOB"))
            store.create(address)
            yield address, lambda n: bare.execute("INSERT INTO bare VALUES (?, ?)", (n, body)) and None
            bare.close()
        return
    import psycopg  # who measures other parts need not have it

    from benchmarks.servers import running

    with running() as server:
        address = server.address(server.new_database())
        store.create(address)
        with psycopg.connect(server.address("postgres"), autocommit=True) as connection:
            connection.execute(BARE)
            yield address, lambda n: connection.execute("INSERT INTO bare VALUES (%s, %s)", (n, body)) and None


if __name__ == "__main__":
    print(json.dumps(once(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))
