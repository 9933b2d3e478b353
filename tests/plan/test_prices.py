"""Prices: whatever a solver says, no column with a payer is worth more than it takes once they have been raised."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_plans import flour, people, road, small
from strategies import economies

from muster.economy.economy import Economy
from muster.plan.payers import payers_of
from muster.plan.prices import ANY, Payers, borne, raised, worth
from muster.plan.program import build
from muster.plan.sets import NONE

RELATIVE, ROWS = 1e-12, 3


def chain(*payers: int) -> Payers:
    """Return payers of as many columns, all of one period."""
    count = len(payers)
    return Payers(np.array(payers, dtype=np.int32), np.arange(count), np.array([0, count]), np.zeros(ROWS, dtype=bool))


def test_raised_along_a_road_then_each_place_pays_for_what_reaches_the_next() -> None:
    # column 0 gives in place 2, columns 1 and 2 send 1 → 2 (half arrives) and 0 → 1; what is given is worth 8
    entries = sp.csc_array(np.array([[0.0, 0.0, 1.0], [0.0, 1.0, -1.0], [1.0, -0.5, 0.0]]))
    price = raised(entries, np.array([8.0, 0.0, 0.0]), np.zeros(3), chain(2, 1, 0))
    assert price == pytest.approx([4.0, 4.0, 8.0], rel=1e-12)


def test_raised_around_a_loop_without_loss_then_it_comes_to_an_end() -> None:
    entries = sp.csc_array(np.array([[1.0, 1.0, -1.0], [0.0, -1.0, 1.0]]))
    price = raised(entries, np.array([0.1, 0.0, 0.0]), np.zeros(2), chain(0, 0, 1))
    assert price == pytest.approx([0.1, 0.1], rel=1e-12)
    assert worth(entries, np.array([0.1, 0.0, 0.0]), price).max() <= 1e-15


def test_raised_without_a_payer_of_its_own_then_what_counts_the_most_pays() -> None:
    entries = sp.csc_array(np.array([[2.0], [3.0], [-1.0]]))
    price = raised(entries, np.zeros(1), np.array([1.0, 1.0, 9.0]), chain(ANY))
    assert price == pytest.approx([1.0, 1.0 + 4.0 / 3.0, 9.0], rel=1e-12)


def test_raised_where_nobody_pays_then_nothing_is() -> None:
    entries = sp.csc_array(np.array([[1.0]]))
    assert raised(entries, np.array([5.0]), np.array([-1.0]), chain(NONE)).tolist() == [0.0]


@pytest.mark.parametrize(
    ("before", "limit", "paid"),
    [
        (0.1, 2.0, [0.1, 0.8, 3.0]),  # a road that takes little
        (0.1, 50.0, [0.5, 0.0, 3.0]),  # one that takes much more than lies at the depot
        (0.0, 50.0, [0.0, 1.0, 3.0]),  # … where there is plenty
        (0.0, np.inf, [0.5, 0.0, 3.0]),  # one that takes everything
    ],
)
def test_raised_on_a_road_then_it_or_the_depot_pays_whichever_costs_less(
    before: float, limit: float, paid: list[float]
) -> None:
    # one column sends 2 from the depot (row 0) over a road (row 1) to where 1 of them is worth 3 (row 2)
    entries = sp.csc_array(np.array([[2.0], [1.0], [-1.0 / 3.0]]))
    payers = Payers(np.array([0], dtype=np.int32), np.array([0]), np.array([0, 1]), np.array([False, True, False]))
    prices = np.array([before, 0.0, 3.0])
    bears = borne(payers, prices, np.array([10.0, 2.0, 1.0]), np.array([90.0, limit, 0.0]))
    price = raised(entries, np.zeros(1), prices, payers, bears=bears)
    assert price == pytest.approx(paid, rel=1e-12)
    assert worth(entries, np.zeros(1), price).max() <= 1e-15


def test_payers_then_what_leaves_pays_and_a_plant_with_a_limit_pays_itself() -> None:
    program = build(
        small(
            places=["depot", "village"],
            stocks=[flour(1, "depot")],
            routes=[road()],
            recipes=[
                {"recipe": name, "resource": "flour", "use": use, "quantity": 1}
                for name in ("bake", "grind")
                for use in ("input", "output")
            ],
            plants=[
                {"place": "village", "recipe": "bake", "runs_per_day": 1},
                {"place": "village", "recipe": "grind"},
            ],
        )
    )
    payers, matrix = payers_of(program), program.matrix
    said = {
        matrix.column_name(column).partition("[")[0]: (row if row < 0 else matrix.row_name(row).partition("[")[0])
        for column, row in enumerate(payers.row.tolist())
    }
    runs = [payers.row[column] for column in range(len(payers.row)) if matrix.column_name(column).startswith("run")]
    assert said | {"run": None} == {
        "stock": "balance",
        "sent": "balance",
        "run": None,
        "given": "balance",
        "delivered": NONE,
    }
    assert [matrix.row_name(runs[0]).partition("[")[0], runs[1]] == ["plant", ANY]
    ends = {matrix.row_name(row).partition("[")[0] for row in np.flatnonzero(payers.ends)}
    assert ends == {"plant"}


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(economies(), st.integers(0, 2**32 - 1))
def test_law_any_prices_raised_then_every_column_is_priced_out(economy: Economy, seed: int) -> None:
    program, draw = build(economy), np.random.default_rng(seed)
    matrix, payers = program.matrix, payers_of(program)
    prices = draw.exponential(size=matrix.entries.shape[0]) * draw.integers(0, 2, matrix.entries.shape[0])
    cost, bears = np.zeros(matrix.entries.shape[1]), draw.exponential(size=matrix.entries.shape[0])
    price = raised(matrix.entries, cost, prices, payers, bears=bears)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("muster.plan.prices.FEW", -1)
        assert (
            raised(matrix.entries, cost, prices, payers, bears=bears).tobytes() == price.tobytes()
        )  # compiled, to the bit
    rest = worth(matrix.entries, cost, price)[payers.order]
    size = (abs(matrix.entries).T @ price)[payers.order]
    assert np.all(rest <= RELATIVE * size)
    assert np.all(price >= prices)


def test_raised_again_then_nothing_moves() -> None:
    program = build(
        small(places=["depot", "village"], people=people("village"), stocks=[flour(1, "depot")], routes=[road()])
    )
    matrix, payers = program.matrix, payers_of(program)
    duals = np.where([name == "claim" for rows in matrix.rows for name in [rows.kind] * len(rows)], 0.5, 0.0)
    once = raised(matrix.entries, np.zeros(matrix.entries.shape[1]), duals, payers)
    assert np.count_nonzero(once) > np.count_nonzero(duals)
    again = raised(matrix.entries, np.zeros(matrix.entries.shape[1]), once, payers)
    assert again == pytest.approx(once, rel=1e-12)
