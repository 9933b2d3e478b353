"""The plan folder: read as it was written, and every broken file is told."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from small_plans import flour, people, planned, road

from muster.errors import PlanError
from muster.plan import PlanOptions
from muster.plan.folder import read, write
from muster.plan.plan import Plan
from muster.plan.proof import verify
from muster.plan.tables import PLAN_TABLES

FILES = {*(f"{name}.csv" for name in PLAN_TABLES), "plan.toml", "proof.npz", "economy"}


@pytest.fixture(scope="module")
def plan() -> Plan:
    return planned(
        PlanOptions(step=0.1, slack=0.002),
        title='Two "villages" – قرية',
        places=["depot", "village", "camp"],
        people=people("village", "camp"),
        periods=2,
        stocks=[flour(2, "depot"), flour(0.3, "depot", expires="2026-11-03")],
        routes=[road(distance_km=1 / 3, capacity_t_per_day=0.5), road("camp", loss=0.1)],
        reserves=[{"resource": "flour", "quantity": 0.25}],
    )


@pytest.fixture(scope="module")
def written(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return plan.write(tmp_path_factory.mktemp("plans") / "plan")


@pytest.fixture
def folder(written: Path, tmp_path: Path) -> Path:
    """Return a copy of a plan folder, to be broken."""
    shutil.copytree(written, tmp_path / "plan")
    return tmp_path / "plan"


@pytest.fixture
def bare(folder: Path) -> Path:
    """Return the same without its economy, which is soon read; its fault is expected and not told by ``faults_of``."""
    shutil.rmtree(folder / "economy")
    return folder


def faults_of(folder: Path) -> list[tuple[str, str]]:
    """Return the file and the rule of every fault that reading tells; all have their five fields."""
    with pytest.raises(PlanError) as caught:
        read(folder)
    for fault in caught.value.faults:
        assert all((fault.what, fault.where, fault.seen, fault.do, fault.rule)), fault
        assert "\n" not in fault.seen
    found = [(Path(fault.where).name, fault.rule) for fault in caught.value.faults]
    return [fault for fault in found if (folder / "economy").exists() or fault[0] != "economy"]


def test_write_then_these_files(written: Path) -> None:
    assert {path.name for path in written.iterdir()} == FILES


def test_write_with_a_report_then_it_stands_there_too(plan: Plan, tmp_path: Path) -> None:
    write(plan, tmp_path / "new" / "plan", report="<p>é</p>")
    assert (tmp_path / "new" / "plan" / "report.html").read_text(encoding="utf-8") == "<p>é</p>"
    assert {path.name for path in (tmp_path / "new" / "plan").iterdir()} == FILES | {"report.html"}


def test_read_what_was_written_then_the_same_plan(plan: Plan, written: Path) -> None:
    again = read(written)
    for field in fields(Plan):
        one, two = getattr(plan, field.name), getattr(again, field.name)
        if isinstance(one, pl.DataFrame):
            assert_frame_equal(one, two, check_exact=True)
        elif field.name == "proof":
            assert sorted(one) == sorted(two)
            assert all(np.array_equal(one[name], two[name]) for name in one)
        elif field.name != "economy":
            assert one == two, field.name
    assert again.economy.sha256 == plan.economy.sha256
    assert (again.economy.goals, again.economy.step, again.economy.slack) == (plan.economy.goals, 0.1, 0.002)
    assert again.summary() == plan.summary()
    assert verify(plan.economy, again).holds


def test_write_what_was_read_then_the_same_bytes(written: Path, tmp_path: Path) -> None:
    read(written).write(tmp_path / "again")
    for path in written.rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (tmp_path / "again" / path.relative_to(written)).read_bytes(), path.name


def test_write_over_a_plan_then_it_is_replaced_whole(plan: Plan, folder: Path) -> None:
    (folder / "report.html").write_text("of the plan before", encoding="utf-8")
    (folder / "met.csv").unlink()
    plan.write(folder)
    assert {path.name for path in folder.iterdir()} == FILES
    assert [path.name for path in folder.parent.iterdir()] == ["plan"]


def test_write_then_plan_toml_says_how_it_was_made(plan: Plan, written: Path) -> None:
    head = tomllib.loads((written / "plan.toml").read_text(encoding="utf-8"))
    assert head["title"] == plan.economy.title
    assert head["economy_sha256"] == plan.economy.sha256
    assert set(head["versions"]) == {"muster", "solver", "numpy", "polars"}
    assert [goal["goal"] for goal in head["goals"]] == ["floor", "reserve", "norm", "effort"]
    assert 0 < head["tolerance"] <= 1e-9
    assert {"periods", "claims", "step", "slack", "seconds", "peak_mib"} <= set(head)


def test_write_empty_plan_then_read_again(tmp_path: Path) -> None:
    plan = planned(PlanOptions(goals=("floor",)), stocks=[flour(0.5, expires="2026-11-01"), flour(1e-3)], people=[])
    again = read(plan.write(tmp_path / "plan"))
    for name in ("met", "given", "levels", "reasons", "reserves", "lots"):
        assert_frame_equal(getattr(plan, name), getattr(again, name))


@pytest.mark.parametrize("name", sorted(FILES - {"plan.toml", "economy"}))
def test_read_without_a_file_then_it_is_named(bare: Path, name: str) -> None:
    (bare / name).unlink()
    assert faults_of(bare) == [(name, "P3")]


@pytest.mark.parametrize("name", sorted(f"{name}.csv" for name in PLAN_TABLES))
def test_read_table_without_a_column_then_its_file_is_named(bare: Path, name: str) -> None:
    frame = pl.read_csv(bare / name, infer_schema=False)
    frame.drop(frame.columns[-1]).write_csv(bare / name)
    assert faults_of(bare) == [(name, "P3")]


def words_for_numbers(path: Path) -> None:
    frame = pl.read_csv(path, infer_schema=False)
    frame.with_columns(period=pl.lit("soon")).write_csv(path)


def nothing(path: Path) -> None:
    path.write_bytes(b"")


def half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def a_line(path: Path) -> None:
    path.write_bytes(path.read_bytes().splitlines()[0])


def noise(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 9)


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    ("name", "harm"),
    [
        ("met.csv", words_for_numbers),
        ("met.csv", nothing),
        ("met.csv", noise),
        ("met.csv", a_folder),
        ("proof.npz", nothing),
        ("proof.npz", half),
        ("proof.npz", noise),
        ("proof.npz", a_folder),
        ("plan.toml", nothing),
        ("plan.toml", a_line),
        ("plan.toml", noise),
    ],
)
def test_read_broken_file_then_it_is_named(bare: Path, name: str, harm: Callable[[Path], None]) -> None:
    harm(bare / name)
    assert faults_of(bare) == [(name, "P3")]


def test_read_proof_that_is_a_single_array_or_objects_then_it_is_named(bare: Path) -> None:
    with (bare / "proof.npz").open("wb") as file:
        np.save(file, np.zeros(3))
    assert faults_of(bare) == [("proof.npz", "P3")]
    np.savez(bare / "proof.npz", duals=np.array([{"a": 1}], dtype=object))
    assert faults_of(bare) == [("proof.npz", "P3")]


@pytest.mark.parametrize("key", ["step", "slack", "seconds", "peak_mib", "solver", "goal"])
@pytest.mark.parametrize("instead", ["", "{key} = []"])
def test_read_plan_toml_without_a_key_or_with_another_kind_then_it_is_named(bare: Path, key: str, instead: str) -> None:
    head = bare / "plan.toml"
    lines = head.read_text(encoding="utf-8").splitlines()
    kept = [instead.format(key=key) if line.startswith(f"{key} =") else line for line in lines]
    head.write_text("\n".join(kept), encoding="utf-8")
    expected = [] if key == "solver" and instead else [("plan.toml", "P3")]
    assert (faults_of(bare) if expected else []) == expected


def test_read_plan_toml_with_a_goal_that_is_none_then_it_is_named(bare: Path) -> None:
    head = bare / "plan.toml"
    head.write_text(head.read_text(encoding="utf-8").replace('goal = "reserve"', 'goal = "profit"'), encoding="utf-8")
    with pytest.raises(PlanError, match="a goal called profit"):
        read(bare)


def test_read_several_broken_files_then_all_are_told(folder: Path) -> None:
    (folder / "given.csv").unlink()
    nothing(folder / "runs.csv")
    noise(folder / "proof.npz")
    (folder / "economy" / "people.csv").write_text("place,group,people\nvillage,all,many\n", encoding="utf-8")
    assert [name for name, _ in faults_of(folder)] == [
        "people.csv:2, column people",
        "given.csv",
        "runs.csv",
        "proof.npz",
    ]


def test_read_without_the_economy_then_it_is_told(folder: Path) -> None:
    shutil.rmtree(folder / "economy")
    with pytest.raises(PlanError, match="economy"):
        read(folder)


@pytest.mark.parametrize("what", ["nothing", "a file", "a folder without plan.toml"])
def test_read_what_is_not_a_plan_then_it_says_what_is_there(tmp_path: Path, what: str) -> None:
    path = tmp_path / "winter"
    if what == "a file":
        path.write_text("x", encoding="utf-8")
    elif what != "nothing":
        path.mkdir()
    with pytest.raises(PlanError) as caught:
        read(path)
    (fault,) = caught.value.faults
    assert (fault.rule, fault.seen) == ("P2", what)
    assert "muster plan" in fault.do
