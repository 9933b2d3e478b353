"""Recipes and plants as arrays: what a run takes and gives, and how often it can run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from muster.plan.sets import Floats, Ints, Sets, positions


@dataclass(frozen=True)
class Plants:
    """Where recipes run (S plants: one for a place and recipe, L lines of recipes, T periods).

    Attributes:
        recipes: Ids (in order of ``recipes``).
        place, recipe: Positions (S).
        runs: Most runs in each period; infinite where there is no limit, 0 where there is no plant (S × T).
        line_recipe, line_resource: Positions (L).
        line_use: ``input``, ``output`` or ``occupied`` (L).
        line_quantity: Units for one run (L).
        line_ready: Period in which an output of each period's runs can be used; T or more is after the horizon (L × T).
    """

    recipes: tuple[str, ...]
    place: Ints
    recipe: Ints
    runs: Floats
    line_recipe: Ints
    line_resource: Ints
    line_use: tuple[str, ...]
    line_quantity: Floats
    line_ready: Ints

    def lines(self, use: str) -> Ints:
        """Return the lines of a use."""
        return np.flatnonzero([each == use for each in self.line_use]).astype(np.int32)


def plants_of(sets: Sets) -> Plants:
    """Return the plants of an economy; rows of one place and recipe add up."""
    lines, frame, horizon = sets.economy.recipes, sets.economy.plants, sets.horizon
    recipes = tuple(dict.fromkeys(lines["recipe"]))
    pairs = frame.select("place", "recipe").unique(maintain_order=True)
    index = {pair: s for s, pair in enumerate(pairs.iter_rows())}
    runs = np.zeros((len(pairs), horizon.periods))
    for row in frame.iter_rows(named=True):
        days = np.array(horizon.days_within(row["from"], row["until"]), dtype=np.float64)
        each = np.inf if row["runs_per_day"] is None else row["runs_per_day"]
        runs[index[row["place"], row["recipe"]]] += np.multiply(days, each, where=days > 0, out=np.zeros_like(days))
    ready = [_ready(sets, days, periods) for days, periods in lines.select("after_days", "after_periods").iter_rows()]
    return Plants(
        recipes=recipes,
        place=positions(pairs["place"], sets.places),
        recipe=positions(pairs["recipe"], recipes),
        runs=runs,
        line_recipe=positions(lines["recipe"], recipes),
        line_resource=positions(lines["resource"], sets.resources),
        line_use=tuple(lines["use"]),
        line_quantity=lines["quantity"].to_numpy(),
        line_ready=np.array(ready, dtype=np.int32).reshape(len(lines), horizon.periods),
    )


def _ready(sets: Sets, after_days: int | None, after_periods: int | None) -> list[int]:
    """Return for each period when what ran in it is ready: days count from the period's last day."""
    horizon = sets.horizon
    if after_periods:
        return [t + after_periods for t in range(horizon.periods)]
    wait = timedelta(days=(after_days or 0) - 1)
    return [horizon.period_of(after + wait) for after in horizon.starts[1:]]
