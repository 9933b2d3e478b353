"""Rules of cells that belong together."""

from __future__ import annotations

from building import message, told

from muster.economy.rules import together

RESOURCES = [
    {"resource": "flour", "unit": "t"},
    {"resource": "usd", "unit": "usd", "pooled": True},
    {"resource": "labour", "unit": "h", "keep": 0},
]


def test_once_or_steadily_given_every_way_to_be_neither_then_each_is_told() -> None:
    arrivals = [
        {"resource": "flour", "quantity": 1, "on": "2026-11-05", "per_day": 1},
        {"resource": "flour"},
        {"resource": "flour", "quantity": 1},
        {"resource": "flour", "on": "2026-11-05"},
        {"resource": "flour", "quantity": 1, "on": "2026-11-05", "until": "2026-11-06"},
    ]
    assert told(together.once_or_steadily, arrivals=arrivals) == [
        message(
            "muster: 1 arrival comes both once and steadily.",
            where="arrivals.csv:2, columns resource, quantity, on, per_day",
            seen="flour · 1 · 2026-11-05 · 1",
            do="split it into two rows",
            rule="T8",
        ),
        message(
            "muster: 1 arrival has no quantity.",
            where="arrivals.csv:3, columns resource, quantity, on, per_day",
            seen="flour · blank · blank · blank",
            do="give quantity and on, or per_day",
            rule="T8",
        ),
        message(
            "muster: 1 arrival has no date.",
            where="arrivals.csv:4, columns resource, quantity, on, per_day",
            seen="flour · 1 · blank · blank",
            do="give on, the day it arrives",
            rule="T8",
        ),
        message(
            "muster: 1 arrival has a date but no quantity.",
            where="arrivals.csv:5, columns resource, quantity, on, per_day",
            seen="flour · blank · 2026-11-05 · blank",
            do="give quantity",
            rule="T8",
        ),
        message(
            "muster: 1 arrival comes once, yet has from or until.",
            where="arrivals.csv:6, columns resource, quantity, on, per_day",
            seen="flour · 1 · 2026-11-05 · blank",
            do="delete from and until",
            rule="T8",
        ),
    ]


def test_once_or_steadily_given_both_forms_in_rows_of_their_own_then_nothing_is_told() -> None:
    arrivals = [
        {"resource": "flour", "quantity": 1, "on": "2026-11-05"},
        {"resource": "flour", "per_day": 1},
        {"resource": "flour", "per_day": 1, "from": "2026-11-05", "until": "2026-11-06"},
    ]
    assert told(together.once_or_steadily, arrivals=arrivals) == []


def test_ration_of_given_both_or_neither_then_it_is_told() -> None:
    rations = [{"resource": "flour", "class": "food", "most": 1}, {"group": "all", "most": 1}]
    assert told(together.ration_of, rations=rations) == [
        message(
            "muster: 1 ration has both resource and class.",
            where="rations.csv:2, columns resource, class",
            seen="flour · food",
            do="leave one of them blank",
            rule="T9",
        ),
        message(
            "muster: 1 ration has neither resource nor class.",
            where="rations.csv:3, columns resource, class",
            seen="blank · blank",
            do="fill one of them",
            rule="T9",
        ),
    ]


def test_ration_of_given_one_of_the_two_then_nothing_is_told() -> None:
    assert told(together.ration_of, rations=[{"resource": "flour", "most": 1}, {"class": "food", "most": 1}]) == []


def test_reserve_of_given_both_or_neither_then_it_is_told() -> None:
    reserves = [
        {"need": "energy", "resource": "flour", "quantity": 1},
        {"need": "energy", "days": 1, "quantity": 1},
        {"quantity": 3},
        {"need": "energy"},
    ]
    assert told(together.reserve_of, resources=RESOURCES, reserves=reserves) == [
        message(
            "muster: 1 reserve has both need and resource.",
            where="reserves.csv:2, columns need, resource",
            seen="energy · flour",
            do="leave one of them blank",
            rule="T10",
        ),
        message(
            "muster: 1 reserve has neither need nor resource.",
            where="reserves.csv:4, columns need, resource",
            seen="blank · blank",
            do="fill one of them",
            rule="T10",
        ),
        message(
            "muster: 1 reserve has both days and quantity.",
            where="reserves.csv:3, columns days, quantity",
            seen="1 · 1",
            do="leave one of them blank",
            rule="T10",
        ),
        message(
            "muster: 1 reserve has neither days nor quantity.",
            where="reserves.csv:5, columns days, quantity",
            seen="blank · blank",
            do="fill one of them",
            rule="T10",
        ),
    ]


