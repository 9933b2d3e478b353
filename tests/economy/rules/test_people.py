"""Rules that say how many people are hit."""

from __future__ import annotations

from typing import Any

from building import build, message, told

from muster.economy.rules import people
from muster.economy.rules.facts import Facts


def valley(**changed: Any) -> dict[str, Any]:
    """Return an economy in which everybody can be served: flour and diesel at the depot, a road to valley and hill."""
    tables: dict[str, Any] = {
        "resources": [{"resource": "flour", "unit": "t", "class": "food"}, {"resource": "diesel", "unit": "l"}],
        "places": [{"place": "depot"}, {"place": "valley", "name": "The Valley"}, {"place": "hill"}],
        "people": [
            {"place": "valley", "group": "all", "people": 1000},
            {"place": "hill", "group": "all", "people": 500},
        ],
        "needs": [{"need": "energy", "unit": "kcal"}],
        "norms": [{"need": "energy", "floor": 1400, "norm": 2100}],
        "contents": [{"resource": "flour", "need": "energy", "amount": 3_500_000}],
        "stocks": [
            {"place": "depot", "resource": "flour", "quantity": 60},
            {"place": "depot", "resource": "diesel", "quantity": 3000},
        ],
        "routes": [
            {"from": "depot", "to": "valley", "mode": "truck", "distance_km": 20},
            {"from": "depot", "to": "hill", "mode": "truck", "distance_km": 50},
        ],
        "modes": [{"mode": "truck", "resource": "diesel", "use": "consumed", "per_t_km": 0.5}],
    }
    return tables | changed


def test_every_rule_given_an_economy_that_serves_all_then_nothing_is_told() -> None:
    rules = (
        people.provided,
        people.reached,
        people.reached_in_time,
        people.counted_twice,
        people.have_norms,
        people.norms_for_somebody,
        people.from_first_day,
    )
    assert [message for rule in rules for message in told(rule, **valley())] == []


def test_provided_given_a_need_without_contents_then_it_says_how_many_people() -> None:
    needs = [{"need": "energy", "unit": "kcal"}, {"need": "heat", "unit": "kWh"}]
    norms = [{"need": "energy", "floor": 1400, "norm": 2100}, {"need": "heat", "floor": 1, "norm": 2, "place": "hill"}]
    assert told(people.provided, **valley(needs=needs, norms=norms)) == [
        message(
            "muster: warning: No resource provides heat: 500 people will get none.",
            where="needs.csv:3, column need",
            seen="wanted by 500 people at 1 place",
            do="add rows to contents.csv that say how much heat a unit of a resource gives",
            rule="T23",
        ),
    ]


def test_provided_given_contents_of_what_is_nowhere_then_it_says_so() -> None:
    stocks = [{"place": "depot", "resource": "flour", "quantity": 0}]
    arrivals = [
        {"place": "depot", "resource": "flour", "quantity": 5, "on": "2027-02-01"},
        {"place": "depot", "resource": "flour", "per_day": 5, "until": "2026-11-01"},
    ]
    assert told(people.provided, **valley(stocks=stocks, arrivals=arrivals)) == [
        message(
            "muster: warning: There is nothing that provides energy: 1,500 people will get none.",
            where="needs.csv:2, column need",
            seen="wanted by 1,500 people at 2 places",
            do="add flour to stocks.csv or arrivals.csv, or a plant that makes it",
            rule="T23",
        ),
    ]


def test_provided_given_a_need_that_people_cover_themselves_then_nothing_is_told() -> None:
    norms = [{"need": "energy", "floor": 1400, "norm": 2100, "covered": 2100}]
    assert told(people.provided, **valley(contents=[], norms=norms)) == []


