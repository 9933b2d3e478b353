"""The rules of what is done with a book, by number: what a command about it can break."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from types import MappingProxyType

from muster.book.wording import Wrong
from muster.errors import BookError, Fault

USE_RULES: Mapping[str, str] = MappingProxyType(
    {
        "U1": "Goods are written as `RESOURCE: AMOUNT`, with `, lot L` and `, expires DAY` before the colon.",
        "U2": "Where several lots of a resource lie at a place, it is said which one.",
        "U3": "What is received stands on a waybill, and is no more than is still on the way.",
        "U4": "A count stays open until another person closes it; what was entered is not changed in between.",
        "U5": "A log is signed with the key of its book, a file that only its keeper can read.",
        "U6": "An event is named by the id that it has in the book.",
        "U7": "What is asked for is in the book.",
        "U8": "A place named without what it is, `kabul`, is the store of that name, or else the only place with it.",
        "U9": "What takes two people is asked for by one, and approved by another who may.",
    }
)
"""Rules of the use of a book; those of events are B1 …, of the database S1 …, of the log L1 …, of joining J1 …."""


def refused(what: str, *, where: str, seen: str, do: str, rule: str) -> BookError:
    """Return the error that refuses something under one of these rules."""
    assert rule in USE_RULES
    return BookError(Fault(what, where, seen, do, rule))


def near(name: str, known: Iterable[str]) -> str:
    """Return ``did you mean "x"? `` for the nearest known name, small letters or capitals; or nothing."""
    small = {each.casefold(): each for each in known}
    found = get_close_matches(name.casefold(), list(small), n=1)
    return f'did you mean "{small[found[0]]}"? ' if found else ""


def of_wrong(wrong: Wrong, *, where: str) -> BookError:
    """Return what the book says of a value as an error with its place."""
    return BookError(Fault(wrong.what, where, wrong.seen, wrong.do, wrong.rule))
