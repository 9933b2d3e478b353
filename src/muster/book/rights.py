"""Rights: who may record what. What can be seen on the event itself always holds; with registered people, more."""

from __future__ import annotations

from collections.abc import Iterator

from muster.book.accounts import kind_of, name_of
from muster.book.events import Event, MappingUsed, Packs, Person, Stores
from muster.book.facts import Facts, Waybill
from muster.book.roles import RECORDING
from muster.book.rule import rule
from muster.book.wording import Wrong


@rule("B18", by_outline=True)
def own_unit(event: Event, facts: Facts) -> Iterator[Wrong]:
    """A recorder records for the own unit, and takes nothing out of another unit's store.

    Goods may be handed over to another unit's store (transfer), never fetched from it. Somebody of that unit can
    allow an exception (`approved_by`).
    """
    owner, unit = facts.register.owner, event.unit
    touched = {move.source for move in event.moves}
    if event.kind != "transfer":
        touched.update([move.target for move in event.moves])
    touched.update([line.place for line in event.counted])
    foreign = sorted(place for place in touched if kind_of(place) == "store" and owner(place) != unit)
    if foreign and not _approved(event, facts, {owner(store) for store in foreign}):
        do = "let somebody of that unit record it, or name in approved_by who of them allowed it"
        yield Wrong(f"{event.unit} records what happens in a store of another unit.", ", ".join(foreign), do, "B18")
    target = facts.targets.get(event.reverses)
    if target and target.unit != event.unit and not _approved(event, facts, {target.unit}):
        do = f"let somebody of {target.unit} reverse it"
        yield Wrong("A reversal undoes an event of another unit.", target.unit, do, "B18")


@rule("B19", offline="disputed", of=("arrival", "loss"))
def not_both_ends(event: Event, facts: Facts) -> Iterator[Wrong]:
    """Who writes a waybill does not receive it, nor write off what it lacks.

    A third person can allow an exception (`approved_by`).
    """
    for name, waybill in _taken(event, facts):
        if event.recorder in waybill.writers and event.approved_by in waybill.writers | {""}:
            do = "let another person receive it, or name in approved_by a third person who allowed it"
            yield Wrong(f"{event.recorder} wrote the waybill and receives it.", f"waybill {name}", do, "B19")


@rule("B20", offline="disputed", of=("arrival", "loss"))
def meant_for(event: Event, facts: Facts) -> Iterator[Wrong]:
    """A waybill is received by the unit it is meant for, or comes back to the unit that sent it."""
    for name, waybill in _taken(event, facts):
        units = {facts.register.owner(store) for store in waybill.destinations}
        if units and event.unit not in units | waybill.units and not _approved(event, facts, units):
            do = f"let {' or '.join(sorted(units))} receive it, or name in approved_by who of them allowed it"
            yield Wrong(f"{event.unit} receives what is meant for another unit.", f"waybill {name}", do, "B20")


@rule("B21", of=("count",))
def closed_by_another(event: Event, facts: Facts) -> Iterator[Wrong]:
    """A count is entered by one person and closed by another.

    Who counts does not see what the book says; who closes has not counted. Nobody can allow an exception.
    """
    if event.closed_by == event.recorder:
        yield Wrong("One person counted and closed the count.", event.closed_by, "let another person close it", "B21")
    if event.closed_by and facts.register.people and not _has_role(event.closed_by, {event.unit}, facts, RECORDING):
        do = f"let a clerk or manager of {event.unit} close it"
        yield Wrong(f"Who closed the count is no clerk or manager of {event.unit}.", event.closed_by, do, "B21")


@rule("B22", by_outline=True)
def approved_by_another(event: Event, facts: Facts) -> Iterator[Wrong]:
    """Who allows an exception is somebody else; where people are registered, a manager of the unit it touches."""
    if event.approved_by and event.approved_by == event.recorder:
        do = "name the other person who allowed it, or leave approved_by out"
        yield Wrong("A recorder allows an exception to herself.", event.approved_by, do, "B22")


