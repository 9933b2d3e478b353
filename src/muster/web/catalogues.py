"""Translations: the ``.po`` files that people edit become the ``.mo`` files that gettext reads.

``locale/ru/*.po`` become one ``ru/LC_MESSAGES/django.mo``. Only the standard library is used: a small office
needs no GNU gettext.
Source:
    Format of both files: GNU gettext manual, sections 10.3 (MO files) and 3 (PO files).
"""

from __future__ import annotations

import ast
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path

_MAGIC = 0x950412DE
_CONTEXT, _PLURAL = "\x04", "\0"


def compiled(source: Path, *, to: Path) -> Path:
    """Compile the catalogues of every language below ``source``; return ``to``, the folder with what gettext reads."""
    for folder in sorted(each for each in source.iterdir() if each.is_dir()):
        messages: dict[str, str] = {}
        for file in sorted(folder.glob("*.po")):
            messages |= {key: text for key, text in read_po(file.read_text(encoding="utf-8")) if text.strip(_PLURAL)}
        target = to / folder.name / "LC_MESSAGES" / "django.mo"
        data = mo_bytes(messages)
        if not target.exists() or target.read_bytes() != data:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
    return to


def read_po(text: str) -> Iterator[tuple[str, str]]:
    """Yield what a catalogue says: (key, translation), as they stand in the compiled file.

    Raises:
        ValueError: A line is none of a catalogue.
    """
    entry: dict[str, str] = {}
    at = ""
    for number, line in enumerate([*text.splitlines(), ""], start=1):
        word, _, rest = line.strip().partition(" ")
        if line.startswith("#"):
            continue
        if not word:
            yield from _whole(entry)
            entry, at = {}, ""
        elif line.startswith('"'):
            entry[at] += _string(line, number)
        elif word in ("msgctxt", "msgid", "msgid_plural") or word.startswith("msgstr"):
            at = word
            entry[at] = _string(rest, number)
        else:
            raise ValueError(f"line {number} is none of a catalogue: {line}")


def mo_bytes(messages: Mapping[str, str]) -> bytes:
    """Return a compiled catalogue."""
    pairs = sorted((key.encode(), text.encode()) for key, text in messages.items())
    start = 28 + 16 * len(pairs)
    tables, texts = [b"", b""], b""
    for column in (0, 1):
        for pair in pairs:
            tables[column] += struct.pack("<II", len(pair[column]), start + len(texts))
            texts += pair[column] + b"\0"
    head = struct.pack("<7I", _MAGIC, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    return head + tables[0] + tables[1] + texts


def _whole(entry: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if "msgid" not in entry:
        return
    context = f"{entry['msgctxt']}{_CONTEXT}" if "msgctxt" in entry else ""
    if "msgid_plural" in entry:
        forms = [text for name, text in sorted(entry.items()) if name.startswith("msgstr[")]
        yield context + entry["msgid"] + _PLURAL + entry["msgid_plural"], _PLURAL.join(forms)
    else:
        yield context + entry["msgid"], entry["msgstr"]


def _string(text: str, number: int) -> str:
    try:
        value = ast.literal_eval(text)
    except (SyntaxError, ValueError):
        raise ValueError(f"line {number} has no text in quotes: {text}") from None
    assert isinstance(value, str)
    return value
