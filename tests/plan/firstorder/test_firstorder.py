"""The first-order solver, held against HiGHS and against what it promises of itself."""

from __future__ import annotations

import time

import numpy as np
import pytest
import scipy.sparse as sp
from folded import left_of

from benchmarks.regions import Size, region
from muster.economy.economy import Economy
from muster.plan import PlanOptions, Progress, share_out, solvers
from muster.plan.firstorder.fold import amounts_unfolded, bounds_folded, fold, prices_unfolded
from muster.plan.firstorder.runs import runs_of
from muster.plan.firstorder.weighing import paces, weighed
from muster.plan.goals import service_of
from muster.plan.ladder import Ladder, ladder_of
from muster.plan.leximin import Rules, Standing, band, common_level
from muster.plan.payers import payers_of
from muster.plan.plan import Plan
from muster.plan.prices import Payers
from muster.plan.program import build
from muster.plan.proof import verify
from muster.plan.solver import Solver
from muster.plan.stage import Solves, Stage, Watch, bound

SEEDS = (0, 3, 7)


def ladder_for(seed: int) -> Ladder:
    return ladder_and_payers(seed)[0]


def ladder_and_payers(seed: int) -> tuple[Ladder, Payers]:
    program = build(region(Size(12, 6, 3), seed=seed))
    nothing = np.zeros(program.matrix.entries.shape[1])
    ladder = ladder_of(program.matrix, (service_of(program, "norm"),), effort=nothing, tonne_km=nothing)
    return ladder, payers_of(program)


def solver(seed: int, *, until: float | None = None) -> Solves:
    return solvers.first_order(*ladder_and_payers(seed), watch=Watch(until))


def first_stage(ladder: Ladder) -> Stage:
    return common_level(ladder, Standing(np.full(ladder.rungs, np.nan), np.zeros(ladder.columns)), 0, 1e-3)


@pytest.fixture
def everything_first_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solvers, "LARGE", 0)


@pytest.mark.parametrize("seed", SEEDS)
def test_solve_common_level_then_as_high_as_simplex_finds_it(seed: int) -> None:
    ladder = ladder_for(seed)
    stage = first_stage(ladder)
    best = Solver(ladder.entries).solve(stage)
    found = solver(seed).solve(stage)
    assert found.finished
    assert found.iterations > 0
    assert found.value == pytest.approx(best.value, abs=3 * solvers.ACCURACY)
    assert best.value - 1e-7 <= found.bound <= found.value + solvers.ACCURACY


@pytest.mark.parametrize("seed", SEEDS)
def test_solve_bands_then_each_is_filled_as_simplex_fills_it(seed: int) -> None:
    ladder = ladder_for(seed)
    ours, theirs = solver(seed), Solver(ladder.entries)
    ours.solve(first_stage(ladder))
    lowest = theirs.solve(first_stage(ladder))
    standing = Standing(np.full(ladder.rungs, lowest.value - 1e-4), lowest.x[: ladder.columns])
    everybody = np.ones(ladder.rungs, dtype=bool)
    rules = Rules(0.05, 1e-3, False, lambda rounds, level, met: None)
    for again in (False, True):
        stage = band(ladder, standing, 0, active=everybody, rules=rules, again=again)
        best, found = theirs.solve(stage), ours.solve(stage)
        assert found.value * stage.worth == pytest.approx(best.value * stage.worth, abs=5 * solvers.ACCURACY)


def test_solve_then_no_row_of_levels_is_missed_by_more_than_promised() -> None:
    ladder = ladder_for(0)
    stage = first_stage(ladder)
    found = solver(0).solve(stage)
    done = ladder.entries @ found.x
    rungs = slice(ladder.rows, ladder.rows + ladder.rungs)
    assert np.max(stage.row_low[rungs] - done[rungs]) <= 10 * solvers.ACCURACY
    assert np.all(found.x >= 0)
    assert np.all(found.x <= stage.high)


def test_solve_twice_then_the_same_bits_whatever_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    ladder, answers = ladder_for(3), []
    for few in (0, 1 << 40):
        monkeypatch.setattr("muster.plan.firstorder.kernels.FEW", few)
        answers.append(solver(3).solve(first_stage(ladder)).x)
    assert np.array_equal(*answers)


def test_solve_with_the_time_over_then_it_says_that_it_was_stopped() -> None:
    ladder = ladder_for(0)
    assert not solver(0, until=time.monotonic()).solve(first_stage(ladder)).finished


