"""Tables of Markdown, for the pages that are made from the code."""

from __future__ import annotations

from collections.abc import Iterable


def rows(header: Iterable[str], lines: Iterable[Iterable[str]]) -> str:
    """Return a table; a bar inside a cell stays a bar."""
    header = list(header)
    every = [header, ["---"] * len(header), *lines]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in every)
