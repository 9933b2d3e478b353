"""One table for each section of the page of figures, and the notes below it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from benchmarks.regions import SIZES

Figures = Mapping[str, Any]

BUILD_NOTES = """\
The clock starts with the tables in memory and stops with the matrix in memory. The peak is that of the whole process:
Python, libraries, tables and matrix; «added» is what it is above what the process had when the clock
started. linopy starts from
arrays, so that reading the tables is not counted against it, and ends with its matrix too; both its ways are measured.
Rows, columns, entries and the sum of the entries agree, or the benchmark stops. Regions are drawn by
`benchmarks/regions.py`. Each process first builds the medium region once (for small: small), so that no library is
loaded while the clock runs; a matrix of a million entries or more is laid out by loops that numba compiled, a smaller
one by numpy. Large does not reach a fifth of linopy's memory: its 31 million entries, at 12 bytes each as HiGHS takes
them, are 358 MiB by themselves.

The demands beside linopy were written when it took 29 s and 8.5 GB. Since then linopy has become much better at this.
For the record, linopy 0.5.5 on the same program, once, by hand, on 23 November 2026: medium 9.4 s (7.0 CPU s) and
1,135 MiB; large 202 s (86 CPU s) and 7,720 MiB.
"""

MAXMIN_NOTES = """\
The highest level of the floor that all claims reach together. Every solver starts with the same scaled program in
memory, two threads where it has them; OR-Tools and HiGHS PDLP are asked for 1e-4, the others for what they are made
for, muster with whatever solver it picks for the size. «Value» is what the solver says; «level» is what its answer
gives once it has been repaired into a plan that can be done, for all in the same two ways, row after row and in passes
over all rows (above a million rows only the first), of which the better counts. «Gap» is how far that is below the
lowest bound that muster's duals give (of the value, where the repair took over ten minutes). «Missed» is the worst row
of the answer before the repair: in tonnes among the balances, and as a share of what goes through the row. HiGHS calls
answers of its interior point without crossover and of its PDLP «unknown» where its own checks are stricter than what
was asked. Hollow points in the picture were stopped by the clock.
"""

PLAN_NOTES = """\
Four goals (but where «floor alone» is said), step 0.05, slack 0.001, each case with a limit: planning stops there with
the best plan so far (on large after 600 s); what comes after that, making the plan exact, proving and explaining it, is
not cut short. «Gap» is the largest of any goal, in shares. Checking is what `muster verify` does once the files are
read.
"""

EXACT_NOTES = """\
10 places × 4 needs × 6 weeks, of the norm. muster's time goes from the tables to the plan; cvxpy-leximin's
(`saturation`, the same method: one program a level, and one more for each claim at the lowest level) from arrays to the
levels, with HiGHS. Its tolerances are set to 1.000001 and 1: with its defaults (1.01 and 0.999) it finds nobody stuck
and gives up, since letting all others slip by a thousandth lifts anybody by more than a hundredth. HiGHS is asked for
1e-9 by both, because what slips by 1e-7 moves a level by 6e-4 here: with 1e-8, muster's first level was 2e-8 too low
and its second 1.1e-4 too high.
"""

EVENTS_NOTES = """\
What a clerk does: one event, durable before the book says so. Beside it, a commit of one row with a body of the same
size, with the same settings of the same database. The two take turns, a hundred at a time, in one process.
"""

BULK_NOTES = """\
A year of forty depots (`benchmarks/deliveries.py`), five moves an event: as lines of the interchange form, checked,
hashed and posted in one transaction; the same from events in memory; the rows that this makes, put into the same tables
by `executemany` with nothing else done; and as transactions of Beancount, ten postings each, loaded by
`beancount.loader.load_file`. CPU seconds are those of the whole process. Beancount's time for each move grows with the
number of transactions. A thirtieth of it is hardly more than what the bare rows alone take.
"""

LARGE_NOTES = """\
Filled by one `stream` from lines that are made on the way; what making them takes is subtracted. Questions are asked of
a place and a good (or an event) drawn anew each time, in one process, one after the other.
"""

FAULTS_NOTES = """\
See [the faults that a book survives](faults.md) for what each of them is, and what is taken away to show that the same
look sees it.
"""

WEB_NOTES = """\
`muster serve` as people start it (gunicorn, 2 processes of 8 threads), on a site with the book of a few weeks and the
plan of the Afghan winter, asked over the loopback by threads of another process on the same cores. Everybody is logged
in beforehand: hashing passwords is slow on purpose. A phone sends its 20 entries in one batch, at a moment drawn
within the minute, each entry durable before it is answered; every fourth phone sends its batch twice. Afterwards the
book is verified, and its stores are compared with what was sent. Readers open the page of their own place, wait a
second and open it again, while the site makes plans of the Afghan winter one after the other, as jobs. Weights are
bytes over the wire, headers included, compressed as browsers take them.
"""

NOTES = {
    "build": BUILD_NOTES,
    "maxmin": MAXMIN_NOTES,
    "plan": PLAN_NOTES,
    "leximin_exact": EXACT_NOTES,
    "check_stocks": "",
    "book_events": EVENTS_NOTES,
    "book_bulk": BULK_NOTES,
    "book_large": LARGE_NOTES,
    "faults": FAULTS_NOTES,
    "web_load": WEB_NOTES,
}


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table; columns after the first hold numbers and stand to the right."""
    lines = ["| " + " | ".join(head) + " |", "| --- |" + " ---: |" * (len(head) - 1)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows), ""])


