"""Split: one scarce good over open requests, the lowest met share lifted first, in whole packs.

All who stand lowest are lifted together until nothing is left: that is each one's exact share. Its whole packs are
given; those that are left over go one by one to who stands lowest then, and where several do, to the larger remainder.
So everybody gets the exact share rounded down or up, and it does not matter in which order the requests came.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Request:
    """Somebody asks for a good; in smallest units.

    Attributes:
        key: Tells it from others.
        asked: All that was asked for, more than 0.
        had: What has been given of it.
        people: For how many; of those who stand alike to the last, more people come first.
    """

    key: str
    asked: int
    had: int = 0
    people: int = 0

    def met(self, given: Fraction | int = 0) -> Fraction:
        """Return the share that is met, with so much more."""
        return Fraction(self.had + given, self.asked)

    def most(self, pack: int) -> int:
        """Return how many whole packs it can still be given."""
        return max(0, self.asked - self.had) // pack

    def up_to(self, level: Fraction, pack: int) -> Fraction:
        """Return how much lifts it to a level, within its whole packs."""
        return min(max(level * self.asked - self.had, Fraction(0)), Fraction(self.most(pack) * pack))


def split(requests: Sequence[Request], *, there: int, pack: int = 1) -> Mapping[str, int]:
    """Return what each request is given, in smallest units: whole packs, together at most ``there``.

    Args:
        requests: With keys that differ.
        there: What can be given.
        pack: Smallest units in a pack.
    Example:
        >>> dict(split([Request("a", 100), Request("b", 300), Request("c", 50, had=40)], there=200, pack=10))
        {'a': 50, 'b': 150, 'c': 0}
    """
    assert len({each.key for each in requests}) == len(requests) and pack > 0
    packs = there // pack
    at = level(requests, there=packs * pack, pack=pack)
    exact = {each.key: each.up_to(at, pack) / pack for each in requests}
    whole = {key: int(share) for key, share in exact.items()}
    left = packs - sum(whole.values())
    rising = sorted(
        (each for each in requests if whole[each.key] < exact[each.key]),
        key=lambda each: (
            each.met(whole[each.key] * pack),
            whole[each.key] - exact[each.key],
            -each.people,
            each.key,
        ),
    )
    for each in rising[:left]:
        whole[each.key] += 1
    return {key: count * pack for key, count in whole.items()}


def level(requests: Sequence[Request], *, there: int, pack: int = 1) -> Fraction:
    """Return the met share to which all who stand lower are lifted with ``there``; the highest that can be reached.

    Example:
        >>> level([Request("a", 100), Request("b", 300), Request("c", 50, had=40)], there=200)
        Fraction(1, 2)
    """
    ends = {each.met() for each in requests} | {each.met(each.most(pack) * pack) for each in requests}
    low = min(ends, default=Fraction(0))
    for high in sorted(ends):
        if sum(each.up_to(high, pack) for each in requests) > there:
            rising = sum(each.asked for each in requests if each.up_to(low, pack) < each.up_to(high, pack))
            return low + Fraction(there - sum(each.up_to(low, pack) for each in requests)) / rising
        low = high
    return low