def test_provided_given_a_chain_of_plants_then_what_they_make_counts() -> None:
    recipes = [
        {"recipe": "mill", "resource": "wheat", "use": "input", "quantity": 1},
        {"recipe": "mill", "resource": "flour", "use": "output", "quantity": 0.75},
        {"recipe": "reap", "resource": "labour", "use": "input", "quantity": 1},
        {"recipe": "reap", "resource": "wheat", "use": "output", "quantity": 1},
    ]
    plants = [{"place": "valley", "recipe": "mill"}, {"place": "valley", "recipe": "reap"}]
    labour = [{"place": "valley", "resource": "labour", "per_day": 1}]
    assert told(people.provided, **valley(stocks=[], recipes=recipes, plants=plants, arrivals=labour)) == []
    assert len(told(people.provided, **valley(stocks=[], recipes=recipes, plants=plants))) == 1
    shut = [{**plant, "runs_per_day": 0} for plant in plants]
    assert len(told(people.provided, **valley(stocks=[], recipes=recipes, plants=shut, arrivals=labour))) == 1


def test_reached_given_no_road_then_the_people_without_are_told() -> None:
    routes = [{"from": "depot", "to": "valley", "mode": "truck", "distance_km": 20}]
    assert told(people.reached, **valley(routes=routes)) == [
        message(
            "muster: warning: 500 people at 1 place cannot be reached with anything for energy.",
            where="people.csv:3, column place",
            seen="hill: 500 people",
            do="add a route that is open, or a stock at the place",
            rule="T24",
        ),
    ]


def test_reached_given_a_road_that_never_opens_loses_all_or_carries_something_else_then_it_does_not_count() -> None:
    road = {"from": "depot", "to": "hill", "mode": "truck", "distance_km": 50}
    other = {"from": "depot", "to": "valley", "mode": "truck", "distance_km": 20}
    for useless in ({"closes": "2026-11-01"}, {"opens": "2027-02-01"}, {"loss": 1.0}, {"capacity_t_per_day": 0.0}):
        [message] = told(people.reached, **valley(routes=[other, {**road, **useless}]))
        assert message.startswith("muster: warning: 500 people at 1 place cannot be reached")
    carries = [{"mode": "truck", "class": "fuel"}]
    [message] = told(people.reached, **valley(carries=carries))
    assert message.startswith("muster: warning: 1,500 people at 2 places cannot be reached")


def test_reached_given_a_mode_whose_fuel_never_gets_there_then_the_fuel_is_named() -> None:
    routes = [
        {"from": "depot", "to": "valley", "mode": "truck", "distance_km": 20},
        {"from": "valley", "to": "hill", "mode": "truck", "distance_km": 50},
    ]
    assert told(people.reached, **valley(routes=routes)) == [
        message(
            "muster: warning: 500 people at 1 place cannot be reached with anything for energy.",
            where="people.csv:3, column place",
            seen="hill: 500 people",
            do="add a route that is open, or a stock at the place, or diesel where the routes to it start",
            rule="T24",
        ),
    ]


def test_reached_given_fuel_that_travels_a_stock_or_the_way_back_then_nothing_is_told() -> None:
    chain = [
        {"from": "valley", "to": "depot", "mode": "truck", "distance_km": 20, "both": True},
        {"from": "valley", "to": "hill", "mode": "truck", "distance_km": 50},
    ]
    diesel = {"resource": "diesel", "unit": "l", "mass_t": 0.00084}
    flour = {"resource": "flour", "unit": "t", "class": "food"}
    assert told(people.reached, **valley(routes=chain, resources=[flour, diesel])) == []
    pool = [flour, {"resource": "diesel", "unit": "l", "pooled": True}]
    stocks = [{"place": "depot", "resource": "flour", "quantity": 60}, {"resource": "diesel", "quantity": 3000}]
    assert told(people.reached, **valley(routes=chain, resources=pool, stocks=stocks)) == []
    own = [{"place": place, "resource": "flour", "quantity": 1} for place in ("valley", "hill")]
    assert told(people.reached, **valley(routes=[], stocks=own)) == []


def test_reached_given_cash_from_the_pool_then_everybody_is_reached() -> None:
    resources = [{"resource": "cash", "unit": "usd", "pooled": True}]
    contents = [{"resource": "cash", "need": "energy", "amount": 2000}]
    stocks = [{"resource": "cash", "quantity": 1}]
    given = valley(resources=resources, contents=contents, stocks=stocks, routes=[], modes=[])
    assert told(people.reached, **given) == []