def number(value: float | None) -> str:
    """Return a figure with three digits that count; a dash where there is none.

    Example:
        >>> [number(value) for value in (0.0249, 1.816, 86.0, 7720.4, None)]
        ['0.025', '1.82', '86.0', '7,720', '–']
    """
    if value is None:
        return "–"
    if value < 1:
        return f"{value:.3f}"
    return f"{value:,.0f}" if value >= 100 else f"{value:.{1 if value >= 10 else 2}f}"


def tiny(value: float | None) -> str:
    """Return a figure that may be very small.

    Example:
        >>> [tiny(value) for value in (0.00032, 0.0, None)]
        ['3.2e-04', '0', '–']
    """
    if value is None:
        return "–"
    return f"{value:.1e}" if value else "0"


def times(value: float | None, mine: float | None) -> str:
    """Return how many times one figure is another; a dash where one of them is missing.

    Example:
        >>> times(9.0, 4.5), times(None, 4.5)
        ('2.0', '–')
    """
    return "–" if value is None or not mine else f"{value / mine:.1f}"


def _size(size: str) -> str:
    return f"{size} ({SIZES[size]})"


def _build(found: Sequence[Figures]) -> str:
    mine = {run["size"]: run for run in found if run["builder"] == "muster"}
    rows = [
        [
            _size(run["size"]),
            *(f"{run[name]:,}" for name in ("rows", "columns", "entries")),
            run["builder"],
            *(number(run.get(name)) for name in ("wall_s", "cpu_s", "peak_mib", "added_mib")),
            *(
                "" if run["builder"] == "muster" else times(run.get(name), mine[run["size"]].get(name))
                for name in ("cpu_s", "peak_mib", "added_mib")
            ),
        ]
        for run in found
    ]
    sizes = ["places × resources × periods", "rows", "columns", "entries"]
    taken = ["built by", "wall s", "CPU s", "peak MiB", "added MiB"]
    return table([*sizes, *taken, "CPU, times muster's", "peak, times muster's", "added, times muster's"], rows)


def _maxmin(found: Sequence[Figures]) -> str:
    mine = {run["size"]: run for run in found if run["solver"] == "muster"}
    rows = [
        [
            _size(run["size"]),
            *(f"{run[name]:,}" for name in ("rows", "columns")),
            run["solver"],
            run["status"],
            *(number(run[name]) for name in ("wall_s", "cpu_s", "peak_mib")),
            "–" if run["iterations"] is None else f"{run['iterations']:,.0f}",
            *("–" if run[name] is None else f"{run[name]:.5f}" for name in ("value", "level")),
            *(tiny(run[name]) for name in ("gap", "tonnes", "relative")),
            "" if run["solver"] == "muster" else times(run["wall_s"], mine[run["size"]]["wall_s"]),
        ]
        for run in found
    ]
    about = ["places × resources × periods", "rows", "columns", "solver", "status", "wall s", "CPU s", "peak MiB"]
    answer = ["iterations", "value", "level", "gap", "missed, t", "missed, share", "wall, times muster's"]
    return table([*about, *answer], rows)


def _plan(found: Sequence[Figures]) -> str:
    rows = [
        [
            run["case"],
            "yes" if run["finished"] else "no",
            *(number(run.get(name)) for name in ("rounds", "wall_s", "cpu_s", "peak_mib")),
            tiny(run.get("gap")),
            number(run.get("verify_wall_s")),
            times(run.get("verify_wall_s"), run["wall_s"]),
            str(run.get("faults", "–")),
        ]
        for run in found
    ]
    head = ["economy", "finished", "programs solved", "wall s", "CPU s", "peak MiB", "gap", "checked in s"]
    return table([*head, "checking, times planning", "faults found"], rows)


