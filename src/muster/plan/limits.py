"""What binds, in words: the limits that have a price, each over the periods in which it does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from muster.economy.economy import Horizon
from muster.plan import sentences
from muster.plan.kept import Ask, Kept
from muster.plan.sentences import filled
from muster.plan.sets import NONE, Floats

IN_THE_SET = 1e-5
"""A limit whose price explains less than this share is not one: it is what is left of the way to the answer."""

WORTHLESS = 1e-6
"""Where all limits together explain less than this of a level, none of them does."""

NAMED = 2e-3
"""Limits that explain less than this are summed up in one last row."""

EXACT_SHARE = 4
"""Decimals of a share: closer than this, two ways of solving do not agree."""


_NOTHING_CROSSES: Floats = np.empty(0)


@dataclass(frozen=True)
class Limit:
    """One limit, whatever the period.

    Attributes:
        kind: ``stock``, ``arrival``, ``route``, ``store``, ``plant``, ``ration``, ``reserve``, ``beyond`` (what comes
            from, or goes to, places that were not asked), ``other`` (small ones together) or ``none`` (nothing that
            there could be more of).
        where: Ids of the place or the route; blank for the pool.
        resource: Id of the resource, need, class or recipe; blank where it is any.
        sentence: What it says, with ``{amount}`` and ``{when}`` to be filled in.
        more: What there could be more of, as a phrase for people, with ``{when}`` where it is a matter of time.
        unit: Unit of the amount.
        rate: Unit of what could change, e.g. ``t a day``.
        alike: What is said of all limits of its sort together, with ``{names}`` to be filled in.
        name: How it is named among them.
    """

    kind: str
    where: str
    resource: str
    sentence: str
    more: str = ""
    unit: str = ""
    rate: str = ""
    alike: str = ""
    name: str = ""


@dataclass(frozen=True)
class Part:
    """A limit in one period.

    Attributes:
        period: Which.
        amount: All there is, in the limit's unit.
        rent: Its price times the amount: what the answer would lose without it, at this price.
        per: What the row's limit grows by for one unit of the limit's rate (days, or people × days).
        row: Row of the matrix; ``NONE`` for a reserve, and for what crosses a border.
        column: Column of a reserve; else ``NONE``.
    """

    period: int
    amount: float
    rent: float
    per: float
    row: int
    column: int = NONE


@dataclass(frozen=True)
class Holding:
    """A limit that holds somebody, over the periods in which it does.

    Attributes:
        limit: Which.
        parts: By period.
        worth: Share of the explanation.
        when: The periods in words.
        sentence: What it says.
    """

    limit: Limit
    parts: tuple[Part, ...]
    worth: float
    when: str
    sentence: str

    @property
    def can_change(self) -> bool:
        """Whether there could be more or less of it alone, with all else as it is."""
        return any(part.row != NONE or part.column != NONE for part in self.parts)

    @property
    def rent(self) -> float:
        """What easing it by its whole amount is worth, at its price."""
        return sum(part.rent for part in self.parts)

    @property
    def now(self) -> float:
        """What there is now, in the unit of its rate: the largest of its periods."""
        return max((part.amount / part.per for part in self.parts), default=0.0)


def holdings(ask: Ask, prices: Floats, reduced: Floats, crossing: Floats = _NOTHING_CROSSES) -> tuple[Holding, ...]:
    """Return the limits that have a price, largest share first; shares sum to 1 unless there is none at all.

    The share of a limit is what one per cent more of it would bring, of what one per cent more of all would.

    Args:
        ask: The question.
        prices: Of the rows (M), scaled.
        reduced: What one more unit of each column's least would bring (K), scaled; below 0 where it costs.
        crossing: What one more unit of all that crosses the border of the question's scope would bring (B).
    """
    parts: dict[Limit, list[Part]] = {}
    found = [
        *_binding(ask.kept, np.maximum(prices, 0.0)),
        *_held_back(ask, np.maximum(-reduced, 0.0)),
        *_beyond(ask, crossing),
    ]
    whole = sum(part.rent for _, part in found)
    if whole <= WORTHLESS:
        return ()
    for limit, part in found:
        if part.rent >= IN_THE_SET * whole:
            parts.setdefault(limit, []).append(part)
    whole = sum(part.rent for each in parts.values() for part in each)
    horizon = ask.kept.program.sets.horizon
    every = [_holding(limit, each, whole, horizon) for limit, each in parts.items()]
    every.sort(key=lambda each: (-each.worth, each.limit.kind, each.limit.where, each.limit.resource, each.sentence))
    named = [each for each in every if each.worth >= NAMED]
    rest = len(every) - len(named)
    left = round(1.0 - sum(each.worth for each in named), EXACT_SHARE)
    if rest and left > 0:
        said = (sentences.OTHERS if rest > 1 else sentences.ONE_OTHER).format(count=rest, share=f"{NAMED:.1%}")
        named.append(Holding(Limit("other", "", "", said), (), left, "", said))
    elif named:
        first = named[0]
        named[0] = Holding(first.limit, first.parts, round(first.worth + left, EXACT_SHARE), first.when, first.sentence)
    return tuple(named)


def _holding(limit: Limit, parts: list[Part], whole: float, horizon: Horizon) -> Holding:
    parts = sorted(parts, key=lambda part: part.period)
    when = in_words(horizon, {part.period for part in parts})
    total = sum(part.amount for part in parts)
    amount = f"{total:,.6g}" if total < 1e6 else f"{total:,.0f}"
    said = limit.sentence.format(amount=f"{amount} {limit.unit}".strip(), when=when)
    worth = round(sum(part.rent for part in parts) / whole, EXACT_SHARE)
    return Holding(limit, tuple(parts), worth, when, said)


def in_words(horizon: Horizon, periods: Iterable[int]) -> str:
    """Return periods in words: ``December 2022 to February 2023, April 2023``."""
    runs: list[list[int]] = []
    for t in sorted(periods):
        if runs and runs[-1][-1] == t - 1:
            runs[-1].append(t)
        else:
            runs.append([t])
    names = [
        horizon.name(run[0]) if len(run) == 1 else f"{horizon.name(run[0])} to {horizon.name(run[-1])}" for run in runs
    ]
    return ", ".join(names)


def _binding(now: Kept, prices: Floats) -> Iterator[tuple[Limit, Part]]:
    """Yield each limit of goods with a price, period by period."""
    names, first = Wording(now), 0
    for rows in now.program.matrix.rows:
        rents = prices[first : first + len(rows)] * rows.limit / rows.scale
        for at in np.flatnonzero(rents > 0):
            keys = {key: int(values[at]) for key, values in rows.keys.items()}
            row, amount, rent = first + int(at), float(rows.limit[at]), float(rents[at])
            if rows.kind == "balance":
                yield from names.supplies(row, keys["node"], keys["period"], rent)
            elif rows.kind in ("ration", "route", "plant", "store"):
                limit, per = getattr(names, rows.kind)(keys)
                yield limit, Part(keys["period"], amount, rent, per, row)
        first += len(rows)


def _held_back(ask: Ask, cost: Floats) -> Iterator[tuple[Limit, Part]]:
    """Yield each reserve that is held back at somebody's expense."""
    now = ask.kept
    names, (_, where) = Wording(now), now.program.matrix.column_kind("held")
    least = ask.least[where]
    scale = now.program.matrix.column_scale[where]
    for number in np.flatnonzero((cost[where] > 0) & (least > 0)).tolist():
        period, amount = int(now.program.reserves.period[number]), float(least[number])
        rent = float(cost[where][number]) * amount / float(scale[number])
        yield names.reserve(number), Part(period, amount, rent, 1.0, NONE, where.start + number)


