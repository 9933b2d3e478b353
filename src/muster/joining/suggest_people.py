"""Proposals for a file of populations: places, groups, and which group counts everybody."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from muster.joining.cells import cell_of
from muster.joining.drafting import Draft
from muster.joining.head_found import like_number
from muster.joining.number_evidence import number_evidence
from muster.joining.numbers import decimal_text
from muster.joining.problems import Problem
from muster.joining.templates import column_text

_SEXES = frozenset(["men", "women", "male", "female", "boys", "girls", "hombres", "mujeres", "hommes", "femmes"])
"""Headers that each count one part of the people: they stand beside each other."""


def suggest_people(draft: Draft) -> None:
    """Propose the sections of a mapping of people: one column of numbers with a group, or a column for each group."""
    draft.raw["people"], draft.raw["amount"] = {}, []
    place = draft.column(("people", "place"), "place", doubt=False)
    found = [each for each in draft.free("people") if each.column.number_share > 0.5]
    group = draft.find("group", doubt=False)
    best = [each for each in found if each.rank == found[0].rank or {each.phrase, found[0].phrase} <= _SEXES]
    if not best:
        numbers = [column_text(column.name) for column in draft.seen.columns if column.number_share > 0.5]
        draft.raw["amount"] = [{"group": "all"}]
        draft.ask(("amount", "1", "quantity"), "No header says how many people. Which column does?", numbers)
        return
    texts = best[0].column.texts
    evidence = number_evidence(texts)
    if evidence.sure:
        draft.raw["numbers"] = {}
        draft.put(("numbers", "written"), evidence.choices[0].written, f"{best[0].column.name}: {evidence.why}")
    else:
        choices = [signs.written for signs in evidence.choices]
        draft.ask(("numbers", "written"), f"{evidence.why}. How are numbers written?", choices)
    _repeated(draft, place, group.name if group else "")
    for number, each in enumerate(best, start=1):
        entry: dict[str, Any] = {"quantity": column_text(each.column.name)}
        draft.used[each.column.name] = "people"
        draft.raw["amount"].append(entry)
        about = ("amount", str(number), "group")
        if len(best) > 1:
            draft.put(about, each.column.name.casefold(), "one group for each column of numbers")
        elif group is not None:
            draft.put(about, column_text(group.name), f'the header says "{group.name}"')
            _whole(draft, place, group.name, each.column.position)
        else:
            draft.put(about, "all", "no column tells groups apart")


def _repeated(draft: Draft, place: str, group: str) -> None:
    """Ask what several numbers for one place and group mean, where the file has such."""
    if not place:
        return
    at = [draft.seen.named(name).position for name in (place, group) if name]
    slots = Counter(tuple(cell_of(row, position) for position in at) for row in draft.seen.sample)
    again = sum(count for count in slots.values() if count > 1)
    if again:
        question = (
            f"{again:,} rows share their place{' and group' if group else ''} with another: the same people counted "
            "twice, so that they must come back (return), or others, so that they add up (add)?"
        )
        draft.ask(("people", "repeated"), question, ("return", "add"))


def _whole(draft: Draft, place: str, group: str, number_at: int) -> None:
    """Ask which group counts everybody, where the groups of a place add up to more than the largest of them."""
    if not place:
        return
    place_at, group_at = draft.seen.named(place).position, draft.seen.named(group).position
    places: dict[str, dict[str, int]] = defaultdict(dict)
    signs = number_evidence(draft.seen.columns[number_at].texts).choices[0]
    for row in draft.seen.sample:
        cell = cell_of(row, number_at)
        text = decimal_text(cell, signs=signs, column="") if like_number(cell) else ""
        if text and not isinstance(text, Problem):
            places[cell_of(row, place_at)][cell_of(row, group_at)] = int(float(text))
    several = [groups for groups in places.values() if len(groups) > 1 and max(groups.values())]
    over = [groups for groups in several if sum(groups.values()) > 1.01 * max(groups.values())]
    largest = {max(groups, key=lambda name: groups[name]) for groups in over}
    if len(largest) == 1 and len(over) * 2 > len(several):
        [whole] = largest
        times = sum(sum(groups.values()) for groups in over) / sum(groups[whole] for groups in over)
        draft.ask(
            ("people", "whole"),
            f'At {len(over):,} places "{whole}" is the largest group, and all groups together are {times:.1f} times as '
            "many: people are counted several times. Which group counts everybody? (Leave out those that overlap with "
            "[[skip]]; who is in no part becomes the group rest.)",
            [whole],
        )
        draft.put(("people", "rest"), "others", "who is in the whole and in no part")
        draft.put(("people", "undivided"), "all", "where only the whole is known")
