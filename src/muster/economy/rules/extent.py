"""Rules of what an economy leaves out, doubles, or makes too large."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import polars as pl

from muster.economy.rules.facts import Facts
from muster.economy.rules.rule import rule
from muster.economy.rules.wording import counted, pick, rows
from muster.economy.tables import LINE, SHAPES, TABLES
from muster.errors import Fault

_MOST_NUMBERS = 50_000_000
"""Quantities of a plan (stocks and dispatches by resource and period) above which it takes hours."""


@rule("T35", finds="warning", scope="whole")
def has_floor(facts: Facts) -> Iterator[Fault]:
    """A need has a floor somewhere.

    The goal `floor` looks only at people whose floor is above 0. A need with floor 0 everywhere counts first in the
    goal `norm`: nobody's survival depends on it.
    """
    if "floor" not in facts.economy.goals:
        return
    highest = facts.claims.group_by("need").agg(pl.col("floor").max())
    without = highest.filter(pl.col("floor") == 0)["need"].implode()
    found = pick(facts.economy, "needs", pl.col("need").is_in(without))
    if len(found):
        what = f"{found.counted('has', 'have')} a floor of 0 for everybody, so the goal floor does not look at it."
        do = f"give the survival minimum in {facts.economy.file('norms')}, unless the need can wait for all others"
        yield found.fault(what, ["need"], do=do, severity="warning")


@rule("T36", finds="warning", scope="whole")
def size(facts: Facts) -> Iterator[Fault]:
    """A plan is of a size that can be worked out.

    Its size is (places + routes) × resources × periods. Above 50 million quantities a plan takes hours and much
    memory.
    """
    economy = facts.economy
    places, resources, periods = economy.places.height, economy.resources.height, economy.horizon.periods
    directed = facts.supply.roads.height
    numbers = (places + directed) * resources * periods
    if numbers > _MOST_NUMBERS:
        what = f"The plan has {numbers / 1e6:,.0f} million quantities, and will take hours."
        seen = f"({places:,} places + {directed:,} routes) × {resources:,} resources × {periods:,} periods"
        yield Fault(
            what, "economy.toml, periods", seen, "plan for fewer or longer periods, or leave places out", "", "warning"
        )


@rule("T37", finds="warning", scope="blanks")
def on_the_map(facts: Facts) -> Iterator[Fault]:
    """A place lies where it is.

    Latitude 0 and longitude 0 is a point in the sea off Ghana, and most often stands for «not known». A place with
    one of the two is not drawn on the map, nor is a shape whose `place` does not exist.
    """
    economy, latitude, longitude = facts.economy, pl.col("latitude"), pl.col("longitude")
    columns = ["place", "latitude", "longitude"]
    found = pick(economy, "places", latitude == 0, longitude == 0)
    if len(found):
        what = f"{found.counted('lies', 'lie')} at latitude 0, longitude 0, in the sea off Ghana."
        yield found.fault(what, columns, do="write where it is, or leave both blank", severity="warning")
    found = pick(economy, "places", latitude.is_null() != longitude.is_null())
    if len(found):
        what = f"{found.counted('has', 'have')} only one of latitude and longitude, and will not be on the map."
        yield found.fault(what, columns, do="fill both, or leave both blank", severity="warning")
    known = set(economy.places["place"])
    features = (economy.shapes or {}).get("features", ())
    strange = [name for each in features if (name := (each.get("properties") or {}).get("place")) not in known]
    if strange:
        what = f"{counted(len(strange), 'shape is of a place that does', 'shapes are of places that do')} not exist."
        seen = ", ".join(str(name) for name in strange[:5])
        yield Fault(
            what,
            SHAPES,
            seen,
            f"correct the ids, or add the places to {economy.file('places')}",
            "",
            "warning",
            len(strange),
        )


@rule("T38", finds="warning", scope="blanks")
def twice(facts: Facts) -> Iterator[Fault]:
    """Nothing is written twice.

    Rows of tables without a key add up: the same row twice counts twice. A plant without limit in two rows that
    hold on the same day has no more capacity than in one.
    """
    economy = facts.economy
    for table in ("stocks", "arrivals", "modes", "carries", "recipes", "plants", "reserves"):
        columns = [column.name for column in TABLES[table].columns]
        frame = economy.tables[table]
        same = frame.filter(pl.struct(columns).is_duplicated()) if frame.height else frame
        found = rows(economy, table, same)
        if len(found):
            filled = [name for name in columns if same[name].null_count() < same.height and name != "both"]
            what = f"{found.counted('is', 'are')} the same as another row, so that both count."
            yield found.fault(what, filled, do="delete the rows that were entered twice", severity="warning")
    way, endless = (
        ["place", "recipe"],
        economy.plants.filter(pl.col("runs_per_day").is_null()).drop_nulls(["place", "recipe"]),
    )
    first, last = pl.col("from").fill_null(date.min), pl.col("until").fill_null(date.max)
    dated = endless.with_columns(first=first, last=last).sort(*way, "first", LINE)
    over = dated.filter(pl.col("first") < pl.col("last").cum_max().shift(1).over(way))
    over = (
        over.join(
            endless.filter(pl.struct(TABLES["plants"].schema.keys() - {LINE}).is_duplicated()), on=LINE, how="anti"
        )
        if over.height
        else over
    )
    found = rows(economy, "plants", over)
    if len(found):
        what = f"{found.counted('repeats', 'repeat')} a plant that has no limit already."
        yield found.fault(
            what, ["place", "recipe", "from", "until"], do="give runs_per_day, or delete the row", severity="warning"
        )


@rule("T39", finds="warning")
def gets_through(facts: Facts) -> Iterator[Fault]:
    """Something gets through on a route.

    `loss` is the fraction of what is sent that does not arrive. With a loss of 1 nothing does: 1 % is written 0.01.
    """
    found = pick(facts.economy, "routes", pl.col("loss") == 1)
    if len(found):
        what = f"{found.counted('loses', 'lose')} all that is sent."
        yield found.fault(
            what, ["from", "to", "loss"], do="write a percentage as a fraction: 1 % is 0.01", severity="warning"
        )
