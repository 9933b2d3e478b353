"""Plans of small economies whose answers are worked out on paper.

The usual village: 1,000 people who must have 1 kg of food a day to live and 2 kg to live well. Flour is food, kilogram
for kilogram, so the village takes 1 t of flour a day for its floor and 2 t for its norm. Periods are days.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl
from building import Row, build

from muster.economy.check import check
from muster.economy.economy import Economy
from muster.plan import PlanOptions, share_out
from muster.plan.plan import Plan
from muster.plan.proof import verify

CLOSE = 1e-6
"""Two shares are the same: the solver's tolerance."""

EXACT = PlanOptions(exact=True)

FLOUR = {"resource": "flour", "unit": "t", "class": "food"}
HORIZON = {"start": "2026-11-02", "period": "day", "periods": 1}


def people(*places: str, count: float = 1000) -> list[Row]:
    """Return people of the one group, as many at each place."""
    return [{"place": place, "group": "all", "people": count} for place in places]


def flour(quantity: float, place: str = "village", **more: Any) -> Row:
    """Return a row of stocks or arrivals of flour."""
    return {"place": place, "resource": "flour", "quantity": quantity, **more}


def road(to: str = "village", since: str = "depot", **more: Any) -> Row:
    """Return a route by lorry."""
    return {"from": since, "to": to, "mode": "lorry", **more}


def small(**tables: Any) -> Economy:
    """Return the usual village with these tables; ``more_resources`` stand behind flour, ``places`` are ids.

    A test about an economy with faults would be about nothing: with MUSTER_LAWS set, each is checked, which takes long.
    """
    ids = tables.pop("places", ["village"])
    more: Iterable[Mapping[str, Any]] = tables.pop("more_resources", [])
    usual = {
        "resources": [FLOUR, *more],
        "places": [{"place": each} for each in ids],
        "groups": [{"group": "all"}],
        "people": people("village"),
        "needs": [{"need": "food", "unit": "kg"}],
        "norms": [{"need": "food", "floor": 1, "norm": 2}],
        "contents": [{"resource": "flour", "need": "food", "amount": 1000}],
    }
    economy = build(**{**HORIZON, **usual, **tables})
    if "MUSTER_LAWS" in os.environ:
        faults = [fault.text() for fault in check(economy) if fault.severity == "fault"]
        assert not faults, "\n".join(faults)
    return economy


def planned(options: PlanOptions = EXACT, **tables: Any) -> Plan:
    """Plan the usual village with these tables; the plan holds under the independent check."""
    return held(small(**tables), options)


def held(economy: Economy, options: PlanOptions = EXACT) -> Plan:
    """Plan an economy; the plan holds under the independent check."""
    plan = share_out(economy, options=options)
    verdict = verify(economy, plan)
    assert verdict.holds, "\n".join(fault.text() for fault in verdict.faults)
    return plan


def having(frame: pl.DataFrame, cells: Mapping[str, Any]) -> pl.DataFrame:
    """Return the rows that have these cells; ``since`` stands for ``from``, ``None`` for a blank."""
    named = {"from" if name == "since" else name: value for name, value in cells.items()}
    return frame.filter([pl.col(name).eq_missing(pl.lit(value)) for name, value in named.items()] or pl.lit(True))


def met(plan: Plan, standard: str = "floor", **cells: Any) -> list[float]:
    """Return how far claims are met, in the order of the plan's table (by period, place, group, need)."""
    return having(plan.met, cells)[f"met_{standard}"].to_list()


def total(frame: pl.DataFrame, column: str = "quantity", **cells: Any) -> float:
    """Return the sum of a column over the rows that have these cells."""
    return float(having(frame, cells)[column].sum())
