"""From tables to a book and back: the same tables, to the gram."""

from __future__ import annotations

import runpy
import shutil
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import polars as pl
import pytest
from recording import AT_MS

from muster import store
from muster.book.ids import RANDOM_BITS
from muster.book.lines import from_events, read_lines
from muster.economy.economy import Economy
from muster.economy.read import read
from muster.economy.tables import LINE
from muster.errors import EconomyError
from muster.plan.program import build
from muster.services.book_economy import FromBook, economy_from_book
from muster.services.book_opening import opening_events

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def bits() -> Callable[[], int]:
    """Return a source of random bits."""
    return partial(Random(1).getrandbits, RANDOM_BITS)


def sorted_rows(frame: pl.DataFrame) -> list[tuple[Any, ...]]:
    """Return the rows of a table without their lines, sorted."""
    return sorted(frame.drop(LINE).rows(), key=repr)


def through_a_book(name: str, tmp_path: Path) -> tuple[Economy, FromBook]:
    """Fill the shipped book of an example into a book, and that into the example without its stocks."""
    folder = Path(shutil.copytree(EXAMPLES / name, tmp_path / name))
    (folder / "stocks.csv").write_text("place,resource,quantity\n")
    address, file = str(tmp_path / "example.book"), EXAMPLES / "books" / f"{name}.jsonl"
    store.create(address)
    with store.open(address) as book, file.open("rb") as lines:
        posted = book.post(read_lines(lines, file=file.name), at_ms=AT_MS)
        assert not posted.refused and not posted.faults
    economy = read(EXAMPLES / name)
    return economy, economy_from_book(folder, book=address, as_of=economy.horizon.start - timedelta(days=1))


@pytest.mark.parametrize("name", ["afghan-winter", "two-villages"])
def test_books_of_the_examples_then_they_are_made_from_them(name: str) -> None:
    made = runpy.run_path(str(EXAMPLES / "books" / "make.py"))["lines_of"](name)
    assert (EXAMPLES / "books" / f"{name}.jsonl").read_bytes() == made


@pytest.mark.parametrize("name", ["afghan-winter", "two-villages"])
def test_economy_from_the_book_of_an_example_then_the_same_tables_and_the_same_program(
    name: str, tmp_path: Path
) -> None:
    """The same rows, to the last digit; and the linear program that is solved is the same, number by number."""
    economy, made = through_a_book(name, tmp_path)
    back = read(made.folder)
    for table, frame in economy.tables.items():
        assert sorted_rows(back.tables[table]) == sorted_rows(frame), table
    assert made.left_out == []
    assert [fault for fault in made.warnings if fault.rule.startswith("E")] == []
    same_program(economy, back)


def same_program(economy: Economy, back: Economy) -> None:
    """Check that two economies are planned by the same linear program."""
    ours, theirs = build(economy).matrix, build(back).matrix
    assert (ours.entries != theirs.entries).nnz == 0
    for bound in ("limit", "most", "row_scale", "column_scale"):
        assert np.array_equal(getattr(ours, bound), getattr(theirs, bound)), bound


def test_opening_events_given_a_quantity_that_is_not_whole_then_says_where(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(EXAMPLES / "two-villages", tmp_path / "villages"))
    (folder / "stocks.csv").write_text("place,resource,quantity\ndepot,flour,0.0000001\ndepot,coal,1\n")
    with pytest.raises(EconomyError) as refused:
        opening_events(read(folder), random=bits())
    assert [(fault.rule, fault.where) for fault in refused.value.faults] == [("B8", "stocks.csv:2")]


def test_opening_events_given_a_lot_with_a_last_day_then_it_keeps_both(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(EXAMPLES / "two-villages", tmp_path / "villages"))
    rows = ["place,resource,quantity,lot,expires", "depot,flour,1.5,L7,2027-06-30", "depot,flour,2,,2027-05-31"]
    (folder / "stocks.csv").write_text("\n".join(rows) + "\n")
    events = opening_events(read(folder), random=bits())
    assert [(move.lot, move.expires, move.quantity) for move in events[0].moves] == [
        ("L7", "2027-06-30", 1_500_000),
        ("2027-05-31", "2027-05-31", 2_000_000),
    ]
    address = str(tmp_path / "lots.book")
    store.create(address)
    with store.open(address) as book:
        assert not book.post(from_events(events), at_ms=AT_MS).refused
