"""Many processes that write into one book at once, each its own events, and all of them after the last sack."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier
from typing import Any
from unittest.mock import patch

from faults.kept import Tally
from faults.writers import PROCESSES
from recording import AT_MS, Desk, batch

from muster import store
from muster.book import merkle
from muster.errors import BookError
from muster.store.database import Change, Sqlite
from muster.store.postgres import Postgres

WRITERS = 8
OWN = 5
"""Events that each writer writes beside taking the sack."""

PATIENCE_S = 60
"""Seconds after which somebody who waits for the others gives up."""

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
        gate.wait(PATIENCE_S)
        for event in own:
            try:
                posted = book.post(batch(event), at_ms=AT_MS)
                statuses += [f"{event.kind} {each.status}" for each in posted.outcomes]
            except BookError as error:
                statuses.append(error.faults[0].what)
    told.put(tuple(statuses))


def take_without_lock(address: str, number: int, gate: Barrier, told: Told) -> None:
    """Do the same, but without transactions, and let everybody look before anybody writes: the mutation."""
    first = iter([gate])

    def write_with_others(self: Any, changes: Sequence[Change]) -> None:
        for each in first:
            each.wait(PATIENCE_S)
        write[type(self)](self, changes)

    @contextmanager
    def loose(self: object) -> Iterator[None]:
        yield

    write = {each: each.write for each in (Sqlite, Postgres)}
    with ExitStack() as patches:
        for each in write:
            patches.enter_context(patch.object(each, "write", write_with_others))
            patches.enter_context(patch.object(each, "writing", loose))
        take(address, number, gate, told)


def crowd(address: str, *, how: object = take) -> list[str]:
    """Let the writers loose on a new book; return what is wrong afterwards."""
    with store.open(address) as book:
        book.post(batch(Desk().event("opening", "outside:start > store:kabul, 1 bag of 50 kg flour")), at_ms=AT_MS)
    gate, told = PROCESSES.Barrier(WRITERS), PROCESSES.SimpleQueue()
    writers = [PROCESSES.Process(target=how, args=(address, number, gate, told)) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(PATIENCE_S)
    statuses: Counter[str] = Counter()
    while not told.empty():
        statuses.update(told.get())
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