def test_reached_given_the_same_people_without_two_needs_then_one_message_names_both() -> None:
    needs = [{"need": "energy", "unit": "kcal"}, {"need": "protein", "unit": "g"}]
    norms = [{"need": "energy", "floor": 1400, "norm": 2100}, {"need": "protein", "floor": 30, "norm": 50}]
    contents = [
        {"resource": "flour", "need": "energy", "amount": 3_500_000},
        {"resource": "flour", "need": "protein", "amount": 115_000},
    ]
    [message] = told(people.reached, **valley(needs=needs, norms=norms, contents=contents, routes=[]))
    assert message.startswith(
        "muster: warning: 1,500 people at 2 places cannot be reached with anything for energy and protein."
    )


def test_reached_in_time_given_a_way_longer_than_the_horizon_then_the_day_is_told() -> None:
    routes = [
        {"from": "depot", "to": "valley", "mode": "truck", "distance_km": 20, "lead_days": 91},
        {"from": "depot", "to": "hill", "mode": "truck", "distance_km": 50, "lead_days": 92},
        {"from": "depot", "to": "hill", "mode": "mule", "distance_km": 50, "lead_days": 95},
    ]
    assert told(people.reached_in_time, **valley(routes=routes)) == [
        message(
            "muster: warning: 500 people at 1 place can get nothing for energy before the end.",
            where="people.csv:3, column place",
            seen="hill: day 93",
            do="the horizon has 92 days: plan for more periods, find quicker routes, or store something nearer",
            rule="T25",
        ),
    ]


def test_reached_in_time_given_a_late_arrival_then_it_counts_from_there() -> None:
    routes = [
        {"from": "depot", "to": "valley", "mode": "mule"},
        {"from": "depot", "to": "hill", "mode": "mule", "lead_days": 60},
    ]
    stocks = [{"place": "depot", "resource": "diesel", "quantity": 3000}]
    arrivals = [{"place": "depot", "resource": "flour", "quantity": 9, "on": "2026-12-20"}]
    [message] = told(people.reached_in_time, **valley(routes=routes, stocks=stocks, arrivals=arrivals))
    assert message.startswith("muster: warning: 500 people at 1 place can get nothing for energy before the end.")


def test_counted_twice_given_people_at_a_place_and_above_it_then_both_numbers_are_told() -> None:
    places = [
        {"place": "depot"},
        {"place": "valley", "parent": "district"},
        {"place": "hill", "parent": "district"},
        {"place": "district", "parent": "country"},
        {"place": "country"},
    ]
    counts = {"valley": 1000, "hill": 500, "country": 1600}
    rows = [{"place": place, "group": "all", "people": number} for place, number in counts.items()]
    assert told(people.counted_twice, **valley(places=places, people=rows)) == [
        message(
            ("muster: warning: 1,500 people may be counted twice: at a place, and at the larger place it is part of."),
            where="people.csv:4, columns place, people",
            seen="country: 1,600 people, and 1,500 people at 2 parts of it",
            do=("count people at the parts or at the whole; leave parent blank if the one is no part of the other"),
            rule="T26",
        ),
    ]
    assert told(people.counted_twice, **valley(places=places)) == []


def test_have_norms_given_a_group_without_then_it_is_told() -> None:
    norms = [{"need": "energy", "group": "all", "place": "hill", "floor": 1400, "norm": 2100}]
    assert told(people.have_norms, **valley(norms=norms)) == [
        message(
            "muster: warning: 1,000 people without a norm: nothing is planned for them.",
            where="people.csv:2, column group",
            seen="all: 1,000 people at 1 place",
            do="add norms to norms.csv, or a norm of 0 if nothing is to be planned",
            rule="T27",
        ),
    ]


def test_have_norms_given_a_norm_of_0_then_nothing_is_told() -> None:
    norms = [
        {"need": "energy", "group": "all", "place": "hill", "floor": 1400, "norm": 2100},
        {"need": "energy", "group": "all", "floor": 0, "norm": 0},
    ]
    assert told(people.have_norms, **valley(norms=norms)) == []


