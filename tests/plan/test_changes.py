"""Changes: each is the same as changing the table and asking anew."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from small_plans import FLOUR, flour, people, road, small

from muster.economy.economy import Economy
from muster.plan import PlanOptions, share_out
from muster.plan.changes import Change, nice
from muster.plan.kept import answers, kept, raising
from muster.plan.plan import Plan
from muster.plan.program import build
from muster.plan.why import explain

FLOOR = PlanOptions(exact=True, goals=("floor",))
GRAIN = {"resource": "grain", "unit": "t"}
MILLING = [
    {"recipe": "milling", "resource": "grain", "use": "input", "quantity": 1},
    {"recipe": "milling", "resource": "flour", "use": "output", "quantity": 1},
]
LATER = [{"place": "village", "group": "all", "people": 1000, "from": "2026-11-03"}]


def reached(plan: Plan, changed: Economy) -> float:
    """Return how far the village can be raised in a changed economy, everybody keeping what the plan gives them."""
    now = kept(build(changed), met=plan.met, reserves=plan.reserves)
    members = np.flatnonzero((now.met["place"] == "village").to_numpy()).astype(np.int32)
    ask = raising(now, members, standard="floor")
    return float(answers(ask).solve(ask.stage).value)


def first(plan: Plan) -> Change:
    """Return the change that helps most."""
    (why,) = explain(plan, "village")
    return why.changes[0]


@pytest.mark.parametrize(
    ("tables", "kind", "what", "change"),
    [
        (
            {"stocks": [flour(0.5)]},
            "stock",
            "0.05 t more flour in village at the start (now 0.5)",
            lambda q: {"stocks": [flour(0.5 + q)]},
        ),
        (
            {"arrivals": [flour(0.5, on="2026-11-02")]},
            "arrival",
            "0.05 t more flour in village, 2 November 2026 (now 0.5)",
            lambda q: {"arrivals": [flour(0.5 + q, on="2026-11-02")]},
        ),
        (
            {"places": ["depot", "village"], "stocks": [flour(9, "depot")], "routes": [road(capacity_t_per_day=0.5)]},
            "route",
            "0.05 t a day more on depot → village (lorry), 2 November 2026 (now 0.5)",
            lambda q: {"routes": [road(capacity_t_per_day=0.5 + q)]},
        ),
        (
            {
                "more_resources": [GRAIN],
                "stocks": [{"place": "village", "resource": "grain", "quantity": 9}],
                "recipes": MILLING,
                "plants": [{"place": "village", "recipe": "milling", "runs_per_day": 0.5}],
            },
            "plant",
            "0.05 runs a day more of making flour in village (milling), 2 November 2026 (now 0.5)",
            lambda q: {"plants": [{"place": "village", "recipe": "milling", "runs_per_day": 0.5 + q}]},
        ),
        (
            {"stocks": [flour(9)], "rations": [{"resource": "flour", "most": 0.0005}]},
            "ration",
            "0.05 kg a person and day more of flour in the ration of all in village, 2 November 2026 (now 0.5)",
            lambda q: {"rations": [{"resource": "flour", "most": 0.0005 + q / 1000}]},
        ),
        (
            {
                "people": LATER,
                "periods": 2,
                "stocks": [flour(9)],
                "stores": [{"place": "village", "class": "food", "capacity_t": 0.5}],
            },
            "store",
            "0.05 t more of room for food in the store in village, 2 November 2026 (now 0.5)",
            lambda q: {"stores": [{"place": "village", "class": "food", "capacity_t": 0.5 + q}]},
        ),
    ],
)
def test_changes_then_each_is_what_the_changed_table_gives(
    tables: dict[str, Any], kind: str, what: str, change: Any
) -> None:
    plan = share_out(small(**tables), options=FLOOR)
    best = first(plan)
    assert (best.kind, best.what) == (kind, what)
    assert best.before == pytest.approx(0.5, abs=1e-6)
    assert best.after == pytest.approx(0.55, abs=1e-6)
    assert reached(plan, small(**{**tables, **change(best.quantity)})) == pytest.approx(best.after, abs=1e-6)


def test_changes_of_what_comes_every_day_then_the_weightiest_period_alone() -> None:
    plan = share_out(
        small(periods=3, arrivals=[{"place": "village", "resource": "flour", "per_day": 0.5}]), options=FLOOR
    )
    best = first(plan)
    assert best.when == "2 November 2026"  # flour keeps: what comes on the first day serves all three
    assert best.after == pytest.approx((1.5 + best.quantity) / 3, abs=1e-4)


def test_changes_then_three_that_help_and_then_what_looks_obvious() -> None:
    ways = [road(since=place, capacity_t_per_day=0.1) for place in ("a", "b", "c", "d")]
    tables: dict[str, Any] = {
        "resources": [FLOUR, {"resource": "lorry", "unit": "piece"}],
        "modes": [{"mode": "lorry", "resource": "lorry", "use": "occupied", "per_t": 1}],
        "places": ["village", "a", "b", "c", "d"],
        "routes": ways,
        "stocks": [
            *(flour(5, place) for place in "abcd"),
            *({"place": place, "resource": "lorry", "quantity": 9} for place in "abcd"),
        ],
        "people": people("village"),
    }
    (village,) = explain(share_out(small(**tables), options=FLOOR), "village")
    helping = [each for each in village.changes if each.helps]
    assert len(helping) == 3
    assert {each.kind for each in helping} == {"route"}
    assert [(each.resource, each.kind) for each in village.changes if not each.helps] == [
        ("flour", "stock"),
        ("lorry", "stock"),
    ]


@pytest.mark.parametrize(
    ("number", "options", "round_one"),
    [
        (3.2, {}, 5),
        (5.0, {}, 5),
        (0.07, {}, 0.1),
        (0.0099, {}, 0.01),
        (1_234, {}, 2_000),
        (3.2, {"down": True}, 2),
        (0.0, {}, 1),
        (float("inf"), {}, 1),
    ],
)
def test_nice_then_one_two_or_five_with_noughts(number: float, options: dict[str, bool], round_one: float) -> None:
    assert nice(number, **options) == round_one
