"""The measured figures as a page: what was demanded, what was reached, and by how much it was missed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.book_demands import book_demands
from benchmarks.demands import demands
from benchmarks.picture import Point, panels
from benchmarks.sections import NOTES, TABLES, table
from benchmarks.web_demands import web_demands

Figures = Mapping[str, Any]
Results = Mapping[str, Figures]
"""Part -> ``surroundings`` and ``found``."""

DEMANDED = ("demand", "measured", "verdict")
COMMAND = "python -m benchmarks"
BUILD_PICTURE = "pictures/build-by-size.svg"
GROWTH_PICTURE = "pictures/max-min-by-size.svg"

HEAD = f"""\
# Benchmarks

Measured and written by `{COMMAND}` (see [below](#measuring-again)); nothing here is typed by hand except the notes.
Every figure comes from a process of its own, and is the median where the work was done several times. CPU seconds stand
beside wall seconds, because on a busy machine only they can be compared; they include what the system did for the
process, above all finding memory. A first compilation by numba is not counted: its result is kept on disk.
"""

AGAIN = """\
## Measuring again

In a checkout, in an environment of its own (the peers bring much that muster does not need):

```sh
python -m venv ../measuring && . ../measuring/bin/activate
python -m pip install -r requirements/bench.txt && python -m pip install --no-deps -e .
python -m benchmarks                  # what ends in half an hour or little more, in 6 GiB
python -m benchmarks maxmin --times 5 # one part
python -m benchmarks all              # the long parts too: about five hours
```

| part | what | allow |
| --- | --- | --- |
| `build` | the matrix of four regions, by muster and by linopy | 5 min |
| `maxmin` | the first max-min of four regions, by muster and its peers | 15 min |
| `plan` | all goals, and checking the plan | 15 min at most |
| `leximin_exact` | 240 claims, one by one | 5 min |
| `check_stocks` | 100,000 rows of stocks | 1 min |
| `book_events` | 4,000 events one by one, both databases | 5 min |
| `book_bulk` | 200,000 moves at once, by muster, bare SQLite and Beancount | 5 min |
| `maxmin_large` | the first max-min of 1,000 × 20 × 12 and 3,000 × 30 × 12 | 1 h and a half at most |
| `plan_large` | floor of 3,000 × 30 × 12, and checking the plan | 45 min at most |
| `country` | the first max-min of 20,000 × 30 × 12, by muster | 1 h and a half at most |
| `book_large` | a book of 10 million moves, 4 GB of disk | 15 min |
| `faults` | 10,000 power cuts, 1,000 kills, 100 crowds | 30 min |
| `web_load` | 200 clerks and 50 readers, both databases (in the environment of `dev.py`) | 15 min |

The figures are kept in `benchmarks/results.json`, so that one part can be measured anew without the others. A first run
on a virtual machine that has just started is slower, because the host has yet to give it memory: leave it out.
"""


def page(results: Results) -> str:
    """Return ``docs/benchmarks.md``."""
    parts = [HEAD, "## What was demanded\n", table(DEMANDED, demands(results))]
    parts += ["## What was demanded of the book\n", table(DEMANDED, book_demands(results))]
    parts += ["## What was demanded of the web application\n", table(DEMANDED, web_demands(results))]
    for name, (title, write) in TABLES.items():
        parts.append(f"## {title}\n")
        measured = [part for part in _parts_of(name) if part in results]
        if measured:
            parts.append(write([run for part in measured for run in results[part]["found"]]))
            parts += [_shown(name), NOTES[name]]
            parts += [_where(part, results[part]["surroundings"]) for part in measured]
        parts += [f"Not measured: `{COMMAND} {part}`.\n" for part in _parts_of(name) if part not in results]
    return "\n".join([*(part for part in parts if part), AGAIN])


def pictures(results: Results) -> dict[str, str]:
    """Return the pictures of how cost grows, over the rows of the matrix, by path; none of what was not measured."""
    drawn = {}
    if "build" in results:
        found = results["build"]["found"]
        drawn[BUILD_PICTURE] = _panels(found, "builder", "Building the matrix: time and memory over rows")
    found = [run for part in _parts_of("maxmin") if part in results for run in results[part]["found"]]
    if found:
        drawn[GROWTH_PICTURE] = _panels(found, "solver", "The first max-min: time and memory over rows")
    return drawn


def _panels(found: Sequence[Figures], line: str, name: str) -> str:
    def lines(figure: str) -> dict[str, list[Point]]:
        names = dict.fromkeys(run[line] for run in found)
        return {
            each: [
                Point(run["rows"], run[figure], run.get("status", "solved") not in ("solved", "unknown"))
                for run in found
                if run[line] == each and run[figure] is not None
            ]
            for each in names
        }

    charts = {"CPU seconds": lines("cpu_s"), "peak memory, MiB": lines("peak_mib")}
    return panels(charts, across="rows of the matrix", name=name) + "\n"


def _parts_of(section: str) -> tuple[str, ...]:
    """Return the parts whose figures a section shows together."""
    return {"maxmin": ("maxmin", "maxmin_large", "country"), "plan": ("plan", "plan_large")}.get(section, (section,))


def _shown(section: str) -> str:
    if section == "build":
        return f"![CPU time and peak memory of building over rows, on logarithmic axes]({BUILD_PICTURE})\n"
    if section == "maxmin":
        return f"![CPU time and peak memory of the first max-min over rows, on logarithmic axes]({GROWTH_PICTURE})\n"
    return ""


def _where(part: str, about: Figures) -> str:
    threads = f" On {about['threads']} thread." if about.get("threads") == "1" else ""
    versions = ", ".join(f"{name} {number}" for name, number in about["versions"].items())
    return (
        f"`{part}`: measured on {about['date']}, up to {about['times']} times: {about['cores']} cores of"
        f" {about['cpu']}, {about['memory_gib']:.0f} GiB, {about['system']}; {versions}. Processes that wanted"
        f" a core when it began: {about['load']:.1f}.{threads}\n"
    )
