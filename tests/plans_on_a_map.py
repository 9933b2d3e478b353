"""Plans of any size with places on a map: what is in them is arithmetic, so that a test can say what must be shown.

Place ``i`` lies in a grid and gets ``level(i, …)`` of its floor. Place 0 has a name that would break a careless
page. The last place has no coordinates, every fourth is a point, the others are squares that touch. Everything comes
from ``depot``.
"""

from __future__ import annotations

import math
from datetime import date
from typing import Any

from building import build
from plans_by_hand import frame

from muster.economy.economy import Economy
from muster.plan.plan import Plan

HOSTILE = "</script><script>alert(1)</script> & \"Söke\" 'x' =1+1"
NEEDS = {"energy": 2000.0, "heat": 2.0}
PEOPLE = {"poor": 1000.0, "rest": 500.0}
SIDE = 0.5


def place(number: int) -> str:
    """Return the id of a place."""
    return f"p{number}"


def level(number: int, need: str, period: int) -> float:
    """Return how much of the floor a place gets: 0.3 to 1.0 in steps of 0.1; every eleventh place starts with 0.3."""
    return min(1.0, 0.3 + (number * 7 + (need == "heat") + period) % 11 / 10)


def economy(places: int, periods: int) -> Economy:
    """Return the economy of ``plan``."""
    wide = math.ceil(math.sqrt(places))
    rows: list[dict[str, Any]] = [
        {"place": "depot", "name": "Depot", "latitude": 30 - SIDE, "longitude": 60.0, "kind": "depot"}
    ]
    features = []
    for i in range(places):
        west, south = 60 + SIDE * (i % wide), 30 + SIDE * (i // wide)
        at = {} if i == places - 1 else {"latitude": south + SIDE / 2, "longitude": west + SIDE / 2}
        rows.append({"place": place(i), "name": f"Place {i}" if i else HOSTILE, **at})
        if i % 4 and at:
            corners = [
                [west, south],
                [west + SIDE, south],
                [west + SIDE, south + SIDE],
                [west, south + SIDE],
                [west, south],
            ]
            shape = {"type": "Polygon", "coordinates": [corners]}
            features.append({"type": "Feature", "properties": {"place": place(i)}, "geometry": shape})
    return build(
        title=f"On a map {HOSTILE}",
        periods=periods,
        options={"shapes": {"type": "FeatureCollection", "features": features}},
        resources=[
            {"resource": "flour", "name": "Flour", "unit": "t"},
            {"resource": "coal", "name": "Coal", "unit": "t"},
            {"resource": "hours", "name": "Hours", "unit": "h", "keep": 0},
        ],
        places=rows,
        groups=[{"group": group, "name": group.title()} for group in PEOPLE],
        people=[{"place": place(i), "group": group, "people": n} for i in range(places) for group, n in PEOPLE.items()],
        needs=[
            {"need": "energy", "name": "Food energy", "unit": "kcal"},
            {"need": "heat", "name": "Heat", "unit": "kWh"},
        ],
        norms=[{"need": need, "floor": floor, "norm": 2 * floor} for need, floor in NEEDS.items()],
        contents=[
            {"resource": "flour", "need": "energy", "amount": 3_500_000},
            {"resource": "coal", "need": "heat", "amount": 3000},
        ],
        sources=[
            {"table": "people", "what": "how many", "kind": "real", "source": "the census"},
            {"table": "norms", "what": "heat", "kind": "assumed", "source": "a guess"},
        ],
    )


def plan(places: int = 9, periods: int = 3) -> Plan:
    """Return a plan in which the coal is used up by the end of the second period, while heat is short."""
    made = economy(places, periods)
    starts = made.horizon.starts
    met = [
        _met(i, group, need, t, starts[t])
        for i in range(places)
        for group in PEOPLE
        for need in NEEDS
        for t in range(periods)
    ]
    sent = [
        ("depot", place(i), "truck", resource, t, t, 10.0 * (i + 1), 9.0 * (i + 1))
        for i in range(places)
        for resource in ("flour", "coal")
        for t in range(periods)
    ]
    tonnes = sum(row[6] for row in sent if row[4] == 0 and row[3] == "flour")
    balances = []
    for t in range(periods):
        stock = tonnes * (periods - t)
        balances.append(("depot", "flour", t, 2 * stock, 0, 0, 0, 0, 0, tonnes, 0, 2 * stock - tonnes))
        balances.append(("depot", "hours", t, 0, 50, 0, 0, 50, 0, 0, 0, 0))
    balances += [
        ("depot", "coal", 0, 2 * tonnes, 0, 0, 0, 0, 0, tonnes, 0, tonnes),
        ("depot", "coal", 1, tonnes, 0, 0, 0, 0, 0, tonnes, 0, 0),
    ]
    low = [row for row in met if row[10] < 1]
    reasons = [(*row[:4], *limit) for row in low for limit in _limits(row[2])]
    return Plan(
        economy=made,
        met=frame("met", met),
        given=frame("given", [(*row[:2], "flour", row[3], 1.0) for row in met if row[2] == "energy"]),
        dispatches=frame("dispatches", sent),
        runs=frame("runs", []),
        balances=frame("balances", balances),
        reserves=frame("reserves", [(None, "energy", None, periods - 1, 4000.0, 1000.0, 0.25)]),
        levels=frame("levels", []),
        reasons=frame("why", reasons),
        lots=frame("lots", []),
        goals=(
            {
                "goal": "floor",
                "max_min": 0.3,
                "least": 0.3,
                "mean": 0.7,
                "below": len(low),
                "people_below": 1,
                "gap": 1e-6,
            },
            {"goal": "effort", "value": 12.0, "tonne_km": 3456.0, "rounds": 1, "gap": 0.0},
        ),
        solver="by hand",
        seconds=1.0,
    )


def _met(number: int, group: str, need: str, period: int, start: date) -> tuple[Any, ...]:
    share, floor = level(number, need, period), NEEDS[need]
    has = (share * floor, share, share / 2)
    return (place(number), group, need, period, str(start), PEOPLE[group], floor, 2 * floor, 0.0, *has)


def _limits(need: str) -> list[tuple[int, str, str, str, str, float, str]]:
    if need == "energy":
        return [(1, "route", "depot", "flour", "always", 1.0, "The road carries 10 t a day.")]
    return [
        (1, "stock", "depot", "coal", "always", 0.75, "There is no more coal."),
        (2, "route", "depot", "coal", "always", 0.25, "The road carries 10 t a day."),
    ]
