"""Runs: a matrix stored once for what repeats is the same matrix, and every loop over it gives what scipy gives."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from folded import left_of
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.regions import Size, region
from muster.economy.read import read
from muster.plan.firstorder.fold import fold, folded_runs
from muster.plan.firstorder.kernels import lay_by_row
from muster.plan.firstorder.runs import LONGEST, Runs, runs_of, still_from
from muster.plan.firstorder.weighing import weighed
from muster.plan.goals import service_of
from muster.plan.ladder import ladder_of
from muster.plan.program import build
from muster.plan.sets import Floats


def spread_out(runs: Runs) -> Floats:
    """Return the matrix that runs stand for, its columns in their first order, one entry after another."""
    first, start, at, value, still = runs.lines
    dense = np.zeros((runs.rows, len(runs.order)))
    for r in range(len(first) - 1):
        for k in range(int(first[r + 1]) - int(first[r])):
            for e in range(start[r], start[r + 1]):
                dense[int(at[e]) + (k if at[e] < still else 0), runs.order[int(first[r]) + k]] += value[e]
    return dense


def alike(one: Floats, other: Floats) -> None:
    np.testing.assert_allclose(one, other, rtol=1e-10, atol=0)


def folded(economy_name: str) -> sp.csc_array:
    economy = region(Size(10, 6, 3)) if economy_name == "region" else read(f"examples/{economy_name}")
    program = build(economy)
    nothing = np.zeros(program.matrix.entries.shape[1])
    ladder = ladder_of(program.matrix, (service_of(program, "floor"),), effort=nothing, tonne_km=nothing)
    return left_of(ladder.entries, fold(ladder.entries, *ladder.folded))


def test_folded_runs_then_those_of_what_is_left() -> None:
    program = build(region(Size(10, 6, 3)))
    nothing = np.zeros(program.matrix.entries.shape[1])
    ladder = ladder_of(program.matrix, (service_of(program, "floor"),), effort=nothing, tonne_km=nothing)
    once = fold(ladder.entries, *ladder.folded)
    whole = left_of(ladder.entries, once).toarray()
    alike(spread_out(folded_runs(ladder.entries, once)), whole)


@pytest.mark.parametrize("name", ["region", "two-villages"])
def test_runs_of_an_economy_then_they_stand_for_its_matrix_entry_by_entry(name: str) -> None:
    entries = folded(name)
    alike(spread_out(runs_of(entries)), entries.toarray())


def test_runs_of_a_region_then_what_repeats_is_stored_once() -> None:
    entries = folded("region")
    runs = runs_of(entries)
    assert runs.entries == entries.nnz
    assert len(runs.lines[3]) < 0.6 * entries.nnz
    assert runs.longest == LONGEST


REPEATING = sp.csc_array(sp.kron(np.array([[1.0, 0.5], [2.0, 0.0]]), sp.eye_array(4)))
ALIKE = sp.csc_array(np.array([[1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0]]))
EMPTY = sp.csc_array((3, 4))


@pytest.mark.parametrize(("entries", "begins"), [(REPEATING, 2), (ALIKE, 2), (EMPTY, 4), (sp.csc_array((2, 0)), 0)])
def test_runs_of_then_as_few_as_there_are(entries: sp.csc_array, begins: int) -> None:
    runs = runs_of(entries)
    assert len(runs.lines[0]) == begins + 1
    assert spread_out(runs) == pytest.approx(entries.toarray())


def test_runs_of_values_that_differ_then_no_run_goes_on_over_it() -> None:
    entries = sp.csc_array(sp.diags_array([1.0, 1.0, 1.0 + 1e-9, 1.0 + 1e-9, 1.0]))
    runs = runs_of(entries)
    assert spread_out(runs) == pytest.approx(entries.toarray(), rel=1e-12)
    assert runs.longest == 2


def test_runs_of_with_rows_that_add_everything_up_then_these_do_not_break_them(monkeypatch: pytest.MonkeyPatch) -> None:
    total = np.full((1, REPEATING.shape[1]), 3.0)
    entries = sp.csc_array(sp.vstack([REPEATING, total, total]))
    assert still_from(entries) == entries.shape[0]
    assert len(runs_of(entries).lines[0]) == REPEATING.shape[1] + 1
    monkeypatch.setattr("muster.plan.firstorder.runs.SHARED", REPEATING.shape[1])
    assert still_from(entries) == REPEATING.shape[0]
    runs = runs_of(entries, still=still_from(entries))
    assert len(runs.lines[0]) == 2 + 1
    assert spread_out(runs) == pytest.approx(entries.toarray())


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    rows=st.integers(1, 12),
    columns=st.integers(1, 30),
    values=st.integers(1, 3),
    still=st.integers(0, 12),
)
def test_any_matrix_as_runs_then_every_loop_gives_what_the_sparse_matrix_gives(
    seed: int, rows: int, columns: int, values: int, still: int
) -> None:
    draw = np.random.default_rng(seed)
    entries = sp.csc_array(sp.random_array((rows, columns), density=0.3, random_state=draw))
    entries.data = np.ceil(entries.data * values) * np.where(draw.random(entries.nnz) < 0.5, -1.0, 1.0)
    matrix = weighed(runs_of(entries, still=min(still, rows)))
    x, y, order = draw.standard_normal(columns), draw.standard_normal(rows), matrix.runs.order
    assert sorted(order.tolist()) == list(range(columns))
    assert matrix.takes(x[order]) == pytest.approx(entries @ x)
    assert matrix.worths(y) == pytest.approx((entries.T @ y)[order])
    assert matrix.takes(x[order], sizes=True) == pytest.approx(abs(entries) @ x)
    assert matrix.worths(y, sizes=True) == pytest.approx((abs(entries).T @ y)[order])


def test_laid_out_by_row_then_the_rows_of_the_matrix() -> None:
    entries = folded("region")
    runs = runs_of(entries)
    start, at, value = np.empty(runs.rows + 1, np.uint32), np.empty(runs.entries, np.uint32), np.empty(runs.entries)
    lay_by_row(*runs.lines, start, at, value)
    laid = sp.csr_array((value, at.astype(np.int32), start.astype(np.int32)), shape=entries.shape)
    alike(laid.toarray(), entries.toarray()[:, runs.order])
