"""Proposals for columns that are noted and not counted: weight and freight, with words and references in them."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from muster.joining.cells import cell_of
from muster.joining.drafting import Draft
from muster.joining.head_found import like_number
from muster.joining.seen import SeenColumn
from muster.joining.templates import column_text

_UNITS = {word: word for word in ("kg", "t", "lb", "usd", "eur")} | {"kilograms": "kg", "kilos": "kg", "tonnes": "t"}
_FEW = 20
"""Different texts up to which they are words with a meaning."""


def suggest_notes(draft: Draft) -> None:
    """Propose a ``[[noted]]`` for a column of weights and one of freight, where the file has them."""
    for role in ("weight", "freight"):
        column = draft.find(role, doubt=False)
        if column is not None:
            noted = draft.raw.setdefault("noted", [])
            noted.append(_noted(draft, role, column, str(len(noted) + 1)))


def _noted(draft: Draft, role: str, column: SeenColumn, number: str) -> dict[str, Any]:
    unit = next((unit for word, unit in _UNITS.items() if word in column.words), "kg" if role == "weight" else "")
    noted: dict[str, Any] = {"name": role, "column": column.name, "unit": unit}
    if not unit:
        draft.ask(("noted", number, "unit"), f'In which unit is "{column.name}"?', ("usd", "eur"))
    texts = {text: count for text, count in column.texts.items() if not like_number(text)}
    refers, rows = _reference(draft, texts)
    if refers:
        noted["refers"] = refers
        draft.reasons["noted", number, "refers"] = f"{rows:,} cells say that the {role} stands on another line"
        pattern = re.compile("".join(".+" if part.startswith("{") else re.escape(part) for part in _parts(refers)))
        texts = {text: count for text, count in texts.items() if not pattern.fullmatch(text)}
    if 0 < len(texts) <= _FEW:
        noted["words"] = {text: text.lower() for text in texts}
        draft.reasons["noted", number, "words"] = ", ".join(f"{count:,} × {text}" for text, count in texts.items())
    return noted


def _parts(text: str) -> list[str]:
    return [part for part in re.split(r"(\{[^}]*\})", text) if part]


def _reference(draft: Draft, texts: dict[str, int]) -> tuple[str, int]:
    """Return how cells name another line, with columns in braces, and how many do; ``("", 0)`` where none does."""
    shapes = Counter[str]()
    for text, count in texts.items():
        shapes[re.sub(r"\S*\d\S*", lambda word: _kept(word[0]), text)] += count
    if not shapes:
        return "", 0
    shape, rows = shapes.most_common(1)[0]
    examples = [text for text in texts if re.sub(r"\S*\d\S*", lambda word: _kept(word[0]), text) == shape]
    slots = shape.count("{}")
    if not slots or len(examples) < 3:
        return "", 0
    pattern = re.compile("(.+?)".join(re.escape(part) for part in shape.split("{}")))
    values = [found.groups() for text in examples if (found := pattern.fullmatch(text))]
    columns = [_column_of([each[slot] for each in values], draft) for slot in range(slots)]
    if not values or not all(columns):
        return "", 0
    return shape.format(*(column_text(column) for column in columns)), rows


def _kept(word: str) -> str:
    """Return a word with its digits as a slot, and the signs around them as they are."""
    start = re.match(r"\W*(?:[A-Za-z]+#?\W+(?=\d))?", word)
    head = start[0] if start and not re.match(r"\w", word) else ""
    tail = re.search(r"\W*$", word)
    return f"{head}{{}}{tail[0] if tail else ''}"


def _column_of(values: list[str], draft: Draft) -> str:
    """Return the column in which most of the values stand; ``""`` where fewer than a fifth do."""
    wanted = set(values)
    best, most = "", len(wanted) / 5
    for column in draft.seen.columns:
        held = {cell_of(row, column.position) for row in draft.seen.sample} & wanted
        if len(held) > most:
            best, most = column.name, len(held)
    return best
