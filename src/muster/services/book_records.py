"""Use cases of recording: an event from what a person says, a file of events, a batch of a device, a reversal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

import orjson

from muster import store
from muster.book.events import Event
from muster.book.kinds import KINDS
from muster.book.limits import LONGEST_LINE
from muster.book.lines import read_line, read_lines
from muster.book.posting import Posted
from muster.book.times import time_text
from muster.book.wording import meant, shown
from muster.errors import BookError, Fault
from muster.services.book_goods import Values, several, with_lots
from muster.services.book_rules import refused
from muster.store import Store
from muster.texts import reading

_TRIES = 5
"""How often a running number is taken anew, where somebody else took it in between."""

ENTERED: Mapping[str, tuple[str, str]] = {
    "opening": ("outside:opening", "store:{unit}"),
    "receipt": ("", "store:{unit}"),
    "dispatch": ("store:{unit}", "transit:{document}"),
    "arrival": ("transit:{document}", "store:{unit}"),
    "production": ("store:{unit}", "process:{unit}"),
    "distribution": ("store:{unit}", "people:{unit}"),
    "loss": ("store:{unit}", "loss:{reason}"),
    "transfer": ("store:{unit}", ""),
}
"""Kinds that are entered with goods, and where from and to if nobody says; ``""``: it must be said."""


_ELSEWHERE: Mapping[str, str] = {"count": "count", "reversal": "reverse", "register": "register"}
"""Kinds that are entered by a command of their own."""


@dataclass(frozen=True)
class Desk:
    """Who records, for which unit, and when.

    Attributes:
        by: The recorder.
        unit: Their unit.
        now_ms: Time of record, milliseconds since 1970.
        new_id: Makes the id of an event.
        offline: It was recorded where nobody could ask: what is less than nothing by it is disputed, not refused.
    """

    by: str
    unit: str
    now_ms: int
    new_id: Callable[[], str]
    offline: bool = False


@dataclass(frozen=True)
class Said:
    """What a person says of an event; blank: not said.

    Attributes:
        goods: What, see ``book_goods.goods``.
        made: Of a production: what was made.
        source, target: Where from and to; of a dispatch, ``target`` is the store that it is meant for.
        occurred: When it happened; blank: now.
        document, due, reason, approved_by: See ``muster.book.events.Event``.
    """

    goods: tuple[str, ...] = ()
    made: tuple[str, ...] = ()
    source: str = ""
    target: str = ""
    occurred: str = ""
    document: str = ""
    due: str = ""
    reason: str = ""
    approved_by: str = ""


@dataclass(frozen=True)
class Recorded:
    """An event that is in the book now.

    Attributes:
        event: As it stands there.
        seq: Its place in the order of record.
        posted: What became of it; warnings.
    """

    event: Event
    seq: int
    posted: Posted


def add_said(address: str, kind: str, said: Said, desk: Desk) -> Recorded:
    """Record one event from what a person says.

    Raises:
        BookError: It is not said well, or the book refuses it.
    """
    with store.open(address) as book:
        return add_in(book, kind, said, desk)


def add_in(book: Store, kind: str, said: Said, desk: Desk) -> Recorded:
    """Record one event from what a person says, in a book that is open."""
    source, target = _ends(kind, said, desk.unit)
    back = [each.values({"from": target, "to": source}) for each in several(said.made)]
    moves = with_lots([each.values({"from": source, "to": target}) for each in several(said.goods)], book)
    value: dict[str, Any] = {"kind": kind, "moves": moves + back} | _beside(said)
    if kind == "dispatch" and said.target:
        value["destination"] = said.target
    return record(book, value, desk)


def add_file(
    address: str, file: BinaryIO, *, name: str, now_ms: int, progress: Callable[[int], None] = lambda number: None
) -> Posted:
    """Post a file of the interchange: all of it or nothing, in little memory, however long it is.

    Args:
        address: Of the book.
        file: JSON lines.
        name: Of the file, for messages.
        now_ms: Time of record.
        progress: Told now and then how many lines have been read.
    Returns:
        What became of it; where a line is refused, nothing was written.
    """
    with store.open(address) as book:
        lines = read_lines(reading.lines(file, name=name, longest=LONGEST_LINE), file=name, packs=book.register.packs)
        return book.stream(lines, at_ms=now_ms, progress=progress)


def sync_file(address: str, file: BinaryIO, *, name: str, now_ms: int) -> Posted:
    """Post the batch of a device that could not ask: every line that is not refused.

    Args:
        address, file, name, now_ms: As for ``add_file``.
    Returns:
        What became of each line.
    """
    with store.open(address) as book:
        lines = read_lines(reading.lines(file, name=name, longest=LONGEST_LINE), file=name, packs=book.register.packs)
        return book.post(lines, at_ms=now_ms, offline=True)


def reverse_in(book: Store, id: str, said: Said, desk: Desk) -> tuple[Recorded, Event]:
    """Undo one event, in a book that is open; return the reversal and what it undoes.

    Args:
        book: An open book.
        id: Of the event.
        said: Reason; when; who allows it.
        desk: Who records.
    Raises:
        BookError: There is no such event (U6), or the book refuses it.
    """
    target = _event(book, id)
    value = {"kind": "reversal", "reverses": target.id} | _beside(said)
    return record(book, value, desk), target


def record(book: Store, value: Mapping[str, Any], desk: Desk) -> Recorded:
    """Record one event of the interchange for somebody at a desk, as the next link of the recorder's chain.

    Args:
        book: An open book.
        value: The event without id, unit, recorder and number; without ``occurred``, it is now.
        desk: Who records.
    Raises:
        BookError: The book refuses it.
    """
    whole = {"id": desk.new_id(), "unit": desk.unit, "recorder": desk.by, "occurred": time_text(desk.now_ms), **value}
    for _ in range(_TRIES):
        n = book.next_number(desk.by)
        previous = book.previous(desk.by, n)
        data = orjson.dumps(whole | {"n": n} | ({"previous": previous} if previous else {}))
        line = read_line(data, where=f"the {whole['kind']}", packs=book.register.packs)
        posted = book.post([line], at_ms=desk.now_ms, offline=desk.offline)
        if {fault.rule for fault in posted.faults} != {"B12"}:
            break
    if posted.refused or line.event is None:
        raise BookError([_for_a_person(fault) for fault in posted.faults])
    return Recorded(line.event, posted.outcomes[0].seq, posted)


def _for_a_person(fault: Fault) -> Fault:
    """Return a message about a unit with what can be written in a command, not in a file of events."""
    if fault.rule != "B9" or '"pack"' not in fault.do:
        return fault
    do = f'{fault.do.partition(", or ")[0]}, or what it holds: "3 {fault.seen} of 24 piece"; or register the pack'
    return replace(fault, do=do)


def _ends(kind: str, said: Said, unit: str) -> tuple[str, str]:
    """Return where goods come from and go to: as it is said, else as it is usual for the kind."""
    if kind in _ELSEWHERE:
        do = f"use muster book {_ELSEWHERE[kind]}"
        raise BookError(Fault(f"A {kind} has a command of its own.", "the kind", kind, do, "B3"))
    if kind not in ENTERED:
        do = f"{meant(kind, KINDS)}the kinds are {', '.join(ENTERED)}"
        raise BookError(Fault("There is no such kind of event.", "the kind", shown(kind), do, "B3"))
    usual = [each.format(unit=unit, document=said.document, reason=said.reason) for each in ENTERED[kind]]
    goes = usual[1] if kind == "dispatch" else said.target or usual[1]
    ends = (said.source or usual[0], goes)
    for place, option, pattern in zip(ends, ("--from", "--to"), ENTERED[kind], strict=True):
        if not place or place.endswith(":"):
            needed = next((f"--{word}" for word in ("document", "reason") if word in pattern), option)
            do = f"say it with {needed}" + ("" if needed == option else f" or {option}" * (kind != "dispatch"))
            way = "from" if option == "--from" else "to"
            raise BookError(Fault(f"It is not said where a {kind} goes {way}.", needed, "nothing", do, "B7"))
    return ends


def _beside(said: Said) -> Values:
    names = ("occurred", "document", "due", "reason", "approved_by")
    return {name: text for name in names if (text := getattr(said, name))}


def _event(book: Store, id: str) -> Event:
    try:
        found = book.event(id.lower())
    except ValueError:
        found = None
    if found is None:
        do = "look its id up with muster book card, or in muster book export --events"
        raise refused("There is no such event.", where="the id", seen=shown(id), do=do, rule="U6")
    return found[1]
