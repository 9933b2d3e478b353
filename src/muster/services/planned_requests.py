"""The use case of taking requests over from a plan: what it gives in the current period, in names of the book."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from muster import store
from muster.book.accounts import kind_of
from muster.report.facts import claims
from muster.report.names import Names
from muster.services.book_names import Resource, names_in
from muster.services.places import read_plan

CRUMB = 1e-3
"""So little of a unit of the economy (a kilogram of tonnes) is what solving left over: nobody asks for it."""


@dataclass(frozen=True)
class Planned:
    """What a plan gives the people of a place of one good in a period.

    Attributes:
        origin: Tells it from all others: plan, period, place, good.
        place: Name of the place; period: name of the period.
        store, resource: In the book.
        quantity, unit: In smallest units of the book.
        entered: As the plan says it, e.g. ``6.5 t``.
        people: With a claim there in that period.
        until: Last day of the period.
    """

    origin: str
    place: str
    period: str
    store: str
    resource: str
    quantity: int
    unit: str
    entered: str
    people: int
    until: date


def planned_requests(address: str, plan: Path, *, economy: Path, unit: str, today: date) -> list[Planned]:
    """Return what a plan gives in the period of today that a unit could send to stores the book knows.

    Goods and places that the book does not know by the names of the economy, or by ``book.toml``, are left out, and so
    is the own store.

    Args:
        address: Of the book.
        plan: Plan folder.
        economy: Folder of the economy, for its ``book.toml``.
        unit: Who would send.
        today: In the period that is meant; before the first, the first is.
    Raises:
        PlanError: The plan cannot be read.
        EconomyError: ``book.toml`` cannot be read.
    """
    found = read_plan(plan)
    period = max(0, found.economy.horizon.period_of(today))
    if period >= found.economy.horizon.periods:
        return []
    names, shown = names_in(found.economy, economy), Names(found.economy)
    with store.open(address) as book:
        rows, registered = book.balances(), set(book.register.stores)
    units = {row.resource: row.unit for row in rows}
    stores = sorted({row.place for row in rows if kind_of(row.place) == "store"} | registered, reverse=True)
    at = {place: each for each in stores if (place := names.known_place(each)) and each != f"store:{unit}"}
    known = {name: names.resource(name, measured) for name, measured in units.items()}
    goods = {each.name: (name, each) for name, each in known.items() if isinstance(each, Resource)}
    people = _people(claims(found).filter(pl.col("period") == period))
    until = found.economy.horizon.starts[period + 1] - timedelta(days=1)
    given = found.given.filter(pl.col("period") == period).group_by("place", "resource").agg(pl.col("quantity").sum())
    planned = []
    for place, resource, quantity in given.sort("place", "resource").iter_rows():
        if place not in at or resource not in goods or quantity < CRUMB:
            continue
        name, good = goods[resource]
        smallest = round(quantity * float(good.size))
        if smallest:
            planned.append(
                Planned(
                    origin=f"{plan.name}/{period}/{place}/{resource}",
                    place=shown.place[place],
                    period=shown.when(period),
                    store=at[place],
                    resource=name,
                    quantity=smallest,
                    unit=good.smallest,
                    entered=f"{quantity:,.6g} {good.unit}",
                    people=people.get(place, 0),
                    until=until,
                )
            )
    return planned


def _people(known: pl.DataFrame) -> dict[str, int]:
    """Return place -> how many distinct people have a claim there in the one period of these claims."""
    each = known.group_by("place", "group").agg(pl.col("people").max())
    whole = each.group_by("place").agg(pl.col("people").sum())
    return {place: round(people) for place, people in whole.select("place", "people").iter_rows()}
