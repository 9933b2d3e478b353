"""From the tables of an economy to its ``Ground``: the second reading, for the proof that no better plan exists."""

from __future__ import annotations

import numpy as np
import polars as pl

from muster.plan.proof.facts import Facts, arrivals, claims, openings, people, starting
from muster.plan.proof.ground import (
    Bools,
    Floats,
    Goods,
    Ground,
    Ints,
    Kept,
    Line,
    Served,
    Stores,
    Ways,
    Works,
    held_by,
)


def at(series: pl.Series) -> Ints:
    """Return positions of names coded as in ``Facts.names``; the empty name is -1."""
    return series.to_physical().cast(pl.Int64).to_numpy() - 1


def ground_of(facts: Facts) -> Ground:
    """Lay the tables of an economy out as arrays."""
    table = facts.resources
    places, periods = len(facts.economy.places), facts.periods
    goods, supply = _supply(facts, places)
    days = facts.calendar["days"].cast(pl.Float64).to_numpy()
    pooled = table["pooled"].to_numpy().astype(bool)
    ways = _ways(facts, goods)
    works = _works(facts, periods)
    served = _served(facts, days)
    keep, mass = table["keep"].to_numpy(), table["mass_t"].fill_null(0.0).to_numpy()
    there, can, moves = _reach(goods, ways, works, supply, mass=mass, pooled=pooled)
    ways = Ways(**{**vars(ways), "carries": ways.carries & moves & there[ways.tail] & there[ways.head]})
    works = Works(**{**vars(works), "can": can})
    total, runs = _most(goods, works, supply, resources=len(keep))
    dated = np.zeros((places + 1, len(keep)), dtype=bool)
    for good in range(len(keep), len(goods.resource)):
        dated[:, goods.resource[good]] |= there[:, good]
    return Ground(
        goods=goods,
        ways=ways,
        works=works,
        served=served,
        kept=_kept(facts, served),
        stores=_stores(facts, mass),
        keep=keep,
        mass=mass,
        effort=table["effort"].to_numpy(),
        pooled=pooled,
        days=days,
        supply=supply,
        there=there,
        dated=dated,
        total=total,
        runs=runs,
    )


def reserve_rows(facts: Facts) -> pl.DataFrame:
    """Return each reserve once, as ``reserves`` names them first: ``place``, ``need``, ``resource``, ``on``."""
    table = facts.table("reserves")
    on = facts.period_of(table["on"].fill_null(facts.economy.horizon.end)).clip(0, facts.periods - 1)
    key = ["place", "need", "resource", "on"]
    return table.with_columns(on=on).select(key).unique(key, keep="first", maintain_order=True)


def claimant_rows(facts: Facts) -> pl.DataFrame:
    """Return each claimant once, as ``people`` names them first: ``place``, ``group``, ``claimant`` (its position)."""
    pairs = facts.table("people").select("place", "group").unique(["place", "group"], keep="first", maintain_order=True)
    return pairs.with_row_index("claimant").with_columns(pl.col("claimant").cast(pl.Int64))


def _supply(facts: Facts, places: int) -> tuple[Goods, Floats]:
    resources, periods = len(facts.resources), facts.periods
    held = starting(facts)
    held = held.with_columns(last=facts.period_of(held["expires"].fill_null(facts.economy.horizon.end)))
    held = held.filter(pl.col("last") >= 0)
    held = held.with_columns(r=pl.Series(at(held["resource"])), p=pl.Series(at(held["place"])))
    lots = held.filter(pl.col("expires").is_not_null()).select("r", "expires", "last").unique().sort("r", "expires")
    lots = lots.with_row_index("good", offset=resources).with_columns(pl.col("good").cast(pl.Int64))
    held = held.join(lots.select("r", "expires", "good"), on=["r", "expires"], how="left")
    good = held["good"].fill_null(held["r"]).to_numpy()
    supply = np.zeros((periods, places + 1, resources + len(lots)))
    np.add.at(supply[0], (held["p"].to_numpy(), good), held["quantity"].to_numpy())
    came = arrivals(facts)
    np.add.at(supply, (came["period"].to_numpy(), at(came["place"]), at(came["resource"])), came["quantity"].to_numpy())
    goods = Goods(
        np.concatenate([np.arange(resources), lots["r"].to_numpy()]),
        np.concatenate([np.full(resources, periods), lots["last"].to_numpy()]),
        (*[None] * resources, *lots["expires"]),
    )
    return goods, supply


