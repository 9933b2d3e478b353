"""Random small economies that use every table and option of the format, free of faults, with numbers of a sane size."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from building import Row, build
from hypothesis import strategies as st

from muster.economy.economy import Economy, Horizon
from muster.economy.tables import LINE, TABLES

Draw = Callable[[st.SearchStrategy[Any]], Any]
Tables = dict[str, list[dict[str, Any]]]

GOODS: Mapping[str, Row] = {
    "flour": {"unit": "t", "class": "food"},
    "milk": {"unit": "l", "class": "food fresh", "mass_t": 0.001},
    "coal": {"unit": "t", "class": "fuel"},
    "beans": {"unit": "kg", "class": "food dry"},
    "grain": {"unit": "t", "class": "raw"},
    "seed": {"unit": "piece", "class": "light", "mass_t": 0.0},
    "gas": {"unit": "piece", "class": "heavy", "mass_t": 0.02},
}
"""What people may be given, or what that is made from."""

PER_T: Mapping[str, float] = {"flour": 1, "milk": 1000, "coal": 1, "beans": 1000, "grain": 1, "seed": 100, "gas": 50}
"""Units of a good that stand for a tonne in drawn amounts."""

FEEDS: Mapping[str, tuple[str, ...]] = {
    "flour": ("food",),
    "milk": ("food", "heat"),
    "coal": ("heat",),
    "beans": ("food",),
    "seed": ("food",),
    "gas": ("heat",),
}
RATIONS_PER_T = 1000.0
"""Rations of a need in a tonne (or what stands for it): a person and day needs about a kilogram."""


@dataclass(frozen=True)
class World:
    """What has been drawn so far.

    Attributes:
        draw: Draws from a strategy.
        horizon: Start, period and number of periods.
        places, groups, needs, goods: Ids.
        others: Ids of resources that do the work: hours, diesel, mills, lorries, money.
        pooled: Those of them that are one pool.
        hunger_t: Tonnes that everybody needs over the whole horizon, about.
    """

    draw: Draw
    horizon: Horizon
    places: tuple[str, ...]
    groups: tuple[str, ...]
    needs: tuple[str, ...]
    goods: tuple[str, ...]
    others: tuple[str, ...]
    pooled: frozenset[str]
    hunger_t: float

    @property
    def days(self) -> int:
        """Days in the horizon."""
        return (self.horizon.end - self.horizon.start).days

    def one(self, *values: Any) -> Any:
        """Draw one of some values; the first is the simplest."""
        return self.draw(st.sampled_from(values))

    def often(self, *, times_in_ten: int) -> bool:
        """Draw yes or no; no is the simplest."""
        return bool(self.draw(st.integers(0, 9)) >= 10 - times_in_ten)

    def some(self, values: tuple[Any, ...], *, least: int = 0, most: int | None = None) -> list[Any]:
        """Draw some of the values, each at most once, in their order."""
        if not values:
            return []
        chosen = self.draw(st.sets(st.sampled_from(values), min_size=least, max_size=most or len(values)))
        return [value for value in values if value in chosen]

    def day(self, *, before: int = 0, after: int = 0) -> date:
        """Draw a day of the horizon, or up to some days before or after it."""
        return self.horizon.start + timedelta(days=self.draw(st.integers(-before, self.days - 1 + after)))

    def window(self, since: str, until: str) -> dict[str, date | None]:
        """Draw a window that may be open at either end, or always."""
        if not self.often(times_in_ten=4):
            return {}
        first = self.day(before=5)
        return {
            since: first if self.often(times_in_ten=7) else None,
            until: first + timedelta(days=self.draw(st.integers(1, self.days + 5)))
            if self.often(times_in_ten=6)
            else None,
        }

    def amount(self, resource: str) -> float:
        """Draw an amount that matters: a share of what all need, in the resource's unit."""
        share = self.one(0.1, 0.2, 0.05, 0.3, 0.02, 0.6, 1.5)
        return float(round(share * self.hunger_t * PER_T.get(resource, 1.0), 6))


def written(economy: Economy) -> str:
    """Return an economy as the call of ``build`` that makes it, for a failing example."""
    horizon = economy.horizon
    lines = [f"start={str(horizon.start)!r}, period={horizon.period!r}, periods={horizon.periods},"]
    lines += [f"options={{'goals': {economy.goals}, 'step': {economy.step}, 'slack': {economy.slack}}},"]
    for name, frame in economy.tables.items():
        defaults = {column.name: column.default for column in TABLES[name].columns}
        rows = [
            {
                key: str(value) if isinstance(value, date) else value
                for key, value in row.items()
                if value != defaults[key]
            }
            for row in frame.drop(LINE).to_dicts()
        ]
        lines += [f"{name}=[", *(f"    {row}," for row in rows), "],"] if rows else []
    return "\n".join(["build(", *(f"    {line}" for line in lines), ")"])


