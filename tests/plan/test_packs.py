"""Whole packs and trips, on villages worked out on paper."""

from typing import Any

import polars as pl
import pytest
from building import Row
from small_plans import FLOUR, flour, having, held, met, people, planned, road, small, total

from muster.errors import Fault, PlanError
from muster.plan import PlanOptions, packs, share_out
from muster.plan.folder import read
from muster.plan.plan import Plan
from muster.plan.proof import verify

PACKS = PlanOptions(packs=True)
LORRY = {"mode": "lorry", "resource": "diesel", "use": "consumed", "vehicle_t": 0.5}


def bags(size: float) -> list[Row]:
    """Return flour in bags of so many tonnes."""
    return [{**FLOUR, "pack": size}, {"resource": "diesel", "unit": "l"}]


def packed(**tables: Any) -> Plan:
    """Plan the usual village in whole packs; the plan holds under the independent check."""
    plan = held(small(**tables), PACKS)
    assert plan.packs is not None
    return plan


def count(plan: Plan, **cells: Any) -> list[int | None]:
    assert plan.packs is not None
    return having(plan.packs.drop_nulls("resource"), cells)["packs"].to_list()


def test_in_packs_given_more_than_enough_then_the_next_whole_bag_is_sent() -> None:
    # The village takes 2 t for its norm: seven bags of 0.3 t are 2.1 t.
    plan = packed(resources=bags(0.3), places=["depot", "village"], stocks=[flour(5.0, "depot")], routes=[road()])
    assert count(plan) == [7]
    assert total(plan.dispatches) == pytest.approx(2.1)
    assert met(plan, "norm") == [pytest.approx(1.0)]


def test_in_packs_given_a_rest_in_the_depot_then_it_stays_there() -> None:
    tables = {"places": ["depot", "village"], "stocks": [flour(1.5001, "depot")], "routes": [road()]}
    plan = packed(resources=bags(0.05), **tables)
    assert count(plan) == [30]
    assert total(plan.balances, "closing", place="depot") == pytest.approx(0.0001)


def test_in_packs_given_a_floor_that_needs_a_broken_bag_then_it_stays_broken_and_says_for_whom() -> None:
    # 1 t is the floor and all there is; three bags of 0.3 t would leave 0.9 t of it.
    plan = packed(resources=bags(0.3), places=["depot", "village"], stocks=[flour(1.0, "depot")], routes=[road()])
    assert count(plan) == [None]
    assert met(plan) == [pytest.approx(1.0)]
    assert plan.packs is not None
    assert plan.packs["note"].to_list() == ["whole packs would take too much from village"]


def test_in_packs_given_two_villages_that_share_what_cannot_be_halved_then_one_gets_the_odd_bag() -> None:
    # 1.502 t are 751 bags of 2 kg, 375.5 for each: within the slack of 0.001 one has 375, the other 376.
    plan = packed(
        resources=bags(0.002),
        places=["depot", "ada", "bor"],
        people=people("ada", "bor"),
        stocks=[flour(1.502, "depot")],
        routes=[road("ada"), road("bor")],
        options={"slack": 0.01},
    )
    assert sorted(count(plan), key=lambda bag: bag or 0) == [375, 376]


def test_in_packs_given_a_chain_of_roads_then_what_goes_on_is_whole_too() -> None:
    plan = packed(
        resources=bags(0.3),
        places=["port", "depot", "village"],
        stocks=[flour(5.0, "port")],
        routes=[road("depot", "port"), road()],
    )
    assert count(plan) == [7, 7]


def test_in_packs_given_a_full_road_then_no_bag_more_than_it_carries() -> None:
    plan = packed(
        resources=bags(0.4),
        places=["depot", "village"],
        norms=[{"need": "food", "floor": 0.5, "norm": 2}],
        stocks=[flour(5.0, "depot")],
        routes=[road(capacity_t_per_day=1.5)],
        options={"slack": 0.5},
    )
    assert count(plan) == [3]
    assert met(plan, "norm") == [pytest.approx(0.6)]


