"""Amounts in the unit of their resource, and what a unit of a resource weighs."""

from __future__ import annotations

from fractions import Fraction

import polars as pl

from muster import units
from muster.economy.economy import Economy


def in_resource_units(economy: Economy, frame: pl.DataFrame, column: str) -> pl.Series:
    """Return an amount of each row of ``stocks`` or ``arrivals`` in the unit of the row's resource.

    Every value is the decimal number as written, converted exactly and rounded once.

    Args:
        economy: Whose resources say the units.
        frame: Rows of ``stocks`` or ``arrivals`` (R rows).
        column: ``quantity`` or ``per_day``.
    Returns:
        Float64 with R rows, in row order; null where the amount is blank, the resource does not exist or the unit
        cannot be converted.
    """
    own = economy.resources.select("resource", own="unit").drop_nulls().unique("resource", keep="first")
    rows = frame.select("resource", "unit", amount=pl.col(column)).join(
        own, on="resource", how="left", maintain_order="left"
    )
    rows = rows.with_columns(unit=pl.coalesce("unit", "own"))
    amounts = rows["amount"].set(rows["own"].is_null(), None)
    other = rows.filter(pl.col("unit") != pl.col("own"))
    for unit, own_unit in other.select("unit", "own").unique(maintain_order=True).iter_rows():
        pair = (rows["unit"] == unit) & (rows["own"] == own_unit)
        amounts = _converted(amounts, pair.fill_null(False), _factor(unit, own_unit))
    return amounts.rename(column)


def masses(economy: Economy) -> pl.DataFrame:
    """Return what one unit of each resource weighs.

    Returns:
        ``resource``, ``mass_t`` (Float64, tonnes per unit), in the order of ``resources``: as written, else from the
        unit where that is a mass, else null, which means that the resource cannot travel.
    """
    own = {unit: units.mass_t(unit) for unit in economy.resources["unit"].drop_nulls().unique()}
    known = {unit: float(mass) for unit, mass in own.items() if mass is not None}
    derived = pl.col("unit").replace_strict(known, default=None, return_dtype=pl.Float64)
    return economy.resources.select("resource", mass_t=pl.coalesce("mass_t", derived))


def _factor(unit: str, own: str) -> Fraction | None:
    try:
        return units.factor(unit, own)
    except units.UnitError:
        return None


def _converted(amounts: pl.Series, pair: pl.Series, factor: Fraction | None) -> pl.Series:
    """Return ``amounts`` with those of one pair of units multiplied by ``factor``; one step per distinct value."""
    if factor is None:
        return amounts.set(pair, None)
    values = amounts.filter(pair).drop_nulls().unique()
    exact = [float(Fraction(repr(value)) * factor) for value in values]
    converted = amounts.replace_strict(values, exact, default=None, return_dtype=pl.Float64) if len(values) else amounts
    return converted.zip_with(pair, amounts) if len(values) else amounts
