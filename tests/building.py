"""Small economies for tests, written as rows; what a row leaves out takes the default of its column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import polars as pl

from muster.economy.economy import Economy, Horizon
from muster.economy.rules.facts import Facts
from muster.economy.rules.rule import Rule
from muster.economy.tables import LINE, TABLES

Row = Mapping[str, Any]


def frame(table: str, rows: Iterable[Row]) -> pl.DataFrame:
    """Return the frame a reader would give for these rows, as if they stood in a file from line 2 on.

    Dates may be ISO text. A required cell that is left out is null, as after a fault of reading.
    """
    schema = TABLES[table]
    filled = []
    for line, row in enumerate(rows, start=2):
        unknown = set(row) - set(schema.schema)
        assert not unknown, f"{table} has no column {', '.join(sorted(unknown))}"
        cells = {column.name: _cell(column.kind, row.get(column.name, column.default)) for column in schema.columns}
        filled.append({**cells, LINE: row.get(LINE, line)})
    return pl.DataFrame(filled, schema=schema.schema, orient="row")


def build(
    *,
    title: str = "Test",
    start: date | str = "2026-11-01",
    period: str = "month",
    periods: int = 3,
    options: Mapping[str, Any] | None = None,
    **tables: Iterable[Row],
) -> Economy:
    """Return an economy from lists of rows: ``build(resources=[{"resource": "flour", "unit": "t"}], …)``.

    ``options`` are further fields of ``Economy``: goals, step, slack, shapes, files.
    """
    first = date.fromisoformat(start) if isinstance(start, str) else start
    frames = {name: frame(name, rows) for name, rows in tables.items()}
    return Economy(title, Horizon(first, period, periods), **dict(options or {}), **frames)


def _cell(kind: str, value: Any) -> Any:
    if kind == "date" and isinstance(value, str):
        return date.fromisoformat(value)
    return float(value) if kind == "number" and value is not None else value


def told(rule: Rule, **economy: Any) -> list[str]:
    """Return the messages of one rule about ``build(**economy)``, as they are shown."""
    return [fault.text() for fault in rule(Facts(build(**economy)))]


def message(what: str, *, where: str = "", seen: str = "", do: str = "", rule: str = "") -> str:
    """Return the text of a message in its five fields, to compare with what was told."""
    fields = {"where": where, "seen": seen, "do": do, "rule": rule}
    return "\n".join([what, *(f"  {name + ':':<7}{value}" for name, value in fields.items() if value)])
