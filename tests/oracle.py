"""The linear program of a plan written a second time, plainly and slowly, to say what the first level must be.

It shares nothing with the planner: the tables are read by ``muster.plan.proof.facts``, and SciPy solves.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from scipy.optimize import linprog
from scipy.sparse import csr_array

from muster.economy.economy import Economy
from muster.plan.proof.facts import Facts, arrivals, claims, know, openings, people, starting

Key = tuple[Any, ...]
Terms = dict[Key, float]


@dataclass
class Program:
    """Columns of 0 or more by key, and rows that must be 0 or more."""

    columns: dict[Key, int] = field(default_factory=dict)
    rows: list[tuple[Terms, float]] = field(default_factory=list)

    def need(self, terms: Terms, constant: float = 0.0) -> None:
        """Ask that ``constant`` plus the terms is 0 or more."""
        for key in terms:
            self.columns.setdefault(key, len(self.columns))
        self.rows.append((terms, constant))

    def most(self, key: Key) -> float:
        """Return the highest value of one column, which must not be above 1."""
        self.need({key: -1.0}, 1.0)
        cells = [
            (row, self.columns[name], value)
            for row, (terms, _) in enumerate(self.rows)
            for name, value in terms.items()
        ]
        row, column, value = (np.array(each) for each in zip(*cells, strict=True))
        matrix = csr_array((-value.astype(float), (row, column)), shape=(len(self.rows), len(self.columns)))
        cost = np.zeros(len(self.columns))
        cost[self.columns[key]] = -1.0
        found = linprog(cost, A_ub=matrix, b_ub=np.array([constant for _, constant in self.rows]), method="highs")
        assert found.status == 0, found.message
        return float(-found.fun)


LEVEL: Key = ("level",)


def first_level(economy: Economy) -> float:
    """Return the highest level that everybody the first goal is about can reach together."""
    facts = know(economy)
    program = Program()
    flows: dict[tuple[str, str, int], Terms] = defaultdict(dict)
    goods = _goods(facts)
    _routes(facts, program, flows, goods)
    _runs(facts, program, flows)
    given = _given(facts, program, flows)
    _balances(facts, program, flows, goods)
    _limits(facts, program, flows, goods)
    if economy.goals[0] == "reserve":
        _reserves(facts, program, goods)
    else:
        _claims(facts, program, given, economy.goals[0])
    return program.most(LEVEL)


def _goods(facts: Facts) -> dict[str, list[tuple[date | None, int]]]:
    """Return the dates of each resource's lots (``None``: no date) with their last good period."""
    goods: dict[str, list[tuple[date | None, int]]] = {
        name: [(None, facts.periods)] for name in facts.resources["resource"]
    }
    for resource, day in starting(facts).select("resource", "expires").drop_nulls().unique().sort("expires").rows():
        goods[resource].append((day, facts.economy.horizon.period_of(day)))
    return goods


def _of(facts: Facts) -> dict[str, dict[str, Any]]:
    return {row["resource"]: row for row in facts.resources.to_dicts()}


def _at(of: dict[str, dict[str, Any]], place: str, resource: str) -> str:
    return "" if of[resource]["pooled"] else place


def _labels(facts: Facts) -> dict[str, set[str]]:
    out: dict[str, set[str]] = defaultdict(set)
    for resource, label in facts.labels.rows():
        out[resource].add(label)
    return out


def _add(terms: Terms, key: Key, value: float) -> None:
    terms[key] = terms.get(key, 0.0) + value


