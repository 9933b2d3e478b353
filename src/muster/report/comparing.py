"""The page that puts policies side by side: one HTML file that needs nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import polars as pl

from muster import __version__
from muster.pictures.curves import Curve, curves, sample
from muster.pictures.markup import Markup, element, join, text
from muster.plan.comparison import Comparison
from muster.plan.policies import POLICIES
from muster.report import words
from muster.report.html import document
from muster.report.names import Names
from muster.report.sections import paragraph, section
from muster.report.tables import note, plain_table

MOST_PLACES = 60
"""Places shown, the worst off under the first policy first."""

FAIR = ("leximin", "equal")
"""Policies whose price is told."""

NAMES = {
    "leximin": "worst-off first",
    "equal": "everybody the same",
    "proportional": "in proportion to need",
    "priority": "tier by tier",
    "first-come": "first come, first served",
}
"""What each policy is called in a sentence."""

MEASURES = {"floor": "survival minimum", "norm": "full standard"}


class Sides(Protocol):
    """What of a comparison its price and its picture are made from; its folder holds as much."""

    @property
    def measure(self) -> str:
        """See ``Comparison``."""

    @property
    def table(self) -> pl.DataFrame:
        """See ``Comparison``."""

    @property
    def curve(self) -> pl.DataFrame:
        """See ``Comparison``."""


def price(found: Sides) -> tuple[str, ...]:
    """Return the price of fairness in plain words: one sentence for each policy that does not look at the average.

    It is told against the policy with the highest average; none where the fair one has it, or is compared with nothing.
    """
    rows = {row["policy"]: row for row in found.table.iter_rows(named=True)}
    measure, said = MEASURES[found.measure], []
    if len(rows) < 2:
        return ()
    best = max(rows.values(), key=lambda row: row["mean"])
    for policy in FAIR:
        if policy not in rows:
            continue
        mine, lost = rows[policy], best["mean"] - rows[policy]["mean"]
        if lost < 0.0005:
            others = [row for name, row in rows.items() if name != policy]
            lowest = min(others, key=lambda row: row["worst"])
            said.append(
                f"Sharing {_called(policy)} costs nothing here: none of these policies gives people more of the "
                f"{measure} on average ({_share(mine['mean'])}){_left_behind(mine, lowest)}.{_of_the_norm(mine, rows)}"
            )
            continue
        said.append(
            f"The price of sharing {_called(policy)}: people get {_share(mine['mean'])} of the {measure} on average "
            f"instead of the {_share(best['mean'])} they would get {_called(best['policy'])}, {_points(lost)} less; "
            f"the worst-off have {_either(_share(mine['worst']), _share(best['worst']))}, and "
            f"{_below(mine['people_below'])} below it instead of {words.many(best['people_below'])}."
        )
    return tuple(said)


def render(found: Comparison) -> str:
    """Return the comparison as one HTML page: no network, no clock, no script."""
    names, economy = Names(found.economy), found.economy
    said = price(found)
    main = [
        element("h1", None, text(economy.title)),
        element("p", {"class": "span"}, text(f"Ways to share, side by side, for {names.span}")),
        *(element("p", {"class": "sentence"}, text(sentence)) for sentence in said),
        section("curve", "Everybody, from who has least to who has most", picture(found)),
        section("side", "Side by side", _table(found)),
        section("places", "Place by place", *_places(found, names)),
        section("rules", "What each policy does", _rules(found)),
    ]
    foot = element(
        "footer",
        None,
        paragraph(
            f"Made by muster {__version__}. Economy {economy.sha256}. Goals {', '.join(economy.goals)}; "
            f"step {economy.step:g}, slack {economy.slack:g}. Each plan can be done: all balances and limits hold."
        ),
    )
    body = [
        element("a", {"class": "skip", "href": "#main"}, text("Skip to the comparison")),
        element("main", {"id": "main", "tabindex": "-1"}, join(main)),
        foot,
    ]
    return document(f"{economy.title}: ways to share", join(body))


def picture(found: Sides) -> Markup:
    """Draw everybody in a row, a curve for each policy, with a legend."""
    measure = MEASURES[found.measure]
    policies, drawn = found.table["policy"].to_list(), []
    for policy in policies:
        mine = found.curve.filter(pl.col("policy") == policy)
        whole = float(mine["people"].sum()) or 1.0
        steps = [(float(level), float(up_to) / whole) for level, up_to in mine.select("level", "up_to").iter_rows()]
        row = found.table.row(by_predicate=pl.col("policy") == policy, named=True)
        worst = f"least {_share(row['worst'])}, on average {_share(row['mean'])}"
        drawn.append(Curve(policy, steps, f"{policy}: {worst}"))
    caption = (
        "Each curve is everybody in a row, from who has least to who has most; its height is how much of the "
        f"{measure} they have at their worst moment, of the need met least. "
        "The higher at the left, the better off are the worst-off."
    )
    legend = [element("li", None, join([sample(number), text(policy)])) for number, policy in enumerate(policies)]
    drawing = curves(drawn, name=caption, across="people, the worst-off first", up=f"share of the {measure}")
    return element(
        "figure",
        {"class": "sorted"},
        join([element("ul", {"class": "legend"}, join(legend)), drawing, element("figcaption", None, text(caption))]),
    )


def _table(found: Comparison) -> Markup:
    measure = MEASURES[found.measure]
    heads = [
        ("Policy", False),
        (f"People below the {measure}", True),
        ("Worst off", True),
        ("On average", True),
        ("Of the full standard", True),
        ("Tonnes moved", True),
        ("Tonnes kept", True),
    ]
    rows = [
        [
            text(row["policy"]),
            text(words.many(row["people_below"])),
            text(_share(row["worst"])),
            text(_share(row["mean"])),
            text(_share(row["mean_norm"])),
            text(words.quantity(row["moved_t"])),
            text(words.quantity(round(row["kept_t"], 3))),
        ]
        for row in found.table.iter_rows(named=True)
    ]
    stopped = found.table.filter(~pl.col("finished"))["policy"].to_list()
    caption = (
        f"People below: most in any one period, of {words.people(max(found.table['people'], default=0))}. "
        f"Worst off and on average: of the {measure}. Moved: each leg counted. "
        "Kept: what is left at the end, of all that has a weight."
    )
    early = f"Stopped early, so it may do better: {words.listing(stopped)}." if stopped else ""
    return join([plain_table(heads, rows, caption=caption), note(early)])


def _places(found: Comparison, names: Names) -> list[Markup]:
    measure = f"met_{found.measure}"
    frame: pl.DataFrame | None = None
    for policy, plan in found.plans.items():
        mine = plan.met.filter(pl.col(found.measure) > 0).group_by("place").agg(pl.col(measure).min().alias(policy))
        frame = mine if frame is None else frame.join(mine, on="place", how="full", coalesce=True)
    assert frame is not None
    first = next(iter(found.plans))
    order = frame.sort(pl.col(first).round(6), "place")
    rows = [
        [text(names.place[row["place"]]), *(text(_share(row[policy])) for policy in found.plans)]
        for row in order.head(MOST_PLACES).iter_rows(named=True)
    ]
    left = order.height - MOST_PLACES
    heads = [("Place", False), *((policy, True) for policy in found.plans)]
    caption = f"The least share of the {MEASURES[found.measure]} that a claim of the place has, by policy."
    more = (
        f"{words.plural(left, 'place that is', 'places that are')} better off under {first} left out."
        if left > 0
        else ""
    )
    return [plain_table(heads, rows, caption=caption), note(more)]


def _rules(found: Comparison) -> Markup:
    pairs = [
        join([element("dt", None, text(policy)), element("dd", None, text(POLICIES[policy]))]) for policy in found.plans
    ]
    return element("dl", None, join(pairs))


def _called(policy: str) -> str:
    return NAMES[policy]


def _share(share: float) -> str:
    """Return a share with one decimal, rounded down: only what is met in full is called 100 %."""
    tenths = int(share * 1000 + 1e-3)
    return f"{tenths / 10:.1f}".removesuffix(".0") + f"{words.THIN}%"


def _of_the_norm(mine: Mapping[str, Any], rows: Mapping[str, Mapping[str, Any]]) -> str:
    """Return what being fair costs of the full standard, where it costs nothing of what people are measured by."""
    best = max(rows.values(), key=lambda row: row["mean_norm"])
    lost = best["mean_norm"] - mine["mean_norm"]
    if lost < 0.0005:
        return ""
    return (
        f" Of the full standard people get {_share(mine['mean_norm'])} on average, and {_share(best['mean_norm'])} "
        f"{_called(best['policy'])}: {_points(lost)} less."
    )


def _left_behind(mine: Mapping[str, Any], lowest: Mapping[str, Any]) -> str:
    if lowest["worst"] > mine["worst"] - 0.0005:
        return ""
    return (
        f", and {_called(lowest['policy'])} leaves somebody at {_share(lowest['worst'])} where it leaves nobody below "
        f"{_share(mine['worst'])}"
    )


def _either(mine: str, other: str) -> str:
    return f"{mine} either way" if mine == other else f"{mine} instead of {other}"


def _points(share: float) -> str:
    points = f"{share * 100:.1f}"
    return f"{points} {'point' if points == '1.0' else 'points'}"


def _below(people: float) -> str:
    return f"{words.people(people)} {'is' if round(people) == 1 else 'are'}"
