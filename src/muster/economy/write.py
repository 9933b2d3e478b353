"""Writing an economy: a folder of CSV or Parquet tables, or one XLSX workbook. Read again, it is the same economy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from os import PathLike
from pathlib import Path
from typing import Literal

import polars as pl

from muster.economy.beside import file_beside, folder_beside
from muster.economy.cells import read_back, texts
from muster.economy.economy import Economy
from muster.economy.folder import OPTIONS_FILE
from muster.economy.options import from_values, settings, toml
from muster.economy.shapes import read_shapes, written
from muster.economy.sheets import MOST_ROWS, write_workbook
from muster.economy.tables import LINE, SHAPES, TABLES
from muster.errors import EconomyError, Fault

Form = Literal["csv", "xlsx", "parquet"]


def write(economy: Economy, path: str | PathLike[str], *, form: Form | None = None) -> Path:
    """Write an economy so that reading gives it back exactly; only the lines of the rows are new.

    No cell can be taken for a formula: no text of an economy begins with ``=``, ``+``, ``-`` or ``@`` (rule F10), and
    what would break that rule is not written. Tables without rows are left out, but for those every economy has.

    Args:
        economy: What to write.
        path: A folder that does not exist or is empty (``csv``, ``parquet``), or a file that is replaced (``xlsx``).
        form: How to write it; not said: ``xlsx`` where the path ends so, else ``csv``.
    Returns:
        The path. All is written beside it first and takes its name when it is whole.
    Raises:
        EconomyError: Something could not be read back as it is, or other files lie in the folder.
    """
    target = Path(path)
    form = form or ("xlsx" if target.suffix.casefold() == ".xlsx" else "csv")
    faults = _not_read_back(economy, TABLES) + _settings_not_read_back(economy) + _in_the_way(economy, target, form)
    if faults:
        raise EconomyError(faults)
    tables = [name for name, frame in economy.tables.items() if frame.height or TABLES[name].required]
    if form == "xlsx":
        with file_beside(target) as file:
            write_workbook(economy, file, tables=tables)
        return target
    with folder_beside(target) as folder:
        (folder / OPTIONS_FILE).write_bytes(toml(economy).encode())
        for name in tables:
            _write_table(economy.tables[name], folder / f"{name}.{form}", name, form)
        if economy.shapes is not None:
            (folder / SHAPES).write_bytes(written(economy.shapes).encode())
    return target


def replace_tables(economy: Economy, folder: Path, *, tables: Sequence[str]) -> list[Path]:
    """Write some tables of an economy in the place of those that lie in its folder; everything else stays as it is.

    Each is written beside its file first, and none takes its place before all are whole.

    Args:
        economy: What to write; a table that was read from Parquet is written so again.
        folder: The folder that it was read from.
        tables: Names of the tables; without rows, the header alone is written.
    Returns:
        The files.
    Raises:
        EconomyError: Something could not be read back as it is; nothing was written.
        OSError: The folder cannot be written.
    """
    faults = _not_read_back(economy, tables)
    if faults:
        raise EconomyError(faults)
    written = []
    with ExitStack() as whole:
        for name in tables:
            target = folder / economy.file(name)
            unfinished = whole.enter_context(file_beside(target))
            _write_table(economy.tables[name], unfinished, name, "parquet" if target.suffix == ".parquet" else "csv")
            written.append(target)
    return written


def _write_table(frame: pl.DataFrame, file: Path, name: str, form: Form) -> None:
    if form == "csv":
        texts(frame, TABLES[name]).write_csv(file)
    else:
        frame.drop(LINE).write_parquet(file)


def _not_read_back(economy: Economy, tables: Iterable[str]) -> list[Fault]:
    """Return what would not come back as it is, although it is in one of these tables."""
    faults: list[Fault] = []
    for name in tables:
        frame = economy.tables[name]
        back, found = read_back(frame, TABLES[name])
        faults += [fault for fault in found if fault.severity == "fault"]
        if not found and not back.drop(LINE).equals(frame.drop(LINE)):
            do = "trim every text, and leave no cell of an optional column with a default blank"
            faults.append(
                Fault(f"The table {name} would not be read back as it is.", name, _first(frame, back), do, "F10")
            )
    return faults


def _settings_not_read_back(economy: Economy) -> list[Fault]:
    """Return what would not come back as it is of the settings or the shapes."""
    options, faults = from_values(settings(economy), where=lambda key: key)
    if not faults and options is not None and settings(options) != settings(economy):
        do = "trim the title and take numbers for step and slack"
        faults.append(Fault("The settings would not be read back as they are.", OPTIONS_FILE, economy.title, do, "F12"))
    return faults + _shapes_not_read_back(economy)


def _first(frame: pl.DataFrame, back: pl.DataFrame) -> str:
    """Return the first column and row in which two frames differ."""
    for name in frame.columns if frame.height == back.height else []:
        differs = frame[name].ne_missing(back[name])
        if name != LINE and differs.any():
            return f"column {name}, row {differs.arg_max()}"
    return "a row without anything in it"


def _shapes_not_read_back(economy: Economy) -> list[Fault]:
    if economy.shapes is None:
        return []
    try:
        back, faults = read_shapes(written(economy.shapes).encode(), file=SHAPES)
    except (TypeError, ValueError, RecursionError):
        back, faults = None, []
    if not faults and back != economy.shapes:
        do = "take text as keys, and finite numbers"
        faults = [Fault("The shapes would not be read back as they are.", SHAPES, "not JSON", do, "F13")]
    return faults


def _in_the_way(economy: Economy, target: Path, form: Form) -> list[Fault]:
    where = str(target)
    if form == "xlsx":
        longest = max(economy.tables.values(), key=lambda frame: frame.height).height
        if longest >= MOST_ROWS:
            do = "write CSV or Parquet"
            return [Fault("A table is too long for a sheet of Excel.", where, f"{longest:,} rows", do, "F1")]
        if target.is_dir():
            return [Fault("A folder is in the way of the workbook.", where, where, "give the name of a file", "F1")]
    elif target.exists() and not (target.is_dir() and not any(target.iterdir())):
        return [Fault("Something is there already.", where, where, "give a new name, or empty the folder", "F1")]
    return []
