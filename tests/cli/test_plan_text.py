from dataclasses import replace
from pathlib import Path

import plans_by_hand
import plans_on_a_map
import polars as pl
import pytest

from muster.cli.plan_text import plan_text
from muster.errors import Fault
from muster.plan.plan import Plan
from muster.services.plans import Planned

BY_HAND = """\
By hand, November 2026 to January 2027

floor    at best all can reach 41 % of the survival minimum together
         in this plan at least 41 %, on average 87.9 %; below it 100 people (most: November 2026)
reserve  at best all reserves can be held at 50 % together
         in this plan at least 50 %, on average 83.3 %
norm     at best all can reach 20.5 % of the full standard together
         in this plan at least 20.5 %, on average 76.9 %; below it 150 people (most: November 2026)
effort   142 of weighted use, 654 t km of transport

Below the floor, first in November 2026:
  place    people  least met  of      in             below from
  village     100       41 %  energy  November 2026  November 2026

What holds village there:
  No flour.

plan     winter-plan
report   winter-plan/report.html"""


def text_of(plan: Plan, *warnings: Fault) -> str:
    return plan_text(Planned(plan, Path("winter-plan"), warnings))


def test_plan_text_given_a_plan_then_goals_people_and_places() -> None:
    assert text_of(plans_by_hand.plan(gap=1e-7)) == BY_HAND


def test_plan_text_given_many_places_then_ten_and_a_count() -> None:
    lines = text_of(plans_on_a_map.plan(30, 3)).splitlines()
    first = lines.index("Below the floor, first in November 2026:") + 2
    assert all("1,500       30 %" in line for line in lines[first : first + 10])
    assert lines[first + 10] == "  … and 17 places more: see the report"


def test_plan_text_given_many_limits_then_three_and_a_count() -> None:
    plan = plans_by_hand.plan(gap=1e-7)
    reasons = pl.concat(
        [plan.reasons.with_columns(rank=pl.lit(n, pl.Int64), sentence=pl.lit(f"Limit {n}.")) for n in range(1, 6)]
    )
    assert (
        "\nWhat holds village there:\n  Limit 1.\n  Limit 2.\n  Limit 3.\n  … and 2 limits more: see the report\n"
        in text_of(replace(plan, reasons=reasons))
    )


def test_plan_text_given_nobody_below_then_no_table() -> None:
    plan = plans_by_hand.plan(gap=1e-7)
    whole = replace(plan, met=plan.met.with_columns(met_floor=1.0))
    assert "Below the floor" not in text_of(whole)
    assert "on average 87.9 %; nobody below it\n" in text_of(whole)


def test_plan_text_given_a_plan_that_was_stopped_early_then_what_may_be_possible() -> None:
    plan = plans_by_hand.plan(gap=1e-7)
    goals = ({**plan.goals[0], "gap": 0.25}, *plan.goals[1:])
    text = text_of(replace(plan, goals=goals))
    assert "all can reach 41 % of the survival minimum together\n" in text
    assert "(stopped early: some may get up to 25 % more)" in text


def test_plan_text_given_a_goal_that_was_not_begun_then_it_says_so() -> None:
    plan = plans_by_hand.plan(gap=1e-7)
    goals = ({**plan.goals[0], "gap": 1.0, "rounds": 0}, *plan.goals[1:])
    assert "floor    not begun when the time was over\n" in text_of(replace(plan, goals=goals))


def test_plan_text_given_no_reserves_then_none_asked_for() -> None:
    plan = plans_by_hand.plan(gap=1e-7)
    assert "\nreserve  none asked for\n" in text_of(replace(plan, reserves=plan.reserves.clear()))


def test_plan_text_given_a_warning_then_where_to_read_it() -> None:
    warning = Fault("a is odd.", "stocks.csv:2", "a", "look", "T9", "warning")
    assert text_of(plans_by_hand.plan(gap=1e-7), warning).endswith(
        "\nnote     1 warning about the tables: muster check shows them"
    )


@pytest.mark.parametrize(
    ("people", "shown"), [(1.0, "1 person"), (1500.0, "1,500 people"), (2e6, "2.0 million people")]
)
def test_plan_text_given_few_and_many_people_then_plain_numbers(people: float, shown: str) -> None:
    plan = plans_on_a_map.plan(1, 1)
    met = plan.met.filter(plan.met["group"] == "poor").with_columns(people=people, met_floor=0.5)
    assert f"below it {shown} (most: November 2026)" in text_of(replace(plan, met=met))
