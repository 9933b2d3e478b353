"""Rules of numbers that cannot be."""

from __future__ import annotations

import pytest
from building import message, told

from muster.economy.rules import limits

NEEDS = [
    {"need": "energy", "unit": "kcal"},
    {"need": "protein", "unit": "g"},
    {"need": "iron", "unit": "mg"},
    {"need": "heat", "unit": "kWh"},
    {"need": "water", "unit": "l"},
]
RESOURCES = [
    {"resource": "flour", "unit": "t"},
    {"resource": "diesel", "unit": "l", "mass_t": 0.00084},
    {"resource": "biscuit", "unit": "piece", "mass_t": 0.0001},
    {"resource": "juice", "unit": "l"},
    {"resource": "cash", "unit": "usd", "mass_t": 0},
]


def contents(resource: str, need: str, amount: float) -> dict[str, object]:
    return {
        "resources": RESOURCES,
        "needs": NEEDS,
        "contents": [{"resource": resource, "need": need, "amount": amount}],
    }


def test_floor_and_norm_given_a_floor_above_then_it_is_told() -> None:
    norms = [
        {"need": "energy", "floor": 2100, "norm": 1400},
        {"need": "heat", "floor": 1, "norm": 1},
        {"need": "heat", "floor": 1},
    ]
    assert told(limits.floor_and_norm, norms=norms) == [
        message(
            "muster: 1 norm has a floor above the norm.",
            where="norms.csv:2, columns need, floor, norm",
            seen="energy · 2100 · 1400",
            do="exchange the two, or raise the norm",
            rule="T13",
        ),
    ]


def test_possible_contents_given_protein_of_360_g_in_100_g_then_it_is_told() -> None:
    assert told(limits.possible_contents, **contents("flour", "protein", 3_600_000)) == [
        message(
            "muster: 1 row of contents gives more protein than 1 t can hold.",
            where="contents.csv:2, column amount",
            seen="3600000 g in 1 t of flour",
            do="write how many g are in 1 t, not in 100 g or in another quantity",
            rule="T14",
        ),
    ]


def test_possible_contents_given_35_kcal_in_a_tonne_then_it_is_told() -> None:
    assert told(limits.possible_contents, **contents("flour", "energy", 35)) == [
        message(
            (
                "muster: 1 row of contents gives next to no energy (below 1 kcal/kg; oil has 9,000 "
                "kcal/kg, cucumber 150)."
            ),
            where="contents.csv:2, column amount",
            seen="35 kcal in 1 t of flour",
            do="write how many kcal are in 1 t, not in 100 g or in another quantity",
            rule="T14",
        ),
    ]


def test_possible_contents_given_kcal_per_kg_for_a_tonne_then_a_warning_is_given() -> None:
    assert told(limits.possible_contents, **contents("flour", "energy", 3500)) == [
        message(
            (
                "muster: warning: 1 row of contents gives very little energy (below 50 kcal/kg; oil has "
                "9,000 kcal/kg, cucumber 150)."
            ),
            where="contents.csv:2, column amount",
            seen="3500 kcal in 1 t of flour",
            do="write how many kcal are in 1 t, not in 100 g or in another quantity",
            rule="T14",
        ),
    ]


def test_possible_contents_given_more_heat_than_any_fuel_has_then_it_is_told() -> None:
    assert told(limits.possible_contents, **contents("diesel", "heat", 6500)) == [
        message(
            (
                "muster: 1 row of contents gives more heat than 1 l can hold (above 40 kWh/kg; hydrogen "
                "has 39.4 kWh/kg, wood 4)."
            ),
            where="contents.csv:2, column amount",
            seen="6500 kWh in 1 l of diesel",
            do="write how many kWh are in 1 l, not in 100 g or in another quantity",
            rule="T14",
        ),
    ]


def test_possible_contents_given_grams_per_kg_for_a_tonne_then_a_warning_is_given() -> None:
    assert told(limits.possible_contents, **contents("flour", "protein", 99)) == [
        message(
            "muster: warning: 1 row of contents gives hardly any protein (less than 0.01 g in 100 g).",
            where="contents.csv:2, column amount",
            seen="99 g in 1 t of flour",
            do="write how many g are in 1 t, not in 100 g or in another quantity",
            rule="T14",
        ),
    ]


def test_possible_contents_given_more_litres_than_a_litre_then_it_is_told() -> None:
    assert told(limits.possible_contents, **contents("juice", "water", 1000)) == [
        message(
            "muster: 1 row of contents gives more water than 1 l can hold.",
            where="contents.csv:2, column amount",
            seen="1000 l in 1 l of juice",
            do="write how many l are in 1 l, not in 100 g or in another quantity",
            rule="T14",
        ),
    ]


