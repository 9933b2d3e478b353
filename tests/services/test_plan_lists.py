from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from muster.economy.read import read
from muster.errors import PlanError
from muster.plan import folder, share_out
from muster.plan.options import PlanOptions
from muster.services.economies import examples_folder
from muster.services.plan_lists import (
    FILES,
    differences,
    dispatch_list,
    head,
    plan_folder,
    plan_folders,
    to_take_away,
)


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two plans: as things are, and with twice as much on the road to Hill."""
    plans = tmp_path_factory.mktemp("plans")
    economy = read(examples_folder() / "two-villages")
    folder.write(share_out(economy, options=PlanOptions(packs=True)), plans / "as-it-is")
    wider = economy.routes.with_columns(
        pl.when(pl.col("to") == "hill").then(pl.col("capacity_t_per_day") * 2).otherwise(pl.col("capacity_t_per_day"))
    )
    folder.write(share_out(replace(economy, routes=wider)), plans / "wider-road")
    (plans / "notes").mkdir()
    return plans


def test_plan_folders_given_a_folder_then_its_plans_the_latest_first(plans: Path) -> None:
    assert [each.name for each in plan_folders(plans)] == ["wider-road", "as-it-is"]
    assert plan_folders(plans / "nowhere") == ()


def test_plan_folder_given_a_name_then_that_plan_and_no_other_folder(plans: Path) -> None:
    assert plan_folder(plans, "as-it-is") == plans / "as-it-is"
    for name in ("notes", "..", "../plans/as-it-is", ""):
        with pytest.raises(PlanError) as raised:
            plan_folder(plans, name)
        assert raised.value.faults[0].do == "choose one of: wider-road, as-it-is"


def test_head_given_a_plan_then_who_is_worst_off(plans: Path) -> None:
    found = head(plans / "as-it-is")
    assert (found.name, found.measure, found.below, found.worst, found.altered) == (
        "as-it-is",
        "floor",
        500,
        "Hill",
        (),
    )
    assert found.level == pytest.approx(0.917, abs=0.01)
    assert found.written.tzinfo is not None


def test_dispatch_list_given_a_period_then_its_rows_with_names_and_whole_packs(plans: Path) -> None:
    found = dispatch_list(plans / "as-it-is", 0)
    assert found.periods == ("November 2026", "December 2026", "January 2027")
    flour = next(row for row in found.rows if (row.target, row.resource) == ("Valley", "Flour"))
    assert (flour.source, flour.mode, flour.unit, flour.arrives) == ("Depot", "truck", "t", "November 2026")
    packs, size, unit = flour.packs.replace(" ×", "").split()
    assert unit == "t"
    assert int(packs) * float(size) == pytest.approx(flour.quantity)
    assert found.tonnes == pytest.approx(sum(row.tonnes for row in found.rows))
    assert dispatch_list(plans / "wider-road", 0).rows[0].packs == ""


def test_dispatch_list_given_less_than_anybody_would_load_then_it_is_counted_and_not_listed(
    plans: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = dispatch_list(plans / "as-it-is", 0)
    least = min(row.quantity for row in before.rows)
    monkeypatch.setattr("muster.services.plan_lists.LOADED", least * 1.001)
    after = dispatch_list(plans / "as-it-is", 0)
    assert (before.left_out, after.left_out) == (0, len(before.rows) - len(after.rows))
    assert after.left_out >= 1


def test_dispatch_list_given_no_such_period_then_what_there_is(plans: Path) -> None:
    with pytest.raises(PlanError) as raised:
        dispatch_list(plans / "as-it-is", 3)
    assert raised.value.faults[0].do == "choose 0 (November 2026) to 2 (January 2027)"


def test_differences_given_a_wider_road_then_hill_gains(plans: Path) -> None:
    found = differences(plans / "as-it-is", plans / "wider-road")
    assert [each.place for each in found.gain] == ["Hill"]
    assert found.gain[0].floor_change > 0.05
    assert not found.same_economy
    assert (found.only_before, found.only_after) == ((), ())
    back = differences(plans / "wider-road", plans / "as-it-is")
    assert [each.place for each in back.lose] == ["Hill"]
    assert back.lose[0].floor_change == -found.gain[0].floor_change
    assert back.lose[0].reason.startswith("Depot → Hill (truck)")
    assert len(found.gain) + len(found.lose) + found.same == 2


def test_differences_given_a_plan_and_itself_then_all_is_the_same(plans: Path) -> None:
    found = differences(plans / "as-it-is", plans / "as-it-is")
    assert (found.gain, found.lose, found.same, found.same_economy) == ((), (), 2, True)


@pytest.mark.parametrize("name", FILES)
def test_to_take_away_given_a_plan_then_the_file_is_made_once(plans: Path, name: str) -> None:
    made = to_take_away(plans / "wider-road", name)
    assert made.stat().st_size > 1000
    written = made.stat().st_mtime_ns
    assert to_take_away(plans / "wider-road", name).stat().st_mtime_ns == written
