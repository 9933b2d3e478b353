"""Warn: how much is missing to the floor, and which single things would prevent most of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from muster.plan.changes import Change, described, easing, size
from muster.plan.kept import Ask, answers, kept, middle, preventing
from muster.plan.limits import Holding, Part, holdings
from muster.plan.plan import Plan
from muster.plan.program import build
from muster.plan.solver import Solver

MOST_TRIED = 10
"""Limits tried, those first that would prevent most at their price."""

MOST_OF_IT = 0.6
"""Share of the shortfall a thing is sized to prevent."""

WORTH_SAYING = 5e-3
"""A thing that prevents a smaller share of the shortfall is left out."""


@dataclass(frozen=True)
class Prevention:
    """One thing that would prevent some of the shortfall, with everybody keeping at least what they have.

    Attributes:
        change: What; ``before`` and ``after`` are shares of the shortfall that can be prevented (0 to 1).
        days: What it prevents, in days of one person's floor of one need.
        tonnes: How heavy it is, or how much more is carried, stored or made; ``None`` where it has no weight.
        effort: Its weight in effort; ``None`` where its resource has none.
    """

    change: Change
    days: float
    tonnes: float | None
    effort: float | None

    @property
    def per_tonne(self) -> float | None:
        """Days prevented by a tonne of it."""
        return self.days / self.tonnes if self.tonnes else None

    @property
    def per_unit(self) -> float:
        """Days prevented by one unit of it."""
        return self.days / self.change.quantity


@dataclass(frozen=True)
class Warned:
    """What is missing to the floor in a plan.

    Attributes:
        shortfall: In days of one person's floor of one need.
        floors: All floors together, in the same unit.
        possible: Part of the shortfall that could be given as things are (days); none to speak of in a finished plan.
        things: What would prevent most of it, one at a time: most days for a tonne first, then what has no weight, most
            days first.
    """

    shortfall: float
    floors: float
    possible: float
    things: tuple[Prevention, ...]


def warn(plan: Plan, *, tell: Callable[[str], None] = lambda said: None) -> Warned:
    """Say how much is missing to the floor and try what would prevent it.

    Raises:
        PlanError: No trusted answer.
    """
    tell("laying out what everybody has")
    now = kept(build(plan.economy), met=plan.met, reserves=plan.reserves)
    has_floor = now.met["floor"].to_numpy() > 0
    missing = (now.days * (1.0 - now.met["met_floor"].to_numpy()))[has_floor]
    shortfall, floors = float(missing.sum()), float(now.days[has_floor].sum())
    if shortfall <= 1e-6 * floors:
        return Warned(0.0, floors, 0.0, ())
    ask = preventing(now)
    tell("asking what stands in the way of most")
    solution = middle(ask)
    reduced = (ask.stage.cost - ask.entries.T @ solution.duals)[: len(now.has)]
    reduced[now.claims] = 0.0
    found = [each for each in holdings(ask, solution.duals, reduced) if each.parts][:MOST_TRIED]
    solver = answers(ask)
    tell("asking how much of it could be prevented")
    before = float(solver.solve(ask.stage).value)
    things = []
    for count, holding in enumerate(found, start=1):
        tell(f"trying {count} of {len(found)} things that would prevent some of it")
        things.append(_tried(ask, solver, holding, before=before, shortfall=shortfall))
    has = float(ask.stage.cost @ (now.least("floor")))
    useful = [each for each in things if each.change.after - each.change.before >= WORTH_SAYING]
    useful.sort(key=lambda each: (each.per_tonne is None, -round(each.per_tonne or 0.0, 6), -each.days))
    return Warned(shortfall, floors, max(0.0, before - has) * ask.worth, tuple(useful))


def _tried(ask: Ask, solver: Solver, holding: Holding, *, before: float, shortfall: float) -> Prevention:
    """Ease one limit, in all its periods, by a round quantity sized to prevent ``MOST_OF_IT`` at its price."""
    parts = holding.parts
    quantity = size(holding, parts, lift=MOST_OF_IT * shortfall / ask.worth)
    after = max(before, float(solver.solve(ask.eased(easing(holding, parts, quantity))).value))
    days = (after - before) * ask.worth
    change = described(ask, holding, parts, quantity, answers=(0.0, min(1.0, days / shortfall)))
    program = ask.kept.program
    each = dict(zip(program.sets.resources, program.sets.effort, strict=True)).get(holding.limit.resource, 0.0)
    total = quantity * sum(part.per for part in parts)
    effort = float(each) * total if holding.limit.kind in ("stock", "arrival") and each > 0 else None
    return Prevention(change, days, _tonnes(ask, holding, parts, quantity), effort)


def _tonnes(ask: Ask, holding: Holding, parts: tuple[Part, ...], quantity: float) -> float | None:
    """Return the weight of a change over all its periods; ``None`` where it has none."""
    program, limit = ask.kept.program, holding.limit
    total = quantity * sum(part.per for part in parts)
    if limit.kind in ("route", "store"):
        return total if limit.kind == "route" else quantity
    if limit.kind == "plant":
        made = program.plants
        outputs = [
            float(program.sets.mass[r]) * float(q)
            for recipe, use, r, q in zip(
                made.line_recipe, made.line_use, made.line_resource, made.line_quantity, strict=True
            )
            if use == "output" and made.recipes[recipe] == limit.resource
        ]
        heavy = float(np.nansum(outputs))
        return total * heavy if heavy > 0 else None
    if limit.resource not in program.sets.resources:
        return total if limit.kind == "ration" else None
    mass = float(program.sets.mass[program.sets.resources.index(limit.resource)])
    return total * mass if np.isfinite(mass) and mass > 0 else None
