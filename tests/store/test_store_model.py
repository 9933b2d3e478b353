"""A book in a database against a book in memory: whatever is posted, both say the same, to the byte."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recording import AT_MS, Desk, counted, day, move

from muster import store
from muster.book import merkle
from muster.book.book import Book
from muster.book.events import Event
from muster.book.lines import Line
from muster.store import holdings, posting

WAYS = (
    ("receipt", "outside:wfp > store:kabul"),
    ("receipt", "outside:wfp > store:kabul/annex"),
    ("distribution", "store:kabul > people:kabul"),
    ("loss", "store:kabul/annex > loss:rain"),
    ("transfer", "store:kabul > store:kabul/annex"),
    ("dispatch", "store:kabul > transit:WB1"),
    ("arrival", "transit:WB1 > store:kabul/annex"),
    ("count", "store:kabul"),
    ("count", "store:kabul/annex"),
    ("reversal", ""),
    ("again", ""),
    ("other", ""),
)


@st.composite
def batches(draw: Callable[[st.SearchStrategy[Any]], Any]) -> list[tuple[list[Event], bool]]:
    """Draw batches of events, each online or from a device; some events again, some with another body."""
    desks, events = [Desk(), Desk(recorder="m.noori")], []
    made: list[tuple[list[Event], bool]] = []
    for _ in range(draw(st.integers(1, 6))):
        batch: list[Event] = []
        for _ in range(draw(st.integers(1, 5))):
            kind, way = draw(st.sampled_from(WAYS))
            desk, on, much = draw(st.sampled_from(desks)), draw(st.integers(1, 20)), draw(st.integers(1, 30))
            lot = draw(st.sampled_from(["", "L1"]))
            if kind == "count":
                batch.append(desk.count(counted(f"{way}, {much - 1} kg flour", lot=lot), on=on))
            elif kind not in ("reversal", "again", "other"):
                moves = [move(f"{way}, {much} kg flour", lot=lot)] * draw(st.integers(1, 2))
                batch.append(desk.event(kind, *moves, on=on))
            elif events + batch:
                event = draw(st.sampled_from(events + batch))
                made_of = {"again": lambda e: e, "other": lambda e: replace(e, document="x")}
                batch.append(made_of[kind](event) if kind in made_of else desk.reversal(event, on=on))
        if batch:
            made.append((batch, draw(st.booleans())))
            events += batch
    return made


def everything(book: Any) -> list[Any]:
    """Return all that a book shows."""
    shown = [book.size, book.disputes(), book.transit(today=date(2026, 11, 20)), book.balances()]
    shown += [book.card(place, "flour") for place in ("store:kabul", "store:kabul/annex", "transit:WB1", "outside:wfp")]
    for on in (4, 11, 20):
        shown += [book.balances(as_of=date(2026, 11, on), known_at=seq) for seq in range(0, book.size + 1, 3)]
        shown += [book.balances(as_of=date(2026, 11, on), resource="flour", place="store:kabul")]
    return [*shown, list(book.records())]


@pytest.mark.parametrize("part", [2, 1000])
def test_law_post_then_shows_what_a_book_in_memory_shows(
    new_book: Callable[[], str], empty: Callable[[str], None], part: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holdings, "BLOCK", 3)
    monkeypatch.setattr(holdings, "MOST_KEPT", part)
    monkeypatch.setattr(posting, "PART", part)

    addresses = new_book(), new_book()

    @settings(max_examples=int(os.environ.get("MUSTER_LAWS", "25")), suppress_health_check=list(HealthCheck))
    @given(batches(), st.booleans())
    def law(given: list[tuple[list[Event], bool]], streamed: bool) -> None:
        model = Book()
        for address in addresses:
            empty(address)
        with store.open(addresses[0]) as book, store.open(addresses[1]) as other:
            for number, (events, offline) in enumerate(given):
                lines = [Line(f"f:{place}", event) for place, event in enumerate(events, start=1)]
                at_ms = AT_MS + number
                wanted = model.post(lines, at_ms=at_ms, offline=offline)
                found = (book.stream if streamed else book.post)(lines, at_ms=at_ms, offline=offline)
                kept = tuple(each for each in wanted.outcomes if each.faults or not streamed)
                assert found == replace(wanted, outcomes=kept)
                assert len(other.post(lines, at_ms=at_ms, offline=offline).outcomes) == len(lines)
            assert everything(book) == everything(model)
            assert everything(other) == everything(model)
            assert book.log.root() == other.log.root() == root(model)

    law()
    assert day(1) < day(2)


def root(book: Book) -> bytes:
    """Return the root of the log, worked out from its records."""
    leaves = merkle.leaf_hashes(record.body + record.recorded.encode() for record in book.records())
    return merkle.append(merkle.Tree(), leaves)[0].root()
