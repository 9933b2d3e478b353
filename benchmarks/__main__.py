"""Measure what ends in half an hour, or the parts that are named, and write ``docs/benchmarks.md``."""

from __future__ import annotations

import argparse
import json

from benchmarks import (
    book_bulk,
    book_events,
    book_large,
    build,
    check_stocks,
    faults,
    leximin_exact,
    maxmin,
    plan,
    web_load,
)
from benchmarks.measure import ROOT, surroundings
from benchmarks.page import page, pictures

SHORT = {
    "build": build.figures,
    "maxmin": maxmin.figures,
    "plan": plan.figures,
    "leximin_exact": leximin_exact.figures,
    "check_stocks": check_stocks.figures,
    "book_events": book_events.figures,
    "book_bulk": book_bulk.figures,
}
LONG = {
    "maxmin_large": maxmin.large,
    "plan_large": plan.large,
    "country": maxmin.country,
    "book_large": book_large.figures,
    "faults": faults.figures,
    "web_load": web_load.figures,
}
PARTS = SHORT | LONG
BOOK = ("orjson", "psycopg")
OURS = ("numpy", "scipy", "numba", "highspy")
PACKAGES = {
    "build": ("numpy", "scipy", "polars", "linopy"),
    "maxmin": (*OURS, "ortools"),
    "plan": OURS,
    "leximin_exact": (*OURS, "cvxpy-leximin", "cvxpy-base"),
    "check_stocks": ("polars",),
    "book_events": BOOK,
    "book_bulk": ("orjson", "beancount"),
    "book_large": ("orjson",),
    "faults": ("apsw", "psycopg"),
    "web_load": ("django", "gunicorn", "psycopg"),
    "maxmin_large": (*OURS, "ortools"),
    "plan_large": OURS,
    "country": OURS,
}
RESULTS = ROOT / "benchmarks/results.json"
DOCS = ROOT / "docs"


def main() -> None:
    """Measure what was asked for, keep the figures, and write the page from all that are kept."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "parts",
        nargs="*",
        metavar="PART",
        help=f"one or several of: {', '.join(PARTS)}; all: every one; page: none, only write the page"
        f" (default: {', '.join(SHORT)})",
    )
    parser.add_argument("--times", type=int, default=3, help="how often each is measured; the median counts (3)")
    asked = parser.parse_args()
    named = [*PARTS] if "all" in asked.parts else [part for part in asked.parts if part != "page"]
    if unknown := set(named) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    for part in named if asked.parts else SHORT:
        about = surroundings(*PACKAGES[part]) | {"times": asked.times}
        results[part] = {"surroundings": about, "found": PARTS[part](asked.times)}
        RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    (DOCS / "benchmarks.md").write_text(page(results), encoding="utf-8")
    for path, drawn in pictures(results).items():
        (DOCS / path).write_text(drawn, encoding="utf-8")
    print(page(results))


if __name__ == "__main__":
    main()
