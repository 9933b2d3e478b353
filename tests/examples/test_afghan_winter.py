"""The Afghan winter: consistent, accounted for number by number, and as scarce as its README says."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
import pytest
from stand_alone import check_alone

from muster.economy.economy import Economy, Horizon
from muster.economy.read import inspect, read
from muster.economy.tables import TABLES
from muster.plan import PlanOptions, share_out
from muster.plan.plan import Plan
from muster.plan.proof import verify
from muster.plan.warn import warn
from muster.plan.why import explain

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
FOLDER = EXAMPLES / "afghan-winter"
GHOR = "AF23"

pytestmark = pytest.mark.xdist_group("afghan-winter")


@pytest.fixture(scope="module")
def economy() -> Economy:
    return read(FOLDER)


@pytest.fixture(scope="module")
def plan(economy: Economy) -> Plan:
    """The floor stage, planned once for all tests here."""
    return share_out(economy, options=PlanOptions(goals=("floor",)))


def unaccounted(folder: Path) -> list[str]:
    """Return the columns with numbers or dates, as ``table.column``, that no row of sources names."""
    with (folder / "sources.csv").open(newline="", encoding="utf-8") as file:
        told = [(row["table"], row["what"].partition(":")[0]) for row in csv.DictReader(file)]
    missing = []
    for table in TABLES.values():
        path = folder / f"{table.name}.csv"
        if not path.exists() or table.name == "sources":
            continue
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        for column in table.columns:
            counted = column.kind in ("number", "whole", "date") and any(row.get(column.name) for row in rows)
            named = any(name == table.name and column.name in what.replace(",", " ").split() for name, what in told)
            if counted and not named:
                missing.append(f"{table.name}.{column.name}")
    return missing


def test_inspect_afghan_winter_then_nothing_to_say() -> None:
    assert inspect(FOLDER)[1] == []


def test_inspect_afghan_winter_in_weeks_then_nothing_to_say(tmp_path: Path) -> None:
    for file in FOLDER.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    options = (FOLDER / "economy.toml").read_text()
    weeks = options.replace('"month"', '"week"').replace("periods = 5", "periods = 21")
    (tmp_path / "economy.toml").write_text(weeks)
    economy, faults = inspect(tmp_path)
    assert faults == []
    assert economy is not None and len(economy.horizon.days) == 21


@pytest.mark.parametrize("name", ["two-villages", "afghan-winter", "wfp-syria"])
def test_sources_of_every_example_then_no_column_of_numbers_is_left_out(name: str) -> None:
    assert unaccounted(EXAMPLES / name) == []


def test_people_then_as_many_as_ipc_counts(economy: Economy) -> None:
    by_group = dict(economy.people.group_by("group").agg(pl.col("people").sum()).iter_rows())
    assert by_group == {"p4": 6_080_128, "p3": 13_823_868, "p12": 23_196_613}
    assert sum(by_group.values()) == 43_100_609
    assert economy.people["place"].n_unique() == 45


def test_routes_inside_the_country_then_both_directions_are_the_same(economy: Economy) -> None:
    inside = economy.routes.filter(pl.col("from").str.starts_with("AF")).drop("_line")
    back = inside.rename({"from": "to", "to": "from"}).select(inside.columns)
    assert inside.sort(pl.all()).equals(back.sort(pl.all()))
    assert economy.routes.height - inside.height == 4


def test_stocks_then_they_fit_their_stores(economy: Economy) -> None:
    resources = economy.resources.select("resource", "class", mass=pl.col("mass_t").fill_null(1.0))
    held = economy.stocks.drop_nulls("place").join(resources, on="resource")
    held = held.group_by("place", "class").agg((pl.col("quantity") * pl.col("mass")).sum().alias("held_t"))
    over = held.join(economy.stores, on=["place", "class"]).filter(pl.col("held_t") > pl.col("capacity_t"))
    assert over.is_empty()


def test_shapes_then_one_for_every_area_with_people(economy: Economy) -> None:
    assert economy.shapes is not None
    shaped = [feature["properties"]["place"] for feature in economy.shapes["features"]]
    assert sorted(shaped) == sorted(economy.people["place"].unique())


def test_heat_norms_then_the_arithmetic_of_sources_holds(economy: Economy) -> None:
    """60 W per degree, 7 people, 75 % or 50 %: floor and norm are 8 degrees apart wherever it is colder than 10."""
    heat = economy.norms.filter(pl.col("need") == "heat", pl.col("floor") > 0)
    share = pl.when(pl.col("group") == "p4").then(0.75).otherwise(0.5)
    apart = heat.select((pl.col("norm") - pl.col("floor") - 8 * 0.060 * 24 / 7 * share).abs().max()).item()
    assert apart < 0.002


def test_share_out_floor_then_ghor_behind_the_snow_sets_the_common_level(plan: Plan) -> None:
    assert plan.goals[0]["max_min"] == pytest.approx(0.4984, abs=0.0005)
    worst = plan.met.filter(pl.col("floor") > 0, pl.col("met_floor") < 0.4984 + 0.001)
    assert set(worst["place"]) == {GHOR}
    assert set(worst["need"]) == {"energy", "protein", "heat"}
    assert worst.filter(pl.col("need") != "protein").height == 20


def test_share_out_floor_then_the_snow_is_crossed_by_convoy_with_what_is_worth_most_per_tonne(plan: Plan) -> None:
    over_snow = plan.dispatches.filter(pl.col("to") == GHOR, pl.col("period") > 0)
    by_resource = dict(over_snow.group_by("resource").agg(pl.col("quantity").sum()).iter_rows())
    assert set(over_snow["mode"]) == {"convoy"}
    assert max(by_resource, key=lambda resource: by_resource[resource]) == "lpg"


def test_horizon_then_it_is_the_five_months_of_the_analysis(economy: Economy) -> None:
    assert economy.horizon == Horizon(economy.horizon.start, "month", 5)
    assert str(economy.horizon.start) == "2022-11-01" and str(economy.horizon.end) == "2023-04-01"


def test_verify_the_plan_then_it_holds(economy: Economy, plan: Plan) -> None:
    verdict = verify(economy, plan)
    assert verdict.faults == ()
    assert verdict.balanced


def test_why_ghor_then_the_convoys_hold_it_and_neither_coal_nor_lorries_elsewhere_would_help(plan: Plan) -> None:
    ghor = explain(plan, "Ghor")[0]
    assert ghor.needs == ("energy", "heat", "protein")
    assert ghor.could == pytest.approx(ghor.level, abs=2e-3)
    assert {each.limit.where for each in ghor.limits[:2]} == {"AF31 → AF23", "AF32 → AF23"}
    helping = [each for each in ghor.changes if each.helps]
    assert len(helping) >= 3
    convoys = [each for each in helping if each.kind == "route" and each.quantity == 10]
    assert all(each.after - each.before > 0.05 for each in convoys) and convoys
    assert {each.resource for each in ghor.changes if not each.helps} == {"coal", "truck_hour"}


def test_warn_then_a_little_more_diesel_would_prevent_about_half_because_it_drives_the_lorries(plan: Plan) -> None:
    warned = warn(plan)
    assert warned.shortfall / warned.floors == pytest.approx(0.14, abs=0.01)
    diesel = [each for each in warned.things if each.change.resource == "diesel"]
    assert diesel
    assert all(each.change.after > 0.4 for each in diesel)


def test_check_plan_stand_alone_then_it_agrees_with_the_check(plan: Plan, economy: Economy, tmp_path: Path) -> None:
    alone = check_alone(plan.write(tmp_path / "plan"))
    assert alone.returncode == 0, alone.stdout + alone.stderr
    assert verify(economy, plan).holds
