"""Rules of recipes that give more than they take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from muster.economy.rules.facts import Facts
from muster.economy.rules.rule import rule
from muster.economy.rules.wording import both, pick, rows, written
from muster.errors import Fault

_GAIN = 1e-6
"""Share of what is turned over that counts as a gain; less is rounding of the recipes' own figures."""

_EXACT = 1e-9
"""Share of what is turned over that may be missing in a loop, from the arithmetic of floating point."""


@dataclass(frozen=True)
class Turnover:
    """What one run of each recipe takes and gives.

    Attributes:
        recipes: Names (N).
        resources: Names (R).
        taken, given: Units per run (R × N).
        effort: Weight of one unit (R).
    """

    recipes: list[str]
    resources: list[str]
    taken: NDArray[np.float64]
    given: NDArray[np.float64]
    effort: NDArray[np.float64]


@rule("T21", finds="fault or warning", scope="whole")
def from_nothing(facts: Facts) -> Iterator[Fault]:
    """Nothing comes from nothing.

    Recipes that together give back all they take and more (wheat to flour to wheat) could feed everybody for ever.
    What is occupied does not count, as it is not used up, and neither do the limits of plants. A recipe without
    inputs is a source, like a mine or a spring: it must have a limit, in its plants or in what it occupies. Where
    what is gained has effort it is a fault, since the last goal would run the recipes for its own sake; otherwise a
    warning.
    """
    yield from _sources(facts)
    turnover = _turnover(facts)
    loop = _loop(turnover, turnover.effort > 0) or _loop(turnover, np.ones(len(turnover.resources), dtype=bool))
    if loop is None:
        return
    recipes, gained = loop
    weighed = [name for name in gained if turnover.effort[turnover.resources.index(name)] > 0]
    found = pick(facts.economy, "recipes", pl.col("recipe").is_in(recipes))
    what = (
        f"{both(recipes)}{' together make' if len(recipes) > 1 else ' makes'} {both(weighed or gained)} from nothing."
    )
    one = "one round of them" if len(recipes) > 1 else "one run"
    amounts = found.frame.filter(pl.col("resource").is_in(weighed or gained))
    do = f"correct the quantities: {one} gives back more than it takes; or add what else is used up"
    columns = ["recipe", "resource", "use", "quantity"]
    seen = rows(facts.economy, "recipes", amounts).seen(columns)
    yield found.fault(what, columns, seen=seen, do=do, severity="fault" if weighed else "warning")


@rule("T22", finds="warning", scope="whole")
def effort_gained(facts: Facts) -> Iterator[Fault]:
    """A recipe does not add effort.

    The last goal uses up as little effort as it can, and what recipes make counts against what is used. A recipe
    whose outputs weigh more than its inputs would be run for the sake of that goal alone, as long as its inputs
    last.
    """
    turnover = _turnover(facts)
    out, into = turnover.effort @ turnover.given, turnover.effort @ turnover.taken
    more = np.flatnonzero((out > into * (1 + _GAIN)) & (turnover.taken > 0).any(axis=0))
    names = [turnover.recipes[column] for column in more]
    found = pick(facts.economy, "recipes", pl.col("recipe").is_in(names), pl.col("use") == "output")
    if len(found):
        what = f"The outputs of {both(names)} have more effort than the inputs."
        seen = [
            f"{turnover.recipes[column]}: {written(out[column])} out, {written(into[column])} in" for column in more
        ]
        do = f"give effort in {facts.economy.file('resources')} to what is first used up, not to what is made from it"
        yield found.fault(what, ["recipe", "resource", "quantity"], seen=both(seen), do=do, severity="warning")


