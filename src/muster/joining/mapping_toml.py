"""A mapping as TOML: read with every fault of its keys, and written with the reasons as comments."""

from __future__ import annotations

import json
import tomllib
from collections import abc
from copy import deepcopy
from dataclasses import Field
from hashlib import sha256
from pathlib import Path
from typing import Any

from muster.economy.format import did_you_mean, shown
from muster.errors import Fault
from muster.joining.dates import DateForm
from muster.joining.mapping import (
    About,
    AmountForm,
    EventForm,
    Expiry,
    FileForm,
    Mapping,
    Noted,
    PeopleForm,
    Question,
    Skip,
)
from muster.joining.mapping_check import check_mapping
from muster.joining.numbers import Signs
from muster.joining.rules import JoiningError
from muster.joining.sections import default_of, keys_of, toml_name

MOST_BYTES = 16 * 2**20

_ONE: abc.Mapping[str, tuple[str, type[Any]]] = {
    "mapping": ("about", About),
    "file": ("file", FileForm),
    "event": ("event", EventForm),
    "people": ("people", PeopleForm),
    "date": ("date", DateForm),
    "numbers": ("numbers", Signs),
    "expires": ("expires", Expiry),
}
"""Section of TOML -> field of ``Mapping`` and what it is made of."""

_MANY: abc.Mapping[str, tuple[str, type[Any]]] = {
    "amount": ("amounts", AmountForm),
    "skip": ("skips", Skip),
    "noted": ("noted", Noted),
    "question": ("questions", Question),
}
"""Sections that may stand several times."""

_SECTIONS = (*_ONE, *_MANY, "names", "packs")


def read_mapping(path: Path) -> Mapping:
    """Return the mapping in a TOML file.

    Raises:
        JoiningError: The file cannot be read, or a key is missing, unknown or wrong (J4).
    """
    return mapping_of(tables_in(path), file=path.name)