def _beyond(ask: Ask, crossing: Floats) -> Iterator[tuple[Limit, Part]]:
    """Yield what comes from places that were not asked, or goes there, where more or less of it would bring something.

    More that goes out never brings anything, nor does less that comes in.
    """
    border, program = ask.scope.border, ask.kept.program
    if border is None:
        return
    names, (sent, where) = Wording(ask.kept), program.matrix.column_kind("sent")
    rents = np.where(border.inward, crossing, -crossing) * border.amount
    some = np.flatnonzero(rents > 0)
    at = border.columns[some] - where.start
    frame = pl.DataFrame(
        {
            "opening": sent.keys["opening"][at],
            "resource": program.sets.goods.resource[sent.keys["good"][at]],
            "period": sent.keys["period"][at],
            "inward": border.inward[some],
            "amount": border.amount[some],
            "rent": rents[some],
        }
    )
    keys = ["opening", "resource", "period", "inward"]
    for row in frame.group_by(keys, maintain_order=True).agg(pl.col("amount", "rent").sum()).iter_rows(named=True):
        limit = names.crossing(row["opening"], row["resource"], inward=row["inward"])
        yield limit, Part(row["period"], row["amount"], row["rent"], 1.0, NONE)


class Wording:
    """Limits of a program in names for people."""

    def __init__(self, now: Kept) -> None:
        self._program = now.program
        economy = now.program.sets.economy
        self.places = dict(economy.places.select("place", pl.coalesce("name", "place")).iter_rows()) | {"": "the pool"}
        self.resources = dict(economy.resources.select("resource", pl.coalesce("name", "resource")).iter_rows())
        self.groups = dict(economy.groups.select("group", pl.coalesce("name", "group")).iter_rows())
        self.needs = dict(economy.needs.select("need", pl.coalesce("name", "need")).iter_rows())
        self.units = dict(economy.resources.select("resource", "unit").iter_rows())
        self.need_units = dict(economy.needs.select("need", "unit").iter_rows())

    def supplies(self, row: int, node: int, period: int, rent: float) -> Iterator[tuple[Limit, Part]]:
        """Yield the stock at the start and the arrivals of a node, each with its part of the rent."""
        sets, nodes = self._program.sets, self._program.nodes
        place, good = int(nodes.place[node]), int(nodes.good[node])
        resource, at = sets.resources[nodes.resource[node]], sets.place_id(place)
        held = float(sets.start[place, good]) if period == 0 else 0.0
        came = float(sets.arrivals[place, good, period])
        for kind, amount in (("stock", held), ("arrival", came)):
            if amount > 0:
                yield self.supply(kind, at, resource), Part(period, amount, rent * amount / (held + came), 1.0, row)

    def supply(self, kind: str, place: str, resource: str) -> Limit:
        """Return the limit of what is in a place at the start, or becomes available there."""
        where, what, unit = self.places[place], self.resources[resource], self.units[resource]
        names = {"what": what, "where": where}
        if kind == "stock":
            said, more = filled(sentences.STOCK, names), filled(sentences.MORE_STOCK, names)
            return Limit(kind, place, resource, said, more, unit, unit, filled(sentences.STOCKS, names), where)
        said, more = filled(sentences.ARRIVAL, names), filled(sentences.MORE_ARRIVAL, names)
        return Limit(kind, place, resource, said, more, unit, unit, filled(sentences.ARRIVALS, names), where)

    def route(self, keys: dict[str, int]) -> tuple[Limit, float]:
        """Return the limit of what a route carries, and its open days."""
        opening = keys["opening"]
        ends, way = self._way(opening)
        said, more = (filled(each, {"way": way}) for each in (sentences.ROUTE, sentences.MORE_ROUTE))
        limit = Limit("route", ends, "", said, more, "t", "t a day", sentences.ROUTES, way)
        return limit, float(self._program.openings.days[opening, keys["period"]])

    def crossing(self, opening: int, resource: int, *, inward: bool) -> Limit:
        """Return the limit of what comes from places that were not asked, or goes there, as the plan has it."""
        (ends, way), id_ = self._way(opening), self._program.sets.resources[resource]
        names = {"way": way, "what": self.resources[id_]}
        pair = (sentences.FROM_BEYOND if inward else sentences.TO_BEYOND, sentences.BEYOND)
        said, alike = (filled(each, names) for each in pair)
        return Limit("beyond", ends, id_, said, "", self.units[id_], self.units[id_], alike, way)

    def _way(self, opening: int) -> tuple[str, str]:
        """Return an opening as the ids of its ends, and in words."""
        sets, openings = self._program.sets, self._program.openings
        tail, head = sets.places[openings.tail[opening]], sets.places[openings.head[opening]]
        mode = _plain(openings.modes.ids[openings.mode[opening]])
        return f"{tail} → {head}", f"{self.places[tail]} → {self.places[head]} ({mode})"

    def plant(self, keys: dict[str, int]) -> tuple[Limit, float]:
        """Return the limit of how often a recipe runs at a place, and the days of the period."""
        plants, plant = self._program.plants, keys["plant"]
        place, recipe = self._program.sets.places[plants.place[plant]], plants.recipes[plants.recipe[plant]]
        lines = zip(plants.line_recipe, plants.line_use, plants.line_resource, strict=True)
        outputs = [r for each, use, r in lines if each == plants.recipe[plant] and use == "output"]
        makes = " and ".join(self.resources[self._program.sets.resources[r]] for r in outputs) or recipe
        names = {"what": makes, "where": self.places[place], "recipe": _plain(recipe)}
        said, more = filled(sentences.PLANT, names), filled(sentences.MORE_PLANT, names)
        made = plants.line_quantity[
            [use == "output" for use in plants.line_use] & (plants.line_recipe == plants.recipe[plant])
        ]
        each = f" of {made[0]:g} {self.units[self._program.sets.resources[outputs[0]]]}" if len(outputs) == 1 else ""
        alike = filled(sentences.PLANTS, names)
        limit = Limit("plant", place, recipe, said, more, f"runs{each}", "runs a day", alike, self.places[place])
        return limit, float(self._program.sets.days[keys["period"]])

    def store(self, keys: dict[str, int]) -> tuple[Limit, float]:
        """Return the limit of what a store holds."""
        row = self._program.sets.economy.stores.row(keys["store"], named=True)
        where = self.places[row["place"]]
        names = {"where": where} | ({"goods": _plain(row["class"])} if row["class"] else {})
        general = (sentences.STORE, sentences.MORE_STORE, sentences.STORES)
        of_class = (sentences.STORE_OF, sentences.MORE_STORE_OF, sentences.STORES_OF)
        said, more, alike = (filled(each, names) for each in (of_class if row["class"] else general))
        return Limit("store", row["place"], row["class"] or "", said, more, "t", "t", alike, where), 1.0

    def ration(self, keys: dict[str, int]) -> tuple[Limit, float]:
        """Return the limit of what people may be given, and their days in the period."""
        sets, claimant, period = self._program.sets, keys["claimant"], keys["period"]
        row = sets.economy.rations.row(keys["ration"], named=True)
        place = sets.places[sets.claimants.place[claimant]]
        group = sets.groups[sets.claimants.group[claimant]]
        what = self.resources.get(row["resource"], "") or f"all {_plain(row['class'])}"
        unit = self.units[row["resource"]] if row["resource"] else "t"
        names = {"who": self.groups.get(group, group), "where": self.places[place], "what": what}
        said, more = filled(sentences.RATION, names), filled(sentences.MORE_RATION, names)
        rate, grams = (f"{'kg' if unit == 't' else unit} a person and day", 1000.0 if unit == "t" else 1.0)
        alike, who = filled(sentences.RATIONS, names), f"{names['who']} in {names['where']}"
        limit = Limit("ration", place, row["resource"] or row["class"], said, more, unit, rate, alike, who)
        return limit, float(sets.claimants.people[claimant, period] * sets.days[period]) / grams

    def reserve(self, number: int) -> Limit:
        """Return the limit of what is held back."""
        reserves, economy = self._program.reserves, self._program.sets.economy
        row = economy.reserves.row(int(reserves.row[number]), named=True)
        what = self.resources[row["resource"]] if row["resource"] else self.needs[row["need"]]
        unit = self.units[row["resource"]] if row["resource"] else self.need_units[row["need"]]
        names = {"what": what} | ({"where": self.places[row["place"]]} if row["place"] else {})
        pair = (sentences.RESERVE, sentences.MORE_RESERVE)
        everywhere = (sentences.RESERVE_ALL, sentences.MORE_RESERVE_ALL)
        said, more = (filled(each, names) for each in (pair if row["place"] else everywhere))
        alike, name = filled(sentences.RESERVES, {"what": what}), names.get("where", "everywhere")
        return Limit("reserve", row["place"] or "", row["resource"] or row["need"], said, more, unit, unit, alike, name)


def _plain(label: str) -> str:
    """Return a class, a mode or a recipe as words."""
    return label.replace("_", " ")
