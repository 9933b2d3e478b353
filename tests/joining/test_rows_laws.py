"""Whatever stands in the cells: every row is there once, totals add up, and the book reads every event."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joining_files import HEADER, RECEIPTS, changed

from muster.book.lines import read_line
from muster.joining.batch import Batch

Read = Callable[..., Batch]

COLUMNS = (
    st.sampled_from(["1", "2", "3", "", "A-7"]),
    st.sampled_from(["03/11/2026", "31/11/2026", "2026-11-03", "", "01/01/0001"]),
    st.sampled_from(["WB1", "", "wb " * 80]),
    st.sampled_from(["wfp", "n/a", "", "Red\nCross", "a\u200eb"]),
    st.sampled_from(["flour", "Oil, 20 l", "", "x" * 201]),
    st.sampled_from(["600", "0", "-4", "1.5", "0.0001", "9" * 17, "many", "", "1e3", "۱۲"]),
    st.sampled_from(["kg", "l", "piece", "bag", "", "KG"]),
)
SIGNS = st.characters(exclude_categories=["Cc", "Cs"])  # a file full of control signs is refused as binary
ROW = st.one_of(st.tuples(*COLUMNS), st.lists(st.text(SIGNS, max_size=4), max_size=9).map(tuple))
SKIP = '[[skip]]\ncolumn = "From"\nis = ["n/a"]\nbecause = "not said"\n'


def written(rows: list[tuple[str, ...]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(rows=st.lists(ROW, max_size=12), keyed=st.booleans())
def test_law_read_batch_given_any_cells_then_every_row_once_and_totals_that_add_up(
    read: Read, rows: list[tuple[str, ...]], keyed: bool
) -> None:
    mapping = RECEIPTS if keyed else changed(RECEIPTS, ('key = ["No"]\n', ""))
    batch = read(written(rows), mapping + SKIP)
    lines = [each.line for each in (*batch.taken, *batch.returned)]
    assert len(set(lines)) == len(lines) == batch.rows
    assert batch.reconciled
    assert len({event["id"] for event in batch.events}) == len(batch.events)
    for event in batch.events:
        line = read_line(orjson.dumps({**event, "n": 1}), where="row", packs={})
        assert line.event is not None, [fault.text() for fault in line.faults]
    again = read(written(rows), mapping + SKIP, name="again.csv")
    assert (again.events, again.digest) == (batch.events, batch.digest)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(rows=st.lists(st.tuples(*COLUMNS), max_size=8), more=st.lists(st.tuples(*COLUMNS), max_size=4))
def test_law_read_batch_given_more_rows_below_then_the_events_above_stay_the_same(
    read: Read, rows: list[tuple[str, ...]], more: list[tuple[str, ...]]
) -> None:
    assert HEADER.count(",") == len(COLUMNS) - 1
    before, after = read(written(rows)), read(written(rows + more))
    assert after.events[: len(before.events)] == before.events
