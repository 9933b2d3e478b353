"""A warning in sentences: who falls below the floor, and the single things that would prevent most of it."""

from __future__ import annotations

from muster.plan.warn import Prevention, Warned
from muster.report.why import amount, percent


def missing(warned: Warned) -> str:
    """Return how much is missing to the floor, in days of one person's need."""
    if not warned.shortfall:
        return "Nothing is missing to anybody's survival floor."
    return (
        f"What is missing is {percent(warned.shortfall / warned.floors)} of all survival floors together: "
        f"{_days(warned.shortfall)} days of one person's floor of one need."
    )


def thing(each: Prevention) -> str:
    """Return one thing that would prevent some of it, and how much a unit of it does."""
    return f"{each.change.what}; {_worth(each)}"


def _worth(each: Prevention) -> str:
    if each.per_tonne is not None:
        worth = f"{_days(each.per_tonne)} days for a tonne"
    else:
        worth = f"{_days(each.per_unit)} days for each {each.change.unit}"
    return worth if each.effort is None else f"{worth}, {amount(each.effort)} of effort"


NOTE = (
    "Each was worked out anew, alone, with everybody keeping at least what they have of the floor in this plan. A day "
    "counts as one person's floor of one need for one day."
)
"""What all of them have in common."""


def asked(warned: Warned, *, places: int) -> str:
    """Return what was asked of a large plan; nothing to say where all places were.

    Args:
        places: How many there are.
    """
    if warned.asked in (0, places):
        return ""
    return (
        f"Asked around those who lack most: {warned.asked} of {places} places, in which "
        f"{percent(warned.seen / warned.shortfall)} of it is missing. What comes from places further off, or goes "
        "there, stays as the plan has it, so a thing may prevent more than is said here, not less."
    )


def _days(number: float) -> str:
    """Return many days in words: ``1.65 billion``, ``12.3 million``, ``7,625``."""
    if number >= 1e9:
        return f"{number / 1e9:.3g} billion"
    return f"{number / 1e6:.3g} million" if number >= 1e6 else amount(number)
