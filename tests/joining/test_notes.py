"""Columns that are noted: weights with words in them, and weights that stand on another line."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from joining_files import HEADER, RECEIPTS, changed

from muster.joining.batch import Batch

Read = Callable[..., Batch]


def only(batch: Batch) -> tuple[str, str, str]:
    """Return column, reason and rule of the one problem of the one row that came back."""
    [row] = batch.returned
    [problem] = row.problems
    assert batch.reconciled
    assert problem.do
    return problem.column, problem.reason, problem.rule


NOTED = (
    RECEIPTS
    + """\
[[noted]]
name = "weight"
column = "Weight"
unit = "kg"
refers = "See {Waybill} (ID#:{No})"
if_unknown = "return"
words = { "Weight Captured Separately" = "it was captured separately" }
"""
)


def noted(read: Read, *weights: str, mapping: str = NOTED) -> Batch:
    rows = "".join(f"{i},03/11/2026,WB{i},wfp,flour,600,kg,{weight}\n" for i, weight in enumerate(weights, start=1))
    return read(rows, mapping, header=HEADER.replace("Unit", "Unit,Weight"))


def test_read_batch_given_a_weight_on_another_line_then_the_event_says_whose(read: Read) -> None:
    batch = noted(read, "See WB2 (ID#:2)", "643", "See WB1 (ID#:1)")
    assert [event["reason"] for event in batch.events] == [
        "weight shared with No 2",
        "weight 643 kg",
        "weight shared with No 1",
    ]


@pytest.mark.parametrize(
    ("weights", "reason"),
    [
        (["See WB9 (ID#:9)"], "The weight stands on a line that is not in the file."),
        (["See WB2 (ID#:3)", "5"], "The weight stands on a line that is not in the file."),
        (["Weight Captured Separately"], "There is no weight: it was captured separately."),
        ([""], "There is no weight: the cell is blank."),
        (["heavy"], "There are words where a number is expected."),
        (["See WB1 (ID#:1)"], "The weight stands on a line that points back here."),
    ],
)
def test_read_batch_given_a_weight_that_is_not_known_then_the_row_comes_back(
    read: Read, weights: list[str], reason: str
) -> None:
    assert only(noted(read, *weights))[1] == reason


def test_read_batch_given_a_weight_on_a_line_without_one_then_each_has_its_own_reason(read: Read) -> None:
    batch = noted(read, "See WB2 (ID#:2)", "Weight Captured Separately")
    assert list(batch.reasons) == [
        "The weight stands on a line that does not have it either.",
        "There is no weight: it was captured separately.",
    ]


def test_read_batch_given_unknown_weights_that_are_noted_then_every_row_is_taken(read: Read) -> None:
    mapping = changed(NOTED, ('if_unknown = "return"', 'if_unknown = "note"'))
    batch = noted(read, "See WB9 (ID#:9)", "Weight Captured Separately", "", "heavy", mapping=mapping)
    assert [event.get("reason") for event in batch.events] == [
        "weight: See WB9 (ID#:9)",
        "weight: it was captured separately",
        None,
        "weight: heavy",
    ]
