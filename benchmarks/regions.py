"""Regions drawn at random, of any size: the same size and seed give the same economy, cell for cell.

Places lie in clusters. Each has roads to its five nearest neighbours and from them, each direction with a capacity of
its own, some of it very poor; every place can be reached from every other. Lorries burn diesel of the place they leave.
Four needs, with a floor and a norm; of what the norms ask for over the horizon there is 0.8. Between 35 and 40 % of it
lies in depots at the start, the rest arrives over the weeks; water rises at nine places of ten, and steadily.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import Delaunay, cKDTree

from muster.economy.economy import Economy, Horizon
from muster.economy.tables import LINE, TABLES

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

START = date(2026, 11, 2)
SCARCITY = 0.8
"""What there is over the horizon, as a share of what the norms ask for."""

ROADS = 5
"""Neighbours to which each place has a road; with those that have it as a neighbour, and the links, 6 to 7."""

NEEDS = ("energy", "protein", "heat", "water")
UNITS = ("kcal", "g", "kWh", "l")
NORM = np.array([2100.0, 52.0, 8.0, 15.0])
FLOOR = np.array([1400.0, 30.0, 4.0, 7.5])
"""Per person and day, by need."""

DIESEL, WATER = 0, 1
"""Positions of the two resources that every region has; fuels and foods follow."""

DIESEL_PER_T_KM = 5e-5
"""Tonnes burnt by a lorry for each tonne and kilometre."""

KM_PER_DEGREE = 111.2
SOUTH, WEST = 4.0, 20.0
"""Corner of the map, in degrees."""


@dataclass(frozen=True)
class Size:
    """How large a region is: places, resources (four at least) and weekly periods."""

    places: int
    resources: int
    periods: int

    def __str__(self) -> str:
        return f"{self.places:,} × {self.resources} × {self.periods}"


SIZES = {
    "tiny": Size(10, 6, 3),
    "small": Size(50, 8, 6),
    "district": Size(120, 10, 8),
    "medium": Size(500, 20, 12),
    "province": Size(1_000, 20, 12),
    "large": Size(3_000, 30, 12),
    "country": Size(20_000, 30, 12),
}


@dataclass(frozen=True)
class Goods:
    """What a region has (R resources): foods, fuels, water and diesel, in tonnes.

    Attributes:
        names: Ids (R).
        content: Units of each need in a tonne (R × 4).
        keep: Share of a stock left after a week (R).
        foods, fuels: Positions; diesel is not among the fuels.
    """

    names: tuple[str, ...]
    content: Floats
    keep: Floats
    foods: Ints
    fuels: Ints


def region(size: Size, *, seed: int = 0) -> Economy:
    """Draw a region.

    Args:
        size: Places, resources and weekly periods.
        seed: Another seed is another region of the same kind.
    Returns:
        An economy in which ``check`` finds no fault.
    """
    draw = np.random.default_rng(seed)
    km, people = _places(draw, size.places)
    goods = _goods(draw, size.resources)
    names = np.array([f"P{number:05d}" for number in range(1, size.places + 1)])
    stocks, arrivals = _supply(draw, size, people, goods)
    tables: dict[str, dict[str, Any]] = {
        "resources": {
            "resource": goods.names,
            "unit": "t",
            "class": ["fuel", "water", *["fuel"] * len(goods.fuels), *["food"] * len(goods.foods)],
            "keep": goods.keep,
            "effort": 1.0,
        },
        "places": {
            "place": names,
            "latitude": (SOUTH + km[:, 1] / KM_PER_DEGREE).round(5),
            "longitude": (WEST + km[:, 0] / KM_PER_DEGREE).round(5),
        },
        "people": {"place": names, "group": "people", "people": people},
        "groups": {"group": ["people"]},
        "needs": {"need": NEEDS, "unit": UNITS},
        "norms": {"need": NEEDS, "floor": FLOOR, "norm": NORM, "covered": 0.0},
        "contents": _contents(goods),
        "stocks": _named(stocks, names, goods),
        "arrivals": _named(arrivals, names, goods),
        "routes": _routes(draw, km, people, names),
        "modes": {"mode": ["lorry"], "resource": "diesel", "use": "consumed", "per_t_km": DIESEL_PER_T_KM},
        "reserves": {"need": ["energy"], "days": 3.0},
        "sources": {"table": ["places"], "what": "every number", "kind": "assumed", "source": "drawn at random"},
    }
    frames: dict[str, Any] = {name: _frame(name, columns) for name, columns in tables.items()}
    return Economy(f"Region of {size}", Horizon(START, "week", size.periods), **frames)


def _frame(table: str, columns: dict[str, Any]) -> pl.DataFrame:
    """Return a frame of a table; columns that are not given are blank, and lines count from 2."""
    schema = TABLES[table]
    defaults = {column.name: column.default for column in schema.columns}
    frame = pl.DataFrame({name: value for name, value in columns.items() if not np.isscalar(value)})
    more = {name: value for name, value in columns.items() if np.isscalar(value)}
    return frame.with_columns(
        pl.lit(value).alias(name) for name, value in (defaults | more).items() if name not in frame.columns
    ).select(
        *(pl.col(name).cast(dtype) for name, dtype in schema.schema.items() if name != LINE),
        pl.int_range(2, pl.len() + 2).alias(LINE),
    )


def _named(rows: dict[str, Any], names: NDArray[np.str_], goods: Goods) -> dict[str, Any]:
    """Return rows with the ids of their places and resources for the positions."""
    place, resource = pl.Series(rows["place"]), pl.Series(rows["resource"])
    return rows | {"place": pl.Series(names)[place], "resource": pl.Series(goods.names)[resource]}


def _places(draw: np.random.Generator, count: int) -> tuple[Floats, Floats]:
    """Return where places lie, in km (P × 2), seven of ten in clusters, and how many people live there (P)."""
    clusters = draw.random((max(3, count // 40), 2))
    near = clusters[draw.integers(0, len(clusters), count)] + 0.05 * draw.standard_normal((count, 2))
    apart = draw.random((count, 1)) < 0.3
    km = np.where(apart, draw.random((count, 2)), near) * 100 * np.sqrt(count / 50)
    people: Floats = np.round(draw.lognormal(8.3, 1.0, count)) + 50
    return km - km.min(axis=0), people


def _goods(draw: np.random.Generator, count: int) -> Goods:
    """Return diesel, water, a quarter of other fuels, and foods that are rich and poor in protein."""
    fuels = np.arange(2, 2 + max(1, (count - 2) // 4))
    foods = np.arange(2 + len(fuels), count)
    content = np.zeros((count, len(NEEDS)))
    content[DIESEL, 2], content[WATER, 3] = 10_000.0, 1_000.0
    content[fuels, 2] = draw.uniform(3_000, 7_500, len(fuels)).round()
    content[foods, 0] = draw.uniform(0.5e6, 3.8e6, len(foods)).round(-3)
    content[foods, 1] = (draw.uniform(10e3, 230e3, len(foods)) * (draw.random(len(foods)) < 0.8) + 2e3).round(-2)
    keep = np.ones(count)
    keep[foods] = 1 - draw.choice([0.002, 0.01, 0.05, 0.2], len(foods))
    keep[DIESEL], keep[WATER] = 0.999, 0.95
    others = [*(f"fuel{n + 1}" for n in range(len(fuels))), *(f"food{n + 1}" for n in range(len(foods)))]
    return Goods(("diesel", "water", *others), content, keep, foods, fuels)


def _contents(goods: Goods) -> dict[str, Any]:
    resource, need = np.nonzero(goods.content)
    return {
        "resource": pl.Series(goods.names)[pl.Series(resource)],
        "need": pl.Series(NEEDS)[pl.Series(need)],
        "amount": goods.content[resource, need],
    }


def _tonnes(draw: np.random.Generator, people: Floats, goods: Goods, days: int) -> Floats:
    """Return the tonnes of each resource that there are over the horizon (R)."""
    energy, _, heat, water = SCARCITY * people.sum() * days * NORM
    share = np.empty(len(goods.names))
    share[goods.foods] = energy * draw.dirichlet(np.full(len(goods.foods), 2.0))
    share[goods.fuels] = 0.9 * heat * draw.dirichlet(np.full(len(goods.fuels), 2.0))
    share[DIESEL], share[WATER] = 0.1 * heat, water
    tonnes: Floats = share / goods.content[:, [0, 2, 3]].max(axis=1)  # a food's energy, a fuel's heat, water
    return tonnes


def _supply(
    draw: np.random.Generator, size: Size, people: Floats, goods: Goods
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return rows of stocks and of arrivals, with positions of places and resources."""
    tonnes = _tonnes(draw, people, goods, 7 * size.periods)
    at_start = draw.uniform(0.35, 0.40, len(tonnes))
    at_start[WATER] = 0.0
    depots = draw.choice(size.places, max(2, size.places // 10), replace=False)
    laid = draw.dirichlet(np.ones(len(depots)), len(tonnes)) * (tonnes * at_start)[:, None]
    resource, depot = np.nonzero(laid.round(3))
    stocks = {"place": depots[depot], "resource": resource, "quantity": laid.round(3)[resource, depot]}
    share = np.full(len(tonnes), 0.12)
    share[goods.foods], share[WATER] = 0.35, 0.9
    comes = draw.random((len(tonnes), size.places)) < share[:, None]
    comes[:, depots[0]] = True
    weight = comes * draw.lognormal(0.0, 1.0, comes.shape) * people ** np.where(share == 0.9, 1.0, 0.3)[:, None]
    weight /= weight.sum(axis=1, keepdims=True)
    weeks = draw.dirichlet(np.full(size.periods, 3.0), len(tonnes))
    weeks[WATER] = 0.0
    once = ((tonnes * (1 - at_start))[:, None, None] * weight[:, :, None] * weeks[:, None, :]).round(3)
    what, where, week = np.nonzero(once)
    springs = np.flatnonzero(comes[WATER])
    steady = (tonnes[WATER] * weight[WATER, springs] / (7 * size.periods)).round(3)
    days = pl.Series([START + timedelta(days=7 * number) for number in range(size.periods)])
    arrivals = {
        "place": np.concatenate([where, springs]),
        "resource": np.concatenate([what, np.full(len(springs), WATER)]),
        "quantity": pl.Series(once[what, where, week]).extend(pl.Series([None] * len(springs), dtype=pl.Float64)),
        "on": days[pl.Series(week)].extend(pl.Series([None] * len(springs), dtype=pl.Date)),
        "per_day": pl.Series([None] * len(what), dtype=pl.Float64).extend(pl.Series(steady)),
    }
    return stocks, arrivals


def _routes(draw: np.random.Generator, km: Floats, people: Floats, names: NDArray[np.str_]) -> dict[str, Any]:
    tail, head, distance = _roads(km)
    wanted_t_per_day = np.sqrt(people[tail] * people[head]) * 0.0063
    spread = np.exp(draw.normal(0.6, 0.9, len(tail))) * draw.choice([1.0, 1.0, 0.3, 0.05], len(tail))
    return {
        "from": names[tail],
        "to": names[head],
        "mode": "lorry",
        "distance_km": distance.round(1),
        "capacity_t_per_day": (wanted_t_per_day * spread).round(3) + 0.001,
    }


def _roads(km: Floats) -> tuple[Ints, Ints, Floats]:
    """Return where roads begin and end, and how long they are (km); there is one in each direction.

    The shortest tree that joins all places is part of them, so that no place is cut off.
    """
    count = len(km)
    _, found = cKDTree(km).query(km, k=min(ROADS + 1, count))
    place, neighbour = np.repeat(np.arange(count), np.shape(found)[1] - 1), np.asarray(found)[:, 1:].ravel()
    near = sp.csr_array((_apart(km, place, neighbour), (place, neighbour)), shape=(count, count))
    corners = Delaunay(km).simplices[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)
    first, second = np.unique(np.sort(corners, axis=1), axis=0).T
    sides = sp.csr_array((_apart(km, first, second), (first, second)), shape=(count, count))
    links = sp.csr_array(minimum_spanning_tree(sides))
    both = near.maximum(near.T).maximum(links).maximum(links.T).tocoo()
    tail, head = both.coords
    return tail.astype(np.int64), head.astype(np.int64), both.data + 1.0


def _apart(km: Floats, first: Ints, second: Ints) -> Floats:
    distance: Floats = np.hypot(*(km[first] - km[second]).T)
    return distance
