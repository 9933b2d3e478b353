"""The log of a book: leaves, roots and proofs at every size it ever had."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from muster.book import merkle
from muster.book.merkle import HASH_BYTES, Range, Tree
from muster.book.times import end_of_day
from muster.errors import BookError
from muster.store.database import Database, Lookup
from muster.store.faults import refused
from muster.store.state import read_state


class Log:
    """The Merkle tree over the events of a book."""

    def __init__(self, database: Database, *, where: str) -> None:
        self._database, self._where = database, where

    @property
    def size(self) -> int:
        """Number of events."""
        return read_state(self._database).tree.size

    def size_on(self, day: date) -> int:
        """Return how many leaves it had at the end of a day in UTC, by the times of record."""
        sql = "SELECT coalesce(max(seq), 0) FROM events WHERE recorded_ms <= ?"
        return int(self._database.rows(sql, [end_of_day(day)])[0][0])

    def tree(self, size: int | None = None) -> Tree:
        """Return the tree as it is, or was when it had ``size`` leaves.

        Raises:
            BookError: It never had so many.
        """
        now = read_state(self._database).tree
        if size is None or size == now.size:
            return now
        self._within(size, now.size)
        return merkle.tree_at(size, self._nodes([(0, size)]))

    def root(self, size: int | None = None) -> bytes:
        """Return the root hash of the log as it is, or was when it had ``size`` leaves."""
        return self.tree(size).root()

    def leaf(self, seq: int) -> bytes:
        """Return the hash of an event."""
        self._within(seq, self.size)
        return self._nodes([(seq - 1, seq)])(0, seq - 1)

    def hashes(self, level: int, start: int, end: int) -> list[bytes]:
        """Return neighbouring nodes of one level of the tree, as they stand in a tile; level 0 are the leaves."""
        node = self._nodes([(place << level, (place + 1) << level) for place in range(start, end)])
        return [node(level, place) for place in range(start, end)]

    def inclusion(self, seq: int, *, size: int | None = None) -> list[bytes]:
        """Return the proof that event ``seq`` is in the log as it is, or was when it had ``size`` events."""
        size = self._at(size)
        self._within(seq, size)
        return merkle.inclusion_proof(seq - 1, size, self._nodes(merkle.inclusion_ranges(seq - 1, end=size)))

    def consistency(self, old: int, *, size: int | None = None) -> list[bytes]:
        """Return the proof that the log begins with what it was when it had ``old`` events."""
        size = self._at(size)
        self._within(old, size)
        return merkle.consistency_proof(old, size, self._nodes(merkle.consistency_ranges(old, size=size)))

    def _at(self, size: int | None) -> int:
        now = self.size
        if size is None:
            return now
        self._within(size, now)
        return size

    def _within(self, number: int, size: int) -> None:
        if not 1 <= number <= size:
            do = f"name a number from 1 to {size:,}" if size else "record something first"
            raise _beyond(self._where, number, size, do)

    def _nodes(self, ranges: Sequence[Range]) -> merkle.Lookup:
        """Fetch the nodes that the roots of these ranges are made of, at once."""
        wanted = {completed_by(*node) for part in ranges for node in merkle.subtree_nodes(*part)}
        (rows,) = self._database.look_up(Lookup("seq, hashes", "events", ("seq",), [(seq,) for seq in wanted]))
        found: dict[int, bytes] = dict(rows)
        return lambda level, index: found[completed_by(level, index)][level * HASH_BYTES : (level + 1) * HASH_BYTES]


def completed_by(level: int, index: int) -> int:
    """Return the event that completes a node: the last one below it."""
    return (index + 1) << level


def _beyond(where: str, number: int, size: int, do: str) -> BookError:
    return refused(f"The book has {size:,} events.", where, f"{number:,}", do, "S7")
