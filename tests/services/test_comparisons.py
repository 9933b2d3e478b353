from pathlib import Path

import pytest

from muster.economy import read
from muster.errors import EconomyError, PlanError
from muster.plan.options import PlanOptions, Progress
from muster.plan.proof import verify
from muster.services.comparisons import CURVE, PAGE, TABLE, compare_policies
from muster.services.economies import examples_folder
from muster.services.plans import verify_plan

VILLAGES = examples_folder() / "two-villages"
TWO = ("leximin", "equal")
USUAL = PlanOptions()


def test_compare_policies_given_no_place_to_write_then_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    heard: list[Progress] = []
    compared = compare_policies(VILLAGES, policies=TWO, to=None, options=USUAL, progress=heard.append)
    assert (compared.page, compared.folder) == (None, None)
    assert list(tmp_path.iterdir()) == []
    assert {progress.goal for progress in heard} > {"floor", "equal"}
    assert all(verify(plan.economy, plan).holds for plan in compared.comparison.plans.values())


def test_compare_policies_given_a_file_then_the_page_and_nothing_else(tmp_path: Path) -> None:
    compared = compare_policies(VILLAGES, policies=TWO, to=tmp_path / "two.html", options=USUAL)
    assert compared.page == tmp_path / "two.html"
    assert compared.page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert [path.name for path in tmp_path.iterdir()] == ["two.html"]


def test_compare_policies_given_a_folder_then_the_plans_lie_in_it_and_hold(tmp_path: Path) -> None:
    to = tmp_path / "two"
    compare_policies(VILLAGES, policies=("equal",), to=to, options=USUAL)
    compared = compare_policies(VILLAGES, policies=TWO, to=to, options=USUAL)
    assert compared.page == to / PAGE
    assert sorted(path.name for path in to.iterdir()) == sorted([PAGE, TABLE, CURVE, *TWO])
    assert all(verify_plan(VILLAGES, to / policy).balanced for policy in TWO)
    assert (to / "equal/report.html").is_file()


def test_compare_policies_given_something_else_in_its_place_then_it_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/letter.txt").touch()
    with pytest.raises(PlanError) as refusal:
        compare_policies(VILLAGES, policies=TWO, to=tmp_path / "mine", options=USUAL)
    assert refusal.value.faults[0].rule == "C2"
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]


def test_compare_policies_given_faults_in_the_tables_then_they_are_told(tmp_path: Path) -> None:
    with pytest.raises(EconomyError):
        compare_policies(tmp_path, policies=TWO, to=None, options=USUAL)


def test_examples_then_their_packs_and_vehicles_are_free_of_faults() -> None:
    economy, faults = read.inspect(VILLAGES)
    assert economy is not None and not faults
    assert economy.resources["pack"].to_list() == [0.05, 0.025, None, None]
