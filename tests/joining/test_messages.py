"""Text messages become events; every other one gets an answer that says what to send instead."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.book.lines import read_line
from muster.joining.messages import HELP, LONGEST_ANSWER, Lexicon, Reply, Sender, read_message

KABUL = Sender("a.karimi", "kabul", "kabul", closer="s.amiri")
WORDS = Lexicon({"maize": "maize", "maize meal": "maize-meal", "oil": "oil", "گندم": "wheat"}, ["herat", "kabul"])
AT = datetime(2026, 11, 3, 14, 30, tzinfo=timezone(timedelta(hours=4, minutes=30)))


def send(text: str, *, sender: Sender = KABUL, reference: str = "") -> Reply:
    reply = read_message(text, sender=sender, lexicon=WORDS, at=AT, reference=reference)
    assert len(reply.answer) <= LONGEST_ANSWER
    return reply


def moved(text: str) -> list[dict[str, str]]:
    reply = send(text)
    assert reply.event is not None, reply.answer
    line = read_line(orjson.dumps({**reply.event, "n": 1}), where="message", packs={})
    assert line.event is not None, [fault.text() for fault in line.faults]
    entries: list[dict[str, str]] = reply.event.get("moves") or reply.event["counted"]
    return entries


def test_read_message_given_a_receipt_then_the_whole_event() -> None:
    reply = send("R WB123 MAIZE 588 B50")
    assert reply.event is not None
    assert {key: value for key, value in reply.event.items() if key != "id"} == {
        "kind": "arrival",
        "unit": "kabul",
        "recorder": "a.karimi",
        "occurred": "2026-11-03T10:00:00Z",
        "document": "WB123",
        "moves": [
            {"from": "transit:WB123", "to": "store:kabul"}
            | {"resource": "maize", "quantity": "588", "unit": "bag", "pack": "50 kg"}
        ],
    }
    assert reply.answer == "OK: received on WB123 at kabul: 588 bags of 50 kg maize (29,400 kg)"
    assert reply.fault is None


@pytest.mark.parametrize(
    "text",
    [
        "r wb123 maize 588 b50",
        "R  WB123,  Maize.  588  B50.",
        "R WB123 MAIZE 588B50",
        "R WB123 MAIZE 588 x B50",
        "R WB123 MAIZE ۵۸۸ B۵۰",
        "R WB123 MAIZE ٥٨٨ B50",
        "R WB123 MAIZE ५८८ B50",
        "R WB123 MAIZE 588 BAGS OF 50 KG",
        "R WB123 MAIZE 588 bags 50kg",
        "Received WB123 maize 588 sacks of 50 kg",
        "R WB123\nMAIZE 588 B50",
        "R WB123 MAIZE 588.0 B50",
    ],
)
def test_read_message_given_the_same_in_other_ways_then_the_same_move(text: str) -> None:
    [move] = moved(text.replace("WB123\n", "WB123 "))
    assert (move["resource"], float(move["quantity"]), move["unit"], move["pack"]) == ("maize", 588.0, "bag", "50 kg")


@pytest.mark.parametrize(
    ("text", "kind", "way"),
    [
        ("D WB124 MAIZE 600 B50 TO HERAT", "dispatch", ("store:kabul", "transit:WB124")),
        ("L MAIZE 12 B50 WET ROOF", "loss", ("store:kabul", "loss:wet roof")),
        ("G MAIZE 300 B50", "distribution", ("store:kabul", "people:kabul")),
        ("G MAIZE 300 B50 TO WOMEN", "distribution", ("store:kabul", "people:kabul/women")),
    ],
)
def test_read_message_given_other_verbs_then_their_ways(text: str, kind: str, way: tuple[str, str]) -> None:
    [move] = moved(text)
    assert (move["from"], move["to"]) == way
    event = send(text).event
    assert event is not None
    assert event["kind"] == kind
    assert event.get("destination") == ("store:herat" if kind == "dispatch" else None)


def test_read_message_given_a_count_then_closed_by_another_and_zero_is_a_count() -> None:
    [line] = moved("C MAIZE #L12 0 KG")
    assert line == {"place": "store:kabul", "resource": "maize", "quantity": "0", "unit": "kg", "lot": "L12"}
    event = send("C MAIZE 5 KG").event
    assert event is not None
    assert event["closed_by"] == "s.amiri"


def test_read_message_given_a_count_and_nobody_to_close_it_then_refused() -> None:
    reply = send("C MAIZE 5 KG", sender=Sender("a.karimi", "kabul", "kabul"))
    assert reply.event is None
    assert "closed by another person" in reply.answer


def test_read_message_given_several_items_then_one_event() -> None:
    moves = moved("R WB9 maize meal 60 bags of 25 kg; oil 12 j20; گندم ۳ t")
    assert [(move["resource"], move["quantity"], move["unit"], move.get("pack")) for move in moves] == [
        ("maize-meal", "60", "bag", "25 kg"),
        ("oil", "12", "jerrycan", "20 l"),
        ("wheat", "3", "t", None),
    ]


@pytest.mark.parametrize(
    ("number", "read"),
    [("588,5", "588.5"), ("1.234,5", "1234.5"), ("1,234,567", "1234567"), ("0.125", "0.125"), ("1,2", "1.2")],
)
def test_read_message_given_a_number_that_can_be_read_one_way_then_read(number: str, read: str) -> None:
    assert moved(f"R WB1 MAIZE {number} KG")[0]["quantity"] == read


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("R WB123 MAZE 588 B50", "MAZE is not known. If you mean MAIZE: R WB123 MAIZE 588 B50"),
        ("R WB123 GOLD 588 B50", "GOLD is not known. Known are: MAIZE, MAIZE MEAL, OIL, گندم"),
        ("R MAIZE 588 B50", "MAIZE is no number of a waybill. Send: R WB123 MAIZE 588 B50"),
        ("R", "The number of the waybill is missing. Send: R WB123 MAIZE 588 B50"),
        ("R WB123", "What is it? Write the resource before the number: R WB123 MAIZE 588 B50"),
        ("R WB123 MAIZE", "There is no number behind MAIZE. Send: R WB123 MAIZE 588 B50"),
        ("C MAIZE 1,200 KG", "1,200 can be 1200 or 1.2. Send: C MAIZE 1200 KG or …1.2…"),
        ("R WB1 MAIZE 0 KG", "The number is 0: nothing moved. Send the number, e.g. R WB123 MAIZE 588 B50"),
        ("L MAIZE 12 B50", "Why was it lost? Write the reason at the end: L MAIZE 12 B50 WET"),
        ("D WB9 OIL 12 J20 TO HERRAT", "There is no store HERRAT. Did you mean TO HERAT?"),
        ("D WB9 OIL 12 J20 TO MARS", "There is no store MARS. Stores: HERAT, KABUL"),
        ("R WB1 MAIZE 5 B50 NOW", "NOW is not understood. Send: R WB123 MAIZE 588 B50"),
        ("hello", "HELLO is not a word to begin with. Begin with R, D, C, L or G: R WB123 MAIZE 588 B50"),
        ("", "The message is empty. Begin with R, D, C, L or G: R WB123 MAIZE 588 B50"),
        ("R WB1 MAIZE 5 KG;", "OK: received on WB1 at kabul: 5 kg maize"),
    ],
)
def test_read_message_given_anything_else_then_the_answer_says_what_to_send(text: str, answer: str) -> None:
    reply = send(text)
    assert reply.answer == answer
    assert (reply.event is None) == (reply.fault is not None)
    assert reply.fault is None or reply.fault.rule == "J15"


@pytest.mark.parametrize("text", ["R WB123 MAIZE 588", "R WB123 MAIZE 588 SACKS", "R WB1 MAIZE 588 QUINTALS"])
def test_read_message_given_no_unit_that_is_known_then_the_units_and_the_message_with_one(text: str) -> None:
    reply = send(text)
    assert reply.event is None
    assert "B50 is a bag of 50kg" in reply.answer
    assert reply.answer.endswith("MAIZE 588 B50")


def test_read_message_given_less_than_the_smallest_unit_then_refused() -> None:
    assert send("R WB1 MAIZE 12.5555 KG").answer.startswith("A quantity does not come out in whole g.")


@pytest.mark.parametrize("text", ["HELP", "?", "h"])
def test_read_message_given_a_cry_for_help_then_the_grammar(text: str) -> None:
    assert send(text) == Reply(None, HELP)


def test_read_message_given_the_same_message_delivered_twice_then_one_event_and_another_then_another() -> None:
    first, again = send("G MAIZE 1 KG", reference="sms-1"), send("G MAIZE 1 KG", reference="sms-1")
    other = send("G MAIZE 1 KG", reference="sms-2")
    assert first.event is not None and again.event is not None and other.event is not None
    assert first.event["id"] == again.event["id"] != other.event["id"]


def test_read_message_given_a_long_list_then_the_answer_is_cut_and_the_event_is_whole() -> None:
    reply = send("R WB1 " + "; ".join("MAIZE MEAL 1234 B50" for _ in range(12)))
    assert reply.event is not None
    assert (len(reply.event["moves"]), len(reply.answer), reply.answer[-1]) == (12, LONGEST_ANSWER, "…")


@pytest.mark.parametrize("text", ["x" * 700, "L MAIZE 1 KG " + "because " * 40, "R WB1 " + "MAIZE " * 90 + "5 KG"])
def test_read_message_given_too_much_then_a_short_answer(text: str) -> None:
    assert send(text).event is None


SAID = "R D C L G WB123 MAIZE MEAL OIL #L1 588 1,200 1.5 0 B50 C24 J20 KG T PC BAGS OF 50 TO HERAT WET ; ,"
WORD = st.sampled_from(SAID.split())


@given(text=st.one_of(st.text(max_size=200), st.lists(WORD, max_size=14).map(" ".join)))
def test_law_read_message_given_anything_then_an_event_that_the_book_reads_or_an_answer(text: str) -> None:
    reply = read_message(text, sender=KABUL, lexicon=WORDS, at=datetime(2026, 11, 3, tzinfo=UTC))
    assert 0 < len(reply.answer) <= LONGEST_ANSWER
    if reply.event is not None:
        line = read_line(orjson.dumps({**reply.event, "n": 1}), where="message", packs={})
        assert line.event is not None, [fault.text() for fault in line.faults]
