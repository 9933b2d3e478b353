"""Compiled loops for large matrices: what they lay out is, to the bit, what plain array code does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from strategies import economies

from benchmarks.regions import Size, region
from muster.economy.economy import Economy
from muster.plan import ladder as ladders
from muster.plan import matrix, stacking
from muster.plan.goals import costs, service_of
from muster.plan.ladder import ladder_of
from muster.plan.program import Program, build

TESTS = Path(__file__).resolve().parents[1]


def ladder(program: Program) -> sp.csc_array:
    """Return the entries of the ladder of all goals."""
    services = tuple(service_of(program, goal) for goal in program.sets.economy.goals if goal != "effort")
    effort, tonne_km = costs(program)
    return ladder_of(program.matrix, services, effort=effort, tonne_km=tonne_km).entries


def both_ways(economy: Economy) -> list[list[sp.csc_array]]:
    """Return the matrix and the ladder laid out by plain code, and by compiled loops."""
    found = []
    with pytest.MonkeyPatch.context() as patch:
        for large in (np.inf, -1):
            patch.setattr(matrix, "LARGE", large)
            patch.setattr(ladders, "LARGE", large)
            program = build(economy)
            found.append([program.matrix.entries, ladder(program)])
    return found


def assert_same_bits(one: sp.csc_array, other: sp.csc_array) -> None:
    """Check that two matrices have the same arrays, of the same types."""
    assert one.shape == other.shape
    for name in ("indptr", "indices", "data"):
        mine, theirs = getattr(one, name), getattr(other, name)
        assert mine.dtype == theirs.dtype, name
        assert mine.tobytes() == theirs.tobytes(), name


def test_build_and_ladder_of_given_a_region_then_compiled_loops_lay_out_the_same_bits() -> None:
    plain, compiled = both_ways(region(Size(12, 6, 3)))
    for one, other in zip(plain, compiled, strict=True):
        assert_same_bits(one, other)
        assert other.indices.dtype == np.int32
    assert compiled[1].has_sorted_indices


def test_build_and_ladder_of_given_loops_that_are_not_compiled_then_the_same_bits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("lay_sent", "_put", "stack"):
        monkeypatch.setattr(stacking, name, getattr(stacking, name).py_func)
    for one, other in zip(*both_ways(region(Size(6, 3, 2))), strict=True):
        assert_same_bits(one, other)


@given(economies())
@settings(max_examples=25, deadline=None)
def test_law_build_and_ladder_of_any_economy_then_compiled_loops_lay_out_the_same_bits(economy: Economy) -> None:
    for one, other in zip(*both_ways(economy), strict=True):
        assert_same_bits(one, other)


def test_share_out_given_few_entries_then_no_compiled_loop_is_loaded() -> None:
    code = (
        "import sys; from small_plans import small, flour; from muster.plan import share_out;"
        "share_out(small(stocks=[flour(1)])); print('numba' in sys.modules)"
    )
    paths = {"PYTHONPATH": os.pathsep.join([str(TESTS.parent / "src"), str(TESTS)])}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=os.environ | paths, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
