"""The balance of one holding along the time at which things happened, and the counts that assert it.

A count says what was there at its own time. Its difference is the quantity that makes the balance so; a fact that
arrives late and lies before it changes the difference of the next count and nothing behind that.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

Place = tuple[int, int, str]
"""Place on the line: millisecond; 0 for moves, 1 for counts, which see the moves of their own time; id of a count."""


class Difference(NamedTuple):
    """What is added to the difference of a count: id of the count, its time, and so much more (or less) was found."""

    count_id: str
    occurred_ms: int
    quantity: int


class Timeline:
    """Entries of one holding in the order in which they happened, from some time on.

    Args:
        opening: Balance of everything before the entries that are given.
        entries: ``(place, quantity)``, sorted by place; those of a count carry its difference.

    Attributes:
        balance: After everything.
        may_lack: Something was put in after which the balance may be below zero at some time; else it never is because
            of what was put in.
    """

    def __init__(self, opening: int = 0, entries: list[tuple[Place, int]] | None = None) -> None:
        self._opening = opening
        self._places = [place for place, _ in entries or ()]
        self._quantities = [quantity for _, quantity in entries or ()]
        self.balance = opening + sum(self._quantities)
        self.may_lack = False

    def move(self, occurred_ms: int, quantity: int) -> Difference | None:
        """Put in a move (negative: out); return what that changes in the next count behind it."""
        place = (occurred_ms, 0, "")
        if not self._places or place >= self._places[-1]:
            self._places.append(place)
            self._quantities.append(quantity)
            self.balance += quantity
            if self.balance < 0:
                self.may_lack = True
            return None
        position = bisect_left(self._places, (occurred_ms, 1, ""))
        self._put(position, place, quantity)
        return self._carried(position + 1, -quantity)

    def count(self, occurred_ms: int, *, id: str, counted: int) -> list[Difference]:
        """Put in a count; return its own difference, and what that changes in the next count behind it."""
        place = (occurred_ms, 1, id)
        position = bisect_left(self._places, place)
        found = counted - self._opening - sum(self._quantities[:position])
        self._put(position, place, found)
        changes = [Difference(id, occurred_ms, found), self._carried(position + 1, -found)]
        return [change for change in changes if change and change.quantity]

    def withdraw(self, occurred_ms: int, *, id: str) -> list[Difference]:
        """Take a count out again, as if it had never been; return the changes."""
        place = (occurred_ms, 1, id)
        position = bisect_left(self._places, place)
        assert self._places[position] == place, "a count that is withdrawn was put in"
        found = self._quantities[position]
        self._put(position, (occurred_ms, 0, ""), 0)  # the time stays one at which something happened
        del self._places[position + 1], self._quantities[position + 1]
        self.balance -= found
        changes = [Difference(id, occurred_ms, -found), self._carried(position + 1, found)]
        return [change for change in changes if change and change.quantity]

    def instants(self) -> Iterator[tuple[int, int, bool]]:
        """Yield each time at which something happened, the balance at its end, and whether it was counted."""
        balance, last = self._opening, len(self._places) - 1
        for position, (place, quantity) in enumerate(zip(self._places, self._quantities, strict=True)):
            balance += quantity
            if position == last or self._places[position + 1][0] != place[0]:
                yield place[0], balance, bool(place[1])

    def _put(self, position: int, place: Place, quantity: int) -> None:
        self._places.insert(position, place)
        self._quantities.insert(position, quantity)
        self.balance += quantity
        self.may_lack = True

    def _carried(self, position: int, quantity: int) -> Difference | None:
        """Add to the difference of the first count from ``position`` on."""
        for later in range(position, len(self._places)):
            occurred_ms, is_count, id = self._places[later]
            if is_count:
                self._quantities[later] += quantity
                self.balance += quantity
                return Difference(id, occurred_ms, quantity)
        return None


class Taker(NamedTuple):
    """Who takes from a holding: the time, 1 for a count (which hides what was taken before it), and who."""

    occurred_ms: int
    is_count: int
    who: int


class Blame(NamedTuple):
    """Who took what was not there, the time from which it lacks, and the balance then."""

    who: int
    occurred_ms: int
    balance: int


def overdrawn(timeline: Timeline, takers: list[Taker]) -> list[Blame]:
    """Return who of those who took something left less than nothing.

    To blame is who takes at a time at whose end the balance is below zero; where it falls below zero and nobody of
    these takes, the last one before, as far back as the last count.
    """
    blames: list[Blame] = []
    waiting = sorted(set(takers))
    last: int | None = None
    position, blamed = 0, False
    for occurred_ms, balance, is_counted in timeline.instants():
        here = []
        while position < len(waiting) and waiting[position].occurred_ms <= occurred_ms:
            here.append(waiting[position])
            position += 1
        if is_counted:
            here, last, blamed = [taker for taker in here if taker.is_count], None, False
        if balance >= 0:
            blamed = False
        elif here or (last is not None and not blamed):
            blames += [Blame(who, occurred_ms, balance) for who in [taker.who for taker in here] or [last]]  # type: ignore[list-item]
            blamed = True
        if here:
            last = here[-1].who
    return blames
