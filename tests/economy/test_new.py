"""An economy to start from."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from muster.economy.new import examples_in, new
from muster.economy.read import parse
from muster.economy.tables import TABLES
from muster.errors import EconomyError

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def test_new_given_no_example_then_empty_tables_that_can_be_read(tmp_path: Path) -> None:
    folder = new(tmp_path / "mine")
    economy, faults = parse(folder)
    assert faults == []
    assert economy is not None
    assert all(frame.is_empty() for frame in economy.tables.values())
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        ["economy.toml", *(f"{name}.csv" for name in TABLES)]
    )
    assert (folder / "stocks.csv").read_text() == "place,resource,quantity,unit,lot,expires\n"
    assert (folder / "economy.toml").read_text().count("#") >= 4


def test_new_given_an_example_then_a_copy_of_its_files(tmp_path: Path) -> None:
    folder = new(tmp_path / "mine", example="two-villages", examples=EXAMPLES)
    files = {path.name: path.read_bytes() for path in (EXAMPLES / "two-villages").iterdir() if path.is_file()}
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == files


def test_new_given_an_empty_folder_then_it_is_used(tmp_path: Path) -> None:
    assert parse(new(tmp_path))[1] == []


@pytest.mark.parametrize("name", ["two-vilages", "..", "../examples/two-villages", "", "wfp-instance", "two-villages/"])
def test_new_given_no_such_example_then_nothing_is_made(tmp_path: Path, name: str) -> None:
    with pytest.raises(EconomyError, match="There is no such example") as refused:
        new(tmp_path / "mine", example=name, examples=EXAMPLES)
    assert "two-villages" in refused.value.faults[0].do
    assert list(tmp_path.iterdir()) == []


def test_new_given_a_slip_then_the_example_meant(tmp_path: Path) -> None:
    with pytest.raises(EconomyError, match='did you mean "two-villages"'):
        new(tmp_path / "mine", example="two-vilages", examples=EXAMPLES)


@pytest.mark.parametrize("examples", [None, Path("nowhere")])
def test_new_given_no_examples_then_says_what_to_do(tmp_path: Path, examples: Path | None) -> None:
    with pytest.raises(EconomyError, match="install muster again"):
        new(tmp_path / "mine", example="two-villages", examples=examples)


def test_new_given_a_full_folder_then_it_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "keep.txt").write_text("mine")
    with pytest.raises(EconomyError, match="Something is there already"):
        new(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["keep.txt"]


def test_new_given_a_file_in_the_way_then_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("x")
    with pytest.raises(EconomyError, match="Something is there already"):
        new(tmp_path / "mine")


def test_new_given_a_disk_that_fails_then_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(OSError, match="no space left"):
        new(tmp_path / "mine", example="two-villages", examples=EXAMPLES)
    assert list(tmp_path.iterdir()) == []


def test_examples_in_given_the_examples_then_those_that_are_economies() -> None:
    assert examples_in(EXAMPLES) == ["afghan-winter", "two-villages", "wfp-syria"]
    assert examples_in(None) == []
