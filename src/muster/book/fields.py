"""Reading single values of the interchange: each reader takes what JSON gave and returns what stands in the book.

All of them raise ``Wrong`` where a value cannot be taken.
"""

from __future__ import annotations

import re
from typing import Any

from muster.book import accounts, amounts, ids, limits, times
from muster.book.kinds import KINDS
from muster.book.roles import ROLES
from muster.book.wording import Wrong, meant

_SHA256 = re.compile(r"[0-9a-f]{64}")


def as_text(value: Any) -> str:
    """Return text."""
    if not isinstance(value, str):
        raise Wrong("A value is not text.", value, "write it in quotes", "B1")
    return value


def as_name(value: Any) -> str:
    """Return a name."""
    return accounts.name(as_text(value))


def as_name_or_none(value: Any) -> str:
    """Return a name, or nothing."""
    return accounts.name(value) if as_text(value) else ""


def as_unit(value: Any) -> str:
    """Return a unit, which is one word."""
    text = as_name(value)
    if len(text.split()) > 1:
        raise Wrong("A unit is one word.", text, 'write what it holds beside it: "unit": "bag", "pack": "50 kg"', "B9")
    return text


def as_place(value: Any) -> str:
    """Return a place."""
    return accounts.place(as_text(value))


def as_decimal(value: Any) -> str:
    """Return a quantity as it is written."""
    if value is None:
        raise Wrong('"quantity" is missing.', "nothing", 'add "quantity", e.g. "quantity": "600"', "B1")
    if not isinstance(value, str):
        raise Wrong("A quantity is not text.", value, 'write the decimal number in quotes: "quantity": "600"', "B8")
    return value


def as_id(value: Any) -> str:
    """Return an id."""
    try:
        return ids.id_text(as_text(value))
    except ValueError:
        raise Wrong("An id is not a UUID.", value, "let the device make one (UUIDv7) before it sends", "B2") from None


def as_kind(value: Any) -> str:
    """Return a kind of event."""
    if as_text(value) not in KINDS:
        raise Wrong("There is no such kind of event.", value, f"{meant(value, KINDS)}write {', '.join(KINDS)}", "B3")
    return str(value)


def as_number(value: Any) -> int:
    """Return a running number."""
    if type(value) is not int or not 1 <= value <= limits.MOST:
        do = "write the recorder's own running number, 1, 2, 3, …, without quotes"
        raise Wrong("A running number is not a whole number from 1.", value, do, "B6")
    return value


def as_time(value: Any) -> int:
    """Return a time, in milliseconds since 1970."""
    try:
        return times.milliseconds(as_text(value))
    except ValueError:
        do = "write day, time and zone, to the millisecond at most: 2026-11-03T10:00:00Z"
        raise Wrong("A time cannot be read.", value, do, "B5") from None


def as_day(value: Any) -> str:
    """Return a day of the calendar."""
    try:
        return times.day_text(as_text(value))
    except ValueError:
        raise Wrong("A day cannot be read.", value, "write a day of the calendar as 2027-06-30", "B5") from None


def as_day_or_none(value: Any) -> str:
    """Return a day of the calendar, or nothing."""
    return as_day(value) if as_text(value) else ""


def as_reason(value: Any) -> str:
    """Return a sentence or two."""
    text = as_text(value)
    if not text.strip() or len(text) > limits.LONGEST_TEXT or not text.replace("\n", " ").isprintable():
        raise Wrong("A reason is blank, too long, or has hidden signs.", text, "say it in a sentence", "B4")
    return text


def as_digest(value: Any) -> str:
    """Return a SHA-256 in hex."""
    if not _SHA256.fullmatch(as_text(value)):
        raise Wrong("A digest is not SHA-256.", value, "write 64 digits and letters a to f", "B1")
    return str(value)


def as_roles(value: Any) -> tuple[str, ...]:
    """Return roles."""
    roles = as_names(value)
    for role in roles:
        if role not in ROLES:
            raise Wrong("There is no such role.", role, f"{meant(role, ROLES)}write {', '.join(ROLES)}", "B23")
    return roles


def as_names(value: Any) -> tuple[str, ...]:
    """Return a list of names."""
    if not isinstance(value, list):
        raise Wrong("A value is not a list.", value, 'write it in brackets: ["…", "…"]', "B1")
    return tuple(as_name(each) for each in value)


def as_stores(value: Any) -> tuple[str, ...]:
    """Return a list of stores."""
    stores = tuple(as_place(each) for each in as_names(value))
    for each in stores:
        if accounts.kind_of(each) != "store":
            raise Wrong("Only a store belongs to a unit.", each, "write e.g. store:kabul", "B7")
    return stores


def as_packs(value: Any) -> tuple[tuple[str, str], ...]:
    """Return packs and what they hold."""
    if not isinstance(value, list):
        raise Wrong("Packs are not a list.", value, 'write [{"pack": "bag", "holds": "50 kg"}]', "B1")
    found = []
    for each in value:
        if not isinstance(each, dict) or each.keys() != {"pack", "holds"}:
            raise Wrong("A pack does not say what it holds.", each, 'write {"pack": "bag", "holds": "50 kg"}', "B9")
        pack, holds = as_unit(each["pack"]), as_name(each["holds"])
        amounts.amount("1", unit=pack, pack=holds)
        found.append((pack, holds))
    return tuple(found)


def as_measure(value: Any) -> str:
    """Return the unit that a resource is measured in."""
    if amounts.smallest_unit(as_text(value)) is None:
        raise Wrong("A resource is not measured in this unit.", value, "write a unit of measure: kg, l, piece", "B9")
    return str(value)
