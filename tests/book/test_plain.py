"""The short way through a line reads what the long way reads, to the byte; and what is heard at once breaks no rule."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recording import AT_MS, Desk, batch, move

from muster.book import plain
from muster.book.book import Book
from muster.book.events import Event, Move, Packs, Person, body
from muster.book.facts import Facts
from muster.book.kinds import KINDS
from muster.book.lines import Line, LineReader, written
from muster.book.rule import outline
from muster.book.rules import ASKED, ASKED_OF, BY_GOODS, is_quiet

DAY = "2027-06-30"
ID = "0198abcd-ef01-7000-8000-000000000000"
NAMES = st.sampled_from(
    ["kabul", "a.karimi", "ble\u0301", 'a "b" \\', "", " x", "x\n", "x" * 201, "\u200b", "مزار"]
) | st.text(max_size=4)
ODD = st.sampled_from([None, 0, 1, -1, True, 1.5, [], {}, ["x"], {"a": 1}, "", "x", 2**53, "1e3"])
PLACES = st.sampled_from(
    ["store:kabul", "outside:wfp", "people:a", "transit:W 1", "store:", "stor:x", "store:ble\u0301", "kabul"]
)
QUANTITIES = st.sampled_from(
    ["1", "600", "007", "29.35", "0", "0.0", "-1", "1,5", "9" * 18, "9" * 19, "٣", "1_0", " 1", ""]
)
DAYS = st.sampled_from(["2027-06-30", "2027-6-30", "1899-01-01", "soon", ""])
TIMES = st.sampled_from(
    ["2026-11-03T10:00:00Z", "2026-11-03T10:00Z", "2026-11-03T14:30:00.120+04:30", "2026-11-03T24:00:00Z", "2026-11-03"]
)
GOODS = st.fixed_dictionaries(
    {
        "from": PLACES,
        "to": PLACES,
        "resource": NAMES,
        "quantity": QUANTITIES,
        "unit": st.sampled_from(["kg", "bag", "pair", "x y"]),
    },
    optional={
        "lot": NAMES,
        "expires": DAYS,
        "pack": st.sampled_from(["50 kg", "24 tin of 400 g", "kg", ""]),
        "colour": ODD,
    },
)
LINES = st.fixed_dictionaries(
    {
        "id": st.sampled_from([ID, ID.upper(), "x"]),
        "kind": st.sampled_from([*KINDS, "recipt"]),
        "unit": NAMES,
        "recorder": NAMES,
        "n": st.sampled_from([1, 17, 2**53 - 1]),
        "occurred": TIMES,
        "moves": st.lists(GOODS, min_size=1, max_size=3),
    },
    optional={
        "document": NAMES,
        "destination": PLACES,
        "due": DAYS,
        "reason": NAMES,
        "approved_by": NAMES,
        "previous": st.sampled_from(["ab" * 32, "AB" * 32]),
        "closed_by": NAMES,
        "reverses": st.just(ID),
        "colour": ODD,
    },
)


@st.composite
def lines(draw: Callable[[st.SearchStrategy[Any]], Any]) -> bytes:
    """Draw a line, mostly right; sometimes a value is odd, or missing, or the names come in another order."""
    value: dict[str, Any] = draw(LINES)
    into = draw(st.sampled_from([value, *value["moves"]]))
    field = draw(st.sampled_from(sorted(into)))
    change = draw(st.sampled_from(["none", "none", "odd", "gone", "turned"]))
    if change == "odd":
        into[field] = draw(ODD)
    elif change == "gone":
        del into[field]
    elif change == "turned":
        value["moves"] = [dict(reversed([*each.items()])) for each in value["moves"]]
        value = dict(reversed([*value.items()]))
    return json.dumps(value, ensure_ascii=draw(st.booleans())).encode("utf-8", errors="replace")


class Blind:
    """A short way on which nothing is read."""

    def read(self, value: dict[str, Any]) -> None:
        """Read nothing."""

    def forget(self) -> None:
        """Know nothing."""


def both_ways(given: list[bytes], packs: dict[str, dict[str, str]]) -> tuple[list[Line], list[Line]]:
    """Return lines as read the usual way, and as read the long way."""
    short, long = LineReader(packs), LineReader(packs)
    long._plain = Blind()  # type: ignore[assignment]
    return tuple([reader.line(line, where="f:1") for line in given] for reader in (short, long))  # type: ignore[return-value]


@given(st.lists(lines(), min_size=1, max_size=4), st.sampled_from([{}, {"kabul": {"bag": "50 kg"}}]))
def test_law_line_then_read_alike_by_the_short_way_and_the_long(given: list[bytes], packs: dict[str, Any]) -> None:
    short, long = both_ways(given, packs)
    assert short == long
    for line in short:
        assert line.body == (body(line.event) if line.event else b"")


def test_read_given_usual_lines_then_the_long_way_is_not_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LineReader, "_event", None)
    moved = {"from": "outside:wfp", "to": "store:kabul", "resource": "flour", "quantity": "6", "unit": "bag"}
    value = {"id": ID, "kind": "receipt", "unit": "kabul", "recorder": "a", "n": 1, "occurred": "2026-11-03T10:00:00Z"}
    value["moves"] = [moved | {"pack": "50 kg"}, moved | {"unit": "kg", "lot": "L", "expires": "2027-06-30"}]
    for more in (
        {},
        {"document": "W 1"},
        {"reason": "why\nnot", "previous": "ab" * 32, "approved_by": "b", "due": DAY},
    ):
        line = LineReader().line(json.dumps(value | more).encode(), where="")
        assert line.event is not None
        assert line.body == body(line.event)


def test_read_given_more_goods_than_are_remembered_then_read_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain, "MOST_GOODS", 2)
    desk, reader = Desk(), LineReader()
    events = [desk.event("receipt", f"outside:wfp > store:kabul, 5 kg good-{number % 5}") for number in range(12)]
    assert [reader.line(written(event), where="").event for event in events] == events


def test_read_given_a_pack_that_is_registered_later_then_known_from_there_on() -> None:
    desk, reader = Desk(), LineReader()
    bags = written(desk.event("receipt", Move("outside:wfp", "store:kabul", "flour", "", "", 150_000, "g", "3 bag")))
    assert reader.line(bags, where="").event is None
    assert reader.line(written(desk.register(Packs("flour", "kg", (("bag", "50 kg"),)))), where="").event
    again = reader.line(bags, where="").event
    assert again is not None
    assert again.moves[0].quantity == 150_000


WAYS = st.sampled_from(
    [
        "outside:{} > store:kabul",
        "store:kabul > people:{}",
        "store:herat > store:kabul",
        "store:kabul > store:kabul",
        "store:kabul > transit:{}",
        "transit:{} > store:kabul",
        "transit:{} > transit:{}",
        "outside:{} > outside:W",
    ]
)
PEOPLE = {"a.karimi": Person("a.karimi", "kabul", ("clerk",)), "boss": Person("boss", "herat", ("manager",))}


@st.composite
def moving(draw: Callable[[st.SearchStrategy[Any]], Any], ways: list[str]) -> Event:
    """Draw an event that moves goods these ways."""
    goods = st.builds(
        lambda way, name, much, lot, day, what: move(f"{way.format(name, name)}, {much} {what}", lot=lot, expires=day),
        st.sampled_from(ways),
        st.sampled_from(["W", "X"]),
        st.integers(1, 3),
        st.sampled_from(["", "L1"]),
        st.sampled_from(["", "", "2027-06-30"]),
        st.sampled_from(["kg flour", "l flour", "l oil"]),
    )
    name = draw(st.sampled_from(["W", "X"]))
    moves = [move(f"{way.format(name, name)}, 1 kg flour") for way in ways] + draw(st.lists(goods, max_size=3))
    return Desk().event("receipt", *moves, on=draw(st.integers(1, 9)))


@given(st.data(), st.sampled_from(sorted(KINDS)), st.lists(WAYS, min_size=1, max_size=2), st.booleans())
def test_law_outline_then_rules_by_outline_say_the_same_of_all_that_have_it(
    data: st.DataObject, kind: str, ways: list[str], people: bool
) -> None:
    said = {
        "kind": kind,
        "unit": data.draw(st.sampled_from(["kabul", "herat"])),
        "approved_by": data.draw(st.sampled_from(["", "boss", "a.karimi"])),
        "destination": data.draw(st.sampled_from(["", "store:herat", "people:x"])),
        "due": data.draw(st.sampled_from(["", "2026-12-01"])),
    }
    one, other = (replace(data.draw(moving(ways)), **said) for _ in range(2))
    other = replace(other, document="W 9", reason="so it was", n=99)
    assert set(outline(one) or ()) == set(outline(other) or ())
    facts = Facts()
    facts.register.people = dict(PEOPLE) if people else {}
    for rule in ASKED:
        if rule.by_outline and rule.find:
            assert bool([*rule.find(one, facts)]) == bool([*rule.find(other, facts)]), rule.number


@given(st.data(), st.lists(WAYS, min_size=1, max_size=2))
def test_law_is_quiet_then_no_rule_of_goods_has_anything_to_say(data: st.DataObject, ways: list[str]) -> None:
    event = data.draw(moving(ways))
    facts = Facts(measures=data.draw(st.sampled_from([{}, {"flour": "g"}, {"flour": "g", "oil": "ml"}])))
    facts.numbers = data.draw(st.sampled_from([{}, {("a.karimi", 1): "another"}]))
    facts.expiries = {("flour", "L1"): "2027-01-31"}
    if is_quiet(event, facts):
        assert [wrong for find in BY_GOODS if find for wrong in find(event, facts)] == []


def test_hear_given_what_was_sound_and_somebody_is_registered_then_the_rules_are_asked_again() -> None:
    book, desk, boss = Book(), Desk(), Desk("kabul", "boss")
    assert not book.post(batch(desk.event("receipt", "outside:wfp > store:kabul, 5 kg flour")), at_ms=AT_MS).refused
    assert not book.post(batch(boss.register(Person("boss", "kabul", ("admin",)))), at_ms=AT_MS).refused
    late = desk.event("receipt", "outside:wfp > store:kabul, 5 kg flour")
    found = book.post(batch(late), at_ms=AT_MS)
    assert {fault.rule for fault in found.faults} == {"B23"}
    assert set(ASKED_OF) == set(KINDS)
