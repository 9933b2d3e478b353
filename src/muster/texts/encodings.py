"""In which encoding a text is written: found by evidence in its bytes, and said."""

from __future__ import annotations

import re
from codecs import (
    BOM_UTF8,
    BOM_UTF16_BE,
    BOM_UTF16_LE,
    BOM_UTF32_BE,
    BOM_UTF32_LE,
    getincrementaldecoder,
)
from collections.abc import Iterable
from dataclasses import dataclass

_UNDEFINED = frozenset(b"\x81\x8d\x8f\x90\x9d")
"""Bytes that Windows-1252 gives no sign."""

_CONTROL = frozenset({*range(0x00, 0x09), *range(0x0E, 0x1A), *range(0x1C, 0x20)})
_ELSEWHERE = ("cp1250", "cp1251", "cp1253", "cp1254", "cp1256", "mac-roman", "cp850")
"""Encodings of one byte for each sign that are offered where the bytes do not fit western Europe."""

_STRANGE = re.compile(r"[^\W\d_][‚ƒ„…†‡ˆ‰‹“”•˜™›¢-¿×÷][a-zß-ÿ]|[à-ÿ][A-ZÀ-Þ]")
"""Signs that do not stand inside words of western Europe: the text was written in another encoding."""

_MOST_FOREIGN = 0.35
"""Share of letters beyond ASCII from which a text is probably not of western Europe."""

_HEAD = 65_536


@dataclass(frozen=True)
class Encoding:
    """An encoding and the evidence for it.

    Attributes:
        name: As Python names it, e.g. ``utf-8-sig``; ``""`` where the bytes are no text.
        why: The evidence in plain words.
        choices: Encodings among which a person must choose; empty where the evidence is enough.
        sample: The first line with a sign beyond ASCII, read with ``name``.
    """

    name: str
    why: str
    choices: tuple[str, ...] = ()
    sample: str = ""


def find_encoding(chunks: Iterable[bytes]) -> Encoding:
    """Return how a text is encoded, from all its bytes in pieces.

    Example:
        >>> find_encoding([b"Organizaci\\xf3n,100"]).name
        'latin-1'
    """
    looked = _Looked()
    for chunk in chunks:
        looked.at(chunk)
    head = looked.head
    if marked := _by_mark(head):
        return marked
    if wide := _by_zeros(head):
        return wide
    if binary := _not_text(head, looked.present):
        return binary
    if looked.is_utf8():
        if not looked.high:
            return Encoding("utf-8", "only signs of ASCII, which every encoding writes alike")
        return Encoding("utf-8", "every sign beyond ASCII is whole UTF-8", (), _first_foreign(looked.foreign, "utf-8"))
    return _of_one_byte(looked)


class _Looked:
    """What all chunks of a file show about their encoding."""

    def __init__(self) -> None:
        self.head = b""
        self.present: set[int] = set()
        self.high: set[int] = set()
        self.foreign = b""
        self._decoder = getincrementaldecoder("utf-8")()
        self._whole = True

    def at(self, chunk: bytes) -> None:
        if len(self.head) < _HEAD:
            self.head += chunk[: _HEAD - len(self.head)]
        seen = set(chunk)
        self.present |= seen
        beyond = {byte for byte in seen if byte >= 0x80}
        if beyond and len(self.foreign) < _HEAD:
            at = next(match.start() for match in re.finditer(rb"[\x80-\xff]", chunk))
            start = chunk.rfind(b"\n", 0, at) + 1
            self.foreign += chunk[start : start + _HEAD]
        self.high |= beyond
        if self._whole:
            try:
                self._decoder.decode(chunk)
            except UnicodeDecodeError:
                self._whole = False

    def is_utf8(self) -> bool:
        try:
            self._decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
        return self._whole


def _by_mark(head: bytes) -> Encoding | None:
    """Return what a byte order mark at the start says."""
    marks = (
        (BOM_UTF8, "utf-8-sig", "UTF-8"),
        (BOM_UTF32_LE, "utf-32", "UTF-32"),
        (BOM_UTF32_BE, "utf-32", "UTF-32"),
        (BOM_UTF16_LE, "utf-16", "UTF-16"),
        (BOM_UTF16_BE, "utf-16", "UTF-16"),
    )
    for mark, name, spoken in marks:
        if head.startswith(mark):
            return Encoding(name, f"the file begins with the mark of {spoken}")
    return None


def _by_zeros(head: bytes) -> Encoding | None:
    """Return UTF-16 without a mark where every other byte is zero."""
    pairs = len(head) // 2
    if pairs < 4:
        return None
    low, high = head[0 : 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    for name, zeros, others, which in (("utf-16-le", high, low, "second"), ("utf-16-be", low, high, "first")):
        if zeros > pairs * 0.4 and others < pairs * 0.02:
            return Encoding(name, f"the {which} byte of most pairs is zero, as UTF-16 without a mark writes it")
    return None


def _not_text(head: bytes, present: set[int]) -> Encoding | None:
    if 0 in present:
        return Encoding("", "it holds NUL bytes: it is not text")
    control = sum(head.count(byte) for byte in _CONTROL)
    if control > max(4, len(head) * 0.003):
        return Encoding("", f"{control:,} of its first {len(head):,} bytes are control signs: it is not text")
    return None


def _of_one_byte(looked: _Looked) -> Encoding:
    """Return which encoding of western Europe fits, and what speaks against it."""
    upper = {byte for byte in looked.high if byte < 0xA0}
    name = "cp1252" if upper else "latin-1"
    text = looked.foreign.decode(name, errors="replace")
    sample = _first_foreign(looked.foreign, name)
    first = f"byte 0x{min(looked.high):02X}"
    if upper & _UNDEFINED:
        odd = f"byte 0x{min(upper & _UNDEFINED):02X}, which Windows-1252 does not have"
        return Encoding("latin-1", f"it is not UTF-8, and it holds {odd}", (*_ELSEWHERE, "latin-1"), sample)
    letters = [sign for sign in text if sign.isalpha()]
    foreign = sum(sign > "\x7f" for sign in letters)
    if foreign > _MOST_FOREIGN * max(len(letters), 1) or _STRANGE.search(text):
        why = f"it is not UTF-8 ({first}), and read as {name} its words look wrong"
        return Encoding(name, why, (name, *_ELSEWHERE), sample)
    if upper:
        sign = bytes([min(upper)]).decode("cp1252")
        return Encoding(name, f"it is not UTF-8; byte 0x{min(upper):02X} is {sign} in Windows-1252", (), sample)
    why = f"it is not UTF-8 ({first}); Latin-1 and Windows-1252 read all its bytes alike"
    return Encoding(name, why, (), sample)


def _first_foreign(data: bytes, encoding: str) -> str:
    """Return the first line that holds a sign beyond ASCII, at most 60 signs of it."""
    for line in data.split(b"\n"):
        if any(byte >= 0x80 for byte in line):
            text = line.decode(encoding, errors="replace").strip()
            at = next(i for i, sign in enumerate(text) if sign > "\x7f")
            start = max(0, at - 30)
            return text[start : start + 60]
    return ""
