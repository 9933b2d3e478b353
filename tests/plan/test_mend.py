"""Mending: what a rough answer becomes holds every row, grows nowhere, and is the same compiled or not."""

from __future__ import annotations

import numpy as np
import pytest

from muster.economy.read import read
from muster.plan.goals import Choice, pursue
from muster.plan.mend import _cut, mender_of
from muster.plan.program import Program, build
from muster.plan.repair import EXACT, physical
from muster.plan.sets import Floats


@pytest.fixture(scope="module")
def program() -> Program:
    return build(read("examples/two-villages"))


@pytest.fixture(scope="module")
def best(program: Program) -> Floats:
    """Columns of a plan that holds, scaled."""
    outcome = pursue(program, Choice(("floor",), 0.05, 0.001, False, None), lambda progress: None)
    return outcome.x / program.matrix.column_scale


def over(program: Program, x: Floats) -> float:
    """Return the largest share by which more goes out of a row about goods than comes in."""
    rows, columns = physical(program.matrix)
    entries = program.matrix.entries[:, np.flatnonzero(columns)][np.flatnonzero(rows)]
    amounts = (x * program.matrix.column_scale)[columns]
    going = entries.maximum(0.0) @ amounts
    coming = program.matrix.limit[rows] + (-entries).maximum(0.0) @ amounts
    return float(((going - coming) / np.maximum(going, 1e-9)).max())


@pytest.mark.parametrize("rough", [0.0, 1e-4, 0.05, 1.0])
def test_mended_rough_answer_then_every_row_holds_and_nothing_about_goods_grows(
    program: Program, best: Floats, rough: float
) -> None:
    rng = np.random.default_rng(7)
    x = best * (1.0 + rough * rng.random(len(best)))
    mended = mender_of(program.matrix)(x)
    assert over(program, mended) <= 2 * EXACT
    _, columns = physical(program.matrix)
    assert np.all(mended[columns] <= x[columns] * (1.0 + 1e-12))


def test_mended_answer_that_holds_then_it_stays(program: Program, best: Floats) -> None:
    mended = mender_of(program.matrix)(0.999 * best)
    _, columns = physical(program.matrix)
    assert over(program, mended) <= 2 * EXACT
    assert mended[columns] == pytest.approx(0.999 * best[columns], rel=2e-3, abs=1e-6)


def test_mended_where_nothing_is_anywhere_then_nothing_goes_round_either(program: Program) -> None:
    mender = mender_of(program.matrix)
    amounts = np.ones(len(mender.columns))
    _cut(mender.by_row, mender.by_column, np.zeros_like(mender.limit), amounts, mender.dust)
    assert not amounts.any()


def test_cut_then_as_uncompiled(program: Program, best: Floats) -> None:
    mender = mender_of(program.matrix)
    rough = (1.1 * best * program.matrix.column_scale)[mender.columns]
    answers = []
    for run in (_cut, _cut.py_func):  # type: ignore[attr-defined]
        amounts = rough.copy()
        run(mender.by_row, mender.by_column, mender.limit, amounts, mender.dust)
        answers.append(amounts)
    assert answers[0] == pytest.approx(answers[1], rel=1e-12)


def test_physical_then_what_is_about_goods_comes_first(program: Program) -> None:
    for each in physical(program.matrix):
        assert each.any()
        assert np.all(np.diff(each.astype(int)) <= 0)
