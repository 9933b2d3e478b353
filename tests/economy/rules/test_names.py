"""Rules of names: keys, references, classes, modes, units, outputs."""

from __future__ import annotations

import pytest
from building import message, told

from muster.economy.rules import names

FLOUR = {"resource": "flour", "unit": "t", "class": "food", "name": "Wheat flour"}
DEPOT, HILL = {"place": "depot", "name": "The depot"}, {"place": "hill"}


def test_unique_keys_given_two_rows_of_one_key_then_both_lines_are_told() -> None:
    people = [
        {"place": "hill", "group": "all", "people": 5, "from": "2026-11-01"},
        {"place": "depot", "group": "all", "people": 5},
        {"place": "hill", "group": "all", "people": 7},
    ]
    assert told(names.unique_keys, people=people) == [
        message(
            "muster: 2 rows of people have a key that another row has, too.",
            where="people.csv:2, columns place, group, from",
            seen="hill · all · 2026-11-01 (lines 2, 4)",
            do="keep one row for each place, group, from, or make them different",
            rule="T1",
        ),
    ]


def test_unique_keys_given_rows_that_differ_in_a_blank_or_add_up_then_nothing_is_told() -> None:
    stores = [{"place": "hill", "capacity_t": 5}, {"place": "hill", "class": "food", "capacity_t": 5}]
    unread = [{"name": "no id"}, {"name": "no id"}]
    stocks = [{"place": "hill", "resource": "flour", "quantity": 1}] * 2
    assert told(names.unique_keys, stores=stores, resources=unread, stocks=stocks) == []


def test_parents_given_a_circle_then_its_places_are_told() -> None:
    places = [
        {"place": "a", "parent": "b"},
        {"place": "b", "parent": "c"},
        {"place": "c", "parent": "b"},
        {"place": "d", "parent": "a"},
    ]
    assert told(names.parents, places=places) == [
        message(
            "muster: 2 places are part of one another, in a circle.",
            where="places.csv:3, columns place, parent",
            seen="b · c (line 3), c · b (line 4)",
            do="leave parent blank for the largest place of the circle",
            rule="T2",
        ),
    ]


def test_parents_given_a_chain_then_nothing_is_told() -> None:
    assert (
        told(names.parents, places=[{"place": "a", "parent": "b"}, {"place": "b", "parent": "c"}, {"place": "c"}]) == []
    )


def test_references_given_a_misspelt_resource_then_the_near_one_is_named() -> None:
    stocks = [
        {"place": "depot", "resource": "flour", "quantity": 1},
        {"place": "depot", "resource": "fluor", "quantity": 1},
        {"place": "hill", "resource": "fluor", "quantity": 1},
        {"place": "hill", "resource": "Wheat Flour", "quantity": 1},
        {"place": "hill", "resource": "coal", "quantity": 1},
    ]
    assert told(names.references, resources=[FLOUR], places=[DEPOT, HILL], stocks=stocks) == [
        message(
            "muster: 2 stocks name a resource that does not exist.",
            where="stocks.csv:3, column resource",
            seen="fluor (line 3), fluor (line 4)",
            do='did you mean "flour"? correct it, or add the resource to resources.csv',
            rule="T3",
        ),
        message(
            "muster: 1 stock names a resource that does not exist.",
            where="stocks.csv:5, column resource",
            seen="Wheat Flour",
            do='did you mean "flour"? correct it, or add the resource to resources.csv',
            rule="T3",
        ),
        message(
            "muster: 1 stock names a resource that does not exist.",
            where="stocks.csv:6, column resource",
            seen="coal",
            do="correct it, or add the resource to resources.csv",
            rule="T3",
        ),
    ]


def test_references_given_very_many_unknown_places_then_one_message_is_for_all() -> None:
    stocks = [{"place": f"P{count}", "resource": "flour", "quantity": 1} for count in range(30)]
    assert told(names.references, resources=[FLOUR], places=[{"place": "p0"}], stocks=stocks) == [
        message(
            "muster: 30 stocks name 30 places that do not exist.",
            where="stocks.csv:2, column place",
            seen="P0 (line 2), P1 (line 3), P2 (line 4), P3 (line 5), P4 (line 6) and 25 more",
            do='did you mean "p0"? correct the ids, or add the place to places.csv',
            rule="T3",
        ),
    ]


