"""What a book must hold after a fault: all that it acknowledged, and at most the one batch more that was under way."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from unittest.mock import patch

from muster import store
from muster.book import merkle
from muster.book.book import Book
from muster.book.lines import Line
from muster.errors import BookError
from muster.store import Store


@dataclass
class Tally:
    """What became of books after many faults.

    Attributes:
        faults: Faults that were made: power cuts, kills.
        acknowledged: Events of which somebody was told that they are written.
        lost: Of those, how many were gone afterwards.
        wrong: What else was wrong afterwards, and how often.
        during: What was being done when the fault came.
    """

    faults: int = 0
    acknowledged: int = 0
    lost: int = 0
    wrong: Counter[str] = field(default_factory=Counter)
    during: Counter[str] = field(default_factory=Counter)

    @property
    def survived(self) -> bool:
        """Whether nothing was lost and nothing wrong."""
        return not self.lost and not self.wrong

    def add(self, other: Tally) -> None:
        """Add what became of other books."""
        self.faults, self.acknowledged = self.faults + other.faults, self.acknowledged + other.acknowledged
        self.lost += other.lost
        self.wrong += other.wrong
        self.during += other.during


class Kept:
    """A book in memory that is told the same as a book in a database.

    Attributes:
        model: Holds what was acknowledged.
        tally: What was found so far.
    """

    def __init__(self) -> None:
        self.model, self.tally = Book(), Tally()
        self._under_way: Callable[[], object] | None = None

    def begin(self, lines: tuple[Line, ...], *, at_ms: int, offline: bool) -> None:
        """Note the batch that is under way."""
        self._under_way = lambda: self.model.post(lines, at_ms=at_ms, offline=offline)

    def acknowledge(self) -> None:
        """Note that the batch under way is written, as somebody was told."""
        assert self._under_way
        before = self.model.size
        self._under_way()
        self._under_way = None
        self.tally.acknowledged += self.model.size - before

    def forget(self) -> None:
        """Note that the batch under way was refused: nothing of it may be there."""
        self._under_way = None

    def look(self, opened: Callable[[], AbstractContextManager[Store]]) -> bool:
        """Open the book after a fault and compare; return whether it can be written on."""
        self.tally.faults += 1
        try:
            with opened() as book:
                wrong = self._wrong(book)
        except Exception as error:  # whatever a damaged book leads to is counted
            wrong = error.faults[0].what if isinstance(error, BookError) else repr(error)
        if wrong:
            self.tally.wrong[wrong] += 1
        return self.tally.survived

    def _wrong(self, book: Store) -> str:
        found, wanted = list(book.records()), list(self.model.records())
        if len(found) > len(wanted) and self._under_way:
            self._under_way()
            wanted = list(self.model.records())
        self._under_way = None
        self.tally.lost += max(0, len(wanted) - len(found))
        leaves = merkle.leaf_hashes(record.body + record.recorded.encode() for record in found)
        if found != wanted[: len(found)]:
            return "the log is not what was written"
        if book.size != len(found) or book.log.root() != merkle.append(merkle.Tree(), leaves)[0].root():
            return "the root is not that of the events"
        if len(found) == len(wanted) and book.balances() != self.model.balances():
            return "the balances are not those of the events"
        return "".join([fault.what for fault in store.verify(book) if fault.severity == "fault"][:1])


@cache
def empty_book() -> bytes:
    """Return the bytes of a new book in a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.book"
        store.create(str(path))
        return path.read_bytes()


@contextmanager
def quick_verify() -> Iterator[None]:
    """Let ``store.verify`` copy a new book where it would make one: half its time, with so few events."""

    def create(address: str) -> None:
        Path(address).write_bytes(empty_book())

    with patch.object(import_module("muster.store.verify"), "create", create):
        yield
