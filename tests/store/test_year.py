"""A part of a year of a book on both databases; the full size runs by `python3 tests/year.py` (docs/year.md)."""

from __future__ import annotations

from pathlib import Path

import pytest
from postgres import Server
from year import (
    START,
    Played,
    balances_are_what_truly_is,
    by_day,
    carry_over,
    every_date_adds_up,
    known_then_is_shown_now,
    log_holds,
    plan_runs,
    play,
    tables,
)

from muster import store
from muster.book.book import Book
from muster.book.events import Event, Person, from_body
from muster.book.lines import Line
from muster.book.rehearsal import numbered

SMALL = numbered(depots=5, centres=1, start=START, weeks=14, seed=2)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The year, played once into each database."""
    folder = tmp_path_factory.mktemp("year")
    address = str(folder / "year.book")
    if request.param == "sqlite":
        Path(address).write_bytes(request.getfixturevalue("empty_file"))
    else:
        server: Server = request.getfixturevalue("server")
        address = server.address(server.new_database(like="empty_book"))
    return play(address, SMALL, folder=folder, watch=4)


def test_year_then_all_of_it_holds(played: Played, tmp_path: Path) -> None:
    assert played.late >= 3 and len(played.moments) >= 3
    balances_are_what_truly_is(played)
    every_date_adds_up(played)
    log_holds(played)
    known_then_is_shown_now(played, tmp_path)
    assert 0 < plan_runs(played, tmp_path) <= 1


def test_year_given_all_sent_once_in_its_order_then_the_same_balances_of_every_day(played: Played) -> None:
    """What was sent late, twice and out of order shows what the same events show when nothing of that happened."""

    def in_order(event: Event) -> tuple[int, int, bool]:
        leaves = any(isinstance(entry, Person) and not entry.roles for entry in event.registered)
        return 2 * leaves + (event.kind != "register"), event.occurred_ms, event.kind == "reversal"

    with store.open(played.address) as book:
        events = [from_body(record.body) for record in book.records()]
        told, other = sorted(events, key=in_order), Book()
        at_ms = max(event.occurred_ms for event in events)
        posted = other.post([Line("", event) for event in told], at_ms=at_ms, offline=True)
        assert not posted.refused and other.size == book.size
        assert by_day(other, played.days) == by_day(book, played.days)
        assert other.disputes() == book.disputes()


def test_look_given_what_came_later_and_is_not_kept_out_then_shows_other_inputs(played: Played, tmp_path: Path) -> None:
    """The auditor's view is not the view of today: without the place in the order of record it differs."""
    differ = [
        moment.day
        for moment in played.moments
        if tables(carry_over(played, moment.day, tmp_path / f"today-{moment.day}")) != moment.tables
    ]
    assert differ
