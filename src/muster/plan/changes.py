"""What would change it: one limit eased by a round quantity, and the same program solved again."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from muster.plan import sentences
from muster.plan.kept import Ask, Easing
from muster.plan.limits import Holding, Part, Wording, in_words
from muster.plan.sets import NONE
from muster.plan.solver import Solver

HELPS = 5e-4
"""A change that lifts by less does nothing that anybody would notice."""

WANTED = 3
"""Changes that help, after which no more are looked for."""

MOST_TRIED = 9
"""Limits tried, the weightiest first."""

NEAR = 1e-3
"""How close the level is found down to which others may come."""

MOST_HALVINGS = 6

LIFT = 0.05
"""What a change is sized for, at the price of its limit: one step."""


@dataclass(frozen=True)
class Change:
    """One change that was tried, with everybody else keeping what they have.

    Attributes:
        what: The change in words.
        kind, where, resource: Of the limit, as in ``why.csv``.
        when: Its periods in words.
        quantity: How much, in ``unit``.
        unit: For example ``t a day``.
        before, after: Answers without and with it.
    """

    what: str
    kind: str
    where: str
    resource: str
    when: str
    quantity: float
    unit: str
    before: float
    after: float

    @property
    def helps(self) -> bool:
        """Whether it does anything worth saying."""
        return self.after - self.before >= HELPS


def changes(
    ask: Ask, solver: Solver, found: Sequence[Holding], *, before: float, tell: Callable[[str], None]
) -> tuple[Change, ...]:
    """Try the weightiest limits one by one until ``WANTED`` changes help; where none does alone, all of them at once.

    Returns:
        Largest effect first; then those that do nothing.
    """
    able = [each for each in found if each.can_change][:MOST_TRIED]
    tried: list[Change] = []
    for holding in able:
        if sum(each.helps for each in tried) >= WANTED:
            break
        tell(f"trying more {holding.limit.kind}, {len(tried) + 1} of at most {len(able)}")
        tried.append(_try(ask, solver, holding, before))
    if len(able) > 1 and not any(each.helps for each in tried):
        tried.append(_together(ask, solver, able, before))
    return tuple(sorted(tried, key=lambda each: -round(each.after - each.before, 6)))


def _try(ask: Ask, solver: Solver, holding: Holding, before: float) -> Change:
    """Ease one limit by what its price says is a step; by five times as much where that turns out too little."""
    parts = _chosen(holding)
    quantity = size(holding, parts, lift=LIFT)
    after = _after(ask, solver, easing(holding, parts, quantity), before)
    more = nice(min(quantity * 5.0, holding.now), down=True)
    if after - before < LIFT / 10 and more > quantity:
        quantity, after = more, _after(ask, solver, easing(holding, parts, more), before)
    return described(ask, holding, parts, quantity, answers=(before, after))


def _after(ask: Ask, solver: Solver, eased: Easing, before: float) -> float:
    return max(before, highest(ask, solver, eased, level=before))


def highest(ask: Ask, solver: Solver, eased: Easing, *, level: float) -> float:
    """Return how high a place could be raised without bringing anybody below that, or below what they have.

    Who has more may come down. The level down to which they may is the one that is asked for: it is found by halving,
    each time from the side on which nobody is brought too low.

    Args:
        level: From where.
    """
    low = min(1.0, level + ask.kept.program.sets.economy.step)
    high = trial = float(solver.solve(ask.eased(eased, upto=low)).value)
    if high <= low:
        return high
    for _ in range(MOST_HALVINGS):
        reached = float(solver.solve(ask.eased(eased, upto=trial)).value)
        low, high = (max(low, trial), min(high, reached)) if reached >= trial else (max(low, reached), trial)
        if high - low <= NEAR:
            break
        trial = (low + high) / 2.0
    return low


def _together(ask: Ask, solver: Solver, able: Iterable[Holding], before: float) -> Change:
    """Ease several limits at once: where they hold together, none of them alone changes anything."""
    made, both = [], Easing({}, {})
    for holding in able:
        parts = _chosen(holding)
        quantity = size(holding, parts, lift=LIFT)
        both = both.and_also(easing(holding, parts, quantity))
        made.append(described(ask, holding, parts, quantity, answers=(before, before)))
    after = _after(ask, solver, both, before)
    what = sentences.TOGETHER.format(parts="; ".join(each.what for each in made))
    return Change(what, "together", "", "", "", float(len(made)), "changes", before, after)


def idle(
    ask: Ask, solver: Solver, found: Sequence[Holding], needs: Sequence[str], *, before: float
) -> tuple[Change, ...]:
    """Try what looks obvious and is not among the limits: more of what serves the need, of what carrying it uses up.

    Returns:
        Those that do nothing, at most one of each.
    """
    program = ask.kept.program
    sets, modes = program.sets, program.openings.modes
    held = {each.limit.resource for each in found if each.limit.kind in ("stock", "arrival")}
    serves = np.flatnonzero((sets.contents[:, [sets.needs.index(need) for need in needs]] > 0).any(axis=1))
    carries = np.unique(modes.resource)
    tried = []
    for resources in (serves, carries):
        holding = _largest(ask, [r for r in resources.tolist() if sets.resources[r] not in held])
        if holding is not None:
            amount = holding.parts[0].amount
            quantity = nice(max(0.2 * amount, 1.0) if holding.limit.rate in WHOLE else 0.2 * amount)
            after = _after(ask, solver, easing(holding, holding.parts, quantity), before)
            tried.append(described(ask, holding, holding.parts, quantity, answers=(before, after)))
    return tuple(each for each in tried if not each.helps)


def _largest(ask: Ask, resources: Sequence[int]) -> Holding | None:
    """Return the largest stock or arrival of some resources where it is asked, as if it were a limit."""
    program = ask.kept.program
    rows, nodes, wording = program.nodes.rows, program.nodes, Wording(ask.kept)
    at = nodes.resource[rows.keys["node"]]
    usual = rows.limit / rows.scale
    able = np.isin(at, resources) & (rows.limit > 0)
    able &= np.isin(np.arange(len(rows)), ask.scope.rows)
    if not able.any():
        return None
    row = int(np.flatnonzero(able)[np.argmax(usual[able])])
    node, period = int(rows.keys["node"][row]), int(rows.keys["period"][row])
    limit, part = max(wording.supplies(row, node, period, 1.0), key=lambda pair: pair[1].amount)
    return Holding(limit, (part,), 0.0, "", "")


def _chosen(holding: Holding) -> tuple[Part, ...]:
    """Return the periods in which a limit is eased: all; of what becomes available, the weightiest alone."""
    if holding.limit.kind == "arrival":
        return (max(holding.parts, key=lambda part: (round(part.rent / max(holding.rent, 1e-300), 4), -part.period)),)
    return holding.parts


def size(holding: Holding, parts: Sequence[Part], *, lift: float) -> float:
    """Return a round quantity that would bring ``lift`` at the limit's price, at most as much again as there is."""
    worth = sum(part.rent / part.amount * part.per for part in parts)
    most = max(part.amount / part.per for part in parts)
    wanted = nice(lift / worth) if worth > 0 else math.inf
    fits = wanted if wanted <= most else nice(most, down=True)
    return max(fits, 1.0) if holding.limit.rate in WHOLE else fits


