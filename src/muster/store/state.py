"""The one row that says how far a book has come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from muster.book.merkle import HASH_BYTES, Tree
from muster.store.database import Change, Database, Lookup, Row


@dataclass(frozen=True)
class State:
    """What must be known to write on.

    Attributes:
        tree: Of the log; its size is the number of events.
        registered: The last event that registers something; 0: none.
        holdings: How many there are; they are numbered from 1.
        lacking: How many of them are below zero at some time.
    """

    tree: Tree = Tree()
    registered: int = 0
    holdings: int = 0
    lacking: int = 0


OWN_STATE = Lookup("size, peaks, registered, holdings, lacking", "state", ("one",), [(1,)], lock=True)
"""The question for the state by somebody who writes: nobody else does, until the transaction ends."""


def state_of(rows: Sequence[Row]) -> State:
    """Return the state that was found."""
    ((size, peaks, *more),) = rows
    return State(Tree(size, tuple(peaks[at : at + HASH_BYTES] for at in range(0, len(peaks), HASH_BYTES))), *more)


def read_state(database: Database) -> State:
    """Return the state of a book."""
    return state_of(database.rows("SELECT size, peaks, registered, holdings, lacking FROM state"))


def change_of(state: State) -> Change:
    """Return the change that writes the state of a book."""
    columns = ("size", "peaks", "registered", "holdings", "lacking", "one")
    return Change("state", columns, [(*row_of(state), 1)], keys=("one",))


def row_of(state: State) -> Row:
    """Return the state as it is found by ``OWN_STATE``."""
    return state.tree.size, b"".join(state.tree.peaks), state.registered, state.holdings, state.lacking
