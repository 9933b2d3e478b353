"""Checking an economy: every rule is asked, and all that was found is told at once."""

from __future__ import annotations

from collections.abc import Sequence

from muster.economy.economy import Economy
from muster.economy.rules import dates, extent, gains, goods, limits, names, people, together
from muster.economy.rules.facts import Facts
from muster.economy.rules.rule import Rule
from muster.economy.tables import TABLES
from muster.errors import Fault

RULES: Sequence[Rule] = (
    names.unique_keys,
    names.parents,
    names.references,
    names.classes,
    names.modes,
    names.known_units,
    names.outputs,
    together.once_or_steadily,
    together.ration_of,
    together.reserve_of,
    together.delays,
    together.pooled_places,
    limits.floor_and_norm,
    limits.possible_contents,
    limits.occupied_lasts,
    limits.rationed_mass,
    dates.windows,
    dates.openings,
    dates.in_time,
    dates.expired,
    gains.from_nothing,
    gains.effort_gained,
    people.provided,
    people.reached,
    people.reached_in_time,
    people.counted_twice,
    people.have_norms,
    people.norms_for_somebody,
    people.from_first_day,
    goods.can_leave,
    goods.inputs_there,
    goods.worth_making,
    goods.stocks_fit,
    goods.chains,
    extent.has_floor,
    extent.size,
    extent.on_the_map,
    extent.twice,
    extent.gets_through,
    limits.packs_and_vehicles,
)
"""Every rule, by number."""


def check(economy: Economy, *, found: Sequence[Fault] = ()) -> list[Fault]:
    """Return what is wrong, or looks wrong, with an economy.

    Cells that could not be read are null in the tables and are passed over.

    Args:
        economy: As read.
        found: What reading found. Where there is a fault among it, rules about the whole are not asked, and no rule
            that would take a cell that could not be read for a blank one.
    Returns:
        Faults before warnings; warnings that say how many people are hit before others; else by number of the rule.
        Without ``found``.
    """
    facts = Facts(economy)
    faults = [fault for fault in found if fault.severity == "fault"]
    unread = tuple(f"{economy.file(table)}:" for table in TABLES)
    unread = tuple(file for file in unread if any(fault.where.startswith(file) for fault in faults))
    told = [
        (rule, fault)
        for rule in RULES
        if rule.scope in ("rows", "blanks")
        for fault in rule(facts)
        if rule.scope == "rows" or not fault.where.startswith(unread)
    ]
    if not faults and not any(fault.severity == "fault" for _, fault in told):
        told += [(rule, fault) for rule in RULES if rule.scope in ("people", "whole") for fault in rule(facts)]
    told.sort(key=lambda each: (each[1].severity != "fault", each[0].scope != "people"))
    return [fault for _, fault in told]
