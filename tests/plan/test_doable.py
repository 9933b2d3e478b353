"""What can be done of a rough answer: it takes from nobody, and is counted as what it gives."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.regions import Size, region
from muster.plan.doable import GIVES_WAY, completed, without_loss
from muster.plan.goals import service_of
from muster.plan.ladder import Ladder, ladder_of
from muster.plan.leximin import Rules, Standing, band, common_level
from muster.plan.program import build
from muster.plan.solver import Solver
from muster.plan.stage import Solution


@pytest.fixture(scope="module")
def ladder() -> Ladder:
    program = build(region(Size(10, 6, 3), seed=3))
    nothing = np.zeros(program.matrix.entries.shape[1])
    return ladder_of(program.matrix, (service_of(program, "norm"),), effort=nothing, tonne_km=nothing)


@pytest.fixture(scope="module")
def lowest(ladder: Ladder) -> Solution:
    return Solver(ladder.entries).solve(common_level(ladder, nobody(ladder), 0, 1e-3))


def nobody(ladder: Ladder) -> Standing:
    return Standing(np.full(ladder.rungs, np.nan), np.zeros(ladder.columns))


def test_completed_then_the_level_is_that_of_the_lowest(ladder: Ladder, lowest: Solution) -> None:
    stage = common_level(ladder, nobody(ladder), 0, 1e-3)
    whole = completed(ladder, stage, lowest.x[: ladder.columns])
    assert float(stage.cost @ whole) == pytest.approx(lowest.value, abs=1e-6)
    half = completed(ladder, stage, 0.5 * lowest.x[: ladder.columns])
    assert float(stage.cost @ half) == pytest.approx(ladder.met(0.5 * lowest.x[: ladder.columns]).min(), abs=1e-6)


def test_completed_band_then_it_is_worth_what_the_solver_says(ladder: Ladder, lowest: Solution) -> None:
    standing = Standing(np.full(ladder.rungs, lowest.value - 1e-6), lowest.x[: ladder.columns])
    rules = Rules(0.05, 1e-3, False, lambda rounds, level, met: None)
    stage = band(ladder, standing, 0, active=np.ones(ladder.rungs, dtype=bool), rules=rules)
    best = Solver(ladder.entries).solve(stage)
    whole = completed(ladder, stage, best.x[: ladder.columns])
    assert float(stage.cost @ whole) == pytest.approx(best.value, rel=1e-6)


def test_without_loss_then_nobody_falls_further_than_they_may(ladder: Ladder, lowest: Solution) -> None:
    before, level = lowest.x[: ladder.columns], np.full(ladder.rungs, lowest.value)
    for part in (0.0, 0.7, 0.9):
        mixed = without_loss(ladder, before, part * before, (level, level - 1.0))
        assert ladder.met(mixed).min() == pytest.approx(lowest.value - GIVES_WAY, abs=1e-6)
    assert without_loss(ladder, before, 0.5 * before, (level - 1.0, level - 1.0)) == pytest.approx(0.5 * before)
    must = without_loss(ladder, before, 0.5 * before, (level, level - 1e-5))
    assert ladder.met(must).min() == pytest.approx(lowest.value - 1e-5, abs=1e-6)
