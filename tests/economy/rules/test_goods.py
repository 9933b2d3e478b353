"""Rules of goods that are stuck, plants that cannot or need not run, stores and chains of ways."""

from __future__ import annotations

from typing import Any

import pytest
from building import message, told

from muster.economy.rules import goods


def port(**changed: Any) -> dict[str, Any]:
    """Return an economy of a port with flour and a town with people, a road between, and a mill in the town."""
    tables: dict[str, Any] = {
        "resources": [
            {"resource": "flour", "unit": "t", "class": "food"},
            {"resource": "wheat", "unit": "t", "class": "food"},
            {"resource": "diesel", "unit": "l"},
        ],
        "places": [{"place": "port", "name": "Old Port"}, {"place": "town"}],
        "people": [{"place": "town", "group": "all", "people": 1000}],
        "needs": [{"need": "energy", "unit": "kcal"}],
        "norms": [{"need": "energy", "floor": 1400, "norm": 2100}],
        "contents": [{"resource": "flour", "need": "energy", "amount": 3_500_000}],
        "stocks": [
            {"place": "port", "resource": "flour", "quantity": 60},
            {"place": "port", "resource": "diesel", "quantity": 3000},
        ],
        "arrivals": [{"place": "port", "resource": "wheat", "per_day": 4}],
        "routes": [{"from": "port", "to": "town", "mode": "truck", "distance_km": 20}],
        "modes": [{"mode": "truck", "resource": "diesel", "use": "consumed", "per_t_km": 0.5}],
        "recipes": [
            {"recipe": "mill", "resource": "wheat", "use": "input", "quantity": 1},
            {"recipe": "mill", "resource": "flour", "use": "output", "quantity": 0.75},
        ],
        "plants": [{"place": "town", "recipe": "mill"}],
    }
    return tables | changed


def test_every_rule_given_goods_that_get_where_they_are_needed_then_nothing_is_told() -> None:
    rules = (goods.can_leave, goods.inputs_there, goods.worth_making, goods.stocks_fit, goods.chains)
    assert [message for rule in rules for message in told(rule, **port())] == []


def test_can_leave_given_a_resource_without_mass_then_it_is_told() -> None:
    resources = [
        {"resource": "flour", "unit": "piece"},
        {"resource": "wheat", "unit": "piece"},
        {"resource": "diesel", "unit": "l"},
    ]
    assert told(goods.can_leave, **port(resources=resources)) == [
        message(
            "muster: warning: flour and wheat can never leave port (Old Port): the mass is not known.",
            where="stocks.csv:2, columns place, resource",
            seen="port · flour",
            do="give mass_t in resources.csv (0 for what has no weight)",
            rule="T30",
        ),
    ]


def test_can_leave_given_no_route_that_carries_it_then_it_is_told() -> None:
    resources = [
        {"resource": "flour", "unit": "t", "class": "food"},
        {"resource": "wheat", "unit": "t", "class": "grain"},
        {"resource": "diesel", "unit": "l"},
    ]
    assert told(goods.can_leave, **port(resources=resources, carries=[{"mode": "truck", "class": "food"}])) == [
        message(
            "muster: warning: wheat can never leave port (Old Port): no open route from there carries it.",
            where="arrivals.csv:2, columns place, resource",
            seen="port · wheat",
            do="add a route, or what its mode carries to carries.csv",
            rule="T30",
        ),
    ]


def test_can_leave_given_fuel_that_is_never_there_then_the_fuel_is_named() -> None:
    stocks = [
        {"place": "port", "resource": "flour", "quantity": 60},
        {"place": "town", "resource": "diesel", "quantity": 3000},
    ]
    assert told(goods.can_leave, **port(stocks=stocks)) == [
        message(
            (
                "muster: warning: flour and wheat can never leave port (Old Port): every route from there "
                "takes diesel, which is never there."
            ),
            where="stocks.csv:2, columns place, resource",
            seen="port · flour",
            do="add diesel to stocks.csv or arrivals.csv, or a way for it to get there",
            rule="T30",
        ),
    ]


def test_can_leave_given_what_only_a_plant_makes_then_the_plant_is_told() -> None:
    stocks = [{"place": "port", "resource": "diesel", "quantity": 3000}]
    given = port(stocks=stocks, plants=[{"place": "port", "recipe": "mill"}], routes=[])
    [message] = told(goods.can_leave, **given)
    assert "\n  where: plants.csv:2, columns place, recipe\n" in message


def test_can_leave_given_people_there_or_nobody_who_needs_it_then_nothing_is_told() -> None:
    both = [{"place": place, "group": "all", "people": 10} for place in ("town", "port")]
    assert told(goods.can_leave, **port(people=both, routes=[])) == []
    assert told(goods.can_leave, **port(contents=[], plants=[], routes=[])) == []


