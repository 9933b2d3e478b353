from pathlib import Path

import pytest

from muster.economy.beside import file_beside, folder_beside


def listing(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_folder_beside_given_nothing_there_then_the_new_folder_appears_whole(tmp_path: Path) -> None:
    with folder_beside(tmp_path / "plan", replaces=True) as unfinished:
        (unfinished / "met.csv").write_text("new")
        assert not (tmp_path / "plan").exists()
    assert listing(tmp_path) == ["plan", "plan/met.csv"]


def test_folder_beside_given_an_old_one_then_it_is_replaced_whole(tmp_path: Path) -> None:
    (tmp_path / "plan").mkdir()
    (tmp_path / "plan/old.csv").write_text("old")
    with folder_beside(tmp_path / "plan", replaces=True) as unfinished:
        (unfinished / "met.csv").write_text("new")
        assert listing(tmp_path / "plan") == ["old.csv"]
    assert listing(tmp_path) == ["plan", "plan/met.csv"]


def test_folder_beside_given_a_stop_then_the_old_one_stays_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "plan").mkdir()
    (tmp_path / "plan/old.csv").write_text("old")
    with pytest.raises(KeyboardInterrupt), folder_beside(tmp_path / "plan", replaces=True) as unfinished:
        (unfinished / "met.csv").write_text("half")
        raise KeyboardInterrupt
    assert listing(tmp_path) == ["plan", "plan/old.csv"]


def test_folder_beside_given_a_rename_that_is_refused_then_the_old_one_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "plan").mkdir()
    (tmp_path / "plan/old.csv").write_text("old")
    rename = Path.rename

    def refuse_new(self: Path, target: Path) -> Path:
        if "unfinished" in self.name:
            raise PermissionError(13, "no", str(self))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse_new)
    with pytest.raises(PermissionError), folder_beside(tmp_path / "plan", replaces=True):
        pass
    assert listing(tmp_path) == ["plan", "plan/old.csv"]


def test_folder_beside_given_a_link_then_what_it_points_to_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "plan").symlink_to(tmp_path / "far")
    with folder_beside(tmp_path / "plan", replaces=True) as unfinished:
        (unfinished / "met.csv").write_text("new")
    assert (tmp_path / "plan").is_symlink()
    assert listing(tmp_path / "far") == ["met.csv"]


def test_folder_beside_given_a_full_folder_and_no_leave_then_it_stays(tmp_path: Path) -> None:
    (tmp_path / "plan").mkdir()
    (tmp_path / "plan/old.csv").write_text("old")
    with pytest.raises(OSError, match="not empty"), folder_beside(tmp_path / "plan"):
        pass
    assert listing(tmp_path) == ["plan", "plan/old.csv"]


def test_folder_beside_given_missing_folders_above_then_they_are_made(tmp_path: Path) -> None:
    with folder_beside(tmp_path / "winter/plan") as unfinished:
        (unfinished / "met.csv").write_text("new")
    assert listing(tmp_path) == ["winter", "winter/plan", "winter/plan/met.csv"]


def test_file_beside_given_success_then_the_file_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text("old")
    with file_beside(tmp_path / "report.html") as unfinished:
        unfinished.write_text("new")
    assert listing(tmp_path) == ["report.html"]
    assert (tmp_path / "report.html").read_text() == "new"


def test_file_beside_given_a_stop_then_the_old_file_stays(tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text("old")
    with pytest.raises(KeyboardInterrupt), file_beside(tmp_path / "report.html") as unfinished:
        unfinished.write_text("half")
        raise KeyboardInterrupt
    assert listing(tmp_path) == ["report.html"]
    assert (tmp_path / "report.html").read_text() == "old"
