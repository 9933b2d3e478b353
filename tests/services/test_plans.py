from pathlib import Path

import pytest

from muster.errors import PlanError
from muster.services.plans import plan_folder_of, refuse_to_replace


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
    with pytest.raises(NotADirectoryError):
        refuse_to_replace(tmp_path / "note/plan")