def test_in_packs_given_a_resource_without_packs_then_it_is_sent_as_it_is() -> None:
    resources = [FLOUR, {"resource": "diesel", "unit": "l"}]
    plan = packed(resources=resources, places=["depot", "village"], stocks=[flour(1.234, "depot")], routes=[road()])
    assert count(plan) == [None]
    assert plan.packs is not None
    assert plan.packs["note"].to_list() == [None]
    assert total(plan.dispatches) == pytest.approx(1.234)


def test_packing_given_vehicles_then_trips_of_all_that_goes_together() -> None:
    plan = packed(
        resources=bags(0.1),
        places=["depot", "village"],
        stocks=[flour(1.2, "depot")],
        routes=[road()],
        modes=[LORRY],
    )
    assert plan.packs is not None
    together = plan.packs.filter(pl.col("resource").is_null())
    assert together["trips"].to_list() == [3]
    assert plan.summary()["packs"] == {"dispatches": 1, "whole": 1, "packs": 12, "trips": 3}


def test_share_out_given_no_packs_asked_for_then_none_are_made() -> None:
    economy = small(resources=bags(0.3), places=["depot", "village"], stocks=[flour(5.0, "depot")], routes=[road()])
    plan = share_out(economy)
    assert plan.packs is None
    assert total(plan.dispatches) == pytest.approx(2.0)


def test_in_packs_given_no_time_then_a_plan_that_can_be_done() -> None:
    economy = small(resources=bags(0.3), places=["depot", "village"], stocks=[flour(5.0, "depot")], routes=[road()])
    plan = share_out(economy, options=PlanOptions(packs=True, limit_seconds=0.0))
    assert verify(economy, plan).balanced


def test_in_packs_given_no_trusted_answer_then_the_plan_stays_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, again: bool) -> Any:
        raise PlanError(Fault(what="no answer.", where="", seen="", do="", rule="P1"))

    economy = small(resources=bags(0.3), places=["depot", "village"], stocks=[flour(1.234, "depot")], routes=[road()])
    monkeypatch.setattr(packs, "_guarded", refuse)
    plan = share_out(economy, options=PACKS)
    assert verify(economy, plan).holds
    assert plan.packs is not None
    assert plan.packs["note"].to_list() == ["no whole packs were found in time"]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("packs", 6),
        ("pack", 0.35),
        ("quantity", 2.2),
        ("trips", 1),
        ("to", "depot"),
        ("resource", None),
        ("note", "so"),
    ],
)
def test_verify_given_another_cell_in_packs_then_it_is_found(column: str, value: Any) -> None:
    economy = small(
        resources=bags(0.3),
        places=["depot", "village"],
        stocks=[flour(5.0, "depot")],
        routes=[road()],
        modes=[LORRY],
    )
    plan = share_out(economy, options=PACKS)
    assert plan.packs is not None and verify(economy, plan).holds
    dtype = plan.packs.schema[column]
    for row in range(plan.packs.height):
        at = pl.int_range(pl.len()) == row
        changed = plan.packs.with_columns(pl.when(at).then(pl.lit(value, dtype)).otherwise(column).alias(column))
        if changed.equals(plan.packs):
            continue
        other = Plan(**{**vars(plan), "packs": changed})
        assert not verify(economy, other).holds, (row, column)


def test_read_given_a_plan_in_packs_then_they_are_there_again(tmp_path: Any) -> None:
    plan = packed(resources=bags(0.3), places=["depot", "village"], stocks=[flour(5.0, "depot")], routes=[road()])
    again = read(plan.write(tmp_path / "plan"))
    assert again.packs is not None and plan.packs is not None
    assert again.packs.equals(plan.packs)
    assert read(planned().write(tmp_path / "plain")).packs is None
