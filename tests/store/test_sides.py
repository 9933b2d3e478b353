"""Packed sides: what goes in comes out, and however events came together into rows, a book gives the same answers."""

from __future__ import annotations

import struct
from collections.abc import Callable
from contextlib import closing
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recording import AT_MS, Desk, batch, counted, move

from muster import store
from muster.book.book import Book
from muster.book.events import Event
from muster.errors import BookError
from muster.store import holdings, opening, posting, sides
from muster.store.address import Address
from muster.store.schema import metadata

NUMBERS = st.tuples(
    st.integers(1, 5),
    st.integers(1, 2**16 - 1),
    st.integers(-(2**62), 2**62),
    st.integers(-(2**53), 2**53),
    st.integers(1, 2**32 - 1),
    st.integers(0, 2**32 - 1),
)


@given(st.lists(NUMBERS, max_size=100), st.integers(1, 40))
def test_law_cut_then_every_side_once_and_no_event_parted(rows: list[tuple[int, ...]], most: int) -> None:
    rows.sort(key=lambda row: row[0])
    parts = list(sides.cut([number for row in rows for number in row], most))
    apart = [list(sides.unpacked(sides.packed(part))) for part in parts]
    assert [row for part in apart for row in part] == rows
    seqs = [{row[0] for row in part} for part in apart]
    assert all(not one & other for one, other in pairwise(seqs))
    assert all(len(part) <= most or len(held) == 1 for part, held in zip(apart, seqs, strict=True))


def test_unpacked_given_a_row_that_was_cut_then_a_fault() -> None:
    with pytest.raises(BookError) as damaged:
        sides.unpacked(sides.packed([1, 1, 0, 5, 2, 0])[:-1])
    assert damaged.value.faults[0].rule == "S1"


@st.composite
def recorded(draw: Callable[[st.SearchStrategy[Any]], Any]) -> list[Event]:
    """Draw what a device records: much of it late, some at the same time."""
    desk, events = Desk(), []
    ways = ("receipt outside:wfp > store:kabul", "distribution store:kabul > people:kabul", "loss store:kabul > loss:x")
    for _ in range(draw(st.integers(1, 14))):
        act, on, lot = (
            draw(st.sampled_from([*ways, "count", "back"])),
            draw(st.integers(1, 9)),
            draw(st.sampled_from("AB")),
        )
        if act == "count":
            events.append(desk.count(counted(f"store:kabul, {draw(st.integers(0, 9))} kg flour", lot=lot), on=on))
        elif act != "back":
            kind, _, way = act.partition(" ")
            much = [
                move(f"{way}, {draw(st.integers(1, 9))} kg flour", lot=each)
                for each in draw(st.sampled_from([lot, "AB"]))
            ]
            events.append(desk.event(kind, *much, on=on))
        elif events:
            events.append(desk.reversal(draw(st.sampled_from(events)), on=20))
    return events


def answers(book: Any) -> list[Any]:
    """Return every balance of every day as known at every event, and what else is read from sides."""
    days = [date(2026, 11, on) for on in (*range(1, 11), 21)]
    found = [book.balances(as_of=on, known_at=seq) for on in [*days, None] for seq in range(book.size + 1)]
    found += [book.card(place, "flour") for place in ("store:kabul", "people:kabul", "discrepancy:kabul")]
    return [*found, book.balances(), book.disputes(), list(book.records())]


def test_law_events_together_or_one_by_one_then_the_same_answers(
    new_book: Callable[[], str], empty: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses = new_book(), new_book()

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(recorded(), st.sampled_from([1, 3, 99]), st.sampled_from([2, 5]))
    def law(events: list[Event], part: int, block: int) -> None:
        monkeypatch.setattr(holdings, "BLOCK", block)
        monkeypatch.setattr(holdings, "MOST_KEPT", part)
        monkeypatch.setattr(posting, "PART", part)
        model = Book()
        for address in addresses:
            empty(address)
        with store.open(addresses[0]) as together, store.open(addresses[1]) as singly:
            together.stream(batch(*events), at_ms=AT_MS, offline=True)
            for event in events:
                singly.post(batch(event), at_ms=AT_MS, offline=True)
                model.post(batch(event), at_ms=AT_MS, offline=True)
            assert answers(together) == answers(singly) == answers(model)
            faults = [*store.verify(together), *store.verify(singly)]
            assert [fault for fault in faults if fault.severity == "fault"] == []

    law()


def old_book(address: str, book: store.Store) -> None:
    """Write what stands in a book as the first version of the tables has it."""
    opening._migrate(Address(address), version="0001")
    with closing(opening._connected(Address(address))) as old:
        old.run("DELETE FROM state")
        for table in metadata.sorted_tables:
            rows = book.database.rows(f"SELECT * FROM {table.name}")
            if table.name == "sides":
                rows = [(row[0], *side) for row in rows for side in struct.iter_unpack("<IHqqII", row[-1])]
            for row in rows:
                old.run(f"INSERT INTO {table.name} VALUES ({', '.join('?' * len(row))})", row)


def test_renew_given_a_book_of_the_first_version_then_the_same_answers(
    address: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holdings, "BLOCK", 3)
    desk, old = Desk(), str(tmp_path / "old.book")
    if address.startswith("postgresql"):
        server = request.getfixturevalue("server")
        old = server.address(server.new_database())
    way = "outside:wfp > store:kabul, 5 kg flour"
    events = [desk.event("receipt", *[way] * (on % 4 + 1), on=on) for on in range(1, 15)]
    events += [desk.count("store:kabul, 7 kg flour", on=6), desk.event("receipt", way, on=2), desk.reversal(events[3])]
    with store.open(address) as book:
        for event in events:
            assert not book.post(batch(event), at_ms=AT_MS).refused
        wanted = answers(book)
        old_book(old, book)
    with pytest.raises(BookError) as refused:
        store.open(old)
    assert refused.value.faults[0].rule == "S4"
    store.renew(old)
    later = desk.event("distribution", "store:kabul > people:kabul, 1 kg flour", on=18)
    with store.open(address) as book, store.open(old) as renewed:
        assert answers(renewed) == wanted
        assert renewed.database.rows("SELECT count(*) FROM blocks") > [(1,)]
        assert renewed.database.rows("SELECT max(length(sides)) FROM sides") > [(30,)]  # some stand together
        assert store.verify(renewed) == []
        for each in (book, renewed):
            assert not each.post(batch(later), at_ms=AT_MS).refused
        assert answers(book) == answers(renewed)
        assert store.verify(renewed) == []
        with pytest.raises(BookError):
            renewed.database.run("DELETE FROM sides")
