"""Reading an economy: a folder of CSV or Parquet tables, or one XLSX workbook."""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike
from pathlib import Path

from muster.economy.cells import typed
from muster.economy.check import check
from muster.economy.economy import Economy
from muster.economy.folder import Found, read_folder
from muster.economy.suspects import stand_out
from muster.economy.tables import TABLES
from muster.economy.workbook import read_workbook
from muster.errors import EconomyError, Fault


def parse(path: str | PathLike[str]) -> tuple[Economy | None, list[Fault]]:
    """Read an economy and collect every fault of its format; the rules between tables are not looked at.

    Args:
        path: A folder of tables with ``economy.toml``, or an XLSX workbook.
    Returns:
        The economy, in which cells at fault are null and their rows stay, and the faults. The economy is ``None`` where
        nothing sensible can be built: no such folder, or no date to start from.
    """
    given = Path(path)
    found, fault = _open(given)
    if found is None:
        return None, [fault] if fault else []
    faults = found.faults
    frames, files = {}, {}
    for grid in found.grids:
        frames[grid.table], more = typed(grid, TABLES[grid.table])
        files[grid.table] = grid.file
        faults += more
    faults += stand_out(frames, files)
    faults += [
        Fault(f"The table {table.name} is missing.", given.name, "no such table", f"add it: {table.meaning}", "F2")
        for table in TABLES.values()
        if table.required and table.name not in found.seen
    ]
    options = found.options
    if options is None:
        return None, faults
    named = {"title": options.title, "horizon": options.horizon, "goals": options.goals}
    bounds = {"step": options.step, "slack": options.slack}
    return Economy(**named, **bounds, shapes=found.shapes, files=files, **frames), faults  # type: ignore[arg-type]


def inspect(path: str | PathLike[str]) -> tuple[Economy | None, list[Fault]]:
    """Read an economy and check it by every rule.

    Returns:
        The economy (see ``parse``) and all faults and warnings, worst first.
    """
    economy, faults = parse(path)
    if economy is not None:
        faults = [*faults, *check(economy, found=faults)]
    return economy, worst_first(faults)


def read(path: str | PathLike[str]) -> Economy:
    """Return the economy at ``path``, read and checked; warnings are passed over.

    Raises:
        EconomyError: Anything breaks the format or a rule; carries all faults and warnings.
    Example:
        >>> read("examples/two-villages").places["place"].to_list()
        ['depot', 'valley', 'hill']
    """
    economy, faults = inspect(path)
    if economy is None or any(fault.severity == "fault" for fault in faults):
        raise EconomyError(faults)
    return economy


def worst_first(faults: Iterable[Fault]) -> list[Fault]:
    """Return faults before warnings, otherwise in the order in which they were found."""
    return sorted(faults, key=lambda fault: fault.severity != "fault")


def _open(path: Path) -> tuple[Found | None, Fault | None]:
    if path.is_dir():
        return read_folder(path), None
    if path.is_file() and path.suffix.casefold() in (".xlsx", ".xlsm"):
        return read_workbook(path), None
    if not path.exists():
        do = 'check the path; "muster new" makes an economy to start from'
        return None, Fault("There is no such folder or workbook.", str(path), "nothing", do, "F1")
    do = "give a folder of tables, or an Excel workbook (.xlsx)"
    return None, Fault("This is neither a folder of tables nor an Excel workbook.", str(path), path.name, do, "F1")
