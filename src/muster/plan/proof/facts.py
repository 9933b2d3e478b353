"""What the tables of an economy say, worked out period by period for the check of a plan.

This is a second reading of the format, on purpose: it shares no code with the reading that makes the linear program.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import wraps

import numpy as np
import polars as pl

from muster import units
from muster.economy.economy import Economy
from muster.economy.tables import LINE, TABLES

POOL = ""
"""The place of pooled resources."""

_EVER, _NEVER = date.min, date.max


@dataclass(frozen=True)
class Facts:
    """An economy with its names as enumerations and its horizon as a frame.

    Attributes:
        economy: The tables.
        names: One enumeration for each of ``place``, ``group``, ``need``, ``resource``, ``mode``, ``recipe``; the first
            name is the empty one: the pool, or every group.
        calendar: One row per period: ``period``, ``start``, ``after`` (first day of the next), ``days``.
        resources: One row per resource: ``resource``, ``unit``, ``mass_t`` (null: cannot travel), ``keep``, ``pooled``,
            ``effort``.
        labels: One row per ``resource`` and ``class``.
        known: What has been worked out of them, so that it is once.
    """

    economy: Economy
    names: Mapping[str, pl.Enum]
    calendar: pl.DataFrame
    resources: pl.DataFrame
    labels: pl.DataFrame
    known: dict[str, pl.DataFrame] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def periods(self) -> int:
        """How many periods there are."""
        return self.economy.horizon.periods

    def table(self, name: str) -> pl.DataFrame:
        """Return a table with its defaults filled in and its names as enumerations; a blank name is the empty one."""
        if name not in self.known:
            self.known[name] = self._coded(name)
        return self.known[name]

    def _coded(self, name: str) -> pl.DataFrame:
        coded = {
            column.name: "place" if column.name in ("from", "to", "parent") else column.name
            for column in TABLES[name].columns
            if column.kind == "text"
        }
        filled = {column.name: column.default for column in TABLES[name].columns if column.default is not None}
        frame: pl.DataFrame = self.economy.tables[name]
        return frame.drop(LINE).with_columns(
            [pl.col(column).fill_null(value) for column, value in filled.items()]
            + [
                pl.col(column).fill_null("").cast(self.names[kind])
                for column, kind in coded.items()
                if kind in self.names
            ]
        )

    def period_of(self, days: pl.Series) -> pl.Series:
        """Return the period that contains each day: -1 before the start, ``periods`` after the end."""
        starts = np.array(self.economy.horizon.starts, dtype="datetime64[D]")
        counted = np.searchsorted(starts, days.to_numpy().astype("datetime64[D]"), side="right") - 1
        return pl.Series(days.name, counted, dtype=pl.Int64)

    def within(self, rows: pl.DataFrame, *, since: str, until: str) -> pl.DataFrame:
        """Return each row once per period with days inside its half-open window, with their number in ``days_open``."""
        return (
            rows.join(self.calendar, how="cross")
            .with_columns(
                first=pl.max_horizontal(pl.col(since).fill_null(_EVER), "start"),
                end=pl.min_horizontal(pl.col(until).fill_null(_NEVER), "after"),
            )
            .with_columns(days_open=(pl.col("end") - pl.col("first")).dt.total_days())
            .filter(pl.col("days_open") > 0)
        )


def _once(work_out: Callable[[Facts], pl.DataFrame]) -> Callable[[Facts], pl.DataFrame]:
    """Let something be worked out of the same facts once, however many ask."""
    name = f"{work_out.__name__}()"  # unlike any table's

    @wraps(work_out)
    def known(facts: Facts) -> pl.DataFrame:
        if name not in facts.known:
            facts.known[name] = work_out(facts)
        return facts.known[name]

    return known


def know(economy: Economy) -> Facts:
    """Return the facts of an economy whose tables are free of faults."""
    ids = {
        "place": economy.places["place"],
        "group": economy.groups["group"],
        "need": economy.needs["need"],
        "resource": economy.resources["resource"],
        "mode": pl.concat([economy.routes["mode"], economy.modes["mode"], economy.carries["mode"]]),
        "recipe": economy.recipes["recipe"],
    }
    names = {
        kind: pl.Enum(pl.concat([pl.Series([""]), found.alias("")]).unique(maintain_order=True))
        for kind, found in ids.items()
    }
    horizon = economy.horizon
    calendar = pl.DataFrame(
        {
            "period": range(horizon.periods),
            "start": horizon.starts[:-1],
            "after": horizon.starts[1:],
            "days": horizon.days,
        },
        schema={"period": pl.Int64, "start": pl.Date, "after": pl.Date, "days": pl.Int64},
    )
    facts = Facts(economy, names, calendar, pl.DataFrame(), pl.DataFrame())
    table = facts.table("resources")
    mass = {unit: units.mass_t(unit) for unit in table["unit"].unique()}
    known = {unit: float(tonnes) for unit, tonnes in mass.items() if tonnes is not None}
    resources = table.select(
        "resource",
        "unit",
        pl.coalesce("mass_t", pl.col("unit").replace_strict(known, default=None, return_dtype=pl.Float64)),
        "keep",
        "pooled",
        "effort",
    )
    labels = (
        table.select("resource", pl.col("class").fill_null("").str.split(" "))
        .explode("class")
        .filter(pl.col("class") != "")
        .unique(maintain_order=True)
    )
    return Facts(economy, names, calendar, resources, labels)


@_once
def starting(facts: Facts) -> pl.DataFrame:
    """Return what is held at the start: ``place``, ``resource``, ``expires`` (null: it does not), ``quantity``."""
    rows = _in_own_unit(facts, facts.table("stocks"), "quantity")
    return rows.group_by("place", "resource", "expires").agg(pl.col("quantity").sum())


@_once
def arrivals(facts: Facts) -> pl.DataFrame:
    """Return what becomes available in the horizon: ``place``, ``resource``, ``period``, ``quantity``."""
    table = facts.table("arrivals")
    once = _in_own_unit(facts, table.filter(pl.col("on").is_not_null()), "quantity")
    once = once.with_columns(period=facts.period_of(once["on"])).select("place", "resource", "period", "quantity")
    steady = _in_own_unit(facts, table.filter(pl.col("per_day").is_not_null()), "per_day")
    steady = facts.within(steady, since="from", until="until").select(
        "place", "resource", "period", quantity=pl.col("per_day") * pl.col("days_open")
    )
    return (
        pl.concat([once, steady])
        .filter(pl.col("period").is_between(0, facts.periods - 1))
        .group_by("place", "resource", "period")
        .agg(pl.col("quantity").sum())
    )


@_once
def openings(facts: Facts) -> pl.DataFrame:
    """Return each opening of each route in each period with an open day, in both directions where it says so.

    Returns:
        ``opening`` (rows of routes, then those of both directions the other way round), ``from``, ``to``, ``mode``,
        ``period``, ``arrives``, ``capacity_t`` (of the whole period; null: no limit),
        ``loss``, ``distance_km``.
    """
    table = facts.table("routes")
    back = table.filter("both").rename({"from": "to", "to": "from"}).select(table.columns)
    every = pl.concat([table, back]).with_row_index("opening")
    rows = facts.within(every, since="opens", until="closes")
    there = rows.select(day=pl.col("first") + pl.duration(days="lead_days"))["day"]
    return rows.with_columns(
        arrives=facts.period_of(there),
        capacity_t=pl.col("capacity_t_per_day") * pl.col("days_open"),
    ).select("opening", "from", "to", "mode", "period", "arrives", "capacity_t", "loss", "distance_km")


@_once
def people(facts: Facts) -> pl.DataFrame:
    """Return who is where on each period's first day: ``place``, ``group``, ``period``, ``people``, ``days``."""
    return (
        _latest(facts, facts.table("people"), "place", "group")
        .filter(pl.col("people") > 0)
        .select("place", "group", "period", "people", "days")
    )


