"""Policies for comparison, on villages worked out on paper."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from small_plans import flour, met, people, road, small, total

from muster.economy.economy import Economy
from muster.plan import PlanOptions
from muster.plan.folder import read
from muster.plan.plan import Plan
from muster.plan.policies import LEXIMIN, POLICIES, share_by
from muster.plan.proof import verify

CLOSE = 1e-5
SLACK = 1e-3
"""How far those who came before may slip."""


def shared(policy: str, economy: Economy, *, exact: bool = True) -> Plan:
    """Share out by a policy; the plan holds under the independent check."""
    plan = share_by(policy, economy, options=PlanOptions(exact=exact), progress=lambda progress: None)
    verdict = verify(economy, plan)
    assert verdict.holds, "\n".join(fault.text() for fault in verdict.faults)
    return plan


def three(quantity: float, **more: Any) -> Economy:
    """Return three villages around a depot, the last behind a road of 0.5 t a day; each takes 1 t for its floor."""
    usual = {
        "places": ["depot", "ada", "bor", "cil"],
        "people": people("ada", "bor", "cil"),
        "stocks": [flour(quantity, "depot")],
        "routes": [road("ada"), road("bor"), road("cil", capacity_t_per_day=0.5)],
    }
    return small(**{**usual, **more})


def levels(plan: Plan, standard: str = "floor", *, places: Iterable[str] = ("ada", "bor", "cil")) -> list[float]:
    return [met(plan, standard, place=place)[0] for place in places]


def test_share_by_equal_then_everybody_has_what_all_can_reach_and_the_rest_is_kept() -> None:
    plan = shared("equal", three(5.0))
    assert levels(plan) == pytest.approx([0.5, 0.5, 0.5], abs=CLOSE)
    assert total(plan.balances, "closing", place="depot") == pytest.approx(3.5, abs=CLOSE)
    assert total(plan.given) == pytest.approx(1.5, abs=CLOSE)


@pytest.mark.parametrize("policy", [policy for policy in POLICIES if policy != LEXIMIN])
def test_share_by_any_other_policy_then_it_says_that_nothing_is_proved_of_it(policy: str, tmp_path: Path) -> None:
    economy = three(3.0)
    made = read(shared(policy, economy).write(tmp_path / "plan"))
    verdict = verify(economy, made)
    assert verdict.holds
    assert (verdict.gap, made.goals[0]["gap"]) == (1.0, 1.0)
    assert "not proved at all" in verdict.text()
    better = tuple({**record, "gap": 0.0} for record in made.goals)
    assert {fault.rule for fault in verify(economy, replace(made, goals=better)).faults} == {"V62"}


def test_share_by_equal_given_goods_that_rot_then_they_are_not_handed_out_for_nothing() -> None:
    resources = [{"resource": "flour", "unit": "t", "class": "food", "keep": 0.0}]
    plan = shared("equal", three(5.0, resources=resources))
    assert total(plan.given) == pytest.approx(1.5, abs=CLOSE)


def test_share_by_proportional_then_nobody_is_above_the_average_that_can_be_delivered() -> None:
    # 3 t: cil can have 0.5 of its 2 t; 3 t / 6 t = 0.5 is the ratio; ada and bor stop at 0.5 of 2 t, cil at 0.25.
    plan = shared("proportional", three(3.0))
    assert levels(plan, "norm") == pytest.approx([0.5, 0.5, 0.25], abs=CLOSE)
    assert total(plan.balances, "closing", place="depot") == pytest.approx(0.5, abs=CLOSE)


def test_share_by_proportional_given_plenty_then_the_ratio_counts_what_roads_let_through() -> None:
    # 9 t: ada and bor could have 2 t each, cil 0.5 t: the ratio is 4.5 / 6 = 0.75.
    plan = shared("proportional", three(9.0))
    assert levels(plan, "norm") == pytest.approx([0.75, 0.75, 0.25], abs=CLOSE)


def test_share_by_first_come_then_each_place_takes_its_norm_in_the_order_of_the_table() -> None:
    plan = shared("first-come", three(3.0))
    assert levels(plan, "norm") == pytest.approx([1.0, 0.5, 0.0], abs=SLACK)
    other = shared("first-come", three(3.0, places=["cil", "depot", "bor", "ada"]))
    assert levels(other, "norm") == pytest.approx([0.25, 1.0, 0.25], abs=SLACK)


def test_share_by_first_come_given_many_places_then_those_that_have_everything_are_served_at_once() -> None:
    names = [f"v{number:02}" for number in range(30)]
    economy = small(
        places=["depot", *names],
        people=people(*names),
        stocks=[flour(51.0, "depot")],
        routes=[road(name) for name in names],
    )
    plan = shared("first-come", economy)
    have = [met(plan, "norm", place=name)[0] for name in names]
    assert have == pytest.approx([1.0] * 25 + [0.5] + [0.0] * 4, abs=SLACK)
    assert plan.goals[0]["rounds"] < 25


def test_share_by_first_come_given_two_needs_then_a_place_serves_its_worst_off_first() -> None:
    economy = small(
        more_resources=[{"resource": "coal", "unit": "t", "class": "fuel"}],
        places=["depot", "ada"],
        people=people("ada"),
        needs=[{"need": "food", "unit": "kg"}, {"need": "heat", "unit": "kWh"}],
        norms=[{"need": "food", "floor": 1, "norm": 2}, {"need": "heat", "floor": 4, "norm": 4}],
        contents=[
            {"resource": "flour", "need": "food", "amount": 1000},
            {"resource": "coal", "need": "heat", "amount": 1000},
        ],
        stocks=[flour(9.0, "depot"), flour(9.0, "depot", resource="coal")],
        routes=[road("ada", capacity_t_per_day=3.0)],
    )
    # A tonne raises food by 1/2 and heat by 1/4: a sum alone would give 2 t of flour and 1 t of coal.
    plan = shared("first-come", economy)
    assert met(plan, "norm", place="ada") == pytest.approx([0.5, 0.5], abs=SLACK)


def test_share_by_priority_then_the_first_tier_has_its_norm_before_the_second_has_its_floor() -> None:
    economy = small(
        groups=[{"group": "all"}, {"group": "old", "tier": 2}, {"group": "ill", "tier": 1}],
        people=[{"place": "village", "group": group, "people": 1000} for group in ("all", "old", "ill")],
        stocks=[flour(3.5)],
    )
    plan = shared("priority", economy)
    assert [met(plan, "norm", group=group)[0] for group in ("ill", "old", "all")] == pytest.approx(
        [1, 0.75, 0], abs=CLOSE
    )


def test_share_by_priority_given_one_tier_then_as_leximin() -> None:
    economy = three(3.0)
    assert levels(shared("priority", economy)) == pytest.approx(levels(shared(LEXIMIN, economy)), abs=CLOSE)


@pytest.mark.parametrize("policy", POLICIES)
def test_share_by_given_no_time_then_a_plan_that_can_be_done(policy: str) -> None:
    economy = three(3.0)
    options = PlanOptions(limit_seconds=0.0)
    plan = share_by(policy, economy, options=options, progress=lambda progress: None)
    assert verify(economy, plan).balanced


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("goals", [("effort",), ("norm",), ("floor", "effort"), ("reserve", "norm")])
def test_share_by_given_other_goals_then_the_plan_states_those(policy: str, goals: tuple[str, ...]) -> None:
    plan = shared(policy, three(3.0, options={"goals": goals}))
    assert tuple(record["goal"] for record in plan.goals) == goals


@pytest.mark.parametrize("policy", POLICIES)
def test_share_by_given_nobody_then_a_plan_of_nothing(policy: str) -> None:
    plan = shared(policy, small(people=[], stocks=[flour(3.0)]))
    assert plan.met.is_empty() and plan.given.is_empty()
