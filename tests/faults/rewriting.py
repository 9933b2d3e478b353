"""A book's log as others check it: files, a signed checkpoint, and checkpoints that they kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from faults.work import Work
from made_up_logs import KEY, files_of
from recording import AT_MS

from muster import store
from muster.book.events import Event, from_body
from muster.book.lines import from_events
from muster.book.log_check import check_log
from muster.errors import Fault
from muster.store import Store


def entries(book: Store) -> list[bytes]:
    """Return the entries of a book's log."""
    return [record.body + record.recorded.encode() for record in book.records()]


def checkpoint(book: Store) -> bytes:
    """Return the checkpoint that the book's owner signs now."""
    return files_of(entries(book))["checkpoint"]


def checked(book: Store, *, older: Mapping[str, bytes]) -> Sequence[Fault]:
    """Return what somebody finds who has the log's files, the public key and older checkpoints."""
    files = files_of(entries(book))
    return check_log(files.get, [KEY.public], older=older).faults


def fill(address: str, *, seed: int, batches: int) -> None:
    """Write batches into a book."""
    work = Work(seed)
    with store.open(address) as book:
        for number in range(batches):
            lines, offline = work.batch()
            book.post(lines, at_ms=AT_MS + number, offline=offline)


def rewritten(book: Store, new_book: Callable[[], str], *, change: Callable[[Event], Event]) -> str:
    """Return a new book with the same events at the same times of record, each changed: as an owner could make it."""
    address = new_book()
    with store.open(address) as other:
        for record in book.records():
            at_ms = AT_MS + record.seq
            posted = other.post(from_events([change(from_body(record.body))]), at_ms=at_ms, offline=True)
            assert not posted.refused, posted.faults
    return address
