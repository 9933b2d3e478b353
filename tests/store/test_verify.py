"""Whatever is changed in a book behind its back is seen, or follows from nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from recording import AT_MS, Desk, batch, move

from muster import store
from muster.store import holdings


def filled(address: str) -> None:
    """Fill a book with every kind of row there is."""
    desk, herat = Desk(), Desk("herat", "b.herati")
    receipt = desk.event("receipt", move("outside:wfp > store:kabul, 600 kg flour", lot="L1", expires="2027-06-30"))
    oil = desk.event("receipt", "outside:wfp > store:kabul, 50 l oil")
    count = desk.count("store:kabul, 49 l oil", on=5)
    wrong = desk.event("loss", "store:kabul > loss:rain, 1 l oil", on=6)
    sent = desk.event("dispatch", "store:kabul > transit:WB1, 5 l oil", on=7, destination="store:herat")
    came = herat.event("arrival", "transit:WB1 > store:herat, 4 l oil", on=8)
    events = [receipt, oil, count, wrong, sent, came, desk.reversal(wrong)]
    events += [desk.event("loss", "store:kabul > loss:rain, 1 l oil", on=4)]
    with store.open(address) as book:
        for event in events:
            assert not book.post(batch(event), at_ms=AT_MS).refused
        book.post(batch(desk.event("loss", "store:kabul > loss:x, 99 l oil", on=9)), at_ms=AT_MS, offline=True)


@contextmanager
def behind_its_back(address: str) -> Iterator[Callable[..., Any]]:
    """Yield a way to change a database as its owner can, triggers or not."""
    if address.startswith("postgresql"):
        with psycopg.connect(address) as connection:
            connection.execute("SET session_replication_role = replica")
            yield lambda sql: connection.execute(sql.encode())
    else:
        with closing(sqlite3.connect(address)) as connection, connection:
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                connection.execute(f"DROP TRIGGER {name}")
            yield connection.execute


CHANGES = {
    "a body": "UPDATE events SET body = (SELECT body FROM events WHERE seq = 1) WHERE seq = 2",
    "a leaf": "UPDATE events SET hashes = (SELECT hashes FROM events WHERE seq = 1) WHERE seq = 3",
    "a time of record": "UPDATE events SET recorded_ms = recorded_ms + 1 WHERE seq = 2",
    "an event gone": "DELETE FROM events WHERE seq = 3",
    "the last event gone": "DELETE FROM events WHERE seq = 9",
    "a recorder": "UPDATE events SET recorder = 'x' WHERE seq = 2",
    "a number": "UPDATE events SET n = 99 WHERE seq = 2",
    "a node": "UPDATE events SET hashes = (SELECT hashes FROM events WHERE seq = 2) WHERE seq = 6",
    "a node gone": "UPDATE events SET hashes = substr(hashes, 1, 32) WHERE seq = 4",
    "a balance": "UPDATE holdings SET balance = balance + 1 WHERE id = 2",
    "two balances": "UPDATE holdings SET balance = balance + (id - 3) * 2 + 1 WHERE id IN (3, 2)",
    "a side": "UPDATE sides SET sides = (SELECT sides FROM sides WHERE holding = 1) WHERE holding = 2 AND seq = 1",
    "a side cut": "UPDATE sides SET sides = substr(sides, 1, 29) WHERE holding = 2 AND seq = 1",
    "a side twice": "UPDATE sides SET sides = sides || sides WHERE holding = 2 AND seq = 1",
    "a row's sum": "UPDATE sides SET quantity = quantity + 1 WHERE holding = 2 AND seq = 1",
    "a row's time": "UPDATE sides SET last_ms = last_ms + 1 WHERE holding = 2 AND seq = 1",
    "a row's end": "UPDATE sides SET last_seq = last_seq + 1 WHERE holding = 2 AND seq = 1",
    "a side gone": "DELETE FROM sides WHERE holding = 2 AND seq = 1",
    "a block": "UPDATE blocks SET quantity = quantity + 1",
    "a count": "UPDATE counts SET withdrawn = 5",
    "a reversal gone": "DELETE FROM reversals",
    "a dispatch": "UPDATE dispatches SET recorder = 'x'",
    "a measure": "UPDATE measures SET unit = 'piece' WHERE resource = 'flour'",
    "a lot": "UPDATE lots SET expires = '2030-01-01'",
    "what lacks": "DELETE FROM lacking",
    "the size": "UPDATE state SET size = size - 1",
    "the peaks": "UPDATE state SET peaks = (SELECT hashes FROM events WHERE seq = 1)",
}


@pytest.mark.parametrize("change", CHANGES)
def test_verify_given_something_changed_behind_its_back_then_says_so(
    address: str, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holdings, "BLOCK", 2)
    filled(address)
    with store.open(address) as book:
        assert store.verify(book) == []
    with behind_its_back(address) as execute:
        execute(CHANGES[change])
    with store.open(address) as book:
        faults = store.verify(book)
    assert faults, change
    assert {fault.rule for fault in faults} <= {"S7", "B12", "S1"}
    assert all(fault.what.endswith(".") and fault.do for fault in faults)


def test_verify_given_a_file_that_cannot_be_read_then_says_so(tmp_path: Path, empty_file: bytes) -> None:
    address = str(tmp_path / "kabul.book")
    Path(address).write_bytes(empty_file)
    filled(address)
    with behind_its_back(address) as execute:
        execute("UPDATE events SET body = CAST(x'ff' AS TEXT) WHERE seq = 3")
    with store.open(address) as book:
        (fault, *_) = store.verify(book)
    assert fault.rule == "S1"


def test_verify_given_a_cloned_device_then_its_fork_and_gaps_as_warnings(address: str) -> None:
    desk = Desk()
    first = desk.event("receipt", "outside:wfp > store:kabul, 600 kg flour")
    other = replace(desk.event("receipt", "outside:wfp > store:kabul, 1 kg flour"), n=1)
    desk.event("receipt")
    last = desk.event("receipt", "outside:wfp > store:kabul, 2 kg flour")
    with store.open(address) as book:
        assert book.post(batch(first, other, last), at_ms=AT_MS, offline=True).count("disputed") == 1
        faults = store.verify(book)
    assert [(fault.rule, fault.severity) for fault in faults] == [("B12", "fault"), ("B12", "warning")]
    assert first.id in faults[0].seen
    assert other.id in faults[0].seen


def test_verify_given_an_event_that_breaks_a_rule_put_in_consistently_then_says_which(
    new_book: Callable[[], str],
) -> None:
    """Somebody writes an event past the rules, with all its hashes right."""
    address = new_book()
    filled(address)
    foreign = Desk("herat", "x").event("loss", "store:kabul > loss:theft, 1 kg flour", on=9)
    with store.open(address) as book, pytest.MonkeyPatch.context() as patch:
        from muster.book import posting

        patch.setattr(posting, "ASKED_OF", {"loss": []})
        assert book.post(batch(foreign), at_ms=AT_MS, offline=True).count("disputed") == 1
    with store.open(address) as book:
        (fault,) = store.verify(book)
    assert fault.rule == "B18"
    assert "event 10" in fault.where
