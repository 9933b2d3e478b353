"""What the page's script works on: names once, tables column by column, and what is met on the map."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from muster.pictures.markup import Markup
from muster.plan.plan import Plan
from muster.report import facts
from muster.report.facts import Binding, Limit
from muster.report.levels import LEVELS
from muster.report.names import Names
from muster.report.tables import FIRST_ROWS, Cell, Column, Kind, name_of, packed, short
from muster.report.words import percent, whole_percent

MOST_CLAIMS = 3000
"""Claims in the page, the worst off first; the others are in met.csv."""
MOST_DISPATCHES = 2500
"""Dispatches in the page, the heaviest first; the others are in dispatches.csv."""
MOST_REASONS = 3
"""Limits named beside a place on the map."""
MOST_CELLS = 40_000
"""Values of the map (places × needs × periods × floor and norm); above, only the worst-off places are drawn."""

MOST_PLACES = 1000
"""Places in the table of places, the worst off first."""

PLACE_COLUMNS = (
    Column("place", "Place", "place"),
    Column("met_floor", "Of the floor", "percent"),
    Column("need", "Need", "need"),
    Column("period", "When", "period"),
    Column("met_norm", "Of the norm", "percent"),
    Column("people", "People below", "count"),
    Column("first", "Since", "period"),
)
CLAIM_COLUMNS = (
    Column("place", "Place", "place"),
    Column("met_floor", "Of the floor", "percent"),
    Column("met_norm", "Of the norm", "percent"),
    Column("need", "Need", "need"),
    Column("group", "Group", "group"),
    Column("period", "Period", "period"),
    Column("people", "People", "count"),
)
DISPATCH_COLUMNS = (
    Column("from", "From", "place"),
    Column("to", "To", "place"),
    Column("resource", "Resource", "resource"),
    Column("quantity", "Sent", "amount"),
    Column("received", "Received", "amount"),
    Column("period", "Leaves in", "period"),
    Column("arrives", "Arrives in", "period"),
    Column("mode", "By", "mode"),
)
SHEETS = {"places": PLACE_COLUMNS, "claims": CLAIM_COLUMNS, "dispatches": DISPATCH_COLUMNS}
"""Tables that the script sorts and filters, by their id in the page."""
_NOTHING = "ff"
_LESS_THAN_ONE = "fe"


@dataclass(frozen=True)
class MapValues:
    """How much is met at each place: the least of its groups, per need and period.

    Attributes:
        places: Ids, in the order of the economy.
        needs: Ids of the needs somebody has a claim to.
        met: ``met_floor`` and ``met_norm`` by (place, need, period): the least of the groups there.
        left_out: Places with claims that are not drawn because there are too many.
    """

    places: tuple[str, ...]
    needs: tuple[str, ...]
    met: pl.DataFrame
    left_out: int


def map_values(plan: Plan) -> MapValues:
    """Return what the map shows; the worst-off places only, where there are more than fit into a page."""
    known = facts.claims(plan)
    present = set(known["need"])
    needs = tuple(need for need in plan.economy.needs["need"] if need in present)
    most = max(1, MOST_CELLS // max(1, 2 * len(needs) * plan.economy.horizon.periods))
    worst_first = known["place"].unique(maintain_order=True).to_list()
    shown = set(worst_first[:most])
    met = (
        known.filter(pl.col("place").is_in(shown))
        .group_by("place", "need", "period")
        .agg(pl.col("met_floor", "met_norm").min())
        .sort("place", "need", "period")
    )
    places = tuple(place for place in plan.economy.places["place"] if place in shown)
    return MapValues(places, needs, met, len(worst_first) - len(shown))


class Codes:
    """Numbers for the names that stand in the page, in the order in which they are asked for."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._lists: dict[str, dict[str, int]] = {}

    def __call__(self, kind: Kind, value: Cell) -> int:
        """Return the number of a name; a period is its own number (-1 beyond the horizon, -2 for never)."""
        if kind == "period":
            if value is None:
                return -2
            assert isinstance(value, int), "a period is a whole number"
            return value if value in self._names.period else -1
        known = self._lists.setdefault(kind, {})
        return known.setdefault(name_of(kind, value, self._names), len(known))

    def lists(self) -> dict[str, list[str]]:
        """Return every list of names, each at its number."""
        return {kind: list(known) for kind, known in self._lists.items()} | {
            "period": list(self._names.period.values())
        }


