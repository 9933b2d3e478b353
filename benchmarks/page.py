"""The measured figures as a page: what was demanded, what was reached, and by how much it was missed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from benchmarks.picture import panels
from benchmarks.regions import SIZES

Figures = Mapping[str, Any]
Results = Mapping[str, Figures]
"""Part (``build``, ``plan``, ``check_stocks``) -> ``surroundings`` and ``found``."""

PICTURE = "pictures/build-by-size.svg"
COMMAND = "python -m benchmarks"

HEAD = f"""\
# Benchmarks

Measured and written by `{COMMAND}` (see [below](#measuring-again)); nothing here is typed by hand except the notes.
Every figure is the median of several runs, each in a process of its own. CPU seconds stand beside wall seconds, because
on a busy machine only they can be compared; they include what the system did for the process, above all finding memory.
"""

BUILD_NOTES = """\
The clock starts with the tables in memory and stops with the matrix in memory. The peak is that of the whole process:
Python, libraries, tables and matrix. linopy starts from arrays, so that reading the tables is not counted against it,
and ends with its matrix too; both its ways are measured. Rows, columns, entries and the sum of the entries agree, or
the benchmark stops. Regions are drawn by `benchmarks/regions.py`.

The demands beside linopy were written when it took 29 s and 8.5 GB. Since then linopy has become much better at this.
For the record, linopy 0.5.5 on the same program, once, by hand, on 23 November 2026: medium 9.4 s (7.0 CPU s) and
1,135 MiB; large 202 s (86 CPU s) and 7,720 MiB.
"""

PLAN_NOTES = """\
Four goals, step 0.05, slack 0.001. «Cold» is one HiGHS solve of the first max-min of the same program, by a solver that
knows nothing yet: the ratio says what all rounds together cost, in solves of the first.
"""

AGAIN = f"""\
## Measuring again

In the root of a checkout, with what `requirements/bench.txt` names and muster itself (`pip install --no-deps -e .`):

```sh
{COMMAND}                  # everything, three times each; about 20 minutes and 6 GiB
{COMMAND} build --times 5  # one part: build, plan or check_stocks
```

The figures are kept in `benchmarks/results.json`. A first run on a virtual machine that has just started is slower,
because the host has yet to give it memory: leave it out.
"""


def page(results: Results) -> str:
    """Return ``docs/benchmarks.md``."""
    parts = [HEAD, "## What was demanded\n", _demands(results)]
    for part, write in (("build", _build), ("plan", _plan), ("check_stocks", _check)):
        parts += [write(results[part]["found"]), _where(results[part]["surroundings"])]
    return "\n".join([*parts, AGAIN])


def picture(results: Results) -> str:
    """Return the picture of how building grows, over the rows of the matrix."""
    found = results["build"]["found"]

    def lines(figure: str) -> dict[str, list[tuple[float, float]]]:
        builders = dict.fromkeys(run["builder"] for run in found)
        return {b: [(run["rows"], run[figure]) for run in found if run["builder"] == b] for b in builders}

    charts = {"CPU seconds": lines("cpu_s"), "peak memory, MiB": lines("peak_mib")}
    return panels(charts, across="rows of the matrix", name="Building the matrix: time and memory over rows") + "\n"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table; columns after the first hold numbers and stand to the right."""
    lines = ["| " + " | ".join(head) + " |", "| --- |" + " ---: |" * (len(head) - 1)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows), ""])


def number(value: float) -> str:
    """Return a figure with three digits that count.

    Example:
        >>> [number(value) for value in (0.0249, 1.816, 86.0, 7720.4)]
        ['0.025', '1.82', '86.0', '7,720']
    """
    if value < 1:
        return f"{value:.3f}"
    return f"{value:,.0f}" if value >= 100 else f"{value:.{1 if value >= 10 else 2}f}"


