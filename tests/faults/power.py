"""Lives of a book whose power is cut again and again, at moments drawn from a seed.

After every cut the book is opened from what is on the platter, and must hold all that it acknowledged.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from faults.disk import Disk, Mounted, PowerCut
from faults.driver import Driver, database
from faults.kept import Kept, Tally, empty_book, quick_verify
from faults.work import Work
from recording import AT_MS

from muster import store
from muster.errors import BookError
from muster.store import Store

NAME = "book"
MOST_ACTS = 120
"""Acts of the disk after which the power is cut, at most."""

CHECKPOINTS = (1, 8, 64, 1000)
"""Pages after which SQLite carries its log of writes over; a book has 1,000."""


@dataclass(frozen=True)
class Way:
    """How a book is written.

    Attributes:
        synchronous: SQLite's setting; the store itself sets ``FULL``.
        lies: The disk acknowledges syncs, and does not do them.
    """

    synchronous: str = "FULL"
    lies: bool = False


AS_IT_IS = Way()


class Life:
    """One book from its first event on, closed in good order now and then, and its power cut again and again.

    Args:
        seed: What happens follows from it.
        way: How it is written.

    Attributes:
        kept: What it must hold.
    """

    def __init__(self, *, seed: int, way: Way) -> None:
        self.kept = Kept()
        self._draw, self._work, self._way = random.Random(seed), Work(seed), way
        self._mounted = Mounted(f"disk-{seed}", Disk.of({NAME: empty_book()}))

    def cut(self) -> bool:
        """Write until the power is cut, and look at what is left; return whether it can go on."""
        disk, last = self._mounted.disk, self._draw.randint(1, MOST_ACTS)
        disk.lies = self._way.lies

        def power(act: str, name: str) -> None:
            if disk.acts == last:
                self.kept.tally.during[f"{act} {name}"] += 1
            if disk.acts >= last:
                raise PowerCut

        disk.before = power
        try:
            while True:
                self._write()
        except (PowerCut, BookError):
            assert disk.acts >= last, "something went wrong before the power was cut"
        self._mounted.disk = disk.after_power_cut(self._draw)
        return self.kept.look(self._opened)

    def end(self) -> None:
        """Forget the disk."""
        self._mounted.unregister()

    def _write(self) -> None:
        """Open the book, post some batches, and close it in good order."""
        driver = Driver(NAME, vfs=self._mounted.name)
        try:
            book = store.on(database(driver, where=NAME), where=NAME)
            driver.execute(f"PRAGMA wal_autocheckpoint={self._draw.choice(CHECKPOINTS)}")
            driver.execute(f"PRAGMA synchronous={self._way.synchronous}")
            for _ in range(self._draw.randint(1, 12)):
                lines, offline = self._work.batch()
                at_ms = AT_MS + self.kept.model.size
                self.kept.begin(lines, at_ms=at_ms, offline=offline)
                book.post(lines, at_ms=at_ms, offline=offline)
                self.kept.acknowledge()
            book.close()
        finally:
            driver.drop()

    @contextmanager
    def _opened(self) -> Iterator[Store]:
        driver = Driver(NAME, vfs=self._mounted.name)
        try:
            opened = database(driver, where=NAME)
            assert opened.damage() == [], "SQLite finds the file damaged"
            yield store.on(opened, where=NAME)
        finally:
            driver.drop()


def lives(*, cuts: int, seed: int = 0, way: Way = AS_IT_IS, cuts_each: int = 25) -> Tally:
    """Cut the power of books so many times; a book that lost something is not written on.

    Args:
        cuts: Power cuts.
        seed: Of the first book; each has the next one.
        way: How they are written.
        cuts_each: Cuts that a book lives through at most.
    """
    tally = Tally()
    with quick_verify():
        while tally.faults < cuts:
            life = Life(seed=seed, way=way)
            seed += 1
            while life.kept.tally.faults < min(cuts_each, cuts - tally.faults) and life.cut():
                pass
            life.end()
            tally.add(life.kept.tally)
    return tally
