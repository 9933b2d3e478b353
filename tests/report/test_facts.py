from dataclasses import replace

import plans_by_hand
import plans_on_a_map
import polars as pl
import pytest
from plans_on_a_map import level, place

from muster.plan.plan import Plan
from muster.report import facts


@pytest.fixture(scope="module")
def by_hand() -> Plan:
    return plans_by_hand.plan()


@pytest.fixture(scope="module")
def on_a_map() -> Plan:
    return plans_on_a_map.plan(places=9)


def without_shortage(plan: Plan, *, norm: bool) -> Plan:
    met = plan.met.with_columns(met_floor=pl.lit(1.0), met_norm=pl.lit(1.0) if norm else pl.col("met_norm"))
    return replace(plan, met=met)


def test_claims_given_claims_of_nobody_then_left_out_and_the_worst_first(by_hand: Plan) -> None:
    met = by_hand.met.with_columns(people=pl.when(pl.col("place") == "camp").then(0.0).otherwise("people"))
    known = facts.claims(replace(by_hand, met=met))
    assert "camp" not in known["place"]
    assert known["met_floor"].is_sorted()


def test_people_below_given_two_needs_short_then_a_person_counts_once(on_a_map: Plan) -> None:
    frame = facts.people_below(on_a_map, measure="floor")
    for period, people, below in frame.iter_rows():
        short = [i for i in range(9) if min(level(i, "energy", period), level(i, "heat", period)) < 1]
        assert (people, below) == (9 * 1500, len(short) * 1500)


def test_people_below_given_a_period_without_claims_then_nobody(by_hand: Plan) -> None:
    met = by_hand.met.filter(pl.col("period") != 1)
    assert facts.people_below(replace(by_hand, met=met), measure="norm").row(1) == (1, 0.0, 0.0)


def test_headline_given_one_place_below_then_who_when_and_how_much(by_hand: Plan) -> None:
    found = facts.headline(by_hand)
    assert (found.measure, found.below, found.people, found.when) == ("floor", 100, 190, 0)
    assert (found.worst, found.needs, found.equals, found.first, found.places) == ("village", ("energy",), 0, 0, 1)
    assert found.level == pytest.approx(0.41)


def test_headline_given_places_met_as_little_then_the_first_and_how_many_more(on_a_map: Plan) -> None:
    found = facts.headline(on_a_map)
    least = [i for i in range(9) if min(level(i, n, t) for n in ("energy", "heat") for t in range(3)) == 0.3]
    assert found.worst == place(least[0])
    assert found.equals == len(least) - 1


def test_headline_given_nobody_below_the_floor_then_about_the_norm(on_a_map: Plan) -> None:
    assert facts.headline(without_shortage(on_a_map, norm=False)).measure == "norm"
    all_met = facts.headline(without_shortage(on_a_map, norm=True))
    assert (all_met.below, all_met.first, all_met.level) == (0, None, 1.0)


def test_headline_given_no_claims_then_nobody() -> None:
    plan = plans_by_hand.plan()
    found = facts.headline(replace(plan, met=plan.met.clear()))
    assert (found.worst, found.people, found.first) == (None, 0, None)


def test_by_place_given_a_place_never_below_then_it_comes_last_with_nobody(by_hand: Plan) -> None:
    rows = {row["place"]: row for row in facts.by_place(by_hand).iter_rows(named=True)}
    assert list(rows) == ["village", "camp"]
    assert (rows["village"]["people"], rows["village"]["need"], rows["village"]["first"]) == (100, "energy", 0)
    assert (rows["camp"]["people"], rows["camp"]["met_floor"], rows["camp"]["first"]) == (0, 1.0, None)


def test_pipeline_given_balances_then_every_row_adds_up_over_all_places(by_hand: Plan) -> None:
    frame = facts.pipeline(by_hand)
    come = pl.col("opening") + pl.col("arrived") + pl.col("made")
    gone = pl.col("used") + pl.col("given") + pl.col("lost") + pl.col("road") + pl.col("closing")
    assert frame.select((come - gone).abs().max()).item() < 1e-9
    assert frame.group_by("resource").len()["len"].unique().to_list() == [3]
    flour = frame.filter(resource="flour")
    assert flour["road"].to_list() == pytest.approx([0, 5.6, -4.9])
    assert flour["opening"].to_list() == pytest.approx([0.5, 0, 21 + 2.85])


def test_breaks_given_a_stock_used_up_while_its_need_is_short_then_the_first_such_period(on_a_map: Plan) -> None:
    assert facts.breaks(on_a_map) == {"coal": 1}


def test_breaks_given_everybody_has_enough_then_none(on_a_map: Plan) -> None:
    assert facts.breaks(without_shortage(on_a_map, norm=True)) == {}


def test_needs_served_given_recipes_and_modes_then_what_is_made_or_moved_counts(by_hand: Plan) -> None:
    serves = facts.needs_served(by_hand.economy)
    assert serves["wood"] == {"heat"}
    assert serves["grain"] == serves["hours"] == serves["flour"] == {"energy"}
    assert serves["diesel"] == {"energy", "heat"}
    assert serves["mill"] == serves["lorry"] == frozenset()


def test_dispatches_given_units_then_tonnes_the_heaviest_first(by_hand: Plan) -> None:
    frame = facts.dispatches(by_hand)
    assert frame["tonnes"].to_list() == [6, 5, 1.5, 0.2]


def test_made_given_runs_then_in_the_order_of_the_recipes(by_hand: Plan) -> None:
    assert facts.made(by_hand).rows() == [("milling", 0, 40, 1), ("repair", 0, 1, 1), ("boil", 0, 2, 1)]


def test_bindings_given_claims_with_the_same_limits_then_together_the_worst_first(on_a_map: Plan) -> None:
    found = facts.bindings(on_a_map)
    assert [len(each.limits) for each in found] == [1, 2] or [len(each.limits) for each in found] == [2, 1]
    heat = next(each for each in found if len(each.limits) == 2)
    assert [limit.worth for limit in heat.limits] == [0.75, 0.25]
    assert heat.claims["need"].unique().to_list() == ["heat"]
    low = {i for i in range(9) for t in range(3) if level(i, "heat", t) < 1}
    assert heat.claims["place"].n_unique() == len(low)
    assert heat.people == max(1500 * sum(level(i, "heat", t) < 1 for i in range(9)) for t in range(3))
    leasts = [min(each.claims["met_floor"]) for each in found]
    assert leasts == sorted(leasts)
