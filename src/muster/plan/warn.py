"""Warn: how much is missing to the floor, and which single things would prevent most of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from muster.plan.changes import Change, described, easing, size
from muster.plan.kept import Ask, Kept, answers, middle, preventing
from muster.plan.limits import Holding, Limit, Part, holdings
from muster.plan.nearby import explored, kept_by
from muster.plan.plan import Plan
from muster.plan.sets import Bools, Floats, positions
from muster.plan.solver import Solver
from muster.plan.stage import Solution

MOST_TRIED = 10
"""Limits tried, those first that would prevent most at their price."""

MOST_OF_IT = 0.6
"""Share of the shortfall a thing is sized to prevent."""

WORTH_SAYING = 5e-3
"""A thing that prevents a smaller share of the shortfall where it was asked is left out."""

MOST_ASKED, NEARLY_ALL = 12, 0.95
"""How often some places of a large plan are asked, those first that lack most; less where this share of it is seen."""

HALF = 0.5
"""How large such a question may be beside the largest about one place: many are asked, and all is tried in them."""


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
        possible: Part of the shortfall that could at least be given as things are (days); none to speak of in a
            finished plan.
        things: What would prevent most of it, one at a time: most days for a tonne first, then what has no weight, most
            days first.
        asked: Places that were asked; all of them in a plan that is not large.
        seen: Part of the shortfall that is missing there (days).
    """

    shortfall: float
    floors: float
    possible: float
    things: tuple[Prevention, ...]
    asked: int = 0
    seen: float = 0.0


def warn(plan: Plan, *, tell: Callable[[str], None] = lambda said: None) -> Warned:
    """Say how much is missing to the floor and try what would prevent it.

    Of a large plan the places are asked that lack most, with those around them.

    Raises:
        PlanError: No trusted answer.
    """
    tell("laying out what everybody has")
    now = kept_by(plan)
    has_floor = now.met["floor"].to_numpy() > 0
    missing = np.where(has_floor, now.days * (1.0 - now.met["met_floor"].to_numpy()), 0.0)
    shortfall, floors = float(missing.sum()), float(now.days[has_floor].sum())
    if shortfall <= 1e-6 * floors:
        return Warned(0.0, floors, 0.0, ())
    lacks = _by_place(now, missing)
    asked = tuple(_asked(now, lacks, tell))
    things: list[Prevention] = []
    found = _weightiest(asked)
    for count, (each, holding) in enumerate(found, start=1):
        tell(f"trying {count} of {len(found)} things that would prevent some of it")
        things.append(_tried(each, holding, shortfall=shortfall))
    useful = [thing for (each, _), thing in zip(found, things, strict=True) if thing.days >= WORTH_SAYING * each.lacks]
    useful.sort(key=lambda each: (each.per_tonne is None, -round(each.per_tonne or 0.0, 6), -each.days))
    inside = np.logical_or.reduce([each.inside for each in asked])
    possible = max(each.possible for each in asked)
    return Warned(shortfall, floors, possible, tuple(useful), int(np.count_nonzero(inside)), float(lacks[inside].sum()))


@dataclass(frozen=True)
class _Asked:
    """Some places that were asked what of their shortfall could be prevented.

    Attributes:
        ask: The question.
        inside: Which places (P).
        lacks: What is missing there (days).
        found: What stands in the way, largest share first.
        rent: What one per cent more of all of that would bring, a hundred times over (days).
    """

    ask: Ask
    inside: Bools
    lacks: float
    found: tuple[Holding, ...]
    rent: float

    @cached_property
    def solver(self) -> Solver:
        """A solver of the question and of its changes."""
        return answers(self.ask)

    @cached_property
    def before(self) -> float:
        """What can be given as things are, as the question counts it."""
        return float(self.solver.solve(self.ask.stage).value)

    @property
    def possible(self) -> float:
        """What could be given as things are, and is not (days)."""
        has = float(self.ask.stage.cost @ self.ask.stage.low)
        return max(0.0, self.before - has) * self.ask.worth


def _by_place(now: Kept, missing: Floats) -> Floats:
    """Return what is missing in each place (P), in days."""
    lacks = np.zeros(len(now.program.sets.places))
    np.add.at(lacks, positions(now.met["place"], now.program.sets.places), missing)
    return lacks


def _asked(now: Kept, lacks: Floats, tell: Callable[[str], None]) -> Iterator[_Asked]:
    """Ask all places together; of a large plan those that lack most and others around them, until most is asked."""
    tell("asking what stands in the way of most")
    if now.flows is None:
        ask = preventing(now)
        yield _answered(ask, middle(ask), np.ones(len(lacks), dtype=bool), lacks)
        return
    left = lacks.copy()
    for _ in range(MOST_ASKED):
        if left.sum() <= (1.0 - NEARLY_ALL) * lacks.sum():
            break
        worst = int(np.argmax(left))
        ask, solution = explored(now, [worst], partial(preventing, now), middle, share=HALF, tell=tell)
        inside = ask.scope.inside
        assert inside is not None
        yield _answered(ask, solution, inside[:-1], lacks)
        left[inside[:-1]] = 0.0


def _answered(ask: Ask, solution: Solution, inside: Bools, lacks: Floats) -> _Asked:
    reduced = ask.reduced(solution)
    reduced[ask.kept.claims] = 0.0
    found = holdings(ask, ask.prices(solution), reduced, ask.crossing(solution))
    rent = sum(each.rent for each in found) * ask.worth
    return _Asked(ask, inside, float(lacks[inside].sum()), found, rent)


def _weightiest(asked: Sequence[_Asked]) -> list[tuple[_Asked, Holding]]:
    """Return the limits that are tried, where each weighs most."""
    every = [(each, holding) for each in asked for holding in each.found if holding.can_change]
    every.sort(key=lambda pair: -pair[0].rent * pair[1].worth)
    first: dict[Limit, tuple[_Asked, Holding]] = {}
    for each, holding in every:
        first.setdefault(holding.limit, (each, holding))
    return list(first.values())[:MOST_TRIED]


def _tried(each: _Asked, holding: Holding, *, shortfall: float) -> Prevention:
    """Ease one limit, in all its periods, by a round quantity sized to prevent ``MOST_OF_IT`` at its price."""
    ask, parts = each.ask, holding.parts
    quantity = size(holding, parts, lift=MOST_OF_IT * each.lacks / ask.worth)
    after = max(each.before, float(each.solver.solve(ask.eased(easing(holding, parts, quantity))).value))
    days = (after - each.before) * ask.worth
    change = described(ask, holding, parts, quantity, answers=(0.0, min(1.0, days / shortfall)))
    program = ask.kept.program
    effort = dict(zip(program.sets.resources, program.sets.effort, strict=True)).get(holding.limit.resource, 0.0)
    total = quantity * sum(part.per for part in parts)
    weighs = float(effort) * total if holding.limit.kind in ("stock", "arrival") and effort > 0 else None
    return Prevention(change, days, _tonnes(ask, holding, parts, quantity), weighs)


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
