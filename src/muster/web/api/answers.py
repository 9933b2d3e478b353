"""How an operation answers: with a part of the rows, or with a problem."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ninja import Schema

from muster.web.api.shapes import Piece, Problem

REFUSALS = (400, 401, 403, 404, 409, 413, 422, 429, 500)
"""Every status that an operation may give in place of an answer."""


def answers(shape: type[Schema]) -> dict[int, type[Schema]]:
    """Return what an operation answers with: its shape, else a problem."""
    return {200: shape} | dict.fromkeys(REFUSALS, Problem)


def part(rows: Sequence[Any], asked: Piece, *, head: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the part of some rows that was asked for, with how many there are."""
    after = asked.offset + asked.limit
    counted = {"count": len(rows), "offset": asked.offset, "next": after if after < len(rows) else None}
    return {**(head or {}), **counted, "rows": rows[asked.offset : after]}
