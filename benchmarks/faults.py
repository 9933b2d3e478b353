"""The faults that a book survives, at full size; the tests try the same in small.

``python -m benchmarks.faults WHAT TIMES`` tries one of them.
"""

from __future__ import annotations

import json
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import Figures, alone
from muster import store

if TYPE_CHECKING:
    from faults.kept import Tally

SIZES = {
    "power cuts": 10_000,
    "power cuts, synchronous=NORMAL": 1_000,
    "power cuts, synchronous=OFF": 1_000,
    "power cuts, a disk that lies": 1_000,
    "kill -9, SQLite": 500,
    "kill -9, PostgreSQL": 500,
    "kill -9 of the server, PostgreSQL": 50,
    "8 writers on the last sack, SQLite": 50,
    "8 writers on the last sack, PostgreSQL": 50,
}
"""What is tried, and how often."""

KILLS_EACH = 25
"""Kills that a book lives through."""

SERVER = "kill -9 of the server, PostgreSQL"


def figures(times: int) -> list[Figures]:
    """Try everything once, whatever ``times`` is.

    Returns:
        ``what``, ``faults`` (how often), ``acknowledged`` (events), ``lost``, ``wrong`` (books on which something else
        was wrong), ``seen`` (what, where nothing should be), and what is ``expected``.
    """
    found = []
    for what, number in SIZES.items():
        found.append(alone("benchmarks.faults", what, str(number)))
        print(json.dumps(found[-1]), file=sys.stderr, flush=True)
    return found


def once(what: str, number: int) -> Figures:
    """Try one of them so often."""
    from benchmarks import servers  # finds the modules of the tests

    del servers
    tally = _tried(what, number)
    expected = "losses" if what in WORSE else "no loss"
    wrong, seen = sum(tally.wrong.values()), {} if what in WORSE else dict(tally.wrong)
    about = {"what": what, "faults": tally.faults, "acknowledged": tally.acknowledged, "lost": tally.lost}
    return {**about, "wrong": wrong, "seen": seen, "during": dict(tally.during), "expected": expected}


def _tried(what: str, number: int) -> Tally:
    from faults.crowd import crowds
    from faults.kept import Tally
    from faults.power import Way, lives
    from faults.writers import kills

    if what.startswith("power cuts"):
        return lives(cuts=number, way=Way(*WORSE.get(what, ())))
    with _books(what) as (new_book, restart):
        if what.startswith("8 writers"):
            return crowds(new_book, times=number)
        tally = Tally()
        for start in range(0, number, KILLS_EACH):
            times = min(KILLS_EACH, number - start)
            tally.add(kills(new_book(), times=times, seed=start, server=restart if what == SERVER else None))
        return tally


WORSE: dict[str, tuple[str, bool]] = {
    "power cuts, synchronous=NORMAL": ("NORMAL", False),
    "power cuts, synchronous=OFF": ("OFF", False),
    "power cuts, a disk that lies": ("FULL", True),
}
"""What loses events: how a book is written there."""


@contextmanager
def _books(what: str) -> Iterator[tuple[Callable[[], str], Callable[[], None]]]:
    """Yield what makes a new book, and what kills its server and starts it anew."""
    from benchmarks.servers import running

    made = iter(range(1_000_000))
    if "PostgreSQL" not in what:
        with tempfile.TemporaryDirectory() as folder:

            def new_file() -> str:
                address = str(Path(folder) / f"{next(made)}.book")
                store.create(address)
                return address

            yield new_file, lambda: None
        return
    with running() as server:

        def new_database() -> str:
            address = server.address(server.new_database())
            store.create(address)
            return address

        def restart() -> None:
            server.stop(signal.SIGKILL)
            server.start()

        yield new_database, restart


if __name__ == "__main__":
    print(json.dumps(once(sys.argv[1], int(sys.argv[2]))))
