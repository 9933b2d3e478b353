"""Even prices: of all optimal ones those with the least squares, whichever is begun with."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from muster.plan.evenly import evened
from muster.plan.solver import Solution, Stage


def in_a_row(*limits: float) -> tuple[sp.csc_array, Stage]:
    """Return the program of goods that pass several limits, one behind the other; as much as possible arrives."""
    count = len(limits)
    entries = sp.csc_array(np.ones((count, 1)))
    high = np.array(limits)
    stage = Stage("row", np.ones(1), np.zeros(1), np.full(1, np.inf), np.full(count, -np.inf), high)
    return entries, stage


@pytest.mark.parametrize("begun", [(0.9, 0.1), (0.2, 0.8), (0.5, 0.5)])
def test_evened_given_two_full_roads_in_a_row_then_half_each(begun: tuple[float, float]) -> None:
    entries, stage = in_a_row(3.0, 3.0)
    solution = Solution(np.array([3.0]), np.array(begun), 3.0, np.inf)
    prices = evened(entries, stage, solution, limits=stage.row_high)
    assert prices == pytest.approx([0.5, 0.5], abs=1e-6)


def test_evened_given_a_road_that_is_not_full_then_it_stays_without_a_price() -> None:
    entries, stage = in_a_row(3.0, 5.0, 3.0)
    solution = Solution(np.array([3.0]), np.array([0.9, 0.0, 0.1]), 3.0, np.inf)
    assert evened(entries, stage, solution, limits=stage.row_high) == pytest.approx([0.5, 0, 0.5], abs=1e-6)


def test_evened_given_prices_that_are_the_only_ones_then_they_stay() -> None:
    # two roads side by side: each has the whole price
    entries = sp.csc_array(np.eye(2))
    stage = Stage("", np.ones(2), np.zeros(2), np.full(2, np.inf), np.full(2, -np.inf), np.array([1.0, 4.0]))
    solution = Solution(np.array([1.0, 4.0]), np.ones(2), 5.0, np.inf)
    assert evened(entries, stage, solution, limits=stage.row_high) == pytest.approx([1, 1], abs=1e-9)


def test_evened_given_no_prices_then_none() -> None:
    entries, stage = in_a_row(3.0)
    solution = Solution(np.zeros(1), np.zeros(1), 0.0, np.inf)
    assert evened(entries, stage, solution, limits=stage.row_high).tolist() == [0.0]


def test_evened_then_the_prices_are_still_optimal() -> None:
    # goods pass a or b, then c: the price of c may be anything from 0 to 1, those of a and b the rest of it
    entries = sp.csc_array(np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]))
    high = np.array([2.0, 1.0, 3.0])
    stage = Stage("", np.ones(2), np.zeros(2), np.full(2, np.inf), np.full(3, -np.inf), high)
    solution = Solution(np.array([2.0, 1.0]), np.array([0.1, 0.1, 0.9]), 3.0, np.inf)
    prices = evened(entries, stage, solution, limits=high)
    assert high @ prices == pytest.approx(3.0)
    assert entries.T @ prices == pytest.approx([1, 1])
    # rents 2 p, p, 3 (1 - p) have the least sum of squares at p = 9 / 14
    assert prices == pytest.approx([9 / 14, 9 / 14, 5 / 14], abs=1e-5)
