"""Draws from a seed, the same on every machine and in every version of Python."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

_MASK = (1 << 64) - 1


class Chance:
    """A source of draws.

    Args:
        seed: The same seed gives the same draws.
    Source:
        SplitMix64: Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators".
    Example:
        >>> Chance(0).bits() == 0xE220A8397B1DCDAF
        True
    """

    def __init__(self, seed: int) -> None:
        self._state = seed & _MASK

    def bits(self) -> int:
        """Return 64 random bits."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        return mixed ^ (mixed >> 31)

    def whole(self, least: int, most: int) -> int:
        """Return a whole number from ``least`` to ``most``."""
        return least + self.bits() % (most - least + 1)

    def happens(self, share: float) -> bool:
        """Return whether something happens that happens in this share of cases."""
        return self.bits() < share * (1 << 64)

    def pick(self, of: Sequence[T]) -> T:
        """Return one of several."""
        return of[self.bits() % len(of)]

    def shuffled(self, of: Sequence[T]) -> list[T]:
        """Return several in another order."""
        return [of[place] for _, place in sorted((self.bits(), place) for place in range(len(of)))]
