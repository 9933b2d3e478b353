"""Gathering what the rules want to know of a batch."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from uuid import UUID

from muster.book.events import Event, from_body
from muster.book.facts import Asked, Facts, Register, Waybill
from muster.book.wording import shown
from muster.store.database import Database, Lookup, Row
from muster.store.faults import damaged


def id_bytes(id: str) -> bytes:
    """Return an id as it stands in the database."""
    return bytes.fromhex(id.replace("-", ""))


def id_of(data: bytes) -> str:
    """Return an id as it stands in an event."""
    return str(UUID(bytes=data))


def event_of(data: bytes) -> Event:
    """Return the event whose body stands in the database.

    Raises:
        BookError: The body is damaged (S1).
    """
    try:
        return from_body(data)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise damaged("An event in the book is damaged.", shown(repr(data))) from error


def register(database: Database) -> Register:
    """Return what has been registered."""
    found = Register()
    for (body,) in database.rows("SELECT body FROM registrations JOIN events USING (seq) ORDER BY seq"):
        found.learn(event_of(body))
    return found


class Latest:
    """The greatest id of a book, and the last number of each recorder: what lies behind them is new without a question.

    Ids that are made as RFC 9562 says grow with time, and so do running numbers.

    Attributes:
        id: ``""`` where there is no event; ``None``: not known.
        numbers: Recorder -> last running number; of recorders that came up.
    """

    def __init__(self) -> None:
        self.id: str | None = None
        self.numbers: dict[str, int] = {}

    def forget(self) -> None:
        """Know nothing any more."""
        self.id = None
        self.numbers.clear()

    def lookups(self, need: Asked) -> list[Lookup]:
        """Return the questions for what is not known of events that are asked for."""
        if len(self.numbers) > MOST_RECORDERS:
            self.numbers.clear()
        recorders = {(recorder,) for recorder, _ in need.numbers if recorder not in self.numbers}
        newest = Lookup(_NEWEST, "", ("one",), [(1,)] if self.id is None else [])
        return [newest, Lookup(_LAST, "", ("recorder",), list(recorders))]

    def learn(self, newest: Sequence[Row], last: Sequence[Row]) -> None:
        """Take in what these questions found."""
        for (id,) in newest:
            self.id = id_of(id) if id else ""
        self.numbers.update({recorder: n or 0 for recorder, n in last})

    def doubtful(self, need: Asked) -> list[Lookup]:
        """Return the questions for events that may be in the book, by id and by number, once that is known."""
        newest, last = self.id, self.numbers
        ids: list[Row] = []
        numbers: list[Row] = []
        if newest is not None and all(recorder in last for recorder, _ in need.numbers):
            ids = [(id_bytes(id),) for id in need.ids | need.targets if id <= newest]
            numbers = [(recorder, n) for recorder, n in need.numbers if n <= last[recorder]]
        return [Lookup("id, seq, body", "events", ("id",), ids), Lookup(_NUMBER, "events", ("recorder", "n"), numbers)]

    def add(self, events: Sequence[Event]) -> None:
        """Take in events that are written, and were asked for."""
        numbers = self.numbers
        self.id = max([self.id or "", *[event.id for event in events]])
        for event in events:
            if event.n > numbers[event.recorder]:
                numbers[event.recorder] = event.n


MOST_RECORDERS = 10_000
"""Recorders whose last number is kept at hand."""

_NEWEST = "(SELECT id FROM events ORDER BY id DESC LIMIT 1)"
_LAST = "wanted_recorder, (SELECT max(n) FROM events WHERE recorder = wanted_recorder)"
_NUMBER = "recorder, n, id"


@dataclass(frozen=True)
class Gathered:
    """What is known before a batch is judged.

    Attributes:
        facts: Grow while it is judged.
        seqs: Id of an event that is asked for -> its place in the order of record; grows while it is written.
        measures, expiries: As they stand in the database.
    """

    facts: Facts
    seqs: dict[str, int]
    measures: frozenset[str]
    expiries: Mapping[tuple[str, str], str]


def lookups(need: Asked, *, measures: Collection[str]) -> list[Lookup]:
    """Return the questions for what events name; ``measures`` are at hand already."""
    resources = [(each,) for each in need.resources if each not in measures]
    return [
        Lookup("resource, unit", "measures", ("resource",), resources),
        Lookup("resource, lot, expires", "lots", ("resource", "lot"), list(need.lots)),
        Lookup(_DISPATCH, "dispatches", ("waybill",), [(name,) for name in need.waybills]),
    ]


def gather(
    database: Database, need: Asked, found: Sequence[Sequence[Row]], *, register: Register, measures: dict[str, str]
) -> Gathered:
    """Return what has to be known before a batch can be judged.

    Args:
        database: In a transaction.
        need: What is asked for.
        found: What ``Latest.doubtful`` and ``lookups`` found.
        register: What is registered; learns with the facts.
        measures: Resource -> smallest unit, as far as it is at hand; learns what was found.
    """
    events, used, measured, lots, sent = found
    measures |= dict(measured)
    bodies = {id_of(id): body for id, _, body in events}
    facts = Facts(register=register)
    facts.bodies = {id: bodies[id] for id in need.ids & bodies.keys()}
    facts.targets = {id: event_of(bodies[id]) for id in need.targets & bodies.keys()}
    facts.numbers = {(recorder, n): id_of(id) for recorder, n, id in used}
    facts.measures = {resource: measures[resource] for resource in need.resources & measures.keys()}
    facts.expiries = {(resource, lot): expires for resource, lot, expires in lots}
    facts.waybills = _waybills(sent)
    seqs = {id_of(id): seq for id, seq, _ in events}
    if facts.targets:
        facts.reversed_by = _reversed(database, {seqs[id]: id for id in facts.targets})
    return Gathered(facts, seqs, frozenset(facts.measures), dict(facts.expiries))


def _reversed(database: Database, targets: dict[int, str]) -> dict[str, str]:
    """Return id of an event -> id of its reversal."""
    (found,) = database.look_up(Lookup("seq, target", "reversals", ("target",), [(seq,) for seq in targets]))
    (ids,) = database.look_up(Lookup("seq, id", "events", ("seq",), [(seq,) for seq, _ in found]))
    by_seq: dict[int, int] = dict(found)
    return {targets[by_seq[seq]]: id_of(id) for seq, id in ids}


def last_number(database: Database, recorder: str) -> int:
    """Return the highest running number of a recorder; 0 where there is none."""
    sql = "SELECT n FROM events WHERE recorder = ? ORDER BY n DESC LIMIT 1"
    return next(chain(*database.rows(sql, [recorder])), 0)


def waybills(database: Database) -> dict[str, Waybill]:
    """Return what is known of all waybills."""
    return _waybills(database.rows(f"SELECT {_DISPATCH} FROM dispatches"))


_DISPATCH = "waybill, seq, recorder, unit, destination, due"


def _waybills(rows: Iterable[Row]) -> dict[str, Waybill]:
    found: dict[str, Waybill] = {}
    for name, _, recorder, unit, destination, due in sorted(rows):
        found[name] = found.get(name, Waybill()).with_dispatch(recorder, unit, destination=destination, due=due)
    return found
