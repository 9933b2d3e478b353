"""Plan: a frozen set of tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from muster.economy.economy import Economy
from muster.errors import Fault, PlanError


@dataclass(frozen=True, eq=False)
class Plan:
    """What to do: the answer to an economy, with its proof.

    Attributes:
        economy: What was planned.
        met, given, dispatches, runs, balances, reserves, levels, reasons, lots: Frames of the plan folder, columns
            as in ``PLAN_TABLES`` (``reasons`` is ``why.csv``).
        goals: One record per goal, as in ``muster plan --json``.
        proof: Arrays of the certificate, by name.
        packs: Frame of ``packs.csv``; ``None`` where whole packs were not asked for.
        solver: What solved it, with its version.
        seconds: Wall time of planning.
        peak_mib: Largest memory of the process while planning.
        altered: Files of the folder it was read from that are not as they were written.
    """

    economy: Economy
    met: pl.DataFrame
    given: pl.DataFrame
    dispatches: pl.DataFrame
    runs: pl.DataFrame
    balances: pl.DataFrame
    reserves: pl.DataFrame
    levels: pl.DataFrame
    reasons: pl.DataFrame
    lots: pl.DataFrame
    goals: tuple[Mapping[str, Any], ...]
    proof: Mapping[str, NDArray[np.generic]] = field(default_factory=dict, repr=False)
    packs: pl.DataFrame | None = None
    solver: str = ""
    seconds: float = 0.0
    peak_mib: float = 0.0
    altered: tuple[str, ...] = ()

    def summary(self) -> dict[str, Any]:
        """Return what ``muster plan --json`` prints: goals with their values, time and memory; packs if asked for."""
        return {
            "title": self.economy.title,
            "economy_sha256": self.economy.sha256,
            "periods": self.economy.horizon.periods,
            "claims": self.met.height,
            "step": self.economy.step,
            "slack": self.economy.slack,
            "goals": [_shown(goal) for goal in self.goals],
            "seconds": self.seconds,
            "peak_mib": self.peak_mib,
            "solver": self.solver,
            **({} if self.packs is None else {"packs": _packs(self.packs)}),
        }

    def why(self, place: str, *, need: str | None = None, period: int | None = None) -> pl.DataFrame:
        """Return what holds a place at its level: limits with their share of the explanation, in plain sentences.

        Args:
            place: Id or name of the place.
            need: Only this need, by id or name.
            period: Only this period (0 is the first).
        Returns:
            Rows of ``why.csv``: for each need that is not met in full what holds it, largest share first, at every
            claim that stands as low as the lowest; none where everything is met or nobody has a claim.
        Raises:
            PlanError: No such place or need.
        """
        from muster.plan.why import explain, rows

        found = explain(self, place, need=need, period=period, tried=False)
        return pl.concat([self.reasons.clear(), *(rows(each) for each in found)])

    def write(self, path: str | PathLike[str]) -> Path:
        """Write the plan folder, all but the report; a plan that lies there is replaced once the new one is whole.

        Raises:
            PlanError: Something other than a plan lies there.
            OSError: Nothing may be written there.
        """
        from muster.economy.beside import folder_beside
        from muster.plan.folder import refuse_other, write

        refuse_other(Path(path))
        with folder_beside(Path(path), replaces=True) as unfinished:
            write(self, unfinished)
        return Path(path)


def _packs(packs: pl.DataFrame) -> dict[str, int]:
    """Return how many dispatches have packs, how many are whole, and how many packs and trips there are."""
    sent = packs.drop_nulls(["resource", "pack"])
    return {
        "dispatches": sent.height,
        "whole": sent["packs"].count(),
        "packs": int(sent["packs"].sum()),
        "trips": int(packs["trips"].sum()),
    }


def _shown(goal: Mapping[str, Any]) -> dict[str, Any]:
    """Return a goal's record as it is printed: of the last goal only what was reached."""
    last = ("goal", "value", "tonne_km")
    return {key: value for key, value in goal.items() if goal["goal"] != "effort" or key in last}


def known_id(table: pl.DataFrame, column: str, asked: str) -> str:
    """Return the id in a table of places or needs that was asked for by id or by name, in capitals or not.

    Raises:
        PlanError: There is none; it names the nearest.
    """
    ids: dict[str, str] = dict(zip(table["name"].fill_null(table[column]), table[column], strict=True))
    if asked in ids.values():
        return asked
    if asked in ids:
        return ids[asked]
    named = [*ids.items(), *((ident, ident) for ident in ids.values())]
    alike = {ident for name, ident in named if name.lower() == asked.lower()}
    if len(alike) == 1:
        return alike.pop()
    near = get_close_matches(asked, [*ids, *ids.values()], 1)
    raise PlanError(
        Fault(
            what=f"the plan knows no {column} called {asked}.",
            where=column,
            seen=asked,
            do=f'did you mean "{near[0]}"?' if near else f"ask for one of: {', '.join(list(ids)[:8])}",
            rule="P4",
        )
    )
