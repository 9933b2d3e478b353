"""The kinds of event: what each says, which ways its moves may go, and what it must and may carry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

COMMON = ("document", "reason", "approved_by", "previous")
"""What every event may carry."""

SPECIAL = ("moves", "counted", "destination", "due", "closed_by", "reverses", "registered")
"""Fields that only some kinds carry."""

Way = tuple[str, str]


@dataclass(frozen=True)
class Kind:
    """One kind of event.

    Attributes:
        name: As it is written.
        meaning: One sentence for the reference.
        ways: From what to what its moves may go; none: it has no moves of its own.
        must: Fields that it must carry.
        may: Fields that it may carry beside ``COMMON``.
        first: A way that at least one of its moves must go.
    """

    name: str
    meaning: str
    ways: frozenset[Way] = frozenset()
    must: tuple[str, ...] = ("moves",)
    may: tuple[str, ...] = ()
    first: Way | None = None

    @cached_property
    def foreign(self) -> tuple[str, ...]:
        """Fields that belong to other kinds."""
        return tuple(field for field in SPECIAL if field not in (*self.must, *self.may))


def _ways(*pairs: str) -> frozenset[Way]:
    return frozenset((pair.split()[0], pair.split()[1]) for pair in pairs)


_ALL = (
    Kind("opening", "What was there when the book was opened.", _ways("outside store")),
    Kind("receipt", "Goods came from outside, or were given back.", _ways("outside store", "people store")),
    Kind(
        "dispatch",
        "Goods left with a waybill; they are on the road until they are received.",
        _ways("store transit", "outside transit"),
        may=("destination", "due"),
    ),
    Kind(
        "arrival",
        "Goods of a waybill came in, all or part; what is missing stays on the road until it is claimed from somebody "
        "outside, or lost with a reason.",
        _ways("transit store", "transit loss", "transit outside"),
    ),
    Kind(
        "production",
        "Something was used up, and something made of it: from the store into a process, and back.",
        _ways("store process", "process store"),
        first=("store", "process"),
    ),
    Kind("distribution", "Goods were given to people.", _ways("store people")),
    Kind(
        "loss",
        "Goods were lost, with the reason; what a waybill lacks may be claimed from somebody outside.",
        _ways("store loss", "transit loss", "transit outside"),
    ),
    Kind("count", "What was found at a place, entered by one and closed by another.", must=("counted", "closed_by")),
    Kind("transfer", "Goods changed their owner, or the store within a unit.", _ways("store store")),
    Kind("reversal", "One event, entered wrongly, is undone.", must=("reverses", "reason")),
    Kind("register", "People, stores, packs or mappings are made known.", must=("registered",)),
)

KINDS: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in _ALL})
"""Every kind of event by its name."""
