"""A folder of tables -> grids: which file is which table, and what does not belong there."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from muster.economy.csv_text import read_csv
from muster.economy.format import near
from muster.economy.grid import Grid
from muster.economy.options import Options, from_toml
from muster.economy.parquet import read_parquets
from muster.economy.shapes import read_shapes
from muster.economy.tables import OPTIONS, SHAPES, TABLES
from muster.errors import Fault

OPTIONS_FILE = f"{OPTIONS}.toml"
_BESIDE = (".md", ".txt", ".rst", ".pdf")
BOOK_FILE = "book.toml"
"""What names of a book mean here; read by ``muster book economy`` alone."""

_ALSO_BESIDE = frozenset({"datapackage.json", BOOK_FILE, "license", "licence", "readme"})


@dataclass
class Found:
    """What was found in a folder or workbook, on its way to an economy.

    Attributes:
        options, grids, shapes: What could be read.
        faults: What could not.
        seen: Tables that are there, whether they could be read or not.
    """

    options: Options | None = None
    grids: list[Grid] = field(default_factory=list)
    shapes: dict[str, Any] | None = None
    faults: list[Fault] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)


def read_folder(folder: Path) -> Found:
    """Return the options, grids and shapes in a folder, and every fault of its files."""
    found = Found()
    names = sorted(path.name for path in folder.iterdir())
    parquets: dict[str, Path] = {}
    for table in TABLES:
        forms = [name for name in (f"{table}.csv", f"{table}.parquet") if name in names]
        found.seen |= {table} if forms else set()
        if len(forms) > 1:
            found.faults.append(
                Fault("A table is there twice.", ", ".join(forms), table, "keep one of the files", "F2")
            )
        elif forms == [f"{table}.csv"]:
            _read_csv(folder / forms[0], table, found)
        elif forms:
            parquets[table] = folder / forms[0]
    grids, faults = read_parquets(parquets)
    found.grids += grids
    found.faults += faults
    _read_options(folder, names, found)
    if SHAPES in names:
        data = _bytes(folder / SHAPES, found)
        if data is not None:
            found.shapes, faults = read_shapes(data, file=SHAPES)
            found.faults += faults
    found.faults += [fault for name in names if (fault := _stranger(folder / name, names))]
    return found


def _read_csv(path: Path, table: str, found: Found) -> None:
    data = _bytes(path, found)
    if data is None:
        return
    grid, faults = read_csv(data, table=table, file=path.name)
    found.faults += faults
    if grid:
        found.grids.append(grid)


def _read_options(folder: Path, names: list[str], found: Found) -> None:
    if OPTIONS_FILE not in names:
        do = f'write {OPTIONS_FILE} with start = 2026-11-01, period = "month", periods = 5; "muster new" makes one'
        found.faults.insert(
            0, Fault("The settings of the economy are missing.", OPTIONS_FILE, "no such file", do, "F1")
        )
        return
    data = _bytes(folder / OPTIONS_FILE, found)
    if data is not None:
        found.options, faults = from_toml(data, file=OPTIONS_FILE)
        found.faults += faults


def _bytes(path: Path, found: Found) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError as refused:
        do = "make it a file that you may read"
        found.faults.append(Fault("A file cannot be opened.", path.name, refused.strerror or "", do, "F1"))
        return None


def _stranger(path: Path, names: list[str]) -> Fault | None:
    """Return a fault where a file or folder has no place in an economy."""
    name = path.name
    known = [f"{table}.csv" for table in TABLES] + [f"{table}.parquet" for table in TABLES] + [OPTIONS_FILE, SHAPES]
    if (
        name in known
        or name.startswith((".", "~$"))
        or name.casefold().endswith(_BESIDE)
        or name.casefold() in _ALSO_BESIDE
    ):
        return None
    nearest = near(name, known)
    if nearest in names:
        hint = f'"{nearest}", which has nearly this name, is there too: put the rows together'
    else:
        hint = f'did you mean "{nearest}"? rename it' if nearest else "an economy has " + ", ".join(TABLES)
    what = "A folder stands among the tables." if path.is_dir() else "A file is not a table of an economy."
    return Fault(what, name, name, f"{hint}, or move it elsewhere", "F2")
