"""Parquet files -> grids, read in another process: a damaged file can end the process that reads it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import polars as pl

from muster.economy.csv_text import too_wide
from muster.economy.format import shown
from muster.economy.grid import MOST_COLUMNS, Grid, tidy, without_blank_rows
from muster.economy.guard import ask, fault_of
from muster.economy.tables import LINE
from muster.errors import Fault


def read_parquets(paths: dict[str, Path]) -> tuple[list[Grid], list[Fault]]:
    """Return the grids of Parquet files by table, and what is wrong with them; the first row is line 2, as in CSV."""
    if not paths:
        return [], []
    grids: list[Grid] = []
    faults: list[Fault] = []
    with tempfile.TemporaryDirectory(prefix="muster-") as folder:
        targets = {table: Path(folder) / f"{table}.arrow" for table in paths}
        answers = ask([{"path": str(path.resolve()), "to": str(targets[table])} for table, path in paths.items()])
        for (table, path), answer in zip(paths.items(), answers, strict=True):
            do = "write it again, or give the table as CSV"
            if fault := fault_of(answer, file=path.name, kind="The Parquet file", do=do):
                faults.append(fault)
                continue
            grid, more = _grid(table, path.name, answer, targets[table])
            faults += more
            grids += [grid] if grid else []
    return grids, faults


def _grid(table: str, file: str, answer: dict[str, Any], arrow: Path) -> tuple[Grid | None, list[Fault]]:
    header = tuple(name.strip() for name in answer["columns"])
    if len(header) > MOST_COLUMNS:
        return None, [too_wide(table, f"{file}:1", len(header))]
    do = "store it as text, numbers, dates or yes and no"
    faults = [
        Fault(
            "A column is of a type that cannot stand in a table.",
            f"{file}:1, column {shown(name)}",
            shown(kind),
            do,
            "F4",
        )
        for name, kind in answer["refused"].items()
    ]
    frame = pl.read_ipc(arrow.read_bytes())
    cells = frame.with_row_index(LINE, offset=2).select(pl.exclude(LINE), pl.col(LINE).cast(pl.Int64))
    return Grid(table, file, header, without_blank_rows(tidy(cells))), faults