def test_references_given_groups_without_a_table_of_groups_then_they_need_no_row() -> None:
    people = [{"place": "hill", "group": "al", "people": 1}]
    assert told(names.references, places=[HILL], people=people) == []
    assert told(names.references, places=[HILL], people=people, groups=[{"group": "all"}]) == [
        message(
            "muster: 1 row of people names a group that does not exist.",
            where="people.csv:2, column group",
            seen="al",
            do='did you mean "all"? correct it, or add the group to groups.csv',
            rule="T3",
        ),
    ]


def test_references_given_a_recipe_a_parent_and_a_source_of_nothing_then_all_are_told() -> None:
    recipes = [{"recipe": "mill", "resource": "flour", "use": "output", "quantity": 1}]
    plants = [{"place": "hill", "recipe": "mil"}]
    sources = [
        {"table": "stock", "what": "all", "kind": "real", "source": "count"},
        {"table": "economy", "what": "the dates", "kind": "assumed", "source": "winter"},
    ]
    places = [{"place": "hill", "parent": "Hill"}, {"place": "unread"}, {"name": "no id"}]
    given = {"resources": [FLOUR], "places": places, "recipes": recipes, "plants": plants, "sources": sources}
    assert told(names.references, **given) == [
        message(
            "muster: 1 place names a place that does not exist.",
            where="places.csv:2, column parent",
            seen="Hill",
            do='did you mean "hill"? correct it, or add the place to places.csv',
            rule="T3",
        ),
        message(
            "muster: 1 plant names a recipe that does not exist.",
            where="plants.csv:2, column recipe",
            seen="mil",
            do='did you mean "mill"? correct it, or add the recipe to recipes.csv',
            rule="T3",
        ),
        message(
            "muster: 1 row of sources names a table that does not exist.",
            where="sources.csv:2, column table",
            seen="stock",
            do=(
                "write one of economy, resources, places, groups, people, needs, norms, contents, rations, "
                "stocks, arrivals, stores, routes, modes, carries, recipes, plants, reserves, sources"
            ),
            rule="T3",
        ),
    ]


def test_classes_given_a_class_that_no_resource_has_then_it_is_told() -> None:
    resources = [{**FLOUR, "class": "food cereal"}]
    stores = [{"place": "hill", "class": "cereals", "capacity_t": 1}, {"place": "hill", "capacity_t": 1}]
    rations = [{"class": "cereal", "most": 1}, {"resource": "flour", "most": 1}]
    assert told(names.classes, resources=resources, stores=stores, rations=rations) == [
        message(
            "muster: 1 store names a class that does not exist.",
            where="stores.csv:2, column class",
            seen="cereals",
            do='did you mean "cereal"? correct it, or add the class to a resource in resources.csv',
            rule="T4",
        ),
    ]


def test_modes_given_misspelt_unused_and_vain_ones_then_each_is_told() -> None:
    routes = [{"from": "a", "to": "b", "mode": "trucks"}, {"from": "b", "to": "a", "mode": "mule"}]
    modes = [{"mode": "truck", "resource": "diesel", "use": "consumed", "per_t": 1}]
    carries = [
        {"mode": "camel", "class": "hours"},
        {"mode": "mule", "class": "hours"},
        {"mode": "mule", "class": "food"},
    ]
    resources = [FLOUR, {"resource": "diesel", "unit": "l"}, {"resource": "labour", "unit": "h", "class": "hours"}]
    assert told(names.modes, resources=resources, routes=routes, modes=modes, carries=carries) == [
        message(
            "muster: warning: 1 route travels by a mode that is not in modes.csv: it takes nothing.",
            where="routes.csv:2, column mode",
            seen="trucks",
            do='did you mean "truck"?',
            rule="T5",
        ),
        message(
            "muster: warning: 1 row of modes is about a mode by which no route is travelled.",
            where="modes.csv:2, column mode",
            seen="truck",
            do='did you mean "trucks"?',
            rule="T5",
        ),
        message(
            "muster: warning: 1 row of carries is about a mode by which no route is travelled.",
            where="carries.csv:2, column mode",
            seen="camel",
            do="correct the mode, or delete the row",
            rule="T5",
        ),
        message(
            "muster: warning: 2 rows of carries are about a class of which nothing can travel.",
            where="carries.csv:2, columns mode, class",
            seen="camel · hours (line 2), mule · hours (line 3)",
            do="give the resources of the class a mass_t in resources.csv, or delete the row",
            rule="T5",
        ),
    ]