WHOLE = ("piece", "pieces")
"""Units that are not divided."""

NEARLY = 0.95
"""A round number that is smaller by no more than this factor will do."""


def nice(number: float, *, down: bool = False) -> float:
    """Return the round number (1, 2 or 5 with noughts) at or above a number, or just below it; ``down``: at or below.

    Example:
        >>> nice(3.2), nice(0.07), nice(3.2, down=True)
        (5.0, 0.1, 2.0)
    """
    if number <= 0 or not math.isfinite(number):
        return 1.0
    power = math.floor(math.log10(number) + 1e-9)
    steps = [each * 10.0**p for p in (power, power + 1) for each in (1, 2, 5)]
    close = number * (1 + 1e-9)
    found = max(s for s in steps if s <= close) if down else min(s for s in steps if s >= number * NEARLY)
    return float(f"{found:.0e}")


def easing(holding: Holding, parts: Sequence[Part], quantity: float) -> Easing:
    """Return the change of the program that eases a limit by a quantity of its rate."""
    rows = {part.row: quantity * part.per for part in parts if part.row != NONE}
    columns = {part.column: quantity * part.per for part in parts if part.column != NONE}
    return Easing(rows, columns)


def described(
    ask: Ask, holding: Holding, parts: Sequence[Part], quantity: float, *, answers: tuple[float, float]
) -> Change:
    """Return a change that was tried, in words."""
    limit, horizon = holding.limit, ask.kept.program.sets.horizon
    when = in_words(horizon, {part.period for part in parts})
    said = sentences.LESS if limit.kind == "reserve" else sentences.MORE
    unit = f"{limit.rate} a {horizon.period}" if limit.kind == "arrival" and len(parts) > 1 else limit.rate
    thing = limit.more.format(when=when)
    what = said.format(number=number(quantity), unit=unit, thing=thing, now=_now(parts))
    return Change(what, limit.kind, limit.where, limit.resource, when, quantity, unit, answers[0], answers[1])


def _now(parts: Sequence[Part]) -> str:
    """Return what there is now, from the least to the most of the periods."""
    each = [part.amount / part.per for part in parts]
    least, most = number(min(each)), number(max(each))
    return least if least == most else f"{least} to {most}"


def number(value: float) -> str:
    """Return a quantity as people write it.

    Example:
        >>> number(5.0), number(1234.5), number(0.015)
        ('5', '1,234', '0.015')
    """
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
