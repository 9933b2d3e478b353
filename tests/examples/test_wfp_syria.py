"""The WFP instance: its faults are caught, and the shipped economy differs from it only where its README says so."""

from __future__ import annotations

import csv
import importlib.util
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from stand_alone import check_alone

from muster.economy.economy import Economy, Horizon
from muster.economy.read import inspect, read
from muster.errors import Fault
from muster.plan import PlanOptions, share_out
from muster.plan.plan import Plan
from muster.plan.proof import verify

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
FOLDER = EXAMPLES / "wfp-syria"
INSTANCE = EXAMPLES / "wfp-instance"
CITIES = {
    "Amman": "JO-AMM",
    "Gaziantep": "TR-GAZ",
    "Homs": "SY04",
    "Dayr_Az_Zor": "SY09",
    "Hassakeh": "SY08",
    "Ar Raqqa": "SY11",
}
PER_T = 10_000


@pytest.fixture(scope="module")
def economy() -> Economy:
    return read(FOLDER)


@pytest.fixture(scope="module")
def plan(economy: Economy) -> Plan:
    return share_out(economy)


@pytest.fixture(scope="module")
def as_published(tmp_path_factory: pytest.TempPathFactory) -> list[Fault]:
    """What the check says about the instance, turned into an economy as it stands."""
    spec = importlib.util.spec_from_file_location("convert", INSTANCE / "convert.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    folder = tmp_path_factory.mktemp("published") / "economy"
    module.convert(folder)
    return inspect(folder)[1]


def sheet(name: str) -> list[dict[str, str]]:
    """Return the rows of a published sheet."""
    with (INSTANCE / "sheets" / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def city(node: str) -> str:
    """Return the place of a node such as ``Ar Raqqa TS``."""
    return CITIES[node.rpartition(" ")[0]]


def resource_id(food: str) -> str:
    """Return the resource of a food such as ``Soya-fortified maize meal``."""
    return food.lower().replace("-fortified", "").replace(" ", "_")


def about(faults: list[Fault], file: str, seen: str) -> list[Fault]:
    """Return the messages that point into a file and show a value."""
    return [fault for fault in faults if file in fault.where and seen in fault.what + fault.seen + fault.do]


def test_inspect_wfp_syria_then_nothing_to_say() -> None:
    assert inspect(FOLDER)[1] == []


@pytest.mark.parametrize(
    ("file", "seen", "severity"),
    [
        ("contents.csv", "Soya-fortified sorghum grits", "fault"),
        ("contents.csv", "1000000", "warning"),
        ("recipes.csv", "1000000", "warning"),
        ("routes.csv", "Dayr_Az_zor D", "fault"),
        ("people.csv", "Hassakeh D", "fault"),
    ],
)
def test_inspect_the_instance_as_published_then_each_fault_is_caught(
    as_published: list[Fault], file: str, seen: str, severity: str
) -> None:
    found = about(as_published, file, seen)
    assert found, f"nothing said about {seen} in {file}"
    assert severity in {fault.severity for fault in found}


def test_inspect_the_instance_as_published_then_the_misspelt_place_is_recognised(as_published: list[Fault]) -> None:
    (misspelt,) = about(as_published, "routes.csv", "Dayr_Az_zor D")
    assert 'did you mean "Dayr_Az_Zor D"?' in misspelt.do


def test_people_then_as_the_sheet_of_demand(economy: Economy) -> None:
    published = {city(row["Node"]): float(row["Demand"]) for row in sheet("demand")}
    assert dict(economy.people.select("place", "people").iter_rows()) == published


def test_routes_then_the_published_edges_between_cities(economy: Economy) -> None:
    published = {(city(row["from"]), city(row["to"])): float(row["distance_m"]) / 1000 for row in sheet("routes")}
    published = {(start, end): km for (start, end), km in published.items() if start != end}
    shipped = {(start, end): km for start, end, km in economy.routes.select("from", "to", "distance_km").iter_rows()}
    assert shipped == pytest.approx(published)


def test_modes_then_every_published_transport_cost_is_proportional_to_its_distance(economy: Economy) -> None:
    (per_t_km,) = economy.modes["per_t_km"]
    for row in sheet("routes"):
        assert float(row["distance_m"]) / 1000 * per_t_km == pytest.approx(float(row["transport_cost_usd"]))


def test_contents_then_as_published_but_for_two_figures(economy: Economy) -> None:
    needs = dict(zip([*sheet("needs_per_person_day")[0]][1:], economy.needs["need"], strict=True))
    published = {
        (resource_id(row["Food"]), need): float(row[header]) * PER_T
        for row in sheet("foods_per_100g")
        for header, need in needs.items()
    }
    shipped = {(resource, need): amount for resource, need, amount, _ in economy.contents.iter_rows()}
    differing = {key for key, amount in published.items() if shipped.get(key, 0.0) != pytest.approx(amount)}
    assert differing == {("soya_sorghum_grits", "protein"), ("salt", "iodine")}
    assert set(shipped) <= set(published)


def test_recipes_then_published_prices_without_offers_that_mean_not_available(economy: Economy) -> None:
    paid = economy.recipes.filter(pl.col("use") == "input").select("recipe", "quantity")
    bought = economy.recipes.filter(pl.col("use") == "output").select("recipe", "resource")
    offers = economy.plants.join(paid, on="recipe").join(bought, on="recipe")
    shipped = {(place, food): usd for place, food, usd in offers.select("place", "resource", "quantity").iter_rows()}
    published = {
        (city(row["Supplier"]), resource_id(row["food"])): float(row["usd_per_tonne"])
        for row in sheet("procurement_costs")
    }
    left_out = {key for key in published if key not in shipped}
    fresh_milk = {("SY04", "milk"), ("SY08", "milk"), ("SY09", "milk")}
    assert left_out == {key for key, usd in published.items() if usd == 1_000_000} | fresh_milk
    assert len(left_out) == 17 + 3
    assert shipped == pytest.approx({key: published[key] for key in shipped}, abs=0.005)


def test_share_out_then_nobody_falls_in_the_gap_between_the_grants(plan: Plan) -> None:
    assert plan.goals[0]["max_min"] == pytest.approx(0.8977, abs=0.0005)
    energy = plan.met.filter(pl.col("need") == "energy", pl.col("period") < 5)["met_floor"]
    assert energy.min() > 0.8977 * 0.998
    assert energy.max() < 0.8977 + 0.001


def test_share_out_then_in_april_every_floor_is_met_and_the_reserves_are_full(plan: Plan) -> None:
    assert plan.met.filter(pl.col("period") == 5)["met_floor"].min() > 1 - 1e-3
    assert plan.reserves["met"].min() > 1 - 1e-3


def test_share_out_then_all_the_money_is_spent_and_the_road_takes_three_tenths(plan: Plan) -> None:
    spent = plan.balances.filter(pl.col("resource") == "usd")["used"].sum()
    tonne_km = next(goal["tonne_km"] for goal in plan.goals if goal["goal"] == "effort")
    assert spent == pytest.approx(3_600_000, rel=1e-4)
    assert 2 * tonne_km / spent == pytest.approx(0.30, abs=0.01)


def test_share_out_january_on_its_own_money_then_half_of_the_floor(economy: Economy) -> None:
    first = date(2022, 1, 1)
    january = replace(
        economy,
        horizon=Horizon(first, "month", 1),
        stocks=economy.stocks.clear(),
        reserves=economy.reserves.clear(),
        arrivals=economy.arrivals.filter(pl.col("on") == first),
    )
    plan = share_out(january, options=PlanOptions(goals=("floor",)))
    assert plan.goals[0]["max_min"] == pytest.approx(0.493, abs=0.001)


def test_share_out_money_in_equal_parts_then_a_higher_level(economy: Economy) -> None:
    even = replace(economy, arrivals=economy.arrivals.with_columns(quantity=pl.lit(600_000.0)))
    plan = share_out(even, options=PlanOptions(goals=("floor",)))
    assert plan.goals[0]["max_min"] == pytest.approx(0.971, abs=0.001)


def test_verify_the_plan_then_it_holds(economy: Economy, plan: Plan) -> None:
    verdict = verify(economy, plan)
    assert verdict.faults == ()
    assert verdict.balanced


def test_check_plan_stand_alone_then_it_agrees_with_the_check(plan: Plan, economy: Economy, tmp_path: Path) -> None:
    alone = check_alone(plan.write(tmp_path / "plan"))
    assert alone.returncode == 0, alone.stdout + alone.stderr
    assert verify(economy, plan).holds
