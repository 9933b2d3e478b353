"""Numbers that look like a placeholder are pointed out, others are not."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from building import frame

from muster.economy.suspects import stand_out

PRICES = [800.0, 1433.52, 1151.13, 950.0, 1100.0]
"""Like the published costs of food in US dollars a tonne."""


def suspects(values: Sequence[float | None]) -> list[tuple[float, int]]:
    rows = [{"place": "p", "class": str(i), "capacity_t": value} for i, value in enumerate(values)]
    found = stand_out({"stores": frame("stores", rows)}, {"stores": "stores.csv"})
    assert all((fault.severity, fault.rule) == ("warning", "F11") for fault in found)
    return [(float(fault.seen.split(" ")[0]), fault.count) for fault in found]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([*PRICES, 1e6], [(1e6, 1)]),
        ([*PRICES, *[1e6] * 17], [(1e6, 17)]),
        ([*PRICES, 9999.0], [(9999.0, 1)]),
        ([*PRICES, 999999.0, 1e6], [(999999.0, 1), (1e6, 1)]),
        ([1.0, 2.0, 3.0, 999.0], [(999.0, 1)]),
        ([1.0, 2.0, 3.0, *[4e5] * 3], [(4e5, 3)]),
        ([0.0, 0.0, 0.0, 1e6], [(1e6, 1)]),
    ],
)
def test_stand_out_given_a_placeholder_then_a_warning(values: list[float], expected: list[tuple[float, int]]) -> None:
    assert suspects(values) == expected


@pytest.mark.parametrize(
    "values",
    [
        [],
        [1e6],
        [1e6, 1e6, 1e6, 1e6],
        [None, None, 1e6],
        [1.0, 2.0, 1e6],
        PRICES,
        [5e5, 8e5, 3e5, 1e6],
        [9000.0, 12000.0, 20000.0, 9999.0],
        [1.0, 2.0, 3.0, 4e5],
        [1.0, 2.0, 3.0, 1e5, 1e5, 1e5, 9e4],
        [100.0, 1000.0, 10000.0, 100000.0],
        [10.0, 1000.0, 10.0, 1000.0, 10.0, 1000.0],
    ],
)
def test_stand_out_given_numbers_as_they_are_then_nothing(values: list[float | None]) -> None:
    assert suspects(values) == []


def test_stand_out_given_a_placeholder_among_its_like_then_seen_against_them() -> None:
    amounts = [
        ("energy", 3.5e6),
        ("energy", 3.4e6),
        ("energy", 8.8e6),
        ("salt", 9999.0),
        *(("salt", i) for i in range(1, 5)),
    ]
    rows = [{"resource": f"r{i}", "need": need, "amount": amount} for i, (need, amount) in enumerate(amounts)]
    found = stand_out({"contents": frame("contents", rows)}, {"contents": "contents.csv"})
    assert [(fault.where, fault.seen) for fault in found] == [("contents.csv:5, column amount", "9999")]


def test_stand_out_given_the_whole_mass_of_a_resource_then_nothing() -> None:
    amounts = {"flour": 15_000, "pulses": 10_000, "wsb": 60_000, "rice": 5_000, "oil": 1_000_000, "piece": 1_000_000}
    frames = {
        "resources": frame(
            "resources", [{"resource": name, "unit": "piece" if name == "piece" else "t"} for name in amounts]
        ),
        "needs": frame("needs", [{"need": "fat", "unit": "g"}]),
        "contents": frame(
            "contents", [{"resource": name, "need": "fat", "amount": each} for name, each in amounts.items()]
        ),
    }
    found = stand_out(frames, dict.fromkeys(frames, "x.csv"))
    assert [fault.where for fault in found] == ["x.csv:7, column amount"]
