"""`muster book economy`: what it takes, what it says."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import typer
from recording import AT_MS, Desk, batch

from muster import store
from muster.cli.answer import DONE, Answer
from muster.cli.book_economy import add_to
from muster.cli.refusals import CannotUse
from muster.errors import EconomyError

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
BEFORE = 1_793_400_000_000
"""30 October 2026."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The two villages, and beside them a book."""
    store.create(str(tmp_path / "villages.book"))
    desk = Desk(unit="depot")
    with store.open(str(tmp_path / "villages.book")) as book:
        moves = ("outside:before > store:depot, 40.5 t flour", "outside:before > store:depot, 9 piece blanket")
        events = [
            desk.event("opening", *moves, on=BEFORE),
            desk.event("dispatch", "store:depot > transit:W1, 500 kg flour", on=BEFORE + 1, destination="store:hill"),
        ]
        assert not book.post(batch(*events), at_ms=AT_MS).refused
    folder = Path(shutil.copytree(EXAMPLES / "two-villages", tmp_path / "villages"))
    (folder / "book.toml").write_text('[resources]\nblanket = ""\n')
    return folder


def run(folder: Path, *words: str) -> Answer:
    """Run the command."""
    app = typer.Typer()
    app.callback()(lambda: None)
    add_to(app)
    answer = app(
        ["economy", "--from", str(folder.parent / "villages.book"), str(folder), *words], standalone_mode=False
    )
    assert isinstance(answer, Answer)
    return answer


def test_economy_given_a_day_then_says_what_was_carried_over_and_what_was_not(folder: Path) -> None:
    answer = run(folder, "--as-of", "2026-10-31")
    lines = answer.text.splitlines()
    assert lines[:4] == [
        f"{folder}: what the book holds on 2026-10-31, as known at event 2.",
        "stocks    1 row",
        "arrivals  1 row on the road, 1 row as they were",
        "people    as they were",
    ]
    assert lines[4].split() == ["left", "out", "resource", "lot", "quantity", "why"]
    assert lines[5].split() == ["store:depot", "blanket", "9", "piece", "book.toml", "leaves", "the", "resource", "out"]
    assert lines[-1] == f"next      muster plan {folder}"
    assert answer.status == DONE and all(fault.severity == "warning" for fault in answer.faults)


def test_economy_given_json_then_every_row_with_its_smallest_units(folder: Path) -> None:
    data = json.loads(json.dumps(run(folder, "--as-of", "2026-10-31", "--known-at", "1", "--json").data))
    assert data["known_at"] == 1 and data["arrivals"] == []
    (stock,) = data["stocks"]
    assert (stock["place"], stock["quantity"], stock["unit"], stock["smallest"]) == ("depot", 40.5, "t", 40_500_000)
    first = data["left_out"][0]
    assert (first["resource"], first["quantity"], first["unit"]) == ("blanket", 9, "piece")
    assert data["written"] == [str(folder / "stocks.csv"), str(folder / "arrivals.csv")]


def test_economy_given_nobody_says_the_day_then_today(folder: Path) -> None:
    assert run(folder).data["as_of"] >= "2026-01-01"


@pytest.mark.parametrize("words", [("--as-of", "31.10.2026"), ("--known-at", "-1"), ("--known-at", "two")])
def test_economy_given_no_day_or_no_number_then_refused(folder: Path, words: tuple[str, str]) -> None:
    with pytest.raises(CannotUse):
        run(folder, *words)


def test_economy_given_many_rows_left_out_then_shows_some_and_counts_the_rest(folder: Path) -> None:
    desk = Desk(unit="depot", recorder="other")
    with store.open(str(folder.parent / "villages.book")) as book:
        stores = [f"outside:before > store:depot/{number}, 1 piece blanket" for number in range(30)]
        assert not book.post(batch(desk.event("opening", *stores, on=BEFORE)), at_ms=AT_MS).refused
    answer = run(folder, "--as-of", "2026-10-31")
    assert "and 14 more; --json has all." in answer.text
    assert len(answer.data["left_out"]) == 34


def test_economy_given_a_fault_then_raises_it(folder: Path) -> None:
    (folder / "book.toml").unlink()
    with pytest.raises(EconomyError):
        run(folder, "--as-of", "2026-10-31")