@st.composite
def economies(draw: Draw, *, most_places: int = 4, most_periods: int = 4) -> Economy:
    """Draw an economy of 1 to 4 places, 1 to 4 goods and 1 to 4 periods of any kind."""
    world, people = _world(draw, most_places, most_periods)
    tables: Tables = {
        "resources": _resources(world),
        "places": [{"place": place, "name": place.title()} for place in world.places],
        "groups": [{"group": group, "tier": tier} for tier, group in enumerate(world.groups, start=1)],
        "people": people,
        "needs": [{"need": need, "unit": "ration"} for need in world.needs],
        "norms": _norms(world),
        "contents": _contents(world),
        "rations": _rations(world),
        "stocks": _stocks(world),
        "arrivals": _arrivals(world),
        "stores": _stores(world),
        "recipes": (recipes := _recipes(world)),
        "plants": _plants(world, recipes),
        "reserves": _reserves(world),
    }
    tables |= _transport(world)
    options = {
        "goals": world.one(
            ("floor", "reserve", "norm", "effort"),
            ("floor", "norm"),
            ("reserve", "floor", "effort"),
            ("norm", "effort"),
        ),
        "step": world.one(0.05, 0.25),
        "slack": world.one(0.001, 0.0, 0.01),
    }
    horizon = world.horizon
    return build(
        title="Drawn", start=horizon.start, period=horizon.period, periods=horizon.periods, options=options, **tables
    )


def _world(draw: Draw, most_places: int, most_periods: int) -> tuple[World, list[dict[str, Any]]]:
    start = draw(st.sampled_from([date(2026, 11, 1), date(2027, 1, 31), date(2028, 2, 28)]))
    horizon = Horizon(start, draw(st.sampled_from(["month", "week", "day", "year"])), draw(_count(most_periods)))
    places = ("ada", "bor", "cil", "dun")[: draw(_count(most_places))]
    groups = ("all", "child")[: draw(st.integers(1, 2))]
    needs = ("food", "heat")[: draw(st.integers(1, 2))]
    goods = draw(st.sets(st.sampled_from(list(GOODS)), min_size=1, max_size=3))
    for need, usual in zip(needs, ("flour", "coal"), strict=False):
        if not any(need in FEEDS.get(good, ()) for good in goods) and draw(st.integers(0, 9)):
            goods.add(usual)
    goods = tuple(sorted(goods, key=list(GOODS).index))
    others = tuple(sorted(draw(st.sets(st.sampled_from(["hours", "diesel", "mill", "lorry", "usd"])))))
    pooled = frozenset({"usd", *draw(st.sets(st.sampled_from(["hours", "lorry"])))})
    world = World(draw, horizon, places, groups, needs, goods, others, pooled, 1.0)
    people: list[dict[str, Any]] = []
    for place in places:
        for group in world.some(groups, least=1 if place == "ada" else 0):
            dated = world.often(times_in_ten=3)
            people.append({"place": place, "group": group, "people": world.one(100, 40, 250, 1)})
            if dated:
                people[-1]["from"] = world.day(before=40)
                people.append({**people[-1], "from": world.day(after=3), "people": world.one(0, 30, 180)})
                if people[-1]["from"] == people[-2]["from"]:
                    people.pop()
    crowd = sum(row["people"] for row in people)
    return replace(world, hunger_t=crowd * world.days / RATIONS_PER_T), people


def _count(most: int) -> st.SearchStrategy[int]:
    """Draw 1 to ``most``, 2 and 3 more often than the others; the simplest is 2."""
    return st.sampled_from([count for count in (2, 3, 1, 3, 2, 4) if count <= most])


def _resources(world: World) -> list[dict[str, Any]]:
    rows = []
    for good in world.goods:
        effort, keep = world.one(0.0, 1.0, 0.25), world.one(1.0, 0.9, 0.5, 0.0)
        rows.append({"resource": good, **GOODS[good], "keep": keep, "effort": effort})
    kinds = {
        "hours": {"unit": "h", "keep": 0.0, "pooled": "hours" in world.pooled, "effort": 0.5},
        "diesel": {"unit": "l", "mass_t": world.one(None, 0.0008), "effort": 2.0},
        "mill": {"unit": "piece", "keep": world.one(1.0, 0.5)},
        "lorry": {"unit": "piece", "pooled": "lorry" in world.pooled},
        "usd": {"unit": "usd", "pooled": True, "effort": world.one(0.0, 0.01)},
    }
    return [*rows, *({"resource": other, **kinds[other]} for other in world.others)]


