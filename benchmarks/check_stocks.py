"""100,000 rows of stocks, read and checked; beside it, polars reading the same file without looking at it.

``python benchmarks/check_stocks.py [ROWS]`` prints seconds and their ratio; the bound is one second.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import polars as pl

from muster.economy.read import inspect, parse

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "afghan-winter"
BOUND_S = 1.0
TIMES = 5


def main(rows: int) -> None:
    """Print how long ``rows`` rows of stocks take, good ones and with a fault in each."""
    with tempfile.TemporaryDirectory() as folder:
        economy = Path(folder) / "economy"
        shutil.copytree(EXAMPLE, economy)
        stocks = economy / "stocks.csv"
        write_stocks(stocks, rows)
        faults = [fault for fault in inspect(economy)[1] if fault.severity == "fault"]
        assert not faults, faults[0].text()
        plain = best(lambda: pl.read_csv(stocks))
        read, checked = best(lambda: parse(economy)), best(lambda: inspect(economy))
        stocks.write_text(stocks.read_text().replace(".", ",").replace("2023-", "2023/"))
        broken = best(lambda: inspect(economy))
    print(f"{rows:,} rows of stocks, best of {TIMES}, polars {pl.__version__}")
    for what, seconds in (
        ("polars read_csv alone", plain),
        ("read", read),
        ("read and checked", checked),
        ("read and checked, a fault in every row", broken),
    ):
        print(f"  {what:<40}{seconds:7.3f} s {seconds / plain:8.1f} times polars")
    if rows == 100_000 and checked > BOUND_S:
        sys.exit(f"slower than {BOUND_S} s")


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


def best(work: Callable[[], object]) -> float:
    """Return the shortest time of several, in seconds."""
    taken = []
    for _ in range(TIMES):
        start = perf_counter()
        work()
        taken.append(perf_counter() - start)
    return min(taken)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
