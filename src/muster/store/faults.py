"""What goes wrong with a database, in plain words. Rules S1 …"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from muster.errors import BookError, Fault

STORE_RULES: Mapping[str, str] = MappingProxyType(
    {
        "S1": "A book is an SQLite file, or a database of PostgreSQL, that exists and can be opened.",
        "S2": "A database keeps what it acknowledged, also in a power cut.",
        "S3": "A new book is made where none is.",
        "S4": "A book has the tables of this version of muster.",
        "S5": "There is room, and permission, to write.",
        "S6": "One writes at a time; others wait for a while.",
        "S7": "What follows from the events is what stands in the book.",
    }
)
"""Rules of a store by number."""

_KNOWN: tuple[tuple[tuple[str, ...], str, str, str], ...] = (
    (("database is locked", "lock timeout"), "Somebody else is writing into the book.", "S6", "try again in a moment"),
    (
        ("disk is full", "No space left", "could not extend"),
        "There is no room left on the disk.",
        "S5",
        "make room, then do it again: nothing of it was written",
    ),
    (
        ("readonly database", "read-only", "permission denied"),
        "The book cannot be written to.",
        "S5",
        "ask who looks after it for the right to write",
    ),
    (
        ("unable to open database file",),
        "The book cannot be opened.",
        "S1",
        "ask who looks after it for the right to read the file, and to write beside it",
    ),
    (
        ("disk I/O error", "could not read", "could not write", "could not fsync"),
        "The disk does not do what it is asked.",
        "S5",
        "copy the book to another disk and look at this one before going on",
    ),
    (
        ("malformed", "not a database", "file is encrypted", "decode"),
        "The file is damaged, or is no book.",
        "S1",
        "take the last good copy, and check it with muster book verify",
    ),
    (
        ("are never changed",),
        "Somebody tried to change what is in the book.",
        "S7",
        "leave the record as it is; undo an event by a reversal",
    ),
    (
        ("connection", "terminating", "server closed"),
        "The connection to the database is gone.",
        "S1",
        "try again; what was not acknowledged was not written",
    ),
)


def refused(what: str, where: str, seen: str, do: str, rule: str) -> BookError:
    """Return the error that refuses something."""
    return BookError(Fault(what, where, seen, do, rule))


def damaged(what: str, seen: str) -> BookError:
    """Return the error for something in a book that cannot be read."""
    return refused(what, "the book", seen, "take the last good copy, and check it with muster book verify", "S1")


def fault_of_database(error: Exception, *, where: str, busy_seconds: int) -> BookError:
    """Return what a database said, in plain words; nothing of an act that ended so was written."""
    said = " ".join(str(error).split())
    for words, what, rule, do in _KNOWN:
        if any(word.casefold() in said.casefold() for word in words):
            waited = f"{said} (waited {busy_seconds} seconds)" if rule == "S6" else said
            return refused(what, where, waited, do, rule)
    do = "try again; if it stays so, check the book with muster book verify, and report this"
    return refused("The database could not do it.", where, said, do, "S1")