def _norms(world: World) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for need in world.needs:
        keys = [{}]
        keys += [{"group": group} for group in world.some(world.groups)] if world.often(times_in_ten=3) else []
        keys += [{"place": world.one(*world.places)}] if world.often(times_in_ten=3) else []
        keys += (
            [{"place": world.one(*world.places), "group": world.one(*world.groups)}]
            if world.often(times_in_ten=2)
            else []
        )
        later = world.horizon.start + timedelta(days=world.draw(st.integers(1, world.days)))
        keys += [{"from": later}] if world.often(times_in_ten=3) else []
        for key in keys:
            floor, more = world.one(1.0, 0.5, 2.0, 0.0), world.one(0.5, 0.0, 1.0)
            rows.append(
                {**key, "need": need, "floor": floor, "norm": floor + more, "covered": world.one(0.0, 0.1, 0.0, 0.3)}
            )
    return rows


def _contents(world: World) -> list[dict[str, Any]]:
    rows = [
        {"resource": good, "need": need, "amount": RATIONS_PER_T / PER_T[good] * world.one(1.0, 0.7, 2.0)}
        for good in world.goods
        for need in FEEDS.get(good, ())
        if need in world.needs
    ]
    if "usd" in world.others and world.often(times_in_ten=3):
        rows.append({"resource": "usd", "need": "food", "amount": 1.0})
    return rows


def _rations(world: World) -> list[dict[str, Any]]:
    rows = []
    for good in world.some(world.goods) if world.often(times_in_ten=4) else []:
        most = PER_T[good] / RATIONS_PER_T * world.one(1.0, 0.3)
        rows.append({"resource": good, "most": most, "group": world.one(None, *world.groups)})
    labels = tuple(sorted({label for good in world.goods for label in str(GOODS[good]["class"]).split()} - {"light"}))
    chosen = world.some(labels, most=2) if world.often(times_in_ten=3) else []
    return rows + [
        {"class": label, "most": world.one(0.001, 0.0004), "group": world.one(None, *world.groups)} for label in chosen
    ]


def _stocks(world: World) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for good in world.goods:
        for place in world.some(world.places, least=1):
            for _ in range(world.draw(st.integers(1, 3))):
                dated = world.often(times_in_ten=6 if good == "milk" else 2)
                expires = world.day(before=3, after=60) if dated else None
                quantity, unit = world.amount(good), None
                if GOODS[good]["unit"] == "t" and world.often(times_in_ten=2):
                    quantity, unit = quantity * 1000, "kg"
                rows.append({"place": place, "resource": good, "quantity": quantity, "unit": unit, "expires": expires})
    start = {"diesel": 30 * world.hunger_t, "mill": 1.0, "lorry": 2.0, "usd": 300 * world.hunger_t}
    return rows + [
        {"place": _home(world, other), "resource": other, "quantity": start[other] * world.one(1.0, 0.2, 3.0)}
        for other in world.others
        if other in start
    ]


def _home(world: World, resource: str) -> str | None:
    """Draw where a resource is; a pooled one is nowhere."""
    return None if resource in world.pooled else str(world.one(*world.places))


def _arrivals(world: World) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    if "hours" in world.others:
        rows.append({"place": _home(world, "hours"), "resource": "hours", "per_day": 8.0 * world.one(1.0, 5.0, 0.1)})
    able = (*world.goods, *(other for other in world.others if other in ("diesel", "usd")))
    for resource in world.some(able) if world.often(times_in_ten=6) else []:
        where = {"place": _home(world, resource), "resource": resource}
        quantity = world.amount(resource)
        if world.often(times_in_ten=5):
            rows.append({**where, "per_day": quantity / world.days, **world.window("from", "until")})
        else:
            rows.append({**where, "quantity": quantity, "on": world.day(after=5)})
    return rows


def _stores(world: World) -> list[dict[str, Any]]:
    labels = (None, *sorted({label for good in world.goods for label in str(GOODS[good]["class"]).split()}))
    places = world.some(world.places) if world.often(times_in_ten=4) else []
    return [
        {"place": place, "class": label, "capacity_t": world.hunger_t * world.one(0.5, 0.1, 0.0)}
        for place in places
        for label in world.some(labels, least=1, most=2)
    ]


def _transport(world: World) -> Tables:
    """Draw routes, what their modes take, and what they carry."""
    names = ("truck", "boat")[: world.draw(st.integers(1, 2))]
    routes: list[dict[str, Any]] = []
    for number, start in enumerate(world.places):
        for end in world.places[number + 1 :]:
            for mode in world.some(names, least=1 if end == world.places[number + 1] else 0):
                routes += _ways(world, start, end, mode)
    used = tuple(mode for mode in names if any(route["mode"] == mode for route in routes))
    modes, carries = [], []
    for mode in used or names:
        for resource in world.some(world.others, most=2):
            use = "occupied" if resource in ("mill", "lorry") else "consumed"
            per_t = {"usd": 20.0, "hours": 1.0, "lorry": world.days / 20.0, "mill": 1.0, "diesel": 5.0}[resource]
            per_km = world.one(0.0, 0.02)
            modes.append({"mode": mode, "resource": resource, "use": use, "per_t": per_t, "per_t_km": per_km * per_t})
        labels = tuple(sorted({label for good in world.goods for label in str(GOODS[good]["class"]).split()}))
        if world.often(times_in_ten=3):
            carries += [{"mode": mode, "class": label} for label in world.some((*labels, None), least=1, most=2)]
    return {"routes": routes, "modes": modes, "carries": carries}


