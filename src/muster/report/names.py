"""Names for people beside the ids of an economy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import polars as pl

from muster.economy.economy import Economy

ANYWHERE = "all places together"
"""What a blank place is called: the pool, or a reserve held anywhere."""


def names_of(frame: pl.DataFrame, key: str) -> dict[str, str]:
    """Return the name of every id: the id itself where it has none; the id in brackets behind a name that two share."""
    pairs = [(ident, name or ident) for ident, name in frame.select(key, "name").iter_rows()]
    seen = Counter(name for _, name in pairs)
    return {ident: name if seen[name] == 1 else f"{name} ({ident})" for ident, name in pairs}


class Names:
    """Names of places, groups, needs, resources, modes, recipes and periods of one economy."""

    def __init__(self, economy: Economy) -> None:
        modes = [
            *economy.routes["mode"].unique(maintain_order=True),
            *economy.modes["mode"].unique(maintain_order=True),
        ]
        self.place: Mapping[str, str] = names_of(economy.places, "place")
        self.group: Mapping[str, str] = names_of(economy.groups, "group")
        self.need: Mapping[str, str] = names_of(economy.needs, "need")
        self.resource: Mapping[str, str] = names_of(economy.resources, "resource")
        self.mode: Mapping[str, str] = spaced(modes)
        self.recipe: Mapping[str, str] = spaced(economy.recipes["recipe"].unique(maintain_order=True))
        self.period: Mapping[int, str] = {t: economy.horizon.name(t) for t in range(economy.horizon.periods)}
        self.resource_unit: Mapping[str, str] = dict(economy.resources.select("resource", "unit").iter_rows())
        self.need_unit: Mapping[str, str] = dict(economy.needs.select("need", "unit").iter_rows())

    @property
    def span(self) -> str:
        """The whole horizon, e.g. ``November 2022 to March 2023``."""
        first, last = self.period[0], self.period[len(self.period) - 1]
        return first if first == last else f"{first} to {last}"

    def when(self, period: int) -> str:
        """Return a period's name; beyond the horizon, that it is after the plan."""
        return self.period.get(period, "after the plan")


def spaced(idents: Iterable[str]) -> dict[str, str]:
    """Return ids that have no name of their own, with spaces for underscores."""
    return {ident: ident.replace("_", " ") for ident in idents}