@pytest.mark.parametrize("seed", SEEDS)
def test_fold_then_amounts_and_prices_come_back_as_they_were_worth(seed: int) -> None:
    ladder = ladder_for(seed)
    stage = first_stage(ladder)
    folded = fold(ladder.entries, *ladder.folded)
    best = Solver(ladder.entries).solve(stage)
    x = amounts_unfolded(folded, best.x[folded.kept], stage.high)
    done = ladder.entries @ x
    assert np.all(done <= stage.row_high + 1e-7)
    assert np.all(done >= stage.row_low - 1e-7)

    row_low, row_high = bounds_folded(folded, stage.low, stage.row_low, stage.row_high)
    small = Solver(left_of(ladder.entries, folded)).solve(
        Stage("folded", stage.cost[folded.kept], stage.low[folded.kept], stage.high[folded.kept], row_low, row_high)
    )
    assert small.value == pytest.approx(best.value, abs=1e-7)
    assert bound(ladder.entries, stage, prices_unfolded(folded, small.duals)) == pytest.approx(best.value, abs=1e-6)


def test_paces_then_the_weighted_matrix_has_a_norm_of_one_at_most() -> None:
    draw = np.random.default_rng(0)
    entries = sp.csc_array(sp.random_array((30, 50), density=0.2, random_state=draw))
    matrix = weighed(runs_of(entries))
    dense = entries.toarray()[:, matrix.runs.order]
    for spread in (0.0, 2.0, 5.0):
        tau, sigma = paces(matrix, np.exp(spread * draw.standard_normal(50)), np.exp(spread * draw.standard_normal(30)))
        norm = np.linalg.norm(np.sqrt(sigma)[:, None] * dense * np.sqrt(tau), 2)
        assert norm <= 1.0


def test_weighed_then_rows_and_columns_are_of_size_one() -> None:
    draw = np.random.default_rng(1)
    entries = sp.csc_array(sp.random_array((20, 40), density=0.5, random_state=draw))
    entries.data = np.exp(3.0 * draw.standard_normal(entries.nnz))
    matrix = weighed(runs_of(entries))
    even = matrix.row[:, None] * entries.toarray()[:, matrix.runs.order] * matrix.column
    assert np.all(np.abs(np.log(even.sum(axis=0))) < 1.0)
    assert np.all(np.abs(np.log(even.sum(axis=1))) < 1.0)


@pytest.mark.usefixtures("everything_first_order")
@pytest.mark.parametrize("seed", SEEDS)
def test_share_out_with_all_goals_then_the_plan_holds_and_says_how_far_from_best_it_is(seed: int) -> None:
    economy = region(Size(10, 6, 3), seed=seed)
    plan = held(economy)
    exact = share_out(economy, options=PlanOptions(exact=True))
    for rough, best in zip(plan.goals[:3], exact.goals[:3], strict=True):
        assert (
            rough["max_min"] <= best["max_min"] + 5e-3
        )  # earlier goals give up their slack, and what a rough solver needs
        assert rough["max_min"] >= best["max_min"] * (1 - 1e-3) - 2e-3
        assert rough["max_min"] + rough["gap"] >= best["max_min"] * (1 - 1e-3) - 1e-6


@pytest.mark.usefixtures("everything_first_order")
@pytest.mark.parametrize("seconds", [0.0, 0.2])
def test_share_out_stopped_early_then_a_plan_that_can_be_done(seconds: float) -> None:
    plan = held(region(Size(10, 6, 3)), PlanOptions(limit_seconds=seconds))
    assert max(goal["gap"] for goal in plan.goals) > 0


@pytest.mark.usefixtures("everything_first_order")
def test_share_out_told_to_stop_in_its_first_program_then_a_plan_that_can_be_done() -> None:
    told: list[Progress] = []
    economy = region(Size(10, 6, 3))
    plan = share_out(economy, options=PlanOptions(stop=lambda: len(told) > 3), progress=told.append)
    assert verify(economy, plan).holds
    assert plan.goals[0]["rounds"] == 1
    assert plan.goals[0]["least"] > 0
    within = [each for each in told if "still" in each.message]
    assert {each.goal for each in within} == {"floor"}
    assert all(0.0 <= each.done < 0.1 for each in within)


def held(economy: Economy, options: PlanOptions | None = None) -> Plan:
    plan = share_out(economy, options=options or PlanOptions())
    verdict = verify(economy, plan)
    assert verdict.holds, "\n".join(fault.text() for fault in verdict.faults)
    return plan
