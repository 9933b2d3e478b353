"""An economy to start from: empty tables with headers, or a copy of an example."""

from __future__ import annotations

import shutil
from os import PathLike
from pathlib import Path

from muster.economy.beside import folder_beside
from muster.economy.folder import OPTIONS_FILE
from muster.economy.format import did_you_mean, shown
from muster.economy.tables import TABLES
from muster.errors import EconomyError, Fault

_SETTINGS = """\
# What the plan is for. Every line that begins with # is a remark.
title   = "My economy"

# The horizon: first day, length of a period (day, week, month or year), number of periods.
start   = 2026-11-01
period  = "month"
periods = 5

# What matters, the most important first; effort is the last.
# floor: what people need to survive · reserve: what is held back · norm: the full standard
# effort: what the plan uses up
goals   = ["floor", "reserve", "norm", "effort"]

# Width of a band of fairness: a smaller step shares out more finely and takes longer.
step    = 0.05

# How far somebody may slip, as a fraction of their level, for the sake of others.
slack   = 0.001
"""


def new(path: str | PathLike[str], *, example: str | None = None, examples: Path | None = None) -> Path:
    """Make a folder with an economy to start from.

    Args:
        path: A folder that does not exist or is empty.
        example: Name of the example to copy, e.g. ``two-villages``; ``None`` makes empty tables.
        examples: Folder in which the examples lie.
    Returns:
        The folder.
    Raises:
        EconomyError: Something is there already, or there is no such example; nothing is written then.
    """
    target = Path(path)
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        do = "give a new name, or empty the folder"
        raise EconomyError(Fault("Something is there already.", str(target), str(target), do, "F1"))
    source = _example(example, examples) if example is not None else None
    with folder_beside(target) as folder:
        if source is None:
            _write_empty(folder)
        else:
            for file in sorted(source.iterdir()):
                if file.is_file():
                    shutil.copyfile(file, folder / file.name)
    return target


def examples_in(folder: Path | None) -> list[str]:
    """Return the names of the examples in a folder, sorted."""
    return sorted(path.parent.name for path in folder.glob(f"*/{OPTIONS_FILE}")) if folder else []


def _example(name: str, examples: Path | None) -> Path:
    names = examples_in(examples)
    if examples is None or name not in names:
        do = (
            f"{did_you_mean(name, names)}the examples are {', '.join(names)}"
            if names
            else "install muster again, with its examples"
        )
        raise EconomyError(Fault("There is no such example.", str(examples or "examples"), shown(name), do, "F1"))
    return examples / name


def _write_empty(folder: Path) -> None:
    (folder / OPTIONS_FILE).write_bytes(_SETTINGS.encode())
    for table in TABLES.values():
        header = ",".join(column.name for column in table.columns)
        (folder / f"{table.name}.csv").write_bytes(f"{header}\n".encode())
