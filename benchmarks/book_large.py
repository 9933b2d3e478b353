"""A book of ten million moves: memory while it is filled, what is asked of it then, and proofs from its log.

``python -m benchmarks.book_large EVENTS`` measures once; five moves an event.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from itertools import islice
from pathlib import Path
from statistics import median, quantiles

from benchmarks.deliveries import AT_MS, DEPOTS, GOODS, MOVES, START, lines
from benchmarks.measure import Figures, alone, peak_mib, watch
from muster import store
from muster.book import merkle
from muster.book.lines import read_lines
from muster.store import Store

EVENTS = 2_000_000
SHARES = (0.1, 0.3, 1.0)
"""Shares of the events after which the peak of memory is noted: 1, 3 and 10 million moves."""

ASKED = 500
"""Questions of each kind."""


def figures(times: int) -> list[Figures]:
    """Measure once, whatever ``times`` is: see ``once``."""
    return [{**run, "times": 1} for run in alone("benchmarks.book_large", str(EVENTS))["found"]]


def once(number: int) -> list[Figures]:
    """Fill a book with so many events, and ask it.

    Returns:
        First ``what`` "import", ``events``, ``moves``, ``wall_s``, ``cpu_s`` and ``move_us`` (CPU, without making the
        lines), ``file_mib`` and ``peaks``: moves and MiB at each of ``SHARES``. Then for each kind of question
        ``what``, ``asked``, and of one ``median_us`` and ``p99_us``.
    """
    with tempfile.TemporaryDirectory() as folder:
        address = str(Path(folder) / "a.book")
        store.create(address)
        found = [_import(address, number)]
        found.append(_asked("reopened, and the root", lambda draw: _reopened(address), 20))
        with store.open(address) as book:
            found += [_asked(what, question(book)) for what, question in QUESTIONS.items()]
    return found


def _import(address: str, number: int) -> Figures:
    sample = min(number, 50_000)
    made = watch(lambda: sum(1 for _ in islice(lines(number), sample)))[1]["cpu_s"] / sample * number
    peaks: list[tuple[int, float]] = []
    marks = [int(number * share) for share in SHARES]

    def progress(done: int) -> None:
        while len(peaks) < len(marks) and done >= marks[len(peaks)]:
            peaks.append((marks[len(peaks)] * MOVES, peak_mib()))

    with store.open(address) as book:
        given = read_lines(lines(number), file="year.jsonl")
        posted, taken = watch(lambda: book.stream(given, at_ms=AT_MS, progress=progress))
    assert posted.count("accepted") == number
    cpu = taken["cpu_s"] - made
    about = {"what": "import", "events": number, "moves": number * MOVES, "wall_s": taken["wall_s"], "cpu_s": cpu}
    size = Path(address).stat().st_size / 2**20
    return {**about, "move_us": cpu / number / MOVES * 1e6, "file_mib": size, "peaks": peaks}


def _asked(what: str, ask: Callable[[random.Random], object], times: int = ASKED) -> Figures:
    """Ask something again and again, each time something else."""
    draw, taken = random.Random(1), []
    ask(draw)
    for _ in range(times):
        start = time.perf_counter()
        ask(draw)
        taken.append((time.perf_counter() - start) * 1e6)
    return {"what": what, "asked": times, "median_us": median(taken), "p99_us": quantiles(taken, n=100)[98]}


def _reopened(address: str) -> None:
    with store.open(address) as book:
        assert book.log.root()


def _holding(draw: random.Random) -> tuple[str, str]:
    return f"store:depot-{draw.randrange(DEPOTS)}", f"good-{draw.randrange(GOODS)}"


def _balance(book: Store) -> Callable[[random.Random], object]:
    def ask(draw: random.Random) -> None:
        place, resource = _holding(draw)
        book.balances(place=place, resource=resource)

    return ask


def _as_of(book: Store) -> Callable[[random.Random], object]:
    def ask(draw: random.Random) -> None:
        place, resource = _holding(draw)
        day = (START + timedelta(days=draw.randrange(365))).date()
        book.balances(place=place, resource=resource, as_of=day)

    return ask


def _bitemporal(book: Store) -> Callable[[random.Random], object]:
    size = book.size

    def ask(draw: random.Random) -> None:
        place, resource = _holding(draw)
        day = (START + timedelta(days=draw.randrange(365))).date()
        book.balances(place=place, resource=resource, as_of=day, known_at=draw.randint(1, size))

    return ask


def _inclusion(book: Store) -> Callable[[random.Random], object]:
    size = book.size
    return lambda draw: book.log.inclusion(draw.randint(1, size), size=size)


def _verify(book: Store) -> Callable[[random.Random], object]:
    size, root = book.size, book.log.root()
    seqs = random.Random(2).sample(range(1, size + 1), 20)
    proofs = [(seq, book.log.leaf(seq), book.log.inclusion(seq)) for seq in seqs]

    def ask(draw: random.Random) -> None:
        seq, leaf, proof = draw.choice(proofs)
        assert merkle.verify_inclusion(leaf, index=seq - 1, size=size, root=root, proof=proof)

    return ask


QUESTIONS = {
    "balance now": _balance,
    "balance as of a day": _as_of,
    "balance as of a day, as known then": _bitemporal,
    "inclusion proof": _inclusion,
    "inclusion proof verified": _verify,
}
"""What is asked, of a place and a good drawn at random, or of an event."""


if __name__ == "__main__":
    print(json.dumps({"found": once(int(sys.argv[1]))}))