def tables_in(path: Path) -> dict[str, Any]:
    """Return the tables of a mapping as they stand in its file, whatever they hold.

    Raises:
        JoiningError: The file cannot be read, is too large, or no TOML (J4).
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise JoiningError(Fault("A mapping is too large.", path.name, "", "check that it is a mapping", "J4"))
        text = path.read_text(encoding="utf-8-sig")
    except OSError as refused:
        do = 'check the path; "muster book map FILE" makes a mapping'
        raise JoiningError(Fault("A mapping cannot be opened.", path.name, refused.strerror or "", do, "J4")) from None
    except UnicodeDecodeError:
        raise JoiningError(Fault("A mapping is not UTF-8.", path.name, "", "save it as UTF-8", "J4")) from None
    return _tables(text, file=path.name)


def from_toml(text: str, *, file: str) -> Mapping:
    """Return the mapping that a TOML text describes, with answered questions filled in.

    Raises:
        JoiningError: See ``read_mapping``.
    """
    return mapping_of(_tables(text, file=file), file=file)


def _tables(text: str, *, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as broken:
        do = 'correct the line; a text stands in quotes, "like this"'
        raise JoiningError(Fault("A mapping is not TOML.", file, str(broken), do, "J4")) from None


def mapping_of(raw: dict[str, Any], *, file: str, check: bool = True) -> Mapping:
    """Return the mapping in the tables of TOML; see ``from_toml``. Unchecked, it may lack what is still to be asked."""
    raw, faults = _with_answers(raw, file)
    values: dict[str, Any] = {}
    for name, given in raw.items():
        where = f"{file}, [{name}]"
        if name in _ONE:
            target, section = _ONE[name]
            values[target], more = _section(given, section, where)
            faults += more
        elif name in _MANY:
            target, section = _MANY[name]
            values[target], more = _sections(given, section, f"{file}, [[{name}]]")
            faults += more
        elif name == "names":
            values["names"], more = _names(given, where)
            faults += more
        elif name == "packs":
            values["packs"], more = _words(given, where)
            faults += more
        else:
            do = f"{did_you_mean(name, _SECTIONS)}a mapping has {', '.join(_SECTIONS)}"
            faults.append(Fault("A mapping has no such section.", where, shown(name), do, "J4"))
    if faults:
        raise JoiningError(faults)
    mapping = Mapping(**values)
    if check and (faults := check_mapping(mapping, file=file)):
        raise JoiningError(faults)
    return mapping


def _section(given: Any, section: type[Any], where: str) -> tuple[Any, list[Fault]]:
    """Return one section from its table, and what is wrong with its keys."""
    if not isinstance(given, dict):
        return section(), [Fault("A section is not a table.", where, shown(str(given)), f"write {where[-20:]}", "J4")]
    known = keys_of(section)
    values, faults = {}, []
    for name, value in given.items():
        place = f"{where} {name}"
        if name not in known:
            do = f"{did_you_mean(name, known)}the keys are {', '.join(known)}"
            faults.append(Fault("A section has no such key.", place, shown(name), do, "J4"))
            continue
        each = known[name]
        read = _value(value, each)
        choices = each.metadata["choices"]
        if read is None:
            do = f"write {_kind_in_words(each)}: {each.metadata['meaning']}"
            faults.append(Fault("A key has a value of another kind.", place, shown(str(value)), do, "J4"))
        elif choices and read and read not in choices:
            do = f"write one of {', '.join(json.dumps(choice) for choice in choices)}"
            faults.append(Fault("A key has a word that it does not know.", place, shown(str(value)), do, "J4"))
        else:
            values[each.name] = read
    return section(**values), faults


def _sections(given: Any, section: type[Any], where: str) -> tuple[tuple[Any, ...], list[Fault]]:
    if not isinstance(given, list):
        do = f"write it with two brackets, {where.rpartition(' ')[2]}: it may stand several times"
        return (), [Fault("A section stands in one pair of brackets.", where, shown(str(given)), do, "J4")]
    read = [_section(each, section, f"{where} {number}") for number, each in enumerate(given, start=1)]
    return tuple(each for each, _ in read), [fault for _, faults in read for fault in faults]


def _value(value: Any, each: Field[Any]) -> Any:
    """Return a value as its key holds it, or ``None`` where it is of another kind."""
    default = default_of(each)
    if isinstance(default, dict):
        return dict(value) if isinstance(value, dict) and all(isinstance(v, str) for v in value.values()) else None
    if isinstance(default, bool) or isinstance(value, bool):
        return value if isinstance(default, bool) and isinstance(value, bool) else None
    if isinstance(default, int):
        return value if isinstance(value, int) else None
    if isinstance(default, tuple):
        values = tuple(value) if isinstance(value, list) else (value,)
        wanted = int if "int" in str(each.type) else str
        return values if all(isinstance(v, wanted) for v in values) else None
    return value if isinstance(value, str) else None


def _kind_in_words(each: Field[Any]) -> str:
    default = default_of(each)
    words = {bool: "true or false", int: "a whole number", tuple: "a list", dict: "a table of texts"}
    return next((word for kind, word in words.items() if isinstance(default, kind)), "a text in quotes")


def _names(given: Any, where: str) -> tuple[dict[str, dict[str, str]], list[Fault]]:
    if not isinstance(given, dict):
        return {}, [Fault("Names are no table.", where, shown(str(given)), 'write [names."column"]', "J4")]
    names, faults = {}, []
    for column, words in given.items():
        names[column], more = _words(words, f'{where[:-1]}."{column}"]')
        faults += more
    return names, faults


def _words(given: Any, where: str) -> tuple[dict[str, str], list[Fault]]:
    if not isinstance(given, dict):
        return {}, [Fault("Names are no table.", where, shown(str(given)), 'write "word" = "name" below it', "J4")]
    wrong = [word for word, name in given.items() if not isinstance(name, str) or not name.strip()]
    do = 'write a name in quotes: "word" = "name"'
    faults = [Fault("A name is blank or no text.", f"{where} {shown(word)}", "", do, "J4") for word in wrong]
    return {word: name for word, name in given.items() if word not in wrong}, faults


def _with_answers(raw: dict[str, Any], file: str) -> tuple[dict[str, Any], list[Fault]]:
    """Return the tables with the answers filled in, and without the questions that are answered."""
    questions = raw.get("question")
    if not isinstance(questions, list):
        return raw, []
    raw = deepcopy(raw)
    left: list[Any] = []
    faults = []
    for question in questions:
        about = question.get("about") if isinstance(question, dict) else None
        answer = question.get("answer") if isinstance(question, dict) else None
        if not answer or not isinstance(about, list) or not about or not isinstance(answer, str):
            left.append(question)
            continue
        choices = question.get("choices", [])
        if tuple(about) in _STRICT and answer not in choices:
            do = f"write one of {', '.join(json.dumps(choice) for choice in choices)}"
            where = f"{file}, [[question]] about {'.'.join(map(str, about))}"
            faults.append(Fault("An answer is none of the choices.", where, shown(answer), do, "J5"))
        elif not _fill(raw, [str(part) for part in about], answer):
            do = "leave about as it was written"
            faults.append(Fault("An answer fills no key.", f"{file}, [[question]]", shown(str(about)), do, "J5"))
    raw["question"] = left
    return raw, faults


def _fill(raw: dict[str, Any], about: list[str], answer: str) -> bool:
    """Put an answer where it belongs; return whether there is such a place."""
    *path, last = about
    here: Any = raw
    for part in path:
        if isinstance(here, list):
            here = here[int(part) - 1] if part.isdigit() and 0 < int(part) <= len(here) else None
        elif isinstance(here, dict):
            here = here.setdefault(part, {})
        if here is None:
            return False
    if not path or not isinstance(here, dict):
        return False
    here[last] = int(answer) if answer.isdigit() and (path[0], last) in _NUMBERS else answer
    return True


_STRICT = {
    *((section, name) for section in ("mapping", "people") for name in ("kind", "repeated")),
    *(("numbers", "written"), ("file", "sheet"), ("file", "delimiter")),
}
"""Questions that are answered by one of their choices; to others any answer may be given."""

_NUMBERS = {("file", name) for name in ("header", "tags", "data")}


def to_toml(mapping: Mapping, *, reasons: abc.Mapping[tuple[str, ...], str] | None = None) -> str:
    """Return a mapping as TOML that reads back as the same mapping.

    Args:
        mapping: Whose keys are written where they differ from what holds without them, or where there is a reason.
        reasons: Comments, by the key they speak of: ``("date", "formats")``, ``("amount", "1", "pack")``.
    """
    reasons = reasons or {}
    blocks = []
    for name, (target, section) in _ONE.items():
        lines = _written(getattr(mapping, target), section, reasons, (name,))
        if lines or name == "mapping":
            blocks.append([f"[{name}]", *lines])
    for name, (target, section) in _MANY.items():
        for number, each in enumerate(getattr(mapping, target), start=1):
            if name != "question":
                blocks.append([f"[[{name}]]", *_written(each, section, reasons, (name, str(number)))])
    for column, words in mapping.names.items():
        lines = [
            f"{quoted(word)} = {quoted(given)}{_comment(reasons.get(('names', column, word)))}"
            for word, given in words.items()
        ]
        blocks.append([*_above(reasons.get(("names", column))), f"[names.{quoted(column)}]", *lines])
    if mapping.packs:
        lines = [
            f"{quoted(word)} = {quoted(given)}{_comment(reasons.get(('packs', word)))}"
            for word, given in mapping.packs.items()
        ]
        blocks.append(["[packs]", *lines])
    blocks += [
        ["[[question]]", *_written(question, Question, {}, ("question",), always=("answer",))]
        for question in mapping.questions
    ]
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _written(
    value: Any,
    section: type[Any],
    reasons: abc.Mapping[tuple[str, ...], str],
    path: tuple[str, ...],
    *,
    always: tuple[str, ...] = (),
) -> list[str]:
    """Return the lines of a section: each key that says something, with the reason above it."""
    lines = []
    for name, each in keys_of(section).items():
        held = getattr(value, each.name)
        reason = reasons.get((*path, name))
        if held == default_of(each) and reason is None and name not in always:
            continue
        lines += _above(reason)
        lines.append(f"{toml_name(name)} = {_toml(held)}")
    return lines


def _above(reason: str | None) -> list[str]:
    return [f"# {line}" for line in reason.splitlines()] if reason else []


def _comment(reason: str | None) -> str:
    return f"  # {' '.join(reason.split())}" if reason else ""


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(each) for each in value) + "]"
    if isinstance(value, str):
        return quoted(value)
    return "{ " + ", ".join(f"{quoted(word)} = {quoted(text)}" for word, text in value.items()) + " }"


def quoted(text: str) -> str:
    """Return a text as a string of TOML."""
    if '"' in text and "'" not in text and text.isprintable():
        return f"'{text}'"
    short = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    signs = (
        short.get(sign) or (f"\\u{ord(sign):04X}" if ord(sign) < 0x20 or ord(sign) in range(0x7F, 0xA0) else sign)
        for sign in text
    )
    return '"' + "".join(signs) + '"'


def mapping_digest(mapping: Mapping) -> str:
    """Return the SHA-256 (hex) of a mapping as TOML without comments: what a book registers of it."""
    return sha256(to_toml(mapping).encode()).hexdigest()
