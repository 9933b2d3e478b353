"""Every rule of the book, by number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from muster.book.accounts import holding_text, kind_of
from muster.book.amounts import smallest_unit
from muster.book.events import Event, Packs, measured
from muster.book.facts import Facts
from muster.book.kinds import KINDS
from muster.book.rights import RIGHTS
from muster.book.rule import Find, Rule, rule
from muster.book.wording import Wrong, shown


@rule("B3", by_outline=True)
def carries(event: Event, facts: Facts) -> Iterator[Wrong]:
    """An event is of a known kind, and carries what its kind must carry and nothing that belongs to another kind."""
    kind = KINDS[event.kind]
    for field in kind.must:
        if not getattr(event, field):
            yield Wrong(f'A {kind.name} carries no "{field}".', "nothing", f'add "{field}"', "B3")
    for field in kind.foreign:
        if held := getattr(event, field):
            do = f"leave it out, or check the kind; a {kind.name} carries {', '.join((*kind.must, *kind.may))}"
            yield Wrong(f'A {kind.name} carries "{field}".', str(held), do, "B3")
    places = [line[:3] for line in event.counted]
    for place in {each for each in places if places.count(each) > 1} if len(set(places)) < len(places) else ():
        yield Wrong("A count names the same goods twice.", holding_text(place), "add both up to one line", "B3")


@rule("B10", by_outline=True)
def ways(event: Event, facts: Facts) -> Iterator[Wrong]:
    """Goods move as the kind of event says: a receipt comes from outside into a store.

    To and from `discrepancy` nothing is moved by hand: that is worked out from counts.
    """
    kind = KINDS[event.kind]
    went = [(kind_of(move.source), kind_of(move.target)) for move in event.moves]
    for move, way in zip(event.moves, went, strict=True):
        if way not in kind.ways and kind.ways:
            can = ", ".join(f"{source} → {target}" for source, target in sorted(kind.ways))
            do = f"correct the places, or the kind; a {kind.name} goes {can}"
            yield Wrong("Goods do not move this way.", f"{move.source} → {move.target}", do, "B10")
        elif move.source == move.target:
            yield Wrong("Goods move from a place to itself.", move.source, "correct from or to", "B10")
    if kind.first and went and kind.first not in went:
        source, target = kind.first
        do = f"add what was used: a move from a {source} to a {target}"
        yield Wrong(f"Nothing was used in a {kind.name}.", event.moves[0].source, do, "B10")
    for place in [line.place for line in event.counted] + [event.destination] * bool(event.destination):
        if kind_of(place) != "store":
            yield Wrong("Only a store is counted, or sent to.", place, "write e.g. store:kabul", "B10")


@rule("B13")
def one_measure(event: Event, facts: Facts) -> Iterator[Wrong]:
    """A resource is always measured in the same way: by mass, volume, energy, time or pieces.

    Its smallest unit is fixed by its first use.
    """
    measures = facts.measures
    if event.moves and [move[6] for move in event.moves] == [measures.get(move[2]) for move in event.moves]:
        return
    told = measured(event)
    packs = [entry for entry in event.registered if isinstance(entry, Packs)]
    told += [(entry.resource, smallest_unit(entry.unit) or "", entry.unit) for entry in packs]
    first: dict[str, str] = {}
    for resource, unit, entered in told:
        measure = measures.get(resource) or first.setdefault(resource, unit)
        if unit != measure:
            do = f"enter it in a unit that is whole {measure}, or as a pack that holds such"
            yield Wrong(f"{shown(resource)} is counted in {measure}.", entered, do, "B13")


@rule("B14", offline="disputed")
def one_expiry(event: Event, facts: Facts) -> Iterator[Wrong]:
    """A lot has one last day; where an offline device says another, the earlier one holds until it is settled."""
    first: dict[tuple[str, str], str] = {}
    for move in event.moves:
        if move.expires:
            key = (move.resource, move.lot)
            day = facts.expiries.get(key) or first.setdefault(key, move.expires)
            if move.expires != day:
                do = "check the date on the label; goods with another date are another lot"
                yield Wrong(f"Lot {move.lot} of {move.resource} expires {day}.", move.expires, do, "B14")


@rule("B26")
def expiry_of_a_lot(event: Event, facts: Facts) -> Iterator[Wrong]:
    """Only a lot expires: goods with a last day have the name of a lot."""
    for move in event.moves:
        if move.expires and not move.lot:
            do = f'name the lot; without a number of its own, e.g. "lot": "{move.expires}"'
            yield Wrong("Goods expire, but are no lot.", f"{move.resource}, {move.expires}", do, "B26")


@rule("B12", offline="disputed")
def own_numbers(event: Event, facts: Facts) -> Iterator[Wrong]:
    """A recorder gives each running number once.

    The same number twice shows that two devices record as one person: one may be a copy of the other.
    """
    other = facts.numbers.get((event.recorder, event.n))
    if other is not None and other != event.id:
        do = "find out whether two devices record under this name; give the event the next number"
        yield Wrong(f"{event.recorder} used this number before, in {other}.", str(event.n), do, "B12")


@rule("B16", of=("reversal",))
def reverses_once(event: Event, facts: Facts) -> Iterator[Wrong]:
    """A reversal undoes exactly one event that is in the book, once, and not before it happened.

    A reversal is not reversed, nor what was registered: enter the event anew, or register the other way round.
    """
    target = facts.targets.get(event.reverses)
    if target is None:
        do = "check the id; where its event comes from another device, send this again when that has come"
        yield Wrong("What is reversed is not in the book.", event.reverses, do, "B16")
    elif target.kind in ("reversal", "register"):
        yield Wrong(f"A {target.kind} cannot be reversed.", event.reverses, "enter what is right as a new event", "B16")
    elif facts.reversed_by.get(event.reverses, event.id) != event.id:
        do = "leave it out: it is undone already"
        yield Wrong(
            f"The event was reversed before, by {facts.reversed_by[event.reverses]}.", event.reverses, do, "B16"
        )
    elif event.occurred_ms < target.occurred_ms:
        do = "date the reversal when it was made"
        yield Wrong("A reversal is dated before what it reverses.", event.reverses, do, "B16")


def _told(number: str, text: str, *, offline: str = "refused") -> Rule:
    title, _, why = text.partition(". ")
    return Rule(number, title.removesuffix("."), why, offline, None)


def is_quiet(event: Event, facts: Facts) -> bool:
    """Return whether the rules of measures, lots and numbers have nothing to say of an event that only moves goods.

    That is so of most events, and seen here in a fraction of the time. Where it is not, the rules are asked.
    """
    measures = facts.measures
    for move in event.moves:
        if move[4] or measures.get(move[2]) != move[6]:
            return False
    return (event.recorder, event.n) not in facts.numbers


TOLD: Sequence[Rule] = (
    _told("B1", "A line is one JSON object with the names of the interchange, each value of its type."),
    _told("B2", "An id is a UUID that was made before sending. Then the same event is known when it comes again."),
    _told("B4", "Names and reasons are readable text. Blank, too long or hidden signs are none."),
    _told("B5", "A time has day, time and zone, a day is one of the calendar, both from 1900 on."),
    _told("B6", "A running number is a whole number from 1."),
    _told("B7", "A place says what it is, and has a name."),
    _told("B8", "A quantity is a decimal number and comes out whole in the smallest unit. Below 2⁵³, as JSON has it."),
    _told("B9", "A unit is a unit of measure, or a pack of which it is said what it holds."),
    _told("B15", "An event does not lie in the future. A clock may be wrong.", offline="warning"),
    _told("B11", "The same id is the same event. With another body it is a conflict, and refused."),
    _told(
        "B17",
        "No store and no waybill holds less than nothing, at any time. An offline device could not know: what it "
        "took is accepted as disputed, and shown until it is settled.",
        offline="disputed",
    ),
)
"""Rules that are kept while a line is read, and while a batch is put together."""

ASKED: Sequence[Rule] = (carries, ways, one_measure, own_numbers, one_expiry, reverses_once, *RIGHTS, expiry_of_a_lot)
"""Rules that are asked of every event, in this order."""

ASKED_OF: Mapping[str, Sequence[Find]] = {
    kind: [each.find for each in ASKED if each.find and kind in (each.of or KINDS)] for kind in KINDS
}
"""By kind of event, what its rules look for."""

BY_OUTLINE = frozenset(each.find for each in ASKED if each.by_outline)
"""What looks for breaches by the outline of an event."""

BY_GOODS = frozenset((one_measure.find, own_numbers.find, one_expiry.find, expiry_of_a_lot.find))
"""What has nothing to say of a quiet event."""

RULES: Sequence[Rule] = tuple(sorted((*TOLD, *ASKED), key=lambda each: int(each.number[1:])))
"""Every rule, by number."""

BY_NUMBER = {each.number: each for each in RULES}
