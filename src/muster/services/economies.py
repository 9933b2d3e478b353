"""Use cases around an economy: start one, check it, describe it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from muster.economy import describe, new, read
from muster.economy.economy import Economy
from muster.errors import Fault


@dataclass(frozen=True)
class Contents:
    """How much an economy holds, in a few numbers.

    Attributes:
        title: For people.
        places, resources, periods: How many.
        people: Most people of all places together in any period.
        span: First and last period, e.g. ``November 2026 to January 2027``.
        rows: Rows by table.
    """

    title: str
    places: int
    people: float
    resources: int
    periods: int
    span: str
    rows: Mapping[str, int]


@dataclass(frozen=True)
class Reading:
    """What was found in a folder of tables.

    Attributes:
        contents: What was read, or ``None`` where faults stand in the way.
        faults: Everything found, faults and warnings, worst first.
    """

    contents: Contents | None
    faults: Sequence[Fault]


def check_economy(path: Path) -> Reading:
    """Read and check an economy (folder, XLSX or Parquet) and return what was found; raises nothing for bad tables."""
    economy, faults = read.inspect(path)
    whole = economy is not None and not any(fault.severity == "fault" for fault in faults)
    return Reading(contents_of(economy) if economy is not None and whole else None, tuple(faults))


def contents_of(economy: Economy) -> Contents:
    """Return how much an economy holds."""
    horizon = economy.horizon
    first, last = horizon.name(0), horizon.name(horizon.periods - 1)
    return Contents(
        title=economy.title,
        places=economy.places.height,
        people=max(_people_on(economy, day) for day in horizon.starts[:-1]),
        resources=economy.resources.height,
        periods=horizon.periods,
        span=first if first == last else f"{first} to {last}",
        rows={name: frame.height for name, frame in economy.tables.items()},
    )


def _people_on(economy: Economy, day: date) -> float:
    """Return the people of all places together: for each place and group the latest row not after ``day``."""
    here = economy.people.with_columns(since=pl.col("from").fill_null(date.min)).filter(pl.col("since") <= day)
    latest = here.sort("since").group_by("place", "group").agg(pl.col("people").last())
    return float(latest["people"].sum())


def new_economy(path: Path, *, example: str | None) -> Path:
    """Make the folder ``path``: empty tables with headers, or a copy of a shipped example.

    Returns:
        The folder.
    Raises:
        EconomyError: The folder is in use, or there is no such example.
    """
    return new.new(path, example=example, examples=examples_folder())


def describe_economy(path: Path) -> Path:
    """Write the Frictionless descriptor of an economy beside its tables and return the file.

    Raises:
        EconomyError: The tables cannot be read.
    """
    return describe.describe(path)


def examples_folder() -> Path:
    """Return where the shipped examples lie: inside the installed package, or in the checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "examples"
    return installed if installed.is_dir() else package.parents[1] / "examples"
