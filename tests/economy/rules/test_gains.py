"""Rules of recipes that give more than they take."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from building import message, told

from muster.economy.rules import gains


def recipe(name: str, inputs: dict[str, float], outputs: dict[str, float], **more: float) -> list[dict[str, object]]:
    """Return the rows of a recipe; ``more`` is occupied."""
    uses = {"input": inputs, "output": outputs, "occupied": more}
    return [
        {"recipe": name, "resource": resource, "use": use, "quantity": quantity}
        for use, amounts in uses.items()
        for resource, quantity in amounts.items()
    ]


def economy(
    *recipes: list[dict[str, object]], effort: dict[str, float] | None = None, limit: float | None = None
) -> dict[str, object]:
    """Return tables with these recipes, each with a plant that has the limit."""
    rows = [row for each in recipes for row in each]
    weights = effort or {}
    names = dict.fromkeys(row["resource"] for row in rows)
    return {
        "resources": [{"resource": name, "unit": "t", "effort": weights.get(str(name), 0.0)} for name in names],
        "recipes": rows,
        "plants": [
            {"place": "a", "recipe": name, "runs_per_day": limit}
            for name in dict.fromkeys(row["recipe"] for row in rows)
        ],
    }


MILL = recipe("mill", {"wheat": 1}, {"flour": 0.75})
UNMILL = recipe("unmill", {"flour": 1}, {"wheat": 1.4})


def test_from_nothing_given_a_loop_that_gains_then_recipes_and_gain_are_named() -> None:
    assert told(gains.from_nothing, **economy(MILL, UNMILL)) == [
        message(
            "muster: warning: mill and unmill together make flour from nothing.",
            where="recipes.csv:2, columns recipe, resource, use, quantity",
            seen="mill · flour · output · 0.75 (line 3), unmill · flour · input · 1 (line 4)",
            do=("correct the quantities: one round of them gives back more than it takes; or add what else is used up"),
            rule="T21",
        ),
    ]


def test_from_nothing_given_a_gain_that_has_effort_then_it_is_a_fault() -> None:
    assert told(gains.from_nothing, **economy(MILL, UNMILL, effort={"wheat": 1})) == [
        message(
            "muster: mill and unmill together make wheat from nothing.",
            where="recipes.csv:2, columns recipe, resource, use, quantity",
            seen="mill · wheat · input · 1 (line 2), unmill · wheat · output · 1.4 (line 5)",
            do=("correct the quantities: one round of them gives back more than it takes; or add what else is used up"),
            rule="T21",
        ),
    ]


def test_from_nothing_given_three_recipes_of_very_different_units_then_the_loop_is_found() -> None:
    trade = [
        recipe("buy", {"usd": 1e6}, {"gold": 0.9}),
        recipe("split", {"gold": 1}, {"dust": 8e6}),
        recipe("sell", {"dust": 1e-3}, {"usd": 0.00014}),
    ]
    assert told(gains.from_nothing, **economy(*trade)) == [
        message(
            "muster: warning: buy, split and sell together make usd from nothing.",
            where="recipes.csv:2, columns recipe, resource, use, quantity",
            seen="buy · usd · input · 1000000 (line 2), sell · usd · output · 0.00014 (line 7)",
            do=("correct the quantities: one round of them gives back more than it takes; or add what else is used up"),
            rule="T21",
        ),
    ]


def test_from_nothing_given_one_recipe_that_returns_more_than_it_takes_then_it_is_told() -> None:
    assert told(gains.from_nothing, **economy(recipe("breed", {"hens": 10}, {"hens": 12}))) == [
        message(
            "muster: warning: breed makes hens from nothing.",
            where="recipes.csv:2, columns recipe, resource, use, quantity",
            seen="breed · hens · input · 10 (line 2), breed · hens · output · 12 (line 3)",
            do="correct the quantities: one run gives back more than it takes; or add what else is used up",
            rule="T21",
        ),
    ]


@pytest.mark.parametrize(
    "recipes",
    [
        [MILL],
        [MILL, recipe("unmill", {"flour": 0.75}, {"wheat": 1})],
        [MILL, recipe("unmill", {"flour": 1}, {"wheat": 1.3})],
        [MILL, recipe("unmill", {"flour": 1, "labour": 3}, {"wheat": 1.4})],
        [recipe("breed", {"hens": 10, "grain": 1}, {"hens": 12})],
        [recipe("exchange", {"usd": 3}, {"eur": 1}), recipe("back", {"eur": 1 / 3}, {"usd": 1})],
        [],
    ],
    ids=["no loop", "nothing lost", "loss", "labour is used up", "grain is used up", "rounding", "no recipes"],
)
def test_from_nothing_given_no_gain_then_nothing_is_told(recipes: list[list[dict[str, object]]]) -> None:
    assert told(gains.from_nothing, **economy(*recipes)) == []


@pytest.mark.parametrize(
    "answer",
    [SimpleNamespace(status=4, x=None), SimpleNamespace(status=0, x=np.array([0.0, 1.0]))],
    ids=["no answer", "more is lost than rounding"],
)
def test_from_nothing_given_an_answer_that_cannot_be_trusted_then_nothing_is_told(
    answer: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scipy.optimize.linprog", lambda *args, **options: answer)
    assert told(gains.from_nothing, **economy(MILL, UNMILL)) == []


def test_from_nothing_given_a_spring_without_limit_then_a_warning_is_given() -> None:
    spring = recipe("spring", {}, {"water": 10})
    assert told(gains.from_nothing, **economy(spring)) == [
        message(
            "muster: warning: spring makes as much as one likes from nothing.",
            where="recipes.csv:2, columns recipe, resource, quantity",
            seen="spring · water · 10",
            do="add what is used up as an input, or give runs_per_day in plants.csv",
            rule="T21",
        ),
    ]
    assert told(gains.from_nothing, **economy(spring, limit=3)) == []
    assert told(gains.from_nothing, **economy(recipe("spring", {}, {"water": 10}, pump=1))) == []


def test_from_nothing_given_a_spring_of_something_with_effort_then_it_is_a_fault() -> None:
    springs = recipe("spring", {}, {"water": 10}), recipe("well", {}, {"water": 1}, pump=1)
    assert told(gains.from_nothing, **economy(*springs, effort={"water": 1}, limit=3)) == [
        message(
            "muster: spring and well make something that has effort from nothing.",
            where="recipes.csv:2, columns recipe, resource, quantity",
            seen="spring · water · 10 (line 2), well · water · 1 (line 3)",
            do="add what is used up as an input, or leave effort out for water",
            rule="T21",
        ),
    ]


def test_effort_gained_given_outputs_that_weigh_more_then_it_is_told() -> None:
    buy = recipe("buy", {"usd": 500}, {"diesel": 1000})
    assert told(gains.effort_gained, **economy(buy, effort={"diesel": 1, "usd": 0.01})) == [
        message(
            "muster: warning: The outputs of buy have more effort than the inputs.",
            where="recipes.csv:3, columns recipe, resource, quantity",
            seen="buy: 1,000 out, 5 in",
            do="give effort in resources.csv to what is first used up, not to what is made from it",
            rule="T22",
        ),
    ]


def test_effort_gained_given_outputs_that_weigh_no_more_then_nothing_is_told() -> None:
    buy = recipe("buy", {"usd": 500}, {"diesel": 1000})
    assert told(gains.effort_gained, **economy(buy, effort={"diesel": 1, "usd": 2})) == []
    assert told(gains.effort_gained, **economy(buy)) == []
