from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.book.canonical import canonical

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    TEXT | st.integers(-(2**53) + 1, 2**53 - 1),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(TEXT, inside, max_size=4),
    max_leaves=12,
)
_SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def by_the_letter(value: Any) -> str:
    """Write a value as sections 3.2.2 and 3.2.3 of RFC 8785 say, sign by sign."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(f"{by_the_letter(name)}:{by_the_letter(value[name])}" for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(by_the_letter(each) for each in value) + "]"
    if isinstance(value, int):
        return str(value)
    signs = (_SHORT.get(sign, f"\\u{ord(sign):04x}" if ord(sign) < 32 else sign) for sign in value)
    return '"' + "".join(signs) + '"'


@given(VALUES)
def test_law_canonical_then_written_by_the_letter_of_the_rfc(value: Any) -> None:
    assert canonical(value).decode() == by_the_letter(value)
    assert json.loads(canonical(value)) == value


def test_canonical_given_names_beyond_the_first_plane_then_sorted_by_utf_16() -> None:
    assert canonical({"\ufb33": 1, "\U0001f600": 2, "a": 3}) == '{"a":3,"\U0001f600":2,"\ufb33":1}'.encode()


@pytest.mark.parametrize("value", [1.5, None, True, 2**53, {"a": 0.1}])
def test_canonical_given_what_has_no_place_in_a_body_then_stops(value: Any) -> None:
    with pytest.raises(AssertionError):
        canonical(value)
