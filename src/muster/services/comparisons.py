"""Use cases around a comparison: put the policies side by side, and look at one that was kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from muster.economy import read
from muster.economy.beside import file_beside, folder_beside
from muster.errors import Fault, PlanError
from muster.plan import comparison, folder
from muster.plan.comparison import Comparison, compare
from muster.plan.options import Listener, PlanOptions
from muster.report import comparing, html
from muster.report.names import Names
from muster.services.places import read_plan

PAGE, TABLE, CURVE = "comparison.html", "comparison.csv", "curve.csv"
"""Names inside a folder of a comparison; beside them lies a plan folder for each policy."""


@dataclass(frozen=True)
class Compared:
    """A comparison that has been made, and written where that was asked for.

    Attributes:
        comparison: The plans side by side.
        price: The price of fairness, in sentences.
        page: The page; ``None`` where none was asked for.
        folder: Folder with the plans; ``None`` where none was asked for.
    """

    comparison: Comparison
    price: tuple[str, ...]
    page: Path | None
    folder: Path | None


def compare_policies(
    path: Path,
    *,
    policies: Iterable[str],
    to: Path | None,
    options: PlanOptions,
    progress: Listener | None = None,
) -> Compared:
    """Read an economy, share it out by several policies, and write what was asked for.

    Args:
        path: Folder of tables or one XLSX.
        policies: Which, in this order.
        to: A file that ends in ``.html`` takes the page; any other name is a folder for the page, the table, the curve
            and each plan. ``None`` writes nothing.
        options: Choices that override those of the economy.
        progress: Told where planning stands.
    Raises:
        EconomyError: The tables have faults.
        PlanError: There is no such policy, no plan could be made, or something else lies at ``to``.
        OSError: ``to`` cannot be written.
    """
    if to is not None and to.suffix != ".html":
        _refuse_other(to)
    found = compare(read.read(path), policies=policies, options=options, progress=progress)
    price = comparing.price(found)
    if to is None:
        return Compared(found, price, None, None)
    page = comparing.render(found)
    if to.suffix == ".html":
        with file_beside(to) as unfinished:
            unfinished.write_text(page, encoding="utf-8")
        return Compared(found, price, to, None)
    with folder_beside(to, replaces=True) as unfinished:
        (unfinished / PAGE).write_text(page, encoding="utf-8")
        found.table.write_csv(unfinished / TABLE)
        found.curve.write_csv(unfinished / CURVE)
        for policy, plan in found.plans.items():
            folder.write(plan, unfinished / policy, report=html.render(plan))
    return Compared(found, price, to / PAGE, to)


@dataclass(frozen=True)
class Kept:
    """A comparison as its folder holds it.

    Attributes:
        title, span: Of the economy.
        measure: See ``Comparison``.
        table, curve: See ``Comparison``.
    """

    title: str
    span: str
    measure: str
    table: pl.DataFrame
    curve: pl.DataFrame

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The table, row by row."""
        return self.table.to_dicts()

    @property
    def price(self) -> tuple[str, ...]:
        """The price of fairness, in sentences."""
        return comparing.price(self)

    @property
    def picture(self) -> str:
        """Everybody in a row, a curve for each policy, as SVG with a legend."""
        return comparing.picture(self)


def comparison_folders(comparisons: Path) -> tuple[Path, ...]:
    """Return the comparisons inside a folder, the one written last first; what is being written is none yet."""
    there = comparisons.iterdir() if comparisons.is_dir() else ()
    found = [each for each in there if not each.name.startswith(".") and (each / TABLE).is_file()]
    return tuple(sorted(found, key=lambda each: (-(each / TABLE).stat().st_mtime_ns, each.name)))


def comparison_folder(comparisons: Path, name: str) -> Path:
    """Return the comparison of a name.

    Raises:
        PlanError: There is none inside the folder.
    """
    known = comparison_folders(comparisons)
    for each in known:
        if each.name == name:
            return each
    do = f"choose one of: {', '.join(each.name for each in known)}" if known else "make one first"
    raise PlanError(Fault("There is no comparison of this name.", "the comparison", name[:100], do, "P2"))


def kept_comparison(path: Path) -> Kept:
    """Return what the folder of a comparison holds.

    Raises:
        PlanError: A file of it cannot be read.
    """
    try:
        frames = [
            pl.read_csv(path / name, schema_overrides=dict(schema), infer_schema=False).select(list(schema))
            for name, schema in ((TABLE, comparison.TABLE), (CURVE, comparison.CURVE))
        ]
    except (pl.exceptions.PolarsError, OSError) as error:
        do = "it was changed after it was made: compare anew"
        raise PlanError(Fault("The comparison cannot be read.", str(path), str(error)[:200], do, "P3")) from error
    table, curve = frames
    plan = read_plan(path / table["policy"][0])
    measure = "floor" if (plan.met["floor"] > 0).any() else "norm"
    return Kept(plan.economy.title, Names(plan.economy).span, measure, table, curve)


def _refuse_other(to: Path) -> None:
    if to.exists() and not (to / TABLE).is_file() and (not to.is_dir() or any(to.iterdir())):
        raise PlanError(
            Fault(
                what=f"{to} is already there and is not a comparison, so it is left as it is.",
                where=str(to),
                seen=f"a folder without {TABLE}" if to.is_dir() else "a file",
                do="name another folder with --to, or move this one away",
                rule="C2",
            )
        )