def page_data(
    plan: Plan, values: MapValues, *, names: Names, flows: list[tuple[str, str]], bindings: Sequence[Binding]
) -> dict[str, Any]:
    """Return what the script needs, JSON-ready.

    Args:
        plan: The plan.
        values: What the map shows.
        names: Names of the economy.
        flows: Pairs of places (ids) with a line on the map, in the order drawn.
        bindings: What stands in the way, as the page shows it.
    """
    codes = Codes(names)
    claims, sent = facts.claims(plan).head(MOST_CLAIMS), facts.dispatches(plan).head(MOST_DISPATCHES)
    tables = {
        "places": packed(facts.by_place(plan).head(MOST_PLACES), PLACE_COLUMNS, code=codes),
        "claims": packed(claims, CLAIM_COLUMNS, code=codes),
        "dispatches": packed(sent, DISPATCH_COLUMNS, code=codes),
    }
    own = (claims["covered"] + claims["delivered"]).to_list()
    tables["claims"] |= {
        "had": [short(amount) for amount in own],
        "floor": [short(amount) for amount in claims["floor"]],
        "norm": [short(amount) for amount in claims["norm"]],
    }
    tables["claims"]["why"] = _reasons_of(claims, bindings)
    tables["dispatches"]["tonnes"] = [short(tonnes) for tonnes in sent["tonnes"]]
    shown = {
        "place": [codes("place", place) for place in values.places],
        "key": list(values.places),
        "need": [codes("need", need) for need in values.needs],
        "floor": _cells(values, "met_floor", plan.economy.horizon.periods),
        "norm": _cells(values, "met_norm", plan.economy.horizon.periods),
    }
    lines = [[codes("place", start), codes("place", end)] for start, end in flows]
    people = [
        [round(each) for each in facts.people_below(plan, measure=measure)["below"]] for measure in ("floor", "norm")
    ]
    units = {names.resource[ident]: unit for ident, unit in names.resource_unit.items()}
    need_units = {names.need[ident]: unit for ident, unit in names.need_unit.items()}
    lists = codes.lists()
    return {
        "names": lists,
        "units": {
            "resource": [units.get(name, "") for name in lists.get("resource", [])],
            "need": [need_units.get(name, "") for name in lists.get("need", [])],
        },
        "columns": {
            name: [[column.key, column.kind, column.style or ""] for column in columns]
            for name, columns in SHEETS.items()
        },
        "tables": tables,
        "all": {"claims": facts.claims(plan).height, "dispatches": plan.dispatches.height},
        "map": shown,
        "flows": lines,
        "why": [[_reason(limit) for limit in each.limits[:MOST_REASONS]] for each in bindings],
        "levels": [[level.below, level.style] for level in LEVELS],
        "first": FIRST_ROWS,
        "below": {"floor": people[0], "norm": people[1]},
    }


def as_script(data: dict[str, Any]) -> Markup:
    """Return data as JSON that no text in it can break out of."""
    written = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in "<>&\u2028\u2029":
        written = written.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(written)


def _cells(values: MapValues, column: str, periods: int) -> str:
    """Return two hexadecimal digits per place, need and period: the percentage, fe for under one, ff for no claim."""
    place_at = {place: number for number, place in enumerate(values.places)}
    need_at = {need: number for number, need in enumerate(values.needs)}
    cells = [_NOTHING] * (len(place_at) * len(need_at) * periods)
    for place, need, period, met in values.met.select("place", "need", "period", column).iter_rows():
        whole = whole_percent(met)
        at = (place_at[place] * len(need_at) + need_at[need]) * periods + period
        cells[at] = _LESS_THAN_ONE if whole == 0.5 else f"{int(whole):02x}"
    return "".join(cells)


def _reasons_of(claims: pl.DataFrame, bindings: Sequence[Binding]) -> list[int]:
    """Return for each claim the number of what holds it, -1 where the page has none."""
    key = ["place", "group", "need", "period"]
    numbers = {row: number for number, each in enumerate(bindings) for row in each.claims.select(key).iter_rows()}
    return [numbers.get(row, -1) for row in claims.select(key).iter_rows()]


def _reason(limit: Limit) -> str:
    return f"{percent(limit.worth)}: {limit.sentence}"
