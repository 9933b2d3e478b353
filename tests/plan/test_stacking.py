"""Compiled loops for large matrices: what they lay out is, to the bit, what plain array code does."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from strategies import economies

from benchmarks.regions import Size, region
from muster.economy.economy import Economy
from muster.plan import leximin
from muster.plan.goals import costs, service_of
from muster.plan.leximin import ladder_of
from muster.plan.program import Program, build


def ladder(program: Program) -> sp.csc_array:
    """Return the entries of the ladder of all goals."""
    services = tuple(service_of(program, goal) for goal in program.sets.economy.goals if goal != "effort")
    effort, tonne_km = costs(program)
    return ladder_of(program.matrix, services, effort=effort, tonne_km=tonne_km).entries


def both_ways(economy: Economy) -> tuple[sp.csc_array, sp.csc_array]:
    """Return the ladder laid out by plain code and by compiled loops."""
    program = build(economy)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(leximin, "LARGE", np.inf)
        plain = ladder(program)
        patch.setattr(leximin, "LARGE", -1)
        return plain, ladder(program)


def assert_same_bits(one: sp.csc_array, other: sp.csc_array) -> None:
    """Check that two matrices have the same arrays, of the same types."""
    assert one.shape == other.shape
    for name in ("indptr", "indices", "data"):
        mine, theirs = getattr(one, name), getattr(other, name)
        assert mine.dtype == theirs.dtype, name
        assert mine.tobytes() == theirs.tobytes(), name


def test_ladder_of_given_a_region_then_compiled_loops_lay_out_the_same_bits() -> None:
    plain, compiled = both_ways(region(Size(12, 6, 3)))
    assert_same_bits(plain, compiled)
    assert compiled.indices.dtype == np.int32
    assert compiled.has_sorted_indices


@given(economies())
@settings(max_examples=25, deadline=None)
def test_law_ladder_of_any_economy_then_compiled_loops_lay_out_the_same_bits(economy: Economy) -> None:
    assert_same_bits(*both_ways(economy))
