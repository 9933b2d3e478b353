import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from muster.errors import EconomyError, PlanError
from muster.plan import folder
from muster.plan.options import PlanOptions, Progress
from muster.plan.plan import Plan
from muster.services.economies import examples_folder
from muster.services.plans import plan_economy, plan_folder_of, refuse_to_replace, verify_plan, write_report

VILLAGES = examples_folder() / "two-villages"
FLOOR = PlanOptions(goals=("floor",))


def tree(path: Path) -> dict[str, bytes]:
    return {str(file.relative_to(path)): file.read_bytes() for file in path.rglob("*") if file.is_file()}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a plan folder; tests only read it."""
    to = tmp_path_factory.mktemp("plans") / "villages"
    plan_economy(VILLAGES, to=to, options=FLOOR)
    return to


def interrupts(plan: Plan, path: Path, **more: object) -> Path:
    """Write half a plan, as if somebody pressed Ctrl-C then."""
    (path / "met.csv").write_text("half")
    raise KeyboardInterrupt


def test_plan_economy_given_an_economy_then_the_folder_is_whole_and_says_where(tmp_path: Path) -> None:
    heard: list[Progress] = []
    planned = plan_economy(VILLAGES, to=tmp_path / "villages", options=FLOOR, progress=heard.append)
    assert planned.folder == tmp_path / "villages"
    assert planned.report == tmp_path / "villages/report.html"
    assert planned.report.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert folder.read(planned.folder).met.equals(planned.plan.met)
    assert planned.warnings == ()
    assert [each.goal for each in heard][-2:] == ["floor", "proof"]
    assert [path.name for path in tmp_path.iterdir()] == ["villages"]


def test_plan_economy_given_a_plan_in_its_place_then_it_is_replaced(made: Path, tmp_path: Path) -> None:
    shutil.copytree(made, tmp_path / "villages")
    (tmp_path / "villages/note.txt").touch()
    plan_economy(VILLAGES, to=tmp_path / "villages", options=FLOOR)
    assert set(tree(tmp_path / "villages")) == set(tree(made))
    assert [path.name for path in tmp_path.iterdir()] == ["villages"]


def test_plan_economy_given_ctrl_c_while_it_writes_then_the_old_plan_stays(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(made, tmp_path / "villages")
    monkeypatch.setattr(folder, "write", interrupts)
    with pytest.raises(KeyboardInterrupt):
        plan_economy(VILLAGES, to=tmp_path / "villages", options=FLOOR)
    assert tree(tmp_path) == {f"villages/{name}": data for name, data in tree(made).items()}


def test_plan_economy_given_faults_then_all_of_them_and_nothing_written(tmp_path: Path) -> None:
    shutil.copytree(VILLAGES, tmp_path / "villages")
    (tmp_path / "villages/people.csv").write_text("place,group,people\nnowhere,all,-1\n")
    with pytest.raises(EconomyError) as error:
        plan_economy(tmp_path / "villages", to=tmp_path / "plan", options=FLOOR)
    assert {fault.rule for fault in error.value.faults} >= {"F7", "T3"} or len(error.value.faults) >= 2
    assert not (tmp_path / "plan").exists()


def test_plan_economy_given_something_else_in_its_place_then_it_is_refused_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="is not a plan"):
        plan_economy(tmp_path / "nowhere", to=VILLAGES, options=FLOOR)


def test_verify_plan_given_its_economy_then_it_holds(made: Path) -> None:
    assert verify_plan(VILLAGES, made).holds


def test_verify_plan_given_another_economy_then_it_does_not(made: Path, tmp_path: Path) -> None:
    shutil.copytree(VILLAGES, tmp_path / "villages")
    people = tmp_path / "villages/people.csv"
    people.write_text(people.read_text().replace("1000", "1001"))
    assert not verify_plan(tmp_path / "villages", made).holds


@pytest.mark.parametrize(
    ("name", "begins"),
    [("report.html", b"<!doctype html>"), ("mine.html", b"<!doctype html>"), ("mine.xlsx", b"PK")],
)
def test_write_report_given_a_plan_then_a_page_or_a_workbook(
    name: str, begins: bytes, made: Path, tmp_path: Path
) -> None:
    assert write_report(made, to=tmp_path / name) == tmp_path / name
    assert (tmp_path / name).read_bytes().startswith(begins)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_write_report_given_no_file_then_the_one_in_the_plan(made: Path, tmp_path: Path) -> None:
    shutil.copytree(made, tmp_path / "villages")
    (tmp_path / "villages/report.html").unlink()
    assert write_report(tmp_path / "villages", to=None) == tmp_path / "villages/report.html"
    assert tree(tmp_path / "villages") == tree(made)


@pytest.mark.parametrize("act", [lambda path: verify_plan(VILLAGES, path), lambda path: write_report(path, to=None)])
def test_a_folder_that_is_no_plan_then_it_is_said(act: Callable[[Path], object], tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="is not a plan"):
        act(tmp_path)


@pytest.mark.parametrize(
    ("economy", "folder"),
    [("north", "north-plan"), ("aid/north", "north-plan"), ("aid/north.xlsx", "north-plan"), ("v1.2", "v1.2-plan")],
)
def test_plan_folder_of_given_an_economy_then_a_folder_here_with_its_name(
    economy: str, folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "aid").mkdir()
    (tmp_path / "aid/north.xlsx").touch()
    assert plan_folder_of(Path(economy)) == Path(folder)


def test_plan_folder_of_given_somebody_who_stands_in_the_economy_then_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "north").mkdir()
    monkeypatch.chdir(tmp_path / "north")
    assert plan_folder_of(Path()) == tmp_path / "north-plan"


def test_refuse_to_replace_given_nothing_or_an_empty_folder_or_a_plan_then_it_is_silent(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "plan").mkdir()
    (tmp_path / "plan/plan.toml").touch()
    for name in ("nothing", "empty", "plan", "far/away"):
        refuse_to_replace(tmp_path / name)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["empty", "plan", "plan.toml"]


def test_refuse_to_replace_given_something_else_then_it_says_so_and_leaves_it(tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis/chapter.txt").write_text("years of work")
    with pytest.raises(PlanError) as error:
        refuse_to_replace(tmp_path / "thesis")
    assert error.value.faults[0].rule == "C2"
    assert error.value.faults[0].seen == "a folder without plan.toml"
    (tmp_path / "note").touch()
    with pytest.raises(PlanError, match="a file"):
        refuse_to_replace(tmp_path / "note")
    assert (tmp_path / "thesis/chapter.txt").read_text() == "years of work"


def test_refuse_to_replace_given_a_file_above_then_an_os_error(tmp_path: Path) -> None:
    (tmp_path / "note").touch()
    with pytest.raises(OSError, match="note"):
        refuse_to_replace(tmp_path / "note/plan")
