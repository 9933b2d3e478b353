"""The certificate as it is read: which stages there are, and their prices; what cannot be understood is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from muster.plan.proof.ground import Floats, Ground, Ints, Numbers
from muster.plan.proof.verdict import Finding, accuse

KINDS = ("common", "level", "band", "last", "effort", "tonne_km")
"""Kinds of stages."""

HEAD = ("goal", "kind", "round", "low", "high", "value", "slack")


@dataclass(frozen=True)
class Entry:
    """One stage as the certificate states it.

    Attributes:
        goal, kind, round: Which stage it is.
        low, high: The band; both the level itself elsewhere.
        value: What the planner says it reached, in the goal's units.
        slack: How far somebody could slip in it.
        prices: Kind of price -> flat positions and prices.
        have: Goal -> flat positions and what everybody had to keep there (a last pass).
        cap: What a unit of effort costs in tonne-kilometres (``tonne_km``).
    """

    goal: str
    kind: str
    round: int
    low: float
    high: float
    value: float
    slack: float
    prices: Mapping[str, tuple[Ints, Floats]]
    have: Mapping[str, tuple[Ints, Floats]]
    cap: float

    @property
    def name(self) -> str:
        """Return its name in the certificate: ``floor.3``."""
        return f"{self.goal}.{self.round}"

    def dense(self, ground: Ground) -> dict[str, Numbers]:
        """Return its prices in the shapes of ``Ground.shapes``."""
        laid: dict[str, Numbers] = {}
        for kind, shape in ground.shapes.items():
            array = np.zeros(shape)
            at, price = self.prices.get(kind, (np.empty(0, dtype=np.int64), np.empty(0)))
            array.ravel()[at] = price
            laid[kind] = array
        return laid


@dataclass(frozen=True)
class Certificate:
    """Every stage in order; by goal, who was stuck where before a last pass raised them: positions, rounds, levels."""

    entries: tuple[Entry, ...]
    before: Mapping[str, tuple[Ints, Ints, Floats]]


class _Torn(Exception):
    """Something of the certificate cannot be understood; says what."""


def read_certificate(
    ground: Ground, goals: tuple[str, ...], arrays: Mapping[str, NDArray[np.generic]]
) -> tuple[Certificate, list[Finding]]:
    """Return what the certificate states; an empty one, and why, where it cannot be understood."""
    try:
        return _read(ground, goals, dict(arrays)), []
    except _Torn as torn:
        found = pl.DataFrame({"seen": [str(torn)]})
        return Certificate((), {}), [accuse("V60", found, file="proof.npz", tell=lambda row: str(row["seen"]))]


def _read(ground: Ground, goals: tuple[str, ...], arrays: dict[str, NDArray[Any]]) -> Certificate:
    if not arrays:
        return Certificate((), {})
    heads = [_taken(arrays, f"stages.{name}") for name in HEAD]
    if len({len(head) for head in heads}) != 1:
        raise _Torn("stages of different number")
    entries = []
    for goal, kind, number, *numbers in zip(*(head.tolist() for head in heads), strict=True):
        if goal not in goals or kind not in KINDS or (goal == "effort") != (kind in ("effort", "tonne_km")):
            raise _Torn(f"a stage {goal} {kind}")
        if not np.isfinite(numbers).all() or number < 1:
            raise _Torn(f"stage {goal}.{number}: {numbers}")
        name = f"{goal}.{number}"
        prices = {
            each: _sparse(arrays, f"{name}.{each}", "price", int(np.prod(shape)))
            for each, shape in ground.shapes.items()
            if f"{name}.{each}.at" in arrays
        }
        have = {
            of: _sparse(arrays, f"{name}.have.{of}", "level", _rungs(ground, of))
            for of in goals
            if f"{name}.have.{of}.at" in arrays
        }
        cap = float(_taken(arrays, f"{name}.cap").sum()) if f"{name}.cap" in arrays else 0.0
        if not 0 <= cap < np.inf:
            raise _Torn(f"{name}.cap {cap}")
        low, high, value, slack = numbers
        entries.append(Entry(goal, kind, number, low, high, value, slack, prices, have, cap))
    if len({entry.name for entry in entries}) < len(entries):
        raise _Torn("a stage stands twice")
    before = {}
    for goal in goals:
        if f"{goal}.before.at" in arrays:
            rounds = _taken(arrays, f"{goal}.before.round")
            at, level = _sparse(arrays, f"{goal}.before", "level", _rungs(ground, goal))
            if rounds.shape != at.shape or rounds.dtype.kind != "i" or (rounds < 1).any():
                raise _Torn(f"{goal}.before.round")
            before[goal] = (at, rounds.astype(np.int64), level)
    if arrays:
        raise _Torn(f"an array nobody knows: {min(arrays)}")
    return Certificate(tuple(entries), before)


def _rungs(ground: Ground, goal: str) -> int:
    return int(np.prod(ground.shapes["reserve" if goal == "reserve" else "claim"]))


def _taken(arrays: dict[str, NDArray[Any]], name: str) -> NDArray[Any]:
    array = arrays.pop(name, None)
    if array is None or array.ndim != 1:
        raise _Torn(f"no array {name}")
    wanted = "U" if name in ("stages.goal", "stages.kind") else "i" if name.endswith((".at", ".round")) else "f"
    if array.dtype.kind != wanted:
        raise _Torn(f"{name} of type {array.dtype}")
    return array


def _sparse(arrays: dict[str, NDArray[Any]], name: str, value: str, size: int) -> tuple[Ints, Floats]:
    """Return positions and numbers of 0 or more."""
    at, numbers = _taken(arrays, f"{name}.at"), _taken(arrays, f"{name}.{value}")
    if at.shape != numbers.shape or (np.diff(at) <= 0).any() or (at < 0).any() or (at >= size).any():
        raise _Torn(f"{name}.at")
    if not np.isfinite(numbers).all() or (numbers < 0).any():
        raise _Torn(f"{name}.{value}")
    return at.astype(np.int64), numbers.astype(np.float64)
