"""Rows become events, or come back with everything that is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from joining_files import HEADER, RECEIPTS, changed

from muster.book.kinds import KINDS
from muster.joining.batch import Batch, batch_text, numbered
from muster.joining.ids import event_id
from muster.joining.mapping import MOVES
from muster.joining.rules import JoiningError

Read = Callable[..., Batch]
Workbook = Callable[..., Path]
ROW = "1,03/11/2026,WB118,wfp,flour,600,kg\n"


def only(batch: Batch) -> tuple[str, str, str]:
    """Return column, reason and rule of the one problem of the one row that came back."""
    [row] = batch.returned
    [problem] = row.problems
    assert batch.reconciled
    assert problem.do
    return problem.column, problem.reason, problem.rule


def test_read_batch_given_a_row_then_an_event_of_the_interchange(read: Read) -> None:
    batch = read(ROW)
    assert batch.events == [
        {
            "id": event_id("depot", ["1"]),
            "kind": "receipt",
            "unit": "kabul",
            "recorder": "import depot",
            "occurred": "2026-11-03T12:00:00Z",
            "document": "WB118",
            "moves": [
                {"from": "outside:wfp", "to": "store:kabul", "resource": "flour", "quantity": "600", "unit": "kg"}
            ],
        }
    ]
    assert (batch.rows, batch.returned, batch.reconciled, batch.source) == (1, (), True, "depot")
    [total] = batch.totals
    assert (total.resource, total.unit, total.in_file, total.in_events) == ("flour", "g", 600_000, 600_000)


def test_event_id_given_a_row_then_a_uuid_of_version_8_that_follows_from_source_key_and_revision() -> None:
    made = event_id("depot", ["1"])
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", made)
    others = {event_id("depot", ["1"], revision=1), event_id("depot", ["2"]), event_id("store", ["1"])}
    assert len(others | {made}) == 4
    assert event_id("depot", ["1"]) == made


def test_read_batch_given_the_same_file_twice_then_the_same_batch_whatever_its_name(read: Read) -> None:
    one, two = read(ROW, name="october.csv"), read(ROW, name="copy of october.csv")
    assert (one.events, one.digest) == (two.events, two.digest)


def test_read_batch_given_rows_in_another_order_then_the_same_digest(read: Read) -> None:
    other = ROW.replace("1,", "2,", 1)
    assert read(ROW + other).digest == read(other + ROW).digest != read(ROW).digest


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("600", "", ("", "Nothing is counted in a row.", "J6")),
        ("600", "600 bags", ("Quantity", "There is more than a number.", "J8")),
        ("600", "unknown", ("Quantity", "There are words where a number is expected.", "J8")),
        ("600", "-5", ("Quantity", "An amount is below zero.", "J8")),
        ("600", "0", ("Quantity", "The amount is 0: nothing moved.", "J8")),
        ("600", "0.0001", ("Quantity", "A quantity does not come out in whole g.", "J10")),
        ("600", "9" * 17, ("Quantity", "A quantity is larger than a book can count.", "J10")),
        (",kg", ",bag", ("Quantity", "It is not said how much a bag holds.", "J10")),
        (",kg", ",", ("Unit", "A cell that must be filled is blank.", "J6")),
        ("flour", "", ("Item", "A cell that must be filled is blank.", "J6")),
        ("flour", "n/a", ("Item", "A placeholder stands where a name is needed.", "J7")),
        ("flour", "x" * 201, ("Item", "A text has more than 200 signs.", "J7")),
        ("flour", "fl\x07our", ("Item", "A text has signs that cannot be seen.", "J7")),
        ("wfp", " ", ("From", "A cell that must be filled is blank.", "J6")),
        ("03/11/2026", "31/11/2026", ("Date", "The calendar has no such day.", "J9")),
        ("03/11/2026", "2026-11-03", ("Date", "A date is not written as the mapping says.", "J9")),
        ("03/11/2026", "", ("Date", "There is no date.", "J9")),
        ("1,03", ",03", ("No", "The key of a row is blank.", "J11")),
        (",kg", ",kg,more", ("", "A row has more cells than the header.", "J6")),
        (",kg", "", ("", "A row has fewer cells than the header.", "J6")),
    ],
)
def test_read_batch_given_one_thing_wrong_then_the_row_comes_back_with_it(
    read: Read, old: str, new: str, problem: tuple[str, str, str]
) -> None:
    batch = read(ROW.replace(old, new, 1))
    assert (batch.rows, batch.events) == (1, [])
    assert only(batch) == problem
    [fault] = batch.faults()
    assert fault.where == f"receipts.csv:2, column {problem[0]}".removesuffix(", column ")


def test_read_batch_given_several_things_wrong_then_all_at_once(read: Read) -> None:
    batch = read(ROW.replace("03/11/2026", "soon").replace("600", "some").replace("wfp", ""))
    assert [problem.column for problem in batch.returned[0].problems] == ["Quantity", "From", "Date"]


def test_read_batch_given_blank_cells_beyond_the_header_then_they_do_not_matter(read: Read) -> None:
    assert len(read(ROW.replace(",kg", ",kg,,, ")).events) == 1


def test_read_batch_given_ragged_rows_that_are_accepted_then_what_is_there_counts(read: Read) -> None:
    mapping = changed(RECEIPTS, ("[event]", '[file]\nragged = "accept"\n\n[event]'), ('unit = "{Unit}"', 'unit = "kg"'))
    assert len(read(ROW.replace(",kg", ""), mapping).events) == 1


def test_read_batch_given_names_then_those_of_the_book_and_others_come_back_with_the_nearest(read: Read) -> None:
    names = '[names."Item"]\n"Wheat flour" = "flour"\n"" = "unnamed"\n\n[event]'
    mapping = changed(RECEIPTS, ("[event]", names))
    batch = read(
        ROW.replace("flour", "WHEAT  flour") + ROW.replace("1,", "2,", 1).replace("flour", "weat flour")
        + ROW.replace("1,", "3,", 1).replace("flour", ""),
        mapping,
    )  # fmt: skip
    assert [event["moves"][0]["resource"] for event in batch.events] == ["flour", "unnamed"]
    assert only(batch) == ("Item", "A name is not in the table of names.", "J7")
    assert batch.returned[0].problems[0].do.startswith('is it "Wheat flour"?')


def test_read_batch_given_packs_then_they_are_multiplied_out_exactly(read: Read) -> None:
    mapping = changed(RECEIPTS, ('unit = "{Unit}"', 'unit = "bag"\npack = "{Unit} kg"'))
    batch = read(ROW.replace(",kg", ",50") + ROW.replace("1,", "2,", 1).replace("600,kg", "0.5,12.5"), mapping)
    assert [event["moves"][0]["pack"] for event in batch.events] == ["50 kg", "12.5 kg"]
    assert batch.totals[0].in_events == 30_006_250


def test_read_batch_given_packs_that_a_person_decided_then_those_and_only_where_the_unit_is_a_pack(read: Read) -> None:
    mapping = changed(RECEIPTS, ("[event]", '[packs]\nflour = "25 kg"\n\n[event]'))
    batch = read(ROW.replace(",kg", ",sack") + ROW.replace("1,", "2,", 1), mapping)
    assert [total.in_events for total in batch.totals] == [600 * 25_000 + 600_000]
    assert "pack" not in batch.events[1]["moves"][0]


def test_read_batch_given_a_name_that_tells_another_pack_then_the_row_comes_back(read: Read) -> None:
    mapping = changed(RECEIPTS, ('unit = "{Unit}"', 'unit = "pack"\npack = "{Unit} piece"\nagrees = "{Item}"'))
    rows = '1,03/11/2026,W,wfp,"Tablets, 60 Tabs",5,60\n2,03/11/2026,W,wfp,"Tablets, 60 Tabs",5,30\n'
    batch = read(rows, mapping)
    assert len(batch.events) == 1
    assert only(batch) == ("Item", "Text and columns say different packs.", "J10")


def test_read_batch_given_the_unit_behind_the_number_then_read(read: Read) -> None:
    mapping = changed(RECEIPTS, ('unit = "{Unit}"\n', ""))
    rows = [("600 kg", 600_000), ("12 bags of 50 kg", 600_000), ("۱۲ kg", 12_000), ("1.5 t", 1_500_000)]
    text = "".join(f"{i},03/11/2026,W,wfp,flour,{said},\n" for i, (said, _) in enumerate(rows))
    batch = read(text + "9,03/11/2026,W,wfp,flour,600,\n", mapping)
    assert batch.totals[0].in_events == sum(grams for _, grams in rows)
    assert only(batch) == ("Quantity", "There is no unit behind the number.", "J10")


def test_read_batch_given_numbers_and_dates_of_another_country_then_by_what_the_mapping_states(read: Read) -> None:
    mapping = changed(RECEIPTS, ("[[amount]]", '[numbers]\nwritten = "1.234,5"\n\n[[amount]]'))
    assert read(ROW.replace("600", '"1.234,5"'), mapping).totals[0].in_events == 1_234_500


def test_read_batch_given_lots_and_expiry_then_they_travel_with_the_move(read: Read) -> None:
    header = HEADER.replace("Unit", "Unit,Batch,Expires")
    mapping = changed(RECEIPTS, ('unit = "{Unit}"', 'unit = "{Unit}"\nlot = "{Batch}"\nexpires = "{Expires}"'))
    mapping += '[expires]\nformats = ["%m/%Y"]\n'
    batch = read(
        ROW.replace(",kg", ",kg,L12,06/2027") + ROW.replace("1,", "2,", 1).replace(",kg", ",kg,,"),
        mapping,
        header=header,
    )
    assert [(move.get("lot"), move.get("expires")) for move in (event["moves"][0] for event in batch.events)] == [
        ("L12", "2027-06-30"),
        (None, None),
    ]


COUNTS = changed(
    RECEIPTS,
    ('kind = "receipt"', 'kind = "count"'),
    ('from = "outside:{From}"\nto = "store:kabul"\n', 'place = "store:{From}"\nclosed_by = "{Waybill}"\n'),
    ('document = "{Waybill}"\n', ""),
)


def test_read_batch_given_counts_then_what_was_found_and_zero_is_a_count(read: Read) -> None:
    batch = read(ROW + ROW.replace("1,", "2,", 1).replace("600", "0"), COUNTS)
    counted = [event["counted"] for event in batch.events]
    assert counted[0] == [{"place": "store:wfp", "resource": "flour", "quantity": "600", "unit": "kg"}]
    assert counted[1][0]["quantity"] == "0"
    assert batch.events[0]["closed_by"] == "WB118"


def test_read_batch_given_a_count_closed_by_its_recorder_then_it_comes_back(read: Read) -> None:
    batch = read(ROW.replace("WB118", "import depot"), COUNTS)
    assert only(batch) == ("", "A count is closed by the one who entered it.", "J4")


WIDE = changed(
    RECEIPTS,
    ('[[amount]]\nquantity = "{Quantity}"\nresource = "{Item}"\nunit = "{Unit}"\n', ""),
) + "".join(
    f'[[amount]]\nquantity = "{{{name}}}"\nresource = "{name.lower()}"\nunit = "kg"\n' for name in ("Flour", "Oil")
)
WIDE_HEADER = "No,Date,Waybill,From,Flour,Oil\n"


def test_read_batch_given_a_column_for_each_resource_then_one_event_with_several_moves(read: Read) -> None:
    rows = "1,03/11/2026,W,wfp,600,20\n2,03/11/2026,W,wfp,600,\n3,03/11/2026,W,wfp,0,5\n"
    batch = read(rows, WIDE, header=WIDE_HEADER)
    assert [[move["resource"] for move in event["moves"]] for event in batch.events] == [
        ["flour", "oil"],
        ["flour"],
        ["oil"],
    ]
    assert batch.reconciled


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (",", "Nothing is counted in a row."),
        ("0,0", "The amount is 0: nothing moved."),
        ("5,some", "There are words where a number is expected."),
    ],
)
def test_read_batch_given_a_column_for_each_resource_and_none_that_counts_then_the_row_comes_back(
    read: Read, cells: str, reason: str
) -> None:
    batch = read(f"1,03/11/2026,W,wfp,{cells}\n", WIDE, header=WIDE_HEADER)
    assert only(batch)[1] == reason
    assert [total.returned for total in batch.totals] == ([5_000] if cells.startswith("5") else [])


def test_read_batch_given_rows_to_leave_out_then_they_are_counted_with_their_reason(read: Read) -> None:
    skip = '[[skip]]\ncolumn = "From"\nis = ["Total"]\nbecause = "a line of totals"\n'
    skip += '[[skip]]\ncolumn = "Waybill"\nblank = true\nbecause = "planned, not received"\n'
    rows = ROW + ",,X,TOTAL,flour,600,kg\n" + ROW.replace("1,", "3,", 1).replace("WB118", "")
    batch = read(rows, RECEIPTS + skip)
    assert [(row.line, row.left_out) for row in batch.returned] == [(3, True), (4, True)]
    assert batch.reasons == {"Left out: a line of totals.": 1, "Left out: planned, not received.": 1}
    assert (batch.reconciled, batch.faults()) == (True, [])
    [total] = batch.totals
    assert (total.in_file, total.in_events, total.left_out) == (1_800_000, 600_000, 1_200_000)


@pytest.mark.parametrize(
    ("test", "left"),
    [
        ('is_not = ["wfp", "unicef"]', ["red cross"]),
        ('contains = "c"', ["unicef", "red cross"]),
        ('contains = "c"\nis_not = ["unicef"]', ["red cross"]),
    ],
)
def test_read_batch_given_other_tests_of_rows_to_leave_out_then_all_of_them_must_hold(
    read: Read, test: str, left: list[str]
) -> None:
    rows = "".join(
        ROW.replace("1,", f"{i},", 1).replace("wfp", name) for i, name in enumerate(["wfp", "unicef", "red cross"])
    )
    batch = read(rows, RECEIPTS + f'[[skip]]\ncolumn = "From"\n{test}\nbecause = "not ours"\n')
    assert [row.problems[0].value for row in batch.returned] == left


def test_read_batch_given_a_key_twice_then_the_second_comes_back(read: Read) -> None:
    same, other = read(ROW + ROW), read(ROW + ROW.replace("600", "500"))
    assert only(same) == ("", "The same row stands in the file twice.", "J11")
    assert only(other) == ("", "Another row has the same key.", "J11")
    assert other.returned[0].problems[0].do.startswith("see line 2:")
    assert other.returned[0].key == ("1",)


def test_read_batch_given_rows_without_a_key_then_all_their_used_columns_together(read: Read) -> None:
    mapping = changed(RECEIPTS, ('key = ["No"]\n', ""))
    batch = read(ROW + ROW.replace("1,", "2,", 1) + ROW.replace("600", "500"), mapping)
    assert len(batch.events) == 2
    assert only(batch)[1] == "The same row stands in the file twice."
    numbered_ = read(ROW + ROW + ROW, changed(mapping, ("[event]", 'repeated = "number"\n[event]')))
    assert len({event["id"] for event in numbered_.events}) == 3
    assert numbered_.events[0]["id"] == batch.events[0]["id"]


def test_read_batch_given_a_new_column_that_is_not_used_then_the_ids_stay(read: Read) -> None:
    mapping = changed(RECEIPTS, ('key = ["No"]\n', ""))
    before = read(ROW, mapping)
    after = read("x," + ROW, mapping, header="Colour," + HEADER)
    assert before.events == after.events


@pytest.mark.parametrize(
    ("column", "says"),
    [("Quantty", 'did you mean "Quantity"?'), ("Colour", "the header has No, Date, Waybill")],
)
def test_read_batch_given_a_column_that_is_not_there_then_refused_with_the_nearest(
    read: Read, column: str, says: str
) -> None:
    with pytest.raises(JoiningError) as caught:
        read(ROW, changed(RECEIPTS, ("{Quantity}", "{" + column + "}")))
    [fault] = caught.value.faults
    assert (fault.what, fault.seen, fault.rule) == ("A column of the mapping is not in the file.", column, "J3")
    assert says in fault.do


def test_read_batch_given_a_header_on_another_line_then_says_which(read: Read) -> None:
    with pytest.raises(JoiningError) as caught:
        read("Receipts of November\n\n" + HEADER + ROW, header="")
    [fault] = caught.value.faults
    assert (fault.what, fault.where) == ("The header stands on another line than the mapping says.", "receipts.csv:3")
    assert fault.do == "in the mapping: header = [3], data = 4"


def test_read_batch_given_titles_two_headers_and_tags_then_columns_by_name_tag_and_number(read: Read) -> None:
    header = "Receipts\n,,Paper,Who,What,What,\n" + HEADER.replace("Item,Quantity,Unit", "Name,Name,")
    header += "#meta+id,#date,#waybill,#org,#item,#qty,\n"
    file = "[file]\nheader = [2, 3]\ntags = 4\ndata = 5\n\n[event]"
    mapping = changed(
        RECEIPTS,
        ("[event]", file),
        ("{Item}", "{What / Name}"),
        ("{Quantity}", "{What / Name (2)}"),
        ("{Unit}", "{column 7}"),
        ("{From}", "{#org}"),
    )
    batch = read(ROW, mapping, header=header)
    assert batch.events[0]["moves"] == [
        {"from": "outside:wfp", "to": "store:kabul", "resource": "flour", "quantity": "600", "unit": "kg"}
    ]


def test_read_batch_given_an_open_question_or_a_mapping_of_people_then_refused(read: Read) -> None:
    question = '[[question]]\nabout = ["date", "at"]\nask = "When?"\nanswer = ""\n'
    with pytest.raises(JoiningError) as caught:
        read(ROW, RECEIPTS + question)
    assert caught.value.faults[0].rule == "J5"
    people = '[mapping]\nsource = "x"\nkind = "people"\n[people]\nplace = "{From}"\n[[amount]]\n'
    with pytest.raises(JoiningError, match="of people, not of events"):
        read(ROW, people + 'quantity = "{Quantity}"\ngroup = "all"\n')


def test_batch_text_given_a_batch_then_rows_reasons_and_totals_that_add_up(read: Read) -> None:
    text = batch_text(read(ROW + ROW.replace("1,", "2,", 1).replace("600", "some")))
    assert text.splitlines()[0] == "receipts.csv: 2 rows = 1 events + 1 returned"
    assert "      1  There are words where a number is expected." in text
    assert re.search(r"flour +600,000 +600,000 +0  g\n", text)
    assert "1 amounts of returned rows cannot be read" in text


def test_as_dict_given_a_batch_then_every_returned_row_with_line_column_value_and_reason(read: Read) -> None:
    told = read(ROW.replace("600", "some")).as_dict()
    assert (told["rows"], told["events"], told["returned"], told["reconciled"]) == (1, 0, 1, True)
    [row] = told["rows_returned"]
    assert (row["line"], row["column"], row["value"], row["rule"]) == (2, "Quantity", "some", "J8")


def test_numbered_given_events_then_they_run_on_from_the_first(read: Read) -> None:
    events = read(ROW + ROW.replace("1,", "2,", 1)).events
    assert [event["n"] for event in numbered(events, first=17)] == [17, 18]
    assert "n" not in events[0]


def test_read_batch_given_names_of_a_column_that_is_not_there_then_refused(read: Read) -> None:
    with pytest.raises(JoiningError) as caught:
        read(ROW, changed(RECEIPTS, ("[event]", '[names."Itm"]\nflour = "flour"\n\n[event]')))
    assert [fault.seen for fault in caught.value.faults] == ["Itm"]


def test_read_batch_given_names_by_header_and_a_text_by_tag_then_they_belong_together(read: Read) -> None:
    file = '[file]\ntags = 2\ndata = 3\n\n[names."Item"]\nflour = "wheat-flour"\n\n[event]'
    batch = read(ROW, changed(RECEIPTS, ("[event]", file), ("{Item}", "{#item}")), header=HEADER + ",,,,#item,#qty,\n")
    assert batch.events[0]["moves"][0]["resource"] == "wheat-flour"


def test_moves_given_the_kinds_of_the_book_then_every_way_is_one_of_theirs() -> None:
    for kind, (starts, ends) in MOVES.items():
        ways = {(start.rstrip(":"), end.rstrip(":")) for start in starts for end in ends}
        assert ways & KINDS[kind].ways
        assert {start for start, _ in ways} <= {start for start, _ in KINDS[kind].ways}
        assert {end for _, end in ways} <= {end for _, end in KINDS[kind].ways}
