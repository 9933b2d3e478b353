"""The solver: an answer is read only where it is optimal, else the stage is tried another way."""

from __future__ import annotations

import time
from collections.abc import Callable

import highspy
import numpy as np
import pytest
import scipy.sparse as sp
from small_plans import flour, met, planned, road, small

from muster.errors import PlanError
from muster.plan import PlanOptions, share_out
from muster.plan.solver import OutOfTime, Solver, Stage, Watch, bound, central

UNTRUSTED = (
    highspy.HighsModelStatus.kUnknown,
    highspy.HighsModelStatus.kIterationLimit,
    highspy.HighsModelStatus.kUnboundedOrInfeasible,
    highspy.HighsModelStatus.kSolveError,
    highspy.HighsModelStatus.kTimeLimit,
)
Answers = Callable[[int, highspy.HighsModelStatus], None]


def stage(**changes: object) -> Stage:
    """Return the stage: maximise x + y with x + 2 y ≤ 4, 3 x + y ≤ 6, both from 0 to 9; best at (1.6, 1.2)."""
    usual = {
        "name": "goal floor, band",
        "cost": np.ones(2),
        "low": np.zeros(2),
        "high": np.full(2, 9.0),
        "row_low": np.full(2, -np.inf),
        "row_high": np.array([4.0, 6.0]),
    }
    return Stage(**{**usual, **changes})  # type: ignore[arg-type]


ENTRIES = sp.csc_array(np.array([[1.0, 2.0], [3.0, 1.0]]))


@pytest.fixture
def first_answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    """Return a function that lets the solver's first answers from now on end in a status."""
    real = highspy.Highs.getModelStatus

    def end(count: int, status: highspy.HighsModelStatus) -> None:
        left = [count]

        def said(highs: highspy.Highs) -> highspy.HighsModelStatus:
            left[0] -= 1
            return status if left[0] >= 0 else real(highs)

        monkeypatch.setattr(highspy.Highs, "getModelStatus", said)

    return end


def test_solve_small_program_then_value_duals_and_bound() -> None:
    solution = Solver(ENTRIES).solve(stage())
    assert solution.x == pytest.approx([1.6, 1.2])
    assert solution.duals == pytest.approx([0.4, 0.2])
    assert (solution.value, solution.bound) == pytest.approx((2.8, 2.8))


def test_solve_lower_limits_then_their_duals_are_below_zero() -> None:
    # minimise x + y with x + 2 y at least 4: y = 2
    solution = Solver(ENTRIES).solve(
        stage(cost=-np.ones(2), row_low=np.array([4.0, -np.inf]), row_high=np.array([np.inf, 6.0]))
    )
    assert solution.value == pytest.approx(-2)
    assert solution.duals == pytest.approx([-0.5, 0])
    assert solution.bound == pytest.approx(-2)


@pytest.mark.parametrize("changes", [{}, {"patience": 1000}, {"patience": 1000, "same_prices": True}])
def test_solve_stage_after_stage_then_each_has_its_own_answer(changes: dict[str, object]) -> None:
    solver = Solver(ENTRIES)
    assert solver.solve(stage()).value == pytest.approx(2.8)
    assert solver.solve(stage(row_high=np.array([2.0, 6.0]), **changes)).x == pytest.approx([2, 0])
    assert solver.solve(stage(cost=np.array([0.0, 1.0]), **changes)).x == pytest.approx([0, 2])
    assert solver.solve(stage(high=np.array([1.0, 9.0]), **changes)).x == pytest.approx([1, 1.5])


@pytest.mark.parametrize("status", UNTRUSTED)
@pytest.mark.parametrize("failing", [1, 2, 3, 4, 5])
def test_solve_first_ways_without_an_optimum_then_the_next_is_taken(
    first_answers: Answers, failing: int, status: highspy.HighsModelStatus
) -> None:
    first_answers(failing, status)
    assert Solver(ENTRIES).solve(stage()).x == pytest.approx([1.6, 1.2])


@pytest.mark.parametrize("changes", [{}, {"patience": 1000}, {"patience": 1000, "same_prices": True}])
@pytest.mark.parametrize("failing", [1, 3, 4])
def test_solve_later_stage_without_an_optimum_then_the_next_way_is_taken(
    first_answers: Answers, failing: int, changes: dict[str, object]
) -> None:
    solver = Solver(ENTRIES)
    solver.solve(stage())
    first_answers(failing, highspy.HighsModelStatus.kUnknown)
    assert solver.solve(stage(row_high=np.array([2.0, 6.0]), **changes)).x == pytest.approx([2, 0])