def _ways(facts: Facts, goods: Goods) -> Ways:
    table = facts.table("routes")
    every = pl.concat([table, table.filter("both").rename({"from": "to", "to": "from"}).select(table.columns)])
    count, periods = len(every), facts.periods
    rows = openings(facts)
    arrives, limit = np.full((periods, count), periods), np.full((periods, count), np.inf)
    here = (rows["period"].to_numpy(), rows["opening"].to_numpy().astype(np.int64))
    arrives[here] = np.minimum(rows["arrives"].to_numpy(), periods)
    limit[here] = rows["capacity_t"].fill_null(np.inf).to_numpy()
    km, loss = every["distance_km"].to_numpy().astype(float), every["loss"].to_numpy().astype(float)
    uses: dict[tuple[int, bool], Floats] = {}
    for row in facts.table("modes").iter_rows(named=True):
        mine = (every["mode"] == row["mode"]).to_numpy()
        key = (facts.names["resource"].categories.to_list().index(row["resource"]) - 1, row["use"] == "occupied")
        uses[key] = uses.get(key, np.zeros(count)) + np.where(mine, row["per_t_km"] * km + row["per_t"], 0.0)
    return Ways(
        tail=at(every["from"]),
        head=at(every["to"]),
        loss=loss,
        arrives=arrives,
        limit=limit,
        km=km,
        carries=_carries(facts, every)[:, goods.resource],
        uses=tuple((resource, occupied, each) for (resource, occupied), each in uses.items() if each.any()),
    )


def _carries(facts: Facts, every: pl.DataFrame) -> Bools:
    """Return which resources may travel on each opening (A × R)."""
    travels = (facts.resources["mass_t"].is_not_null() & ~facts.resources["pooled"]).to_numpy()
    table = facts.table("carries")
    able = np.zeros((len(every), len(travels)), dtype=bool)
    for mode in every["mode"].unique():
        labels = table.filter(pl.col("mode") == mode)["class"].to_list() or [None]
        goes = np.zeros(len(travels), dtype=bool)
        for label in labels:
            goes |= of_class(facts, label)
        able[(every["mode"] == mode).to_numpy()] = goes & travels
    return able


def of_class(facts: Facts, label: str | None) -> Bools:
    """Return which resources carry a class (R); every one for a blank label."""
    if not label:
        return np.ones(len(facts.resources), dtype=bool)
    members = facts.labels.filter(pl.col("class") == label)["resource"]
    return facts.resources["resource"].is_in(members.implode()).to_numpy()


def _works(facts: Facts, periods: int) -> Works:
    pairs = facts.table("plants").select("place", "recipe").unique(["place", "recipe"], maintain_order=True)
    pairs = pairs.with_row_index("plant").with_columns(pl.col("plant").cast(pl.Int64))
    open_days = facts.within(facts.table("plants"), since="from", until="until")
    rows = open_days.join(pairs, on=["place", "recipe"])
    limit = np.zeros((periods, len(pairs)))
    most = (rows["runs_per_day"] * rows["days_open"]).fill_null(np.inf).to_numpy()
    np.add.at(limit, (rows["period"].to_numpy(), rows["plant"].to_numpy()), most)
    lines: dict[str, list[Line]] = {}
    resource_at = {name: number - 1 for number, name in enumerate(facts.names["resource"].categories)}
    for row in facts.table("recipes").iter_rows(named=True):
        if row["after_periods"] is not None:
            ready = np.arange(periods) + row["after_periods"]
        else:
            last_day = facts.calendar["after"].dt.offset_by("-1d")
            ready = facts.period_of(last_day.dt.offset_by(f"{row['after_days'] or 0}d")).to_numpy()
        line = Line(resource_at[row["resource"]], row["use"], row["quantity"], ready)
        lines.setdefault(row["recipe"], []).append(line)
    names = list(lines)
    recipe = np.array([names.index(name) for name in pairs["recipe"]], dtype=np.int64)
    return Works(at(pairs["place"]), recipe, tuple(map(tuple, lines.values())), limit, np.zeros(len(pairs), dtype=bool))


