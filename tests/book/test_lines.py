"""The interchange: a line becomes the event it says, or comes back with everything that is wrong with it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recording import AT_MS, Desk, move

from muster.book.book import Book
from muster.book.events import Counted, MappingUsed, Move, Packs, Person, Stores, body, from_body
from muster.book.limits import LONGEST_LINE, MOST_MOVES
from muster.book.lines import Line, from_events, read_line, read_lines, written

ID = "0198abcd-ef01-7000-8000-000000000000"
FLOUR: dict[str, Any] = {
    "from": "outside:wfp",
    "to": "store:kabul",
    "resource": "flour",
    "lot": "L12",
    "expires": "2027-06-30",
    "quantity": "600",
    "unit": "bag",
    "pack": "50 kg",
}
RECEIPT: dict[str, Any] = {
    "id": ID,
    "kind": "receipt",
    "unit": "kabul",
    "recorder": "a.karimi",
    "n": 17,
    "occurred": "2026-11-03T10:00:00Z",
    "document": "WB123",
    "moves": [FLOUR],
}


def read(value: Any, packs: dict[str, dict[str, str]] | None = None) -> Line:
    """Read one line."""
    line = value if isinstance(value, bytes) else json.dumps(value).encode()
    return read_line(line, where="events.jsonl:3", packs=packs or {})


def test_read_line_given_the_example_then_the_event_it_says() -> None:
    event = read(RECEIPT).event
    assert event is not None
    assert event.moves == (
        Move("outside:wfp", "store:kabul", "flour", "L12", "2027-06-30", 30_000_000, "g", "600 bag of 50 kg"),
    )
    assert body(event).decode() == (
        '{"document":"WB123","id":"0198abcd-ef01-7000-8000-000000000000","kind":"receipt","moves":[{"entered":"600 '
        'bag of 50 kg","expires":"2027-06-30","from":"outside:wfp","lot":"L12","quantity":30000000,"resource":"flour",'
        '"to":"store:kabul","unit":"g"}],"n":17,"occurred":"2026-11-03T10:00:00Z","recorder":"a.karimi","unit":"kabul"}'
    )


def test_read_line_given_a_count_then_what_was_counted() -> None:
    lines = [{"place": "store:kabul", "resource": "flour", "lot": "L12", "quantity": "0", "unit": "kg"}]
    event = read({**RECEIPT, "kind": "count", "moves": [], "closed_by": "s.amiri", "counted": lines}).event
    assert event is not None
    assert event.counted == (Counted("store:kabul", "flour", "L12", 0, "g", "0 kg"),)


CHANGED: list[tuple[str, dict[str, Any], str, str]] = [
    ("B1", {"foo": 1}, "foo", "the names are"),
    ("B1", {"documnt": "x"}, "documnt", 'did you mean "document"?'),
    ("B1", {"moves": {}}, "moves", "write"),
    ("B1", {"moves": [1]}, "moves", "write"),
    ("B1", {"moves": [FLOUR] * (MOST_MOVES + 1)}, "moves", "several events"),
    ("B1", {"unit": 3}, "unit", "in quotes"),
    ("B1", {"unit": None}, "unit", "in quotes"),
    ("B1", {"previous": "abc"}, "previous", "64"),
    ("B2", {"id": "17"}, "id", "UUID"),
    ("B3", {"kind": "recipt"}, "kind", 'did you mean "receipt"?'),
    ("B4", {"unit": " kabul"}, "unit", "write a name"),
    ("B4", {"recorder": "a\u202ekarimi"}, "recorder", "hidden"),
    ("B4", {"recorder": "x" * 201}, "recorder", "shorten"),
    ("B4", {"reason": ""}, "reason", "sentence"),
    ("B5", {"occurred": "2026-11-03T10:00:00"}, "occurred", "zone"),
    ("B5", {"due": "31/11/26"}, "due", "2027-06-30"),
    ("B6", {"n": "17"}, "n", "without quotes"),
    ("B6", {"n": 0}, "n", "running number"),
    ("B6", {"n": True}, "n", "running number"),
    ("B1", {"moves": [{**FLOUR, "price": "3"}]}, "moves[1].price", "the names are"),
    ("B7", {"moves": [{**FLOUR, "from": "wfp"}]}, "moves[1].from", "store:"),
    ("B7", {"moves": [{**FLOUR, "to": "store:"}]}, "moves[1].to", "store:kabul"),
    ("B8", {"moves": [{**FLOUR, "quantity": 600}]}, "moves[1].quantity", "in quotes"),
    ("B8", {"moves": [{**FLOUR, "quantity": "0"}]}, "moves[1].quantity", "leave the move out"),
    ("B8", {"moves": [{**FLOUR, "quantity": "1,5"}]}, "moves[1].quantity", "29.35"),
    ("B9", {"moves": [{**FLOUR, "pack": ""}]}, "moves[1].pack", "write a name"),
    ("B9", {"moves": [{**FLOUR, "unit": "big bag"}]}, "moves[1].unit", "beside it"),
]


@pytest.mark.parametrize(("rule", "changes", "field", "do"), CHANGED)
def test_read_line_given_one_thing_wrong_then_one_fault_that_says_where(
    rule: str, changes: dict[str, Any], field: str, do: str
) -> None:
    line = read(RECEIPT | changes)
    assert line.event is None
    (fault,) = line.faults
    assert fault.where == f"events.jsonl:3, {field}"
    assert do in fault.do
    assert fault.rule == (rule if field != "moves[1].pack" else "B4")
    assert len(fault.text().splitlines()) == 5


@pytest.mark.parametrize("field", ["id", "kind", "unit", "recorder", "n", "occurred"])
def test_read_line_given_a_missing_name_then_says_which(field: str) -> None:
    line = read({name: value for name, value in RECEIPT.items() if name != field})
    assert [(fault.rule, fault.what) for fault in line.faults] == [("B1", f'"{field}" is missing.')]


def test_read_line_given_many_things_wrong_then_all_at_once() -> None:
    wrong = {**FLOUR, "from": "x", "to": "y:", "quantity": "many", "resource": ""}
    line = read({**RECEIPT, "n": "x", "occurred": "today", "moves": [wrong, wrong]})
    assert len(line.faults) == 2 + 2 * 4


@pytest.mark.parametrize(
    "line", [b"{", b"[]", b'"x"', b"null", b"\xff", b'{"id": NaN}', b'"\\ud800"', b"[" * 5000, b" " * 9 + b"1" * 400]
)
def test_read_line_given_no_object_then_says_so(line: bytes) -> None:
    (fault,) = read(line).faults
    assert (fault.rule, fault.where) == ("B1", "events.jsonl:3")


def test_read_line_given_a_line_without_end_then_refuses_it_unread() -> None:
    (fault,) = read(b'"' + b"x" * LONGEST_LINE + b'"').faults
    assert "too long" in fault.what


def test_read_lines_given_blank_lines_then_passed_over_and_the_rest_keep_their_number() -> None:
    lines = list(read_lines([b"\n", json.dumps(RECEIPT).encode() + b"\n", b"  \r\n", b"x\n"], file="f"))
    assert [(line.where, line.event is None) for line in lines] == [("f:2", False), ("f:4", True)]


def test_read_lines_given_packs_registered_then_known_behind_and_before() -> None:
    packs = {"resource": "flour", "unit": "kg", "packs": [{"pack": "bag", "holds": "50 kg"}]}
    register = {**RECEIPT, "kind": "register", "moves": [], "registered": [packs]}
    unsaid = {name: value for name, value in FLOUR.items() if name != "pack"}
    receipt = {**RECEIPT, "moves": [unsaid]}
    lines = [json.dumps(each).encode() for each in (receipt, register, receipt)]
    assert [line.event is not None for line in read_lines(lines, file="f")] == [False, True, True]
    known = list(read_lines(lines[:1], file="f", packs={"flour": {"bag": "25 kg"}}))
    assert known[0].event is not None
    assert known[0].event.moves[0][5:] == (15_000_000, "g", "600 bag")


@pytest.mark.parametrize(
    "registered",
    [
        {"person": "a", "unit": "kabul", "roles": ["clark"]},
        {"person": "a", "unit": "kabul", "roles": "clerk"},
        {"unit": "kabul", "stores": ["transit:WB1"]},
        {"resource": "flour", "unit": "bag", "packs": []},
        {"resource": "flour", "unit": "kg", "packs": {"bag": "50 kg"}},
        {"resource": "flour", "unit": "kg", "packs": [{"pack": "bag"}]},
        {"resource": "flour", "unit": "kg", "packs": [{"pack": "bag", "holds": "much"}]},
        {"mapping": "m.toml", "sha256": "x"},
        {"store": "kabul"},
    ],
)
def test_read_line_given_something_registered_wrongly_then_says_so(registered: dict[str, Any]) -> None:
    assert read({**RECEIPT, "kind": "register", "moves": [], "registered": [registered]}).faults


NAMES = st.text(min_size=1, max_size=9).filter(lambda text: text.isprintable() and text == text.strip())
PLACES = st.builds(str.__add__, st.sampled_from(["store:", "outside:", "people:", "transit:"]), NAMES)
AMOUNTS = st.sampled_from(
    [("600", "bag", "50 kg"), ("2.5", "l", ""), ("3", "case", "24 tin of 400 g"), ("07", "t", "")]
)


@given(source=PLACES, target=PLACES, name=NAMES, lot=NAMES | st.just(""), much=AMOUNTS, reason=NAMES)
def test_law_written_then_read_again_gives_the_very_same_body(
    source: str, target: str, name: str, lot: str, much: tuple[str, str, str], reason: str
) -> None:
    quantity, unit, pack = much
    moved = {"from": source, "to": target, "resource": name, "quantity": quantity, "unit": unit}
    moved |= {field: value for field, value in (("pack", pack), ("lot", lot)) if value}
    event = read({**RECEIPT, "recorder": name, "reason": reason, "moves": [moved]}).event
    assert event is not None
    again = read(written(event)).event
    assert again == event == from_body(body(event))
    assert body(again) == body(event)


def test_written_given_every_kind_of_event_then_read_again_gives_the_very_same_body() -> None:
    desk = Desk()
    entries = (
        Person("a", "kabul", ("clerk", "manager")),
        Person("b", "kabul", ()),
        Stores("kabul", ("store:airport",)),
        Packs("flour", "kg", (("bag", "50 kg"), ("sack", "25 kg"))),
        Packs("oil", "l", ()),
        MappingUsed("scms.toml", "ab" * 32),
    )
    receipt = desk.event("receipt", move("outside:wfp > store:kabul, 5 kg flour", lot="L1", expires="2027-06-30"))
    sent = desk.event("dispatch", "store:kabul > transit:WB1, 1 kg flour", destination="store:herat", due="2026-12-01")
    events = [receipt, sent, desk.count("store:kabul, 0 kg flour"), desk.reversal(receipt), desk.register(*entries)]
    events += [replace(receipt, approved_by="x", previous="0" * 64, document="D 1", reason="why\nnot")]
    for event in events:
        again = read(written(event))
        assert again.faults == ()
        assert again.event == event == from_body(body(event))


def test_read_lines_given_another_form_of_the_same_name_then_one_resource() -> None:
    composed, apart = {**FLOUR, "resource": "bl\u00e9"}, {**FLOUR, "resource": "ble\u0301"}
    book = Book()
    lines = [json.dumps({**RECEIPT, "moves": [composed, apart]}).encode()]
    book.post(read_lines(lines, file="f"), at_ms=AT_MS)
    assert [(row.resource, row.quantity) for row in book.balances(place="store:kabul")] == [("blé", 60_000_000)]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"unit": " kabul"}, "B4"),
        ({"recorder": "a\nb"}, "B4"),
        ({"recorder": "\ud800"}, "B1"),
        ({"kind": "recipt"}, "B3"),
        ({"id": "17"}, "B2"),
        ({"n": 0}, "B6"),
        ({"document": "x" * 201}, "B4"),
        ({"due": "soon"}, "B5"),
        ({"moves": (Move("wfp", "store:kabul", "flour", "", "", 1, "g", "1 g"),)}, "B7"),
        ({"moves": (Move("outside:wfp", "store:kabul", "flour", "", "", 2, "g", "1 g"),)}, "B8"),
        ({"moves": (Move("outside:wfp", "store:kabul", "flour", "", "", 1, "g", "some"),)}, "B9"),
        ({"moves": (Move("outside:wfp", "store:kabul", "flour", "", "", 150_000, "g", "3 bag"),)}, "B9"),
    ],
)
def test_from_events_given_something_that_no_file_could_say_then_as_strict(changes: dict[str, Any], rule: str) -> None:
    event = replace(Desk().event("receipt", "outside:wfp > store:kabul, 5 kg flour"), **changes)
    (line,) = from_events([event])
    assert line.event is None
    assert {fault.rule for fault in line.faults} == {rule}


def test_from_events_given_a_registered_pack_then_known() -> None:
    move_in_bags = Move("outside:wfp", "store:kabul", "flour", "", "", 150_000, "g", "3 bag")
    event = Desk().event("receipt", move_in_bags)
    (line,) = from_events([event], packs={"flour": {"bag": "50 kg"}})
    assert line.event == event