@_once
def claims(facts: Facts) -> pl.DataFrame:
    """Return everybody who must be served: people and a norm above 0.

    Returns:
        ``place``, ``group``, ``need``, ``period``, ``start``, ``days``, ``people``, ``floor``, ``norm``, ``covered``.
        The row of norms that names the place wins, then one that names the group, then the latest.
    """
    rows = _latest(facts, facts.table("norms"), "group", "need", "place")
    rows = rows.select("group", "need", "place", "period", row=pl.struct("floor", "norm", "covered"))
    found = people(facts).join(facts.table("needs").select("need"), how="cross")
    forms = ((True, True), (True, False), (False, True), (False, False))
    for number, (names_place, names_group) in enumerate(forms):
        fits = rows.filter(
            (pl.col("place") != "") if names_place else (pl.col("place") == ""),
            (pl.col("group") != "") if names_group else (pl.col("group") == ""),
        )
        by = ["need", "period"] + ["place"] * names_place + ["group"] * names_group
        found = found.join(fits.select(*by, pl.col("row").alias(f"row_{number}")), on=by, how="left")
    found = found.with_columns(row=pl.coalesce(*(f"row_{number}" for number in range(len(forms)))))
    return (
        found.filter(pl.col("row").is_not_null())
        .unnest("row")
        .filter(pl.col("norm") > 0)
        .join(facts.calendar.select("period", "start"), on="period")
        .select("place", "group", "need", "period", "start", "days", "people", "floor", "norm", "covered")
    )


def _latest(facts: Facts, rows: pl.DataFrame, *keys: str) -> pl.DataFrame:
    """Return for each key and period the row with the latest ``from`` up to the period's first day."""
    since = rows.with_columns(pl.col("from").fill_null(facts.economy.horizon.start))
    return (
        since.join(facts.calendar, how="cross")
        .filter(pl.col("from") <= pl.col("start"))
        .sort("from", maintain_order=True)
        .unique([*keys, "period"], keep="last", maintain_order=True)
    )


def _in_own_unit(facts: Facts, rows: pl.DataFrame, column: str) -> pl.DataFrame:
    """Return the rows with a quantity in its resource's unit."""
    rows = (
        rows.drop("unit")
        .with_columns(given_unit=rows["unit"])
        .join(facts.resources.select("resource", "unit"), on="resource")
    )
    pairs = rows.select("given_unit", "unit").drop_nulls().unique().rows()
    factors = pl.DataFrame(
        [(given, own, float(units.factor(given, own))) for given, own in pairs],
        schema={"given_unit": pl.String, "unit": pl.String, "factor": pl.Float64},
        orient="row",
    )
    return rows.join(factors, on=["given_unit", "unit"], how="left").with_columns(
        pl.col(column) * pl.col("factor").fill_null(1.0)
    )
