"""Checking an economy: every rule is asked, and all that was found is told at once."""

from __future__ import annotations

from collections.abc import Sequence

from muster.economy.economy import Economy
from muster.economy.rules import dates, extent, gains, goods, limits, names, people, together
from muster.economy.rules.facts import Facts
from muster.economy.rules.rule import Rule
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
)
"""Every rule, by number."""


def check(economy: Economy, *, readable: bool = True) -> list[Fault]:
    """Return what is wrong, or looks wrong, with an economy.

    Cells that could not be read are null in the tables and are passed over.

    Args:
        economy: As read.
        readable: No cell was at fault. Otherwise, and where a rule about rows finds a fault, the rules that look at the
            economy as a whole are not asked: one wrong id is enough to make them speak of things that are not so.
    Returns:
        Faults before warnings; warnings that say how many people are hit before others; else by number of the rule.
    """
    facts = Facts(economy)
    found = [(rule, fault) for rule in RULES if rule.scope == "rows" for fault in rule(facts)]
    if readable and not any(fault.severity == "fault" for _, fault in found):
        found += [(rule, fault) for rule in RULES if rule.scope != "rows" for fault in rule(facts)]
    found.sort(key=lambda each: (each[1].severity != "fault", each[0].scope != "people"))
    return [fault for _, fault in found]