def test_modes_given_a_mode_that_takes_nothing_and_one_that_is_described_then_nothing_is_told() -> None:
    routes = [{"from": "a", "to": "b", "mode": "truck"}, {"from": "b", "to": "a", "mode": "on foot"}]
    modes = [{"mode": "truck", "resource": "diesel", "use": "consumed", "per_t": 1}]
    carries = [{"mode": "on foot", "class": "food"}, {"mode": "truck"}]
    assert told(names.modes, resources=[FLOUR], routes=routes, modes=modes, carries=carries) == []


def test_known_units_given_strange_and_incompatible_ones_then_each_is_told() -> None:
    resources = [
        FLOUR,
        {"resource": "rice", "unit": "ton"},
        {"resource": "oil", "unit": "l"},
        {"resource": "salt", "unit": "kg", "mass_t": 1},
        {"resource": "beans", "unit": "sackful"},
    ]
    stocks = [
        {"place": "hill", "resource": "oil", "quantity": 1, "unit": "kg"},
        {"place": "hill", "resource": "flour", "quantity": 1, "unit": "kg"},
        {"place": "hill", "resource": "oil", "quantity": 1, "unit": "barrel"},
        {"place": "hill", "resource": "beans", "quantity": 1, "unit": "kg"},
    ]
    assert told(names.known_units, resources=resources, stocks=stocks) == [
        message(
            'muster: 1 resource has the unit "ton", which is not known.',
            where="resources.csv:3, column unit",
            seen="ton",
            do='did you mean "t"? write a unit such as t, kg, l, kWh, h, piece or usd',
            rule="T6",
        ),
        message(
            'muster: 1 resource has the unit "sackful", which is not known.',
            where="resources.csv:6, column unit",
            seen="sackful",
            do="write a unit such as t, kg, l, kWh, h, piece or usd",
            rule="T6",
        ),
        message(
            'muster: 1 stock has the unit "barrel", which is not known.',
            where="stocks.csv:4, column unit",
            seen="barrel",
            do="write a unit such as t, kg, l, kWh, h, piece or usd",
            rule="T6",
        ),
        message(
            "muster: 1 stock is in kg, which cannot be converted to l (oil).",
            where="stocks.csv:2, columns resource, unit",
            seen="oil · kg",
            do="write the quantity in l, or count the resource in kg",
            rule="T6",
        ),
        message(
            "muster: 1 resource has a mass_t that contradicts the unit.",
            where="resources.csv:5, columns resource, unit, mass_t",
            seen="salt · kg · 1",
            do="leave mass_t blank: it is known for units of mass",
            rule="T6",
        ),
    ]


def test_known_units_given_units_that_convert_and_a_right_mass_then_nothing_is_told() -> None:
    resources = [{**FLOUR, "mass_t": 1}, {"resource": "oil", "unit": "l", "mass_t": 0.00092}, {"resource": "unread"}]
    stocks = [
        {"place": "hill", "resource": "flour", "quantity": 1, "unit": "kg"},
        {"place": "hill", "resource": "oil", "quantity": 1, "unit": "m3"},
        {"place": "hill", "resource": "nothing known", "quantity": 1, "unit": "kg"},
    ]
    assert told(names.known_units, resources=resources, stocks=stocks, needs=[{"need": "energy", "unit": "kcal"}]) == []


def test_outputs_given_a_recipe_without_one_then_it_is_told() -> None:
    recipes = [
        {"recipe": "mill", "resource": "wheat", "use": "input", "quantity": 1},
        {"recipe": "mlil", "resource": "flour", "use": "output", "quantity": 0.75},
        {"recipe": "bake", "resource": "flour", "use": "input", "quantity": 1},
        {"recipe": "bake", "resource": "bread", "use": "output", "quantity": 0},
    ]
    assert told(names.outputs, recipes=recipes) == [
        message(
            "muster: 2 recipes make nothing.",
            where="recipes.csv:2, column recipe",
            seen="mill (line 2), bake (line 4)",
            do="add a row with use output and a quantity",
            rule="T7",
        ),
    ]


@pytest.mark.parametrize("unread", [{"use": "output"}, {"quantity": 1}])
def test_outputs_given_a_cell_that_could_not_be_read_then_nothing_is_told(unread: dict[str, object]) -> None:
    recipes = [{"recipe": "mill", "resource": "flour", **unread}]
    assert told(names.outputs, recipes=recipes) == []