@rule("B23", by_outline=True)
def recorder_known(event: Event, facts: Facts) -> Iterator[Wrong]:
    """Where people are registered, the recorder is one of them, of this unit, and has a role that records."""
    people = facts.register.people
    if not people or (event.kind == "register" and _may_register(event, facts)):
        return
    person = people.get(event.recorder)
    if person is None:
        yield Wrong("The recorder is not registered.", event.recorder, "let a manager register the person", "B23")
    elif person.unit != event.unit:
        do = f"record for {person.unit}, or let a person of {event.unit} record it"
        yield Wrong(f"{event.recorder} belongs to {person.unit}.", event.unit, do, "B23")
    elif not RECORDING & set(person.roles):
        do = f"let a clerk or manager of {event.unit} record it"
        seen = ", ".join(person.roles) or "no role"
        yield Wrong(f"{event.recorder} has no role that records.", seen, do, "B23")


@rule("B24", of=("register",))
def may_register(event: Event, facts: Facts) -> Iterator[Wrong]:
    """People, stores and packs are registered by a manager for the own unit, or by an admin for all.

    The first person can be registered by anybody: a new book knows nobody. What a pack holds never changes; another
    size is another pack with another name.
    """
    if facts.register.people and not _may_register(event, facts):
        do = "let a manager of the unit, or an admin, register it"
        yield Wrong(f"{event.recorder} may not register this.", event.unit, do, "B24")
    people = [entry for entry in event.registered if isinstance(entry, Person)]
    if people and not facts.register.people and not any({"admin", "manager"} & set(each.roles) for each in people):
        do = "register an admin or a manager first; else nobody could register anybody again"
        yield Wrong("The first people have nobody among them who may register.", people[0].person, do, "B24")
    for entry in [each for each in event.registered if isinstance(each, Packs)]:
        held = facts.register.packs.get(entry.resource, {})
        for pack, holds in entry.packs:
            if held.get(pack, holds) != holds:
                do = f'give the new size a name of its own, e.g. "{pack}-{holds.replace(" ", "")}"'
                yield Wrong(f"A {pack} of {entry.resource} holds {held[pack]} already.", holds, do, "B24")


def _taken(event: Event, facts: Facts) -> Iterator[tuple[str, Waybill]]:
    """Yield the waybills, as far as they are known, that an event takes something from."""
    names = {name_of(move.source) for move in event.moves if kind_of(move.source) == "transit"}
    for name in sorted(names):
        if name in facts.waybills:
            yield name, facts.waybills[name]


def _approved(event: Event, facts: Facts, units: set[str]) -> bool:
    """Return whether another person, who may, allowed an exception that touches these units."""
    if not event.approved_by or event.approved_by == event.recorder:
        return False
    return not facts.register.people or _has_role(event.approved_by, units, facts, frozenset({"manager"}))


def _has_role(name: str, units: set[str], facts: Facts, roles: frozenset[str]) -> bool:
    person = facts.register.people.get(name)
    return person is not None and person.unit in units and bool(roles & set(person.roles))


def _may_register(event: Event, facts: Facts) -> bool:
    person = facts.register.people.get(event.recorder)
    if person is None or person.unit != event.unit:
        return False
    if "admin" in person.roles:
        return True
    return "manager" in person.roles and all(
        isinstance(entry, Packs | MappingUsed)
        or (isinstance(entry, Person) and entry.unit == person.unit and "admin" not in entry.roles)
        or (isinstance(entry, Stores) and entry.unit == person.unit and _own(entry, facts))
        for entry in event.registered
    )


def _own(entry: Stores, facts: Facts) -> bool:
    """Return whether stores are the unit's own already, so that a manager takes none from another unit."""
    return all(facts.register.owner(store) == entry.unit for store in entry.stores)


RIGHTS = (own_unit, not_both_ends, meant_for, closed_by_another, approved_by_another, recorder_known, may_register)
"""Every rule of rights, by number."""
