"""Use cases of a reversal on the command line: done by one, or asked by one and approved by another, as on the web.

A reversal that takes two people waits in a file, as an open count does, until another person approves it: the book
holds only what both stand for. Where nobody is registered in a book, anybody may record, and one person does.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from muster import store
from muster.book.events import Event
from muster.economy.beside import file_beside
from muster.errors import BookError, Fault
from muster.services.book_counts import code_of, data_of
from muster.services.book_records import Desk, Recorded, Said, reverse_in
from muster.services.book_rules import refused
from muster.services.overrides import Reversal, reversal_by_two


@dataclass(frozen=True)
class OpenReversal:
    """A reversal that waits for a second person.

    Attributes:
        file: Where it is kept.
        code: Of what it says.
        what: What would be done, and why it takes two.
    """

    file: Path
    code: str
    what: str


def reverse_alone(address: str, id: str, said: Said, desk: Desk) -> tuple[Recorded, Event]:
    """Undo one event, where one person may; return the reversal and what it undoes.

    Args:
        address: Of the book.
        id: Of the event.
        said: Reason; when; who allows an exception.
        desk: Who records.
    Raises:
        BookError: It takes two people (U9), there is no such event (U6), or the book refuses it.
    """
    if by_two := _by_two(address, id, desk):
        do = "ask for it with --to FILE, and let a manager of the unit, or an administrator, approve that file"
        raise refused("This takes two people.", where=f"event {id}", seen=by_two.because, do=do, rule="U9")
    with store.open(address) as book:
        return reverse_in(book, id, said, desk)


def ask_reversal(address: str, id: str, said: Said, desk: Desk, *, to: Path) -> OpenReversal:
    """Write down what one person wants to undo, for another to approve; nothing is recorded.

    Args:
        address, id, said, desk: As for ``reverse_alone``.
        to: File that is to be.
    Raises:
        BookError: One person may do it, no reason is given, or a file lies there (U9); there is no such event (U6).
        OSError: The file cannot be written.
    """
    by_two = _by_two(address, id, desk)
    if by_two is None:
        with store.open(address) as book:
            known = _known(book, id)
        if not known:
            do = "look its id up with muster book card, or in muster book export --events"
            raise refused("There is no such event.", where="the id", seen=id, do=do, rule="U6")
        raise refused("One person may do this.", where=f"event {id}", seen=desk.by, do="leave --to out", rule="U9")
    if not said.reason.strip():
        raise refused("It is not said why.", where="--reason", seen="nothing", do="add --reason WORDS", rule="U9")
    if to.exists():
        do = "let it be approved, or name another file with --to"
        raise refused("There is a file already.", where=str(to), seen=to.name, do=do, rule="U9")
    value = {"id": desk.new_id(), "reverses": by_two.target.id, "by": desk.by, "unit": desk.unit}
    value |= {"reason": said.reason, "occurred": said.occurred, "what": by_two.what}
    code = code_of(value)
    with file_beside(to) as unfinished:
        unfinished.write_text(json.dumps({"code": code, "reversal": value}, ensure_ascii=False, indent=2) + "\n")
    return OpenReversal(to, code, by_two.what)


def approve_reversal(address: str, file: Path, *, by: str, now_ms: int) -> tuple[Recorded, Event]:
    """Carry out what another person asked for; the book names both.

    Args:
        address: Of the book.
        file: What ``ask_reversal`` wrote.
        by: Who approves: a manager of the unit or an administrator, and not who asked.
        now_ms: Time of record, milliseconds since 1970.
    Raises:
        BookError: It is no such file, was changed, or this person may not approve it (U9); the book refuses it.
    """
    value = _asked(file)
    with store.open(address) as book:
        people = book.register.people
        person = people.get(by)
        manages = person is not None and "manager" in person.roles and person.unit == value["unit"]
        if people and not manages and not (person and "admin" in person.roles):
            do = f"let a manager of {value['unit']}, or an administrator, approve it"
            raise refused("This person may not approve it.", where="--by", seen=by, do=do, rule="U9")
        if by == value["by"]:
            do = "let another person approve it"
            raise refused("One person asked for it and approves it.", where="--by", seen=by, do=do, rule="U9")
        desk = Desk(value["by"], value["unit"], now_ms, lambda: str(value["id"]))
        said = Said(reason=value["reason"], occurred=value["occurred"], approved_by=by)
        return reverse_in(book, value["reverses"], said, desk)


def _by_two(address: str, id: str, desk: Desk) -> Reversal | None:
    with store.open(address) as book:
        if not book.register.people:
            return None
    return reversal_by_two(address, id, by=desk.by, unit=desk.unit, now_ms=desk.now_ms)


def _known(book: store.Store, id: str) -> bool:
    try:
        return book.event(id.lower()) is not None
    except ValueError:
        return False


def _asked(file: Path) -> dict[str, Any]:
    names = {"id", "reverses", "by", "unit", "reason", "occurred", "what"}
    try:
        held = orjson.loads(data_of(file))
        value, code = held["reversal"], held["code"]
        whole = value.keys() == names and all(isinstance(word, str) for word in value.values())
    except (ValueError, KeyError, TypeError, AttributeError):
        whole, value, code = False, {}, ""
    if not whole:
        do = "name the file that muster book reverse --to wrote"
        raise BookError(Fault("This is no reversal that waits.", str(file), "other content", do, "U9"))
    if code_of(value) != code:
        do = "let who asked for it ask anew"
        raise refused("It was changed after it was asked for.", where=str(file), seen=str(code), do=do, rule="U9")
    return dict(value)
