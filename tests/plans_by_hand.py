"""A plan made by hand: every flow is written down as a person would, only the carrying forward is left to the machine.

``ECONOMY`` uses nearly every table; ``plan()`` is feasible and says of itself what is so, but it is nobody's best plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl
from building import build

from muster.economy.economy import Economy
from muster.plan.plan import Plan
from muster.plan.tables import PLAN_TABLES

Ledger = Mapping[tuple[str | None, str], tuple[float, list[dict[str, float]]]]

IN, OUT = ("arrived", "received", "made"), ("used", "sent", "given", "lost")


def economy() -> Economy:
    """Return a mill, a village and a camp over November, December and January (30, 31 and 31 days)."""
    return build(
        title="By hand",
        start="2026-11-01",
        periods=3,
        resources=[
            {"resource": "grain", "unit": "t", "class": "raw food"},
            {"resource": "flour", "unit": "t", "class": "food", "effort": 0.1},
            {"resource": "milk", "unit": "kg", "class": "food fresh"},
            {"resource": "wood", "unit": "t", "class": "fuel", "keep": 0.5},
            {"resource": "diesel", "unit": "l", "effort": 2},
            {"resource": "hours", "unit": "h", "keep": 0},
            {"resource": "mill", "unit": "piece"},
            {"resource": "lorry", "unit": "piece", "pooled": True},
            {"resource": "usd", "unit": "usd", "pooled": True, "effort": 0.01},
        ],
        places=[{"place": "depot"}, {"place": "village"}, {"place": "camp"}],
        groups=[{"group": "all"}, {"group": "child"}],
        people=[
            {"place": "village", "group": "all", "people": 100},
            {"place": "village", "group": "child", "people": 50},
            {"place": "camp", "group": "all", "from": "2026-12-10", "people": 40},
        ],
        needs=[{"need": "energy", "unit": "kcal"}, {"need": "heat", "unit": "kWh"}],
        norms=[
            {"need": "energy", "floor": 1, "norm": 1},
            {"group": "all", "need": "energy", "floor": 1000, "norm": 2000},
            {"group": "child", "need": "energy", "floor": 3000, "norm": 3000},
            {"need": "energy", "place": "camp", "group": "all", "from": "2027-06-01", "floor": 9, "norm": 9},
            {"group": "child", "need": "energy", "place": "village", "floor": 500, "norm": 1000, "covered": 100},
            {"group": "all", "need": "heat", "place": "village", "from": "2026-12-01", "floor": 0, "norm": 2},
        ],
        contents=[
            {"resource": "flour", "need": "energy", "amount": 3_500_000},
            {"resource": "milk", "need": "energy", "amount": 600},
            {"resource": "wood", "need": "heat", "amount": 4000},
        ],
        rations=[{"group": "all", "resource": "flour", "most": 0.0005}, {"class": "fresh", "most": 0.001}],
        stocks=[
            {"place": "depot", "resource": "grain", "quantity": 60},
            {"place": "depot", "resource": "milk", "quantity": 1, "unit": "t", "lot": "A", "expires": "2026-11-20"},
            {"place": "depot", "resource": "milk", "quantity": 2000, "lot": "B", "expires": "2026-12-15"},
            {"place": "depot", "resource": "milk", "quantity": 500},
            {"place": "depot", "resource": "milk", "quantity": 100, "expires": "2026-10-15"},
            {"place": "village", "resource": "wood", "quantity": 16},
            {"place": "village", "resource": "flour", "quantity": 500, "unit": "kg"},
            {"place": "depot", "resource": "diesel", "quantity": 1000},
            {"place": "depot", "resource": "mill", "quantity": 1},
            {"resource": "lorry", "quantity": 2},
            {"resource": "usd", "quantity": 5000},
        ],
        arrivals=[
            {"place": "depot", "resource": "hours", "per_day": 8},
            {"resource": "usd", "quantity": 1000, "on": "2026-12-05"},
        ],
        stores=[
            {"place": "village", "class": "food", "capacity_t": 3},
            {"place": "depot", "capacity_t": 200},
        ],
        routes=[
            _route("depot", "village", distance_km=20, capacity_t_per_day=1, loss=0.1, both=True),
            _route("depot", "camp", distance_km=100, lead_days=40, opens="2026-11-15", closes="2026-12-20", loss=0.02),
        ],
        modes=[
            {"mode": "truck", "resource": "diesel", "use": "consumed", "per_t_km": 0.1},
            {"mode": "truck", "resource": "lorry", "use": "occupied", "per_t": 0.5},
        ],
        carries=[{"mode": "truck", "class": "food"}, {"mode": "truck", "class": "fuel"}],
        recipes=[
            {"recipe": "milling", "resource": "grain", "use": "input", "quantity": 1},
            {"recipe": "milling", "resource": "usd", "use": "input", "quantity": 10},
            {"recipe": "milling", "resource": "hours", "use": "input", "quantity": 1},
            {"recipe": "milling", "resource": "mill", "use": "occupied", "quantity": 0.5},
            {"recipe": "milling", "resource": "flour", "use": "output", "quantity": 0.8, "after_days": 10},
            {"recipe": "repair", "resource": "usd", "use": "input", "quantity": 1000},
            {"recipe": "repair", "resource": "mill", "use": "output", "quantity": 1, "after_periods": 1},
            {"recipe": "boil", "resource": "milk", "use": "input", "quantity": 100},
            {"recipe": "boil", "resource": "milk", "use": "output", "quantity": 80},
        ],
        plants=[
            {"place": "depot", "recipe": "milling", "runs_per_day": 2, "from": "2026-11-11"},
            {"place": "depot", "recipe": "repair"},
            {"place": "depot", "recipe": "boil"},
        ],
        reserves=[
            {"place": "depot", "resource": "flour", "quantity": 10, "on": "2026-12-15"},
            {"need": "energy", "days": 2},
            {"place": "village", "resource": "wood", "quantity": 4},
        ],
    )


def _route(start: str, end: str, **more: Any) -> dict[str, Any]:
    return {"from": start, "to": end, "mode": "truck", **more}


LEDGER: Ledger = {
    ("depot", "grain"): (60, [{"used": 40}, {}, {}]),
    ("depot", "flour"): (0, [{}, {"made": 32, "sent": 11}, {}]),
    ("depot", "milk"): (3600, [{"made": 160, "used": 200, "sent": 1500, "lost": 400}, {"sent": 200, "lost": 800}, {}]),
    ("depot", "diesel"): (1000, [{"used": 3}, {"used": 62.4}, {}]),
    ("depot", "hours"): (
        0,
        [{"arrived": 240, "used": 40, "lost": 200}, {"arrived": 248, "lost": 248}, {"arrived": 248, "lost": 248}],
    ),
    ("depot", "mill"): (1, [{}, {"made": 1}, {}]),
    ("village", "flour"): (0.5, [{"given": 0.5}, {"received": 5.4, "given": 2.55}, {"given": 2.85}]),
    ("village", "milk"): (0, [{"received": 1350, "given": 500}, {"received": 180, "given": 1030}, {}]),
    ("village", "wood"): (16, [{}, {"lost": 8, "given": 1}, {"lost": 3.5, "given": 1.5}]),
    ("camp", "flour"): (0, [{}, {}, {"received": 4.9, "given": 0.62}]),
    (None, "lorry"): (2, [{}, {}, {}]),
    (None, "usd"): (5000, [{"used": 1400}, {"arrived": 1000}, {}]),
}
"""Stock at the start, and what comes and goes in each period."""

GIVEN = [
    ("village", "all", "flour", 0, 0.3),
    ("village", "child", "flour", 0, 0.2),
    ("village", "all", "milk", 0, 300),
    ("village", "child", "milk", 0, 200),
    ("village", "all", "flour", 1, 1.55),
    ("village", "child", "flour", 1, 1),
    ("village", "all", "milk", 1, 700),
    ("village", "child", "milk", 1, 330),
    ("village", "all", "wood", 1, 1),
    ("village", "all", "flour", 2, 1.55),
    ("village", "child", "flour", 2, 1.3),
    ("village", "all", "wood", 2, 1.5),
    ("camp", "all", "flour", 2, 0.62),
]
DISPATCHES = [
    ("depot", "village", "truck", "milk", 0, 0, 1500, 1350),
    ("depot", "village", "truck", "milk", 1, 1, 200, 180),
    ("depot", "village", "truck", "flour", 1, 1, 6, 5.4),
    ("depot", "camp", "truck", "flour", 1, 2, 5, 4.9),
]
RUNS = [("depot", "milling", 0, 40), ("depot", "repair", 0, 1), ("depot", "boil", 0, 2)]
LOTS = [
    ("depot", "milk", "2026-11-20", 0, "used", None, None, None, 200),
    ("depot", "milk", "2026-11-20", 0, "sent", "village", "truck", 0, 500),
    ("depot", "milk", "2026-12-15", 0, "sent", "village", "truck", 0, 1000),
    ("depot", "milk", "2026-12-15", 1, "sent", "village", "truck", 1, 200),
    ("village", "milk", "2026-11-20", 0, "given", None, None, None, 450),
    ("village", "milk", "2026-12-15", 0, "given", None, None, None, 50),
    ("village", "milk", "2026-12-15", 1, "given", None, None, None, 1030),
]
STARTS = ("2026-11-01", "2026-12-01", "2027-01-01")
MET = [
    # place, group, need, period, people, floor, norm, covered, kcal or kWh delivered in all, days
    ("village", "all", "energy", 0, 100, 1000, 2000, 0, 1_230_000, 30),
    ("village", "all", "energy", 1, 100, 1000, 2000, 0, 5_845_000, 31),
    ("village", "all", "energy", 2, 100, 1000, 2000, 0, 5_425_000, 31),
    ("village", "child", "energy", 0, 50, 500, 1000, 100, 820_000, 30),
    ("village", "child", "energy", 1, 50, 500, 1000, 100, 3_698_000, 31),
    ("village", "child", "energy", 2, 50, 500, 1000, 100, 4_550_000, 31),
    ("camp", "all", "energy", 2, 40, 1000, 2000, 0, 2_170_000, 31),
    ("village", "all", "heat", 1, 100, 0, 2, 0, 4_000, 31),
    ("village", "all", "heat", 2, 100, 0, 2, 0, 6_000, 31),
]
RESERVES = [
    ("depot", None, "flour", 1, 10, 21, 1),
    (None, "energy", None, 2, 660_000, 88_876_000, 1),
    ("village", None, "wood", 2, 4, 2, 0.5),
]
GOALS = (
    {"goal": "floor", "max_min": 0.41, "least": 0.41, "mean": 431 / 490, "below": 1, "people_below": 100},
    {"goal": "reserve", "max_min": 0.5, "least": 0.5, "mean": 2.5 / 3, "below": 1, "people_below": 0},
    {
        "goal": "norm",
        "max_min": 0.205,
        "least": 0.205,
        "mean": (20.5 + 100 * 5845 / 6200 + 87.5 + 50 * (0.1 + 0.82 / 1.5) + 100 + 35 + 200 / 3.1 + 300 / 3.1) / 690,
        "below": 7,
        "people_below": 150,
    },
    {"goal": "effort", "value": 141.6, "tonne_km": 654.0, "rounds": 2},
)


def plan(of: Economy | None = None, *, gap: float = 1.0) -> Plan:
    """Return the plan that goes with ``economy()``. It states this gap; nothing of it is proved."""
    met = [_met(*row) for row in MET]
    reserves = frame("reserves", RESERVES)
    levels = [
        *(("floor", 1, row[10], *row[:4]) for row in met if row[6] > 0),
        *(("reserve", 1, row[6], row[0], None, row[1] or row[2], row[3]) for row in RESERVES),
        *(("norm", 1, row[11], *row[:4]) for row in met),
    ]
    return Plan(
        economy=of or economy(),
        met=frame("met", met),
        given=frame("given", GIVEN),
        dispatches=frame("dispatches", DISPATCHES),
        runs=frame("runs", RUNS),
        balances=frame("balances", _balances(LEDGER)),
        reserves=reserves,
        levels=frame("levels", levels),
        reasons=frame(
            "why", [("village", "all", "energy", 0, 1, "stock", "village", "flour", "November", 1, "No flour.")]
        ),
        lots=frame("lots", LOTS),
        goals=tuple({"rounds": 1, "gap": gap} | goal for goal in GOALS),
    )


def frame(table: str, rows: Iterable[tuple[Any, ...]]) -> pl.DataFrame:
    """Return rows as a frame of a plan's table; dates may be ISO text, whole numbers may stand for any number."""
    schema = PLAN_TABLES[table]
    loose = {name: pl.String() if dtype == pl.Date else dtype for name, dtype in schema.items()}
    found = pl.DataFrame(list(rows), schema=loose, orient="row", strict=False)
    return found.with_columns(pl.col(name).str.to_date() for name, dtype in schema.items() if dtype == pl.Date)


def _balances(ledger: Ledger) -> Iterable[tuple[Any, ...]]:
    for (place, resource), (start, periods) in ledger.items():
        opening = start
        for period, moves in enumerate(periods):
            come, gone = [moves.get(name, 0) for name in IN], [moves.get(name, 0) for name in OUT]
            closing = opening + sum(come) - sum(gone)
            if opening or any(come):
                yield (place, resource, period, opening, *come, *gone, round(closing, 9))
            opening = round(closing, 9)


def _met(*row: Any) -> tuple[Any, ...]:
    place, group, need, period, people, floor, norm, covered, total, days = row
    delivered = total / people / days
    has = covered + delivered
    met_floor = min(1.0, has / floor) if floor else 1.0
    return (
        place,
        group,
        need,
        period,
        STARTS[period],
        people,
        floor,
        norm,
        covered,
        delivered,
        met_floor,
        min(1.0, has / norm),
    )
