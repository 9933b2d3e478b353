"""Claims: people, norms, rations and what counts as delivered, worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest
from small_plans import FLOUR, flour, having, met, people, planned, total

from muster.plan import PlanOptions

FLOOR = PlanOptions(exact=True, goals=("floor",))
WEEK = {"start": "2026-11-02", "period": "week"}
BOX = {"resource": "box", "unit": "piece", "mass_t": 0.5, "class": "food tinned"}
BOTH = [
    {"resource": "flour", "need": "food", "amount": 1000},
    {"resource": "box", "need": "food", "amount": 500},
]
ADULTS_AND_CHILDREN: dict[str, Any] = {
    "groups": [{"group": "adult"}, {"group": "child"}],
    "people": [{"place": "village", "group": group, "people": 1000} for group in ("adult", "child")],
}


@pytest.mark.parametrize(
    ("rations", "delivered"),
    [
        ([], 2),
        ([{"resource": "flour", "most": 0.0005}], 0.5 + 1),
        ([{"resource": "box", "most": 0.0005}], 2),
        ([{"resource": "flour", "most": 0.0005}, {"resource": "box", "most": 0.0005}], 0.5 + 0.25),
        ([{"class": "food", "most": 0.0005}], 0.5),
        ([{"class": "tinned", "most": 0.0005}, {"resource": "flour", "most": 0}], 0.5),
        ([{"class": "food", "most": 0.001}, {"resource": "flour", "most": 0.0005}], 1),
        ([{"class": "fuel", "most": 0}], 2),
        ([{"group": "all", "class": "food", "most": 0.0005}], 0.5),
        ([{"group": "other", "class": "food", "most": 0.0005}], 2),
        ([{"group": "all", "class": "food", "most": 0.001}, {"class": "food", "most": 0.0005}], 0.5),
        ([{"class": "food", "most": 0}], 0),
    ],
)
def test_rations_of_resource_or_class_then_every_row_that_fits_holds(
    rations: list[dict[str, Any]], delivered: float
) -> None:
    # 1,000 people; 5 t of flour and two boxes of half a tonne
    plan = planned(
        groups=[{"group": "all"}, {"group": "other"}],
        more_resources=[BOX, {"resource": "coal", "unit": "t", "class": "fuel"}],
        contents=BOTH,
        stocks=[flour(5), {"place": "village", "resource": "box", "quantity": 2}],
        rations=rations,
    )
    assert met(plan, "norm") == pytest.approx([delivered / 2], abs=1e-6)


def test_rations_of_a_week_then_per_person_and_day() -> None:
    plan = planned(**WEEK, stocks=[flour(50)], rations=[{"resource": "flour", "most": 0.0005}])
    assert met(plan, "norm") == pytest.approx([0.25], abs=1e-6)
    assert total(plan.given) == pytest.approx(3.5, abs=1e-5)


def test_rations_of_one_group_then_the_others_have_their_own() -> None:
    rations = [{"group": "child", "resource": "flour", "most": 0.0005}, {"resource": "flour", "most": 0.0015}]
    plan = planned(**ADULTS_AND_CHILDREN, stocks=[flour(5)], rations=rations)
    assert met(plan, "norm", group="adult") == pytest.approx([0.75], abs=1e-6)
    assert met(plan, "norm", group="child") == pytest.approx([0.25], abs=1e-6)


def test_rations_where_people_come_and_go_then_each_period_has_its_own() -> None:
    came = [{"place": "village", "group": "all", "people": 2000, "from": "2026-11-03"}]
    plan = planned(
        periods=2, people=[*people("village"), *came], stocks=[flour(9)], rations=[{"class": "food", "most": 0.0005}]
    )
    assert plan.given["quantity"].to_list() == pytest.approx([0.5, 1], abs=1e-6)


def test_groups_with_norms_of_their_own_then_each_is_met_by_its_own() -> None:
    norms = [
        {"need": "food", "group": "adult", "floor": 1, "norm": 2},
        {"need": "food", "group": "child", "floor": 0.5, "norm": 1},
    ]
    plan = planned(FLOOR, **ADULTS_AND_CHILDREN, norms=norms, stocks=[flour(0.75)])
    assert met(plan) == pytest.approx([0.5, 0.5], abs=1e-6)
    assert total(plan.given, group="adult") == pytest.approx(0.5, abs=1e-6)
    assert total(plan.given, group="child") == pytest.approx(0.25, abs=1e-6)


def norm(floor: float, **more: Any) -> dict[str, Any]:
    return {"need": "food", "floor": floor, "norm": 100, **more}


NORMS: list[tuple[list[dict[str, Any]], list[float]]] = [
    ([norm(1), norm(2, group="all")], [2, 2]),
    ([norm(2, group="all"), norm(1)], [2, 2]),
    ([norm(1), norm(2, place="village")], [2, 2]),
    ([norm(1, group="all"), norm(2, place="village")], [2, 2]),
    ([norm(2, place="village"), norm(1, group="all")], [2, 2]),
    ([norm(2, place="village"), norm(3, place="village", group="all")], [3, 3]),
    ([norm(1), norm(2, **{"from": "2026-11-03"})], [1, 2]),
    ([norm(2, **{"from": "2026-11-03"}), norm(1, **{"from": "2026-11-01"})], [1, 2]),
    ([norm(1, group="all"), norm(2, **{"from": "2026-11-03"})], [1, 1]),
    ([norm(1, place="village"), norm(2, group="all", **{"from": "2026-11-03"})], [1, 1]),
    ([norm(1), norm(2, group="all", **{"from": "2026-11-03"})], [1, 2]),
    ([norm(1), norm(2, place="village", **{"from": "2026-11-03"}), norm(3, group="all")], [3, 2]),
    ([norm(1, place="camp"), norm(2, group="other"), norm(3)], [3, 3]),
]


def test_norms_that_overlap_then_place_wins_over_group_wins_over_the_latest() -> None:
    needs = [f"need {n}" for n in range(len(NORMS))]
    plan = planned(
        FLOOR,
        places=["village", "camp"],
        groups=[{"group": "all"}, {"group": "other"}],
        periods=2,
        needs=[{"need": need, "unit": "kg"} for need in needs],
        norms=[{**row, "need": need} for need, (rows, _) in zip(needs, NORMS, strict=True) for row in rows],
        contents=[{"resource": "flour", "need": needs[0], "amount": 1000}],
        stocks=[flour(1)],
    )
    for need, (rows, floors) in zip(needs, NORMS, strict=True):
        assert having(plan.met, {"need": need})["floor"].to_list() == floors, rows


def test_norms_with_a_date_inside_a_period_then_they_hold_from_the_next_on() -> None:
    norms = [norm(1), norm(2, **{"from": "2026-11-04"}), norm(3, **{"from": "2026-11-16"})]
    plan = planned(FLOOR, **WEEK, periods=3, norms=norms)
    assert plan.met["floor"].to_list() == [1, 2, 3]


def test_norms_that_begin_later_then_nobody_claims_before() -> None:
    plan = planned(FLOOR, periods=2, norms=[norm(1, **{"from": "2026-11-03"})], stocks=[flour(1)])
    assert plan.met["period"].to_list() == [1]
    assert met(plan) == pytest.approx([1], abs=1e-6)


def test_covered_then_only_the_rest_is_delivered() -> None:
    plan = planned(norms=[{"need": "food", "floor": 1, "norm": 2, "covered": 0.25}], stocks=[flour(0.5)])
    assert met(plan) == pytest.approx([0.75], abs=1e-6)
    assert met(plan, "norm") == pytest.approx([0.375], abs=1e-6)
    assert plan.met.select("covered", "delivered").row(0) == pytest.approx((0.25, 0.5), abs=1e-6)


def test_covered_above_the_norm_then_nothing_is_given() -> None:
    norms = [{"need": "food", "floor": 1, "norm": 2, "covered": 3}]
    plan = planned(norms=norms, stocks=[flour(5)])
    assert plan.met.select("met_floor", "met_norm", "delivered").row(0) == (1, 1, 0)
    assert plan.given.height == 0


def test_covered_in_part_of_the_places_then_the_worst_off_come_first() -> None:
    norms = [
        {"need": "food", "floor": 1, "norm": 1},
        {"need": "food", "floor": 1, "norm": 1, "covered": 0.5, "group": "adult"},
    ]
    plan = planned(FLOOR, **ADULTS_AND_CHILDREN, norms=norms, stocks=[flour(0.75)])
    # children up to 0.5 first, then both together: 0.5 + 0.125
    assert met(plan, group="adult") == pytest.approx([0.625], abs=1e-6)
    assert met(plan, group="child") == pytest.approx([0.625], abs=1e-6)


PEOPLE: list[tuple[list[dict[str, Any]], list[float]]] = [
    ([{"people": 1000}], [1000, 1000, 1000]),
    ([{"people": 1000, "from": "2026-11-02"}, {"people": 500, "from": "2026-11-09"}], [1000, 500, 500]),
    ([{"people": 1000}, {"people": 500, "from": "2026-11-04"}], [1000, 500, 500]),
    ([{"people": 500, "from": "2026-11-04"}, {"people": 1000}], [1000, 500, 500]),
    ([{"people": 1000, "from": "2026-11-09"}], [0, 1000, 1000]),
    ([{"people": 1000}, {"people": 0, "from": "2026-11-16"}], [1000, 1000, 0]),
    ([{"people": 1000, "from": "2026-10-01"}, {"people": 2, "from": "2026-10-09"}], [2, 2, 2]),
    ([{"people": 1000, "from": "2026-12-01"}], [0, 0, 0]),
]


def test_people_who_come_and_go_then_the_first_day_of_a_period_counts() -> None:
    places = [f"village {n}" for n in range(len(PEOPLE))]
    everybody = [
        {"place": place, "group": "all", **row} for place, (rows, _) in zip(places, PEOPLE, strict=True) for row in rows
    ]
    plan = planned(FLOOR, **WEEK, periods=3, places=places, people=everybody, stocks=[flour(1, places[0])])
    for place, (rows, counts) in zip(places, PEOPLE, strict=True):
        claims = having(plan.met, {"place": place})
        assert claims["people"].to_list() == [count for count in counts if count], rows
        assert claims["period"].to_list() == [t for t, count in enumerate(counts) if count], rows


def test_floor_of_zero_then_met_and_out_of_the_floor_stage() -> None:
    norms = [
        {"need": "food", "group": "adult", "floor": 1, "norm": 2},
        {"need": "food", "group": "child", "floor": 0, "norm": 1},
    ]
    plan = planned(**ADULTS_AND_CHILDREN, norms=norms, stocks=[flour(0.75)])
    assert met(plan) == pytest.approx([0.75, 1], abs=1e-6)
    assert met(plan, "norm") == pytest.approx([0.375, 0], abs=1e-6)
    floor = plan.goals[0]
    assert (floor["max_min"], floor["below"], floor["people_below"]) == (pytest.approx(0.75), 1, 1000)
    assert having(plan.levels, {"goal": "floor"})["group"].to_list() == ["adult"]


def test_norm_of_zero_then_there_is_no_claim() -> None:
    plan = planned(norms=[{"need": "food", "floor": 0, "norm": 0}], stocks=[flour(1)])
    assert plan.met.height == 0
    assert plan.given.height == 0


def test_floor_of_zero_for_everybody_then_the_floor_is_reached() -> None:
    plan = planned(norms=[{"need": "food", "floor": 0, "norm": 2}], stocks=[flour(1)])
    assert plan.goals[0] == {
        "goal": "floor",
        "max_min": 1,
        "least": 1,
        "mean": 1,
        "below": 0,
        "people_below": 0,
        "rounds": 0,
        "gap": 0,
    }
    assert met(plan, "norm") == pytest.approx([0.5], abs=1e-6)


def test_resource_that_serves_two_needs_then_a_unit_serves_both_at_once() -> None:
    needs = ("food", "protein")
    plan = planned(
        FLOOR,
        needs=[{"need": "food", "unit": "kg"}, {"need": "protein", "unit": "g"}],
        norms=[{"need": "food", "floor": 1, "norm": 2}, {"need": "protein", "floor": 50, "norm": 100}],
        contents=[
            {"resource": "flour", "need": "food", "amount": 1000},
            {"resource": "flour", "need": "protein", "amount": 100_000},
        ],
        stocks=[flour(0.5)],
    )
    assert [met(plan, need=need)[0] for need in needs] == pytest.approx([0.5, 1], abs=1e-6)
    assert plan.met["delivered"].to_list() == pytest.approx([0.5, 50], abs=1e-4)


def test_two_resources_for_one_need_then_they_add_up() -> None:
    stocks = [flour(0.25), {"place": "village", "resource": "box", "quantity": 1}]
    plan = planned(FLOOR, more_resources=[BOX], contents=BOTH, stocks=stocks)
    assert met(plan) == pytest.approx([0.75], abs=1e-6)


def test_money_of_the_pool_then_people_anywhere_are_given_it() -> None:
    plan = planned(
        FLOOR,
        places=["village", "camp"],
        people=[*people("village"), *people("camp", count=500)],
        resources=[FLOUR, {"resource": "usd", "unit": "usd", "pooled": True}],
        needs=[{"need": "income", "unit": "usd"}],
        norms=[{"need": "income", "floor": 1, "norm": 2}],
        contents=[{"resource": "usd", "need": "income", "amount": 1}],
        stocks=[{"resource": "usd", "quantity": 900}],
    )
    assert met(plan) == pytest.approx([0.6, 0.6], abs=1e-6)
    assert total(plan.given, place="village", resource="usd") == pytest.approx(600, abs=1e-3)
    assert total(plan.given, place="camp", resource="usd") == pytest.approx(300, abs=1e-3)
    assert total(plan.balances, "given", place=None) == pytest.approx(900, abs=1e-3)


def test_rations_of_money_then_they_hold_too() -> None:
    plan = planned(
        FLOOR,
        resources=[{"resource": "usd", "unit": "usd", "pooled": True}],
        needs=[{"need": "income", "unit": "usd"}],
        norms=[{"need": "income", "floor": 1, "norm": 2}],
        contents=[{"resource": "usd", "need": "income", "amount": 1}],
        rations=[{"resource": "usd", "most": 0.25}],
        stocks=[{"resource": "usd", "quantity": 900}],
    )
    assert met(plan) == pytest.approx([0.25], abs=1e-6)


def test_need_that_nothing_provides_then_nobody_has_it() -> None:
    needs = [{"need": "food", "unit": "kg"}, {"need": "heat", "unit": "kWh"}]
    norms = [{"need": need, "floor": 1, "norm": 2} for need in ("food", "heat")]
    plan = planned(FLOOR, needs=needs, norms=norms, stocks=[flour(1)])
    assert met(plan, need="heat") == [0]
    assert met(plan, need="food") == pytest.approx([1], abs=1e-6)
