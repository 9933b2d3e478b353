"""The use case of making known: people and their roles, stores of a unit, resources and their packs, mappings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from muster import store
from muster.book.wording import shown
from muster.errors import BookError, Fault
from muster.joining import mapping_digest, read_mapping
from muster.services.book_records import Desk, Recorded, record


@dataclass(frozen=True)
class ToRegister:
    """What is to be made known.

    Attributes:
        people: ``a.karimi=clerk``, ``s.amiri=manager,auditor``; no role: none any more.
        stores: Stores that belong to ``unit``.
        unit: Of these people and stores.
        resource, measure, packs: A resource, the unit in which it is measured, and its packs, ``bag=50 kg``.
        mappings: Files of mappings by which others' files are read.
    """

    people: Sequence[str] = ()
    stores: Sequence[str] = ()
    unit: str = ""
    resource: str = ""
    measure: str = ""
    packs: Sequence[str] = ()
    mappings: Sequence[Path] = ()


def known_goods(address: str) -> dict[str, dict[str, str]]:
    """Return the resources that are registered, each with its packs and what they hold, by name.

    Raises:
        BookError: There is no book (S1, S4).
    """
    with store.open(address) as book:
        return dict(sorted(book.register.packs.items()))


def register(address: str, given: ToRegister, desk: Desk) -> Recorded:
    """Record what is made known, as one event.

    Raises:
        BookError: It is not said well, or the recorder may not (B23, B24).
        JoiningError: A mapping cannot be read (J4).
    """
    unit = given.unit or desk.unit
    entries: list[dict[str, Any]] = []
    for text in given.people:
        person, _, roles = text.partition("=")
        entries.append({"person": person, "unit": unit, "roles": [role for role in roles.split(",") if role]})
    if given.stores:
        entries.append({"unit": unit, "stores": list(given.stores)})
    if given.resource:
        packs = [_pack(text) for text in given.packs]
        entries.append({"resource": given.resource, "unit": given.measure, "packs": packs})
    for path in given.mappings:
        mapping = read_mapping(path)
        entries.append({"mapping": mapping.about.source, "sha256": mapping_digest(mapping)})
    with store.open(address) as book:
        return record(book, {"kind": "register", "registered": entries}, desk)


def _pack(text: str) -> dict[str, str]:
    name, sign, holds = text.partition("=")
    if not sign or not holds:
        do = 'write its name, = and what it holds: "bag=50 kg"'
        raise BookError(Fault("It is not said what a pack holds.", "--pack", shown(text), do, "B9"))
    return {"pack": name.strip(), "holds": holds.strip()}
