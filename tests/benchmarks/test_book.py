"""What is measured of the book, at a small size: the works do what they say, and the page says what came of it."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest
from beancount.core.data import Transaction
from beancount.loader import load_string

from benchmarks import book_bulk, book_events, book_large, faults
from benchmarks.book_demands import book_demands
from benchmarks.deliveries import AT_MS, DEPOTS, account_of, beancount, lines
from benchmarks.measure import Figures
from benchmarks.sections import TABLES
from muster import store
from muster.book.lines import read_lines

EVENTS = 10 * DEPOTS


def test_deliveries_then_the_book_and_beancount_hold_the_same(tmp_path: Path) -> None:
    address = str(tmp_path / "a.book")
    store.create(address)
    with store.open(address) as book:
        assert book.stream(read_lines(lines(EVENTS), file="f"), at_ms=AT_MS).counts == {"accepted": EVENTS}
        held: dict[str, int] = defaultdict(int)
        for row in book.balances():
            held[account_of(row.place), f"G{row.resource.removeprefix('good-')}.{row.lot}"] += row.quantity // 1_000
    entries, errors, _ = load_string("".join(beancount(EVENTS)))
    assert not errors
    there: dict[str, int] = defaultdict(int)
    for entry in entries:
        for posting in entry.postings if isinstance(entry, Transaction) else ():
            there[posting.account, posting.units.currency] += int(posting.units.number)
    assert {key: value for key, value in there.items() if value} == held != {}


@pytest.mark.parametrize("moves", [1, 5])
@pytest.mark.parametrize("database", book_events.DATABASES)
def test_book_events_then_the_time_of_an_event_and_of_a_commit(database: str, moves: int) -> None:
    found = book_events.once(database, 20, moves)
    assert (found["database"], found["moves"], found["events"]) == (database, moves, 20)
    assert found["throughput"] == pytest.approx(found["commit_us"] / found["event_us"])


@pytest.mark.parametrize("how", book_bulk.WAYS)
def test_book_bulk_then_a_year_is_loaded(how: str) -> None:
    found = book_bulk.once(how, EVENTS)
    assert (found["how"], found["moves"]) == (how, 5 * EVENTS) and found["move_us"] > 0


@pytest.fixture(scope="module")
def large() -> list[Figures]:
    """What is measured of a book that is small."""
    return book_large.once(EVENTS)


def test_book_large_then_peaks_and_a_time_for_each_question(large: list[Figures]) -> None:
    filled, *asked = large
    assert [moves for moves, _ in filled["peaks"]] == [EVENTS * 5 // 10, EVENTS * 5 * 3 // 10, EVENTS * 5]
    assert [run["what"] for run in asked] == ["reopened, and the root", *book_large.QUESTIONS]
    assert all(0 < run["median_us"] <= run["p99_us"] for run in asked)


def test_faults_then_what_was_lost_and_what_was_expected() -> None:
    held, lost = (faults.once(what, 12) for what in ("power cuts", "power cuts, a disk that lies"))
    assert (held["faults"], held["lost"], held["wrong"], held["expected"]) == (12, 0, 0, "no loss")
    assert lost["lost"] and lost["expected"] == "losses"


def test_demands_given_the_book_then_a_verdict_for_each(large: list[Figures]) -> None:
    events = {"database": "SQLite", "moves": 1, "events": 20, "event_us": 2.0, "event_cpu_us": 1.0, "commit_us": 1.9}
    bulk = [
        {"how": how, "moves": 5, "wall_s": 1.0, "cpu_s": 1.0, "peak_mib": 9.0, "move_us": us}
        for how, us in zip(book_bulk.WAYS, (2.0, 1.0, 0.5, 66.0), strict=True)
    ]
    cut = {"what": "power cuts", "faults": 9_999, "acknowledged": 5, "lost": 0, "wrong": 0, "expected": "no loss"}
    parts = {
        "book_events": [events | {"throughput": 0.95}],
        "book_bulk": bulk,
        "book_large": large,
        "faults": [cut],
    }
    rows = {
        demand: (shown, verdict) for demand, shown, verdict in book_demands({k: {"found": v} for k, v in parts.items()})
    }
    durable = "one durable event in SQLite (1 move): at least 0.8 of the throughput of a bare commit"
    assert rows[durable] == ("0.95", "reached")
    faster = "a move in bulk: at least 30 times less CPU than Beancount loading the same transactions"
    assert rows[faster] == ("33.0 times", "reached")
    assert rows["… beside raw executemany of the same rows"] == ("4.0 times its CPU", "reported")
    assert rows["at 10 M moves: balance now in 50 µs"][0].endswith("µs")
    assert rows["10,000 power cuts: nothing acknowledged is lost"][1] == "**missed**"
    assert rows["500 kill -9 on SQLite: nothing acknowledged is lost"][0] == "not measured"
    for part, found in parts.items():
        assert TABLES[part][1](found).startswith(("| ", "2,000 moves"))
