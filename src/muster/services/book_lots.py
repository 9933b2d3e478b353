"""Lots of a book for a plan: those that are good until the same period are planned with as one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl

from muster.economy.read import read
from muster.economy.tables import LINE
from muster.economy.write import replace_tables


def join_lots(folder: Path) -> int:
    """Make one stock of those of a place and resource that expire in the same period, or after the last one.

    A plan reckons in periods, so it is the same plan; but each lot flows by itself, and a book that is a year old has
    hundreds. The stock has the earliest of the days; what outlives the horizon has none.

    Args:
        folder: The economy; its ``stocks`` are written anew.
    Returns:
        Rows that were saved.
    Raises:
        EconomyError: The economy has faults.
        OSError: The folder cannot be written.
    """
    economy = read(folder)
    horizon, stocks = economy.horizon, economy.stocks

    def until(day: date) -> int:
        return min(horizon.period_of(day), horizon.periods)

    dated = stocks.with_columns(_until=pl.col("expires").map_elements(until, return_dtype=pl.Int64))
    outlives = pl.col("_until") >= horizon.periods
    dated = dated.with_columns(
        pl.when(outlives).then(None).otherwise(pl.col("expires")).alias("expires"),
        pl.when(outlives).then(None).otherwise(pl.col("_until")).alias("_until"),
    ).with_columns(expires=pl.col("expires").min().over("resource", "_until"))
    alike = [name for name in stocks.columns if name not in ("quantity", "lot", LINE)]
    lots = pl.col("lot").drop_nulls()
    joined = dated.group_by(alike, maintain_order=True).agg(
        pl.col("quantity").sum(),
        lot=pl.when(lots.len() > 1)
        .then(pl.format("{} and {} more", lots.first(), lots.len() - 1))
        .otherwise(lots.first()),
    )
    numbered = joined.with_columns(pl.int_range(2, joined.height + 2, dtype=pl.Int64).alias(LINE))
    replace_tables(replace(economy, stocks=numbered.select(stocks.columns)), folder, tables=["stocks"])
    return stocks.height - joined.height
