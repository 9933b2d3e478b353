"""Ids that are made before sending: UUIDs, version 7 where we make them (RFC 9562)."""

from __future__ import annotations

import re

RANDOM_BITS = 74
"""Random bits in one id."""

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def uuid7(ms: int, *, random: int) -> str:
    """Return the id made of a time and random bits.

    Args:
        ms: Milliseconds since 1970; ids of later times sort later.
        random: ``RANDOM_BITS`` random bits, e.g. ``secrets.randbits(RANDOM_BITS)``.
    Example:
        >>> uuid7(0x0198ABCDEF01, random=0)
        '0198abcd-ef01-7000-8000-000000000000'
    """
    assert 0 <= ms < 1 << 48 and 0 <= random < 1 << RANDOM_BITS
    first, last = random >> 62, random & ((1 << 62) - 1)
    digits = f"{ms << 80 | 7 << 76 | first << 64 | 2 << 62 | last:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def id_text(text: str) -> str:
    """Return an id as it is written in the book: in small letters, with hyphens.

    Raises:
        ValueError: It is no UUID.
    """
    small = text.lower()
    if not _UUID.fullmatch(small):
        raise ValueError(text)
    return small
