"""Rules of what is left out, doubled, or too large."""

from __future__ import annotations

from typing import Any

from building import build, message, told

from muster.economy.rules import extent
from muster.economy.rules.facts import Facts


def hill(**changed: Any) -> dict[str, Any]:
    tables: dict[str, Any] = {
        "places": [{"place": "hill", "latitude": 34.5, "longitude": 69.2}, {"place": "depot"}],
        "people": [{"place": "hill", "group": "all", "people": 10}],
        "needs": [{"need": "energy", "unit": "kcal"}, {"need": "iron", "unit": "mg"}],
        "norms": [{"need": "energy", "floor": 1400, "norm": 2100}, {"need": "iron", "floor": 0, "norm": 20}],
    }
    return tables | changed


def test_has_floor_given_a_floor_of_0_everywhere_then_it_is_told() -> None:
    assert told(extent.has_floor, **hill()) == [
        message(
            "muster: warning: 1 need has a floor of 0 for everybody, so the goal floor does not look at it.",
            where="needs.csv:3, column need",
            seen="iron",
            do="give the survival minimum in norms.csv, unless the need can wait for all others",
            rule="T35",
        ),
    ]


def test_has_floor_given_another_goal_or_a_floor_somewhere_then_nothing_is_told() -> None:
    assert told(extent.has_floor, **hill(), options={"goals": ("norm", "effort")}) == []
    norms = [{"need": "iron", "floor": 0, "norm": 20}, {"need": "iron", "place": "hill", "floor": 5, "norm": 20}]
    assert told(extent.has_floor, **hill(norms=norms)) == []


def test_size_given_a_large_economy_then_it_is_told() -> None:
    places = [{"place": f"P{count}"} for count in range(600)]
    resources = [{"resource": f"r{count}", "unit": "t"} for count in range(100)]
    assert told(extent.size, places=places, resources=resources, period="day", periods=1000) == [
        message(
            "muster: warning: The plan has 60 million quantities, and will take hours.",
            where="economy.toml, periods",
            seen="(600 places + 0 routes) × 100 resources × 1,000 periods",
            do="plan for fewer or longer periods, or leave places out",
            rule="T36",
        ),
    ]
    assert told(extent.size, places=places, resources=resources, period="day", periods=800) == []


def test_on_the_map_given_points_in_the_sea_and_half_points_then_they_are_told() -> None:
    places = [
        {"place": "a", "latitude": 0, "longitude": 0},
        {"place": "b", "latitude": 0, "longitude": 20},
        {"place": "c", "longitude": 20},
        {"place": "d"},
    ]
    assert told(extent.on_the_map, places=places) == [
        message(
            "muster: warning: 1 place lies at latitude 0, longitude 0, in the sea off Ghana.",
            where="places.csv:2, columns place, latitude, longitude",
            seen="a · 0 · 0",
            do="write where it is, or leave both blank",
            rule="T37",
        ),
        message(
            "muster: warning: 1 place has only one of latitude and longitude, and will not be on the map.",
            where="places.csv:4, columns place, latitude, longitude",
            seen="c · blank · 20",
            do="fill both, or leave both blank",
            rule="T37",
        ),
    ]


def test_on_the_map_given_shapes_of_no_place_then_they_are_told() -> None:
    features = [{"properties": {"place": "hil"}}, {"properties": {"place": "hill"}}, {"properties": None}]
    shapes = {"type": "FeatureCollection", "features": features}
    assert told(extent.on_the_map, **hill(), options={"shapes": shapes}) == [
        message(
            "muster: warning: 2 shapes are of places that do not exist.",
            where="places.geojson",
            seen="hil, None",
            do="correct the ids, or add the places to places.csv",
            rule="T37",
        ),
    ]
    assert told(extent.on_the_map, **hill(), options={"shapes": {**shapes, "features": features[1:2]}}) == []


def test_twice_given_the_same_stock_and_plant_again_then_they_are_told() -> None:
    stocks = [{"place": "hill", "resource": "flour", "quantity": 5}] * 2
    plants = [
        {"place": "hill", "recipe": "mill", "until": "2026-12-01"},
        {"place": "hill", "recipe": "mill"},
        {"place": "hill", "recipe": "mine", "runs_per_day": 3},
        {"place": "hill", "recipe": "mine", "runs_per_day": 3},
    ]
    assert told(extent.twice, stocks=stocks, plants=plants) == [
        message(
            "muster: warning: 2 stocks are the same as another row, so that both count.",
            where="stocks.csv:2, columns place, resource, quantity",
            seen="hill · flour · 5 (line 2), hill · flour · 5 (line 3)",
            do="delete the rows that were entered twice",
            rule="T38",
        ),
        message(
            "muster: warning: 2 plants are the same as another row, so that both count.",
            where="plants.csv:4, columns place, recipe, runs_per_day",
            seen="hill · mine · 3 (line 4), hill · mine · 3 (line 5)",
            do="delete the rows that were entered twice",
            rule="T38",
        ),
        message(
            "muster: warning: 1 plant repeats a plant that has no limit already.",
            where="plants.csv:3, columns place, recipe, from, until",
            seen="hill · mill · blank · blank",
            do="give runs_per_day, or delete the row",
            rule="T38",
        ),
    ]


def test_twice_given_rows_that_differ_or_plants_one_after_the_other_then_nothing_is_told() -> None:
    stocks = [{"place": "hill", "resource": "flour", "quantity": quantity} for quantity in (5, 6)]
    plants = [
        {"place": "hill", "recipe": "mill", "until": "2026-12-01"},
        {"place": "hill", "recipe": "mill", "from": "2026-12-01"},
        {"place": "depot", "recipe": "mill"},
    ]
    assert told(extent.twice, stocks=stocks, plants=plants) == []


def test_gets_through_given_a_loss_of_1_then_it_is_told() -> None:
    routes = [
        {"from": "a", "to": "b", "mode": "truck", "loss": 1},
        {"from": "a", "to": "c", "mode": "truck", "loss": 0.01},
    ]
    assert told(extent.gets_through, routes=routes) == [
        message(
            "muster: warning: 1 route loses all that is sent.",
            where="routes.csv:2, columns from, to, loss",
            seen="a · b · 1",
            do="write a percentage as a fraction: 1 % is 0.01",
            rule="T39",
        ),
    ]


def test_names_given_a_name_like_the_id_then_the_id_says_it_all() -> None:
    facts = Facts(build(places=[{"place": "hill", "name": "Hill"}, {"place": "AF34", "name": "Nimroz"}]))
    assert (facts.called("hill"), facts.called("AF34")) == ("hill", "AF34 (Nimroz)")
