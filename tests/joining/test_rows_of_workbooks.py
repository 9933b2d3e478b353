"""Rows of workbooks: their own numbers and dates, errors of formulas, merged cells."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from joining_files import HEADER, RECEIPTS, changed

from muster.joining.batch import Batch
from muster.joining.mapping_toml import from_toml
from muster.joining.rows import read_batch

Workbook = Callable[..., Path]


def only(batch: Batch) -> tuple[str, str, str]:
    """Return column, reason and rule of the one problem of the one row that came back."""
    [row] = batch.returned
    [problem] = row.problems
    assert batch.reconciled
    assert problem.do
    return problem.column, problem.reason, problem.rule


def test_read_batch_given_a_workbook_then_its_own_numbers_and_dates_whatever_the_mapping_states(
    workbook: Workbook,
) -> None:
    mapping = changed(RECEIPTS, ("[[amount]]", '[numbers]\nwritten = "1.234,5"\n\n[[amount]]'))
    header = HEADER.strip().split(",")
    path = workbook(
        [
            header,
            [1, date(2026, 11, 3), "W", "wfp", "flour", 1.234, "kg"],
            [2, "03/11/2026", "W", "wfp", "flour", "1.234", "kg"],
        ]
    )
    batch = read_batch(path, from_toml(mapping, file="m"))
    assert [event["moves"][0]["quantity"] for event in batch.events] == ["1.234", "1234"]
    assert {event["occurred"] for event in batch.events} == {"2026-11-03T12:00:00Z"}


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        (5, date(2026, 1, 2), ("Quantity", "A date stands where a number is expected.", "J8")),
        (5, True, ("Quantity", "A yes or no stands where a number is expected.", "J8")),
    ],
)
def test_read_batch_given_a_cell_that_the_spreadsheet_changed_then_it_comes_back(
    workbook: Workbook, column: int, value: Any, problem: tuple[str, str, str]
) -> None:
    line: list[Any] = [1, date(2026, 11, 3), "W", "wfp", "flour", 5, "kg"]
    line[column] = value
    batch = read_batch(workbook([HEADER.strip().split(","), line]), from_toml(RECEIPTS, file="m"))
    assert only(batch) == problem


@pytest.mark.parametrize("column", ["No", "Date", "From", "Item", "Quantity"])
def test_read_batch_given_an_error_of_a_formula_then_it_comes_back(workbook: Workbook, column: str) -> None:
    header = HEADER.strip().split(",")
    at = header.index(column)
    path = workbook(
        [header, [1, date(2026, 11, 3), "W", "wfp", "flour", 5, "kg"]],
        change=lambda book, sheet: sheet.write_formula(1, at, "=NA()", None, "#N/A"),
    )
    batch = read_batch(path, from_toml(RECEIPTS, file="m"))
    assert only(batch) == (column, "A cell holds an error of a formula.", "J6")


def merged_book(workbook: Workbook) -> Path:
    lines = [[i, date(2026, 11, 3), "W", "wfp", "flour", 5, "kg"] for i in (1, 2, 3)]

    def merge(book: Any, sheet: Any) -> None:
        sheet.merge_range(1, 3, 2, 3, "unicef")
        sheet.merge_range(2, 5, 3, 5, 90)

    return workbook([HEADER.strip().split(","), *lines], change=merge)


def test_read_batch_given_merged_cells_then_names_are_filled_and_quantities_never(workbook: Workbook) -> None:
    batch = read_batch(merged_book(workbook), from_toml(RECEIPTS, file="m"))
    assert [event["moves"][0]["from"] for event in batch.events] == ["outside:unicef"]
    assert batch.reasons == {"One number stands in merged cells over several rows.": 2}
    assert batch.said == ("2 cells are merged with those above them and were read as what stands there.",)
    assert batch.reconciled


def test_read_batch_given_merged_cells_and_a_mapping_that_takes_none_then_rows_below_come_back(
    workbook: Workbook,
) -> None:
    mapping = changed(RECEIPTS, ("[event]", '[file]\nmerged = "return"\n\n[event]'))
    batch = read_batch(merged_book(workbook), from_toml(mapping, file="m"))
    assert [row.reason for row in batch.returned if row.line == 3] == ["A cell is merged with those above it."]
