"""Posting into a database: the steps of ``muster.book.posting``, part by part, within one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from hashlib import sha256
from itertools import islice

from muster.book.accounts import Holding
from muster.book.events import Event
from muster.book.facts import Asked, asked
from muster.book.lines import Line
from muster.book.posting import Heard, Posted, Status, against, hear, lack, outcome
from muster.book.timeline import Blame, Taker, overdrawn
from muster.book.times import FOREVER_MS
from muster.store.database import Change, Database, Lookup, Row
from muster.store.facts import event_of, gather, id_bytes, lookups
from muster.store.kept import Kept
from muster.store.sides import Side, unpacked
from muster.store.state import OWN_STATE, State, change_of, state_of
from muster.store.wheres import Wheres
from muster.store.writing import WITHDRAWN, PartRows

PART = 2_000
"""Lines that are heard and written together."""

MOST_TOLD = 1_000
"""Outcomes with faults that a stream keeps."""


class Posting:
    """One batch on its way into the book. Its transaction has begun, and is ended by whoever made it.

    Args:
        database: In a transaction that alone writes.
        kept: What is at hand of the book.
        at_ms: Time of record.
        offline: The batch comes from a device that could not ask.

    Attributes:
        state: What must be known to write on.
    """

    def __init__(self, database: Database, *, kept: Kept, at_ms: int, offline: bool) -> None:
        self._database, self._kept, self._holdings = database, kept, kept.holdings
        self._at_ms, self._offline = at_ms, offline
        self._before: State | None = None
        self.state = State()
        self._lacking: set[int] = set()
        self._changes: list[Change] = []
        self._suspects: dict[Holding, int] = {}
        self._wheres = Wheres()
        self._told: dict[int, tuple[Heard, int]] = {}
        self._counts: Counter[Status] = Counter()

    def post(self, lines: Iterable[Line], *, keep_all: bool, progress: Callable[[int], None]) -> Posted:
        """Hear and write all lines, part by part. Where one is refused online, the transaction must be undone.

        Args:
            lines: In their order.
            keep_all: Keep the outcome of every line, not only of those with faults.
            progress: Called with the number of lines so far.
        """
        digest, number = sha256(), 0
        later: list[tuple[int, Line]] = []
        lines = iter(lines)
        while part := list(enumerate(islice(lines, PART), start=number)):
            number += len(part)
            heard = self._hear(part, last=False)
            digest.update(b"\n".join([each.body for each in heard]))
            digest.update(b"\n")
            later += [given for given, each in zip(part, heard, strict=True) if each.status == "waiting"]
            self._write(part, heard, keep_all=keep_all)
            progress(number)
            del part, heard  # before as many new ones are made
        for at in range(0, len(later), PART):
            part = later[at : at + PART]
            self._write(part, self._hear(part, last=True), keep_all=keep_all)
        if self._before is None:
            self._begin(state_of(self._database.look_up(OWN_STATE)[0]))
        self._settle()
        return self._posted(digest.hexdigest())

    def _hear(self, part: Sequence[tuple[int, Line]], *, last: bool) -> list[Heard]:
        self._make()
        lines = [line for _, line in part]
        need = asked(line.event for line in lines if line.event)
        found = self._asked(need)
        kept = self._kept
        self._gathered = gather(self._database, need, found, register=kept.register, measures=kept.measures)
        return hear(lines, facts=self._gathered.facts, at_ms=self._at_ms, offline=self._offline, last=last)

    def _asked(self, need: Asked) -> list[list[Row]]:
        """Return what the database knows of what is asked for, in one trip where nobody else wrote meanwhile."""
        latest, found = self._kept.latest, self._first_look(need) if self._before is None else self._look(need)
        newest, last, ids, numbers, *more = found
        if newest or last:  # only now it is known which events may be in the book
            latest.learn(newest, last)
            ids, numbers = self._database.look_up(*latest.doubtful(need))
        return [ids, numbers, *more]

    def _first_look(self, need: Asked) -> list[list[Row]]:
        relied = self._kept.latest.id is not None  # on what was so when somebody last wrote here
        state, *found = self._look(need, OWN_STATE)
        return found if self._begin(state_of(state)) or not relied else self._look(need)

    def _look(self, need: Asked, *first: Lookup) -> list[list[Row]]:
        latest, measures = self._kept.latest, self._kept.measures
        asked_for = [*latest.lookups(need), *latest.doubtful(need), *lookups(need, measures=measures)]
        return self._database.look_up(*first, *asked_for)

    def _begin(self, state: State) -> bool:
        """Begin with a book in this state; return whether it is the one that was left."""
        self.state = self._before = state
        left = self._kept.begin(state)
        if state.lacking:
            self._lacking = {number for (number,) in self._database.rows("SELECT holding FROM lacking")}
        return left

    @property
    def _first(self) -> int:
        """Events that were there before."""
        return self._before.tree.size if self._before else 0

    def _write(self, part: Sequence[tuple[int, Line]], heard: Sequence[Heard], *, keep_all: bool) -> None:
        """Write what is new of a part, and note what became of its lines; the changes wait for more."""
        new = [each for each in heard if each.is_new]
        rows = PartRows(self._holdings, self._gathered, first=self.state.tree.size, at_ms=self._at_ms)
        rows.add(new, self._suspects)
        self._note(part, heard, new, keep_all=keep_all)
        if new:
            if self._lacking:
                self._suspects |= dict.fromkeys(self._holdings.touched_of(self._lacking), -FOREVER_MS)
            tree, self._changes = rows.changes(self.state.tree)
            registered = rows.registrations[-1][0] if rows.registrations else self.state.registered
            self.state = State(tree, registered, self._holdings.number, self.state.lacking)
            self._kept.measures |= self._gathered.facts.measures
            self._kept.latest.add([each.event for each in new])
            if rows.withdrawn:
                self._make(Change("counts", WITHDRAWN, rows.withdrawn, keys=WITHDRAWN[1:]))

    def _note(
        self, part: Sequence[tuple[int, Line]], heard: Sequence[Heard], new: Sequence[Heard], *, keep_all: bool
    ) -> None:
        """Note what became of lines, and where the new ones came from."""
        for each in heard:
            if each.status != "waiting":
                self._counts[each.status] += 1
        if new and part[-1][0] - part[0][0] + 1 == len(new):
            self._wheres.add_all([line.where for _, line in part], part[0][0])
        else:
            for (number, line), each in zip(part, heard, strict=True):
                if each.is_new:
                    self._wheres.add(line.where, number)
        for (number, line), each in zip(part, heard, strict=True):
            if (keep_all or (each.faults and len(self._told) < MOST_TOLD)) and each.status != "waiting":
                self._told[number] = each, self._gathered.seqs.get(line.event.id, 0) if line.event else 0

    def _make(self, *more: Change) -> None:
        """Make the changes that wait, and more behind them."""
        self._database.write(self._changes)
        self._changes = []
        self._database.write(more)

    def _settle(self) -> None:
        """Look for what is below zero, now that everything is written, and at who took it."""
        if not self._suspects:
            return
        self._make()
        blamed = self._offline or not self._counts["refused"]  # else what lacks may be what is refused
        lacking: set[int] = set()
        takers = partial(_takers, self._database, self._first)
        for holding, timeline in self._holdings.timelines(self._suspects).items():
            number = self._holdings.number_of(holding)
            for blame in overdrawn(timeline, takers(number, self._suspects[holding])) if blamed else ():
                self._blame(holding, blame)
            if any(balance < 0 for _, balance, _ in timeline.instants()):
                lacking.add(number)
            elif number in self._lacking:
                self._database.run("DELETE FROM lacking WHERE holding = ?", [number])
                self._lacking.remove(number)
        self._changes = [Change("lacking", ("holding",), [(number,) for number in sorted(lacking - self._lacking)])]
        self.state = replace(self.state, lacking=len(self._lacking | lacking))

    def _blame(self, holding: Holding, blame: Blame) -> None:
        number, where = self._wheres.of(blame.who - self._first)
        if number not in self._told:
            ((body,),) = self._database.rows("SELECT body FROM events WHERE seq = ?", [blame.who])
            self._told[number] = Heard(Line(where, event_of(body)), "accepted", body), blame.who
        heard, _ = self._told[number]
        self._counts[heard.status] -= 1
        target = heard.target or self._target(heard.event)
        against(heard, lack(heard.event, target, holding, blame), offline=self._offline)
        self._counts[heard.status] += 1

    def _target(self, event: Event) -> Event | None:
        sql = "SELECT body FROM events WHERE id = ?"
        found = self._database.rows(sql, [id_bytes(event.reverses)]) if event.reverses else []
        return event_of(found[0][0]) if found else None

    def _posted(self, digest: str) -> Posted:
        """Return what became of the batch, once all is written."""
        undone = self._counts["refused"] > 0 and not self._offline
        if not undone and self.state != self._before:
            self._changes.append(change_of(self.state))
            self._make()
        if undone:
            self._counts["held"] = self._counts.pop("accepted", 0) + self._counts.pop("disputed", 0)
        told = []
        for _, (heard, seq) in sorted(self._told.items(), key=lambda each: each[0]):
            if undone and heard.is_new:
                heard.status = "held"
            told.append(outcome(heard, seq=0 if undone and seq > self._first else seq))
        counts = {status: number for status, number in self._counts.items() if number}
        return Posted(tuple(told), counts, digest, self._first if undone else self.state.tree.size)


def _takers(database: Database, first: int, holding: int, start: int) -> list[Taker]:
    """Return who takes from a holding behind event ``first`` and from a time on, by seq; see ``posting.taker``."""
    rows = database.rows("SELECT sides FROM sides WHERE holding = ? AND seq > ?", [holding, first])
    taken = [Side(*side) for (row,) in rows for side in unpacked(row) if side[2] >= start and side[3] < 0]
    counts = {(side.counted,) for side in taken if side.counted not in (0, side.seq)}
    (found,) = database.look_up(Lookup("target, seq", "reversals", ("target",), list(counts)))
    undone = set(found)
    return [
        Taker(side.occurred_ms, int(side.counted == side.seq), side.seq)
        for side in taken
        if side.counted in (0, side.seq) or (side.counted, side.seq) in undone
    ]
