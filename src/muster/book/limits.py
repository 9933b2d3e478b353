"""How much, how long, how many: the bounds of what a book takes."""

from __future__ import annotations

MOST = 2**53 - 1
"""The largest whole number: every reader of JSON knows it exactly."""

LONGEST_NAME = 200
"""Signs in the name of a place, resource, lot, person or document."""

LONGEST_TEXT = 2_000
"""Signs in a reason."""

LONGEST_LINE = 1_000_000
"""Bytes in one line of the interchange."""

MOST_MOVES = 5_000
"""Moves, or counted lines, in one event."""
