"""``kill -9`` of who writes, and of the server, on both databases."""

from __future__ import annotations

import signal

import pytest
from faults.writers import Write, kills, write_and_die_halfway, write_and_tell_too_early, write_without_transactions
from postgres import Server

TIMES = 6


def test_kills_given_writers_that_are_killed_then_nothing_acknowledged_is_lost(address: str) -> None:
    tally = kills(address, times=TIMES)
    assert tally.survived and tally.faults == TIMES and tally.acknowledged > TIMES, tally


def test_kills_given_a_writer_that_dies_halfway_then_nothing_of_that_batch_is_there(address: str) -> None:
    tally = kills(address, times=2, how=write_and_die_halfway)
    assert tally.survived and tally.acknowledged > 2, tally


@pytest.mark.parametrize("how", [write_without_transactions, write_and_tell_too_early])
def test_kills_given_a_book_without_protection_then_the_same_look_sees_it(address: str, how: Write) -> None:
    assert not kills(address, times=2, how=how).survived


def test_kills_given_a_server_that_is_killed_then_nothing_acknowledged_is_lost(own_server: Server) -> None:
    def kill() -> None:
        own_server.stop(signal.SIGKILL)
        own_server.start()

    tally = kills(own_server.address("empty_book"), times=2, server=kill)
    assert tally.survived and tally.faults == 2 and tally.acknowledged > 2, tally
