"""Rules of cells of one row that belong together, or exclude each other."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from muster.economy.rules.facts import Facts
from muster.economy.rules.rule import rule
from muster.economy.rules.wording import pick, rows
from muster.errors import Fault

_HERE, _GONE = pl.Expr.is_not_null, pl.Expr.is_null


@rule("T8", scope="blanks")
def once_or_steadily(facts: Facts) -> Iterator[Fault]:
    """An arrival comes once or steadily.

    Once: `quantity` and `on`. Steadily: `per_day`, with `from` and `until` where it does not last from the start to
    the end. A row that mixes the two could be read in two ways.
    """
    quantity, on, per_day = pl.col("quantity"), pl.col("on"), pl.col("per_day")
    window = pl.any_horizontal(_HERE(pl.col("from")), _HERE(pl.col("until")))
    once, columns = pl.any_horizontal(_HERE(quantity), _HERE(on)), ["resource", "quantity", "on", "per_day"]
    breaches = (
        (
            once & _HERE(per_day),
            "comes both once and steadily",
            "come both once and steadily",
            "split it into two rows",
        ),
        (~once & _GONE(per_day), "has no quantity", "have no quantity", "give quantity and on, or per_day"),
        (_HERE(quantity) & _GONE(on) & _GONE(per_day), "has no date", "have no date", "give on, the day it arrives"),
        (
            _GONE(quantity) & _HERE(on) & _GONE(per_day),
            "has a date but no quantity",
            "have a date but no quantity",
            "give quantity",
        ),
        (
            _HERE(on) & _GONE(per_day) & window,
            "comes once, yet has from or until",
            "come once, yet have from or until",
            "delete from and until",
        ),
    )
    for which, one, many, do in breaches:
        found = pick(facts.economy, "arrivals", which)
        if len(found):
            yield found.fault(f"{found.counted(one, many)}.", columns, do=do)


@rule("T9", scope="blanks")
def ration_of(facts: Facts) -> Iterator[Fault]:
    """A ration is of a resource or of a class.

    Exactly one of the two says what `most` counts: units of the resource, or tonnes of the class.
    """
    yield from _exactly_one(facts, "rations", "resource", "class")


@rule("T10", finds="fault or warning", scope="blanks")
def reserve_of(facts: Facts) -> Iterator[Fault]:
    """A reserve is of a need or of a resource, for days or in a quantity, within the horizon.

    `days` count the norm of the people there, so they go with a need. `on` is a day of the period at whose end the
    reserve is held. A resource that cannot be stored cannot be held back.
    """
    economy, horizon = facts.economy, facts.economy.horizon
    yield from _exactly_one(facts, "reserves", "need", "resource")
    yield from _exactly_one(facts, "reserves", "days", "quantity")
    found = pick(economy, "reserves", _HERE(pl.col("days")), _HERE(pl.col("resource")), _GONE(pl.col("need")))
    if len(found):
        what = f"{found.counted('counts', 'count')} days of a resource."
        yield found.fault(what, ["resource", "days"], do="give a quantity, or name the need the days are of")
    found = pick(economy, "reserves", (pl.col("on") < horizon.start) | (pl.col("on") >= horizon.end))
    if len(found):
        what = f"{found.counted('is', 'are')} held on a day outside the horizon."
        yield found.fault(
            what,
            ["on"],
            do=f"give a day from {horizon.start} on and before {horizon.end}, or leave it blank for the end",
        )
    lost = economy.resources.filter(pl.col("keep") == 0)["resource"].drop_nulls()
    found = pick(economy, "reserves", pl.col("resource").is_in(lost.implode()))
    if len(found):
        what = f"{found.counted('is', 'are')} of a resource that cannot be stored: it will never be held."
        yield found.fault(
            what, ["resource"], do="delete the row, or give the resource a keep above 0", severity="warning"
        )


@rule("T11")
def delays(facts: Facts) -> Iterator[Fault]:
    """Only outputs come later, by days or by periods.

    `after_days` counts from the last day of the period in which the recipe ran, `after_periods` counts periods; a
    row gives at most one of the two. Inputs are taken when the recipe runs.
    """
    days, periods = pl.col("after_days"), pl.col("after_periods")
    found = pick(facts.economy, "recipes", _HERE(days), _HERE(periods))
    columns = ["recipe", "resource", "after_days", "after_periods"]
    if len(found):
        yield found.fault(
            f"{found.counted('has', 'have')} two delays.", columns, do="give after_days or after_periods, not both"
        )
    found = pick(facts.economy, "recipes", (days > 0) | (periods > 0), pl.col("use") != "output")
    if len(found):
        what = f"{found.counted('has', 'have')} a delay but {'is' if len(found) == 1 else 'are'} no output."
        yield found.fault(what, columns, do="leave the delay blank: only what is made can come later")


@rule("T12", scope="blanks")
def pooled_places(facts: Facts) -> Iterator[Fault]:
    """A pooled resource lies at no place, any other lies somewhere.

    There is one pool for the whole economy: stocks, arrivals and reserves of a pooled resource leave `place` blank.
    Stocks and arrivals of any other resource name their place.
    """
    economy = facts.economy
    known = (
        economy.resources.select("resource", pl.col("pooled").fill_null(False))
        .drop_nulls()
        .unique("resource", keep="first")
    )
    for table in ("stocks", "arrivals", "reserves"):
        frame = economy.tables[table].join(known, on="resource", maintain_order="left")
        placed = rows(economy, table, frame.filter("pooled", _HERE(pl.col("place"))))
        if len(placed):
            what = f"{placed.counted('has', 'have')} a place, but the resource is pooled."
            do = f"leave place blank, or write pooled no in {economy.file('resources')}"
            yield placed.fault(what, ["place", "resource"], do=do)
        adrift = rows(economy, table, frame.filter(~pl.col("pooled"), _GONE(pl.col("place"))))
        if len(adrift) and table != "reserves":
            what = f"{adrift.counted('has', 'have')} no place, and the resource is not pooled."
            do = f"name the place, or write pooled yes in {economy.file('resources')}"
            yield adrift.fault(what, ["place", "resource"], do=do)


def _exactly_one(facts: Facts, table: str, one: str, other: str) -> Iterator[Fault]:
    """Yield a message for rows of ``table`` that fill both of two cells, and one for rows that fill neither."""
    found = pick(facts.economy, table, _HERE(pl.col(one)), _HERE(pl.col(other)))
    if len(found):
        yield found.fault(
            f"{found.counted('has', 'have')} both {one} and {other}.", [one, other], do="leave one of them blank"
        )
    found = pick(facts.economy, table, _GONE(pl.col(one)), _GONE(pl.col(other)))
    if len(found):
        yield found.fault(
            f"{found.counted('has', 'have')} neither {one} nor {other}.", [one, other], do="fill one of them"
        )
