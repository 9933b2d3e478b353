"""The choices above the map and the tables; hidden until the script is there to act on them."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from muster.pictures.maps import Spot
from muster.pictures.markup import EMPTY, Markup, element, join, text
from muster.plan.plan import Plan
from muster.report import facts
from muster.report.data import MapValues
from muster.report.names import Names

Options = Sequence[tuple[str, str]]
"""Value and words of each thing that can be chosen."""


def map_controls(plan: Plan, values: MapValues, *, names: Names, spots: Sequence[Spot], flows: bool) -> Markup:
    """Return the choices of the map: need, floor or norm, period, place, and which dispatches if it has any."""
    needs = [("-1", "All needs: the one met least")]
    needs += [(str(number), names.need[need]) for number, need in enumerate(values.needs)]
    at = {place: number for number, place in enumerate(values.places)}
    places = [(str(at[spot.key]), spot.name) for spot in sorted(spots, key=lambda spot: spot.name) if spot.key in at]
    measure = [
        element("legend", None, text("Compared with")),
        _box("radio", "survival floor", name="measure", value="floor", checked=True),
        _box("radio", "full norm", name="measure", value="norm"),
    ]
    most = str(plan.economy.horizon.periods)
    period = [
        element("label", {"for": "period"}, text("Period")),
        element("input", {"type": "range", "id": "period", "min": "0", "max": most, "value": "0", "step": "1"}),
        element("output", {"id": "period-name", "for": "period"}, text("Whole plan")),
    ]
    parts = [
        chooser("need", "Need", needs),
        element("fieldset", None, join(measure)),
        element("div", {"class": "field wide"}, join(period)),
        chooser("place", "Place", [("", "choose one"), *places]),
        _flow_controls(plan, names) if flows else EMPTY,
        element("p", {"id": "map-status", "class": "visually-hidden", "role": "status"}, EMPTY),
    ]
    return element("form", {"class": "controls", "id": "map-controls", "hidden": True}, join(parts))


def _flow_controls(plan: Plan, names: Names) -> Markup:
    sent = set(facts.dispatches(plan).filter(pl.col("tonnes") > 0)["resource"])
    known = [names.resource[each] for each in plan.economy.resources["resource"] if each in sent]
    options = [("", "everything"), *((name, name) for name in known)]
    parts = [
        _box("checkbox", "Show dispatches of", ident="show-flows"),
        _select("flow-resource", options, label="Resource of the dispatches shown"),
    ]
    return element("div", {"class": "field"}, join(parts))


def filters(ident: str, choices: Sequence[tuple[str, str]]) -> Markup:
    """Return the choices over a table, column and label of each; the script fills and shows them."""
    fields = join(chooser(f"{ident}-{key}", label, [("", "all")]) for key, label in choices)
    return element("form", {"class": "controls", "data-filters": ident, "hidden": True}, fields)


def chooser(ident: str, label: str, options: Options) -> Markup:
    """Return a labelled choice of one."""
    return element(
        "div", {"class": "field"}, join([element("label", {"for": ident}, text(label)), _select(ident, options)])
    )


def _select(ident: str, options: Options, *, label: str | None = None) -> Markup:
    inner = join(element("option", {"value": value}, text(said)) for value, said in options)
    return element("select", {"id": ident, "aria-label": label}, inner)


def _box(
    kind: str,
    label: str,
    *,
    ident: str | None = None,
    name: str | None = None,
    value: str | None = None,
    checked: bool = False,
) -> Markup:
    box = element("input", {"type": kind, "id": ident, "name": name, "value": value, "checked": checked})
    return element("label", None, join([box, text(f" {label}")]))
