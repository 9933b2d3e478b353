"""What the rules need to know of a book, whoever keeps it: in memory, SQLite or PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from muster.book.accounts import kind_of, name_of, owner_of
from muster.book.events import Event, Packs, Person, Stores

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True)
class Waybill:
    """What is known of a waybill from its dispatches.

    Attributes:
        writers: Recorders of its dispatches.
        units: Units that sent it.
        destinations: Stores it is meant for; none where it was not said.
        due: The last day it should be there; ``""``: not said.
    """

    writers: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    destinations: frozenset[str] = frozenset()
    due: str = ""

    def with_dispatch(self, writer: str, unit: str, *, destination: str, due: str) -> Waybill:
        """Return the waybill with one more dispatch."""
        destinations = self.destinations | ({destination} if destination else set())
        return Waybill(self.writers | {writer}, self.units | {unit}, destinations, max(self.due, due))


@dataclass
class Register:
    """What has been registered, in the order of record: the last word holds.

    Attributes:
        people: Person -> (unit, roles). Empty: anybody may record.
        stores: Store -> unit, where the name does not say so.
        packs: Resource -> name of the pack -> what it holds.
        sound: Outline of events -> the rules that may have something to say, as long as nothing else is registered; and
            those of them that may of a quiet one.
    """

    people: dict[str, Person] = field(default_factory=dict)
    stores: dict[str, str] = field(default_factory=dict)
    packs: dict[str, dict[str, str]] = field(default_factory=dict)
    sound: dict[object, tuple[Sequence[Callable[..., Any]], Sequence[Callable[..., Any]]]] = field(
        default_factory=dict, compare=False
    )

    def copy(self) -> Register:
        """Return a register that can learn without changing this one."""
        packs = {resource: dict(held) for resource, held in self.packs.items()}
        return Register(dict(self.people), dict(self.stores), packs)

    def owner(self, store: str) -> str:
        """Return the unit that a store belongs to."""
        return self.stores.get(store) or owner_of(store)

    def learn(self, event: Event) -> None:
        """Take in what an event registers."""
        self.sound.clear()
        for entry in event.registered:
            if isinstance(entry, Person):
                self.people[entry.person] = entry
            elif isinstance(entry, Stores):
                self.stores |= dict.fromkeys(entry.stores, entry.unit)
            elif isinstance(entry, Packs):
                self.packs.setdefault(entry.resource, {}).update(entry.packs)


@dataclass
class Facts:
    """What is known of the events of a batch and what they name; it grows while the batch is judged.

    Attributes:
        register: People, stores, packs.
        bodies: Id -> body, of events that are known already.
        targets: Id -> event, of events that may be reversed.
        reversed_by: Id of an event -> id of its reversal.
        numbers: (recorder, running number) -> id of the event.
        measures: Resource -> its smallest unit.
        expiries: (resource, lot) -> last day it is good.
        waybills: Name -> what is known of it.
    """

    register: Register = field(default_factory=Register)
    bodies: dict[str, bytes] = field(default_factory=dict)
    targets: dict[str, Event] = field(default_factory=dict)
    reversed_by: dict[str, str] = field(default_factory=dict)
    numbers: dict[tuple[str, int], str] = field(default_factory=dict)
    measures: dict[str, str] = field(default_factory=dict)
    expiries: dict[tuple[str, str], str] = field(default_factory=dict)
    waybills: dict[str, Waybill] = field(default_factory=dict)

    def learn(self, event: Event, body: bytes, *, goods: bool = True) -> None:
        """Take in an event that is accepted.

        Args:
            event, body: It.
            goods: It may say something of its goods that was not known.
        """
        self.bodies[event.id] = body
        self.targets[event.id] = event
        self.numbers.setdefault((event.recorder, event.n), event.id)
        for _, _, resource, lot, expires, _, unit, _ in event.moves if goods else ():
            if resource not in self.measures:
                self.measures[resource] = unit
            if expires:
                self.expires((resource, lot), expires)
        for line in event.counted:
            self.measures.setdefault(line.resource, line.unit)
        if event.kind == "dispatch":
            for name in waybills_of(event):
                self.waybills[name] = self.waybills.get(name, Waybill()).with_dispatch(
                    event.recorder, event.unit, destination=event.destination, due=event.due
                )
        elif event.kind == "reversal":
            self.reversed_by[event.reverses] = event.id
        elif event.kind == "register":
            self.register.learn(event)

    def expires(self, lot: tuple[str, str], day: str) -> None:
        """Take in the last day of a lot; where two are said, the earlier one holds."""
        self.expiries[lot] = min(day, self.expiries.get(lot, day))

    def part(self, need: Asked) -> Facts:
        """Return what is asked for, to learn from without changing these."""
        return Facts(
            self.register.copy(),
            _part(self.bodies, need.ids),
            _part(self.targets, need.targets),
            _part(self.reversed_by, need.targets),
            _part(self.numbers, need.numbers),
            _part(self.measures, need.resources),
            _part(self.expiries, need.lots),
            _part(self.waybills, need.waybills),
        )


def _part(whole: dict[K, V], keys: Iterable[K]) -> dict[K, V]:
    return {key: whole[key] for key in keys if key in whole}


@dataclass
class Asked:
    """What has to be known before a batch can be judged."""

    ids: set[str] = field(default_factory=set)
    targets: set[str] = field(default_factory=set)
    numbers: set[tuple[str, int]] = field(default_factory=set)
    resources: set[str] = field(default_factory=set)
    lots: set[tuple[str, str]] = field(default_factory=set)
    waybills: set[str] = field(default_factory=set)


def asked(events: Iterable[Event]) -> Asked:
    """Return what has to be known before these events can be judged."""
    given = list(events)
    moves = [move for event in given for move in event.moves]
    places = {move[0] for move in moves} | {move[1] for move in moves}
    resources = {move[2] for move in moves}
    resources.update([line.resource for event in given for line in event.counted])
    resources.update([each.resource for event in given for each in event.registered if isinstance(each, Packs)])
    return Asked(
        ids={event.id for event in given},
        targets={event.reverses for event in given if event.reverses},
        numbers={(event.recorder, event.n) for event in given},
        resources=resources,
        lots={(move[2], move[3]) for move in moves if move[4]},
        waybills={name_of(place) for place in places if kind_of(place) == "transit"},
    )


def waybills_of(event: Event) -> set[str]:
    """Return the names of the waybills that the moves of an event go to or come from."""
    places = [place for move in event.moves for place in (move.source, move.target)]
    return {name_of(place) for place in places if kind_of(place) == "transit"}
