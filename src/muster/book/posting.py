"""Posting a batch: what becomes of each line, and what an event does to the balances.

Whoever keeps a book (in memory, in a database) does it in the same steps:

    heard = hear_batch(lines, facts=…)                # the rules of each event; facts as ``asked`` says
    timelines = … of since(heard), from those times on
    moved = enter(heard, timelines)                   # moves and differences of counts
    decide(heard, blames(heard, moved, timelines), …) # is it posted?
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from muster.book.accounts import Holding, discrepancy_of, holding_text, is_guarded, kind_of
from muster.book.events import Event, Move, body, measured
from muster.book.facts import Facts
from muster.book.lines import Line
from muster.book.quick import maker
from muster.book.rule import outline
from muster.book.rules import ASKED_OF, BY_GOODS, BY_NUMBER, BY_OUTLINE, is_quiet
from muster.book.timeline import Blame, Difference, Taker, Timeline, overdrawn
from muster.book.times import FOREVER_MS, time_text
from muster.book.wording import Wrong, spoken
from muster.errors import Fault

Status = Literal["accepted", "known", "disputed", "refused", "held", "waiting"]
"""What became of a line.

``held``: nothing wrong with it, but not posted, because another line of its batch is refused. ``waiting``: only while a
batch is heard."""


class Moved(NamedTuple):
    """What went from one holding to another: a move, or a part of the difference of a count.

    Attributes:
        source, target: Holdings.
        line: Number of the move within its event, from 1; differences of counts come behind the moves.
        occurred_ms: From when on the balances are others.
        quantity: Above 0.
        count_id: Id of the count whose difference this is; ``""``: a move.
    """

    source: Holding
    target: Holding
    line: int
    occurred_ms: int
    quantity: int
    count_id: str


@dataclass(frozen=True)
class Outcome:
    """What became of one line.

    Attributes:
        where: File and line; ``""`` where it comes from no file.
        id: Id of the event; ``""`` where it could not be read.
        status: See ``Status``.
        seq: Place of the event in the order of record, from 1; 0: it is not in the book.
        faults: Why it is refused or disputed; warnings.
    """

    where: str
    id: str
    status: Status
    seq: int = 0
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class Posted:
    """What became of a batch.

    Attributes:
        outcomes: In the order of its lines; of a stream, only those with faults.
        counts: Lines by what became of them.
        digest: SHA-256 (hex) over the bodies of its lines: the batch's id.
        size: Events in the book now.
    """

    outcomes: tuple[Outcome, ...]
    counts: Mapping[Status, int]
    digest: str
    size: int

    @property
    def refused(self) -> bool:
        """Whether a line was refused."""
        return self.count("refused") > 0

    @property
    def faults(self) -> tuple[Fault, ...]:
        """All faults and warnings, in the order of the lines."""
        return tuple(fault for outcome in self.outcomes for fault in outcome.faults)

    def count(self, status: Status) -> int:
        """Return how many lines became ``status``."""
        return self.counts.get(status, 0)


@dataclass(slots=True)
class Heard:
    """A line and what the rules say to it.

    Attributes:
        line: As read.
        status: As far as it is known.
        body: Of its event; empty where it could not be read.
        target: The event that it reverses.
        faults: So far.
    """

    line: Line
    status: Status
    body: bytes = b""
    target: Event | None = None
    faults: list[Fault] = field(default_factory=list)

    @property
    def event(self) -> Event:
        """The event, of a line that could be read."""
        assert self.line.event is not None
        return self.line.event

    @property
    def is_new(self) -> bool:
        """Whether the event goes into the book, unless another line prevents it."""
        return self.status in ("accepted", "disputed")


def hear_batch(lines: Sequence[Line], *, facts: Facts, at_ms: int, offline: bool) -> tuple[list[Heard], list[Heard]]:
    """Hear a whole batch; a reversal waits for what it reverses.

    Returns:
        The lines in their own order, and the same in the order of record.
    """
    heard = hear(lines, facts=facts, at_ms=at_ms, offline=offline, last=False)
    later = [place for place, each in enumerate(heard) if each.status == "waiting"]
    again = hear([lines[place] for place in later], facts=facts, at_ms=at_ms, offline=offline, last=True)
    ordered = [each for each in heard if each.status != "waiting"] + again
    for place, each in zip(later, again, strict=True):
        heard[place] = each
    return heard, ordered


def hear(lines: Iterable[Line], *, facts: Facts, at_ms: int, offline: bool, last: bool) -> list[Heard]:
    """Ask every rule of every line; what is accepted is learnt and holds for the lines behind it.

    Args:
        lines: In their order.
        facts: What ``asked`` names; grows.
        at_ms: Time of record.
        offline: The batch comes from a device that could not ask.
        last: Nothing comes behind these lines. Else a reversal of an event that is not there yet is ``waiting``: it is
            heard again behind the others.
    """
    return [_heard(line, facts, at_ms, offline, last) for line in lines]


def _heard(line: Line, facts: Facts, at_ms: int, offline: bool, last: bool) -> Heard:
    event = line.event
    if event is None:
        return Heard(line, "refused", faults=list(line.faults))
    bytes_ = line.body or body(event)
    known = facts.bodies.get(event.id)
    if known is not None:
        return _known(line, event, bytes_, known)
    target = facts.targets.get(event.reverses) if event.reverses else None
    heard = Heard(line, "accepted", bytes_, target)
    if event.reverses and target is None and not last:
        heard.status = "waiting"
        return heard
    drawn, sound = outline(event), facts.register.sound
    quiet = drawn in sound and is_quiet(event, facts)
    for find in sound[drawn][quiet] if drawn in sound else ASKED_OF[event.kind]:
        for wrong in find(event, facts):
            against(heard, wrong, offline=offline)
    if drawn and not heard.faults and drawn not in sound:
        if len(sound) >= _MOST_SOUND:
            sound.clear()
        left = [find for find in ASKED_OF[event.kind] if find not in BY_OUTLINE]
        sound[drawn] = left, [find for find in left if find not in BY_GOODS]
    if event.occurred_ms > at_ms:
        do = "check the clock and the date; where it is meant, nothing has to be done"
        seen = time_text(event.occurred_ms)
        heard.faults.append(Fault("An event lies in the future.", line.where, seen, do, "B15", severity="warning"))
    if heard.status != "refused":
        facts.learn(event, bytes_, goods=not quiet)
    return heard


_MOST_SOUND = 10_000


def _known(line: Line, event: Event, bytes_: bytes, known: bytes) -> Heard:
    if known == bytes_:
        return Heard(line, "known", bytes_)
    do = "give a new event an id of its own; what is in the book is undone by a reversal"
    conflict = Wrong("An event with this id is in the book, and says something else.", event.id, do, "B11")
    return Heard(line, "refused", bytes_, faults=[_fault(conflict, line.where)])


def against(heard: Heard, wrong: Wrong, *, offline: bool) -> None:
    """Note what is wrong with a line, and what becomes of it."""
    disputed = offline and BY_NUMBER[wrong.rule].offline == "disputed"
    heard.faults.append(_fault(wrong, heard.line.where))
    heard.status = "disputed" if disputed and heard.status != "refused" else "refused"


def _fault(wrong: Wrong, where: str) -> Fault:
    return Fault(wrong.what, where, wrong.seen, wrong.do, wrong.rule)


def moves_of(event: Event, target: Event | None) -> Sequence[Move]:
    """Return what an event moves: its own moves, or those of the event it reverses, turned round."""
    if target is None:
        return event.moves
    return [move._replace(source=move.target, target=move.source) for move in target.moves]


def since(heard: Iterable[Heard]) -> dict[Holding, int]:
    """Return the holdings that cannot be below zero and are touched, with the earliest time at which they are."""
    earliest: dict[Holding, int] = {}
    for each in heard:
        if each.is_new:
            event, target = each.event, each.target
            at = event.occurred_ms
            for move in moves_of(event, target):
                for place in (move.source, move.target):
                    if is_guarded(place) and at < earliest.get((place, move.resource, move.lot), FOREVER_MS):
                        earliest[place, move.resource, move.lot] = at
            counted = target or event
            for line in counted.counted:
                earliest[line[:3]] = min(counted.occurred_ms, earliest.get(line[:3], FOREVER_MS))
    return earliest


def enter(heard: Sequence[Heard], timelines: Mapping[Holding, Timeline]) -> list[list[Moved]]:
    """Enter the moves and counts of the new events into the timelines of their holdings.

    Args:
        heard: The lines of a batch, in the order of record.
        timelines: Of every holding in ``since(heard)``, from that time on; changed.
    Returns:
        For each line, its moves and the differences of counts that it makes; none where it is not new.
    """
    return [_moved(each, timelines) if each.is_new else [] for each in heard]


def _moved(heard: Heard, timelines: Mapping[Holding, Timeline]) -> list[Moved]:
    now = heard.event.occurred_ms
    moves = [
        _made(((move[0], move[2], move[3]), (move[1], move[2], move[3]), number, now, move[5], ""))
        for number, move in enumerate(moves_of(heard.event, heard.target), start=1)
    ]
    return moves + differences(heard, timelines)


def differences(heard: Heard, timelines: Mapping[Holding, Timeline]) -> list[Moved]:
    """Enter an event into timelines; return what that adds to the differences of counts, numbered behind its moves.

    Args:
        heard: A new event.
        timelines: Changed. A holding that is not counted, and to which nothing happens before what happened already,
            need not have one.
    """
    event, target = heard.event, heard.target
    now, moves = event.occurred_ms, moves_of(event, target)
    changes: list[tuple[Holding, Difference]] = []
    for move in moves:
        for place, quantity in ((move[0], -move[5]), (move[1], move[5])):
            holding = place, move[2], move[3]
            if holding in timelines and (change := timelines[holding].move(now, quantity)):
                changes.append((holding, change))
    for line in event.counted:
        found = timelines[line[:3]].count(now, id=event.id, counted=line.quantity)
        changes += [(line[:3], change) for change in found]
    if target:
        for line in target.counted:
            found = timelines[line[:3]].withdraw(target.occurred_ms, id=target.id)
            changes += [(line[:3], change) for change in found]
    return [_difference(*change, line) for line, change in enumerate(changes, start=len(moves) + 1)]


_made = maker(Moved)


def _difference(holding: Holding, change: Difference, line: int) -> Moved:
    """Return what is added to the difference of a count as what went to the store, or from it."""
    elsewhere = (discrepancy_of(holding[0]), *holding[1:])
    source, target = (elsewhere, holding) if change.quantity > 0 else (holding, elsewhere)
    return Moved(source, target, line, change.occurred_ms, abs(change.quantity), change.count_id)


def taker(event: Event, moved: Moved, who: int) -> Taker | None:
    """Return an event as one who takes from ``moved.source``; ``None`` where it does not take.

    A count takes where it finds less than the book says; what its difference becomes by others is theirs.
    """
    if moved.count_id not in ("", event.id, event.reverses):
        return None
    return Taker(moved.occurred_ms, int(moved.count_id == event.id), who)


def blames(
    heard: Sequence[Heard], moved: Sequence[Sequence[Moved]], timelines: Mapping[Holding, Timeline]
) -> list[tuple[Holding, Blame]]:
    """Return who took what was not there (by index of the line), with the holding it lacks in."""
    takers: dict[Holding, list[Taker]] = {holding: [] for holding, line in timelines.items() if line.may_lack}
    for who, (each, its) in enumerate(zip(heard, moved, strict=True)):
        for one in its if takers else ():
            if one.source in takers and (found := taker(each.event, one, who)):
                takers[one.source].append(found)
    return [(holding, blame) for holding, waiting in takers.items() for blame in overdrawn(timelines[holding], waiting)]


def lack(event: Event, target: Event | None, holding: Holding, blame: Blame) -> Wrong:
    """Return what is wrong with an event (and what it reverses) that took what was not there."""
    units = {resource: unit for resource, unit, _ in measured(target or event)}
    do = "correct the quantity or the lot, or record first what came in"
    if kind_of(holding[0]) == "transit":
        do = "correct the waybill or the quantity; what no store of this book sent is a receipt from outside"
    lacking = spoken(-blame.balance, units[holding[1]])
    seen = f"{lacking} missing: {holding_text(holding)}, {time_text(blame.occurred_ms)[:10]}"
    return Wrong("More goes out than is there.", seen, do, "B17")


def decide(heard: Sequence[Heard], found: Iterable[tuple[Holding, Blame]], *, offline: bool) -> bool:
    """Note who took what was not there; return whether the batch is posted.

    Online, a line that is refused holds back all others; of an offline device, the others are posted.
    """
    refused = any(each.status == "refused" for each in heard)
    for holding, blame in found if offline or not refused else ():  # what lacks may be what is refused
        who = heard[blame.who]
        against(who, lack(who.event, who.target, holding, blame), offline=offline)
    posted = offline or all(each.status != "refused" for each in heard)
    if not posted:
        for each in heard:
            if each.is_new:
                each.status = "held"
    return posted


def outcome(heard: Heard, *, seq: int) -> Outcome:
    """Return what became of a line; ``seq`` is the place of its event, 0 where it is not in the book."""
    id = heard.line.event.id if heard.line.event else ""
    return Outcome(heard.line.where, id, heard.status, seq if heard.status != "refused" else 0, tuple(heard.faults))
