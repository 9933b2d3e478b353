"""Levels of what is met, as the map colours them."""

from __future__ import annotations

from dataclasses import dataclass

from muster.report.words import whole_percent


@dataclass(frozen=True)
class Level:
    """One level: the percentage it ends below, the class of its colour, and its words in the legend."""

    below: int
    style: str
    words: str


LEVELS = (
    Level(20, "level-0", "under 20 %"),
    Level(40, "level-1", "20 to 39 %"),
    Level(60, "level-2", "40 to 59 %"),
    Level(80, "level-3", "60 to 79 %"),
    Level(100, "level-4", "80 to 99 %"),
    Level(101, "level-met", "met in full"),
)
NO_CLAIM = "level-none"
"""Class of a place where nobody has the need then."""


def level_of(share: float) -> str:
    """Return the class of the level a share stands in.

    Example:
        >>> level_of(0.498), level_of(0.9999999), level_of(1.0)
        ('level-2', 'level-met', 'level-met')
    """
    whole = whole_percent(share)
    return next(level.style for level in LEVELS if whole < level.below)
