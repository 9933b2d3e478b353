"""The first max-min by several solvers: the same program for all, and answers judged alike."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp

from benchmarks.maxmin import first_ladder, first_stage, given_of, level, with_gaps
from benchmarks.programs import Given, violations
from benchmarks.regions import SIZES, region
from muster.plan.program import Program, build
from muster.plan.solver import Solution, Solver


@pytest.fixture(scope="module")
def small() -> tuple[Program, Given, Solution]:
    """A region whose floor cannot be met, its first program, and the best answer to it."""
    economy = region(SIZES["tiny"], seed=1).with_options(goals=("norm",))
    program = build(economy)
    ladder = first_ladder(program, economy)
    stage = first_stage(ladder)
    return program, given_of(program, ladder, stage), Solver(ladder.entries).solve(stage)


def test_given_written_and_read_then_the_same(small: tuple[Program, Given, Solution], tmp_path: Path) -> None:
    _, given, _ = small
    given.write(tmp_path / "program.npz")
    again = Given.read(tmp_path / "program.npz")
    assert (again.entries != given.entries).nnz == 0
    for name in ("cost", "low", "high", "row_low", "row_high", "row_unit", "column", "per_unit", "offset"):
        np.testing.assert_array_equal(getattr(again, name), getattr(given, name))


def test_level_given_the_best_answer_then_its_value(small: tuple[Program, Given, Solution]) -> None:
    program, given, solution = small
    assert 0.1 < solution.value < 0.999
    assert level(program, given, solution.x) == pytest.approx(solution.value, abs=1e-7)
    assert violations(given, solution.x)["relative"] < 1e-7


def test_level_given_an_answer_that_promises_too_much_then_what_can_be_done(
    small: tuple[Program, Given, Solution],
) -> None:
    program, given, solution = small
    x = solution.x.copy()
    _, where = program.matrix.column_kind("given")
    x[where] *= 1.5
    found = violations(given, x)
    assert found["tonnes"] > 1e-3 and found["relative"] > 0.01
    assert level(program, given, x) <= solution.value + 1e-7


def test_violations_given_rows_missed_then_in_tonnes_and_as_a_share_of_what_goes_through() -> None:
    entries = sp.csc_array(np.array([[1.0, 1.0], [1.0, 0.0]]))
    nothing = np.empty(0)
    given = Given(
        entries,
        *(np.zeros(2), np.zeros(2), np.full(2, np.inf)),
        *(np.array([-np.inf, 4.0]), np.array([10.0, np.inf])),
        np.array([100.0, np.nan]),
        *(np.empty(0, dtype=np.int32), nothing, nothing),
    )
    assert violations(given, np.array([5.0, 6.0])) == {"tonnes": 100.0, "relative": pytest.approx(1 / 11)}
    assert violations(given, np.array([3.0, -7.0])) == {"tonnes": 0.0, "relative": pytest.approx(1 / 4)}


def test_with_gaps_given_runs_then_each_level_is_measured_against_the_lowest_bound() -> None:
    runs = [
        {"bound": 0.5, "level": 0.49, "value": 0.5},
        {"bound": None, "level": 0.4, "value": 0.6},
        {"bound": 0.6, "level": None, "value": None},
    ]
    assert [run["gap"] for run in with_gaps(runs)] == [pytest.approx(0.02), pytest.approx(0.2), None]


def test_with_gaps_given_no_bound_then_none() -> None:
    assert with_gaps([{"bound": None, "level": 0.4, "value": 0.4}])[0]["gap"] is None


def test_with_gaps_given_an_answer_that_was_not_repaired_in_time_then_that_of_its_value() -> None:
    assert with_gaps([{"bound": 0.5, "level": None, "value": 0.4}])[0]["gap"] == pytest.approx(0.2)