def _demands(results: Results) -> str:
    builds = {(run["size"], run["builder"]): run for run in results["build"]["found"]}
    large, peer = builds["large", "muster"], builds["large", "linopy"]
    peer = min(peer, builds["large", "linopy sparse"], key=lambda run: run["cpu_s"])
    lean = min((builds["large", name] for name in ("linopy", "linopy sparse")), key=lambda run: run["peak_mib"])
    plans = {run["case"]: run for run in results["plan"]["found"]}
    checks = {run["what"]: run for run in results["check_stocks"]["found"]}
    rows = [
        _verdict("large is built in at most 2 s", large["wall_s"], 2.0, _seconds),
        _verdict("… and 2 GiB", large["peak_mib"] / 1024, 2.0, lambda value: f"{value:.2f} GiB"),
        _verdict("… in 1/20 of linopy's CPU time (its better way)", large["cpu_s"] / peer["cpu_s"], 1 / 20, _share),
        _verdict("… and 1/5 of its memory (its better way)", large["peak_mib"] / lean["peak_mib"], 1 / 5, _share),
        _verdict("afghan-winter, all four goals, in 60 s", plans["afghan-winter"]["wall_s"], 60.0, _seconds),
        _verdict("small, all four goals, in 10 s", plans["small"]["wall_s"], 10.0, _seconds),
        _verdict("100,000 rows of stocks are checked in 1 s", checks["read and checked"]["wall_s"], 1.0, _seconds),
    ]
    return _table(["demand", "measured", "verdict"], rows)


def _seconds(value: float) -> str:
    return f"{number(value)} s"


def _share(value: float) -> str:
    return f"1/{1 / value:.1f}"


def _verdict(demand: str, value: float, most: float, show: Callable[[float], str]) -> list[str]:
    verdict = "reached" if value <= most else f"**missed**: {value / most:.1f} times what was demanded"
    return [demand, show(value), verdict]


def _build(found: Sequence[Figures]) -> str:
    mine = {run["size"]: run for run in found if run["builder"] == "muster"}
    rows = [
        [
            f"{run['size']} ({SIZES[run['size']]})",
            *(f"{run[name]:,}" for name in ("rows", "columns", "entries")),
            run["builder"],
            *(number(run[name]) for name in ("wall_s", "cpu_s", "peak_mib")),
            *(
                "" if run["builder"] == "muster" else f"{run[name] / mine[run['size']][name]:.1f}"
                for name in ("cpu_s", "peak_mib")
            ),
        ]
        for run in found
    ]
    sizes = ["places × resources × periods", "rows", "columns", "entries"]
    head = [*sizes, "built by", "wall s", "CPU s", "peak MiB", "CPU, times muster's", "memory, times muster's"]
    shown = f"![CPU time and peak memory over rows, on logarithmic axes]({PICTURE})\n"
    return "\n".join(["## Building the matrix\n", _table(head, rows), shown, BUILD_NOTES])


def _plan(found: Sequence[Figures]) -> str:
    rows = [
        [
            run["case"],
            *(f"{run[name]:,}" for name in ("rows", "columns", "rounds")),
            *(number(run[name]) for name in ("wall_s", "cpu_s", "peak_mib", "cold_cpu_s")),
            f"{run['cpu_s'] / run['cold_cpu_s']:.1f}",
        ]
        for run in found
    ]
    head = ["economy", "rows", "columns", "programs solved", "wall s", "CPU s", "peak MiB", "cold CPU s", "ratio"]
    return "\n".join(["## Planning with all four goals\n", _table(head, rows), PLAN_NOTES])


def _check(found: Sequence[Figures]) -> str:
    plain = found[0]
    rows = [
        [run["what"], number(run["wall_s"]), number(run["cpu_s"]), f"{run['cpu_s'] / plain['cpu_s']:.0f}"]
        for run in found
    ]
    head = ["what", "wall s", "CPU s", "CPU, times polars"]
    return "\n".join([f"## Checking {plain['rows']:,} rows of stocks\n", _table(head, rows)])


def _where(about: Figures) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in about["versions"].items())
    return (
        f"Measured on {about['date']}, each {about['times']} times: {about['cores']} cores of {about['cpu']},"
        f" {about['memory_gib']:.0f} GiB, {about['system']}; {versions}. Processes that wanted a core when it began:"
        f" {about['load']:.1f}.\n"
    )
