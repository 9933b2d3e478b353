"""Measure everything, or one part, and write ``docs/benchmarks.md`` with its picture."""

from __future__ import annotations

import argparse
import json

from benchmarks import build, check_stocks, plan
from benchmarks.measure import ROOT, surroundings
from benchmarks.page import PICTURE, page, picture

PARTS = {"build": build.figures, "plan": plan.figures, "check_stocks": check_stocks.figures}
PACKAGES = {
    "build": ("numpy", "scipy", "polars", "linopy"),
    "plan": ("numpy", "scipy", "highspy"),
    "check_stocks": ("polars",),
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
        help=f"one or several of: {', '.join(PARTS)} (all); what was never measured is measured too",
    )
    parser.add_argument("--times", type=int, default=3, help="how often each is measured; the median counts (3)")
    asked = parser.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    for part in [part for part in PARTS if part in (asked.parts or PARTS) or part not in results]:
        about = surroundings(*PACKAGES[part]) | {"times": asked.times}
        results[part] = {"surroundings": about, "found": PARTS[part](asked.times)}
        RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    (DOCS / "benchmarks.md").write_text(page(results), encoding="utf-8")
    (DOCS / PICTURE).write_text(picture(results), encoding="utf-8")
    print(page(results))


if __name__ == "__main__":
    main()
