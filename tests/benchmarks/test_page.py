"""The page of figures: says what was missed and by how much, names no machine, and its picture can be drawn."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

import pytest

from benchmarks.page import PICTURE, page, picture

SVG = "{http://www.w3.org/2000/svg}"


def built(size: str, builder: str, rows: int, cpu_s: float, peak_mib: float) -> dict[str, Any]:
    about = {"size": size, "builder": builder, "rows": rows, "columns": 2 * rows, "entries": 5 * rows}
    return {**about, "wall_s": 2 * cpu_s, "cpu_s": cpu_s, "peak_mib": peak_mib}


def planned(case: str, wall_s: float) -> dict[str, Any]:
    about = {"case": case, "rows": 10, "columns": 20, "rounds": 7, "peak_mib": 300.0}
    return {**about, "wall_s": wall_s, "cpu_s": wall_s, "cold_wall_s": 0.5, "cold_cpu_s": 0.5}


@pytest.fixture
def results() -> dict[str, Any]:
    about = {"date": "2026-11-23", "cores": 2, "cpu": "A core", "memory_gib": 23.5, "system": "Linux", "load": 0.25}
    found = {
        "build": [
            built("small", "muster", 5_000, 0.02, 120.0),
            built("small", "linopy", 5_000, 0.5, 230.0),
            built("large", "muster", 1_400_000, 0.9, 900.0),
            built("large", "linopy", 1_400_000, 4.5, 2_600.0),
            built("large", "linopy sparse", 1_400_000, 3.6, 2_000.0),
        ],
        "plan": [planned("afghan-winter", 90.0), planned("small", 4.0)],
        "check_stocks": [
            {"what": what, "rows": 100_000, "wall_s": seconds, "cpu_s": seconds, "peak_mib": 200.0}
            for what, seconds in (("polars read_csv alone", 0.02), ("read and checked", 0.5))
        ],
    }
    around = about | {"times": 3, "versions": {"Python": "3.11.7"}}
    return {part: {"surroundings": around, "found": figures} for part, figures in found.items()}


def test_page_given_figures_then_each_demand_is_reached_or_missed_by_so_much(results: dict[str, Any]) -> None:
    rows = [line for line in page(results).splitlines() if line.endswith("reached |") or "**missed**" in line]
    assert rows == [
        "| large is built in at most 2 s | 1.80 s | reached |",
        "| … and 2 GiB | 0.88 GiB | reached |",
        "| … in 1/20 of linopy's CPU time (its better way) | 1/4.0 | **missed**: 5.0 times what was demanded |",
        "| … and 1/5 of its memory (its better way) | 1/2.2 | **missed**: 2.2 times what was demanded |",
        "| afghan-winter, all four goals, in 60 s | 90.0 s | **missed**: 1.5 times what was demanded |",
        "| small, all four goals, in 10 s | 4.00 s | reached |",
        "| 100,000 rows of stocks are checked in 1 s | 0.500 s | reached |",
    ]


def test_page_given_figures_then_tables_say_ratios_and_where_they_were_measured(results: dict[str, Any]) -> None:
    written = page(results)
    assert (
        "| large (3,000 × 30 × 12) | 1,400,000 | 2,800,000 | 7,000,000 | linopy | 9.00 | 4.50 | 2,600 | 5.0 | 2.9 |"
        in written
    )
    assert "| afghan-winter | 10 | 20 | 7 | 90.0 | 90.0 | 300 | 0.500 | 180.0 |" in written
    assert "| read and checked | 0.500 | 0.500 | 25 |" in written
    assert "2 cores of A core, 24 GiB, Linux; Python 3.11.7." in written
    assert f"]({PICTURE})" in written


def test_picture_given_figures_then_a_line_for_each_builder_in_each_panel(results: dict[str, Any]) -> None:
    drawn = ET.fromstring(picture(results))
    time, memory = drawn.findall(f"{SVG}g")[:2]
    for panel in (time, memory):
        assert [len(line.get("points", "").split()) for line in panel.findall(f"{SVG}polyline")] == [2, 2, 1]
    assert time.findtext(f"{SVG}text") == "CPU seconds"
    titles = [each.text for each in time.iter(f"{SVG}title")]
    assert "muster: 0.9 at 1,400,000 rows of the matrix" in titles


def test_picture_given_more_rows_then_further_right_and_more_seconds_then_higher(results: dict[str, Any]) -> None:
    line = ET.fromstring(picture(results)).find(f"{SVG}g/{SVG}polyline")
    assert line is not None
    (left, low), (right, high) = (map(float, point.split(",")) for point in line.get("points", "").split())
    assert left < right and high < low
