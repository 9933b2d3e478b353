"""Rules of days: what begins ends later, what is open is open once, what comes comes in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import polars as pl

from muster.economy.rules.facts import Facts
from muster.economy.rules.rule import rule
from muster.economy.rules.wording import SHOWN, listed, pick, rows
from muster.economy.tables import LINE
from muster.errors import Fault

_WAY = ("from", "to", "mode")
_WINDOWS = (("arrivals", "from", "until"), ("plants", "from", "until"), ("routes", "opens", "closes"))


@rule("T17")
def windows(facts: Facts) -> Iterator[Fault]:
    """What begins ends on a later day.

    The last day of a window (`until`, `closes`) is the first day outside it, so a window that ends on the day it
    begins is empty.
    """
    for table, first, after in _WINDOWS:
        found = pick(facts.economy, table, pl.col(first) >= pl.col(after))
        if len(found):
            what = f"{found.counted('has its', 'have their')} end before the beginning, or on the same day."
            yield found.fault(what, [first, after], do=f"exchange {first} and {after}, or correct one of them")


@rule("T18", scope="blanks")
def openings(facts: Facts) -> Iterator[Fault]:
    """The openings of a route do not overlap, and a route leads elsewhere.

    Several rows of the same from, to and mode are several openings of one route; on a day in two of them it would
    have two capacities. `both` makes a route in the other direction, too. A blank `opens` has always been, a blank
    `closes` never is.
    """
    economy = facts.economy
    circle = pick(economy, "routes", pl.col("from") == pl.col("to"))
    if len(circle):
        yield circle.fault(
            f"{circle.counted('leads', 'lead')} from a place to itself.", ["from", "to"], do="correct from or to"
        )
    twice = _overlapping(economy.routes.filter(pl.col("from") != pl.col("to")).drop_nulls("mode"))
    if twice.height:
        found = rows(economy, "routes", twice)
        what = f"{found.counted('is', 'are')} open while another row of the same from, to and mode is."
        seen = [
            f"{start} → {end} by {mode} (lines {min(line, other)} and {max(line, other)})"
            for start, end, mode, line, other in twice.select(*_WAY, LINE, "other").head(SHOWN).iter_rows()
        ]
        do = "let one close before the other opens; where both is yes, leave out the row of the other direction"
        yield found.fault(what, ["opens", "closes"], seen=listed(seen, of=len(found)), do=do)


@rule("T19", finds="fault or warning")
def in_time(facts: Facts) -> Iterator[Fault]:
    """What arrives arrives within the horizon.

    What came before the start is a stock: an earlier date is a fault. What comes after the end does not count,
    which is a warning, as for steady arrivals wholly outside the horizon.
    """
    economy, horizon = facts.economy, facts.economy.horizon
    early = pick(economy, "arrivals", pl.col("on") < horizon.start)
    if len(early):
        what = f"{early.counted('is', 'are')} dated before the start, {horizon.start}."
        do = f"correct the date, or write what is there at the start into {economy.file('stocks')}"
        yield early.fault(what, ["resource", "on"], do=do)
    late = pick(economy, "arrivals", (pl.col("on") >= horizon.end) | (pl.col("from") >= horizon.end))
    past = pick(economy, "arrivals", pl.col("on").is_null(), pl.col("until") <= horizon.start)
    for found, when in (
        (late, f"after the end, {horizon.end - timedelta(days=1)}"),
        (past, f"before the start, {horizon.start}"),
    ):
        if len(found):
            what = f"{found.counted('comes', 'come')} {when}, and will not count."
            do = "correct the date, or change start and periods in economy.toml"
            yield found.fault(what, ["resource", "on", "from", "until"], do=do, severity="warning")


@rule("T20", finds="warning")
def expired(facts: Facts) -> Iterator[Fault]:
    """A lot is good for some time after the start.

    A lot that expired before the start is of no use. One that expires within a period counts as usable until the
    end of that period; where the period is more than twice as long as what is left of its life, a plan with shorter
    periods is nearer to the truth.
    """
    economy, horizon = facts.economy, facts.economy.horizon
    gone = pick(economy, "stocks", pl.col("expires") < horizon.start, pl.col("quantity") > 0)
    if len(gone):
        what = f"{gone.counted('has', 'have')} expired before the start, {horizon.start}: all of it is lost."
        yield gone.fault(what, ["resource", "expires"], do="correct the date, or delete the row", severity="warning")
    left = (pl.col("expires") - horizon.start).dt.total_days() + 1
    short = pick(economy, "stocks", left > 0, left * 2 < horizon.days[0], pl.col("quantity") > 0)
    if len(short):
        early = short.counted("expires", "expire")
        what = f"{early} early in the first period, and will be planned as good for all of it."
        do = f"plan in shorter periods than a {horizon.period} (period in economy.toml)"
        yield short.fault(what, ["resource", "expires"], do=do, severity="warning")


def _overlapping(routes: pl.DataFrame) -> pl.DataFrame:
    """Return routes, in either direction, that are open while an earlier row of theirs, line ``other``, is open."""
    forth = routes.select(*_WAY, "opens", "closes", LINE, turned=pl.lit(False))
    back = routes.filter("both").select(
        pl.col("to").alias("from"), pl.col("from").alias("to"), *forth.columns[2:-1], turned=True
    )
    every = pl.concat([forth, back])
    every = every.join(every.group_by(_WAY).len().filter(pl.col("len") > 1), on=_WAY, how="semi")
    first, last = pl.col("opens").fill_null(date.min), pl.col("closes").fill_null(date.max)
    every = every.with_columns(first=first, last=last).filter(pl.col("first") < pl.col("last"))
    every = every.sort(*_WAY, "first", LINE).with_columns(longest=pl.col("last").cum_max().over(_WAY))
    longest_line = pl.when(pl.col("last") == pl.col("longest")).then(LINE).forward_fill()
    # The same key twice is T1, and said there.
    same_key = (pl.col("first") == pl.col("first").shift(1)) & ~pl.col("turned") & ~pl.col("turned").shift(1)
    every = every.with_columns(
        until=pl.col("longest").shift(1).over(_WAY),
        other=longest_line.shift(1).over(_WAY),
        same_key=same_key.over(_WAY),
    )
    overlapping = every.filter(pl.col("first") < pl.col("until"), ~pl.col("same_key"))
    return overlapping.unique(LINE, keep="first", maintain_order=True).sort(LINE)
