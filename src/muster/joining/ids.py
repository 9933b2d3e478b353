"""Ids that follow from the row: importing a file twice makes the same events, which the book then knows already.

An id is a UUID of version 8 (RFC 9562, 5.8): the first 128 bits of SHA-256 over the compact UTF-8 JSON
``["muster.joining", use, source, key, revision]``, with the bits of version and variant put in their place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import orjson


def event_id(source: str, key: Sequence[str], *, revision: int = 0) -> str:
    """Return the id of the event of one row.

    Args:
        source: Name of the source in the mapping.
        key: What tells the row apart: its cells in the key columns.
        revision: 0 for the row as it first came, 1 for its first correction, and so on.
    Example:
        >>> event_id("scms", ["10589"])
        '7a6e2f34-e941-87ea-9322-652f35a25683'
    """
    return _uuid8("row", source, list(key), revision)


def reversal_id(reversed_id: str) -> str:
    """Return the id of the one reversal of an imported event."""
    return _uuid8("reversal", reversed_id, [], 0)


def message_id(recorder: str, reference: str, text: str) -> str:
    """Return the id of the event of a text message; ``reference`` is the gateway's own id of it, or its time."""
    return _uuid8("message", recorder, [reference, text], 0)


def _uuid8(use: str, source: str, key: list[str], revision: int) -> str:
    said = orjson.dumps(["muster.joining", use, source, key, revision])
    digits = hashlib.sha256(said).hexdigest()
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-8{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:32]}"
