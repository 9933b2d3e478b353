"""The files of others that ship: every row is accounted for, and the book holds what they say."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from muster.book.book import Book
from muster.book.lines import read_lines
from muster.joining import numbered, read_batch, read_mapping, read_people

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "joining"


@pytest.mark.parametrize(
    ("name", "mapping", "rows", "events"), [("scms-shipments.csv", "scms", 59, 29), ("depot.csv", "depot", 7, 4)]
)
def test_read_batch_given_an_example_then_every_row_is_accounted_for_and_the_book_agrees(
    name: str, mapping: str, rows: int, events: int
) -> None:
    batch = read_batch(EXAMPLES / name, read_mapping(EXAMPLES / f"{mapping}.toml"))
    assert (batch.rows, len(batch.events), batch.reconciled) == (rows, events, True)
    book = Book()
    lines = [orjson.dumps(event) for event in numbered(batch.events, first=1)]
    posted = book.post(read_lines(lines, file=name), at_ms=1_795_773_723_000)
    assert posted.count("accepted") == events
    held: dict[str, int] = {}
    for each in book.balances():
        if each.place.startswith("store:"):
            held[each.resource] = held.get(each.resource, 0) + each.quantity
    assert held == {total.resource: total.in_events for total in batch.totals if total.in_events}


def test_read_batch_given_the_shipments_then_each_reason_has_its_rows() -> None:
    batch = read_batch(EXAMPLES / "scms-shipments.csv", read_mapping(EXAMPLES / "scms.toml"))
    assert batch.reasons == {
        "There is no weight: it was captured separately, not in this file.": 16,
        "The weight stands on a line that is not in the file.": 12,
        "The weight stands on a line that does not have it either.": 2,
    }
    shared = [event for event in batch.events if "weight shared with ID" in event.get("reason", "")]
    assert len(shared) == 3
    assert any("freight: included in the price of the goods" in event["reason"] for event in batch.events)


def test_read_batch_given_the_depot_then_the_rows_that_come_back_say_why() -> None:
    batch = read_batch(EXAMPLES / "depot.csv", read_mapping(EXAMPLES / "depot.toml"))
    assert [(fault.where, fault.seen, fault.rule) for fault in batch.faults()] == [
        ("depot.csv:8, column Quantité", "env. 200", "J8"),
        ("depot.csv:9, column Date", "31/11/2026", "J9"),
    ]


def test_read_people_given_the_populations_then_groups_without_overlap() -> None:
    batch = read_people(EXAMPLES / "population.csv", read_mapping(EXAMPLES / "population.toml"))
    assert (batch.rows, batch.rows_taken, batch.reconciled) == (66, 25, True)
    assert batch.reasons == {
        "Left out: women and men are counted again in the rows of both together.": 36,
        "0 people: nobody lives there, or nobody counted?": 3,
        "Several rows give a number for the same place and group.": 2,
    }
    kinshasa = {each.group: each.people for each in batch.people if each.place == "CD1000"}
    assert kinshasa == {"under-5": 2_076_265, "5-to-19": 3_877_613, "20-and-over": 9_924_784 - 2_076_265 - 3_877_613}