def _routes(facts: Facts, program: Program, flows: Any, goods: dict[str, list[tuple[date | None, int]]]) -> None:
    """Add what is sent on each opening, by resource and date, and what that takes."""
    of, labels = _of(facts), _labels(facts)
    carried: dict[str, list[str | None]] = defaultdict(list)
    for mode, label in facts.table("carries").select("mode", "class").rows():
        carried[mode].append(label)
    takes = facts.table("modes").to_dicts()
    for number, way in enumerate(openings(facts).to_dicts()):
        load: Terms = {}
        for resource, row in of.items():
            fits = not carried[way["mode"]] or any(x is None or x in labels[resource] for x in carried[way["mode"]])
            if row["pooled"] or row["mass_t"] is None or not fits or way["arrives"] >= facts.periods:
                continue
            for day, last in goods[resource]:
                if way["arrives"] > last:
                    continue
                key = ("sent", number, resource, day)
                flows["out", way["from"], resource, day, way["period"]][key] = 1.0
                flows["in", way["to"], resource, day, way["arrives"]][key] = 1.0 - way["loss"]
                load[key] = row["mass_t"]
                for use in takes:
                    if use["mode"] == way["mode"]:
                        amount = row["mass_t"] * (use["per_t_km"] * way["distance_km"] + use["per_t"])
                        where = _at(of, way["from"], use["resource"])
                        _add(flows[use["use"], where, use["resource"], way["period"]], key, amount)
        if way["capacity_t"] is not None:
            program.need({key: -mass for key, mass in load.items()}, way["capacity_t"])


def _runs(facts: Facts, program: Program, flows: Any) -> None:
    of, horizon = _of(facts), facts.economy.horizon
    plants: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in facts.table("plants").to_dicts():
        plants[row["place"], row["recipe"]].append(row)
    for (place, recipe), rows in plants.items():
        for t in range(facts.periods):
            days = [horizon.days_within(row["from"], row["until"])[t] for row in rows]
            key = ("runs", place, recipe, t)
            if not any(days):
                continue
            if all(row["runs_per_day"] is not None for row, open_days in zip(rows, days, strict=True) if open_days):
                room = sum((row["runs_per_day"] or 0.0) * open_days for row, open_days in zip(rows, days, strict=True))
                program.need({key: -1.0}, room)
            for use in facts.table("recipes").filter(pl.col("recipe") == recipe).to_dicts():
                where = _at(of, place, use["resource"])
                if use["use"] == "output":
                    last = date.fromordinal(horizon.starts[t + 1].toordinal() - 1 + (use["after_days"] or 0))
                    ready = t + use["after_periods"] if use["after_periods"] is not None else horizon.period_of(last)
                    if ready < facts.periods:
                        _add(flows["in", where, use["resource"], None, ready], key, use["quantity"])
                else:
                    kind = "consumed" if use["use"] == "input" else "occupied"
                    _add(flows[kind, where, use["resource"], t], key, use["quantity"])


def _given(facts: Facts, program: Program, flows: Any) -> dict[tuple[str, str, int], list[tuple[str, Key]]]:
    of, labels = _of(facts), _labels(facts)
    given: dict[tuple[str, str, int], list[tuple[str, Key]]] = {}
    rations = facts.table("rations").to_dicts()
    for here in people(facts).to_dicts():
        who = (here["place"], here["group"], here["period"])
        given[who] = [(resource, ("given", *who, resource)) for resource in of]
        for resource, key in given[who]:
            flows["consumed", _at(of, here["place"], resource), resource, here["period"]][key] = 1.0
        for row in rations:
            if row["group"] not in ("", here["group"]):
                continue
            if row["class"] is None:
                terms = {key: -1.0 for resource, key in given[who] if resource == row["resource"]}
            else:
                terms = {key: -of[name]["mass_t"] for name, key in given[who] if row["class"] in labels[name]}
            program.need(terms, row["most"] * here["people"] * here["days"])
    return given


