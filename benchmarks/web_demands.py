"""What was demanded of the web application, beside what was measured."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.demands import Found, Results, unmeasured
from benchmarks.sections import number

PART = "web_load"
_FIRST_LOAD_KB = 60.0


def web_demands(results: Results) -> list[list[str]]:
    """Return a row for each demand: what, the figure measured, and the verdict."""
    found = Found(results)
    return [*_sync(found), *_readers(found), *_weights(found)]


def _sync(found: Found) -> Iterator[list[str]]:
    for database in ("SQLite", "PostgreSQL"):
        demand = f"200 clerks sync 20 entries each within a minute, {database}: no error, nothing lost or doubled"
        run = found.run(PART, what="clerks sync", database=database)
        if run is None:
            yield unmeasured(demand, PART)
            continue
        shown = f"{run['errors']:,} errors, {run['lost']:,} lost, {run['doubled']:,} doubled"
        yield [demand, shown, "**missed**" if run["errors"] or run["lost"] or run["doubled"] else "reached"]
        yield ["… p95 of a batch", f"{number(run['p95_ms'])} ms", "reported"]


def _readers(found: Found) -> Iterator[list[str]]:
    for database in ("SQLite", "PostgreSQL"):
        demand = f"50 readers of the chair's page while a plan is made, {database}: no error"
        run = found.run(PART, what="readers while a plan is made", database=database)
        if run is None:
            yield unmeasured(demand, PART)
            continue
        yield [demand, f"{run['errors']:,} errors", "**missed**" if run["errors"] else "reached"]
        yield ["… p95 of a page", f"{number(run['p95_ms'])} ms", "reported"]


def _weights(found: Found) -> Iterator[list[str]]:
    demand = "first load for the clerk at most 60 kB over the wire: login, first page and the three forms, with files"
    pages = [run for run in found.runs(PART) if run["what"] == "login" or run["what"].startswith("clerk")]
    weights = [run for run in pages if "page_bytes" in run]
    if not weights:
        yield unmeasured(demand, PART)
        return
    files = max(run["with_bytes"] - run["page_bytes"] for run in weights)
    kb = (sum(run["page_bytes"] for run in weights) + files) / 1_000
    yield [demand, f"{kb:.1f} kB", "reached" if kb <= _FIRST_LOAD_KB else "**missed**"]
