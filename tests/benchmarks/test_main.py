"""The one command: measures what is named, keeps it, and writes the page from all that is kept."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks.page import COMMAND
from benchmarks.sections import NOTES, TABLES

FOUND = [
    {"what": what, "rows": 100_000, "wall_s": seconds, "cpu_s": seconds, "peak_mib": 200.0}
    for what, seconds in (("polars read_csv alone", 0.02), ("read and checked", 0.5))
]


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the command writes, instead of in the checkout."""
    monkeypatch.setattr(command, "RESULTS", tmp_path / "results.json")
    monkeypatch.setattr(command, "DOCS", tmp_path)
    monkeypatch.setattr(command, "PARTS", command.PARTS | {"check_stocks": lambda times: FOUND})
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    """Run the command with arguments."""
    monkeypatch.setattr(sys, "argv", [COMMAND, *arguments])
    command.main()


def test_main_given_a_part_then_only_that_is_measured_and_the_page_says_what_is_not(
    places: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(monkeypatch, "check_stocks", "--times", "1")
    assert list(json.loads((places / "results.json").read_text())) == ["check_stocks"]
    written = (places / "benchmarks.md").read_text()
    assert "| 100,000 rows of stocks are checked in 1 s | 0.500 s | reached |" in written
    assert "Not measured: `python -m benchmarks country`." in written


def test_main_given_page_then_nothing_is_measured(places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(monkeypatch, "page")
    assert not (places / "results.json").exists()
    assert "# Benchmarks" in (places / "benchmarks.md").read_text()


def test_main_given_an_unknown_part_then_names_those_there_are(
    places: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        run(monkeypatch, "everything")
    assert "there is no part everything; there are build, maxmin" in capsys.readouterr().err


def test_parts_then_each_has_versions_a_line_on_the_page_and_a_section() -> None:
    assert set(command.PACKAGES) == set(command.PARTS)
    assert set(NOTES) == set(TABLES) == set(command.SHORT) | {"book_large", "faults", "web_load"}
