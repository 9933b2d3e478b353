"""The sentences a plan speaks in: templates with named fields, so that others can say the same in another language.

A sentence is written from its template and read back to it: what is kept, in ``why.csv`` or in an answer, is the
English sentence, and ``read`` returns the template and the values it was made of.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

STOCK = "{what}: all there is in {where} at the start is {amount}."
ARRIVAL = "{what}: all that becomes available in {where} is {amount} ({when})."
ROUTE = "{way} carries no more than {amount} ({when})."
PLANT = "Making {what} in {where} ({recipe}): no more than {amount} ({when})."
STORE = "The store in {where} holds no more than {amount} at a time ({when})."
STORE_OF = "The store in {where} holds no more than {amount} of {goods} at a time ({when})."
RATION = "{who} in {where} may be given no more than {amount} of {what} ({when})."
RESERVE = "The reserve of {what} in {where}: {amount} are held back (end of {when})."
RESERVE_ALL = "The reserve of {what} in all places together: {amount} are held back (end of {when})."
FROM_BEYOND = "{what} on {way}: {amount} come from places further off, as in the plan ({when})."
TO_BEYOND = "{what} on {way}: {amount} go to places further off, as in the plan ({when})."
ONE_OTHER = "1 other limit, less than {share}."
OTHERS = "{count} other limits together, each less than {share}."
SMALL = "Other limits, each of them small."
FIRM = "Nothing firm: less than a thousandth of what all others have would be enough."
NOTHING = "Nothing that serves this need can get there in time: no stock, no arrival and no road brings any."

LIMITS = (
    *(STOCK, ARRIVAL, PLANT, STORE_OF, STORE, RATION, ROUTE, RESERVE_ALL, RESERVE, FROM_BEYOND, TO_BEYOND),
    *(ONE_OTHER, OTHERS, SMALL, FIRM, NOTHING),
)
"""What binds; where two could be read, the first is meant."""

STOCKS = "{what}: all there is at the start in {names}."
ARRIVALS = "{what}: all that becomes available in {names}."
ROUTES = "Roads that are full: {names}."
PLANTS = "Making {what} ({recipe}), as much as can be made in {names}."
STORES = "Stores that are full: {names}."
STORES_OF = "Stores of {goods} that are full: {names}."
RATIONS = "Rations of {what} that are given in full: {names}."
RESERVES = "Reserves of {what} that are held back: {names}."
BEYOND = "{what} that comes from, or goes to, places further off, as in the plan: {names}."

ALIKE = (STOCKS, PLANTS, ROUTES, STORES, STORES_OF, RATIONS, RESERVES, ARRIVALS, BEYOND)
"""Limits of one sort together; read after ``LIMITS``."""

MORE_STOCK = "{what} in {where} at the start"
MORE_ARRIVAL = "{what} in {where}, {when}"
MORE_ROUTE = "on {way}, {when}"
MORE_PLANT = "of making {what} in {where} ({recipe}), {when}"
MORE_STORE = "of room in the store in {where}, {when}"
MORE_STORE_OF = "of room for {goods} in the store in {where}, {when}"
MORE_RATION = "of {what} in the ration of {who} in {where}, {when}"
MORE_RESERVE = "in the reserve of {what} in {where} (end of {when})"
MORE_RESERVE_ALL = "in the reserve of {what} in all places together (end of {when})"

THINGS = (
    *(MORE_STOCK, MORE_PLANT, MORE_STORE, MORE_STORE_OF, MORE_RATION, MORE_ROUTE),
    *(MORE_RESERVE_ALL, MORE_RESERVE, MORE_ARRIVAL),
)
"""What there could be more of: the field ``thing``."""

MORE = "{number} {unit} more {thing} (now {now})"
LESS = "{number} {unit} less {thing} (now {now})"
TOGETHER = "All of this together: {parts}"

CHANGES = (TOGETHER, MORE, LESS)
"""What was tried; ``parts`` are changes with a semicolon between them."""

STUCK = (
    "As things are nobody can be raised here unless somebody who has as little gives something up, or somebody who has "
    "more comes down by more than a step ({step} points)."
)
OTHER_RULE = (
    "As things are it could be raised to {level} if all who have more came down to that. The rule by which this plan "
    "was made does not raise whoever has least first."
)
STOPPED = "The plan was stopped early: as things are this could already be {level}."
IN_STEPS = (
    "As things are it could be raised to {level} if all who have more came down to that. The plan does not do so: it "
    "raises in steps of {step} points, within a step as many people as possible, and lets everybody slip by {slack} % "
    "for the sake of others."
)
AROUND = (
    "Asked over {count} places: this one and those around it that have to do with it. What comes from places further "
    "off, or goes there, stays as the plan has it, so more may be possible than is said here, not less."
)
TRIED = (
    "Each change was worked out anew, alone, with everybody else keeping what they have up to the level reached here: "
    "nobody is brought below it or below what they have."
)
NOBODY = "Nobody in {where} has a claim to {what}: there are no people with a norm of it there."
IN_FULL = "Nothing holds {where} back: {people} there have the full standard of {what}."

REMARKS = (STUCK, OTHER_RULE, STOPPED, IN_STEPS, AROUND, TRIED, NOBODY, IN_FULL)
"""What is said around limits and changes."""

OWN = "The place itself: what it has of other needs, or in other periods, is kept: {whom}."
FLOOR_FIRST = "People below or at their survival floor, which comes before anybody's full standard: {whom}."
AS_LOW = "People who have as little or less of theirs: {whom}."
SAME_STEP = (
    "People at most one step ({step} points of a hundred) better off; within a step as many people as possible are "
    "raised: {whom}."
)
HIGHER = "People better off, who may come down, but not below {down}: {whom}."

BEFORE = (OWN, FLOOR_FIRST, AS_LOW, SAME_STEP, HIGHER)
"""Who was served before, and why."""

ALL = (*LIMITS, *ALIKE, *CHANGES, *REMARKS, *BEFORE)
"""Every sentence of its own."""

_MONTH = "|".join(calendar.month_name[1:])
_PERIOD = rf"(?:(?:week|month|year) of )?(?:\d{{1,2}} )?(?:(?:{_MONTH}) )?\d{{4}}|after the plan"
_PERIODS = rf"(?:{_PERIOD})(?:(?:, | to )(?:{_PERIOD}))*"
_NUMBER = r"[\d.,e+-]+"
_PATTERNS: Mapping[str, str] = {
    "when": _PERIODS,
    "number": _NUMBER,
    "now": rf"{_NUMBER}(?: to {_NUMBER})?",
    "amount": rf"{_NUMBER}(?: runs of .+?| (?:(?! of ).)+?)?",
    "level": r"[\d.]+ %",
    "down": r"[\d.]+ %",
    "count": r"\d+",
    "share": r"[\d.]+%",
}
"""Fields whose values have a form of their own; all others are names."""

_FIELD = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Said:
    """A sentence as its template and the values of its fields, by name."""

    template: str
    values: Mapping[str, str]


def filled(template: str, values: Mapping[str, str]) -> str:
    """Return a template with some fields filled in; the others are left for ``str.format``, whatever a value holds.

    Example:
        >>> filled("{what}: {amount}", {"what": "{odd}"}).format(amount="5 t")
        '{odd}: 5 t'
    """

    def value(found: re.Match[str]) -> str:
        told = values.get(found[1])
        return found[0] if told is None else told.replace("{", "{{").replace("}", "}}")

    return _FIELD.sub(value, template)


def read(sentence: str, *, among: Sequence[str] = ALL) -> Said | None:
    """Return the template that a sentence was made from, and its values; ``None``: from none of them.

    Example:
        >>> read("Depot → Hill (truck) carries no more than 45 t (November 2026).").values["amount"]
        '45 t'
    """
    for template in among:
        if found := _pattern(template).fullmatch(sentence):
            return Said(template, found.groupdict())
    return None


@lru_cache(maxsize=100)
def _pattern(template: str) -> re.Pattern[str]:
    parts = _FIELD.split(template)
    told = [f"(?P<{part}>{_PATTERNS.get(part, '.+?')})" if at % 2 else re.escape(part) for at, part in enumerate(parts)]
    return re.compile("".join(told), re.DOTALL)