def _served(facts: Facts, days: Floats) -> Served:
    pairs = claimant_rows(facts)
    shape = (facts.periods, len(pairs), len(facts.economy.needs))
    rows = claims(facts).join(pairs, on=["place", "group"])
    here = (rows["period"].to_numpy(), rows["claimant"].to_numpy(), at(rows["need"]))
    laid = {name: np.zeros(shape) for name in ("people", "floor", "norm", "covered")}
    for name, array in laid.items():
        array[here] = rows[name].to_numpy()
    crowd = people(facts).join(pairs, on=["place", "group"])
    count = np.zeros(shape[:2])
    count[crowd["period"].to_numpy(), crowd["claimant"].to_numpy()] = crowd["people"].to_numpy()
    contents = facts.table("contents")
    content = np.zeros((len(facts.resources), shape[2]))
    content[at(contents["resource"]), at(contents["need"])] = contents["amount"].to_numpy()
    mass = facts.resources["mass_t"].fill_null(0.0).to_numpy()
    rations = facts.table("rations")
    weights, most = np.zeros((len(rations), len(mass))), np.full((facts.periods, len(rations), len(pairs)), np.inf)
    for number, row in enumerate(rations.iter_rows(named=True)):
        if row["class"] is None:
            weights[number] = (facts.resources["resource"] == row["resource"]).to_numpy()
        else:
            weights[number] = np.where(of_class(facts, row["class"]), mass, 0.0)
        mine = (pairs["group"] == row["group"]).to_numpy() | (row["group"] == "")
        most[:, number, mine] = row["most"] * (count * days[:, None])[:, mine]
    return Served(at(pairs["place"]), count * days[:, None], **laid, content=content, rations=weights, most=most)


def _kept(facts: Facts, served: Served) -> Kept:
    table = facts.table("reserves")
    on = facts.period_of(table["on"].fill_null(facts.economy.horizon.end)).clip(0, facts.periods - 1)
    number = {row: v for v, row in enumerate(reserve_rows(facts).iter_rows())}
    period, place, wanted = np.zeros((3, len(number)))
    counts = np.zeros((len(number), len(facts.resources)))
    keeps = (facts.resources["keep"] > 0).to_numpy()
    where, need, resource = (at(table[name]) for name in ("place", "need", "resource"))
    asked = zip(table.select("place", "need", "resource").iter_rows(), on, strict=True)
    for row, ((*names, when), days, quantity) in enumerate(
        zip(((*names, when) for names, when in asked), table["days"], table["quantity"], strict=True)
    ):
        v = number[(*names, when)]
        period[v], place[v] = when, where[row]
        if need[row] < 0:
            counts[v] = (np.arange(len(keeps)) == resource[row]) & keeps
            wanted[v] += quantity
            continue
        counts[v] = served.content[:, need[row]] * keeps
        here = (where[row] < 0) | (served.place == where[row])
        daily = (served.norm[when] * served.people[when])[here, need[row]].sum()
        wanted[v] += quantity if days is None else days * daily
    return Kept(period.astype(np.int64), place.astype(np.int64), wanted, counts)


def _stores(facts: Facts, mass: Floats) -> Stores:
    table = facts.table("stores")
    tonnes = [np.where(of_class(facts, label), mass, 0.0) for label in table["class"]]
    return Stores(at(table["place"]), table["capacity_t"].to_numpy(), np.array(tonnes).reshape(len(table), len(mass)))