def _ways(world: World, start: str, end: str, mode: str) -> list[dict[str, Any]]:
    """Draw the ways between two places: one, both, or each way by itself; always open, for a time, or twice."""
    ends = [(start, end)] if world.often(times_in_ten=7) else [(end, start)]
    both = world.often(times_in_ten=3)
    if not both and world.often(times_in_ten=3):
        ends.append((ends[0][1], ends[0][0]))
    rows = []
    for tail, head in ends:
        road = {"distance_km": world.one(50.0, 0.0, 10.0), "loss": world.one(0.0, 0.1)}
        window = world.window("opens", "closes")
        windows = [window]
        if window.get("closes") and world.often(times_in_ten=4):
            windows.append({"opens": window["closes"] + timedelta(days=world.one(0, 2, 20))})  # type: ignore[operator]
        for each in windows:
            rows.append(
                {
                    "from": tail,
                    "to": head,
                    "mode": mode,
                    "both": both,
                    **road,
                    "lead_days": world.one(0, 0, 1, 5, 40),
                    "capacity_t_per_day": world.one(None, 0.2, 0.5, 0.02, 0.0),
                    **each,
                }
            )
            capacity = rows[-1]["capacity_t_per_day"]
            rows[-1]["capacity_t_per_day"] = capacity and round(capacity * world.hunger_t / world.days, 6)
    return rows


def _recipes(world: World) -> list[dict[str, Any]]:
    """Draw recipes that can never make something from nothing: raw to fine, money or hours to goods."""
    kinds: dict[str, list[tuple[str, str, float]]] = {
        "milling": [("grain", "input", 1.0), ("flour", "output", 0.8)],
        "brewing": [("milk", "input", 100.0), ("milk", "output", 70.0)],
        "digging": [("hours", "input", 10.0), ("coal", "output", 0.5)],
        "buying": [("usd", "input", 200.0), ("flour", "output", 0.5)],
        "repair": [("usd", "input", 50.0), ("mill", "output", 1.0)],
        "pairing": [("grain", "input", 1.0), ("flour", "output", 0.3), ("beans", "output", 400.0)],
    }
    there = {*world.goods, *world.others}
    able = tuple(name for name, uses in kinds.items() if all(resource in there for resource, _, _ in uses))
    rows: list[dict[str, Any]] = []
    for name in world.some(able):
        for resource, use, quantity in kinds[name]:
            row: dict[str, Any] = {"recipe": name, "resource": resource, "use": use, "quantity": quantity}
            if use == "output" and world.often(times_in_ten=4):
                row |= world.one({"after_periods": 1}, {"after_days": 3}, {"after_days": 40}, {"after_days": 0})
            rows.append(row)
        for use, resources in (("occupied", {"mill", "lorry"}), ("input", {"diesel", "hours"})):
            spare = tuple(sorted(resources & there - {kinds[name][0][0], kinds[name][1][0]}))
            rows += [
                {"recipe": name, "resource": resource, "use": use, "quantity": world.one(1.0, 5.0)}
                for resource in world.some(spare)
            ]
    return rows


def _plants(world: World, recipes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = []
    for recipe in dict.fromkeys(row["recipe"] for row in recipes):
        for place in world.some(world.places, least=1):
            for _ in range(world.one(1, 1, 2)):
                most = world.one(None, 0.3, 0.05)
                most = most and round(most * world.hunger_t / world.days, 6)
                rows.append({"place": place, "recipe": recipe, "runs_per_day": most, **world.window("from", "until")})
    return rows


def _reserves(world: World) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for _ in range(world.one(0, 0, 1, 2)):
        place = world.one(None, *world.places)
        on = world.day() if world.often(times_in_ten=4) else None
        form = world.one("days", "need", "resource")
        if form == "resource":
            resource = world.one(*world.goods)
            what = {"resource": resource, "quantity": world.amount(resource)}
        else:
            size = {"days": 5.0} if form == "days" else {"quantity": world.hunger_t * RATIONS_PER_T * 0.2}
            what = {"need": world.one(*world.needs), **size}
        if not any(row["place"] == place and row.get("need", row.get("resource")) in what.values() for row in rows):
            rows.append({"place": place, "on": on, **what})
    return rows
