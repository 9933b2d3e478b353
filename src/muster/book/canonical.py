"""One value, one text: the canonical JSON of RFC 8785, for text, whole numbers, lists and objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from muster.book.limits import MOST

Json = str | int | list[Any] | dict[str, Any]
"""What stands in a body: no fractions, no nulls, no truth values."""


def canonical(value: Json) -> bytes:
    """Return the canonical JSON of a value, in UTF-8.

    Names within an object are sorted by their UTF-16 code units, as RFC 8785 has it; numbers are whole and below 2⁵³,
    so that every reader of JSON agrees on them.

    Example:
        >>> canonical({"to": "store:kabul", "quantity": 600})
        b'{"quantity":600,"to":"store:kabul"}'
    """
    return orjson.dumps(_checked(value))


def canonical_flat(value: dict[str, Any]) -> bytes:
    """Return the same for an object of ours, whose names are ASCII and whose numbers were bounded when it was read."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _checked(value: Json) -> Json:
    if isinstance(value, Mapping):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return {name: _checked(value[name]) for name in names}
    if isinstance(value, list | tuple):
        return [_checked(each) for each in value]
    assert isinstance(value, str) or (type(value) is int and abs(value) <= MOST), f"{value!r} has no place in a body"
    return value
