"""What can be asked of a plan."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from small_plans import flour, planned

from muster.errors import PlanError
from muster.plan.plan import Plan


@pytest.fixture(scope="module")
def plan() -> Plan:
    """Return a plan in which the village lacks food on both days, and the camp has enough."""
    return planned(
        periods=2,
        places=["village", "camp"],
        needs=[{"need": "food", "name": "Food energy", "unit": "kg"}],
        stocks=[flour(0.5)],
    )


def test_why_given_place_need_and_period_then_the_reasons_of_those(plan: Plan) -> None:
    every = plan.why("village")
    assert every.columns == plan.reasons.columns
    assert every["period"].to_list() == [0, 1]
    assert plan.why("village", need="food").equals(every)
    assert plan.why("village", need="Food energy").equals(every)
    assert plan.why("VILLAGE", need="food Energy").equals(every)
    assert plan.why("village", need="food", period=1).equals(every.filter(pl.col("period") == 1))
    assert plan.why("village", period=7).height == 0


def test_why_given_a_place_that_lacks_nothing_then_no_reasons(plan: Plan) -> None:
    assert plan.why("camp").height == 0


@pytest.mark.parametrize(("place", "need"), [("vilage", None), ("village", "fod")])
def test_why_given_what_is_not_there_then_an_error_with_the_nearest(plan: Plan, place: str, need: str | None) -> None:
    with pytest.raises(PlanError) as caught:
        plan.why(place, need=need)
    (fault,) = caught.value.faults
    assert all((fault.what, fault.where, fault.seen, fault.do, fault.rule))
    assert ("village" if need is None else "food") in fault.do.lower()


def test_write_where_something_else_lies_then_it_is_left(plan: Plan, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "to-anna.txt").write_text("Dear Anna", encoding="utf-8")
    for path in (tmp_path / "letters", tmp_path / "letters" / "to-anna.txt"):
        with pytest.raises(PlanError, match="is not a plan"):
            plan.write(path)
    assert (tmp_path / "letters" / "to-anna.txt").read_text(encoding="utf-8") == "Dear Anna"
    assert [path.name for path in tmp_path.rglob("*")] == ["letters", "to-anna.txt"]
