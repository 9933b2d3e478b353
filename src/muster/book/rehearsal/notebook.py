"""What somebody with pencil and paper works out from what was recorded. It shares no code with the book.

The rule is the one on a stock card of paper: what is in a store is what the last count found, and what came and went
since; where nothing was ever counted, all that came and went. What counts found more or less is what is left over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from muster.book.rehearsal.world import Carried, Held


@dataclass(frozen=True)
class Note:
    """One record.

    Attributes:
        id: Of the event.
        at_ms: When it happened.
        changes: Who has so much more or less.
        found: What a count found.
        undoes: Id of the record that this one undoes.
    """

    id: str
    at_ms: int
    changes: tuple[tuple[Held, int], ...] = ()
    found: tuple[tuple[Held, int], ...] = ()
    undoes: str = ""


def changes(carried: Iterable[Carried]) -> tuple[tuple[Held, int], ...]:
    """Return who has so much more or less after something was carried."""
    rows: list[tuple[Held, int]] = []
    for source, target, resource, lot, quantity in carried:
        rows += [((source, resource, lot), -quantity), ((target, resource, lot), quantity)]
    return tuple(rows)


class Notebook:
    """Records, and the order in which they became known."""

    def __init__(self) -> None:
        self._notes: dict[str, Note] = {}
        self._known: dict[str, Note] = {}

    @property
    def size(self) -> int:
        """How many records are known."""
        return len(self._known)

    def write(self, note: Note) -> None:
        """Write down what was recorded; it need not be known yet."""
        self._notes[note.id] = note

    def learn(self, ids: Iterable[str]) -> tuple[int, int, list[str]]:
        """Take in what is sent, in its order; what undoes something is looked at again behind the others.

        Returns:
            How many are new, how many were known, and the ids of those that undo what is not known.
        """
        new, old, later = 0, 0, []
        for id in ids:
            if id in self._known:
                old += 1
            elif self._notes[id].undoes and self._notes[id].undoes not in self._known:
                later.append(id)
            else:
                self._known[id] = self._notes[id]
                new += 1
        refused = []
        for id in later:
            if id in self._known:
                old += 1
            elif self._notes[id].undoes in self._known:
                self._known[id] = self._notes[id]
                new += 1
            else:
                refused.append(id)
        return new, old, refused

    def balances(self, *, until_ms: int, known_at: int | None = None) -> dict[Held, int]:
        """Return what is where at a time, as the first ``known_at`` records say (``None``: all); zeros are left out."""
        known = list(self._known.values())[:known_at]
        counted = _last_counts(known, until_ms)
        booked: dict[Held, int] = defaultdict(int)
        since: dict[Held, int] = defaultdict(int)
        for note in known:
            for held, quantity in note.changes if note.at_ms <= until_ms else ():
                booked[held] += quantity
                if held in counted and note.at_ms > counted[held][0]:
                    since[held] += quantity
        shown = dict(booked)
        for held, (_, found) in counted.items():
            shown[held] = found + since[held]
            over = (held[0].replace("store:", "discrepancy:", 1), *held[1:])
            shown[over] = shown.get(over, 0) - shown[held] + booked[held]
        return {held: quantity for held, quantity in shown.items() if quantity}

    def disputes(self) -> dict[Held, tuple[int, int, int]]:
        """Return where there is less than nothing at some time: from when on, the lowest balance, and that of now."""
        rows = {}
        for held, line in self._lines().items():
            balance, moments = 0, []
            for place, (at_ms, is_count, quantity) in enumerate(line):
                balance = quantity if is_count else balance + quantity
                if place + 1 == len(line) or line[place + 1][0] != at_ms:
                    moments.append((at_ms, balance))
            below = [moment for moment in moments if moment[1] < 0]
            if below:
                rows[held] = (below[0][0], min(lowest for _, lowest in below), balance)
        return rows

    def touches(self, ids: Iterable[str]) -> list[tuple[Held, int]]:
        """Return the holdings that these records say something of, each with the time from which on they do."""
        times = []
        for note in [self._notes[id] for id in ids]:
            times += [(held, note.at_ms) for held, _ in (*note.changes, *note.found)]
            if note.undoes:  # a count that is undone is gone from its own time on
                undone = self._notes[note.undoes]
                times += [(held, undone.at_ms) for held, _ in undone.found]
        return times

    def counts(self) -> dict[Held, list[int]]:
        """Return for each holding the times of the counts that are known and not undone, sorted."""
        times: dict[Held, list[int]] = defaultdict(list)
        for at_ms, held, _ in sorted(_counts(list(self._known.values()))):
            times[held].append(at_ms)
        return dict(times)

    def _lines(self) -> dict[Held, list[tuple[int, int, int]]]:
        """Return for each store and lorry its changes (0) and counts (1) by time."""
        known = list(self._known.values())
        lines: dict[Held, list[tuple[int, int, int]]] = defaultdict(list)
        for note in known:
            for held, quantity in note.changes:
                if held[0].startswith(("store:", "transit:")):
                    lines[held].append((note.at_ms, 0, quantity))
        for at_ms, held, found in _counts(known):
            lines[held].append((at_ms, 1, found))
        return {held: sorted(line) for held, line in sorted(lines.items())}


def _counts(known: list[Note]) -> Iterator[tuple[int, Held, int]]:
    """Yield time, holding and finding of the counts that are not undone."""
    undone = {note.undoes for note in known}
    for note in known:
        for held, found in note.found if note.id not in undone else ():
            yield note.at_ms, held, found


def _last_counts(known: list[Note], until_ms: int) -> dict[Held, tuple[int, int]]:
    """Return for each holding that was counted the time and finding of the last count up to a time."""
    last: dict[Held, tuple[int, int]] = {}
    for at_ms, held, found in _counts(known):
        if at_ms <= until_ms and (held not in last or at_ms > last[held][0]):
            last[held] = (at_ms, found)
    return last
