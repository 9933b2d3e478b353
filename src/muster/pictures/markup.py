"""Markup that cannot be broken by what stands in a table: text is escaped unless it is already markup."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NewType

Markup = NewType("Markup", str)
"""Text that is safe to put into a page: made by ``element``, ``text`` or ``join`` only."""

EMPTY = Markup("")

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})
_CONTROLS = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127))

Value = str | float | bool | None
Attributes = dict[str, Value]


def text(words: str) -> Markup:
    """Return plain words as markup; control characters, which no page may hold, are left out."""
    return Markup(words.translate(_CONTROLS).translate(_ESCAPES))


def element(name: str, attributes: Mapping[str, Value] | None = None, inner: Markup | None = None) -> Markup:
    """Return one element.

    Args:
        name: Tag, e.g. ``td``.
        attributes: ``None`` and ``False`` are left out, ``True`` is written without a value of its own.
        inner: What stands inside; ``None`` closes the element at once (``<path/>``).
    Example:
        >>> element("td", {"class": "n", "hidden": False}, text("a < b"))
        '<td class="n">a &lt; b</td>'
    """
    pairs = "".join(
        f' {key}="{"" if value is True else text(shown(value))}"'
        for key, value in (attributes or {}).items()
        if value is not None and value is not False
    )
    return Markup(f"<{name}{pairs}/>" if inner is None else f"<{name}{pairs}>{inner}</{name}>")


def join(parts: Iterable[Markup], between: str = "") -> Markup:
    """Return parts one after the other, with plain words between them."""
    return Markup(text(between).join(parts))


def shown(value: str | float) -> str:
    """Return a number as SVG wants it: one decimal at most, no trailing zeros.

    Example:
        >>> shown(12.0), shown(0.06), shown(-0.01)
        ('12', '0.1', '0')
    """
    if isinstance(value, str):
        return value
    written = f"{value:.1f}".rstrip("0").rstrip(".")
    return "0" if written in ("-0", "") else written
