"""Reasons: the limits that hold the worst-off, their shares, and the sentences about them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from small_plans import FLOUR, flour, people, planned, road

from muster.economy.read import read
from muster.plan import PlanOptions, share_out
from muster.plan.plan import Plan

FLOOR = PlanOptions(exact=True, goals=("floor",))
VILLAGES = Path(__file__).resolve().parents[2] / "examples" / "two-villages"
GRAIN = {"resource": "grain", "unit": "t"}
MILLING = [
    {"recipe": "milling", "resource": "grain", "use": "input", "quantity": 1},
    {"recipe": "milling", "resource": "flour", "use": "output", "quantity": 1},
]


def limits(plan: Plan) -> list[tuple[str, str, str, float]]:
    """Return kind, where, resource and share of the limits of the first claim explained, largest first."""
    first = plan.reasons.filter(pl.struct("place", "group", "need", "period").rank("dense") == 1)
    rows = first.sort("rank").select("kind", "where", "resource", pl.col("worth").round(6)).rows()
    return [(kind, where or "", resource or "", worth) for kind, where, resource, worth in rows]


def test_reasons_of_two_villages_then_one_limit_alone() -> None:
    plan = share_out(read(VILLAGES), options=FLOOR)
    assert set(plan.reasons["place"]) == {"hill"}
    assert plan.reasons.height == 6  # two needs in three months
    assert set(plan.reasons["where"]) == {"depot → hill"}
    assert plan.reasons["worth"].to_list() == pytest.approx([1] * 6)
    sentence = plan.reasons["sentence"][0]
    assert "Depot → Hill" in sentence
    assert "45 t" in sentence
    assert "November 2026" in sentence


@pytest.mark.parametrize(
    ("tables", "limit"),
    [
        ({"stocks": [flour(0.5)]}, ("stock", "village", "flour", 1)),
        ({"arrivals": [flour(0.5, on="2026-11-02")]}, ("arrival", "village", "flour", 1)),
        (
            {"places": ["depot", "village"], "stocks": [flour(9, "depot")], "routes": [road(capacity_t_per_day=0.5)]},
            ("route", "depot → village", "", 1),
        ),
        (
            {
                "more_resources": [GRAIN],
                "stocks": [{"place": "village", "resource": "grain", "quantity": 9}],
                "recipes": MILLING,
                "plants": [{"place": "village", "recipe": "milling", "runs_per_day": 0.5}],
            },
            ("plant", "village", "milling", 1),
        ),
        (
            {"stocks": [flour(9)], "rations": [{"resource": "flour", "most": 0.0005}]},
            ("ration", "village", "flour", 1),
        ),
        (
            {"stocks": [flour(9)], "rations": [{"group": "all", "class": "food", "most": 0.0005}]},
            ("ration", "village", "food", 1),
        ),
        (
            {
                "people": [{"place": "village", "group": "all", "people": 1000, "from": "2026-11-03"}],
                "periods": 2,
                "stocks": [flour(9)],
                "stores": [{"place": "village", "class": "food", "capacity_t": 0.5}],
            },
            ("store", "village", "food", 1),
        ),
        (
            {
                "people": [{"place": "village", "group": "all", "people": 1000, "from": "2026-11-03"}],
                "periods": 2,
                "stocks": [flour(9)],
                "stores": [{"place": "village", "capacity_t": 0.5}],
            },
            ("store", "village", "", 1),
        ),
        (
            {
                "resources": [FLOUR, {"resource": "usd", "unit": "usd", "pooled": True}],
                "stocks": [{"resource": "usd", "quantity": 100}],
                "recipes": [{**row, "resource": {"grain": "usd"}.get(row["resource"], "flour")} for row in MILLING],
                "plants": [{"place": "village", "recipe": "milling"}],
                "people": people("village", count=200_000),
            },
            ("stock", "", "usd", 1),
        ),
    ],
)
def test_reasons_with_one_limit_then_it_is_named(tables: dict[str, Any], limit: tuple[str, str, str, float]) -> None:
    plan = planned(FLOOR, **tables)
    assert limits(plan) == [limit]
    assert "{" not in plan.reasons["sentence"][0]


def test_reasons_with_stock_and_arrivals_then_each_has_its_part() -> None:
    plan = planned(FLOOR, stocks=[flour(0.3)], arrivals=[flour(0.1, on="2026-11-02")])
    assert limits(plan) == [("stock", "village", "flour", 0.75), ("arrival", "village", "flour", 0.25)]


def test_reasons_with_a_thing_that_is_occupied_then_its_stock_is_the_limit() -> None:
    plan = planned(
        FLOOR,
        more_resources=[GRAIN, {"resource": "mill", "unit": "piece"}],
        stocks=[
            {"place": "village", "resource": "grain", "quantity": 9},
            {"place": "village", "resource": "mill", "quantity": 0.5},
        ],
        recipes=[*MILLING, {"recipe": "milling", "resource": "mill", "use": "occupied", "quantity": 1}],
        plants=[{"place": "village", "recipe": "milling"}],
    )
    assert limits(plan) == [("stock", "village", "mill", 1)]


def test_reasons_of_all_claims_then_the_shares_of_each_sum_to_one() -> None:
    plan = planned(
        places=["depot", "a", "b", "c"],
        people=people("a", "b", "c"),
        periods=3,
        stocks=[flour(1, "depot"), flour(0.2, "a")],
        arrivals=[{"place": "depot", "resource": "flour", "per_day": 0.3}],
        routes=[road("a", capacity_t_per_day=0.2), road("b", loss=0.5), road("c", capacity_t_per_day=0.4)],
    )
    sums = plan.reasons.group_by("place", "group", "need", "period").agg(pl.col("worth").sum(), pl.col("rank").max())
    assert sums["worth"].to_list() == pytest.approx([1] * sums.height)
    assert sums.height > 0
    for _, rows in plan.reasons.group_by("place", "group", "need", "period"):
        assert rows["rank"].to_list() == list(range(1, rows.height + 1))
        assert rows["worth"].is_sorted(descending=True)


def test_reasons_with_many_small_limits_then_the_rest_stands_together() -> None:
    # one stock of 1 t and 600 of a gram in each of 600 places behind it
    places = [f"p{n}" for n in range(12)]
    plan = planned(
        FLOOR,
        places=["village", *places],
        stocks=[flour(0.5), *(flour(0.0005, place) for place in places)],
        routes=[road("village", place) for place in places],
    )
    found = limits(plan)
    assert found[0][:3] == ("stock", "village", "flour")
    assert found[-1][:3] == ("other", "", "")
    assert found[-1][3] == pytest.approx(12 * 0.0005 / 0.506, abs=1e-5)
    assert sum(row[3] for row in found) == pytest.approx(1, abs=1e-5)
    assert "12 other limits together" in plan.reasons["sentence"][-1]


def test_reasons_where_everybody_has_enough_then_there_are_none() -> None:
    assert planned(stocks=[flour(2)]).reasons.height == 0


def test_reasons_where_there_is_nothing_at_all_then_no_limit_is_named() -> None:
    plan = planned(stocks=[])
    assert plan.reasons.height == 0
    assert plan.goals[0]["max_min"] == 0


def test_reasons_of_the_norm_where_the_floor_is_met_then_of_the_norm() -> None:
    plan = planned(stocks=[flour(1.5)])
    assert limits(plan) == [("stock", "village", "flour", 1)]


def test_reasons_with_braces_in_a_name_then_they_stay() -> None:
    place = "vil{amount}lage"
    plan = planned(FLOOR, places=[place], people=people(place), stocks=[flour(0.5, place)])
    assert plan.reasons["where"].to_list() == [place]
    assert "0.5 t" in plan.reasons["sentence"][0]


def test_reasons_over_many_periods_then_runs_of_months_are_named_together() -> None:
    rations = [{"resource": "flour", "most": 0.0005}]
    cold = [
        {"need": "food", "floor": 1, "norm": 2},
        {"need": "food", "floor": 0, "norm": 0, "from": "2026-12-01"},
        {"need": "food", "floor": 1, "norm": 2, "from": "2027-01-01"},
    ]
    plan = planned(
        FLOOR, start="2026-10-01", period="month", periods=5, norms=cold, stocks=[flour(500)], rations=rations
    )
    assert set(plan.reasons["when"]) <= {
        "October 2026 to November 2026, January 2027 to February 2027",
        "October 2026",
        "November 2026",
        "January 2027",
        "February 2027",
        "October 2026 to November 2026",
        "January 2027 to February 2027",
    }
    assert plan.reasons.height >= 1
