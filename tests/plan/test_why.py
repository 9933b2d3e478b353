"""Why: the limits that hold a place, their shares, who was served before it, and what would change it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from inside import middle as another_middle
from small_plans import EXACT, FLOUR, flour, people, planned, road, small

from muster.economy.economy import Economy
from muster.economy.read import read
from muster.errors import PlanError
from muster.plan import PlanOptions, share_out
from muster.plan.changes import easing, highest
from muster.plan.evenly import evened
from muster.plan.kept import GIVES, Ask, answers, kept, middle, raising
from muster.plan.limits import Holding, holdings
from muster.plan.plan import Plan
from muster.plan.program import build
from muster.plan.why import Why, explain, explained

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
    assert found[-1][3] == pytest.approx(12 * 0.0005 / 0.506, abs=1e-4)
    assert sum(row[3] for row in found) == pytest.approx(1, abs=1e-5)
    assert "12 other limits together" in plan.reasons["sentence"][-1]


def test_reasons_where_everybody_has_enough_then_there_are_none() -> None:
    assert planned(stocks=[flour(2)]).reasons.height == 0


def test_reasons_where_there_is_nothing_at_all_then_that_is_said() -> None:
    plan = planned(stocks=[])
    assert limits(plan) == [("none", "", "", 1)]
    assert "Nothing that serves this need can get there" in plan.reasons["sentence"][0]
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


def the_set(why: Why) -> dict[tuple[str, str, str, str], float]:
    """Return the limits that hold a place, with their periods, and their shares."""
    return {(each.limit.kind, each.limit.where, each.limit.resource, each.when): each.worth for each in why.limits}


def shuffled(economy: Economy, seed: int) -> Economy:
    """Return the same economy with the rows of every table in another order, where the order means nothing."""
    tables = {
        name: frame.sample(fraction=1, shuffle=True, seed=seed)
        for name, frame in economy.tables.items()
        if name != "reserves"
    }
    return replace(economy, **tables)


def ask_of(plan: Plan, place: str, need: str) -> Ask:
    """Return the question how far one need of a place could be raised, everybody keeping the floor they have."""
    now = kept(build(plan.economy), met=plan.met, reserves=plan.reserves)
    members = np.flatnonzero(((now.met["place"] == place) & (now.met["need"] == need)).to_numpy()).astype(np.int32)
    level = float(now.met["met_floor"].to_numpy()[members].min())
    return raising(now, members, standard="floor", upto=min(1.0, level + plan.economy.step))


@pytest.fixture(scope="module")
def villages() -> Plan:
    return share_out(read(VILLAGES), options=EXACT)


# Hill has 45 t of road for 18.4 t of flour and 30.667 t of coal: 45 / 49.067 = 0.91712 (README of the example)


def test_explain_two_villages_then_the_figures_worked_out_by_hand(villages: Plan) -> None:
    (hill,) = explain(villages, "Hill")
    assert hill.needs == ("energy", "heat")  # they stand as low as each other: one road for both
    assert hill.standard == "floor"
    assert hill.level == pytest.approx(0.91712, abs=1e-5)
    assert hill.could == pytest.approx(0.91712, abs=1e-5)
    assert hill.lowest.height == 6
    assert the_set(hill) == {("route", "depot → hill", "", "November 2026"): 1.0}
    assert hill.served == ()
    road, *nothing = hill.changes
    # 0.1 t a day for 30 days are 3 t: enough for 48 / 49.067 of the floor, which takes all 60 t of coal if Valley comes
    # down to where Hill is: 60 / 61.333 = 0.97826
    assert (road.quantity, road.unit, road.before) == (0.1, "t a day", hill.could)
    assert road.after == pytest.approx(0.97826, abs=1e-3)
    assert [each.helps for each in nothing] == [False, False]
    assert [(each.resource, each.where) for each in nothing] == [("flour", "depot"), ("truck_hour", "depot")]


def test_explain_one_need_then_the_others_of_the_place_are_kept(villages: Plan) -> None:
    (hill,) = explain(villages, "hill", need="Food energy")
    assert hill.needs == ("energy",)
    assert [(each.place, each.need, each.because) for each in hill.served] == [("hill", "heat", "own")]
    # 0.05 t a day are 1.5 t of flour: (16.875 + 1.5) / 18.4 t
    assert (hill.changes[0].quantity, hill.changes[0].after) == (0.05, pytest.approx(18.375 / 18.4, abs=1e-5))


def test_explain_beyond_the_floor_then_the_floor_of_others_was_served_first(villages: Plan) -> None:
    heat, energy = explain(villages, "valley")
    assert (heat.needs, heat.standard) == (("heat",), "norm")
    assert heat.level == pytest.approx(31.875 / 61.333, abs=1e-5)
    assert the_set(heat) == {("stock", "depot", "coal", "November 2026"): 1.0}
    assert [(each.place, each.need, each.standard, each.because) for each in heat.served] == [
        ("hill", "heat", "floor", "floor first")
    ]
    # 5 t more coal: (31.875 + 5) / 61.333
    assert (heat.changes[0].quantity, heat.changes[0].after) == (5, pytest.approx(36.875 / 61.333, abs=1e-4))
    # flour: 42 t and 6 t at the start, 12 t in January
    assert [each.worth for each in energy.limits] == pytest.approx([42 / 60, 12 / 60, 6 / 60], abs=1e-3)


def test_explain_one_period_then_only_its_claims(villages: Plan) -> None:
    (hill,) = explain(villages, "hill", need="heat", period=1)
    assert hill.claims["period"].to_list() == [1]


def test_explain_where_nobody_lacks_anything_or_nobody_lives_then_nothing(villages: Plan) -> None:
    assert explain(villages, "depot") == ()
    assert explain(planned(stocks=[flour(2)]), "village") == ()
    assert explain(villages, "hill", period=2, need="heat")[0].claims.height == 1


@pytest.mark.parametrize(("place", "need", "near"), [("hil", None, "hill"), ("hill", "heta", "heat")])
def test_explain_what_the_plan_does_not_know_then_the_nearest(
    villages: Plan, place: str, need: str | None, near: str
) -> None:
    with pytest.raises(PlanError) as caught:
        explain(villages, place, need=need)
    assert near in caught.value.faults[0].do.lower()


def test_explain_a_plan_that_was_stopped_at_once_then_what_it_could_have(villages: Plan) -> None:
    plan = share_out(villages.economy, options=PlanOptions(limit_seconds=0))
    (hill,) = explain(plan, "hill")
    assert hill.level == 0
    assert hill.could >= 0.91712 - 1e-3


def test_explain_tables_that_are_not_the_plans_then_an_error(villages: Plan) -> None:
    with pytest.raises(PlanError, match="not those of its economy"):
        explain(
            replace(
                villages,
                met=villages.met.filter(pl.col("place") != "hill").vstack(
                    villages.met.filter(pl.col("place") == "hill")[1:]
                ),
            ),
            "hill",
        )


def test_why_of_a_plan_then_the_same_rows_as_while_planning() -> None:
    plan = share_out(read(VILLAGES), options=EXACT)
    again = plan.why("Hill")
    assert again.columns == plan.reasons.columns
    assert again.equals(plan.reasons.filter(pl.col("place") == "hill"))


def test_explain_a_reserve_that_is_held_back_then_it_is_one_of_the_limits() -> None:
    plan = planned(stocks=[flour(1.5)], reserves=[{"resource": "flour", "quantity": 0.25}])
    (village,) = explain(plan, "village")
    assert village.standard == "norm"
    kinds = {each.limit.kind: each.worth for each in village.limits}
    assert kinds["stock"] == pytest.approx(1.5 / 1.75, abs=1e-3)  # one per cent more of it is six times as much
    assert kinds["reserve"] == pytest.approx(0.25 / 1.75, abs=1e-3)
    less = next(each for each in village.changes if each.kind == "reserve")
    assert less.what.startswith("0.1 t less in the reserve of flour in all places together")
    assert (less.before, less.after) == pytest.approx((1.25 / 2, 1.35 / 2), abs=1e-6)


# Two roads in a row, both full: all of the price may lie on either. They share it evenly, whoever solves.

ROW = {
    "places": ["depot", "mid", "village"],
    "stocks": [flour(9, "depot")],
    "routes": [road("mid", capacity_t_per_day=0.5), road("village", "mid", capacity_t_per_day=0.5)],
}


def test_explain_limits_in_a_row_then_they_share_evenly_and_help_only_together() -> None:
    (village,) = explain(planned(FLOOR, **ROW), "village")
    assert {each.limit.where: each.worth for each in village.limits} == {"depot → mid": 0.5, "mid → village": 0.5}
    both = next(each for each in village.changes if each.kind == "together")
    assert both.helps
    assert "All of this together" in both.what
    assert not any(each.helps for each in village.changes if each.kind == "route")


def shares_of(ask: Ask, prices: Any) -> dict[tuple[str, str], float]:
    reduced = (ask.stage.cost - ask.entries.T @ prices)[: len(ask.kept.has)]
    reduced[ask.kept.claims] = 0.0
    found: tuple[Holding, ...] = holdings(ask, prices[: len(ask.kept.program.matrix.limit)], reduced)
    return {(each.limit.kind, each.limit.where): each.worth for each in found}


@pytest.mark.parametrize(
    "tables",
    [
        ROW,
        {**ROW, "stocks": [flour(0.5, "depot")]},
        {"stocks": [flour(0.5)], "rations": [{"resource": "flour", "most": 0.0005}]},
        {**ROW, "places": ["depot", "mid", "village", "other"], "people": people("village", "other")},
    ],
)
def test_law_another_way_of_solving_gives_the_same_set_and_shares(tables: dict[str, Any]) -> None:
    ask = ask_of(planned(FLOOR, **tables), "village", "food")
    ours = shares_of(ask, middle(ask).duals)
    stage = ask.willing(GIVES[0])
    x, prices, value = another_middle(ask.entries, stage)
    limits = np.where(np.isfinite(stage.row_high), np.maximum(stage.row_high, 0.0), 0.0)
    solution = replace(middle(ask), x=x, duals=prices, value=value)
    theirs = shares_of(ask, evened(ask.entries, stage, solution, limits=limits))
    assert set(ours) == set(theirs)
    assert [ours[key] for key in ours] == pytest.approx([theirs[key] for key in ours], abs=2e-3)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_law_another_order_of_rows_gives_the_same_set_and_shares(seed: int) -> None:
    economies = [small(**ROW), read(VILLAGES)]
    for economy, place in zip(economies, ("village", "hill"), strict=True):
        plan = share_out(economy, options=EXACT)
        now = kept(build(shuffled(economy, seed)), met=plan.met, reserves=plan.reserves)
        for before in explain(plan, place, tried=False):
            after = explained(now, place, before.needs, tried=False)
            assert the_set(after).keys() == the_set(before).keys()
            assert list(the_set(after).values()) == pytest.approx(
                [the_set(before)[key] for key in the_set(after)], abs=2e-3
            )


def test_highest_then_nobody_is_brought_below_it() -> None:
    # 1 t for two villages, and a road to b for 0.2 t: with more road, a comes down no further than to where b is
    plan = planned(
        FLOOR,
        places=["depot", "a", "b"],
        people=people("a", "b"),
        stocks=[flour(1, "depot")],
        routes=[road("a"), road("b", capacity_t_per_day=0.2)],
    )
    assert sorted(plan.met["met_floor"]) == pytest.approx([0.2, 0.8], abs=1e-6)
    ask = ask_of(plan, "b", "food")
    (b,) = explain(plan, "b")
    solver = answers(ask)
    eased = easing(b.limits[0], b.limits[0].parts, 5.0)
    assert highest(ask, solver, eased, level=0.2) == pytest.approx(0.5, abs=1e-3)


def test_explain_a_place_whom_a_crumb_from_everybody_would_help_then_that_and_what_would_change_it() -> None:
    plan = planned(
        FLOOR,
        places=["city", "farm"],
        people=[*people("city", count=1_000_000), *people("farm", count=1)],
        stocks=[flour(500.0005, "city")],
        routes=[road("farm", "city")],
    )
    (farm,) = explain(plan, "farm")
    assert farm.could == pytest.approx(0.5, abs=0.02)  # one in a million: the rounding of the others is something to it
    assert farm.given_way == pytest.approx(1)
    assert [(each.limit.kind, each.worth) for each in farm.limits] == [("none", 1.0)]
    assert "less than a thousandth of what all others have would be enough" in farm.limits[0].sentence
    flour_there = farm.changes[0]
    assert (flour_there.kind, flour_there.resource, flour_there.helps) == ("stock", "flour", True)
    (city,) = explain(plan, "city")
    assert the_set(city) == {("stock", "city", "flour", "2 November 2026"): 1.0}


def test_reasons_where_a_place_has_no_trusted_explanation_then_the_plan_is_made_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuses(*_: object, **__: object) -> Why:
        raise PlanError([])

    monkeypatch.setattr("muster.plan.why.explained", refuses)
    plan = share_out(read(VILLAGES), options=FLOOR)
    assert plan.reasons.is_empty()
    assert plan.met.height > 0


def test_reasons_where_the_standard_is_no_goal_then_none() -> None:
    assert planned(FLOOR, stocks=[flour(1.5)]).reasons.is_empty()  # the floor is met, and nobody asked for more
