"""Use case: what changed between two economies, table by table and row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from muster.economy.economy import Economy
from muster.economy.read import parse
from muster.economy.tables import LINE, TABLES
from muster.errors import EconomyError

MOST_ROWS = 40
"""Rows of a table that are told one by one; the rest are counted."""


@dataclass(frozen=True)
class RowChange:
    """One row that changed: ``added``, ``removed`` or ``changed``; which row; and what of it.

    Attributes:
        how: One of those three.
        row: What names it, e.g. ``AF23, flour``.
        what: Column, before, after; of a row that was added or removed: its columns, with one of both blank.
    """

    how: str
    row: str
    what: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class TableChange:
    """What changed in a table: how many rows, and the first of them."""

    table: str
    added: int
    removed: int
    changed: int
    rows: tuple[RowChange, ...]

    @property
    def left(self) -> int:
        """How many changes are not told one by one."""
        return self.added + self.removed + self.changed - len(self.rows)


@dataclass(frozen=True)
class EconomyChanges:
    """What changed from one economy to another: settings (name, before, after), and tables."""

    settings: tuple[tuple[str, str, str], ...]
    tables: tuple[TableChange, ...]

    @property
    def none(self) -> bool:
        """Whether nothing did."""
        return not self.settings and not self.tables


def economy_changes(before: Path, after: Path) -> EconomyChanges:
    """Return what changed between the tables of two economies.

    Raises:
        EconomyError: One of them cannot be read.
    """
    old, new = _read(before), _read(after)
    settings = [(name, a, b) for (name, a), (_, b) in zip(_settings(old), _settings(new), strict=True) if a != b]
    tables = [_table(name, old.tables[name], new.tables[name]) for name in TABLES]
    return EconomyChanges(tuple(settings), tuple(each for each in tables if each.added + each.removed + each.changed))


def _read(path: Path) -> Economy:
    economy, faults = parse(path)
    if economy is None:
        raise EconomyError(faults)
    return economy


def _settings(economy: Economy) -> list[tuple[str, str]]:
    horizon = economy.horizon
    return [
        ("title", economy.title),
        ("start", horizon.start.isoformat()),
        ("period", horizon.period),
        ("periods", str(horizon.periods)),
        ("goals", ", ".join(economy.goals)),
        ("step", f"{economy.step:g}"),
        ("slack", f"{economy.slack:g}"),
    ]


def _table(name: str, old: pl.DataFrame, new: pl.DataFrame) -> TableChange:
    columns = [column.name for column in TABLES[name].columns]
    key = list(TABLES[name].key) or columns
    rest = [column for column in columns if column not in key]
    old, new = (_numbered(frame.drop(LINE).select(columns), key) for frame in (old, new))
    both = old.with_columns(_old=pl.lit(True)).join(
        new.with_columns(_new=pl.lit(True)),
        on=[*key, "_copy"],
        how="full",
        coalesce=True,
        nulls_equal=True,
        suffix=" now",
        maintain_order="left_right",
    )
    was, now = pl.col("_old").is_not_null(), pl.col("_new").is_not_null()
    other = pl.any_horizontal(*(pl.col(each).ne_missing(pl.col(f"{each} now")) for each in rest), pl.lit(False))
    changed, added, removed = both.filter(was & now & other), both.filter(~was), both.filter(~now)
    rows = [
        *(_row("changed", key, row, rest) for row in changed.head(MOST_ROWS).iter_rows(named=True)),
        *(_row("added", key, row, rest) for row in added.head(MOST_ROWS).iter_rows(named=True)),
        *(_row("removed", key, row, rest) for row in removed.head(MOST_ROWS).iter_rows(named=True)),
    ]
    return TableChange(name, added.height, removed.height, changed.height, tuple(rows[:MOST_ROWS]))


def _numbered(frame: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """Number rows that have the same key, so that each finds its own."""
    return frame.with_columns(_copy=pl.int_range(pl.len()).over(key))


def _row(how: str, key: Sequence[str], row: dict[str, Any], rest: Sequence[str]) -> RowChange:
    before = {each: _said(row[each]) if how != "added" else "" for each in rest}
    after = {each: _said(row[f"{each} now"]) if how != "removed" else "" for each in rest}
    what = tuple((each, before[each], after[each]) for each in rest if before[each] != after[each])
    return RowChange(how, ", ".join(filter(None, (_said(row[each]) for each in key))), what)


def _said(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.10g}"
    return value.isoformat() if isinstance(value, date) else str(value)
