"""Use cases around a plan: make it, verify it, report it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from muster.economy import read
from muster.economy.beside import file_beside, folder_beside
from muster.errors import EconomyError, Fault
from muster.plan import folder, proof, share_out
from muster.plan.options import Listener, PlanOptions
from muster.plan.plan import Plan
from muster.report import html, xlsx

REPORT = "report.html"
"""Name of the report inside a plan folder."""


@dataclass(frozen=True)
class Planned:
    """A plan that has been written.

    Attributes:
        plan: The plan.
        folder: Where it lies; the report is in it.
        warnings: What looked wrong in the economy and did not stand in the way.
    """

    plan: Plan
    folder: Path
    warnings: tuple[Fault, ...]

    @property
    def report(self) -> Path:
        """Where the report lies."""
        return self.folder / REPORT


def plan_economy(path: Path, *, to: Path | None, options: PlanOptions, progress: Listener | None = None) -> Planned:
    """Read an economy, share it out and write the plan folder with its report.

    Args:
        path: Folder of tables or one XLSX.
        to: Plan folder; a plan that lies there is replaced once the new one is whole. ``None``: see ``plan_folder_of``.
        options: Choices that override those of the economy.
        progress: Told where planning stands.
    Raises:
        EconomyError: The tables have faults.
        PlanError: Something other than a plan lies at ``to``, or no plan could be made.
        OSError: ``to`` cannot be written.
    """
    to = to or plan_folder_of(path)
    refuse_to_replace(to)
    economy, faults = read.inspect(path)
    if economy is None or any(fault.severity == "fault" for fault in faults):
        raise EconomyError(faults)
    plan = share_out(economy, options=options, progress=progress)
    report = html.render(plan)
    with folder_beside(to, replaces=True) as unfinished:
        folder.write(plan, unfinished, report=report)
    return Planned(plan, to, tuple(faults))


def verify_plan(economy: Path, plan: Path, *, exact: bool = False) -> proof.Verdict:
    """Check a plan and its proof against an economy, without a solver.

    Args:
        economy: Folder of tables or one XLSX.
        plan: Plan folder.
        exact: Reckon the bounds in fractions, where that is not too much.
    Raises:
        EconomyError: The economy has faults.
        PlanError: The plan cannot be read.
    """
    return proof.verify(read.read(economy), folder.read(plan), exact=exact)


def write_report(plan: Path, *, to: Path | None) -> Path:
    """Write what people open and return the file.

    Args:
        plan: Plan folder.
        to: A file that ends in ``.html`` or ``.xlsx``; ``None``: the report inside the plan folder.
    Raises:
        PlanError: The plan cannot be read.
        OSError: ``to`` cannot be written.
    """
    to = to or plan / REPORT
    assert to.suffix in (".html", ".xlsx"), to
    made = folder.read(plan)
    with file_beside(to) as unfinished:
        if to.suffix == ".xlsx":
            xlsx.write(made, unfinished)
        else:
            unfinished.write_text(html.render(made), encoding="utf-8")
    return to


def plan_folder_of(economy: Path) -> Path:
    """Return where a plan goes if nobody says: ``NAME-plan`` in the current folder.

    Somebody who stands in the economy's own folder gets the plan beside that folder.
    """
    whole = economy.resolve()
    name = f"{whole.stem if whole.is_file() else whole.name}-plan"
    return whole.with_name(name) if Path.cwd() == whole else Path(name)


def refuse_to_replace(to: Path) -> None:
    """Raise unless a plan folder can be written at ``to``, before any work is done for it.

    Raises:
        PlanError: Something other than a plan lies there (rule C2).
        OSError: Nothing may be written there.
    """
    folder.refuse_other(to)
    above = next(each for each in to.resolve().parents if each.exists())
    with folder_beside(above / f".{to.name}.try"):
        pass
    (above / f".{to.name}.try").rmdir()
