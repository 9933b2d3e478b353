"""Draw the pictures of ``docs/choosing.md`` from real runs: ``.venv/bin/python -m benchmarks.choosing``.

Prints the figures that the page quotes. The region is drawn at random, always the same: see ``benchmarks/regions.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.regions import Size, region
from muster import PlanOptions, compare
from muster.economy.economy import Economy
from muster.pictures.curves import KINDS, Curve, curves
from muster.pictures.markup import Markup, element, text
from muster.plan.plan import Plan

ROOT = Path(__file__).resolve().parents[1]
REGION = Size(24, 6, 4)
"""Places, resources, weeks."""

STEPS = {f"step {step:g}": PlanOptions(step=step) for step in (0.05, 0.01, 0.2)}
SLACKS = {f"slack {slack:g}": PlanOptions(slack=slack) for slack in (0.001, 0.003, 0.01)}
GOALS = {
    "floor, reserve, norm, effort": PlanOptions(),
    "norm, effort": PlanOptions(goals=("norm", "effort")),
    "floor, effort": PlanOptions(goals=("floor", "effort")),
}

STYLE = """
svg { font: 13px system-ui, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif; background: #ffffff; --ink: #1b1f24; \
--soft: #565e68; --edge: #c9ced6; --c0: #0b57a4; --c1: #9c3a08; --c2: #3d6b1f; --c3: #6b3fa0; --c4: #8a0f4a; }
@media (prefers-color-scheme: dark) { svg { background: #14171b; --ink: #e9ecef; --soft: #a9b2bd; --edge: #434b55; \
--c0: #8cc4ff; --c1: #ffb27d; --c2: #a5d785; --c3: #cdb1ff; --c4: #ff9cc8; } }
text { fill: var(--soft); text-anchor: middle; } .up, .last { text-anchor: end; } .first, .key { text-anchor: start; }
.key { fill: var(--ink); } .base { stroke: var(--ink); fill: none; }
.grid { stroke: var(--edge); fill: none; stroke-dasharray: 2 4; }
.curve { fill: none; stroke-width: 2.5; stroke-linejoin: round; } .curve-0 { stroke: var(--c0); stroke-width: 5; }
.curve-1 { stroke: var(--c1); stroke-dasharray: 10 5; } .curve-2 { stroke: var(--c2); stroke-dasharray: 3 4; }
.curve-3 { stroke: var(--c3); stroke-dasharray: 14 4 3 4; } .curve-4 { stroke: var(--c4); stroke-dasharray: 7 7; }
"""


def picture(plans: Mapping[str, Plan], measure: str, *, name: str) -> str:
    """Return sorted curves of several plans as an SVG that needs nothing else, light and dark."""
    share = {"floor": "share of the survival minimum", "norm": "share of the full standard"}[measure]
    drawn = [Curve(title, steps(plan, measure), title) for title, plan in plans.items()]
    whole = curves(drawn, name=name, across="people, the worst-off first", up=share)
    begin, rest = whole.split(">", 1)
    begin = begin.replace('viewBox="0 0 640 330"', f'viewBox="0 0 640 {340 + 20 * len(plans)}"')
    legend = "".join(key(title, number) for number, title in enumerate(plans))
    return f"{begin}><style>{STYLE}</style>{rest.removesuffix('</svg>')}{legend}</svg>\n"


def key(title: str, number: int) -> Markup:
    """Return one line of the legend, below the picture."""
    y = 346 + 20 * number
    line = element("path", {"d": f"M76 {y}h44", "class": f"curve curve-{number % KINDS}"})
    return Markup(line + element("text", {"x": 130, "y": y + 4, "class": "key"}, text(title)))


def steps(plan: Plan, measure: str) -> list[tuple[float, float]]:
    """Return the sorted curve: what people have at their worst moment, of the need met least."""
    people = (
        plan.met.filter(pl.col(measure) > 0)
        .group_by("place", "group")
        .agg(level=pl.col(f"met_{measure}").min(), people=pl.col("people").max())
        .sort("level", "place")
    )
    whole = people["people"].sum()
    return list(zip(people["level"], people["people"].cum_sum() / whole, strict=True))


def planned(economy: Economy, choices: Mapping[str, PlanOptions]) -> dict[str, Plan]:
    """Plan an economy once for each choice and print what the page quotes."""
    plans = {}
    for title, options in choices.items():
        found = compare(economy, policies=["leximin"], options=options)
        plans[title] = found.plans["leximin"]
        say(title, plans[title], found.table.row(0, named=True))
    return plans


def say(title: str, plan: Plan, row: Mapping[str, Any]) -> None:
    """Print one line of figures."""
    norm = plan.met
    least = float(norm["met_norm"].min())  # type: ignore[arg-type]
    rounds = sum(int(goal["rounds"]) for goal in plan.goals)
    print(
        f"{title:<30} below the floor {row['people_below']:>7,.0f}  worst {row['worst']:.4f}  mean {row['mean']:.4f}  "
        f"of the norm: least {least:.4f}  mean {row['mean_norm']:.4f}  programs {rounds:>3}  {plan.seconds:.1f} s",
        flush=True,
    )


def draw() -> None:
    """Draw every picture of the page."""
    economy, to = region(REGION, seed=0), ROOT / "docs/pictures"
    print(f"{REGION}: {economy.people['people'].sum():,.0f} people")
    found = compare(economy)
    for policy, plan in found.plans.items():
        say(policy, plan, found.table.row(by_predicate=pl.col("policy") == policy, named=True))
    pictures = {
        "policies": picture(found.plans, "norm", name="Five policies, by share of the full standard"),
        "step": picture(planned(economy, STEPS), "norm", name="Three widths of a band"),
        "slack": picture(planned(economy, SLACKS), "norm", name="Three sizes of the slack"),
        "goals": picture(planned(economy, GOALS), "floor", name="Three lists of goals"),
    }
    for name, drawn in pictures.items():
        (to / f"choosing-{name}.svg").write_text(drawn, encoding="utf-8")


if __name__ == "__main__":
    draw()
