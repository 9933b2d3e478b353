"""What several rules derive from an economy, each worked out once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from muster.economy.economy import Economy
from muster.economy.rules.basics import Basics
from muster.economy.rules.supply import Supply


@dataclass(frozen=True)
class Facts(Basics):
    """An economy, who is where and what they must have, and what can get to them."""

    @cached_property
    def supply(self) -> Supply:
        """Where each resource is and where it can get to."""
        return Supply(self)

    @cached_property
    def heads(self) -> pl.DataFrame:
        """``place``, ``group``, ``people``: the most there are at any time within the horizon; nobody is left out."""
        people = self.economy.people.drop_nulls(["place", "group", "people"])
        inside = in_force(people, ["place", "group"], self.economy)
        heads = inside.group_by("place", "group", maintain_order=True).agg(pl.col("people").max())
        return heads.filter(pl.col("people") > 0)

    @cached_property
    def standards(self) -> pl.DataFrame:
        """``place``, ``group``, ``need``, ``people``, ``floor``, ``gap``: the largest that apply.

        One row for each group at each place and each need for which some row of norms applies to them, if only of 0;
        ``gap`` is the norm less what is covered.
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
