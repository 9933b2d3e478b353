"""The linear program of a region once more, built with linopy as its users would: the peer of ``muster.plan.program``.

linopy is given arrays, so that reading the tables is not counted against it. Its two ways are measured: dense, which is
what ``linopy.Model()`` gives, and sparse (``linopy.Model(sparse=True)``), new in linopy 0.10.
"""

from __future__ import annotations

from dataclasses import dataclass

import linopy
import pandas as pd  # type: ignore[import-untyped]
import scipy.sparse as sp
import xarray as xr

from muster.economy.economy import Economy
from muster.plan.blocks.openings import openings_of
from muster.plan.blocks.reserves import reserves_of
from muster.plan.sets import Sets, sets_of


@dataclass(frozen=True)
class Given:
    """What linopy is given: arrays with names for their axes (place, good, need, period, road).

    Attributes:
        supply: Tonnes (place × good × period).
        keep: Share of a stock left after a period (good).
        content: Units of a need in a tonne (good × need).
        person_days: Persons × days (place × period).
        norm: Per person and day (place × need × period).
        tail, head: Where roads begin and end (road).
        burnt: Diesel burnt for each tonne sent (road).
        capacity: Tonnes (road × period).
        wanted: What is to be held back at the end, in units of the first need.
    """

    supply: xr.DataArray
    keep: xr.DataArray
    content: xr.DataArray
    person_days: xr.DataArray
    norm: xr.DataArray
    tail: xr.DataArray
    head: xr.DataArray
    burnt: xr.DataArray
    capacity: xr.DataArray
    wanted: float


def given(economy: Economy) -> Given:
    """Return the arrays of a region: one group of people, one mode, one fuel, one reserve of the first need."""
    sets = sets_of(economy)
    openings, people = openings_of(sets), sets.claimants
    assert (people.place == range(len(sets.places))).all()
    places = {name: pd.RangeIndex(len(index), name=name) for name, index in _indexes(sets, len(openings.tail)).items()}

    def array(values: object, *axes: str) -> xr.DataArray:
        return xr.DataArray(values, coords=[places[name] for name in axes], dims=axes)

    return Given(
        supply=array(sets.supply[:-1], "place", "good", "period"),
        keep=array(sets.keep, "good"),
        content=array(sets.contents, "good", "need"),
        person_days=array(people.people * sets.days, "place", "period"),
        norm=array(people.norm, "place", "need", "period"),
        tail=array(openings.tail, "road").rename("place"),
        head=array(openings.head, "road").rename("place"),
        burnt=array(openings.per_tonne(0), "road"),
        capacity=array(openings.capacity[:, None] * openings.days, "road", "period"),
        wanted=float(reserves_of(sets).wanted[0]),
    )


def _indexes(sets: Sets, roads: int) -> dict[str, range]:
    lengths = {"place": len(sets.places), "good": len(sets.goods), "need": len(sets.needs), "period": len(sets.days)}
    return {name: range(length) for name, length in (lengths | {"road": roads}).items()}


def build(region: Given, *, sparse: bool) -> sp.csr_array:
    """Build the program with linopy and return its matrix (M rows × K columns)."""
    linopy.options["semantics"] = "v1"
    model = linopy.Model(sparse=sparse)
    everywhere, last = region.supply.coords, int(region.supply.period[-1])
    stock = model.add_variables(0, coords=everywhere, name="stock")
    eaten = model.add_variables(0, coords=everywhere, name="given")
    roads = [region.capacity.indexes["road"], region.supply.indexes["good"], region.supply.indexes["period"]]
    sent = model.add_variables(0, coords=roads, name="sent")
    delivered = model.add_variables(0, region.norm, coords=region.norm.coords, name="delivered")
    held = model.add_variables(0, region.wanted, name="held")
    kept = (region.keep * stock).shift(period=1).fillna(0)
    leaves, arrives = sent.groupby(region.tail).sum(), sent.groupby(region.head).sum()
    balance = stock - kept + leaves - arrives + eaten
    burnt = (region.burnt * sent).sum("good").groupby(region.tail).sum()
    diesel = balance.sel(good=0) + burnt
    model.add_constraints(diesel <= region.supply.sel(good=0), name="diesel")
    others = slice(1, None)
    model.add_constraints(balance.isel(good=others) <= region.supply.isel(good=others), name="balance")
    model.add_constraints(sent.sum("good") <= region.capacity, name="route")
    serves = (region.content / region.person_days * eaten).sum("good")
    model.add_constraints(delivered - serves <= 0, name="claim")
    worth = region.content.isel(need=0) * stock.sel(period=last)
    model.add_constraints(held - worth.sum() <= 0, name="reserve")
    matrix = model.matrices.A
    assert matrix is not None
    return matrix
