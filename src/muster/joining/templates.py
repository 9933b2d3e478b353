"""Text with columns in it: ``store:{country}`` is ``store:`` and what stands in the column country."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_PIECE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


@dataclass(frozen=True)
class Template:
    """A text with columns in it.

    Attributes:
        text: As written in the mapping.
        parts: Pieces in their order: ``(piece, is a column)``.
    """

    text: str
    parts: tuple[tuple[str, bool], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it names, in order, each once."""
        return tuple(dict.fromkeys(piece for piece, is_column in self.parts if is_column))

    @property
    def only_column(self) -> str:
        """The one column it consists of; ``""`` where there is more to it."""
        return self.parts[0][0] if len(self.parts) == 1 and self.parts[0][1] else ""

    def pattern(self) -> re.Pattern[str]:
        """Return what matches a text made by this template, with one group for each column."""
        return re.compile("".join(r"(.+?)" if is_column else re.escape(piece) for piece, is_column in self.parts))


@lru_cache(maxsize=1_000)
def template(text: str) -> Template:
    """Return a text with columns in braces, taken apart; ``{{`` and ``}}`` stand for the signs themselves.

    Raises:
        ValueError: A brace is opened and not closed, or names no column.
    Example:
        >>> template("transit:{waybill}").columns
        ('waybill',)
    """
    parts: list[tuple[str, bool]] = []
    plain, end = "", 0
    for found in _PIECE.finditer(text):
        plain += text[end : found.start()]
        end = found.end()
        if found[0] in ("{{", "}}"):
            plain += found[0][0]
        elif found[1] is None or not found[1].strip():
            raise ValueError(text)
        else:
            if plain:
                parts.append((plain, False))
            parts.append((found[1].strip(), True))
            plain = ""
    plain += text[end:]
    return Template(text, (*parts, (plain, False)) if plain else tuple(parts))


def column_text(column: str) -> str:
    """Return a template that is one column."""
    return "{" + column + "}"
