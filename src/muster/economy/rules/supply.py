"""Where each resource is or comes to be, and where it can get to.

The bounds are hopeful, so that a warning drawn from them is true: when a route opens, capacities and quantities are
left out of account, and a place counts as reached if a single kilogram could get there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from muster.economy.rules.basics import Basics
from muster.economy.tables import LINE

Days = NDArray[np.float64]
"""Days from the start to the earliest day something can be at each place (P places); infinity is never."""

Mask = NDArray[np.bool_]
"""Which of the roads (one per row of ``roads``)."""


@dataclass(frozen=True)
class Supply:
    """Where resources are, the roads that are open some day, and what can get where."""

    basics: Basics

    @cached_property
    def there(self) -> pl.DataFrame:
        """``place`` (null: pooled), ``resource``, ``day`` from the start: stocks, arrivals and what plants can make."""
        held = [_stocks(self.basics), _arrivals(self.basics)]
        found = set(pl.concat(held)["resource"])
        recipes = dict(self.basics.runnable)
        while made := [name for name, frame in recipes.items() if _taken(frame) <= found]:
            for name in made:
                found |= set(_outputs(recipes.pop(name))["resource"])
        return pl.concat([*held, _products(self.basics, set(self.basics.runnable) - set(recipes))])

    @cached_property
    def found(self) -> frozenset[str]:
        """Resources of which there is any, somewhere, some day."""
        return frozenset(self.there["resource"])

    @cached_property
    def roads(self) -> pl.DataFrame:
        """``start``, ``end`` (positions), ``mode``, ``lead`` (days), ``distance_km``, ``_line``: one way each."""
        economy = self.basics.economy
        routes = economy.routes.drop_nulls(["from", "to", "mode"]).filter(
            pl.col("opens").is_null() | (pl.col("opens") < economy.horizon.end),
            pl.col("closes").is_null() | (pl.col("closes") > economy.horizon.start),
            pl.col("capacity_t_per_day").is_null() | (pl.col("capacity_t_per_day") > 0),
            pl.col("loss").is_null() | (pl.col("loss") < 1),
        )
        back = routes.filter("both").rename({"from": "to", "to": "from"})
        columns = ["from", "to", "mode", pl.col("lead_days").fill_null(0).alias("lead"), "distance_km", LINE]
        directed = pl.concat([routes.select(columns), back.select(columns)])
        position = self.positions
        directed = directed.join(position.rename({"place": "from", "position": "start"}), on="from")
        directed = directed.join(position.rename({"place": "to", "position": "end"}), on="to")
        return directed.drop("from", "to").sort("start", "end", "lead")

    @cached_property
    def positions(self) -> pl.DataFrame:
        """``place``, ``position``: every place once, counted from 0."""
        places = self.basics.economy.places.select("place").drop_nulls().unique(maintain_order=True)
        return places.with_row_index("position").select("place", pl.col("position").cast(pl.Int64))

    @cached_property
    def carriers(self) -> Mapping[str, pl.Series]:
        """For each resource that can travel, which roads carry it (Boolean, one per road)."""
        carries = self.basics.economy.carries.drop_nulls("mode")
        everything = set(self.roads["mode"].unique()) - set(carries["mode"])
        everything |= set(carries.filter(pl.col("class").is_null())["mode"])
        labelled = self.basics.labels.join(carries.drop_nulls("class"), on="class").select("resource", "mode")
        modes = {str(name[0]): set(frame["mode"]) for name, frame in labelled.group_by("resource")}
        travels = self.basics.masses.drop_nulls()["resource"]
        return {
            resource: self.roads["mode"].is_in(sorted(everything | modes.get(resource, set())))
            for resource in travels
            if resource not in self.basics.pooled
        }

    @cached_property
    def fuels(self) -> pl.DataFrame:
        """``mode``, ``resource``, ``per_t_km``, ``per_t``: what travelling takes where it starts, or from the pool."""
        modes = self.basics.economy.modes.drop_nulls(["mode", "resource"])
        amounts = modes.with_columns(pl.col("per_t_km", "per_t").fill_null(0.0))
        return amounts.group_by("mode", "resource", maintain_order=True).agg(pl.col("per_t_km", "per_t").sum())

    @cached_property
    def short(self) -> pl.DataFrame:
        """``road`` (its row in ``roads``), ``resource``: roads of no use, as that is never where they start."""
        taken = self.roads.with_row_index("road").join(self.fuels, on="mode")
        taken = taken.filter(pl.col("per_t") + pl.col("per_t_km") * pl.col("distance_km").fill_null(1.0) > 0)
        passable = np.ones(self.roads.height, dtype=bool)
        while True:
            short = pl.concat(
                [taken.clear(), *(self._lacking(frame, passable) for _, frame in taken.group_by("resource"))]
            )
            left = np.ones_like(passable)
            left[short["road"].to_numpy()] = False
            if (left == passable).all():
                return short.select("road", "resource").sort("road", "resource")
            passable = left

    @cached_property
    def passable(self) -> Mask:
        """Roads that something can travel."""
        passable = np.ones(self.roads.height, dtype=bool)
        passable[self.short["road"].to_numpy()] = False
        return passable

    @cached_property
    def reach(self) -> Mapping[str, Days]:
        """For each resource of which there is any, the earliest day it can be at each place."""
        return {resource: self._days(resource, self.passable) for resource in sorted(self.found)}

    def leaving(self, resource: str) -> Mask:
        """Return the roads that carry a resource, whether or not something can travel them."""
        carried = self.carriers.get(resource)
        return np.zeros(self.roads.height, dtype=bool) if carried is None else carried.to_numpy()

    def way(self, resource: str, lead: NDArray[np.float64]) -> Days:
        """Return the shortest way to each place from any place that has the resource itself, ``lead`` days a road."""
        own = np.isfinite(self._own(resource))
        return self._shortest(np.where(own, 0.0, np.inf), self.leaving(resource) & self.passable, lead)

    def _lacking(self, taken: pl.DataFrame, passable: Mask) -> pl.DataFrame:
        """Return the rows of ``taken`` (one resource) whose road starts where the resource never is."""
        days = self._days(taken["resource"][0], passable)
        return taken.filter(pl.Series(np.isinf(days[taken["start"].to_numpy()])))

    def _days(self, resource: str, passable: Mask) -> Days:
        lead = self.roads["lead"].cast(pl.Float64).to_numpy()
        return self._shortest(self._own(resource), self.leaving(resource) & passable, lead)

    def _own(self, resource: str) -> Days:
        """Return the first day a resource is at each place without being brought; from the pool it is everywhere."""
        here = self.there.filter(pl.col("resource") == resource)
        days = np.full(self.positions.height, np.inf)
        if resource in self.basics.pooled:
            days[:] = here["day"].min() if here.height else np.inf
            return days
        placed = here.group_by("place").agg(pl.col("day").min()).join(self.positions, on="place")
        days[placed["position"].to_numpy()] = placed["day"].to_numpy()
        return days

    def _shortest(self, own: Days, usable: Mask, lead: NDArray[np.float64]) -> Days:
        """Return the earliest day at each place, starting from ``own`` and going by ``usable`` roads.

        Wave by wave: from places whose day has become earlier, along all their roads. (scipy's shortest paths are no
        quicker here, and take most of a second to load.)
        """
        starts, ends = (self.roads[name].to_numpy()[usable] for name in ("start", "end"))
        taken = lead[usable]
        first = np.searchsorted(starts, np.arange(len(own) + 1))
        days, wave = own.copy(), np.flatnonzero(np.isfinite(own))
        while len(wave):
            counts = first[wave + 1] - first[wave]
            offsets = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
            roads = np.repeat(first[wave], counts) + offsets
            before = days.copy()
            np.minimum.at(days, ends[roads], days[starts[roads]] + taken[roads])
            wave = np.flatnonzero(days < before)
        return days


def _stocks(basics: Basics) -> pl.DataFrame:
    start = basics.economy.horizon.start
    good = pl.col("expires").is_null() | (pl.col("expires") >= start)
    held = basics.economy.stocks.filter(pl.col("quantity") > 0, good)
    return held.select("place", "resource", day=pl.lit(0.0)).drop_nulls("resource")


def _arrivals(basics: Basics) -> pl.DataFrame:
    horizon = basics.economy.horizon
    arrivals = basics.economy.arrivals.drop_nulls("resource")
    once = arrivals.filter(pl.col("quantity") > 0, pl.col("on") >= horizon.start).with_columns(first=pl.col("on"))
    steady = arrivals.filter(
        pl.col("per_day") > 0, pl.col("until").is_null() | (pl.col("until") > horizon.start)
    ).with_columns(first=pl.col("from").fill_null(horizon.start))
    both = pl.concat([once, steady]).filter(pl.col("first") < horizon.end)
    return both.select("place", "resource", day=_since(horizon.start, "first"))


def _products(basics: Basics, recipes: set[str]) -> pl.DataFrame:
    """Return what the plants of ``recipes`` make, where, and from which day on at the earliest."""
    start = basics.economy.horizon.start
    plants = basics.plants.filter(pl.col("recipe").is_in(sorted(recipes)))
    plants = plants.select("place", "recipe", first=_since(start, pl.col("from").fill_null(start)))
    made = _outputs(basics.economy.recipes.drop_nulls(["recipe", "resource"])).select(
        "recipe", "resource", after=pl.col("after_days").fill_null(0)
    )
    products = plants.join(made, on="recipe", maintain_order="left")
    pooled = pl.col("resource").is_in(sorted(basics.pooled))
    place = pl.when(pooled).then(None).otherwise(pl.col("place")).alias("place")
    return products.select(place, "resource", day=pl.col("first") + pl.col("after"))


def _since(start: date, day: pl.Expr | str) -> pl.Expr:
    """Return the days from the start, none before it."""
    column = pl.col(day) if isinstance(day, str) else day
    return (column - start).dt.total_days().clip(0).cast(pl.Float64)


def _taken(recipe: pl.DataFrame) -> set[str]:
    return set(recipe.filter(pl.col("use") != "output", pl.col("quantity") > 0)["resource"])


def _outputs(recipes: pl.DataFrame) -> pl.DataFrame:
    return recipes.filter(pl.col("use") == "output", pl.col("quantity") > 0)
