"""A book in a database that is written to."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import TracebackType

from muster.book.book import Record
from muster.book.events import Event, from_body
from muster.book.facts import Register
from muster.book.lines import Line, from_events
from muster.book.posting import Posted
from muster.book.times import milliseconds
from muster.store.database import Database, NeedsTransaction
from muster.store.kept import Kept
from muster.store.posting import PART, Posting
from muster.store.reading import Reading
from muster.store.state import read_state, row_of


@contextmanager
def _uncollected() -> Iterator[None]:
    """Do without the collector of circular garbage: a stream makes none, and looking takes a fifth of its time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _together(records: Iterable[Record]) -> Iterator[tuple[int, list[Event]]]:
    """Yield events that were recorded at the same time with that time; what registers something ends them."""
    events: list[Event] = []
    then = ""
    for record in records:
        if events and (record.recorded != then or events[-1].registered or len(events) == PART):
            yield milliseconds(then), events
            events = []
        events.append(from_body(record.body))
        then = record.recorded
    if events:
        yield milliseconds(then), events


class _Undone(Exception):
    """A batch was refused; its transaction comes to nothing."""

    def __init__(self, result: Posted) -> None:
        super().__init__()
        self.result = result


class Store(Reading):
    """A book in a database. Of one thread; others open it for themselves.

    What ``post`` returns is written durably, whatever happens after; within ``together`` when that ends.
    """

    def __init__(self, database: Database, *, where: str) -> None:
        super().__init__(database, where=where)
        self._kept = Kept(database)
        self._together = False

    @property
    def register(self) -> Register:
        """What is registered: people, stores, packs."""
        return self._kept.look(read_state(self.database))

    def post(self, lines: Iterable[Line], *, at_ms: int, offline: bool = False) -> Posted:
        """Post a batch: all of it or nothing; of an offline device, all lines that are not refused.

        Args:
            lines: See ``muster.book.lines``.
            at_ms: Time of record, milliseconds since 1970.
            offline: The batch comes from a device that could not ask; what it took is disputed where it is not there.
        Raises:
            BookError: The database could not do it; nothing was written.
        """
        left = None
        few = isinstance(lines, Sequence) and len(lines) <= PART
        alone = few and not offline and not self._together  # what comes from a device is looked at once it is in
        if self._kept.left and alone:
            left = self.database.as_left(row_of(self._kept.left))
        if left is not None:
            with suppress(NeedsTransaction):
                return self._post_to(left, lines, at_ms=at_ms)
        return self._post(lines, at_ms=at_ms, offline=offline, keep_all=True, progress=lambda number: None)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make all that is posted in this context durable at once, when it ends; until then nobody else writes.

        Each batch is posted or refused by itself as ever, and sees those before it. Where the context breaks off, or
        its end does, nothing of it is in the book.

        Raises:
            BookError: The database could not do it; nothing was written.
        """
        try:
            with self.database.writing():
                self._together = True
                yield
        except BaseException:
            self._kept.forget()
            raise
        finally:
            self._together = False

    def stream(
        self,
        lines: Iterable[Line],
        *,
        at_ms: int,
        offline: bool = False,
        progress: Callable[[int], None] = lambda number: None,
    ) -> Posted:
        """Post a batch of any length in little memory; only outcomes with faults are kept, up to a thousand.

        Args:
            lines, at_ms, offline: As for ``post``.
            progress: Called now and then with the number of lines so far.
        """
        with _uncollected():
            return self._post(lines, at_ms=at_ms, offline=offline, keep_all=False, progress=progress)

    def replay(self, records: Iterable[Record], *, progress: Callable[[int], None] = lambda number: None) -> Posted:
        """Write the records of another book into this one, which is empty, each with its own time of record.

        What is disputed or known follows from the events; the log becomes the same, byte for byte. All or nothing.

        Args:
            records: In the order of record.
            progress: Called now and then with the number of records so far.
        Returns:
            What became of the last of them, or of the first that was refused.
        """
        result, number, packs = Posted((), {}, "", self.size), 0, self.register.packs
        try:
            with _uncollected(), self.database.writing():
                for at_ms, events in _together(records):
                    posting = Posting(self.database, kept=self._kept, at_ms=at_ms, offline=True)
                    lines = from_events(events, packs=packs)
                    result = posting.post(lines, keep_all=False, progress=lambda of_these: None)
                    if result.refused:
                        raise _Undone(result)
                    self._kept.written(posting.state)
                    packs = self.register.packs if events[-1].registered else packs
                    number += len(lines)
                    progress(number)
            return result
        except _Undone as undone:
            self._kept.forget()
            return undone.result
        except BaseException:
            self._kept.forget()
            raise

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _post_to(self, left: Database, lines: Iterable[Line], *, at_ms: int) -> Posted:
        """Post a batch without a transaction.

        Raises:
            NeedsTransaction: It cannot be done so; nothing was written.
        """
        try:
            posting = Posting(left, kept=self._kept, at_ms=at_ms, offline=False)
            result = posting.post(lines, keep_all=True, progress=lambda number: None)
            if result.refused:  # nothing was written, which would have shown that nobody else did
                raise NeedsTransaction
        except BaseException:
            self._kept.forget()
            raise
        self._kept.written(posting.state)
        return result

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Write in a transaction, or in a part of the one that is open, of which all is kept or nothing."""
        if not self._together:
            with self.database.writing():
                yield
            return
        self.database.run("SAVEPOINT part")
        try:
            yield
        except BaseException:
            self.database.run("ROLLBACK TO SAVEPOINT part")
            raise
        self.database.run("RELEASE SAVEPOINT part")

    def _post(
        self, lines: Iterable[Line], *, at_ms: int, offline: bool, keep_all: bool, progress: Callable[[int], None]
    ) -> Posted:
        try:
            with self._writing():
                posting = Posting(self.database, kept=self._kept, at_ms=at_ms, offline=offline)
                result = posting.post(lines, keep_all=keep_all, progress=progress)
                if result.refused and not offline:
                    raise _Undone(result)
            self._kept.written(posting.state)
            return result
        except _Undone as undone:
            self._kept.forget()
            return undone.result
        except BaseException:
            self._kept.forget()
            raise
