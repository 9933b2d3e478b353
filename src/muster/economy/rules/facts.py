"""What several rules derive from an economy, each worked out once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from muster.economy.amounts import masses
from muster.economy.economy import Economy



@dataclass(frozen=True)
class Facts:
    """An economy and what rules derive from it."""

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
    def heads(self) -> pl.DataFrame:
        """``place``, ``group``, ``people``: the most there are at any time within the horizon; nobody is left out."""
        people = self.economy.people.drop_nulls(["place", "group", "people"])
        inside = in_force(people, ["place", "group"], self.economy)
        heads = inside.group_by("place", "group", maintain_order=True).agg(pl.col("people").max())
        return heads.filter(pl.col("people") > 0)

    @cached_property
    def standards(self) -> pl.DataFrame:
        """``place``, ``group``, ``need``, ``people``, ``floor``, ``gap``: the largest floor and norm less covered that apply.

        One row for each group at each place and each need for which some row of norms applies to them, if only of 0.
        """
        norms = self.economy.norms.drop_nulls(["need", "floor", "norm"])
        norms = in_force(norms, ["group", "need", "place"], self.economy).with_columns(
            gap=pl.col("norm") - pl.col("covered").fill_null(0.0)
        )
        norms = norms.group_by("group", "need", "place").agg(
            pl.col("since").min(), pl.col("floor").max(), pl.col("gap").max()
        )
        found = self.heads.join(norms.select("need").unique().sort("need"), how="cross")
        for rank, named in enumerate((("place", "group"), ("place",), ("group",), ())):
            found = _with_rank(found, norms, named, rank)
        floors, gaps = [[f"{name}{rank}" for rank in range(4)] for name in ("floor", "gap")]
        found = found.filter(pl.any_horizontal(pl.col(gaps).is_not_null()))
        return found.select(
            "place", "group", "need", "people", floor=pl.max_horizontal(floors), gap=pl.max_horizontal(gaps)
        )

    @cached_property
    def claims(self) -> pl.DataFrame:
        """``place``, ``group``, ``need``, ``people``, ``floor``: who must be given something from outside."""
        return self.standards.filter(pl.col("gap") > 0).drop("gap")

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


def in_force(frame: pl.DataFrame, key: list[str], economy: Economy) -> pl.DataFrame:
    """Return the rows of a dated table that hold within the horizon: of those from before it, the latest of each key.

    Adds ``since``: the row's first day, not before the start.
    """
    horizon = economy.horizon
    dated = frame.with_columns(since=pl.col("from").fill_null(horizon.start)).filter(pl.col("since") < horizon.end)
    before = dated.filter(pl.col("since") <= horizon.start).sort("since", maintain_order=True)
    latest = before.unique(key, keep="last", maintain_order=True).with_columns(since=pl.lit(horizon.start))
    return pl.concat([latest, dated.filter(pl.col("since") > horizon.start)])


def _with_rank(found: pl.DataFrame, norms: pl.DataFrame, named: tuple[str, ...], rank: int) -> pl.DataFrame:
    """Add the norms that name just ``named``, where nothing that wins over them holds from their first day on."""
    blank = [name for name in ("place", "group") if name not in named]
    here = norms.filter(*(pl.col(name).is_null() for name in blank)).drop(blank)
    here = here.rename({name: f"{name}{rank}" for name in ("since", "floor", "gap")})
    found = found.join(here, on=["need", *named], how="left", maintain_order="left")
    if rank == 0:
        return found
    winning = pl.min_horizontal([f"since{above}" for above in range(rank)])
    loses = winning <= pl.col(f"since{rank}")
    return found.with_columns(
        pl.when(loses).then(None).otherwise(pl.col(f"{name}{rank}")).alias(f"{name}{rank}") for name in ("floor", "gap")
    )
