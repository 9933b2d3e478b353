"""Two villages: the plan says what its README works out by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from stand_alone import check_alone

from muster.economy.economy import Economy
from muster.economy.read import inspect, read
from muster.plan import PlanOptions, share_out
from muster.plan.plan import Plan
from muster.plan.proof import verify

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "two-villages"
README = (FOLDER / "README.md").read_text(encoding="utf-8")

ROAD_T = 1.5 * 30
HILL_T = 500 * 92 * (0.4 + 2 / 3) / 1000
LEVEL = ROAD_T / HILL_T
CLOSE = 1e-6


@pytest.fixture(scope="module")
def economy() -> Economy:
    return read(FOLDER)


@pytest.fixture(scope="module")
def plan(economy: Economy) -> Plan:
    return share_out(economy, options=PlanOptions(exact=True))


def met(plan: Plan, place: str, need: str, column: str) -> list[float]:
    """Return a column of ``met`` for one place and need, by period."""
    rows = plan.met.filter(pl.col("place") == place, pl.col("need") == need)
    return rows.sort("period")[column].to_list()


def with_road(economy: Economy, tonnes: float) -> Economy:
    """Return the economy with so many tonnes through to Hill in November."""
    to_hill = pl.col("to") == "hill"
    capacity = pl.when(to_hill).then(tonnes / 30).otherwise(pl.col("capacity_t_per_day"))
    return replace(economy, routes=economy.routes.with_columns(capacity_t_per_day=capacity))


def tonnes(frame: pl.DataFrame, column: str, **named: str) -> float:
    """Return the sum of a column over the rows that have these values."""
    return float(frame.filter(*(pl.col(name) == value for name, value in named.items()))[column].sum())


def test_inspect_two_villages_then_nothing_to_say() -> None:
    assert inspect(FOLDER)[1] == []


def test_share_out_exact_then_hill_gets_what_the_road_lets_through(plan: Plan) -> None:
    assert f"{LEVEL:.5f}" == "0.91712" in README
    assert plan.goals[0]["max_min"] == pytest.approx(LEVEL, abs=CLOSE)
    for need in ("energy", "heat"):
        assert met(plan, "hill", need, "met_floor") == pytest.approx([LEVEL] * 3, abs=CLOSE)


def test_share_out_exact_then_valley_reaches_its_floor(plan: Plan) -> None:
    for need in ("energy", "heat"):
        assert met(plan, "valley", need, "met_floor") == pytest.approx([1.0] * 3, abs=CLOSE)


@pytest.mark.parametrize(
    ("place", "need", "share"),
    [
        ("hill", "heat", "0.45856"),
        ("hill", "energy", "0.61141"),
        ("valley", "heat", "0.51970"),
        ("valley", "energy", "0.78125"),
    ],
)
def test_share_out_exact_then_the_norm_is_met_as_the_readme_says(plan: Plan, place: str, need: str, share: str) -> None:
    assert share in README
    assert met(plan, place, need, "met_norm") == pytest.approx([float(share)] * 3, abs=1e-5)


@pytest.mark.parametrize(("more_t", "level"), [(1.0, "0.93750"), (3.0, "0.97826"), (4.0, "0.97826")])
def test_share_out_more_through_in_november_then_the_level_rises(economy: Economy, more_t: float, level: str) -> None:
    assert level in README
    plan = share_out(with_road(economy, ROAD_T + more_t), options=PlanOptions(exact=True, goals=("floor",)))
    assert plan.goals[0]["max_min"] == pytest.approx(float(level), abs=1e-5)


def test_share_out_four_tonnes_more_then_valley_shares_its_coal_and_hill_eats(economy: Economy) -> None:
    plan = share_out(with_road(economy, ROAD_T + 4), options=PlanOptions(exact=True, goals=("floor",)))
    for place in ("hill", "valley"):
        assert met(plan, place, "heat", "met_floor") == pytest.approx([60 / (92 * 2 / 3)] * 3, abs=CLOSE)
        assert met(plan, place, "energy", "met_floor") == pytest.approx([1.0] * 3, abs=CLOSE)


@pytest.mark.parametrize(
    ("resource", "place", "given_t"),
    [("flour", "hill", 16.875), ("flour", "valley", 43.125), ("coal", "hill", 28.125), ("coal", "valley", 31.875)],
)
def test_share_out_exact_then_everybody_gets_the_tonnes_of_the_readme(
    plan: Plan, resource: str, place: str, given_t: float
) -> None:
    assert f"{given_t:g}" in README
    assert tonnes(plan.given, "quantity", place=place, resource=resource) == pytest.approx(given_t, abs=1e-4)


def test_share_out_exact_then_the_balances_of_flour_and_coal_add_up(plan: Plan) -> None:
    sources = ["opening", "arrived", "received", "made"]
    ends = ["used", "sent", "given", "lost", "closing"]
    gap = pl.sum_horizontal(sources) - pl.sum_horizontal(ends)
    assert plan.balances.select(gap.abs().max()).item() == pytest.approx(0.0, abs=1e-9)
    for resource, supply_t in (("flour", 42 + 6 + 12), ("coal", 60)):
        came = tonnes(plan.balances, "arrived", resource=resource)
        came += tonnes(plan.balances.filter(pl.col("period") == 0), "opening", resource=resource)
        assert came == pytest.approx(supply_t, abs=1e-9)
        assert tonnes(plan.balances, "given", resource=resource) == pytest.approx(supply_t, abs=1e-4)


def test_share_out_exact_then_hill_gets_45_tonnes_in_november_and_none_later(plan: Plan) -> None:
    to_hill = plan.dispatches.filter(pl.col("to") == "hill")
    assert to_hill["period"].unique().to_list() == [0]
    assert to_hill["quantity"].sum() == pytest.approx(ROAD_T, abs=1e-5)  # 1e-8 of a level is 0.5 g a goal


def test_share_out_exact_then_1185_litres_of_diesel_are_left(plan: Plan) -> None:
    left = plan.balances.filter(pl.col("resource") == "diesel", pl.col("place") == "depot", pl.col("period") == 2)[
        "closing"
    ]
    assert "1,185 l" in README
    assert left.item() == pytest.approx(1185, abs=0.01)


def test_share_out_in_bands_then_the_same_common_level(economy: Economy) -> None:
    plan = share_out(economy)
    assert plan.goals[0]["max_min"] == pytest.approx(LEVEL, abs=1e-6)
    assert plan.met["met_floor"].min() >= LEVEL * (1 - economy.slack) - 1e-9
    assert plan.met.filter(pl.col("place") == "valley")["met_floor"].min() >= 1 - economy.slack


def test_verify_the_plan_then_it_holds(economy: Economy, plan: Plan) -> None:
    verdict = verify(economy, plan)
    assert verdict.faults == ()
    assert verdict.balanced


def test_check_plan_stand_alone_then_it_agrees_with_the_check(plan: Plan, economy: Economy, tmp_path: Path) -> None:
    alone = check_alone(plan.write(tmp_path / "plan"))
    assert alone.returncode == 0, alone.stdout + alone.stderr
    assert verify(economy, plan).holds
