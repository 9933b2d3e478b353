"""A book in PostgreSQL is written to in one trip to the server, as long as nobody else writes into it."""

from __future__ import annotations

from typing import Any

import pytest
from postgres import Server
from recording import AT_MS, Desk, batch

from muster import store
from muster.errors import BookError
from muster.store import Store, postgres
from muster.store.database import Lookup
from muster.store.postgres import Postgres

SACK = "outside:wfp > store:kabul, 1 bag of 50 kg flour"
TAKEN = "store:kabul > people:kabul, 1 bag of 50 kg flour"


@pytest.fixture
def transactions(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was done in a transaction: one entry for each."""
    begun: list[str] = []
    writing = Postgres.writing

    def counted(self: Postgres) -> Any:
        begun.append("writing")
        return writing(self)

    monkeypatch.setattr(Postgres, "writing", counted)
    return begun


@pytest.fixture
def server_book(server: Server) -> str:
    return server.address(server.new_database(like="empty_book"))


def test_post_given_nobody_else_then_only_the_first_takes_a_transaction(
    server_book: str, transactions: list[str]
) -> None:
    desk = Desk()
    with store.open(server_book) as book:
        for number in range(1, 10):
            assert book.post(batch(desk.event("receipt", SACK, on=number)), at_ms=AT_MS).count("accepted") == 1
        assert len(transactions) == 1
        late = desk.event("distribution", TAKEN, on=2)  # is enough there ever after? That is looked at once it is in
        assert book.post(batch(late), at_ms=AT_MS).count("accepted") == 1
        assert len(transactions) == 2
        assert store.verify(book) == []


def test_post_given_a_device_that_was_offline_then_a_transaction(server_book: str, transactions: list[str]) -> None:
    desk = Desk()
    with store.open(server_book) as book:
        for number in range(1, 4):
            event = desk.event("receipt", SACK, on=number)
            assert book.post(batch(event), at_ms=AT_MS, offline=True).count("accepted") == 1
    assert len(transactions) == 3


def test_post_given_somebody_who_wrote_meanwhile_then_it_is_done_again_in_a_transaction(
    server_book: str, transactions: list[str]
) -> None:
    assert two_after_one_sack(server_book) == []
    assert len(transactions) == 5  # each was a first one, or found the book otherwise, or was refused


def test_post_given_a_book_that_is_not_asked_how_it_is_then_the_same_look_sees_it(
    server_book: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = postgres._if_left

    def unasked(*shapes: Any) -> bytes:
        return asked(*shapes).replace(b" AND state.size", b" AND 1 <> ").replace(b" AND state.peaks =", b" AND '' <> ")

    monkeypatch.setattr(postgres, "_if_left", unasked)
    assert two_after_one_sack(server_book) != []


def two_after_one_sack(address: str) -> list[str]:
    """Let two who both left the book with one sack in it take that sack; return what is wrong afterwards."""
    one_desk, other_desk, found = Desk(recorder="one"), Desk(recorder="other"), []
    with store.open(address) as one, store.open(address) as other:
        told = [posted(one, one_desk, "receipt", SACK, 3), posted(other, other_desk, "receipt", SACK, 4)]
        told += [posted(one, one_desk, "distribution", TAKEN, 5), posted(other, other_desk, "distribution", TAKEN, 6)]
        told += [posted(one, one_desk, "distribution", TAKEN, 7)]
        if told != ["accepted"] * 4 + ["refused"]:
            found.append(f"told {told}")
        found += [fault.what for fault in store.verify(one) if fault.severity == "fault"]
    return found


def posted(book: Store, desk: Desk, kind: str, what: str, on: int) -> str:
    """Return what became of an event, or how the database refused it."""
    try:
        return book.post(batch(desk.event(kind, what, on=on)), at_ms=AT_MS).outcomes[0].status
    except BookError as error:
        return str(error)


def test_post_given_what_a_stale_book_would_refuse_then_it_is_asked_again(server_book: str) -> None:
    desk = Desk()
    with store.open(server_book) as one, store.open(server_book) as other:
        assert one.post(batch(desk.event("receipt", SACK, on=3)), at_ms=AT_MS).count("accepted") == 1
        assert one.post(batch(desk.event("distribution", TAKEN, on=4)), at_ms=AT_MS).count("accepted") == 1
        more = Desk(recorder="other").event("receipt", SACK, on=3)
        assert other.post(batch(more), at_ms=AT_MS).count("accepted") == 1
        assert one.post(batch(desk.event("distribution", TAKEN, on=5)), at_ms=AT_MS).count("accepted") == 1
        assert store.verify(one) == []


@pytest.mark.parametrize("offline", [False, True])
def test_post_given_a_batch_that_is_refused_then_nothing_of_it_is_written(server_book: str, offline: bool) -> None:
    desk = Desk()
    first, second = desk.event("receipt", SACK, on=3), desk.event("receipt", SACK, on=4)
    with store.open(server_book) as book:
        assert book.post(batch(first), at_ms=AT_MS).count("accepted") == 1
        clone = Desk(recorder="clone").event("receipt", SACK, on=4)
        wrong = batch(clone)[0]._replace(event=None, faults=())
        refused = book.post([*batch(second), wrong], at_ms=AT_MS, offline=offline)
        assert refused.count("refused") == 1
        assert book.size == (2 if offline else 1)
        assert book.post(batch(second), at_ms=AT_MS).count("known" if offline else "accepted") == 1
        assert store.verify(book) == []


@pytest.mark.parametrize("number", [1, 2, 3, 40])
def test_look_up_given_any_values_then_they_come_back_as_they_are(server_book: str, number: int) -> None:
    texts = ['a "word", {b}', "back\\slash", "NULL", "", " ", "ق\n;--' $1 ?"]
    rows = [(texts[n % 6], 10 ** (n % 16) * (-1) ** n, bytes(range(n, n + 5)) * (n % 3)) for n in range(number)]
    columns = "wanted_text, wanted_number, wanted_bytes"
    with store.open(server_book) as book:
        (found,) = book.database.look_up(Lookup(columns, "", ("text", "number", "bytes"), rows))
    assert found == rows
