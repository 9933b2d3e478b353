"""The one row that says how far a book has come."""

from __future__ import annotations

from dataclasses import dataclass

from muster.book.merkle import HASH_BYTES, Tree
from muster.store.database import Database


@dataclass(frozen=True)
class State:
    """What must be known to write on.

    Attributes:
        tree: Of the log; its size is the number of events.
        registered: The last event that registers something; 0: none.
    """

    tree: Tree = Tree()
    registered: int = 0


def read_state(database: Database) -> State:
    """Return the state of a book."""
    ((size, peaks, registered),) = database.rows("SELECT size, peaks, registered FROM state")
    split = range(0, len(peaks), HASH_BYTES)
    return State(Tree(size, tuple(peaks[at : at + HASH_BYTES] for at in split)), registered)


def write_state(database: Database, state: State) -> None:
    """Write the state of a book."""
    values = [state.tree.size, b"".join(state.tree.peaks), state.registered]
    database.run("UPDATE state SET size = ?, peaks = ?, registered = ?", values)
