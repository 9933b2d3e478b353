"""What everything that can be done is worth at some prices, column by column of the linear program, from the tables.

A plan is worth no more than all limits at their prices, plus what its columns are worth beyond what they take. No
column is ever larger than its box. Sums are bounded outward: to each is added what rounding can have taken away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from muster.plan.proof.ground import Floats, Ground, Numbers, held_by

ROUNDING = 2.0**-53
"""Largest error of one step of float64, as a share of its result."""

SPARE = 16
"""Steps that are counted for one term on top of those that are seen: what reading and converting a number takes."""

Prices = Mapping[str, Numbers]
"""Dense prices by kind, in the shapes of ``Ground.shapes``."""


@dataclass(frozen=True)
class Sum:
    """A sum and how much more it can be."""

    value: Any = 0.0
    error: Any = 0.0

    @property
    def high(self) -> Any:
        """Return what the sum is at most."""
        return self.value + self.error

    def __add__(self, other: Sum) -> Sum:
        """Return both together."""
        value = self.value + other.value
        return Sum(value, self.error + other.error + (abs(value) * 4 * ROUNDING if isinstance(value, float) else 0))


def total(terms: Numbers) -> Sum:
    """Return the sum of some terms, each right to within ``SPARE`` steps."""
    if terms.dtype == object:
        return Sum(sum(terms.ravel().tolist(), Fraction(0)), Fraction(0))
    value, size = float(terms.sum()), float(np.abs(terms).sum())
    return Sum(value, size * (terms.size + SPARE) * ROUNDING)


def limits(ground: Ground, prices: Prices) -> Sum:
    """Return what all limits are worth; infinite where something has a price that has no limit."""
    served, works = ground.served, ground.works
    whole = Sum()
    for kind, amount in (
        ("balance", ground.supply),
        ("route", ground.ways.limit),
        ("store", np.broadcast_to(ground.stores.limit, prices["store"].shape)),
        ("plant", works.limit),
        ("ration", served.most),
    ):
        priced = prices[kind] > 0
        known = amount[priced]
        if not np.isfinite(known.astype(float)).all():
            return Sum(float("inf"), 0.0)
        whole = whole + total(prices[kind][priced] * like(known, prices[kind]))
    return whole


def surplus(ground: Ground, prices: Prices, *, effort: Any = 0.0, tonne_km: Any = 0.0) -> Sum:
    """Return the most that all columns together can be worth beyond what they take.

    Args:
        ground: The economy.
        prices: Of 0 or more.
        effort, tonne_km: What one unit of weighted use and one tonne-kilometre cost.
    """
    drawn = np.where(ground.dated[None], prices["counter"], prices["balance"][:, :, : len(ground.keep)])
    whole = Sum()
    for worth, takes, box in (
        *_stocks(ground, prices),
        *_counters(ground, prices),
        *_given(ground, prices, drawn),
        *_runs(ground, prices, drawn, effort=effort),
        *_sent(ground, prices, drawn, effort=effort, tonne_km=tonne_km),
    ):
        whole = whole + _beyond(worth, takes, box, steps=SPARE + ground.terms)
        if whole.value == float("inf"):
            break
    return whole


def like(numbers: Numbers, other: Numbers) -> Numbers:
    """Return numbers as fractions where ``other`` holds fractions; as they are elsewhere."""
    if other.dtype != object or numbers.dtype == object:
        return numbers
    exact = np.empty(numbers.shape, dtype=object)
    exact.ravel()[:] = [Fraction(each) if np.isfinite(each) else each for each in numbers.ravel().tolist()]
    return exact


def _beyond(worth: Numbers, takes: Numbers, box: Floats, *, steps: int) -> Sum:
    """Return what columns are worth beyond what they take, each as large as its box allows.

    Args:
        worth, takes: Sums of terms of 0 or more, for one unit of each column.
        box: The largest each can be.
        steps: How many roundings a column's terms have been through at most.
    """
    rest = worth - takes
    if rest.dtype != object:
        rest = rest + (worth + np.abs(takes)) * (steps * ROUNDING)
    over = np.asarray(rest > 0)
    most = np.broadcast_to(box, rest.shape)[over]
    if not np.isfinite(most).all():
        return Sum(float("inf"), 0.0)
    return total(rest[over] * like(most, rest))


Columns = Iterator[tuple[Numbers, Numbers, Floats]]


def _stocks(ground: Ground, prices: Prices) -> Columns:
    """What is kept to the next period: worth what is left of it then, what it lets be occupied, what it reserves."""
    goods, balance = ground.goods, prices["balance"]
    resource = goods.resource
    keep = like(ground.keep, balance)[resource]
    tonnes = like(ground.stores.tonnes, balance)
    for t in range(ground.periods):
        lasts = goods.last > t
        worth = like(np.zeros(ground.there.shape), balance)
        if t + 1 < ground.periods:
            worth = worth + keep * balance[t + 1]
        worth = worth + like(ground.days[t : t + 1], balance) * prices["occupied"][t][:, resource]
        for v in np.flatnonzero(ground.kept.period == t):
            counts = like(ground.kept.counts[v], balance)[resource] * prices["reserve"][v]
            here = slice(None) if ground.kept.place[v] < 0 else slice(ground.kept.place[v], ground.kept.place[v] + 1)
            worth[here] = worth[here] + counts
        takes = balance[t].copy()
        np.add.at(takes, ground.stores.place, (tonnes * prices["store"][t][:, None])[:, resource])
        held = ground.there & (lasts & (ground.keep[resource] > 0))
        yield worth[held], takes[held], np.broadcast_to(ground.total, held.shape)[held]


def _counters(ground: Ground, prices: Prices) -> Columns:
    """What each lot hands over the counter."""
    resource = ground.goods.resource
    hands = ground.there & ground.dated[:, resource]
    if not hands.any():
        return
    for t in range(ground.periods):
        now = hands & (ground.goods.last >= t)
        box = np.broadcast_to(ground.total, now.shape)[now]
        yield prices["counter"][t][:, resource][now], prices["balance"][t][now], box


def _given(ground: Ground, prices: Prices, drawn: Numbers) -> Columns:
    """What people are given: worth what it provides for each of their needs."""
    served = ground.served
    every = np.arange(len(ground.keep))
    place = ground.where(served.place[:, None], every[None, :])
    can = held_by(ground.goods, ground.there, len(every))[place, every[None, :]]
    content, weights = like(served.content.T, drawn), like(served.rations, drawn)
    box = np.zeros(len(every))
    np.add.at(box, ground.goods.resource, ground.total)
    for t in range(ground.periods):
        days = served.person_days[t]
        here = can & (days > 0)[:, None]
        each = prices["claim"][t] / np.where(days > 0, like(days, drawn), like(np.ones(1), drawn))[:, None]
        worth = each @ content
        takes = drawn[t][place, every[None, :]] + (prices["ration"][t].T @ weights if len(weights) else 0)
        yield worth[here], takes[here], np.broadcast_to(box, here.shape)[here]


def _runs(ground: Ground, prices: Prices, drawn: Numbers, *, effort: Any) -> Columns:
    """Runs of plants: worth what they make."""
    works = ground.works
    weight = like(ground.effort, drawn) * effort
    for recipe, lines in enumerate(works.lines):
        plants = np.flatnonzero((works.recipe == recipe) & works.can)
        if not len(plants):
            continue
        for t in range(ground.periods):
            takes = prices["plant"][t, plants].copy()
            worth = takes * 0
            for line in lines:
                place = ground.where(works.place[plants], line.resource)
                quantity = like(np.array([line.quantity]), drawn)
                if line.use == "output" and line.ready[t] < ground.periods:
                    worth = worth + quantity * (
                        prices["balance"][line.ready[t], place, line.resource] + weight[line.resource]
                    )
                elif line.use == "input":
                    takes = takes + quantity * (drawn[t, place, line.resource] + weight[line.resource])
                elif line.use == "occupied":
                    takes = takes + quantity * prices["occupied"][t, place, line.resource]
            able = works.limit[t, plants] > 0
            yield worth[able], takes[able], ground.runs[t, plants][able]


def _sent(ground: Ground, prices: Prices, drawn: Numbers, *, effort: Any, tonne_km: Any) -> Columns:
    """Dispatches: worth what arrives."""
    ways, goods = ground.ways, ground.goods
    mass = like(ground.mass, drawn)[goods.resource]
    arrived = 1 - like(ways.loss, drawn)
    weight = like(ground.effort, drawn) * effort
    cost = like(ways.km, drawn) * tonne_km
    uses = [(resource, occupied, like(per_tonne, drawn)) for resource, occupied, per_tonne in ways.uses]
    for t in range(ground.periods):
        open_now = np.flatnonzero(ways.arrives[t] < ground.periods)
        if not len(open_now):
            continue
        tail, head, arrives = ways.tail[open_now], ways.head[open_now], ways.arrives[t, open_now]
        tonne = prices["route"][t, open_now] + cost[open_now]
        for resource, occupied, per_tonne in uses:
            place = ground.where(tail, resource)
            price = prices["occupied"][t, place, resource] if occupied else drawn[t, place, resource] + weight[resource]
            tonne = tonne + per_tonne[open_now] * price
        goes = ways.carries[open_now] & (arrives[:, None] <= goods.last[None, :])
        worth = arrived[open_now][:, None] * prices["balance"][arrives, head]
        takes = prices["balance"][t][tail] + mass[None, :] * tonne[:, None]
        yield worth[goes], takes[goes], np.broadcast_to(ground.total, goes.shape)[goes]
