"""Rules of goods that lie where they are of no use, and of plants that cannot or need not run."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from muster import units
from muster.economy.rules.facts import Facts
from muster.economy.rules.rule import rule
from muster.economy.rules.wording import SHOWN, both, counted, listed, pick, rows, written
from muster.economy.tables import LINE
from muster.errors import Fault

_DENSER = 2.0
"""Something that gives this many times as much per tonne is worth making for the sake of transport."""


@rule("T30", finds="warning", scope="people")
def can_leave(facts: Facts) -> Iterator[Fault]:
    """Goods can leave a place where nobody can use them.

    Something that people elsewhere need, or that plants elsewhere take, lies at or comes to a place where nobody
    and no plant can use it, and it can never leave: its mass is not known, no open route carries it, or the mode of
    every such route takes something that is never where the route starts.
    """
    economy, stuck = facts.economy, _stuck(facts)
    fuels = both(_lacking(facts, stuck.filter(pl.col("why") == "mode")["position"]))
    reasons = {
        "mass": ("the mass is not known", f"give mass_t in {economy.file('resources')} (0 for what has no weight)"),
        "route": (
            "no open route from there carries it",
            f"add a route, or what its mode carries to {economy.file('carries')}",
        ),
        "mode": (
            f"every route from there takes {fuels}, which is never there",
            f"add {fuels} to {economy.file('stocks')} or {economy.file('arrivals')}, or a way for it to get there",
        ),
    }
    for why, (reason, do) in reasons.items():
        goods = stuck.filter(pl.col("why") == why)
        if goods.height:
            resources = both(goods["resource"].unique(maintain_order=True).to_list())
            yield _goods(facts, goods, f"{resources} can never leave {_places(facts, goods)}: {reason}.", do=do)


@rule("T31", finds="warning", scope="whole")
def inputs_there(facts: Facts) -> Iterator[Fault]:
    """What a plant takes can get there.

    A plant whose recipe takes or occupies something that is not there and never gets there will not run. The
    message says whether there is any of it at all.
    """
    supply, economy = facts.supply, facts.economy
    taken = (
        economy.recipes.filter(pl.col("use") != "output", pl.col("quantity") > 0)
        .select("recipe", "resource")
        .unique(maintain_order=True)
    )
    plants = facts.plants.join(taken, on="recipe", maintain_order="left").join(
        supply.positions, on="place", maintain_order="left"
    )
    for (resource,), frame in plants.group_by("resource", maintain_order=True):
        reach = supply.reach.get(str(resource))
        lacking = frame if reach is None else frame.filter(pl.Series(np.isinf(reach[frame["position"].to_numpy()])))
        if lacking.height:
            found = rows(economy, "plants", lacking)
            why = "of which there is none anywhere" if reach is None else "which is not there and cannot get there"
            what = f"{found.counted('takes', 'take')} {resource}, {why}."
            do = (
                f"add {resource} to {economy.file('stocks')} or {economy.file('arrivals')}, or something that makes it"
                if reach is None
                else f"bring {resource} there: add a stock, an arrival or a route"
            )
            yield found.fault(what, ["place", "recipe"], do=do, severity="warning")


@rule("T32", finds="warning", scope="whole")
def worth_making(facts: Facts) -> Iterator[Fault]:
    """Making something gives people more than its inputs would.

    Where the inputs, given as they are, provide at least as much of every need as the outputs, no plan will run the
    recipe: flour from wheat that people could be given as wheat. Left out are recipes whose output keeps better or
    gives twice as much per tonne, and those whose inputs are rationed.
    """
    economy = facts.economy
    rationed = economy.rations["resource"].drop_nulls().to_list()
    classes = facts.labels.filter(pl.col("class").is_in(economy.rations["class"].drop_nulls().implode()))[
        "resource"
    ].to_list()
    keep = dict(economy.resources.select("resource", pl.col("keep").fill_null(1.0)).drop_nulls("resource").iter_rows())
    contents = economy.contents.filter(pl.col("amount") > 0).join(facts.masses, on="resource", maintain_order="left")
    used = economy.recipes.filter(pl.col("quantity") > 0, pl.col("use") != "occupied").join(
        contents, on="resource", maintain_order="left"
    )
    used = used.with_columns(given=pl.col("quantity") * pl.col("amount"), tonnes=pl.col("quantity") * pl.col("mass_t"))
    pointless = []
    for (recipe,), frame in used.group_by("recipe", maintain_order=True):
        inputs, made = (frame.filter(pl.col("use") == use) for use in ("input", "output"))
        into, out = (_by_need(each) for each in (inputs, made))
        if not into or not out or any(amount > into.get(need, 0.0) for need, amount in out.items()):
            continue
        limited = set(inputs["resource"]) & (set(rationed) | set(classes))
        keeps = min(keep.get(name, 1.0) for name in made["resource"]) > min(
            keep.get(name, 1.0) for name in inputs["resource"]
        )
        if not limited and not keeps and not _denser(inputs, made, into, out):
            pointless.append((str(recipe), into, out))
    found = pick(economy, "recipes", pl.col("recipe").is_in([recipe for recipe, _, _ in pointless]))
    if pointless:
        recipes = both([recipe for recipe, _, _ in pointless])
        what = f"{recipes} will not run: the inputs, given to people as they are, provide as much or more."
        seen = [
            f"{recipe}: {written(out.get(need, 0.0))} {need} out, {written(amount)} in"
            for recipe, into, out in pointless
            for need, amount in into.items()
        ]
        do = f"delete the contents of what people are not given raw, or give it a ration in {economy.file('rations')}"
        yield found.fault(what, ["recipe"], seen=listed(seen), do=do, severity="warning")


@rule("T33", finds="warning", scope="whole")
def stocks_fit(facts: Facts) -> Iterator[Fault]:
    """Stocks at the start fit into their stores.

    What lies at a place at the start and is more than its store holds has to be used, sent or given in the first
    period, or it is lost. Only what has a mass counts.
    """
    economy = facts.economy
    stocks = economy.stocks.join(economy.stores.select("place"), on="place", how="semi")
    own = economy.resources.select("resource", own="unit").drop_nulls().unique("resource", keep="first")
    stocks = (
        stocks.join(own, on="resource")
        .join(facts.masses, on="resource")
        .with_columns(pl.col("unit").fill_null(pl.col("own")))
    )
    factors = [
        (unit, to, float(units.factor(unit, to))) for unit, to in stocks.select("unit", "own").unique().iter_rows()
    ]
    factor = pl.DataFrame(factors, schema={"unit": pl.String, "own": pl.String, "factor": pl.Float64}, orient="row")
    stocks = stocks.join(factor, on=["unit", "own"])
    stocks = stocks.select("place", "resource", tonnes=pl.col("quantity") * pl.col("factor") * pl.col("mass_t"))
    by_class = stocks.join(facts.labels, on="resource").group_by("place", "class").agg(pl.col("tonnes").sum())
    whole = stocks.group_by("place").agg(pl.col("tonnes").sum()).with_columns(pl.lit(None, pl.String).alias("class"))
    held = pl.concat([by_class, whole.select(by_class.columns)])
    full = economy.stores.join(held, on=["place", "class"], nulls_equal=True).filter(
        pl.col("tonnes") > pl.col("capacity_t") * (1 + 1e-9)
    )
    if full.height:
        found = rows(economy, "stores", full)
        seen = [
            f"{facts.called(place)}: {written(tonnes)} t of {name or 'all'}, room for {written(room)} t (line {line})"
            for place, name, tonnes, room, line in full.sort(LINE)
            .select("place", "class", "tonnes", "capacity_t", LINE)
            .iter_rows()
        ]
        what = f"{found.counted('is', 'are')} too small for what lies there at the start."
        do = f"correct capacity_t or {economy.file('stocks')}; the rest is lost unless it is used in the first period"
        yield found.fault(what, ["capacity_t"], seen=listed(seen), do=do, severity="warning")


@rule("T34", finds="warning", scope="whole")
def chains(facts: Facts) -> Iterator[Fault]:
    """A chain of short ways is not shorter than it is.

    What is sent arrives in the period that contains its arrival day, and can be sent on from the start of that
    period: a leg shorter than a period takes no time in the plan. Where the quickest chain of legs takes a period
    or more longer than the plan will count, the plan is too hopeful.
    """
    supply, period = facts.supply, max(facts.economy.horizon.days)
    lead = supply.roads["lead"].cast(pl.Float64).to_numpy()
    if not (lead > 0).any():
        return
    people = (
        facts.claims.select("place")
        .unique(maintain_order=True)
        .join(supply.positions, on="place", maintain_order="left")
    )
    true_days, counted_days = np.zeros((2, people.height))
    for resource in sorted(set(facts.economy.contents["resource"].drop_nulls()) & supply.found):
        real, whole = (
            supply.way(resource, days)[people["position"].to_numpy()]
            for days in (lead, np.floor(lead / period) * period)
        )
        late = np.isfinite(real) & (np.floor(real / period) > np.floor(whole / period)) & (real > true_days)
        true_days[late], counted_days[late] = real[late], whole[late]
    slow = (
        people.with_columns(days=true_days, told=counted_days)
        .filter(pl.col("days") > 0)
        .sort("days", descending=True, maintain_order=True)
    )
    if slow.height:
        seen = [
            f"{facts.called(place)}: {written(days)} days, counted as {written(told)}"
            for place, days, told in slow.select("place", "days", "told").head(SHOWN).iter_rows()
        ]
        found = pick(facts.economy, "routes", pl.col("lead_days") > 0)
        what = f"Ways of several legs to {counted(slow.height, 'place', 'places')} take longer than the plan counts."
        do = f"plan in shorter periods than a {facts.economy.horizon.period}, or give one leg the lead_days of all"
        yield Fault(
            what, found.where(["lead_days"]), listed(seen, of=slow.height), do, "", "warning", count=slow.height
        )


def _stuck(facts: Facts) -> pl.DataFrame:
    """Return ``place``, ``position``, ``resource``, ``why``: useless where they are and unable to leave.

    ``why``: ``mass`` is not known, no ``route`` carries it, or the ``mode`` of every such route lacks something.
    """
    supply = facts.supply
    starts = supply.roads["start"].to_numpy()
    travelling = set(facts.masses.drop_nulls()["resource"])
    goods = _useless_here(facts).filter(~pl.col("resource").is_in(sorted(facts.pooled)))
    stuck = [goods.with_columns(why=pl.lit("")).clear()]
    for (resource,), frame in goods.group_by("resource", maintain_order=True):
        carried = supply.leaving(str(resource))
        position, leaving = frame["position"].to_numpy(), [starts[carried], starts[carried & supply.passable]]
        some, usable = (np.isin(position, roads) for roads in leaving)
        why = np.where(resource in travelling, np.where(some, "mode", "route"), "mass")
        stuck.append(frame.with_columns(why=pl.Series(why)).filter(pl.Series(~usable)))
    return pl.concat(stuck)


def _useless_here(facts: Facts) -> pl.DataFrame:
    """Return ``place``, ``position``, ``resource``: goods of use to somebody, but not where they lie."""
    supply = facts.supply
    needed = facts.economy.contents.filter(pl.col("amount") > 0).join(facts.claims, on="need", how="semi")["resource"]
    recipes = facts.economy.recipes.filter(pl.col("use") != "output").select("recipe", "resource")
    taken = facts.plants.join(recipes, on="recipe").select("place", "resource")
    fuels = (
        supply.roads.join(supply.fuels, on="mode")
        .join(supply.positions, left_on="start", right_on="position")
        .select("place", "resource")
    )
    of_use = pl.concat([needed.drop_nulls(), taken["resource"]]).unique().implode()
    goods = (
        supply.there.drop_nulls()
        .select("place", "resource")
        .unique(maintain_order=True)
        .filter(pl.col("resource").is_in(of_use))
    )
    goods = goods.join(pl.concat([taken, fuels]), on=["place", "resource"], how="anti", maintain_order="left")
    goods = goods.join(facts.claims, on="place", how="anti", maintain_order="left")
    return goods.join(supply.positions, on="place", maintain_order="left").select("place", "position", "resource")


def _goods(facts: Facts, goods: pl.DataFrame, what: str, *, do: str) -> Fault:
    """Return a warning about goods at places, with the row of stocks, arrivals or plants that says they are there."""
    economy = facts.economy
    for table in ("stocks", "arrivals"):
        found = rows(
            economy,
            table,
            economy.tables[table].join(goods, on=["place", "resource"], how="semi", maintain_order="left"),
        )
        if len(found):
            return found.fault(what, ["place", "resource"], do=do, severity="warning")
    made = rows(economy, "plants", economy.plants.join(goods, on="place", how="semi", maintain_order="left"))
    return made.fault(what, ["place", "recipe"], do=do, severity="warning")


def _places(facts: Facts, goods: pl.DataFrame) -> str:
    return both([facts.called(place) for place in goods["place"].unique(maintain_order=True)])


def _lacking(facts: Facts, positions: pl.Series) -> list[str]:
    """Return what the roads from some places lack."""
    roads = facts.supply.roads.with_row_index("road").filter(pl.col("start").is_in(positions.implode()))
    return facts.supply.short.join(roads, on="road", how="semi")["resource"].unique(maintain_order=True).to_list()


def _by_need(used: pl.DataFrame) -> dict[str, float]:
    given = used.drop_nulls("need").group_by("need", maintain_order=True).agg(pl.col("given").sum())
    return dict(given.iter_rows())


def _denser(inputs: pl.DataFrame, made: pl.DataFrame, into: dict[str, float], out: dict[str, float]) -> bool:
    """Return whether the outputs give much more of some need per tonne than the inputs, or weigh nothing known."""
    before, after = (float(frame.drop_nulls("need").unique("resource")["tonnes"].sum()) for frame in (inputs, made))
    return any(out[need] * before > _DENSER * into[need] * after for need in out) if before and after else True
