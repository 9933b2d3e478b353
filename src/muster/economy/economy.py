"""Economy: a frozen set of tables and a horizon."""

from __future__ import annotations

import calendar
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import polars as pl

from muster.economy.tables import GOALS, LINE, TABLES


@dataclass(frozen=True)
class Horizon:
    """The stretch of time a plan covers, cut into periods.

    Attributes:
        start: First day.
        period: ``day``, ``week``, ``month`` or ``year``.
        periods: How many.
    """

    start: date
    period: str
    periods: int

    @cached_property
    def starts(self) -> tuple[date, ...]:
        """First day of every period, and last the day after the horizon (``periods + 1`` dates)."""
        return tuple(self._advance(count) for count in range(self.periods + 1))

    @property
    def end(self) -> date:
        """The first day after the horizon."""
        return self.starts[-1]

    @cached_property
    def days(self) -> tuple[int, ...]:
        """Days in each period."""
        return tuple((b - a).days for a, b in zip(self.starts[:-1], self.starts[1:], strict=True))

    def period_of(self, day: date) -> int:
        """Return the period that contains ``day``: -1 before the start, ``periods`` after the end."""
        if day < self.start:
            return -1
        for t, after in enumerate(self.starts[1:]):
            if day < after:
                return t
        return self.periods

    def days_within(self, since: date | None, until: date | None) -> tuple[int, ...]:
        """Return for each period its days inside the half-open window [since, until)."""
        low, high = since or date.min, until or date.max
        return tuple(
            max(0, (min(b, high) - max(a, low)).days) for a, b in zip(self.starts[:-1], self.starts[1:], strict=True)
        )

    def name(self, t: int) -> str:
        """Return a period's name for people, e.g. ``November 2026``, ``week of 2 November 2026``."""
        day = self.starts[t]
        written = f"{day.day} {calendar.month_name[day.month]} {day.year}"
        if self.period == "month" and day.day == 1:
            return f"{calendar.month_name[day.month]} {day.year}"
        if self.period == "year" and (day.month, day.day) == (1, 1):
            return str(day.year)
        return written if self.period == "day" else f"{self.period} of {written}"

    def _advance(self, count: int) -> date:
        if self.period in ("day", "week"):
            return self.start + timedelta(days=count * (7 if self.period == "week" else 1))
        months = self.start.month - 1 + count * (12 if self.period == "year" else 1)
        year, month = self.start.year + months // 12, months % 12 + 1
        return date(year, month, min(self.start.day, calendar.monthrange(year, month)[1]))


def _table(name: str) -> Any:
    return field(default_factory=TABLES[name].empty, repr=False)


@dataclass(frozen=True, eq=False)
class Economy:
    """What there is and what is needed, over a horizon; every frame has the columns of its table.

    Attributes:
        title: For people.
        horizon: Start, period and number of periods.
        goals: Stages of the plan, first matters most.
        step: Width of a band of fairness.
        slack: How far somebody may slip for the sake of others (fraction of their level).
        shapes: GeoJSON feature collection with property ``place``, or ``None``.
        resources … sources: One polars frame per table, with the row's line in column ``_line``.
    """

    title: str
    horizon: Horizon
    goals: tuple[str, ...] = GOALS
    step: float = 0.05
    slack: float = 0.001
    shapes: dict[str, Any] | None = field(default=None, repr=False)
    files: Mapping[str, str] = field(default_factory=dict, repr=False)
    resources: pl.DataFrame = _table("resources")
    places: pl.DataFrame = _table("places")
    groups: pl.DataFrame = _table("groups")
    people: pl.DataFrame = _table("people")
    needs: pl.DataFrame = _table("needs")
    norms: pl.DataFrame = _table("norms")
    contents: pl.DataFrame = _table("contents")
    rations: pl.DataFrame = _table("rations")
    stocks: pl.DataFrame = _table("stocks")
    arrivals: pl.DataFrame = _table("arrivals")
    stores: pl.DataFrame = _table("stores")
    routes: pl.DataFrame = _table("routes")
    modes: pl.DataFrame = _table("modes")
    carries: pl.DataFrame = _table("carries")
    recipes: pl.DataFrame = _table("recipes")
    plants: pl.DataFrame = _table("plants")
    reserves: pl.DataFrame = _table("reserves")
    sources: pl.DataFrame = _table("sources")

    @property
    def tables(self) -> dict[str, pl.DataFrame]:
        """Every frame by the name of its table, in the order of ``TABLES``."""
        return {name: getattr(self, name) for name in TABLES}

    def file(self, table: str) -> str:
        """Return the name of the file (or sheet) a table was read from, for messages."""
        return self.files.get(table, f"{table}.csv")

    def with_options(self, **options: Any) -> Economy:
        """Return the same economy with other goals, step or slack."""
        known = {each.name for each in fields(self)} - set(TABLES)
        unknown = set(options) - known
        assert not unknown, f"no such options: {unknown}"
        same = replace(self, **options)
        if not options.keys() & {"title", "horizon"}:  # its hash is this one's, and is asked for whenever it is planned
            same.__dict__["sha256"] = self.sha256
        return same

    @cached_property
    def sha256(self) -> str:
        """Hash over the parsed tables and the horizon: the same for CSV, XLSX and Parquet of the same content."""
        horizon = self.horizon
        digest = hashlib.sha256(
            json.dumps([self.title, str(horizon.start), horizon.period, horizon.periods], ensure_ascii=False).encode()
        )
        for name, frame in self.tables.items():
            digest.update(f"\n{name}\n".encode())
            digest.update(frame.drop(LINE).write_csv().encode())
        return digest.hexdigest()
