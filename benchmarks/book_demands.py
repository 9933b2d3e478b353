"""What was demanded of the book, beside what was measured."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.demands import Found, Results, at_least, at_most, get, times, unmeasured
from benchmarks.sections import number


def book_demands(results: Results) -> list[list[str]]:
    """Return a row for each demand: what, the figure measured, and the verdict."""
    found = Found(results)
    return [*_events(found), *_bulk(found), *_large(found), *_faults(found)]


def micro(value: float) -> str:
    """Return microseconds with their unit."""
    return f"{number(value)} µs"


def _events(found: Found) -> Iterator[list[str]]:
    for database, least in (("SQLite", 0.8), ("PostgreSQL", 0.7)):
        for run in found.runs("book_events", database=database) or [None]:
            moves = "" if run is None else f" ({run['moves']} {'move' if run['moves'] == 1 else 'moves'})"
            demand = f"one durable event in {database}{moves}: at least {least} of the throughput of a bare commit"
            value = get(run, "throughput")
            yield at_least(demand, value, least, part="book_events", shown=f"{value or 0:.2f}")


def _bulk(found: Found) -> Iterator[list[str]]:
    mine, rows, peer = (
        found.run("book_bulk", how=how) for how in ("muster, from lines", "executemany, the same rows", "Beancount")
    )
    demand = "a move in bulk: at least 30 times less CPU than Beancount loading the same transactions"
    yield at_least(demand, times(get(peer, "move_us"), get(mine, "move_us")), 30.0, part="book_bulk")
    beside = times(get(mine, "move_us"), get(rows, "move_us"))
    demand = "… beside raw executemany of the same rows"
    yield unmeasured(demand, "book_bulk") if beside is None else [demand, f"{beside:.1f} times its CPU", "reported"]


def _large(found: Found) -> Iterator[list[str]]:
    part = "book_large"
    peaks = (found.run(part, what="import") or {"peaks": []})["peaks"]
    growth = peaks[-1][1] / peaks[0][1] if peaks else None
    demand = "memory stays flat while 10 M moves are imported: the peak, beside that at 1 M, at most 1.25 times"
    yield at_most(demand, growth, 1.25, lambda value: f"{value:.2f} times", part=part)
    for demand, what, most in (
        ("at 10 M moves: balance now in 50 µs", "balance now", 50.0),
        ("… as of a day in 1 ms", "balance as of a day", 1_000.0),
        ("… as of a day, as known then, in 1 ms", "balance as of a day, as known then", 1_000.0),
        ("at 2 M events: inclusion proof in 1 ms", "inclusion proof", 1_000.0),
        ("… verified in 50 µs", "inclusion proof verified", 50.0),
        ("… reopened in 100 ms", "reopened, and the root", 100_000.0),
    ):
        yield at_most(demand, get(found.run(part, what=what), "median_us"), most, micro, part=part)


def _faults(found: Found) -> Iterator[list[str]]:
    for demand, what, least in (
        ("10,000 power cuts: nothing acknowledged is lost", "power cuts", 10_000),
        ("500 kill -9 on SQLite: nothing acknowledged is lost", "kill -9, SQLite", 500),
        ("500 kill -9 on PostgreSQL: nothing acknowledged is lost", "kill -9, PostgreSQL", 500),
    ):
        run = found.run("faults", what=what)
        if run is None:
            yield unmeasured(demand, "faults")
        else:
            shown = f"{run['faults']:,} times, {run['lost']:,} of {run['acknowledged']:,} lost"
            held = run["faults"] >= least and not run["lost"] and not run["wrong"]
            yield [demand, shown, "reached" if held else "**missed**"]
