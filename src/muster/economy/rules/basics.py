"""What nearly every rule wants to know of an economy, each worked out once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from muster.economy.amounts import masses
from muster.economy.economy import Economy


@dataclass(frozen=True)
class Basics:
    """An economy, and which resources and plants it has."""

    economy: Economy

    @cached_property
    def masses(self) -> pl.DataFrame:
        """``resource``, ``mass_t``: tonnes per unit, null where the resource cannot travel."""
        return masses(self.economy).drop_nulls("resource").unique("resource", keep="first", maintain_order=True)

    @cached_property
    def labels(self) -> pl.DataFrame:
        """``resource``, ``class``: one row for each label of each resource."""
        labels = self.economy.resources.select("resource", pl.col("class").str.split(" ")).explode("class")
        return labels.filter(pl.col("class").str.len_bytes() > 0).drop_nulls()

    @cached_property
    def pooled(self) -> frozenset[str]:
        """Resources with one pool for the whole economy."""
        return frozenset(self.economy.resources.filter("pooled")["resource"].drop_nulls())

    @cached_property
    def runnable(self) -> Mapping[str, pl.DataFrame]:
        """Rows of ``recipes`` by recipe, of those recipes that have a plant at some time within the horizon."""
        recipes = self.economy.recipes.drop_nulls(["recipe", "resource", "use"])
        planted = recipes.join(self.plants.select("recipe"), on="recipe", how="semi")
        return {str(name[0]): frame for name, frame in planted.group_by("recipe", maintain_order=True)}

    @cached_property
    def plants(self) -> pl.DataFrame:
        """Rows of ``plants`` that can run on some day of the horizon."""
        horizon = self.economy.horizon
        return self.economy.plants.drop_nulls(["place", "recipe"]).filter(
            pl.col("runs_per_day").is_null() | (pl.col("runs_per_day") > 0),
            pl.col("from").is_null() | (pl.col("from") < horizon.end),
            pl.col("until").is_null() | (pl.col("until") > horizon.start),
        )

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Names of places that say more than their id."""
        places = self.economy.places.select("place", "name").drop_nulls()
        return {place: name for place, name in places.iter_rows() if name.casefold() != place.casefold()}

    def called(self, place: str) -> str:
        """Return a place's id, with its name where that says more."""
        return f"{place} ({self.names[place]})" if place in self.names else place
