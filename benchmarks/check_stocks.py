"""100,000 rows of stocks, read and checked; beside it, polars reading the same file without looking at it.

``python -m benchmarks.check_stocks`` measures once.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

import polars as pl

from benchmarks.measure import ROOT, Figures, alone, medians, watch
from muster.economy.read import inspect, parse

EXAMPLE = ROOT / "examples" / "afghan-winter"
ROWS = 100_000


def figures(times: int) -> list[Figures]:
    """Measure everything ``times`` times, each time in a new process.

    Returns:
        ``what``, ``rows`` and medians of ``wall_s``, ``cpu_s``, ``peak_mib``; polars alone comes first.
    """
    turns = [alone("benchmarks.check_stocks")["found"] for _ in range(times)]
    return [medians(runs) for runs in zip(*turns, strict=True)]


def once(rows: int) -> list[Figures]:
    """Read and check good rows and rows with a fault in each, after one time that does not count."""
    with tempfile.TemporaryDirectory() as folder:
        economy = Path(folder) / "economy"
        shutil.copytree(EXAMPLE, economy)
        stocks = economy / "stocks.csv"
        write_stocks(stocks, rows)
        faults = [fault for fault in inspect(economy)[1] if fault.severity == "fault"]
        assert not faults, faults[0].text()
        pl.read_csv(stocks)
        works = {
            "polars read_csv alone": lambda: pl.read_csv(stocks),
            "read": lambda: parse(economy),
            "read and checked": lambda: inspect(economy),
        }
        found = [{"what": what, "rows": rows, **watch(work)[1]} for what, work in works.items()]
        stocks.write_text(stocks.read_text().replace(".", ",").replace("2023-", "2023/"))
        broken = watch(lambda: inspect(economy))[1]
    return [*found, {"what": "read and checked, a fault in every row", "rows": rows, **broken}]


def write_stocks(path: Path, rows: int) -> None:
    """Write stocks of many lots at the places of the example."""
    places = [f"AF{i:02d}" for i in range(1, 35)]
    foods = ["flour", "pulses", "oil", "wsb"]
    days = [f"2023-{month:02d}-{day:02d}" for month in range(4, 13) for day in range(1, 29)]
    lines = [
        f"{places[i % 34]},{foods[i % 4]},{100 + i % 977}.{i % 89 + 10},kg,lot {i},{days[i % len(days)]}"
        for i in range(rows)
    ]
    path.write_text("\n".join(["place,resource,quantity,unit,lot,expires", *lines, ""]))


if __name__ == "__main__":
    print(json.dumps({"found": once(ROWS)}))
