"""The places of the book: our stores, what is on the road, and the outside world.

A place is a text, ``store:kabul``: what it is, a colon, and its name. Whatever leaves one place comes to another, so
for each resource and lot the sum over all places is 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from unicodedata import normalize

from muster.book.limits import LONGEST_NAME
from muster.book.wording import Wrong, meant, shown

ACCOUNTS: Mapping[str, str] = MappingProxyType(
    {
        "store": "a store of a unit: store:kabul, store:kabul/annex",
        "transit": "on the road, by waybill: transit:WB123",
        "outside": "suppliers, donors, carriers, whoever is not in the book: outside:wfp",
        "people": "those who were given something: people:kabul/under-5",
        "process": "a mill, a kitchen, a workshop while it works: process:mill",
        "loss": "lost, with the reason: loss:rain",
        "discrepancy": "what counts found more or less in a store: discrepancy:kabul",
    }
)
"""What a place can be, and an example."""

_GUARDED = ("store:", "transit:")

Holding = tuple[str, str, str]
"""What a balance is of: place, resource, lot (``""``: none)."""


@lru_cache(maxsize=10_000)
def name(text: str) -> str:
    """Return a name as it is written in the book: composed (NFC), printable, without space at its ends.

    Raises:
        Wrong: It is blank, too long, or has hidden signs.
    """
    return new_name(text)


def new_name(text: str) -> str:
    """Return the same for a name that hardly comes again, like that of a paper: nothing of it is remembered."""
    if text.isascii() and text.isprintable() and 0 < len(text) <= LONGEST_NAME and " " not in (text[0], text[-1]):
        return text
    composed = normalize("NFC", text)
    if not composed.strip() or composed != composed.strip() or not composed.isprintable():
        do = "write a name without line breaks, hidden signs, or space at its ends"
        raise Wrong("A name is blank or has signs that cannot be seen.", text, do, "B4")
    if len(composed) > LONGEST_NAME:
        raise Wrong(f"A name has more than {LONGEST_NAME} signs.", text, "shorten it", "B4")
    return composed


@lru_cache(maxsize=10_000)
def place(text: str) -> str:
    """Return a place as it is written in the book.

    Raises:
        Wrong: It is not one of ``ACCOUNTS``, or has no name.
    """
    written = name(text)
    kind, colon, rest = written.partition(":")
    if kind not in ACCOUNTS:
        guess = meant(kind, ACCOUNTS)
        do = f"{guess}write {', '.join(each + ':' for each in ACCOUNTS)} and a name, e.g. store:kabul"
        raise Wrong("A place does not say what it is.", text, do, "B7")
    if not colon or not rest or rest != rest.strip():
        raise Wrong("A place has no name.", text, f"write e.g. {ACCOUNTS[kind].rpartition(': ')[2]}", "B7")
    return written


@lru_cache(maxsize=10_000)
def kind_of(place: str) -> str:
    """Return what a place is: ``store``, ``transit``, …"""
    return place.partition(":")[0]


def name_of(place: str) -> str:
    """Return the name of a place, without what it is."""
    return place.partition(":")[2]


@lru_cache(maxsize=10_000)
def owner_of(place: str) -> str:
    """Return the unit that a store belongs to by its name: ``kabul`` for ``store:kabul/annex``."""
    return name_of(place).partition("/")[0]


def discrepancy_of(store: str) -> str:
    """Return the place of what counts found more or less in a store."""
    return f"discrepancy:{name_of(store)}"


@lru_cache(maxsize=10_000)
def is_guarded(place: str) -> bool:
    """Return whether a place holds what is there: never less than nothing."""
    return place.startswith(_GUARDED)


def holding_text(holding: Holding) -> str:
    """Return a holding for a message: ``flour, lot L12 at store:kabul``."""
    at, resource, lot = holding
    return f"{shown(resource)}{f', lot {shown(lot)}' if lot else ''} at {shown(at)}"
