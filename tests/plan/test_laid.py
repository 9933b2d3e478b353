"""A plan's tables laid over the columns of its program, where the law about it would seldom come."""

from __future__ import annotations

import pytest
from small_plans import EXACT, flour, held, road, small

from muster.plan.laid import laid
from muster.plan.program import build


def test_laid_given_weightless_goods_on_ways_that_carry_nothing_then_each_way_has_half() -> None:
    weightless = {"resource": "flour", "unit": "t", "class": "food", "mass_t": 0}
    ways = [road(capacity_t_per_day=0), road(capacity_t_per_day=0)]
    plan = held(
        small(resources=[weightless], places=["depot", "village"], stocks=[flour(1, "depot")], routes=ways), EXACT
    )
    program = build(plan.economy)
    x = laid(program, plan)
    assert x[program.matrix.column_kind("sent")[1]] == pytest.approx([0.5, 0.5])
    assert (program.matrix.entries @ x - program.matrix.limit).max() <= 1e-9