@pytest.mark.parametrize(
    ("resource", "need", "amount"),
    [
        ("flour", "energy", 3_500_000),
        ("flour", "energy", 0),
        ("flour", "protein", 1_000_000),
        ("flour", "protein", 100),
        ("flour", "iron", 5),
        ("flour", "water", 1000),
        ("biscuit", "energy", 450),
        ("diesel", "heat", 9.9),
        ("juice", "water", 1),
        ("juice", "energy", 10_000),
        ("cash", "energy", 10_000),
        ("unknown", "energy", 1),
        ("flour", "unknown", 1),
    ],
)
def test_possible_contents_given_what_can_be_then_nothing_is_told(resource: str, need: str, amount: float) -> None:
    assert told(limits.possible_contents, **contents(resource, need, amount)) == []


@pytest.mark.parametrize(("unit", "amount"), [("MJ", 3_600_000), ("kJ", 40_000_000_000)])
def test_possible_contents_given_energy_in_other_units_then_it_is_converted(unit: str, amount: float) -> None:
    needs = [{"need": "energy", "unit": unit}]
    given = [{"resource": "flour", "need": "energy", "amount": amount}]
    [message] = told(limits.possible_contents, resources=RESOURCES, needs=needs, contents=given)
    assert "more energy than 1 t can hold" in message


def test_occupied_lasts_given_labour_that_is_occupied_then_it_is_told() -> None:
    resources = [{"resource": "labour", "unit": "h", "keep": 0}, {"resource": "mill", "unit": "piece"}]
    recipes = [
        {"recipe": "mill", "resource": "labour", "use": "occupied", "quantity": 1},
        {"recipe": "mill", "resource": "mill", "use": "occupied", "quantity": 1},
        {"recipe": "mill", "resource": "labour", "use": "input", "quantity": 1},
    ]
    modes = [{"mode": "porter", "resource": "labour", "use": "occupied", "per_t": 1}]
    assert told(limits.occupied_lasts, resources=resources, recipes=recipes, modes=modes) == [
        message(
            "muster: 1 row of recipes occupies a resource that cannot be stored (keep 0).",
            where="recipes.csv:2, columns recipe, resource, use",
            seen="mill · labour · occupied",
            do="write input for what is used up, or give the resource a keep above 0",
            rule="T15",
        ),
        message(
            "muster: 1 row of modes occupies a resource that cannot be stored (keep 0).",
            where="modes.csv:2, columns mode, resource, use",
            seen="porter · labour · occupied",
            do="write consumed for what is used up, or give the resource a keep above 0",
            rule="T15",
        ),
    ]


def test_rationed_mass_given_a_member_without_mass_then_it_is_told() -> None:
    resources = [
        {"resource": "flour", "unit": "t", "class": "food"},
        {"resource": "eggs", "unit": "piece", "class": "food fresh"},
        {"resource": "milk", "unit": "l", "class": "food fresh"},
    ]
    rations = [{"class": "food", "most": 0.0007}, {"resource": "eggs", "most": 1}]
    assert told(limits.rationed_mass, resources=resources, rations=rations) == [
        message(
            "muster: 1 ration is of the class food, in which 2 resources have no mass.",
            where="rations.csv:2, column class",
            seen="food: eggs, milk",
            do="give them a mass_t in resources.csv, or ration resources one by one",
            rule="T16",
        ),
    ]


def test_rationed_mass_given_members_with_mass_or_a_class_not_rationed_then_nothing_is_told() -> None:
    resources = [
        {"resource": "eggs", "unit": "piece", "class": "food", "mass_t": 0.00006},
        {"resource": "milk", "unit": "l", "class": "fresh"},
    ]
    assert told(limits.rationed_mass, resources=resources, rations=[{"class": "food", "most": 1}]) == []


def test_packs_and_vehicles_given_nothing_in_them_then_a_fault() -> None:
    economy = {
        "resources": [{"resource": "flour", "unit": "t", "pack": 0.0}, {"resource": "diesel", "unit": "l"}],
        "modes": [{"mode": "truck", "resource": "diesel", "use": "consumed", "vehicle_t": 0.0}],
    }
    assert [text.splitlines()[0] for text in told(limits.packs_and_vehicles, **economy)] == [
        "muster: 1 resource has a pack of 0.",
        "muster: 1 row of modes has a vehicle_t of 0.",
    ]


def test_packs_and_vehicles_given_two_vehicles_for_one_mode_then_a_fault_but_not_for_one_named_once() -> None:
    def modes(*sizes: float | None) -> list[str]:
        rows = [{"mode": "truck", "resource": "diesel", "use": "consumed", "vehicle_t": size} for size in sizes]
        return told(
            limits.packs_and_vehicles, resources=[{"resource": "diesel", "unit": "l", "pack": 200.0}], modes=rows
        )

    assert modes(18.0, None) == modes(18.0, 18.0) == []
    (text,) = modes(18.0, 12.0)
    assert text.startswith("muster: 2 rows of modes name another vehicle than the same mode elsewhere.")
    assert "seen:  truck · 18 (line 2), truck · 12 (line 3)" in text
