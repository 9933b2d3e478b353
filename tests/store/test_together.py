"""Several batches made durable at once: each is posted or refused by itself, and all of them or none are there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from recording import AT_MS, Desk, batch

from muster import store
from muster.book.book import Book
from muster.book.events import Event
from muster.store.database import Sqlite

TESTS = Path(__file__).parents[1]


def mixed(desk: Desk) -> list[Event]:
    """Return events of which the third is refused, and the last is there already."""
    receipt = desk.event("receipt", "outside:wfp > store:kabul, 600 bags of 50 kg flour", on=3)
    loss = desk.event("loss", "store:kabul > loss:rain, 10 kg flour", on=5)
    too_much = desk.event("loss", "store:kabul > loss:rain, 100000 kg flour", on=5)
    return [receipt, loss, too_much, desk.reversal(loss), receipt]


def test_together_given_a_refusal_among_others_then_each_as_if_alone_and_the_same_log(address: str) -> None:
    events, model = mixed(Desk()), Book()
    with store.open(address) as book:
        with book.together():
            for event in events:
                assert book.post(batch(event), at_ms=AT_MS) == model.post(batch(event), at_ms=AT_MS)
            assert book.balances() == model.balances()
        after = Desk(n=9).event("receipt", "outside:wfp > store:kabul, 1 kg flour")
        assert book.post(batch(after), at_ms=AT_MS) == model.post(batch(after), at_ms=AT_MS)
    with store.open(address) as again:
        assert list(again.records()) == list(model.records())
        assert again.card("store:kabul", "flour") == model.card("store:kabul", "flour")


def test_together_given_that_it_breaks_off_then_nothing_is_there_and_it_can_be_done_again(address: str) -> None:
    receipt, *more = mixed(Desk())
    with store.open(address) as book:
        with pytest.raises(KeyError), book.together():
            assert book.post(batch(receipt), at_ms=AT_MS).counts == {"accepted": 1}
            raise KeyError
        assert book.size == 0
        with book.together():
            assert book.post(batch(receipt), at_ms=AT_MS).counts == {"accepted": 1}
        assert book.post(batch(more[0]), at_ms=AT_MS).counts == {"accepted": 1}
        assert book.size == 2


def test_together_given_a_reader_meanwhile_then_it_sees_nothing_of_it_before_the_end(address: str) -> None:
    with store.open(address) as book, store.open(address) as reader:
        with book.together():
            book.post(batch(mixed(Desk())[0]), at_ms=AT_MS)
            assert (book.size, reader.size) == (1, 0)
        assert reader.size == 1


def test_together_given_sqlite_then_one_commit(
    address: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    if address.startswith("postgresql"):
        pytest.skip("counts what the class for SQLite does")
    commits, run = [], Sqlite.run
    monkeypatch.setattr(Sqlite, "run", lambda of, sql, *values: commits.append(sql) or run(of, sql, *values))
    with store.open(address) as book, book.together():
        for event in mixed(Desk()):
            book.post(batch(event), at_ms=AT_MS)
    assert commits.count("COMMIT") == 1


KILLED = """
import os, sys
from recording import AT_MS, Desk, batch
from muster import store
desk = Desk()
with store.open(sys.argv[1]) as book, book.together():
    for turn in range(20):
        event = desk.event("receipt", "outside:wfp > store:kabul, 1 kg flour")
        assert book.post(batch(event), at_ms=AT_MS).size == turn + 1
        if turn == int(sys.argv[2]):
            os.kill(os.getpid(), 9)
print("durable")
"""


@pytest.mark.parametrize("after", [0, 11, 19])
def test_together_given_kill_9_then_nothing_of_it_is_there(address: str, after: int) -> None:
    around = os.environ | {"PYTHONPATH": os.pathsep.join([str(TESTS), *sys.path])}
    command = [sys.executable, "-c", KILLED, address, str(after)]
    done = subprocess.run(command, env=around, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (-9, "")
    with store.open(address) as book:
        assert book.size == 0
        assert book.post(batch(mixed(Desk())[0]), at_ms=AT_MS).size == 1
