"""Use cases of the logistician: which plans there are, what each sends when, and who gains and loses between two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from muster.errors import Fault, PlanError
from muster.plan import folder
from muster.plan.plan import Plan
from muster.report import facts
from muster.report.names import Names
from muster.services.economy_changes import EconomyChanges, economy_changes
from muster.services.places import ALIKE, read_plan
from muster.services.plans import REPORT, write_report

ECONOMY = folder.ECONOMY
"""Name of the economy inside a plan folder."""

WORKBOOK = "plan.xlsx"
"""Name of the workbook inside a plan folder; a new plan takes the place of it too."""

LOADED = 0.0001
"""In the unit of a resource, 100 g where that is tonnes: what is less is nothing to load; the workbook has it."""

FILES = (REPORT, WORKBOOK)
"""What can be taken away."""


@dataclass(frozen=True)
class PlanHead:
    """A plan in a line.

    Attributes:
        name: Of its folder.
        title, span: Of the economy.
        written: When it was written (UTC).
        measure: ``floor``; ``norm`` where nobody is below the floor.
        people, below: With a claim, and below the measure, when they are most.
        worst, level: Name of the place whose claims are met least, and how much of the measure (0 to 1).
        altered: Files that are not as they were written.
        sha256: Of the economy it answers.
    """

    name: str
    title: str
    span: str
    written: datetime
    measure: str
    people: float
    below: float
    worst: str
    level: float
    altered: tuple[str, ...]
    sha256: str


@dataclass(frozen=True)
class Dispatch:
    """One row of a dispatch list, with names: what goes where, by what, when it is there, and how much arrives.

    Attributes:
        packs: Whole packs, e.g. ``337 × 0.05 t``; blank where the plan was made without.
    """

    source: str
    target: str
    mode: str
    resource: str
    unit: str
    quantity: float
    received: float
    tonnes: float
    arrives: str
    packs: str


@dataclass(frozen=True)
class DispatchList:
    """What a plan sends in one period.

    Attributes:
        periods: Names of all periods; ``period``: number of this one.
        rows: By from, to, mode and resource; without what nobody would load.
        left_out: How many of these there are, each under ``LOADED`` of its unit.
        tonnes: Of all rows together.
    """

    periods: tuple[str, ...]
    period: int
    rows: tuple[Dispatch, ...]
    left_out: int
    tonnes: float


@dataclass(frozen=True)
class Moved:
    """How a place stands in two plans: people, and the least it gets of the floor and of the norm before and after.

    Attributes:
        reason_before, reason: What holds it most in the earlier and in the later plan, as they say; blank: it does not.
    """

    place: str
    people: float
    floor_before: float
    floor_after: float
    norm_before: float
    norm_after: float
    reason_before: str
    reason: str

    @property
    def floor_change(self) -> float:
        """Points of the floor it gains; negative: loses."""
        return self.floor_after - self.floor_before

    @property
    def norm_change(self) -> float:
        """Points of the norm it gains; negative: loses."""
        return self.norm_after - self.norm_before


@dataclass(frozen=True)
class Differences:
    """Two plans side by side.

    Attributes:
        gain, lose: Places, those that gain or lose most first: of the floor, or of the norm where
            the floor is as it was.
        same: How many stand as before.
        only_before, only_after: Names of places that only one of the plans knows.
        same_economy: Whether both answer the very same tables.
        changes: Where not: what differs in them.
    """

    before: PlanHead
    after: PlanHead
    gain: tuple[Moved, ...]
    lose: tuple[Moved, ...]
    same: int
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    same_economy: bool
    changes: EconomyChanges | None


def plan_folders(plans: Path) -> tuple[Path, ...]:
    """Return the plan folders inside a folder, the one written last first; what is being written is none yet."""
    there = plans.iterdir() if plans.is_dir() else ()
    found = [each for each in there if not each.name.startswith(".") and (each / folder.HEAD).is_file()]
    return tuple(sorted(found, key=lambda each: (-(each / folder.HEAD).stat().st_mtime_ns, each.name)))


def plan_folder(plans: Path, name: str) -> Path:
    """Return the plan folder of a name.

    Raises:
        PlanError: There is none inside the folder.
    """
    known = plan_folders(plans)
    for each in known:
        if each.name == name:
            return each
    do = f"choose one of: {', '.join(each.name for each in known)}" if known else "make a plan first"
    raise PlanError(Fault("There is no plan of this name.", where="the plan", seen=name, do=do, rule="P2"))


def head(path: Path) -> PlanHead:
    """Return a plan in a line.

    Raises:
        PlanError: The plan cannot be read.
    """
    plan = read_plan(path)
    names, summary = Names(plan.economy), facts.headline(plan)
    return PlanHead(
        name=path.name,
        title=plan.economy.title,
        span=names.span,
        written=datetime.fromtimestamp((path / folder.HEAD).stat().st_mtime, tz=UTC),
        measure=summary.measure,
        people=summary.people,
        below=summary.below,
        worst=names.place[summary.worst] if summary.worst else "",
        level=summary.level,
        altered=plan.altered,
        sha256=plan.economy.sha256,
    )


def dispatch_list(path: Path, period: int) -> DispatchList:
    """Return what a plan sends in a period (0 is the first).

    Raises:
        PlanError: The plan cannot be read, or has no such period.
    """
    plan = read_plan(path)
    names, periods = Names(plan.economy), plan.economy.horizon.periods
    if not 0 <= period < periods:
        do = f"choose 0 ({names.period[0]}) to {periods - 1} ({names.period[periods - 1]})"
        raise PlanError(Fault("The plan has no such period.", where="the period", seen=str(period), do=do, rule="P4"))
    every = facts.dispatches(plan).filter(pl.col("period") == period)
    sent = every.filter(pl.col("quantity") >= LOADED).sort("from", "to", "mode", "resource")
    packs = _packs(plan, period, names)
    rows = tuple(
        Dispatch(
            source=names.place[row["from"]],
            target=names.place[row["to"]],
            mode=names.mode[row["mode"]],
            resource=names.resource[row["resource"]],
            unit=names.resource_unit[row["resource"]],
            quantity=row["quantity"],
            received=row["received"],
            tonnes=row["tonnes"],
            arrives=names.when(row["arrives"]),
            packs=packs.get((row["from"], row["to"], row["mode"], row["resource"]), ""),
        )
        for row in sent.iter_rows(named=True)
    )
    spans = tuple(names.period[t] for t in range(periods))
    return DispatchList(spans, period, rows, every.height - sent.height, float(sum(row.tonnes for row in rows)))


def to_take_away(path: Path, name: str) -> Path:
    """Return a file of ``FILES`` of a plan; one that is not there yet is made.

    Raises:
        PlanError: The plan cannot be read.
        OSError: The file cannot be written.
    """
    assert name in FILES, name
    return path / name if (path / name).is_file() else write_report(path, to=path / name)


def differences(before: Path, after: Path) -> Differences:
    """Return who gains and who loses from one plan to another, by the ids of places.

    Raises:
        PlanError: One of the plans cannot be read.
    """
    plans = read_plan(before), read_plan(after)
    old, new = (_standing(plan) for plan in plans)
    old_names, new_names = (Names(plan.economy).place for plan in plans)
    moved = [_moved(plans, old[place], new[place], new_names[place], place) for place in new if place in old]
    same = plans[0].economy.sha256 == plans[1].economy.sha256
    gain = [each for each in moved if _change(each) > 0]
    lose = [each for each in moved if _change(each) < 0]
    return Differences(
        before=head(before),
        after=head(after),
        gain=tuple(sorted(gain, key=lambda each: (-_change(each), each.place))),
        lose=tuple(sorted(lose, key=lambda each: (_change(each), each.place))),
        same=len(moved) - len(gain) - len(lose),
        only_before=tuple(sorted(old_names[place] for place in old if place not in new)),
        only_after=tuple(sorted(new_names[place] for place in new if place not in old)),
        same_economy=same,
        changes=None if same else economy_changes(before / folder.ECONOMY, after / folder.ECONOMY),
    )


def _standing(plan: Plan) -> dict[str, tuple[float, float, float]]:
    """Return for each place its people and the least that its claims get of floor and norm."""
    known = facts.claims(plan)
    each = known.group_by("place", "group", "period").agg(pl.col("people").max())
    people = each.group_by("place", "period").agg(pl.col("people").sum()).group_by("place").agg(pl.col("people").max())
    least = known.group_by("place").agg(pl.col("met_floor", "met_norm").min())
    rows = people.join(least, on="place", validate="1:1").select("place", "people", "met_floor", "met_norm")
    return {place: (count, floor, norm) for place, count, floor, norm in rows.iter_rows()}


def _moved(plans: Sequence[Plan], old: Sequence[float], new: Sequence[float], name: str, place: str) -> Moved:
    before, after = (_reason(plan, place) for plan in plans)
    return Moved(name, new[0], old[1], new[1], old[2], new[2], before, after)


def _reason(plan: Plan, place: str) -> str:
    """Return what holds a place most, as its plan says."""
    about = plan.reasons.filter(pl.col("place") == place).sort("worth", "sentence", descending=[True, False])
    return str(about["sentence"][0]) if about.height else ""


def _change(each: Moved) -> float:
    """Return what a place gains; what is less than can be told apart is nothing."""
    for change in (each.floor_change, each.norm_change):
        if abs(change) >= ALIKE:
            return change
    return 0.0


def _packs(plan: Plan, period: int, names: Names) -> dict[tuple[str, str, str, str], str]:
    """Return the whole packs of each dispatch of a period, where the plan was made in packs."""
    if plan.packs is None:
        return {}
    mine = plan.packs.filter(pl.col("period") == period).drop_nulls(["resource", "pack", "packs"])
    rows = mine.select("from", "to", "mode", "resource", "packs", "pack").iter_rows()
    return {
        (source, to, mode, what): f"{packs:,} × {pack:g} {names.resource_unit[what]}"
        for source, to, mode, what, packs, pack in rows
    }