def test_norms_for_somebody_given_norms_for_nobody_then_they_are_told() -> None:
    norms = [
        {"need": "energy", "floor": 1, "norm": 2},
        {"need": "energy", "group": "al", "floor": 1, "norm": 2},
        {"need": "energy", "place": "depot", "floor": 1, "norm": 2},
        {"need": "energy", "place": "hill", "group": "children", "floor": 1, "norm": 2},
        {"need": "energy", "place": "hill", "group": "all", "floor": 1, "norm": 2},
    ]
    rows = [*valley()["people"], {"place": "valley", "group": "children", "people": 3}]
    assert told(people.norms_for_somebody, **valley(norms=norms, people=rows)) == [
        message(
            "muster: warning: 3 norms are for nobody: there are no people of that group at that place.",
            where="norms.csv:3, columns group, place, need",
            seen=("al · blank · energy (line 3), blank · depot · energy (line 4), children · hill · energy (line 5)"),
            do="correct group or place, or delete the row",
            rule="T28",
        ),
    ]


def test_norms_for_somebody_given_nobody_at_all_then_it_says_so() -> None:
    rows = [{"place": "valley", "group": "all", "people": 3, "from": "2027-02-01"}]
    assert told(people.norms_for_somebody, **valley(people=rows)) == [
        message(
            "muster: warning: There is nobody to plan for.",
            where="people.csv",
            seen="no people within the horizon",
            do="add people to people.csv from a day before the end, 2027-02-01",
            rule="T28",
        ),
    ]


def test_from_first_day_given_people_who_come_within_a_month_or_too_late_then_they_are_told() -> None:
    rows = [
        {"place": "valley", "group": "all", "people": 1000, "from": "2026-11-15"},
        {"place": "hill", "group": "all", "people": 500, "from": "2027-02-01"},
        {"place": "depot", "group": "all", "people": 20},
        {"place": "depot", "group": "all", "people": 30, "from": "2026-11-15"},
    ]
    assert told(people.from_first_day, **valley(people=rows)) == [
        message(
            "muster: warning: 1,000 people will come when a month has begun, and will count from the next.",
            where="people.csv:2, columns place, group, from",
            seen="valley · all · 2026-11-15",
            do="give the first day of the month if they must be served in it, or plan in shorter periods",
            rule="T29",
        ),
        message(
            ("muster: warning: 500 people will come only from 2027-02-01 on, after the end, and will not count."),
            where="people.csv:3, columns place, group, from",
            seen="hill · all · 2027-02-01",
            do="correct the date, or plan for more periods",
            rule="T29",
        ),
    ]
    assert len(told(people.from_first_day, **valley(people=rows, period="week", periods=12))) == 1


def test_standards_given_rows_of_every_rank_then_the_most_particular_wins() -> None:
    norms = [
        {"need": "energy", "floor": 1, "norm": 2},
        {"need": "energy", "group": "all", "floor": 3, "norm": 4},
        {"need": "energy", "place": "hill", "floor": 5, "norm": 6},
        {"need": "energy", "place": "hill", "group": "all", "floor": 7, "norm": 8, "from": "2026-12-01"},
        {"need": "energy", "place": "valley", "floor": 0, "norm": 0},
    ]
    facts = Facts(build(**valley(norms=norms)))
    found = {row["place"]: (row["floor"], row["gap"]) for row in facts.standards.to_dicts()}
    assert found == {"hill": (7.0, 8.0), "valley": (0.0, 0.0)}
    assert facts.claims["place"].to_list() == ["hill"]


def test_heads_given_rows_before_and_within_the_horizon_then_the_most_there_are_count() -> None:
    rows = [
        {"place": "hill", "group": "all", "people": 900, "from": "2026-01-01"},
        {"place": "hill", "group": "all", "people": 500, "from": "2026-10-01"},
        {"place": "hill", "group": "all", "people": 600, "from": "2026-12-01"},
        {"place": "hill", "group": "all", "people": 999, "from": "2027-02-01"},
        {"place": "valley", "group": "all", "people": 0},
    ]
    assert Facts(build(people=rows)).heads.to_dicts() == [{"place": "hill", "group": "all", "people": 600.0}]