def test_inputs_there_given_something_that_is_nowhere_or_elsewhere_then_each_is_told() -> None:
    recipes = [
        *port()["recipes"],
        {"recipe": "mill", "resource": "diesel", "use": "input", "quantity": 18},
        {"recipe": "mill", "resource": "millstone", "use": "occupied", "quantity": 1},
    ]
    resources = [*port()["resources"], {"resource": "millstone", "unit": "piece"}]
    assert told(goods.inputs_there, **port(recipes=recipes, resources=resources)) == [
        message(
            "muster: warning: 1 plant takes diesel, which is not there and cannot get there.",
            where="plants.csv:2, columns place, recipe",
            seen="town · mill",
            do="bring diesel there: add a stock, an arrival or a route",
            rule="T31",
        ),
        message(
            "muster: warning: 1 plant takes millstone, of which there is none anywhere.",
            where="plants.csv:2, columns place, recipe",
            seen="town · mill",
            do="add millstone to stocks.csv or arrivals.csv, or something that makes it",
            rule="T31",
        ),
    ]


RAW = [
    {"resource": "flour", "need": "energy", "amount": 3_500_000},
    {"resource": "wheat", "need": "energy", "amount": 3_300_000},
]


def test_worth_making_given_wheat_that_feeds_better_than_its_flour_then_it_is_told() -> None:
    assert told(goods.worth_making, **port(contents=RAW)) == [
        message(
            ("muster: warning: mill will not run: the inputs, given to people as they are, provide as much or more."),
            where="recipes.csv:2, column recipe",
            seen="mill: 2,625,000 energy out, 3,300,000 in",
            do="delete the contents of what people are not given raw, or give it a ration in rations.csv",
            rule="T32",
        ),
    ]


@pytest.mark.parametrize(
    "changed",
    [
        {"contents": [RAW[0], {**RAW[1], "amount": 2_000_000}]},
        {"contents": [*RAW, {"resource": "flour", "need": "iron", "amount": 40_000}]},
        {"rations": [{"resource": "wheat", "most": 0.0001}]},
        {"rations": [{"class": "food", "most": 0.0001}]},
        {"resources": [{"resource": "flour", "unit": "t"}, {"resource": "wheat", "unit": "t", "keep": 0.9}]},
        {"recipes": [{**port()["recipes"][0], "quantity": 3}, {**port()["recipes"][1], "quantity": 1}]},
        {"resources": [{"resource": "flour", "unit": "sack"}, {"resource": "wheat", "unit": "t"}]},
    ],
    ids=["pays", "other need", "rationed", "class rationed", "keeps better", "denser", "mass not known"],
)
def test_worth_making_given_a_reason_to_make_it_then_nothing_is_told(changed: dict[str, Any]) -> None:
    if changed.get("recipes"):
        changed["contents"] = [{**RAW[0], "amount": 8_000_000}, RAW[1]]
    assert told(goods.worth_making, **port(**{"contents": RAW, **changed})) == []


def test_stocks_fit_given_more_than_there_is_room_for_then_it_is_told() -> None:
    stocks = [
        {"place": "port", "resource": "flour", "quantity": 60},
        {"place": "port", "resource": "wheat", "quantity": 50_000, "unit": "kg"},
        {"place": "port", "resource": "diesel", "quantity": 3000},
        {"place": "town", "resource": "flour", "quantity": 100},
    ]
    stores = [
        {"place": "port", "class": "food", "capacity_t": 100},
        {"place": "port", "capacity_t": 109},
        {"place": "town", "capacity_t": 100},
    ]
    assert told(goods.stocks_fit, **port(stocks=stocks, stores=stores)) == [
        message(
            "muster: warning: 2 stores are too small for what lies there at the start.",
            where="stores.csv:2, column capacity_t",
            seen=(
                "port (Old Port): 110 t of food, room for 100 t (line 2), port (Old Port): 110 t of all, "
                "room for 109 t (line 3)"
            ),
            do="correct capacity_t or stocks.csv; the rest is lost unless it is used in the first period",
            rule="T33",
        ),
    ]


def test_chains_given_legs_that_together_take_longer_than_a_period_then_it_is_told() -> None:
    places = [{"place": name} for name in ("port", "pass", "town")]
    routes = [
        {"from": "port", "to": "pass", "mode": "mule", "lead_days": 20},
        {"from": "pass", "to": "town", "mode": "mule", "lead_days": 20},
    ]
    assert told(goods.chains, **port(places=places, routes=routes, plants=[])) == [
        message(
            "muster: warning: Ways of several legs to 1 place take longer than the plan counts.",
            where="routes.csv:2, column lead_days",
            seen="town: 40 days, counted as 0",
            do="plan in shorter periods than a month, or give one leg the lead_days of all",
            rule="T34",
        ),
    ]


@pytest.mark.parametrize(("first", "second"), [(31, 31), (15, 15), (62, 0), (0, 0)])
def test_chains_given_legs_that_are_counted_as_long_as_they_are_then_nothing_is_told(first: int, second: int) -> None:
    places = [{"place": name} for name in ("port", "pass", "town")]
    routes = [
        {"from": "port", "to": "pass", "mode": "mule", "lead_days": first},
        {"from": "pass", "to": "town", "mode": "mule", "lead_days": second},
    ]
    assert told(goods.chains, **port(places=places, routes=routes, plants=[])) == []
