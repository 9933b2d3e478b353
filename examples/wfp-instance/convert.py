"""Turn the published instance into an economy as it stands, faults and all.

``python examples/wfp-instance/convert.py FOLDER`` writes the tables; ``muster check FOLDER`` then says what is wrong.
Nothing is corrected here: this is what somebody in a hurry would do with the six sheets beside it. The corrected
economy is ``examples/wfp-syria``.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from pathlib import Path

SHEETS = Path(__file__).parent / "sheets"
USD_PER_T_KM = 2.0
PIECES_PER_T = 10_000
"""The sheets count food in pieces of 100 g and prices in tonnes."""

Rows = list[Sequence[object]]

OPTIONS = """title   = "Eastern Syria, as published"
start   = 2021-11-01
period  = "month"
periods = 1
"""


def read_raw(name: str) -> list[dict[str, str]]:
    """Return the rows of one published sheet."""
    with (SHEETS / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def nutrients() -> dict[str, tuple[str, str]]:
    """Return need and unit for each column that has one, e.g. ``Iron(mg)`` -> ``("Iron", "mg")``."""
    headers = [header for header in read_raw("needs_per_person_day")[0] if "(" in header]
    return {header: (header.split("(")[0], header.split("(")[1].rstrip(")")) for header in headers}


def demand_tables() -> dict[str, Rows]:
    """Return places, people, needs and norms; people come from both sheets that give them."""
    nodes, required = read_raw("nodes"), read_raw("needs_per_person_day")[0]
    people: Rows = [[row["Name"], "all", row["Demand"]] for row in nodes if row["Type"] == "D"]
    people += [[row["Node"], "all", row["Demand"]] for row in read_raw("demand")]
    return {
        "places": [["place", "kind"], *([row["Name"], row["Type"]] for row in nodes)],
        "groups": [["group"], ["all"]],
        "people": [["place", "group", "people"], *people],
        "needs": [["need", "unit"], *([need, unit] for need, unit in nutrients().values())],
        "norms": [
            ["group", "need", "floor", "norm"],
            *(["", need, required[header], required[header]] for header, (need, _) in nutrients().items()),
        ],
    }


def food_tables() -> dict[str, Rows]:
    """Return resources (in pieces of 100 g, as published), what they contain, and where they are bought."""
    foods, offers = read_raw("foods_per_100g"), read_raw("procurement_costs")
    recipes: Rows = []
    for row in offers:
        recipe = f"buy {row['food']} at {row['Supplier']}"
        recipes += [[recipe, "usd", "input", row["usd_per_tonne"]], [recipe, row["food"], "output", PIECES_PER_T]]
    return {
        "resources": [
            ["resource", "unit", "class", "mass_t", "pooled"],
            *([row["Food"], "piece", "food", 1 / PIECES_PER_T, "no"] for row in foods),
            ["usd", "usd", "", "", "yes"],
        ],
        "contents": [
            ["resource", "need", "amount"],
            *([row["Food"], need, row[header]] for row in foods for header, (need, _) in nutrients().items()),
        ],
        "recipes": [["recipe", "resource", "use", "quantity"], *recipes],
        "plants": [
            ["place", "recipe"],
            *([row["Supplier"], f"buy {row['food']} at {row['Supplier']}"] for row in offers),
        ],
        "arrivals": [["place", "resource", "quantity", "on"], ["", "usd", 1_200_000, "2021-11-01"]],
    }


def route_tables() -> dict[str, Rows]:
    """Return routes, their ends read from the name of the edge, and what travelling costs."""
    routes: Rows = []
    for row in read_raw("routes"):
        start, end = row["edge"].split(" - ")
        routes.append([start, end, "truck", float(row["distance_m"]) / 1000])
    return {
        "routes": [["from", "to", "mode", "distance_km"], *routes],
        "modes": [["mode", "resource", "use", "per_t_km"], ["truck", "usd", "consumed", USD_PER_T_KM]],
    }


def convert(folder: Path) -> None:
    """Write the economy, as published, into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "economy.toml").write_text(OPTIONS)
    for name, rows in (demand_tables() | food_tables() | route_tables()).items():
        with (folder / f"{name}.csv").open("w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    convert(Path(sys.argv[1]))
