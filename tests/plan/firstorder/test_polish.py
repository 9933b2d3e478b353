"""Polishing: what misses rows by a little hardly misses them afterwards, and is hardly different."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from muster.plan.firstorder import polish
from muster.plan.firstorder.runs import runs_of
from muster.plan.firstorder.search import Linear
from muster.plan.firstorder.solver import POLISHED
from muster.plan.firstorder.weighing import weighed
from muster.plan.sets import Bools, Floats

WEEKS = 60


def chain(loss: float) -> tuple[Linear, Floats, Bools]:
    """A store over many weeks: each week something is given, and the rest lies until the next; every week lacks a hair.

    Columns: what lies at the end of each week, then what is given in each; rows: the balance of each week.

    Returns:
        The program, amounts that miss it, and which of them are given.
    """
    lie, give = sp.eye_array(WEEKS) - sp.eye_array(WEEKS, k=-1), sp.eye_array(WEEKS)
    matrix = weighed(runs_of(sp.csc_array(sp.hstack([lie, give]))))
    limit = np.zeros(WEEKS)
    limit[0] = float(WEEKS)
    left = np.arange(WEEKS - 1.0, -1.0, -1.0)
    x = np.concatenate([left * (1.0 + loss * np.arange(WEEKS)), np.ones(WEEKS)])[matrix.runs.order]
    many = np.full(2 * WEEKS, np.inf)
    program = Linear(matrix, np.zeros(2 * WEEKS), np.zeros(2 * WEEKS), many, np.full(WEEKS, -np.inf), limit)
    return program, x, matrix.runs.order >= WEEKS


def missed(program: Linear, x: Floats) -> float:
    """Return the largest share of what passes through a row that is missed."""
    over = program.matrix.takes(x) - program.row_high
    return float((over / program.matrix.takes(x, sizes=True)).max())


def test_polished_chain_that_lacks_a_hair_every_week_then_all_of_it_holds_and_what_is_given_hardly_falls() -> None:
    program, x, given = chain(1e-3)
    assert missed(program, x) > 1e-4
    rows, near = polish.by_row(program), x
    for _ in range(POLISHED):
        near = polish.polished(program, rows, near)
    assert missed(program, near) <= 2 * polish.HOLDS
    assert np.abs(near[given] - 1.0).max() < 0.06


def test_polished_what_holds_then_nothing_moves_that_counts() -> None:
    program, x, _ = chain(0.0)
    assert polish.polished(program, polish.by_row(program), 0.99 * x) == pytest.approx(0.99 * x, rel=1e-4)


def test_polished_where_there_is_nothing_then_nothing() -> None:
    program, x, _ = chain(0.0)
    assert not polish.polished(program, polish.by_row(program), np.zeros_like(x)).any()


def test_polished_lower_limit_that_is_missed_then_it_is_met() -> None:
    matrix = weighed(runs_of(sp.csc_array(np.array([[1.0, 1.0]]))))
    program = Linear(matrix, np.zeros(2), np.zeros(2), np.full(2, np.inf), np.array([2.0]), np.full(1, np.inf))
    near = polish.polished(program, polish.by_row(program), np.array([0.9, 0.9]))
    assert near.sum() == pytest.approx(2.0, abs=1e-4)
    assert near[0] == pytest.approx(near[1])


@pytest.mark.parametrize("backward", [False, True])
def test_sweep_then_as_uncompiled(backward: bool) -> None:
    program, x, _ = chain(1e-2)
    rows = polish.by_row(program)
    limits = program.low, program.high, program.row_low, program.row_high
    answers = []
    for run in (polish._sweep, polish._sweep.py_func):  # type: ignore[attr-defined]
        moved = x.copy()
        answers.append((run(rows, limits, moved, (1e-8, 1e-4), backward), moved))
    assert answers[0][0] == pytest.approx(answers[1][0])
    assert answers[0][1] == pytest.approx(answers[1][1])
