"""Processes that write into a book and are killed."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from itertools import count
from multiprocessing.connection import Connection
from typing import Any
from unittest.mock import patch

from faults.kept import Kept, Tally, quick_verify
from faults.work import Work
from recording import AT_MS

from muster import store
from muster.errors import BookError
from muster.store import Store
from muster.store.database import Change, Sqlite
from muster.store.postgres import Postgres

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["faults.writers", "faults.crowd", "psycopg"])

LATEST_S = 0.03
"""Seconds after an acknowledgement within which a writer is killed: several batches' worth."""

PATIENCE_S = 60
"""Seconds after which a writer that should have ended itself is killed."""

Write = Callable[[str, int, Connection], None]
"""``write(address, seed, told)``: posts the batches of ``Work(seed)``, and sends a byte after each."""


def write(address: str, seed: int, told: Connection) -> None:
    """Post batch after batch, saying after each that it is acknowledged, until killed or the database is gone."""
    work = Work(seed, label=f"{seed}.")
    with suppress(BookError), store.open(address) as book:
        while True:
            lines, offline = work.batch()
            book.post(lines, at_ms=AT_MS, offline=offline)
            told.send_bytes(b"1")


def write_and_die_halfway(address: str, seed: int, told: Connection) -> None:
    """Post some batches, and die in the middle of one, between two of its tables."""
    number = count()

    def one_by_one(self: Any, changes: Sequence[Change]) -> None:
        for change in changes:
            if change.table == "sides" and next(number) == 3:
                os.kill(os.getpid(), signal.SIGKILL)
            whole[type(self)](self, [change])

    whole = {each: each.write for each in (Sqlite, Postgres)}
    with ExitStack() as patches:
        for each in whole:
            patches.enter_context(patch.object(each, "write", one_by_one))
            patches.enter_context(patch.object(each, "as_left", lambda self, state: None))  # else it is one statement
        write(address, seed, told)


def write_without_transactions(address: str, seed: int, told: Connection) -> None:
    """Die in the middle of a batch, too, but keep what was written of it: the mutation."""

    @contextmanager
    def loose(self: object) -> Iterator[None]:
        yield

    with patch.object(Sqlite, "writing", loose), patch.object(Postgres, "writing", loose):
        write_and_die_halfway(address, seed, told)


def write_and_tell_too_early(address: str, seed: int, told: Connection) -> None:
    """Say that a batch is acknowledged before it is written: the other mutation."""
    post = Store.post

    def early(self: Store, *lines: Any, **how: Any) -> object:
        told.send_bytes(b"1")
        return post(self, *lines, **how)

    class Deaf:
        def send_bytes(self, data: bytes) -> None: ...

    with patch.object(Store, "post", early):
        write_and_die_halfway(address, seed, Deaf())  # type: ignore[arg-type]


def kills(
    address: str,
    *,
    times: int,
    seed: int = 0,
    how: Write = write,
    server: Callable[[], None] | None = None,
) -> Tally:
    """Kill writers of a book so many times, in the middle of their work, and look at the book each time.

    Args:
        address: Of a new book.
        times: How often.
        seed: Of what is written, and of when it ends; how far a writer is by then depends on the machine.
        how: What the writers do.
        server: Kills the database's server, and starts it anew; then that is killed instead of the writer.
    """
    kept, draw = Kept(), random.Random(seed)
    for number in range(seed, seed + times):
        acknowledged, work = _killed(address, number, draw, how=how, server=server), Work(number, label=f"{number}.")
        for last in range(acknowledged + 1):
            lines, offline = work.batch()
            kept.begin(lines, at_ms=AT_MS, offline=offline)
            if last < acknowledged:
                kept.acknowledge()
        with quick_verify():
            if not kept.look(lambda: _settled(address)):
                break
    return kept.tally


def _killed(address: str, seed: int, draw: random.Random, *, how: Write, server: Callable[[], None] | None) -> int:
    """Let somebody write, and kill them; return how many batches were acknowledged."""
    heard, told = PROCESSES.Pipe(duplex=False)
    writer = PROCESSES.Process(target=how, args=(address, seed, told))
    writer.start()
    told.close()
    acknowledged = _count(heard, draw.randint(0, 5))
    time.sleep(draw.random() * LATEST_S)
    if server:
        server()
    elif how is not write:
        writer.join(PATIENCE_S)  # it ends itself
    writer.kill()
    writer.join()
    return acknowledged + _count(heard)


def _count(heard: Connection, most: int = 1_000_000) -> int:
    """Return how many acknowledgements came, up to so many, or until the writer was gone."""
    for number in range(most):
        try:
            heard.recv_bytes()
        except EOFError:
            return number
    return most


@contextmanager
def _settled(address: str) -> Iterator[Store]:
    """Open a book once nobody writes any more: a server may notice only now that a writer is gone."""
    with store.open(address) as book:
        book.post((), at_ms=AT_MS)
        yield book