def _sources(facts: Facts) -> Iterator[Fault]:
    """Yield a message for recipes that take nothing and are without limit, or make something with effort."""
    economy = facts.economy
    used = economy.recipes.drop_nulls(["recipe", "use"]).filter(pl.col("quantity") > 0)
    effort = (
        economy.resources.select("resource", pl.col("effort").fill_null(0.0))
        .drop_nulls()
        .unique("resource", keep="first")
    )
    kinds = (
        used.join(effort, on="resource", how="left", maintain_order="left")
        .group_by("recipe", maintain_order=True)
        .agg(
            takes=(pl.col("use") == "input").any(),
            occupies=(pl.col("use") == "occupied").any(),
            weighs=((pl.col("use") == "output") & (pl.col("effort") > 0)).any(),
        )
    )
    sources = kinds.filter(~pl.col("takes"))
    endless = economy.plants.filter(pl.col("runs_per_day").is_null())["recipe"].drop_nulls().implode()
    weighed = sources.filter("weighs")["recipe"].to_list()
    free = sources.filter(~pl.col("weighs"), ~pl.col("occupies"), pl.col("recipe").is_in(endless))["recipe"].to_list()
    outputs = pl.col("use") == "output"
    if weighed:
        found = pick(economy, "recipes", pl.col("recipe").is_in(weighed), outputs)
        what = f"{_sources_named(weighed)} something that has effort from nothing."
        do = f"add what is used up as an input, or leave effort out for {both(_resources(found.frame))}"
        yield found.fault(what, ["recipe", "resource", "quantity"], do=do)
    if free:
        found = pick(economy, "recipes", pl.col("recipe").is_in(free), outputs)
        what = f"{_sources_named(free)} as much as one likes from nothing."
        do = f"add what is used up as an input, or give runs_per_day in {economy.file('plants')}"
        yield found.fault(what, ["recipe", "resource", "quantity"], do=do, severity="warning")


def _sources_named(recipes: list[str]) -> str:
    return f"{both(recipes)} {'makes' if len(recipes) == 1 else 'make'}"


def _turnover(facts: Facts) -> Turnover:
    """Return what recipes take and give, as far as it could be read."""
    economy = facts.economy
    known = (
        economy.resources.select("resource", pl.col("effort").fill_null(0.0))
        .drop_nulls()
        .unique("resource", keep="first")
    )
    used = economy.recipes.drop_nulls(["recipe", "use"]).filter(pl.col("quantity") > 0, pl.col("use") != "occupied")
    used = used.join(known, on="resource", how="semi")
    recipes = used["recipe"].unique(maintain_order=True).to_list()
    resources = used["resource"].unique(maintain_order=True).to_list()
    columns, lines = ({name: at for at, name in enumerate(names)} for names in (recipes, resources))
    taken, given = np.zeros((2, len(resources), len(recipes)))
    for recipe, resource, use, quantity in used.select("recipe", "resource", "use", "quantity").iter_rows():
        (given if use == "output" else taken)[lines[resource], columns[recipe]] += quantity
    weights = dict(known.iter_rows())
    return Turnover(recipes, resources, taken, given, np.array([weights[name] for name in resources]))


def _loop(turnover: Turnover, wanted: NDArray[np.bool_]) -> tuple[list[str], list[str]] | None:
    """Return recipes with inputs that together gain, and which of the ``wanted`` resources they gain.

    A linear program: runs ≥ 0, together at most 1, so that nothing is lost on balance and the wanted gain most.
    Runs are counted so that each recipe's largest quantity is 1, resources so that each one's largest quantity is 1.
    """
    takes = (turnover.taken > 0).any(axis=0)
    # What is given back must first be made: without a resource that is both taken and given there is no loop.
    if not ((turnover.taken > 0).any(axis=1) & (turnover.given[:, takes] > 0).any(axis=1)).any() or not wanted.any():
        return None
    # Loading scipy.optimize takes a third of a second, which economies without such recipes need not wait for.
    from scipy.optimize import linprog

    size = np.maximum(turnover.taken, turnover.given)[:, takes]
    by_resource = size.max(axis=1, keepdims=True, initial=0.0)
    size = size / np.where(by_resource > 0, by_resource, 1.0)
    scale = np.where(by_resource > 0, by_resource, 1.0) * size.max(axis=0, keepdims=True)
    taken, given = turnover.taken[:, takes] / scale, turnover.given[:, takes] / scale
    net = given - taken
    answer = linprog(
        -net[wanted].sum(axis=0),
        A_ub=np.vstack([-net, np.ones(net.shape[1])]),
        b_ub=np.append(np.zeros(len(net)), 1.0),
        method="highs",
    )
    if answer.status != 0 or answer.x is None:
        return None
    runs = np.where(answer.x > _EXACT, answer.x, 0.0)
    gain, turned = net @ runs, (taken + given) @ runs
    if (gain < -_EXACT * np.maximum(turned, 1.0)).any():
        return None
    gained = [name for at, name in enumerate(turnover.resources) if wanted[at] and gain[at] > _GAIN * turned[at]]
    recipes = [name for name, count in zip(np.array(turnover.recipes)[takes].tolist(), runs, strict=True) if count > 0]
    return (recipes, gained) if gained else None


def _resources(frame: pl.DataFrame) -> list[str]:
    return frame["resource"].unique(maintain_order=True).to_list()