def test_reserve_of_given_what_cannot_be_held_then_it_is_told() -> None:
    reserves = [
        {"resource": "flour", "days": 3},
        {"resource": "flour", "quantity": 3, "on": "2027-02-01"},
        {"resource": "flour", "quantity": 3, "on": "2026-10-31"},
        {"resource": "labour", "quantity": 3},
    ]
    assert told(together.reserve_of, resources=RESOURCES, reserves=reserves) == [
        message(
            "muster: 1 reserve counts days of a resource.",
            where="reserves.csv:2, columns resource, days",
            seen="flour · 3",
            do="give a quantity, or name the need the days are of",
            rule="T10",
        ),
        message(
            "muster: 2 reserves are held on a day outside the horizon.",
            where="reserves.csv:3, column on",
            seen="2027-02-01 (line 3), 2026-10-31 (line 4)",
            do="give a day from 2026-11-01 on and before 2027-02-01, or leave it blank for the end",
            rule="T10",
        ),
        message(
            "muster: warning: 1 reserve is of a resource that cannot be stored: it will never be held.",
            where="reserves.csv:5, column resource",
            seen="labour",
            do="delete the row, or give the resource a keep above 0",
            rule="T10",
        ),
    ]


def test_reserve_of_given_days_of_a_need_and_quantities_then_nothing_is_told() -> None:
    reserves = [
        {"need": "energy", "days": 7, "on": "2027-01-31"},
        {"need": "energy", "quantity": 7, "on": "2026-11-01"},
        {"resource": "flour", "quantity": 7},
    ]
    assert told(together.reserve_of, resources=RESOURCES, reserves=reserves) == []


def test_delays_given_two_of_them_or_one_of_an_input_then_it_is_told() -> None:
    recipes = [
        {"recipe": "grow", "resource": "wheat", "use": "output", "quantity": 1, "after_days": 90, "after_periods": 3},
        {"recipe": "grow", "resource": "seed", "use": "input", "quantity": 1, "after_periods": 1},
        {"recipe": "grow", "resource": "field", "use": "occupied", "quantity": 1, "after_days": 9},
    ]
    assert told(together.delays, recipes=recipes) == [
        message(
            "muster: 1 row of recipes has two delays.",
            where="recipes.csv:2, columns recipe, resource, after_days, after_periods",
            seen="grow · wheat · 90 · 3",
            do="give after_days or after_periods, not both",
            rule="T11",
        ),
        message(
            "muster: 2 rows of recipes have a delay but are no output.",
            where="recipes.csv:3, columns recipe, resource, after_days, after_periods",
            seen="grow · seed · blank · 1 (line 3), grow · field · 9 · blank (line 4)",
            do="leave the delay blank: only what is made can come later",
            rule="T11",
        ),
    ]


def test_delays_given_one_of_an_output_or_none_of_an_input_then_nothing_is_told() -> None:
    recipes = [
        {"recipe": "grow", "resource": "wheat", "use": "output", "quantity": 1, "after_days": 90},
        {"recipe": "grow", "resource": "straw", "use": "output", "quantity": 1, "after_periods": 3},
        {"recipe": "grow", "resource": "seed", "use": "input", "quantity": 1, "after_days": 0},
    ]
    assert told(together.delays, recipes=recipes) == []


def test_pooled_places_given_a_place_too_many_or_too_few_then_it_is_told() -> None:
    stocks = [{"place": "hill", "resource": "usd", "quantity": 1}, {"resource": "flour", "quantity": 1}]
    reserves = [{"place": "hill", "resource": "usd", "quantity": 1}]
    assert told(together.pooled_places, resources=RESOURCES, stocks=stocks, reserves=reserves) == [
        message(
            "muster: 1 stock has a place, but the resource is pooled.",
            where="stocks.csv:2, columns place, resource",
            seen="hill · usd",
            do="leave place blank, or write pooled no in resources.csv",
            rule="T12",
        ),
        message(
            "muster: 1 stock has no place, and the resource is not pooled.",
            where="stocks.csv:3, columns place, resource",
            seen="blank · flour",
            do="name the place, or write pooled yes in resources.csv",
            rule="T12",
        ),
        message(
            "muster: 1 reserve has a place, but the resource is pooled.",
            where="reserves.csv:2, columns place, resource",
            seen="hill · usd",
            do="leave place blank, or write pooled no in resources.csv",
            rule="T12",
        ),
    ]


def test_pooled_places_given_each_where_it_belongs_then_nothing_is_told() -> None:
    stocks = [
        {"resource": "usd", "quantity": 1},
        {"place": "hill", "resource": "flour", "quantity": 1},
        {"quantity": 1},
    ]
    reserves = [{"resource": "flour", "quantity": 1}]
    assert told(together.pooled_places, resources=RESOURCES, stocks=stocks, reserves=reserves) == []