def _exact(found: Sequence[Figures]) -> str:
    rows = [
        [
            run["solver"],
            run["status"],
            *(number(run[name]) for name in ("wall_s", "cpu_s", "peak_mib")),
            "–" if run["levels"] is None else str(run["levels"]),
            times(run["cpu_s"], found[0]["cpu_s"]),
            tiny(run["apart"]),
        ]
        for run in found
    ]
    head = [
        "shared out by",
        "status",
        "wall s",
        "CPU s",
        "peak MiB",
        "levels",
        "CPU, times muster's",
        "levels apart by",
    ]
    return table(head, rows)


def _check(found: Sequence[Figures]) -> str:
    rows = [
        [
            run["what"],
            f"{run['rows']:,}",
            *(number(run[name]) for name in ("wall_s", "cpu_s")),
            f"{run['cpu_s'] / found[0]['cpu_s']:.0f}",
        ]
        for run in found
    ]
    return table(["what", "rows", "wall s", "CPU s", "CPU, times polars"], rows)


def _events(found: Sequence[Figures]) -> str:
    rows = [
        [
            run["database"],
            *(f"{run[name]:,}" for name in ("moves", "events")),
            *(number(run[name]) for name in ("event_us", "event_cpu_us", "commit_us")),
            f"{run['throughput']:.2f}",
        ]
        for run in found
    ]
    head = ["database", "moves of an event", "events", "wall µs of one", "of that CPU µs of muster"]
    return table([*head, "wall µs of a bare commit", "events in the time of a commit"], rows)


def _bulk(found: Sequence[Figures]) -> str:
    rows = [
        [
            run["how"],
            f"{run['moves']:,}",
            *(number(run[name]) for name in ("wall_s", "cpu_s", "peak_mib", "move_us")),
            times(run["move_us"], found[0]["move_us"]),
        ]
        for run in found
    ]
    return table(["how", "moves", "wall s", "CPU s", "peak MiB", "CPU µs of a move", "times muster's"], rows)


def _large(found: Sequence[Figures]) -> str:
    filled, *asked = found
    rows = [[f"{moves:,}", number(mib)] for moves, mib in filled["peaks"]]
    taken = ", ".join(f"{number(filled[name])} {what}" for name, what in (("wall_s", "s"), ("cpu_s", "CPU s")))
    said = f"{filled['moves']:,} moves in {filled['events']:,} events: {taken}, {number(filled['file_mib'])} MiB."
    asked_rows = [
        [run["what"], str(run["asked"]), *(number(run[name]) for name in ("median_us", "p99_us"))] for run in asked
    ]
    return "\n".join(
        [
            said + "\n",
            table(["moves", "peak MiB until then"], rows),
            table(["what", "asked", "median µs", "p99 µs"], asked_rows),
        ]
    )


def _faults(found: Sequence[Figures]) -> str:
    rows = [
        [run["what"], *(f"{run[name]:,}" for name in ("faults", "acknowledged", "lost", "wrong")), run["expected"]]
        for run in found
    ]
    return table(["what", "times", "events acknowledged", "lost", "books wrong otherwise", "expected"], rows)


def _web(found: Sequence[Figures]) -> str:
    rows = [
        [
            f"{run['people']} {run['what']}",
            run["database"],
            *(f"{run[name]:,.0f}" for name in ("answers", "errors", "lost", "doubled")),
            *(number(run[name]) for name in ("p50_ms", "p95_ms", "max_ms")),
        ]
        for run in found
        if "p95_ms" in run
    ]
    pages = [
        [run["what"], *(f"{run[name] / 1_000:.1f}" for name in ("page_bytes", "with_bytes"))]
        for run in found
        if "page_bytes" in run
    ]
    head = ["what", "database", "answers", "errors", "lost", "doubled", "median ms", "p95 ms", "longest ms"]
    return "\n".join([table(head, rows), table(["page", "kB", "kB with its files, the first time"], pages)])


TABLES: dict[str, tuple[str, Callable[[Sequence[Figures]], str]]] = {
    "build": ("Building the matrix", _build),
    "maxmin": ("The first max-min, and how its cost grows", _maxmin),
    "plan": ("Planning, and checking the plan", _plan),
    "leximin_exact": ("Exact leximin of 240 claims", _exact),
    "check_stocks": ("Checking stocks", _check),
    "book_events": ("The book: one event at a time", _events),
    "book_bulk": ("The book: a year at once", _bulk),
    "book_large": ("The book: ten million moves", _large),
    "faults": ("The book: power cuts, kills and crowds", _faults),
    "web_load": ("The web application: many people at once", _web),
}
"""Section -> its title, and what writes its table."""
