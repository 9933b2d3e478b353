"""What whoever writes keeps at hand of a book from one batch to the next, as long as nobody else writes."""

from __future__ import annotations

from muster.book.facts import Register
from muster.store import facts
from muster.store.database import Database
from muster.store.facts import Latest
from muster.store.holdings import Holdings
from muster.store.state import State

MOST_MEASURES = 100_000
"""Resources whose unit is kept at hand."""


class Kept:
    """What is known of a book without asking.

    Attributes:
        holdings: What they hold.
        register: What is registered.
        measures: Resource -> its smallest unit, which never changes.
        latest: What is new without a question.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._state: State | None = None
        self._registered = -1
        self.holdings = Holdings(database)
        self.register = Register()
        self.measures: dict[str, str] = {}
        self.latest = Latest()

    def begin(self, state: State) -> bool:
        """Begin a batch on a book in this state; return whether it is the one that was left."""
        left = state == self._state
        self.holdings.begin(state.holdings, fresh=not left)
        if not left:
            self.latest.forget()
        self.look(state)
        return left

    @property
    def left(self) -> State | None:
        """The state of the book when it was left; ``None``: not known."""
        return self._state

    def look(self, state: State) -> Register:
        """Return what is registered in a book in this state; it is read anew only where that has changed."""
        if state.registered != self._registered:
            self.register, self._registered = facts.register(self._database), state.registered
        return self.register

    def written(self, state: State) -> None:
        """Know that a batch was written durably, and what the state is now."""
        self._state, self._registered = state, state.registered
        if len(self.measures) > MOST_MEASURES:
            self.measures.clear()

    def forget(self) -> None:
        """Know nothing any more: a batch came to nothing, and what was learnt from it may be wrong."""
        self.holdings.forget()
        self.measures.clear()
        self.latest.forget()
        self._state, self._registered = None, -1
