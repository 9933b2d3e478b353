"""A corrected file: what differs, and the events that put it right, tried on a real book."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joining_files import RECEIPTS, changed

from muster.book.book import Book
from muster.book.lines import read_lines
from muster.joining.batch import Batch, numbered
from muster.joining.differences import RecordedEvent, compare, corrections, differences_text, event_text
from muster.joining.ids import event_id, reversal_id

Read = Callable[..., Batch]
ROW = "{},03/11/2026,WB118,wfp,flour,{},kg\n"


def rows(**amounts: object) -> str:
    return "".join(ROW.format(name.removeprefix("r"), amount) for name, amount in amounts.items())


class Kept:
    """Events that were recorded, in a list; see ``Recorded``."""

    def __init__(self, events: Iterable[Mapping[str, Any]]) -> None:
        self.events = {event["id"]: event for event in events}
        reversals = [event for event in self.events.values() if event["kind"] == "reversal"]
        self.undone = {event["reverses"]: event["recorder"] for event in reversals}

    def find(self, ids: Collection[str]) -> dict[str, RecordedEvent]:
        return {id: RecordedEvent(self.events[id], self.undone.get(id, "")) for id in ids if id in self.events}

    def others(self, ids: Collection[str], *, most: int | None) -> tuple[int, list[Mapping[str, Any]]]:
        apart = {*ids, *self.undone}
        gone = [each for id, each in self.events.items() if id not in apart and each["kind"] != "reversal"]
        return len(gone), gone[:most]


class Office:
    """A book and the events that were posted to it, numbered as they come."""

    def __init__(self) -> None:
        self.book, self.events = Book(), []  # type: ignore[var-annotated]

    def post(self, events: Iterable[Mapping[str, Any]]) -> int:
        """Post events that must all be accepted; return how many."""
        new = numbered(list(events), first=len(self.events) + 1)
        posted = self.book.post(
            read_lines([orjson.dumps(event) for event in new], file="import"),
            at_ms=1_795_773_723_000 + len(self.events),
        )
        assert posted.count("accepted") == len(new)
        self.events += new
        return len(new)

    def stock(self) -> dict[str, int]:
        """Return grams by resource in the stores."""
        return {each.resource: each.quantity for each in self.book.balances() if each.place.startswith("store:")}


def corrected(office: Office, batch: Batch, *, withdraw_gone: bool = True) -> int:
    return office.post(corrections(compare(batch, Kept(office.events)), withdraw_gone=withdraw_gone))


def test_compare_given_the_same_file_then_nothing_and_no_events(read: Read) -> None:
    batch = read(rows(r1=600, r2=20))
    differences = compare(batch, Kept(batch.events))
    assert (differences.nothing, differences.same, corrections(differences)) == (True, 2, [])


def test_compare_given_nothing_earlier_then_all_are_added_with_their_first_ids(read: Read) -> None:
    batch = read(rows(r1=600))
    assert corrections(compare(batch, Kept([]))) == batch.events


def test_compare_given_a_corrected_file_then_added_changed_gone_and_same(read: Read) -> None:
    before = read(rows(r1=600, r2=20, r3=5))
    after = read(rows(r1=600, r2=25, r4=7))
    differences = compare(after, Kept(before.events))
    assert differences.same == 1
    assert [each.key for each in differences.added] == [("4",)]
    [change] = differences.changed
    assert (change.line, change.key) == (3, ("2",))
    assert change.fields == (
        ("amount", "20 kg flour outside:wfp → store:kabul", "25 kg flour outside:wfp → store:kabul"),
    )
    assert change.new["id"] == event_id("depot", ["2"], revision=1)
    assert [event["id"] for event in differences.gone] == [event_id("depot", ["3"])]


def test_corrections_given_a_change_then_a_reversal_dated_like_the_old_event_and_the_new_one(read: Read) -> None:
    before, after = read(rows(r1=600)), read(rows(r1=588).replace("03/11", "04/11"))
    new, reversal = corrections(compare(after, Kept(before.events)))
    assert reversal == {
        "id": reversal_id(event_id("depot", ["1"])),
        "kind": "reversal",
        "unit": "kabul",
        "recorder": "import depot",
        "occurred": "2026-11-03T12:00:00Z",
        "reverses": event_id("depot", ["1"]),
        "reason": "the source corrected this row",
    }
    assert (new["kind"], new["occurred"]) == ("receipt", "2026-11-04T12:00:00Z")


@pytest.mark.parametrize(
    ("kind", "start", "end", "order"),
    [
        ("receipt", "outside:{From}", "store:kabul", ["receipt", "reversal"]),
        ("dispatch", "store:kabul", "transit:{Waybill}", ["reversal", "dispatch"]),
    ],
)
def test_corrections_given_a_change_then_what_fills_the_store_comes_first(
    read: Read, kind: str, start: str, end: str, order: list[str]
) -> None:
    way = ('from = "outside:{From}"\nto = "store:kabul"', f'from = "{start}"\nto = "{end}"')
    mapping = changed(RECEIPTS, ('kind = "receipt"', f'kind = "{kind}"'), way)
    before, after = read(rows(r1=600), mapping), read(rows(r1=588), mapping)
    assert [event["kind"] for event in corrections(compare(after, Kept(before.events)))] == order


def test_compare_given_the_book_says_it_in_other_units_then_it_is_the_same(read: Read) -> None:
    batch = read(rows(r1=600))
    [event] = batch.events
    exported = {**event, "n": 1, "occurred": "2026-11-03T16:30:00+04:30"}
    exported["moves"] = [{**event["moves"][0], "quantity": "0.6", "unit": "t"}]
    assert compare(batch, Kept([exported])).nothing


def test_compare_given_a_row_that_cannot_be_read_now_then_its_event_stays_and_is_named(read: Read) -> None:
    before, after = read(rows(r1=600, r2=5)), read(rows(r1="some", r2=5))
    differences = compare(after, Kept(before.events))
    [(row, event)] = differences.unreadable
    assert (row.line, event["id"], differences.gone) == (2, event_id("depot", ["1"]), ())


def test_compare_given_a_row_that_is_left_out_now_then_its_event_is_gone(read: Read) -> None:
    skip = '[[skip]]\ncolumn = "No"\nis = ["1"]\nbecause = "not ours"\n'
    before, after = read(rows(r1=600, r2=5)), read(rows(r1=600, r2=5), RECEIPTS + skip)
    assert [event["id"] for event in compare(after, Kept(before.events)).gone] == [event_id("depot", ["1"])]


def test_corrections_given_gone_rows_then_they_are_reversed_only_if_the_file_covers_all(read: Read) -> None:
    before, after = read(rows(r1=600, r2=20)), read(rows(r1=600))
    differences = compare(after, Kept(before.events))
    assert corrections(differences) == []
    assert [event["kind"] for event in corrections(differences, withdraw_gone=True)] == ["reversal"]


def test_corrections_given_a_row_corrected_twice_withdrawn_and_back_then_each_has_its_revision(read: Read) -> None:
    office = Office()
    for amount, stock in ((600, 600_000), (588, 588_000), (590, 590_000)):
        corrected(office, read(rows(r1=amount, r2=1)))
        assert office.stock() == {"flour": stock + 1_000}
    corrected(office, read(rows(r2=1)))
    assert office.stock() == {"flour": 1_000}
    corrected(office, read(rows(r1=590, r2=1)))
    assert office.stock() == {"flour": 591_000}
    kinds = [event["kind"] for event in office.events]
    assert (kinds.count("receipt"), kinds.count("reversal")) == (5, 3)
    assert corrected(office, read(rows(r1=590, r2=1))) == 0


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    files=st.lists(
        st.dictionaries(st.sampled_from(["r1", "r2", "r3", "r4"]), st.integers(1, 9)), min_size=1, max_size=6
    )
)
def test_law_corrections_given_any_row_of_files_then_the_book_says_what_the_last_one_says(
    read: Read, files: list[dict[str, int]]
) -> None:
    office = Office()
    for amounts in files:
        batch = read(rows(**amounts))
        corrected(office, batch)
        assert office.stock() == ({"flour": 1_000 * sum(amounts.values())} if amounts else {})
        assert corrected(office, batch) == 0


def test_compare_given_what_a_person_has_undone_then_it_stays_so_until_the_row_says_something_else(read: Read) -> None:
    office, first = Office(), read(rows(r1=600, r2=20))
    corrected(office, first)
    by_hand = {"id": reversal_id("by hand"), "kind": "reversal", "unit": "kabul", "recorder": "s.amiri"}
    by_hand |= {"occurred": "2026-11-05T12:00:00Z", "reason": "never came", "reverses": event_id("depot", ["1"])}
    office.post([by_hand])
    assert corrected(office, first) == 0
    assert corrected(office, read(rows(r2=20))) == 0
    differences = compare(read(rows(r1=588, r2=20)), Kept(office.events))
    assert (len(differences.added), differences.changed, differences.gone_count) == (1, (), 0)
    assert corrected(office, read(rows(r1=588, r2=20))) == 1
    assert office.stock() == {"flour": 608_000}


def test_compare_given_more_gone_than_are_named_then_all_are_counted(read: Read) -> None:
    before, after = read(rows(**{f"r{i}": i for i in range(1, 9)})), read(rows(r9=1))
    differences = compare(after, Kept(before.events), most_gone=3)
    assert (differences.gone_count, len(differences.gone)) == (8, 3)
    assert differences_text(differences, most=2).splitlines()[-1] == "    and 6 more"


def test_differences_text_given_differences_then_a_line_for_each(read: Read) -> None:
    before, after = read(rows(r1=600, r2=20, r3=5)), read(rows(r1="some", r2=25, r4=7))
    assert differences_text(compare(after, Kept(before.events))).splitlines() == [
        "receipts.csv: 0 rows as before, 1 added, 1 changed, 1 no longer there",
        "  + line 4: receipt 2026-11-03 WB118 7 kg flour outside:wfp → store:kabul",
        "  ~ line 3: amount 20 kg flour outside:wfp → store:kabul → 25 kg flour outside:wfp → store:kabul",
        "  - receipt 2026-11-03 WB118 5 kg flour outside:wfp → store:kabul",
        "  ? line 2 cannot be read now, its event stays: There are words where a number is expected.",
    ]


def test_differences_text_given_many_then_the_rest_is_counted(read: Read) -> None:
    differences = compare(read(rows(**{f"r{i}": 1 for i in range(1, 9)})), Kept([]))
    assert differences_text(differences, most=3).splitlines()[-1] == "    and 5 more"


def test_as_dict_given_differences_then_json_ready(read: Read) -> None:
    before, after = read(rows(r1=600, r2=20)), read(rows(r2=25, r4=7))
    told = compare(after, Kept(before.events)).as_dict()
    assert orjson.dumps(told)
    assert (told["same"], len(told["added"]), len(told["gone"])) == (0, 1, 1)
    assert told["changed"][0]["fields"][0]["field"] == "amount"


def test_event_text_given_a_count_then_what_was_found() -> None:
    counted = [
        {"place": "store:kabul", "resource": "flour", "lot": "L1", "quantity": "5", "unit": "bag", "pack": "50 kg"}
    ]
    event = {"kind": "count", "occurred": "2026-11-30T17:00:00Z", "counted": counted}
    assert event_text(event) == "count 2026-11-30 5 bag of 50 kg flour, lot L1 at store:kabul"
