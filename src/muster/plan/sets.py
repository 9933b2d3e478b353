"""Keys of an economy as integer positions, and its quantities as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from muster.economy.amounts import in_resource_units, masses
from muster.economy.economy import Economy, Horizon

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

NONE = -1
"""Position of what is not there: a blank cell, a row that does not exist."""


def positions(series: pl.Series, ids: Sequence[str]) -> Ints:
    """Return where each value of ``series`` stands in ``ids``; ``NONE`` for a blank."""
    found = series.cast(pl.Enum(list(ids))).to_physical().cast(pl.Int32).fill_null(NONE)
    return found.to_numpy().astype(np.int32, copy=False)


def true_at(mask: Bools) -> tuple[Ints, ...]:
    """Return where a mask holds, first axis slowest: one array of positions for each axis.

    Example:
        >>> true_at(np.array([[False, True], [True, True]]))
        (array([0, 1, 1], dtype=int32), array([1, 0, 1], dtype=int32))
    """
    axes: tuple[Ints, ...] = np.indices(mask.shape, dtype=np.int32, sparse=True)
    return tuple(np.broadcast_to(axis, mask.shape)[mask] for axis in axes)


def windows(horizon: Horizon, since: pl.Series, until: pl.Series) -> tuple[NDArray[np.datetime64], Floats]:
    """Lay half-open windows [since, until) over the periods; a blank is the start, or the end.

    Returns:
        The first day of each window in each period (W × T; it means nothing where the window has no day there), and
        how many days it has there (W × T).
    """
    starts = np.array(horizon.starts, dtype="datetime64[D]")
    opens = since.fill_null(horizon.start).to_numpy().astype("datetime64[D]")
    closes = until.fill_null(horizon.end).to_numpy().astype("datetime64[D]")
    first = np.maximum(opens[:, None], starts[None, :-1])
    last = np.minimum(closes[:, None], starts[None, 1:])
    return first, np.maximum((last - first).astype(np.float64), 0.0)


@dataclass(frozen=True)
class Goods:
    """What flows: a resource without a date, or one dated lot of it.

    The first R goods are the undated resources themselves, in their order; the dated ones follow.

    Attributes:
        resource: Position of the resource (Q).
        expires: Last day of use; ``None`` for undated goods (Q).
        last: Last period of use; T for goods that outlive the horizon (Q).
    """

    resource: Ints
    expires: tuple[date | None, ...]
    last: Ints

    def __len__(self) -> int:
        return len(self.expires)


@dataclass(frozen=True)
class Claimants:
    """People at a place who are of one group (C of them), and what they must have (N needs, T periods).

    Attributes:
        place, group: Positions (C).
        people: Persons by period (C × T), by the first day of the period.
        floor, norm, covered: Per person and day (C × N × T); NaN where no row of ``norms`` speaks.
    """

    place: Ints
    group: Ints
    people: Floats
    floor: Floats
    norm: Floats
    covered: Floats

    @property
    def claims(self) -> Bools:
        """Where somebody must be served: people there and a norm above zero (C × N × T)."""
        return (self.people[:, None, :] > 0) & (self.norm > 0)


@dataclass(frozen=True)
class Sets:
    """Positions and quantities of one economy: P places, R resources, Q goods, N needs, T periods.

    Attributes:
        economy: Where all of it comes from.
        places, resources, groups, needs: Ids in the order of their tables; the pool stands behind the last place.
        goods: What flows.
        mass: Tonnes in a unit (R); NaN where it cannot travel.
        keep, effort: As in ``resources`` (R).
        pooled: One pool for the whole economy (R).
        start: Stock at the start, in units ((P + 1) × Q).
        arrivals: What becomes available in each period, in units ((P + 1) × Q × T).
        spoilt: Stock at the start that had expired before it ((P + 1) × R).
        claimants: People and their norms.
    """

    economy: Economy
    places: tuple[str, ...]
    resources: tuple[str, ...]
    groups: tuple[str, ...]
    needs: tuple[str, ...]
    goods: Goods
    mass: Floats
    keep: Floats
    effort: Floats
    pooled: Bools
    start: Floats
    arrivals: Floats
    spoilt: Floats
    claimants: Claimants

    @property
    def horizon(self) -> Horizon:
        """Start, period and number of periods."""
        return self.economy.horizon

    @property
    def pool(self) -> int:
        """Position of the pool, behind the last place."""
        return len(self.places)

    @cached_property
    def supply(self) -> Floats:
        """Arrivals, and in the first period the stock at the start, in units ((P + 1) × Q × T)."""
        supply = self.arrivals.copy()
        supply[:, :, 0] += self.start
        return supply

    @cached_property
    def days(self) -> Floats:
        """Days in each period (T)."""
        return np.array(self.horizon.days, dtype=np.float64)

    @cached_property
    def scale(self) -> Floats:
        """A usual quantity of each resource in one place and period (R), for well-scaled numbers."""
        total = np.zeros(len(self.resources))
        np.add.at(total, self.goods.resource, self.supply.sum(axis=(0, 2)))
        held = np.zeros(len(self.resources))
        np.add.at(held, self.goods.resource, np.count_nonzero(self.supply, axis=(0, 2)))
        usual = np.where(held > 0, total / np.maximum(held, 1.0), 0.0)
        return np.where(usual > 0, usual, self._scale_by_need())

    def _scale_by_need(self) -> Floats:
        content = self.contents
        wanted = np.nansum(self.claimants.norm * self.claimants.people[:, None, :] * self.days, axis=(0, 2))
        cells = np.maximum(np.count_nonzero(self.claimants.claims, axis=(0, 2)), 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            each = np.where((content > 0) & (wanted > 0), (wanted / cells) / content, np.inf).min(
                axis=1, initial=np.inf
            )
        return np.where(np.isfinite(each), each, 1.0)

    @cached_property
    def contents(self) -> Floats:
        """Units of each need in one unit of each resource (R × N)."""
        table = self.economy.contents
        content = np.zeros((len(self.resources), len(self.needs)))
        content[positions(table["resource"], self.resources), positions(table["need"], self.needs)] = table["amount"]
        return content

    @cached_property
    def labels(self) -> tuple[frozenset[str], ...]:
        """The classes of each resource (R)."""
        return tuple(frozenset((text or "").split()) for text in self.economy.resources["class"])

    def of_class(self, label: str) -> Bools:
        """Return which resources carry a class (R); every resource for a blank label."""
        return np.array([not label or label in labels for labels in self.labels], dtype=bool)

    def where(self, place: Ints, resource: Ints) -> Ints:
        """Return the place a resource is drawn from: the pool if it is pooled, else ``place``."""
        return np.where(self.pooled[resource], np.int32(self.pool), place).astype(np.int32)

    def place_id(self, place: int) -> str:
        """Return the id of a place; blank for the pool."""
        return "" if place == self.pool else self.places[place]


def sets_of(economy: Economy) -> Sets:
    """Turn a checked economy into positions and arrays.

    Args:
        economy: Without faults under ``check``.
    Returns:
        Its sets; every quantity in the unit of its resource.
    """
    resources, places = tuple(economy.resources["resource"]), tuple(economy.places["place"])
    named = [*economy.groups["group"], *economy.people["group"], *economy.norms["group"].drop_nulls()]
    groups, needs = tuple(dict.fromkeys(named)), tuple(economy.needs["need"])
    horizon, pool = economy.horizon, len(places)
    stocks = economy.stocks
    held = positions(stocks["resource"], resources)
    goods, good = _goods(held, stocks["expires"].to_list(), len(resources), horizon)
    start, arrivals = np.zeros((pool + 1, len(goods))), np.zeros((pool + 1, len(goods), horizon.periods))
    spoilt = np.zeros((pool + 1, len(resources)))
    place, quantity = _place(stocks, places), in_resource_units(economy, stocks, "quantity").to_numpy()
    late = good < 0
    np.add.at(spoilt, (place[late], held[late]), quantity[late])
    np.add.at(start, (place[~late], good[~late]), quantity[~late])
    _add_arrivals(arrivals, economy, places, resources)
    frame = economy.resources
    return Sets(
        economy=economy,
        places=places,
        resources=resources,
        groups=groups,
        needs=needs,
        goods=goods,
        mass=masses(economy)["mass_t"].fill_null(np.nan).to_numpy(),
        keep=frame["keep"].to_numpy(),
        effort=frame["effort"].to_numpy(),
        pooled=frame["pooled"].to_numpy().astype(bool),
        start=start,
        arrivals=arrivals,
        spoilt=spoilt,
        claimants=_claimants(economy, places, groups, needs),
    )


def _place(frame: pl.DataFrame, places: Sequence[str]) -> Ints:
    found = positions(frame["place"], places)
    return np.where(found == NONE, np.int32(len(places)), found).astype(np.int32)


def _goods(held: Ints, expires: Sequence[date | None], resources: int, horizon: Horizon) -> tuple[Goods, Ints]:
    """Return the goods, and for each row of stocks its good (``NONE``: expired before the start)."""
    resource, dates, last = list(range(resources)), [None] * resources, [horizon.periods] * resources
    dated: list[date | None] = list(dates)
    known: dict[tuple[int, date], int] = {}
    rows = []
    for r, day in zip(held.tolist(), expires, strict=True):
        period = horizon.periods if day is None else horizon.period_of(day)
        if day is None:
            rows.append(r)
        elif period < 0:
            rows.append(NONE)
        else:
            if (r, day) not in known:
                known[r, day] = len(resource)
                resource.append(r)
                dated.append(day)
                last.append(period)
            rows.append(known[r, day])
    goods = Goods(np.array(resource, dtype=np.int32), tuple(dated), np.array(last, dtype=np.int32))
    return goods, np.array(rows, dtype=np.int32)


def _add_arrivals(arrivals: Floats, economy: Economy, places: Sequence[str], resources: Sequence[str]) -> None:
    frame, horizon = economy.arrivals, economy.horizon
    place, good = _place(frame, places), positions(frame["resource"], resources)
    once, daily = (
        in_resource_units(economy, frame, name).fill_null(0.0).to_numpy() for name in ("quantity", "per_day")
    )
    starts = np.array(horizon.starts, dtype="datetime64[D]")
    on = frame["on"].to_numpy().astype("datetime64[D]")
    period = np.searchsorted(starts, on, side="right") - 1
    dated = frame["on"].is_not_null().to_numpy() & (period >= 0) & (period < horizon.periods)
    np.add.at(arrivals, (place[dated], good[dated], period[dated]), once[dated])
    steady = np.flatnonzero(frame["on"].is_null().to_numpy() & (daily > 0))
    _, days = windows(horizon, frame["from"][steady], frame["until"][steady])
    np.add.at(arrivals, (place[steady], good[steady]), daily[steady, None] * days)


def _claimants(economy: Economy, places: Sequence[str], groups: Sequence[str], needs: Sequence[str]) -> Claimants:
    starts = economy.horizon.starts[:-1]
    pairs = economy.people.select("place", "group").unique(maintain_order=True)
    place, group = positions(pairs["place"], places), positions(pairs["group"], groups)
    index = {pair: c for c, pair in enumerate(pairs.iter_rows())}
    people = np.zeros((len(pairs), len(starts)))
    rows = economy.people.sort(pl.col("from").fill_null(date.min), maintain_order=True)
    for where, who, since, count in rows.select("place", "group", "from", "people").iter_rows():
        people[index[where, who], _since(since, starts) :] = count
    shape = (len(pairs), len(needs), len(starts))
    floor, norm, covered = np.full(shape, np.nan), np.full(shape, np.nan), np.zeros(shape)
    norms = economy.norms.sort(
        pl.col("place").is_not_null(), pl.col("group").is_not_null(), pl.col("from").fill_null(date.min)
    )
    at_place: dict[str, Ints] = (
        {p: np.flatnonzero(place == i).astype(np.int32) for i, p in enumerate(places)}
        if len(norms.drop_nulls("place"))
        else {}
    )
    every = np.arange(len(pairs), dtype=np.int32)
    group_at, need_at = {g: i for i, g in enumerate(groups)}, {n: i for i, n in enumerate(needs)}
    for row in norms.iter_rows(named=True):
        who_all = every if row["place"] is None else at_place[row["place"]]
        who_all = who_all if row["group"] is None else who_all[group[who_all] == group_at[row["group"]]]
        since, n = _since(row["from"], starts), need_at[row["need"]]
        floor[who_all, n, since:], norm[who_all, n, since:] = row["floor"], row["norm"]
        covered[who_all, n, since:] = row["covered"]
    return Claimants(place, group, people, floor, norm, covered)


def _since(day: date | None, starts: Sequence[date]) -> int:
    """Return the first period that begins on or after ``day``."""
    return 0 if day is None else sum(start < day for start in starts)