def _reach(
    goods: Goods, ways: Ways, works: Works, supply: Floats, *, mass: Floats, pooled: Bools
) -> tuple[Bools, Bools, Bools]:
    """Return which goods can ever be where, which plants can have what they take, and which goods can move (A × Q)."""
    there: Bools = np.array((supply > 0).any(axis=0), dtype=bool)
    pool, resources = len(there) - 1, len(mass)
    ever = np.asarray((ways.arrives < len(supply)).any(axis=0) & (ways.loss < 1))
    room = np.asarray((ways.limit > 0).all(axis=0))
    order = np.argsort(ways.head, kind="stable")
    heads, begins = np.unique(ways.head[order], return_index=True)
    runs = np.asarray((works.limit > 0).any(axis=0))
    while True:
        before = np.count_nonzero(there)
        held = held_by(goods, there, resources)
        drives = ever & room
        for resource, _, per_tonne in ways.uses:
            drives &= (per_tonne == 0) | held[np.where(pooled[resource], pool, ways.tail), resource]
        moves = np.where((mass[goods.resource] > 0)[None, :], drives[:, None], ever[:, None])
        if len(order):
            comes = (there[ways.tail] & ways.carries & moves)[order]
            there[heads] |= np.logical_or.reduceat(comes, begins, axis=0)
        can = runs.copy()
        for recipe, lines in enumerate(works.lines):
            mine = np.flatnonzero(works.recipe == recipe)
            for line in lines:
                if line.use != "output" and line.quantity > 0:
                    can[mine] &= held[np.where(pooled[line.resource], pool, works.place[mine]), line.resource]
            for line in lines:
                if line.use == "output":
                    made = np.where(pooled[line.resource], pool, works.place[mine[can[mine]]])
                    there[made, line.resource] = True
        if np.count_nonzero(there) == before:
            return there, can, moves


ROUNDS = 1_000
"""Times that what recipes can make at most is worked out again."""

ABOVE = 1e-6
"""How far above what was found a total is put, so that it is one."""


def _most(goods: Goods, works: Works, supply: Floats, *, resources: int) -> tuple[Floats, Floats]:
    """Return the most there can ever be of each good (Q), and of runs in any period (T × S); infinite: not known.

    What recipes make is bounded by what they take, which is bounded by what there is and what recipes make: a total is
    one once it is more than what follows from it.
    """
    start = np.zeros(resources)
    np.add.at(start, goods.resource, supply.sum(axis=(0, 1)))
    limit = np.where(works.can, works.limit, 0.0)
    total = start.copy()
    for _ in range(ROUNDS):
        now = _made(works, limit, start, total) * (1.0 + ABOVE)
        if np.all(now <= total * (1.0 + ABOVE / 4)):
            break
        total = now
    safe = total * (1.0 + ABOVE / 2)
    while True:
        wrong = (_made(works, limit, start, safe) >= safe) & (safe > 0) & np.isfinite(safe)
        if not wrong.any():
            break
        safe = np.where(wrong, np.inf, safe)
    runs = np.minimum(limit, _runs(works, safe)[None, :])
    lots = supply[:, :, resources:].sum(axis=(0, 1)) * (1.0 + ABOVE)
    return np.concatenate([safe, lots]), runs


def _runs(works: Works, total: Floats) -> Floats:
    """Return the most runs of each plant that what there is allows (S)."""
    most = np.full(len(works.lines), np.inf)
    for recipe, lines in enumerate(works.lines):
        for line in lines:
            if line.use == "input" and line.quantity > 0:
                most[recipe] = min(most[recipe], total[line.resource] / line.quantity)
    return most[works.recipe]


def _made(works: Works, limit: Floats, start: Floats, total: Floats) -> Floats:
    """Return what there is at the start and what recipes can make of ``total`` (R)."""
    made, most = start.copy(), _runs(works, total)
    for recipe, lines in enumerate(works.lines):
        mine = works.recipe == recipe
        runs = min(float(limit[:, mine].sum()), float(most[mine].max(initial=0.0)))
        for line in lines:
            if line.use == "output" and line.quantity > 0 and runs > 0:
                made[line.resource] += runs * line.quantity
    return made