def test_solve_without_an_optimum_in_any_way_then_an_error_of_five_fields(first_answers: Answers) -> None:
    first_answers(1000, highspy.HighsModelStatus.kUnknown)
    with pytest.raises(PlanError) as caught:
        Solver(ENTRIES).solve(stage())
    (fault,) = caught.value.faults
    assert all((fault.what, fault.where, fault.seen, fault.do, fault.rule))
    assert fault.where == "goal floor, band"
    assert fault.rule == "P1"
    assert fault.seen.count("unknown") == 6
    assert "--slack" in fault.do


def test_solve_what_cannot_be_then_an_error() -> None:
    with pytest.raises(PlanError, match="infeasible"):
        Solver(ENTRIES).solve(stage(row_low=np.array([50.0, -np.inf]), row_high=np.full(2, np.inf)))


def test_solve_without_an_optimum_and_the_time_over_then_out_of_time(first_answers: Answers) -> None:
    first_answers(1000, highspy.HighsModelStatus.kTimeLimit)
    with pytest.raises(OutOfTime):
        Solver(ENTRIES, watch=Watch(time.monotonic() - 1)).solve(stage())


def test_solve_with_time_left_then_it_is_not_used_up() -> None:
    solver = Solver(ENTRIES, watch=Watch(time.monotonic() + 60))
    assert solver.solve(stage()).value == pytest.approx(2.8)
    assert solver.solve(stage(row_high=np.array([2.0, 6.0]))).value == pytest.approx(2)


@pytest.mark.parametrize("failing", [1, 3, 5])
def test_share_out_with_ways_that_end_untrusted_then_the_same_levels(first_answers: Answers, failing: int) -> None:
    tables = {"places": ["depot", "village"], "stocks": [flour(1, "depot")], "routes": [road(capacity_t_per_day=0.25)]}
    first_answers(failing, highspy.HighsModelStatus.kUnknown)
    assert met(planned(**tables)) == pytest.approx([0.25], abs=1e-6)


def test_share_out_without_a_trusted_answer_then_the_error_names_the_goal(first_answers: Answers) -> None:
    first_answers(100_000, highspy.HighsModelStatus.kUnknown)
    with pytest.raises(PlanError, match="goal floor"):
        share_out(small(stocks=[flour(0.5)]))


@pytest.mark.parametrize("duals", [[0.0, 0.0], [0.4, 0.2], [1.0, 1.0], [0.5, 0.0], [0.3, -0.4], [-2.0, 5.0]])
def test_bound_of_any_duals_then_no_answer_is_worth_more(duals: list[float]) -> None:
    assert bound(ENTRIES, stage(), np.array(duals)) >= 2.8 - 1e-12


def test_bound_of_the_best_duals_then_the_best_value() -> None:
    assert bound(ENTRIES, stage(), np.array([0.4, 0.2])) == pytest.approx(2.8)
    assert bound(ENTRIES, stage(), np.zeros(2)) == pytest.approx(18)
    # a column without an upper bound that is priced out
    assert bound(ENTRIES, stage(high=np.full(2, np.inf)), np.array([0.4, 0.2])) == pytest.approx(2.8)


def test_solver_then_it_says_its_name_and_version() -> None:
    assert Solver.name.startswith("HiGHS 1.")
    assert planned(PlanOptions(goals=("floor",)), stocks=[flour(1)]).solver == Solver.name


def test_central_then_an_answer_from_the_middle_with_a_price_for_all_that_can_have_one() -> None:
    # x + y at most 4, said twice: at a corner one of the two has all of the price
    twice = stage(row_high=np.array([4.0, 4.0]))
    solution = central(sp.csc_array(np.ones((2, 2))), twice)
    assert solution.value == pytest.approx(4)
    assert solution.duals.sum() == pytest.approx(1)
    assert (solution.duals > 0.01).all()
    assert (solution.x > 0.01).all()


def test_central_given_what_cannot_be_then_an_error_that_names_the_stage() -> None:
    with pytest.raises(PlanError, match="goal floor, band"):
        central(sp.csc_array(np.ones((2, 2))), stage(row_low=np.array([50.0, -np.inf]), row_high=np.array([60.0, 1.0])))
