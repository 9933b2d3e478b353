"""Which encoding a text is in, by the evidence of its bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.texts.encodings import find_encoding

FRENCH = "Dépôt;Quantité\nfarine;600\n"


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (b"item,quantity\nflour,600\n", "utf-8", "only signs of ASCII"),
        (FRENCH.encode(), "utf-8", "whole UTF-8"),
        (FRENCH.encode("utf-8-sig"), "utf-8-sig", "mark of UTF-8"),
        (FRENCH.encode("utf-16"), "utf-16", "mark of UTF-16"),
        (b"\xfe\xff" + FRENCH.encode("utf-16-be"), "utf-16", "mark of UTF-16"),
        (FRENCH.encode("utf-32"), "utf-32", "mark of UTF-32"),
        (FRENCH.encode("utf-16-le"), "utf-16-le", "second byte of most pairs"),
        (FRENCH.encode("utf-16-be"), "utf-16-be", "first byte of most pairs"),
        (FRENCH.encode("latin-1"), "latin-1", "read all its bytes alike"),
        (("“sacs” – " + FRENCH).encode("cp1252"), "cp1252", "in Windows-1252"),
    ],
)
def test_find_encoding_given_text_then_its_encoding_and_the_evidence(data: bytes, name: str, says: str) -> None:
    found = find_encoding([data])
    assert (found.name, found.choices) == (name, ())
    assert says in found.why


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("گندم;آرد;روغن\nقندهار;کابل;هرات\n", "cp1256"),
        ("мука;масло\nсклад;приход\n", "cp1251"),
        ("Qu\u00e9 es\nd\u00e9p\u00f4t\n", "cp850"),
    ],
)
def test_find_encoding_given_another_part_of_the_world_then_it_asks(text: str, encoding: str) -> None:
    found = find_encoding([text.encode(encoding, errors="replace")])
    assert encoding in found.choices


def test_find_encoding_given_a_byte_that_windows_1252_lacks_then_it_asks() -> None:
    assert "cp1251" in find_encoding([b"ni\x9da;600\n"]).choices


@pytest.mark.parametrize(
    ("data", "says"), [(b"ab\0c\n" * 9, "NUL"), (bytes(range(1, 9)) * 40, "control signs"), (b"\0" * 900, "NUL")]
)
def test_find_encoding_given_bytes_that_are_no_text_then_no_encoding(data: bytes, says: str) -> None:
    found = find_encoding([data])
    assert found.name == ""
    assert says in found.why


@given(text=st.text(min_size=1), cut=st.integers(1, 7))
def test_law_find_encoding_given_utf_8_in_any_pieces_then_the_same_answer(text: str, cut: int) -> None:
    data = text.encode()
    pieces = [data[at : at + cut] for at in range(0, len(data), cut)]
    assert find_encoding(pieces).name == find_encoding([data]).name


def test_find_encoding_given_a_sign_far_down_then_the_line_that_holds_it() -> None:
    found = find_encoding([b"plain line\n" * 200_000, "Café Zürich;3\n".encode("latin-1")])
    assert (found.name, found.sample) == ("latin-1", "Café Zürich;3")
