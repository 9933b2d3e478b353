"""Rules of numbers that cannot be, or that contradict each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import polars as pl

from muster import units
from muster.economy.rules.facts import Facts
from muster.economy.rules.rule import rule
from muster.economy.rules.wording import SHOWN, counted, listed, pick, plain, rows, with_lines, written
from muster.economy.tables import LINE
from muster.errors import Fault, Severity


@rule("T13")
def floor_and_norm(facts: Facts) -> Iterator[Fault]:
    """The floor is not above the norm.

    The floor is the survival minimum, the norm the full standard: it holds more.
    """
    found = pick(facts.economy, "norms", pl.col("floor") > pl.col("norm"))
    if len(found):
        what = f"{found.counted('has', 'have')} a floor above the norm."
        yield found.fault(what, ["need", "floor", "norm"], do="exchange the two, or raise the norm")


@dataclass(frozen=True)
class Span:
    """What a kilogram can hold of something measured in ``unit``.

    Attributes:
        unit: Unit the figures are in.
        spellings: Units of the same kind, which tell what is meant.
        most: More is impossible.
        least: Less than this, and not 0, is impossible for a thing that is named as a source.
        little: Less than this is suspicious.
        example: What the bounds come from.
    """

    unit: str
    spellings: frozenset[str]
    most: float
    least: float
    little: float
    example: str


SPANS = (
    Span("kcal", frozenset({"kcal", "cal", "kJ", "Mcal"}), 9_500.0, 1.0, 50.0, "oil has 9,000 kcal/kg, cucumber 150"),
    Span(
        "kWh",
        frozenset({"kWh", "kwh", "Wh", "MWh", "GWh", "J", "MJ", "GJ", "TJ"}),
        40.0,
        0.001,
        0.05,
        "hydrogen has 39.4 kWh/kg, wood 4",
    ),
)
"""Bounds of energy; food is told from fuel by the unit of the need."""

LITTLE_SHARE = 1e-4
"""Share of its mass below which a content in grams is suspicious: 0.01 g in 100 g."""

_COARSE = frozenset({"t", "kg", "g"})
"""Units of mass in which nobody writes traces, as they do in mg."""


@rule("T14", finds="fault or warning")
def possible_contents(facts: Facts) -> Iterator[Fault]:
    """Contents are physically possible.

    A tonne cannot hold more than a tonne of protein. A kilogram holds at most 9,500 kcal (food: needs in kcal, kJ)
    or 40 kWh (fuel: needs in kWh, MJ), and if it holds less than 1 kcal or 1 Wh, its content was written for
    another unit of the resource: per gram, per 100 g or per kg instead of per tonne. Less than 50 kcal or 50 Wh in
    a kilogram, or 0.01 g in 100 g, is a warning. A content of 0 says that there is none. Resources whose mass is
    unknown or 0 are passed over, except that one unit cannot hold more than itself where both are volumes.
    """
    economy = facts.economy
    own = economy.resources.select("resource", own="unit").drop_nulls("resource").unique("resource", keep="first")
    needs = economy.needs.select("need", measured="unit").drop_nulls().unique("need", keep="first")
    contents = economy.contents.join(own, on="resource", maintain_order="left").join(
        needs, on="need", maintain_order="left"
    )
    contents = contents.join(facts.masses, on="resource", maintain_order="left")
    for measured in contents["measured"].unique(maintain_order=True):
        here = contents.filter(pl.col("measured") == measured)
        if (tonnes := units.mass_t(measured)) is not None:
            share = pl.col("amount") * float(tonnes) / pl.col("mass_t")
            yield from _odd(
                facts, here.filter(pl.col("mass_t") > 0, share > 1 + 1e-9), "more {need} than {unit} can hold", ""
            )
            if measured in _COARSE:
                trace = here.filter(pl.col("mass_t") > 0, share > 0, share < LITTLE_SHARE * (1 - 1e-9))
                yield from _odd(facts, trace, "hardly any {need}", "less than 0.01 g in 100 g", severity="warning")
        for span in SPANS:
            if measured in span.spellings:
                yield from _energy(facts, here.filter(pl.col("mass_t") > 0), span)
        yield from _volume(facts, here, measured)


@rule("T15")
def occupied_lasts(facts: Facts) -> Iterator[Fault]:
    """What is occupied lasts.

    A durable thing (a mill, a crane) is occupied in resource-days, against the stock at the end of the period. A
    resource with `keep` 0 has no such stock: labour-hours are an input or consumed.
    """
    economy = facts.economy
    lost = economy.resources.filter(pl.col("keep") == 0)["resource"].drop_nulls().implode()
    for table, thing, used in (("recipes", "recipe", "input"), ("modes", "mode", "consumed")):
        found = pick(economy, table, pl.col("use") == "occupied", pl.col("resource").is_in(lost))
        if len(found):
            what = f"{found.counted('occupies', 'occupy')} a resource that cannot be stored (keep 0)."
            do = f"write {used} for what is used up, or give the resource a keep above 0"
            yield found.fault(what, [thing, "resource", "use"], do=do)


@rule("T16")
def rationed_mass(facts: Facts) -> Iterator[Fault]:
    """Every resource of a rationed class has a mass.

    A ration of a class is in tonnes; what has no mass cannot be counted in it.
    """
    economy = facts.economy
    weightless = facts.masses.filter(pl.col("mass_t").is_null() | (pl.col("mass_t") == 0))
    members = (
        facts.labels.join(weightless, on="resource", how="semi").group_by("class", maintain_order=True).agg("resource")
    )
    for name, resources in members.iter_rows():
        found = pick(economy, "rations", pl.col("class") == name)
        if len(found):
            without = counted(len(resources), "resource has", "resources have")
            what = f"{found.counted('is', 'are')} of the class {name}, in which {without} no mass."
            do = f"give them a mass_t in {economy.file('resources')}, or ration resources one by one"
            yield found.fault(what, ["class"], seen=f"{name}: {listed(resources)}", do=do)


@rule("T40")
def packs_and_vehicles(facts: Facts) -> Iterator[Fault]:
    """A pack and a vehicle hold something, and a mode has one kind of vehicle.

    `pack` counts units of the resource in one pack, `vehicle_t` tonnes on one vehicle; what has no packs, and a mode
    whose trips are not counted, leave them blank. A mode with several rows may name its vehicle in one or in all of
    them.
    """
    economy = facts.economy
    for table, column, thing in (("resources", "pack", "resource"), ("modes", "vehicle_t", "mode")):
        found = pick(economy, table, pl.col(column) == 0)
        if len(found):
            what = f"{found.counted('has', 'have')} a {column} of 0."
            yield found.fault(what, [thing, column], do="write how much one holds, or leave it blank")
    found = pick(economy, "modes", pl.col("mode").is_in(_torn(economy.modes).implode()))
    if len(found):
        what = f"{found.counted('names', 'name')} another vehicle than the same mode elsewhere."
        yield found.fault(what, ["mode", "vehicle_t"], do="write the same vehicle_t, or make two modes of them")


def _torn(modes: pl.DataFrame) -> pl.Series:
    """Return the modes that have vehicles of several sizes."""
    sizes = modes.drop_nulls("vehicle_t").group_by("mode").agg(pl.col("vehicle_t").n_unique())
    return sizes.filter(pl.col("vehicle_t") > 1)["mode"]


def _energy(facts: Facts, contents: pl.DataFrame, span: Span) -> Iterator[Fault]:
    """Yield messages for contents of an energy that are above or below what a kilogram can hold."""
    if contents.is_empty():
        return
    per_kg = pl.col("amount") * float(units.factor(contents["measured"][0], span.unit)) / (pl.col("mass_t") * 1000)
    most, least, little = (f"{written(bound)} {span.unit}/kg" for bound in (span.most, span.least, span.little))
    yield from _odd(
        facts, contents.filter(per_kg > span.most), "more {need} than {unit} can hold", f"above {most}; {span.example}"
    )
    yield from _odd(
        facts, contents.filter(per_kg > 0, per_kg < span.least), "next to no {need}", f"below {least}; {span.example}"
    )
    scarce = contents.filter(per_kg >= span.least, per_kg < span.little)
    yield from _odd(facts, scarce, "very little {need}", f"below {little}; {span.example}", severity="warning")


def _volume(facts: Facts, contents: pl.DataFrame, measured: str) -> Iterator[Fault]:
    """Yield a message for volumes that hold more than themselves."""
    needed = _litres(measured)
    for own in contents["own"].drop_nulls().unique(maintain_order=True):
        held = _litres(own)
        if held and needed:
            more = contents.filter(pl.col("own") == own, pl.col("amount") > float(held / needed) * (1 + 1e-9))
            yield from _odd(facts, more, "more {need} than {unit} can hold", "")


def _litres(unit: str) -> Fraction | None:
    try:
        return units.factor(unit, "l")
    except units.UnitError:
        return None


def _odd(
    facts: Facts, contents: pl.DataFrame, told: str, bound: str, *, severity: Severity = "fault"
) -> Iterator[Fault]:
    """Yield one message for each need and unit of resource among contents that are odd in the same way."""
    for (need, own, measured), frame in contents.group_by("need", "own", "measured", maintain_order=True):
        found = rows(facts.economy, "contents", frame)
        odd = told.format(need=need, unit=f"1 {own}")
        what = f"{found.counted('gives', 'give')} {odd}{f' ({bound})' if bound else ''}."
        first = frame.sort(LINE).select("resource", "amount", LINE).head(SHOWN).iter_rows()
        seen = [(f"{plain(amount)} {measured} in 1 {own} of {name}", line) for name, amount, line in first]
        do = f"write how many {measured} are in 1 {own}, not in 100 g or in another quantity"
        yield found.fault(what, ["amount"], seen=with_lines(seen, of=len(found)), do=do, severity=severity)