def _balances(facts: Facts, program: Program, flows: Any, goods: dict[str, list[tuple[date | None, int]]]) -> None:
    of = _of(facts)
    start = {(place, resource, day): quantity for place, resource, day, quantity in starting(facts).rows()}
    arrived = {(place, resource, t): quantity for place, resource, t, quantity in arrivals(facts).rows()}
    places = facts.table("places")["place"].to_list()
    for resource, row in of.items():
        for place in [""] if row["pooled"] else places:
            for t in range(facts.periods):
                drawn: Terms = {key: -amount for key, amount in flows["consumed", place, resource, t].items()}
                for day, last in goods[resource]:
                    terms = dict(flows["in", place, resource, day, t])
                    for key, amount in flows["out", place, resource, day, t].items():
                        _add(terms, key, -amount)
                    if t and last > t - 1:
                        terms["stock", place, resource, day, t - 1] = row["keep"]
                    if last > t:
                        terms["stock", place, resource, day, t] = -1.0
                    if last >= t:
                        terms["take", place, resource, day, t] = -1.0
                        drawn["take", place, resource, day, t] = 1.0
                    there = start.get((place, resource, day), 0.0) if t == 0 else 0.0
                    there += arrived.get((place, resource, t), 0.0) if day is None else 0.0
                    program.need(terms, there)
                program.need(drawn)


def _limits(facts: Facts, program: Program, flows: Any, goods: dict[str, list[tuple[date | None, int]]]) -> None:
    of, labels = _of(facts), _labels(facts)

    def stock(place: str, resource: str, t: int) -> list[Key]:
        return [("stock", place, resource, day, t) for day, last in goods[resource] if last > t]

    for row in facts.table("stores").to_dicts():
        held = [
            name
            for name in of
            if not of[name]["pooled"] and row["class"] in (None, *labels[name]) and of[name]["mass_t"]
        ]
        for t in range(facts.periods):
            terms = {key: -of[name]["mass_t"] for name in held for key in stock(row["place"], name, t)}
            program.need(terms, row["capacity_t"])
    for kind, *where in list(flows):
        if kind == "occupied":
            place, resource, t = where
            terms = {key: -amount for key, amount in flows["occupied", place, resource, t].items()}
            for key in stock(place, resource, t):
                _add(terms, key, facts.economy.horizon.days[t])
            program.need(terms)


def _claims(
    facts: Facts, program: Program, given: dict[tuple[str, str, int], list[tuple[str, Key]]], goal: str
) -> None:
    content = {(resource, need): amount for resource, need, amount in facts.table("contents").rows()}
    for claim in claims(facts).to_dicts():
        if claim[goal] > 0:
            terms = {LEVEL: -float(claim[goal])}
            for resource, key in given[claim["place"], claim["group"], claim["period"]]:
                amount = content.get((resource, claim["need"]), 0.0)
                terms[key] = amount / (claim["people"] * claim["days"])
            program.need(terms, claim["covered"])


def _reserves(facts: Facts, program: Program, goods: dict[str, list[tuple[date | None, int]]]) -> None:
    of, horizon = _of(facts), facts.economy.horizon
    content = {(resource, need): amount for resource, need, amount in facts.table("contents").rows()}
    asked = claims(facts).to_dicts()
    for row in facts.table("reserves").to_dicts():
        t = facts.periods - 1 if row["on"] is None else horizon.period_of(row["on"])
        daily = sum(
            claim["people"] * claim["norm"]
            for claim in asked
            if claim["need"] == row["need"] and claim["period"] == t and row["place"] in ("", claim["place"])
        )
        wanted = row["days"] * daily if row["quantity"] is None else row["quantity"]
        terms: Terms = {LEVEL: -wanted}
        for resource in of:
            worth = (
                float(resource == row["resource"]) if row["need"] == "" else content.get((resource, row["need"]), 0.0)
            )
            for place in ["", *facts.table("places")["place"]] if row["place"] == "" else [row["place"]]:
                if of[resource]["pooled"] == (place == "") and of[resource]["keep"] > 0 and worth:
                    for day, last in goods[resource]:
                        if last > t:
                            terms["stock", place, resource, day, t] = worth
        program.need(terms)
