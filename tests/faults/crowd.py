"""Many processes that write into one book at once, each its own events, and all of them after the last sack."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier
from unittest.mock import patch

from faults.kept import Tally
from faults.writers import PROCESSES
from recording import AT_MS, Desk, batch

from muster import store
from muster.book import merkle
from muster.errors import BookError
from muster.store import store as writing
from muster.store.database import Database, Postgres, Sqlite
from muster.store.state import State, read_state

WRITERS = 8
OWN = 5
"""Events that each writer writes beside taking the sack."""

LAST_SACK = "store:kabul > people:kabul, 1 bag of 50 kg flour"
Told = SimpleQueue
"""What each writer was told of its events."""


def take(address: str, number: int, gate: Barrier, told: Told) -> None:
    """Write own events, take the last sack with all others at once, and write on."""
    desk = Desk("kabul", f"clerk.{number}")
    own = [desk.event("receipt", f"outside:wfp > store:kabul, {number + 1} pieces soap") for _ in range(OWN)]
    own.insert(OWN // 2, desk.event("distribution", LAST_SACK, on=8))
    statuses = []
    with store.open(address) as book:
        gate.wait()
        for event in own:
            try:
                posted = book.post(batch(event), at_ms=AT_MS)
                statuses += [f"{event.kind} {each.status}" for each in posted.outcomes]
            except BookError as error:
                statuses.append(error.faults[0].what)
    told.put(tuple(statuses))


def take_without_lock(address: str, number: int, gate: Barrier, told: Told) -> None:
    """Do the same, but let everybody look at the sack before anybody takes it: the mutation."""
    calls = count()

    def read_with_others(database: Database) -> State:
        state = read_state(database)
        if next(calls) < OWN:
            gate.wait()
        return state

    @contextmanager
    def loose(self: object) -> Iterator[None]:
        yield

    with (
        patch.object(writing, "read_state", read_with_others),
        patch.object(Sqlite, "writing", loose),
        patch.object(Postgres, "writing", loose),
    ):
        take(address, number, gate, told)


def crowd(address: str, *, how: object = take) -> list[str]:
    """Let the writers loose on a new book; return what is wrong afterwards."""
    with store.open(address) as book:
        book.post(batch(Desk().event("opening", "outside:start > store:kabul, 1 bag of 50 kg flour")), at_ms=AT_MS)
    gate, told = PROCESSES.Barrier(WRITERS), PROCESSES.SimpleQueue()
    writers = [PROCESSES.Process(target=how, args=(address, number, gate, told)) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    statuses = Counter(status for _ in writers for status in told.get())
    for writer in writers:
        writer.join()
    wanted = {"receipt accepted": WRITERS * OWN, "distribution accepted": 1, "distribution refused": WRITERS - 1}
    wrong = [] if statuses == wanted else [f"the writers were told {dict(statuses)}"]
    with store.open(address) as book:
        records = list(book.records())
        balances = {(row.place, row.resource): row.quantity for row in book.balances(place="store:kabul")}
        if len(records) != 1 + WRITERS * OWN + 1:
            wrong.append(f"{len(records)} events")
        if balances != {("store:kabul", "soap"): OWN * sum(range(1, WRITERS + 1))}:
            wrong.append(f"balances {balances}")
        leaves = merkle.leaf_hashes(record.body + record.recorded.encode() for record in records)
        if book.log.root() != merkle.append(merkle.Tree(), leaves)[0].root():
            wrong.append("the root is not that of the events")
    return wrong


def crowds(new_book: Callable[[], str], *, times: int) -> Tally:
    """Let so many crowds loose, each on a book of its own."""
    tally = Tally()
    for _ in range(times):
        tally.wrong.update(crowd(new_book()))
        tally.faults += 1
        tally.acknowledged += 1 + WRITERS * OWN + 1
    return tally
