"""A rehearsed year: all that it promises happens, and book, notebook and world agree; where they should not, not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from muster.book.amounts import amount
from muster.book.book import Book
from muster.book.events import Event, body
from muster.book.lines import Line
from muster.book.rehearsal import GOODS, Batch, Notebook, Rehearsal, World, numbered
from muster.book.rehearsal.chance import Chance
from muster.book.rehearsal.notebook import Note
from muster.book.rehearsal.world import Carried
from muster.book.times import DAY_MS, end_of_day

SMALL = numbered(depots=6, centres=1, start=date(2025, 12, 1), weeks=16, seed=3)
FOREVER_MS = end_of_day(date.max)
HELD = ("store:kabul", "flour", "")


def played(rehearsal: Rehearsal, *, without: int = -1) -> tuple[Book, list[Batch]]:
    """Return a book with all batches of a rehearsal but one, and the batches."""
    book, batches = Book(), []
    for number, batch in enumerate(rehearsal.batches()):
        batches.append(batch)
        if number != without:
            book.post([Line("", event) for event in batch.events], at_ms=batch.at_ms, offline=batch.offline)
    return book, batches


def shown(book: Book) -> dict[tuple[str, str, str], int]:
    return {row[:3]: row.quantity for row in book.balances()}


def once(batches: list[Batch]) -> Iterator[Event]:
    """Yield every event once."""
    yield from {event.id: event for batch in batches for event in batch.events}.values()


def test_chance_given_a_seed_then_draws_what_its_source_says() -> None:
    chance = Chance(1234567)
    assert [chance.bits() for _ in range(3)] == [6457827717110365317, 3203168211198807973, 9817491932198370423]


def test_chance_given_shuffled_then_all_are_there_in_another_order() -> None:
    shuffled = Chance(1).shuffled(range(50))
    assert sorted(shuffled) == list(range(50)) != shuffled


@pytest.mark.parametrize("good", GOODS, ids=lambda good: good.resource)
@pytest.mark.parametrize("quantity", [0, 1, 20, 999, 1_000, 16_600, 50_000, 123_456, 600_000_000])
def test_words_of_a_good_then_the_book_reads_the_same_quantity(good: object, quantity: int) -> None:
    much, unit, pack = good.words(quantity)  # type: ignore[attr-defined]
    assert amount(much, unit=unit, pack=pack).quantity == quantity


def test_world_given_more_taken_than_there_is_then_refuses() -> None:
    world = World()
    world.carry(Carried("outside:wfp", "store:kabul", "flour", "", 5))
    with pytest.raises(AssertionError, match="nobody takes what is not there"):
        world.carry(Carried("store:kabul", "people:kabul", "flour", "", 6))


def test_world_given_taken_then_what_expires_first_goes_first() -> None:
    world = World()
    world.last_days |= {("oil", "late"): "2026-09-01", ("oil", "soon"): "2026-02-01"}
    for lot in ("late", "soon"):
        world.carry(Carried("outside:wfp", "store:kabul", "oil", lot, 10))
    taken = world.taken("store:kabul", "people:kabul", "oil", 14)
    assert [(each.lot, each.quantity) for each in taken] == [("soon", 10), ("late", 4)]


def test_notebook_given_a_late_record_before_a_count_then_the_count_stands() -> None:
    notebook = Notebook()
    notebook.write(Note("in", 1, ((HELD, 100),)))
    notebook.write(Note("count", 5, found=((HELD, 80),)))
    notebook.write(Note("out", 3, ((HELD, -15),)))
    over = ("discrepancy:kabul", "flour", "")
    assert notebook.learn(["in", "count", "in"]) == (2, 1, [])
    assert notebook.balances(until_ms=9) == {HELD: 80, over: 20}
    notebook.learn(["out"])
    assert notebook.balances(until_ms=9) == {HELD: 80, over: 5}
    assert notebook.balances(until_ms=4) == {HELD: 85}
    assert notebook.balances(until_ms=9, known_at=2) == {HELD: 80, over: 20}
    notebook.write(Note("undo", 7, undoes="count"))
    notebook.learn(["undo"])
    assert notebook.balances(until_ms=9) == {HELD: 85}


def test_notebook_given_what_undoes_something_unknown_then_refuses_until_it_comes() -> None:
    notebook = Notebook()
    notebook.write(Note("in", 1, ((HELD, 100),)))
    notebook.write(Note("undo", 2, ((HELD, -100),), undoes="in"))
    assert notebook.learn(["undo"]) == (0, 0, ["undo"])
    assert notebook.learn(["undo", "in"]) == (2, 0, [])
    assert notebook.balances(until_ms=9) == {}


def test_notebook_given_less_than_nothing_then_disputes_until_when_it_ends() -> None:
    notebook = Notebook()
    notebook.write(Note("out", 1, ((HELD, -30),)))
    notebook.write(Note("more", 2, ((HELD, -10),)))
    notebook.write(Note("in", 3, ((HELD, 100),)))
    notebook.learn(["out", "more", "in"])
    assert notebook.disputes() == {HELD: (1, -40, 60)}


def test_batches_given_the_same_seed_then_the_same_bytes_and_another_seed_others() -> None:
    def digest(seed: int) -> str:
        setting = replace(SMALL, weeks=4, seed=seed)
        bodies = [body(event) for batch in Rehearsal(setting).batches() for event in batch.events]
        return sha256(b"".join(bodies)).hexdigest()

    assert digest(1) == digest(1) != digest(2)


@pytest.mark.parametrize("seed", range(3, 9))
def test_batches_given_a_book_then_each_becomes_what_was_foretold_and_all_agree(seed: int) -> None:
    rehearsal, book = Rehearsal(replace(SMALL, seed=seed)), Book()
    for batch in rehearsal.batches():
        posted = book.post([Line("", event) for event in batch.events], at_ms=batch.at_ms, offline=batch.offline)
        became = posted.count("accepted") + posted.count("disputed"), posted.count("known"), posted.count("refused")
        assert became == (batch.new, batch.known, len(batch.refused)), posted.faults
    true = {held: quantity for held, quantity in rehearsal.world.holds.items() if quantity}
    assert shown(book) == rehearsal.notebook.balances(until_ms=FOREVER_MS) == true
    assert {row[:3]: row[3:] for row in book.disputes()} == rehearsal.notebook.disputes()
    for day in range(0, SMALL.days, 7):
        when = date.fromordinal(SMALL.start.toordinal() + day)
        for known_at in range(0, book.size + 1, 97):
            rows = {row[:3]: row.quantity for row in book.balances(as_of=when, known_at=known_at)}
            assert rows == rehearsal.notebook.balances(until_ms=end_of_day(when), known_at=known_at)


def test_batches_given_one_left_away_then_book_and_world_differ() -> None:
    _, batches = played(Rehearsal(SMALL))
    last = max(number for number, batch in enumerate(batches) if batch.new and any(e.moves for e in batch.events))
    rehearsal = Rehearsal(SMALL)
    book, _ = played(rehearsal, without=last)
    assert shown(book) != {held: quantity for held, quantity in rehearsal.world.holds.items() if quantity}


def test_batches_of_a_year_then_everything_happens_that_is_promised() -> None:
    setting = numbered(depots=16, centres=2, start=date(2025, 12, 1), weeks=30, seed=1)
    batches = list(Rehearsal(setting).batches())
    events = list(once(batches))
    ways = Counter(
        (event.kind, move.source.partition(":")[0], move.target.partition(":")[0])
        for event in events
        for move in event.moves
    )
    promised = {
        ("opening", "outside", "store"), ("receipt", "outside", "store"), ("receipt", "people", "store"),
        ("dispatch", "store", "transit"), ("dispatch", "outside", "transit"), ("arrival", "transit", "store"),
        ("arrival", "transit", "outside"), ("loss", "transit", "loss"), ("loss", "transit", "outside"),
        ("loss", "store", "loss"), ("production", "store", "process"), ("production", "process", "store"),
        ("distribution", "store", "people"), ("transfer", "store", "store"),
    }  # fmt: skip
    assert set(ways) == promised
    assert {event.kind for event in events} >= {"count", "reversal", "register"}
    arrivals = Counter(event.document for event in events if event.kind == "arrival")
    assert max(arrivals.values()) > 1, "a waybill arrives in parts"
    assert any(event.kind == "dispatch" and not event.due for event in events)
    undone = {event.reverses for event in events if event.reverses}
    assert {event.kind for event in events if event.id in undone} >= {"arrival", "distribution", "count"}
    ages = [(batch.at_ms - event.occurred_ms) // DAY_MS for batch in batches if batch.offline for event in batch.events]
    assert max(ages) >= 28, "a month late"
    assert any(batch.known for batch in batches), "sent twice"
    assert any(batch.refused for batch in batches), "an undoing comes before what it undoes"
    assert any([e.n for e in batch.events] != sorted(e.n for e in batch.events) for batch in batches), "out of order"
    assert all(event.closed_by != event.recorder for event in events)
    assert any(event.recorder.startswith("newcomer.") for event in events)


def test_example_of_the_page_then_it_runs() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "year.md").read_text(encoding="utf-8")
    found = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert found
    exec(found[1], {})
