"""Rules of names: keys, and what rows name."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import polars as pl

from muster import units
from muster.economy.rules.facts import Facts
from muster.economy.rules.rule import rule
from muster.economy.rules.wording import Rows, both, counted, listed, near, pick, plain, rows
from muster.economy.tables import LINE, OPTIONS, TABLES
from muster.errors import Fault

_MESSAGES = 20
"""Unknown values of one column that get a message each; a longer list gets one message together."""


@rule("T1", scope="blanks")
def unique_keys(facts: Facts) -> Iterator[Fault]:
    """A key stands in one row only.

    Two rows with the same key contradict each other. A blank `from` is the start of the horizon. Tables without a
    key (stocks, arrivals, recipes …) are not meant here: their rows add up.
    """
    economy = facts.economy
    for table in TABLES.values():
        if not table.key:
            continue
        frame = economy.tables[table.name].drop_nulls(
            [column.name for column in table.columns if column.key and column.required]
        )
        keys = [
            pl.col(name).fill_null(economy.horizon.start)
            if name == "from" and table.name in ("people", "norms")
            else pl.col(name)
            for name in table.key
        ]
        again = frame.with_columns(keys).filter(pl.struct(table.key).is_duplicated())
        if again.height:
            found = rows(economy, table.name, again)
            what = f"{found.counted('has', 'have')} a key that another row has, too."
            seen = [
                f"{_key(values)} (lines {', '.join(str(line) for line in lines)})"
                for *values, lines in again.group_by(table.key, maintain_order=True).agg(LINE).iter_rows()
            ]
            do = f"keep one row for each {', '.join(table.key)}, or make them different"
            yield found.fault(what, table.key, seen=listed(seen), do=do)


@rule("T2")
def parents(facts: Facts) -> Iterator[Fault]:
    """No place is part of itself.

    `parent` leads from a place to the larger one it is part of; a circle leads nowhere.
    """
    places = facts.economy.places.drop_nulls(["place", "parent"])
    above = dict(places.select("place", "parent").iter_rows())
    circled = {place for place in above if _circles(place, above)}
    found = rows(facts.economy, "places", places.filter(pl.col("place").is_in(sorted(circled))))
    if len(found):
        what = f"{found.counted('is part of itself', 'are part of one another, in a circle')}."
        yield found.fault(what, ["place", "parent"], do="leave parent blank for the largest place of the circle")


@rule("T3")
def references(facts: Facts) -> Iterator[Fault]:
    """What a row names exists.

    A row that names a resource, place, need, group or recipe is of use only if there is one of that id. Ids are
    case-sensitive. Groups need a row in `groups` only where that table has rows.
    """
    economy = facts.economy
    for table in TABLES.values():
        for column in table.columns:
            if not column.refers or (column.refers == "groups" and not economy.groups.height):
                continue
            target = economy.tables[column.refers]
            key = TABLES[column.refers].columns[0].name
            names = list(target.select(key, "name").drop_nulls(key).iter_rows()) if "name" in target.columns else []
            add = f"add the {key} to {economy.file(column.refers)}"
            yield from _unknown(facts, (table.name, column.name, key), target[key].drop_nulls(), add, names)
    known = [OPTIONS, *TABLES]  # the dates of the horizon are numbers with a source, too
    unknown = pick(economy, "sources", ~pl.col("table").is_in(known))
    if len(unknown):
        do = f"write one of {', '.join(known)}"
        yield unknown.fault(f"{unknown.counted('names', 'name')} a table that does not exist.", ["table"], do=do)


@rule("T4")
def classes(facts: Facts) -> Iterator[Fault]:
    """A class that a row names is the label of some resource.

    Rations, stores and carries speak of classes; a class that no resource has limits or carries nothing.
    """
    known = facts.labels["class"].unique(maintain_order=True)
    add = f"add the class to a resource in {facts.economy.file('resources')}"
    for table in ("rations", "stores", "carries"):
        yield from _unknown(facts, (table, "class", "class"), known, add, ())


@rule("T5", finds="warning")
def modes(facts: Facts) -> Iterator[Fault]:
    """The modes of routes, modes and carries are the same.

    A mode without rows in `modes` takes nothing to travel, which may be meant or may be a slip; a mode that no
    route has is of no use. A class that a mode carries and of which nothing can travel carries nothing.
    """
    economy = facts.economy
    described = economy.modes["mode"].drop_nulls().unique(maintain_order=True).to_list()
    used = economy.routes["mode"].drop_nulls().unique(maintain_order=True).to_list()
    for mode in used:
        meant = None if mode in described else near(mode, described)
        if meant:
            found = pick(economy, "routes", pl.col("mode") == mode)
            missing = f"a mode that is not in {economy.file('modes')}"
            what = f"{found.counted('travels', 'travel')} by {missing}: it takes nothing."
            yield found.fault(what, ["mode"], do=f'did you mean "{meant}"?', severity="warning")
    for table in ("modes", "carries"):
        found = pick(economy, table, ~pl.col("mode").is_in(used))
        if len(found):
            what = f"{found.counted('is', 'are')} about a mode by which no route is travelled."
            meant = near(found.frame["mode"][0], used)
            do = f'did you mean "{meant}"?' if meant else "correct the mode, or delete the row"
            yield found.fault(what, ["mode"], do=do, severity="warning")
    travelling = facts.masses.drop_nulls().filter(~pl.col("resource").is_in(sorted(facts.pooled)))
    carried = facts.labels.join(travelling, on="resource", how="semi")["class"].unique()
    known = facts.labels["class"].unique()
    vain = pick(economy, "carries", pl.col("class").is_in(known.to_list()), ~pl.col("class").is_in(carried.to_list()))
    if len(vain):
        what = f"{vain.counted('is', 'are')} about a class of which nothing can travel."
        do = f"give the resources of the class a mass_t in {economy.file('resources')}, or delete the row"
        yield vain.fault(what, ["mode", "class"], do=do, severity="warning")


@rule("T6")
def known_units(facts: Facts) -> Iterator[Fault]:
    """Units are known, and a row's unit can be converted to the resource's.

    A unit is one of mass, volume, energy, time, length or area, a counted thing (piece, head, mill …), or money.
    `ton`, `mt` and the like mean different masses to different people and are refused. Only units that measure the
    same thing can be converted: litres of oil are not tonnes of oil. A unit of mass has its own `mass_t`.
    """
    economy = facts.economy
    for table in ("resources", "needs", "stocks", "arrivals"):
        used = economy.tables[table]["unit"].drop_nulls().unique(maintain_order=True)
        for unit in [unit for unit in used if not units.known(unit)]:
            found = pick(economy, table, pl.col("unit") == unit)
            meant = units.close(unit)
            do = f'did you mean "{meant}"? ' if meant else ""
            do += "write a unit such as t, kg, l, kWh, h, piece or usd"
            yield found.fault(f'{found.counted("has", "have")} the unit "{unit}", which is not known.', ["unit"], do=do)
    for table in ("stocks", "arrivals"):
        yield from _convertible(facts, table)
    own = {unit: units.mass_t(unit) for unit in economy.resources["unit"].drop_nulls().unique()}
    known = {unit: float(mass) for unit, mass in own.items() if mass is not None}
    right = pl.col("unit").replace_strict(known, default=None, return_dtype=pl.Float64)
    wrong = pick(economy, "resources", (pl.col("mass_t") - right).abs() > 1e-6 * right)
    if len(wrong):
        what = f"{wrong.counted('has', 'have')} a mass_t that contradicts the unit."
        yield wrong.fault(what, ["resource", "unit", "mass_t"], do="leave mass_t blank: it is known for units of mass")


@rule("T7")
def outputs(facts: Facts) -> Iterator[Fault]:
    """A recipe makes something.

    A recipe without an output would only use things up, and no plan would ever run it. Most often its output was
    written as an input, or under a recipe of another spelling.
    """
    recipes = facts.economy.recipes.drop_nulls("recipe")
    unread = pl.col("use").is_null() | pl.col("quantity").is_null()
    makes = unread | ((pl.col("use") == "output") & (pl.col("quantity") > 0))
    idle = recipes.filter(~makes.any().over("recipe")).unique("recipe", keep="first", maintain_order=True)
    if idle.height:
        found = rows(facts.economy, "recipes", idle)
        what = f"{counted(len(found), 'recipe makes', 'recipes make')} nothing."
        meant = near(idle["recipe"][0], set(recipes["recipe"]) - set(idle["recipe"]))
        do = f'did you mean "{meant}"? ' if meant else ""
        yield found.fault(what, ["recipe"], do=f"{do}add a row with use output and a quantity")


def _unknown(
    facts: Facts, named: tuple[str, str, str], known: pl.Series, add: str, names: Sequence[tuple[str, str | None]]
) -> Iterator[Fault]:
    """Yield a message for each value of a column that is not among ``known``; one for all where there are many.

    Args:
        facts: The economy.
        named: Table, column, and what the value stands for.
        known: Ids there are.
        add: What to do where the value is right.
        names: Id and name of what there is.
    """
    table, column, kind = named
    wrong = pick(facts.economy, table, ~pl.col(column).is_in(known.implode()))
    if not len(wrong):
        return
    values = wrong.frame[column].unique(maintain_order=True)
    ids = known.to_list()
    if len(values) > _MESSAGES:
        kinds = f"{kind}es" if kind == "class" else f"{kind}s"
        what = f"{wrong.counted('names', 'name')} {len(values):,} {kinds} that do not exist."
        yield wrong.fault(what, [column], do=f"{_meant(values[0], ids, names)}correct the ids, or {add}")
        return
    for value in values:
        found = Rows(wrong.file, table, wrong.frame.filter(pl.col(column) == value))
        what = f"{found.counted('names', 'name')} a {kind} that does not exist."
        yield found.fault(what, [column], do=f"{_meant(value, ids, names)}correct it, or {add}")


def _meant(value: str, known: Collection[str], names: Sequence[tuple[str, str | None]]) -> str:
    meant = near(value, known, names)
    return f'did you mean "{meant}"? ' if meant else ""


def _key(values: Sequence[object]) -> str:
    return " · ".join(plain(value) for value in values)


def _circles(place: str, above: dict[str, str]) -> bool:
    """Return whether the parents of ``place`` lead back to it."""
    passed = set()
    at = above.get(place)
    while at is not None and at != place and at not in passed:
        passed.add(at)
        at = above.get(at)
    return at == place


def _convertible(facts: Facts, table: str) -> Iterator[Fault]:
    economy = facts.economy
    own = economy.resources.select("resource", own="unit").drop_nulls().unique("resource", keep="first")
    frame = economy.tables[table].drop_nulls("unit").join(own, on="resource", maintain_order="left")
    for unit, other in frame.select("unit", "own").unique(maintain_order=True).iter_rows():
        if unit == other or not units.known(unit) or not units.known(other):
            continue
        try:
            units.factor(unit, other)
        except units.UnitError:
            pair = frame.filter((pl.col("unit") == unit) & (pl.col("own") == other))
            found = rows(economy, table, pair)
            resources = both([str(each) for each in pair["resource"].unique(maintain_order=True)])
            what = f"{found.counted('is', 'are')} in {unit}, which cannot be converted to {other} ({resources})."
            yield found.fault(
                what, ["resource", "unit"], do=f"write the quantity in {other}, or count the resource in {unit}"
            )
