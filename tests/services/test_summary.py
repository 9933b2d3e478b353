from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from building import build

from muster.plan.plan import Plan
from muster.plan.tables import PLAN_TABLES
from muster.services.summary import below


def plan_of(rows: list[dict[str, Any]]) -> Plan:
    economy = build(
        places=[{"place": "H", "name": "Hill"}, {"place": "V"}],
        groups=[{"group": "old"}, {"group": "young"}],
        needs=[{"need": "heat", "name": "Heat", "unit": "kWh"}, {"need": "energy", "unit": "kcal"}],
    )
    frames = {name: pl.DataFrame(schema=dict(schema)) for name, schema in PLAN_TABLES.items()}
    whole = {"start": None, "floor": 1.0, "norm": 2.0, "covered": 0.0, "delivered": 0.0, "met_norm": 0.25}
    frames["met"] = pl.DataFrame([whole | row for row in rows], schema=dict(PLAN_TABLES["met"]))
    frames["reasons"] = frames.pop("why")
    return Plan(economy=economy, goals=(), **frames)


def claim(place: str, group: str, need: str, period: int, *, people: float, met: float) -> dict[str, Any]:
    return {"place": place, "group": group, "need": need, "period": period, "people": people, "met_floor": met}


def test_below_given_two_needs_short_then_a_person_counts_once() -> None:
    plan = plan_of(
        [
            claim("H", "old", "heat", 1, people=100, met=0.5),
            claim("H", "old", "energy", 1, people=100, met=0.6),
            claim("H", "young", "energy", 1, people=40, met=0.6),
            claim("V", "old", "energy", 1, people=7, met=0.7),
            claim("V", "old", "energy", 0, people=7, met=0.9),
        ]
    )
    who = below(plan, measure="floor")
    assert (who.people, who.period, who.first) == (147, "December 2026", "November 2026")


def test_below_given_several_places_then_the_worst_stands_first_with_names() -> None:
    plan = plan_of(
        [
            claim("V", "old", "energy", 0, people=7, met=0.9),
            claim("V", "old", "energy", 2, people=9, met=0.7),
            claim("H", "old", "heat", 1, people=100, met=0.5),
            claim("H", "old", "heat", 2, people=100, met=0.5),
        ]
    )
    assert below(plan, measure="floor").places.rows(named=True) == [
        {
            "place": "Hill",
            "people": 100,
            "met": 0.5,
            "needs": ["Heat"],
            "when": "December 2026",
            "first": "December 2026",
        },
        {"place": "V", "people": 9, "met": 0.7, "needs": ["energy"], "when": "January 2027", "first": "November 2026"},
    ]


def test_below_given_claims_met_alike_then_the_earliest_is_named_and_more_people_go_first() -> None:
    plan = plan_of(
        [
            claim("H", "old", "heat", 2, people=7, met=0.5),
            claim("H", "old", "energy", 1, people=7, met=0.5001),
            claim("H", "young", "heat", 1, people=1, met=0.5002),
            claim("V", "old", "heat", 2, people=9, met=0.5002),
        ]
    )
    rows = below(plan, measure="floor").places.select("place", "met", "needs", "when").rows()
    assert rows == [("V", 0.5002, ["Heat"], "January 2027"), ("Hill", 0.5, ["Heat", "energy"], "December 2026")]


@pytest.mark.parametrize("met", [1.0, 1 - 1e-9])
def test_below_given_all_met_then_nobody(met: float) -> None:
    who = below(plan_of([claim("H", "old", "heat", 1, people=100, met=met)]), measure="floor")
    assert (who.people, who.period, who.first, who.places.height) == (0.0, "", "", 0)


def test_below_given_the_norm_then_met_norm_counts() -> None:
    plan = plan_of([claim("H", "old", "heat", 1, people=100, met=1.0)])
    assert below(plan, measure="norm").places["met"].to_list() == [0.25]


def test_below_given_reasons_then_those_of_the_claim_met_least_weightiest_first() -> None:
    plan = plan_of(
        [claim("V", "old", "energy", 0, people=7, met=0.9), claim("H", "old", "heat", 1, people=100, met=0.5)]
    )
    rows = [
        {"place": "H", "group": "old", "need": "heat", "period": 1, "rank": 2, "worth": 0.2, "sentence": "Second."},
        {"place": "H", "group": "old", "need": "heat", "period": 1, "rank": 1, "worth": 0.8, "sentence": "First."},
        {
            "place": "V",
            "group": "old",
            "need": "energy",
            "period": 0,
            "rank": 1,
            "worth": 1.0,
            "sentence": "Other.",
        },
    ]
    reasons = pl.DataFrame(rows, schema_overrides=dict(PLAN_TABLES["why"]))
    assert below(replace(plan, reasons=reasons), measure="floor").why == ("First.", "Second.")
