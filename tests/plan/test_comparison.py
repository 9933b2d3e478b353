"""Policies side by side, on the example that is worked out by hand."""

import pytest
from small_plans import flour, people, road, small

import muster
from muster.errors import PlanError
from muster.plan.comparison import CURVE, TABLE, Comparison, compare
from muster.plan.options import PlanOptions
from muster.plan.policies import POLICIES
from muster.services.economies import examples_folder

SLACK = 1.1e-3


@pytest.fixture(scope="module")
def villages() -> Comparison:
    return muster.compare(muster.read(examples_folder() / "two-villages"))


def column(found: Comparison, name: str) -> dict[str, float]:
    return dict(zip(found.table["policy"], found.table[name], strict=True))


def test_compare_given_two_villages_then_the_worst_off_as_worked_out_by_hand(villages: Comparison) -> None:
    # Proportional: a tonne of coal to Valley's thousand counts twice a tonne to Hill's five hundred, flour alike. So
    # most could be delivered with all coal in Valley: (60 / 61.333 + 60 / 55.2) × 1000 / 3000 = 0.68841 of the norm.
    # Valley's coal stops there, at 42.222 t; Hill has the other 17.778 t of the 61.333 t of its norm.
    ratio = (60 / (184 / 3) + 60 / 55.2) / 3
    hill = (60 - ratio * 184 / 3) / (184 / 3)
    expected = {
        "leximin": 45 / (500 * 92 * (0.4 + 2 / 3) / 1000),
        "equal": 45 / (500 * 92 * (0.4 + 2 / 3) / 1000),
        "proportional": 2 * hill,
        "priority": 45 / (500 * 92 * (0.4 + 2 / 3) / 1000),
        "first-come": 0.0,
    }
    assert column(villages, "worst") == pytest.approx(expected, abs=2 * SLACK)


def test_compare_given_two_villages_then_what_is_kept_as_worked_out_by_hand(villages: Comparison) -> None:
    kept = column(villages, "kept_t")
    ratio = (60 / (184 / 3) + 60 / 55.2) / 3
    level = 45 / (500 * 92 * (0.4 + 2 / 3) / 1000)
    need = 0.4 * 138 + 184 / 3  # t of flour and coal for everybody's floor
    assert kept["proportional"] == pytest.approx(60 - ratio * (55.2 + 27.6), abs=0.1)
    assert kept["equal"] == pytest.approx(120 - level * need, abs=0.1)
    assert kept["leximin"] == pytest.approx(0, abs=0.1)


def test_compare_given_two_villages_then_people_below_and_averages(villages: Comparison) -> None:
    assert column(villages, "people_below") == {
        "leximin": 500,
        "equal": 1500,
        "proportional": 500,
        "priority": 500,
        "first-come": 500,
    }
    assert set(villages.table["people"]) == {1500.0}
    assert column(villages, "mean")["leximin"] == pytest.approx((1000 + 500 * 0.91712) / 1500, abs=SLACK)
    moved = column(villages, "moved_t")
    assert moved["leximin"] == pytest.approx(45 + 37.125 + 31.875, abs=0.1)


def test_compare_given_a_comparison_then_the_curve_is_everybody_from_the_least_on(villages: Comparison) -> None:
    mine = villages.curve.filter(policy="leximin")
    assert mine["people"].to_list() == [500, 1000]
    assert mine["up_to"].to_list() == [500, 1500]
    assert mine["level"].is_sorted()
    assert dict(villages.table.schema) == dict(TABLE)
    assert dict(villages.curve.schema) == dict(CURVE)


def test_compare_given_no_floor_anywhere_then_people_are_measured_by_the_norm() -> None:
    economy = small(
        places=["depot", "village"],
        people=people("village"),
        norms=[{"need": "food", "floor": 0, "norm": 2}],
        stocks=[flour(1.0, "depot")],
        routes=[road()],
    )
    found = compare(economy)
    assert found.measure == "norm"
    assert column(found, "worst") == pytest.approx(dict.fromkeys(POLICIES, 0.5), abs=SLACK)


def test_compare_given_effort_is_no_goal_then_the_way_of_leximin_is_unknown() -> None:
    found = compare(small(stocks=[flour(1.0)]), policies=["equal"], options=PlanOptions(goals=("floor",)))
    assert found.table["tonne_km"].to_list() == [None]


@pytest.mark.parametrize("policies", [["leximn"], ["equal", "equal"], []])
def test_compare_given_policies_that_are_none_then_a_message(policies: list[str]) -> None:
    with pytest.raises(PlanError) as refusal:
        compare(small(), policies=policies)
    assert refusal.value.faults[0].rule == "P8"
