"""Rules that say how many people are hit."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from muster.economy.rules.facts import Facts
from muster.economy.rules.rule import rule
from muster.economy.rules.supply import Days
from muster.economy.rules.wording import SHOWN, Rows, both, counted, listed, persons, pick, rows, written
from muster.economy.tables import LINE
from muster.errors import Fault


@rule("T23", finds="warning", scope="people")
def provided(facts: Facts) -> Iterator[Fault]:
    """Something provides each need.

    People have a norm of the need beyond what they have of their own, but no resource has contents of it, or none
    of those that have is in stocks, in arrivals or made by a plant. Nobody will be given anything for this need.
    """
    economy = facts.economy
    claims = facts.claims.group_by("need", maintain_order=True).agg(pl.col("people").sum(), pl.col("place").n_unique())
    providers = _providers(facts)
    for need, people, places in claims.iter_rows():
        if providers.get(need, frozenset()) & facts.supply.found:
            continue
        found = pick(economy, "needs", pl.col("need") == need)
        seen = f"wanted by {persons(people)} at {counted(places, 'place', 'places')}"
        if need in providers:
            what = f"There is nothing that provides {need}: {persons(people)} will get none."
            lacking = both(sorted(providers[need]))
            do = f"add {lacking} to {economy.file('stocks')} or {economy.file('arrivals')}, or a plant that makes it"
        else:
            what = f"No resource provides {need}: {persons(people)} will get none."
            do = f"add rows to {economy.file('contents')} that say how much {need} a unit of a resource gives"
        yield found.fault(what, ["need"], seen=seen, do=do, severity="warning")


@rule("T24", finds="warning", scope="people")
def reached(facts: Facts) -> Iterator[Fault]:
    """Everybody can be reached with something for each need.

    No open route leads to the place from where there is something that provides the need, and nothing of it lies
    there. Routes count that are open on some day and carry the resource; routes whose mode takes what is never
    where they start do not.
    """
    positions = facts.supply.positions["place"].to_list()
    cut_off: dict[frozenset[str], list[str]] = {}
    for need, days in _days_of_needs(facts).items():
        never = frozenset(np.array(positions, dtype=object)[np.isinf(days)]) & frozenset(
            _claiming(facts, need)["place"]
        )
        if never:
            cut_off.setdefault(never, []).append(need)
    for places, needs in cut_off.items():
        claims = facts.claims.filter(pl.col("need").is_in(needs), pl.col("place").is_in(sorted(places)))
        found, people, seen = _by_place(facts, claims)
        at = counted(len(places), "place", "places")
        what = f"{persons(people)} at {at} cannot be reached with anything for {both(needs)}."
        do = f"add a route that is open, or a stock at the place{_short_of(facts, places)}"
        yield Fault(what, found, seen, do, "", "warning", count=len(places))


@rule("T25", finds="warning", scope="people")
def reached_in_time(facts: Facts) -> Iterator[Fault]:
    """Everybody can be reached before the end.

    The quickest way from where there is something for the need takes longer than the horizon, counted from the day
    it is there: nothing sent can be used before the end.
    """
    horizon = sum(facts.economy.horizon.days)
    for need, days in _days_of_needs(facts).items():
        late = facts.supply.positions.with_columns(days=days).filter(
            pl.col("days").is_finite(), pl.col("days") >= horizon
        )
        claims = _claiming(facts, need).join(late.select("place", "days"), on="place")
        if claims.height:
            found, people, _ = _by_place(facts, claims)
            first = claims.unique("place", maintain_order=True).sort("days", descending=True)
            seen = [
                f"{facts.called(place)}: day {written(day + 1)}"
                for place, day in first.select("place", "days").head(SHOWN).iter_rows()
            ]
            at = counted(first.height, "place", "places")
            what = f"{persons(people)} at {at} can get nothing for {need} before the end."
            do = (
                f"the horizon has {horizon} days: plan for more periods, find quicker routes, or store something nearer"
            )
            yield Fault(what, found, listed(seen, of=first.height), do, "", "warning", count=first.height)


@rule("T26", finds="warning", scope="people")
def counted_twice(facts: Facts) -> Iterator[Fault]:
    """People are counted at a place or at its parent.

    Where people of a place and of a larger place that holds it are both counted, the larger number often includes
    the smaller. It is right where the parent counts only those who live in none of its parts.
    """
    above = facts.economy.places.select("place", "parent").drop_nulls().unique("place", keep="first")
    heads = facts.heads.group_by("place").agg(pl.col("people").sum())
    pairs = above.rename({"parent": "larger"})
    found = [pairs]
    while (pairs := pairs.join(above, left_on="larger", right_on="place").select("place", larger="parent")).height:
        found.append(pairs)
    every = (
        pl.concat(found)
        .join(heads, on="place")
        .join(heads.rename({"people": "there"}), left_on="larger", right_on="place")
    )
    if every.height:
        larger = (
            every.group_by("larger")
            .agg(pl.len(), pl.col("people").sum(), pl.col("there").first())
            .sort("there", "larger", descending=[True, False])
        )
        seen = [
            f"{facts.called(place)}: {persons(there)}, and {persons(people)} at {counted(parts, 'part', 'parts')} of it"
            for place, parts, people, there in larger.iter_rows()
        ]
        at = _people_at(facts, larger["larger"])
        people = persons(float(min(larger["there"].sum(), larger["people"].sum())))
        what = f"{people} may be counted twice: at a place, and at the larger place it is part of."
        do = "count people at the parts or at the whole; leave parent blank if the one is no part of the other"
        yield at.fault(what, ["place", "people"], seen=listed(seen), do=do, severity="warning")


@rule("T27", finds="warning", scope="people")
def have_norms(facts: Facts) -> Iterator[Fault]:
    """Everybody has a norm.

    Without a norm nothing is planned for people. Where that is meant, a norm of 0 says so.
    """
    without = facts.heads.join(facts.standards, on=["place", "group"], how="anti", maintain_order="left")
    if without.height:
        groups = without.group_by("group", maintain_order=True).agg(pl.col("people").sum(), pl.col("place").n_unique())
        seen = [
            f"{group}: {persons(people)} at {counted(places, 'place', 'places')}"
            for group, people, places in groups.iter_rows()
        ]
        found = rows(facts.economy, "people", facts.economy.people.join(without, on=["place", "group"], how="semi"))
        what = f"{persons(float(without['people'].sum()))} without a norm: nothing is planned for them."
        do = f"add norms to {facts.economy.file('norms')}, or a norm of 0 if nothing is to be planned"
        yield found.fault(what, ["group"], seen=listed(seen), do=do, severity="warning")


@rule("T28", finds="warning", scope="people")
def norms_for_somebody(facts: Facts) -> Iterator[Fault]:
    """Norms are for people who are there.

    A norm for a group or place without people does nothing; most often the id is that of another group or place.
    """
    economy = facts.economy
    if facts.heads.is_empty():
        do = f"add people to {economy.file('people')} from a day before the end, {economy.horizon.end}"
        yield Fault(
            "There is nobody to plan for.", economy.file("people"), "no people within the horizon", do, "", "warning"
        )
        return
    heads, norms = facts.heads, economy.norms
    of_place, of_group = heads["place"].unique().implode(), heads["group"].unique().implode()
    pairs = norms.join(heads, on=["place", "group"], how="anti").filter(
        pl.col("place").is_not_null(), pl.col("group").is_not_null()
    )
    nobody = (
        ~pl.col("place").is_in(of_place) | ~pl.col("group").is_in(of_group) | pl.col(LINE).is_in(pairs[LINE].implode())
    )
    found = pick(economy, "norms", nobody.fill_null(False))
    if len(found):
        what = f"{found.counted('is', 'are')} for nobody: there are no people of that group at that place."
        yield found.fault(
            what, ["group", "place", "need"], do="correct group or place, or delete the row", severity="warning"
        )


@rule("T29", finds="warning", scope="people")
def from_first_day(facts: Facts) -> Iterator[Fault]:
    """People are counted from the first day of a period.

    People count by the first day of each period. Those who come within a month or year count from the next one on;
    if the last period has begun, they never do.
    """
    economy, horizon = facts.economy, facts.economy.horizon
    people = economy.people.filter(pl.col("people") > 0)
    first = people.filter(
        pl.col("from").fill_null(horizon.start) == pl.col("from").fill_null(horizon.start).min().over("place", "group")
    )
    within = (
        ~pl.col("from").is_in(list(horizon.starts)) & (pl.col("from") > horizon.start) & (pl.col("from") < horizon.end)
    )
    late = rows(economy, "people", first.filter(within))
    if len(late) and horizon.period in ("month", "year"):
        coming = persons(float(late.frame["people"].sum()))
        what = f"{coming} will come when a {horizon.period} has begun, and will count from the next."
        do = f"give the first day of the {horizon.period} if they must be served in it, or plan in shorter periods"
        yield late.fault(what, ["place", "group", "from"], do=do, severity="warning")
    never = rows(economy, "people", first.filter(pl.col("from") >= horizon.end))
    if len(never):
        coming = persons(float(never.frame["people"].sum()))
        what = f"{coming} will come only from {horizon.end} on, after the end, and will not count."
        yield never.fault(
            what, ["place", "group", "from"], do="correct the date, or plan for more periods", severity="warning"
        )


def _providers(facts: Facts) -> dict[str, frozenset[str]]:
    """Return for each need the resources that have contents of it."""
    contents = facts.economy.contents.filter(pl.col("amount") > 0).drop_nulls(["resource", "need"])
    return {str(name[0]): frozenset(frame["resource"]) for name, frame in contents.group_by("need")}


def _claiming(facts: Facts, need: str) -> pl.DataFrame:
    return facts.claims.filter(pl.col("need") == need)


def _days_of_needs(facts: Facts) -> dict[str, Days]:
    """Return for each claimed need the earliest day that something for it can be at each place."""
    reach, providers = facts.supply.reach, _providers(facts)
    claimed = facts.claims["need"].unique(maintain_order=True)
    there = {need: sorted(providers.get(need, frozenset()) & facts.supply.found) for need in claimed}
    return {need: np.min([reach[name] for name in names], axis=0) for need, names in there.items() if names}


def _by_place(facts: Facts, claims: pl.DataFrame) -> tuple[str, int, str]:
    """Return where the people of some claims stand in the tables, how many there are, and most of them where."""
    people = (
        claims.unique(["place", "group"], maintain_order=True)
        .group_by("place", maintain_order=True)
        .agg(pl.col("people").sum())
    )
    people = people.sort("people", descending=True, maintain_order=True)
    seen = [f"{facts.called(place)}: {persons(count)}" for place, count in people.iter_rows()]
    return _people_at(facts, people["place"]).where(["place"]), round(people["people"].sum()), listed(seen)


def _people_at(facts: Facts, places: pl.Series) -> Rows:
    return rows(facts.economy, "people", facts.economy.people.filter(pl.col("place").is_in(places.implode())))


def _short_of(facts: Facts, places: frozenset[str]) -> str:
    """Return what roads to these places lack where they start, as a hint; nothing where there are no such roads."""
    supply = facts.supply
    there = supply.positions.filter(pl.col("place").is_in(sorted(places)))["position"]
    roads = supply.roads.with_row_index("road").filter(
        pl.col("end").is_in(there.implode()), ~pl.col("start").is_in(there.implode())
    )
    short = supply.short.join(roads, on="road", how="semi")["resource"].unique(maintain_order=True)
    return f", or {both(short.to_list())} where the routes to it start" if len(short) else ""
