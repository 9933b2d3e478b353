"""What a mapping of each kind needs, and what its keys must be."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from muster.economy.format import shown
from muster.errors import Fault
from muster.joining.dates import format_fault
from muster.joining.mapping import KINDS, MOVES, Mapping
from muster.joining.sections import keys_of
from muster.joining.templates import template

_TEMPLATED = ("unit", "recorder", "document", "from_", "to", "place", "destination", "closed_by")


def check_mapping(mapping: Mapping, *, file: str) -> list[Fault]:
    """Return everything that is missing or wrong in a mapping; nothing is said of what open questions will fill."""
    asked = {(question.about[0], question.about[-1]) for question in mapping.questions if question.about}
    found = (
        *_needed(mapping),
        *_accounts(mapping),
        *_templates(mapping),
        *_dates(mapping),
        *_lines(mapping),
        *_rows(mapping),
    )
    return [
        Fault(what, f"{file}, [{section}] {name}".rstrip(), seen, do, "J4")
        for section, name, what, seen, do in found
        if (section, name) not in asked
    ]


Found = Iterator[tuple[str, str, str, str, str]]
"""Section, key, what is wrong, what was seen, what to do."""


def _needed(mapping: Mapping) -> Found:
    """Yield the keys that the kind of the mapping needs and that say nothing."""
    about, event, kind = mapping.about, mapping.event, mapping.about.kind
    needed = [("mapping", "source", about.source), ("mapping", "kind", kind)]
    if kind == "people":
        needed += [("people", "place", mapping.people.place)]
    elif kind in KINDS:
        needed += [("event", "unit", event.unit), ("event", "recorder", event.recorder)]
        needed += [("date", "column", mapping.date.column), ("date", "formats", "".join(mapping.date.formats))]
        if kind == "count":
            needed += [("event", "place", event.place), ("event", "closed_by", event.closed_by)]
        else:
            needed += [("event", "from", event.from_), ("event", "to", event.to)]
    for section, name, value in needed:
        if not value.strip():
            yield section, name, "A key that is needed is missing.", "", f"add {name} to [{section}]"
    if not mapping.amounts:
        yield "amount", "", "It is not said what is counted.", "", "add [[amount]] with quantity and resource"
    for number, amount in enumerate(mapping.amounts, start=1):
        what = "group" if kind == "people" else "resource"
        for name, value in (("quantity", amount.quantity), (what, getattr(amount, what))):
            if not value.strip():
                do = f"add {name} to the {number}. [[amount]]"
                yield "amount", name, "A key that is needed is missing.", "", do
        if amount.quantity and "{" not in amount.quantity:
            do = "write the column in braces, {like this}"
            yield "amount", "quantity", "A quantity is not one column.", shown(amount.quantity), do
        if amount.expires and not mapping.expires.formats:
            yield "expires", "formats", "The format of days of expiry is missing.", "", "add formats to [expires]"


def _accounts(mapping: Mapping) -> Found:
    """Yield places that do not fit the kind: a receipt comes from outside and goes to a store."""
    event, kind = mapping.event, mapping.about.kind
    if kind == "count" and event.place and not event.place.startswith("store:"):
        yield "event", "place", "A count is of a store.", shown(event.place), "write store: and the column of its name"
    if kind not in MOVES:
        return
    for name, value, starts in zip(("from", "to"), (event.from_, event.to), MOVES[kind], strict=True):
        if value and not value.startswith(starts):
            does = {"from": "comes from", "to": "goes to"}[name]
            do = f"write {' or '.join(starts)} and a name or column"
            yield "event", name, f"What a {kind} moves {does} another place than this.", shown(value), do


def _templates(mapping: Mapping) -> Found:
    """Yield texts whose braces are not whole."""
    texts = [("event", name.rstrip("_"), getattr(mapping.event, name)) for name in _TEMPLATED]
    texts += [("people", "place", mapping.people.place), ("people", "from", mapping.people.from_)]
    for amount in mapping.amounts:
        texts += [("amount", name, getattr(amount, name)) for name in keys_of(type(amount))]
    texts += [("noted", "refers", each.refers) for each in mapping.noted]
    for section, name, text in texts:
        try:
            columns = template(text).columns
        except ValueError:
            do = "write a column in braces, {like this}; for a brace itself write {{ or }}"
            yield section, name, "A brace is not closed, or there is no column in it.", shown(text), do
            continue
        if section == "noted" and text and not columns:
            yield section, name, "A reference names no column.", shown(text), "write e.g. See line {number}"


def _dates(mapping: Mapping) -> Found:
    date = mapping.date
    for form in date.formats:
        if fault := format_fault(form):
            yield "date", "formats", f"A format of dates is not whole: {fault}.", form, "write e.g. %d/%m/%Y"
    for form in mapping.expires.formats:
        if fault := format_fault(form, day_needed=False):
            yield "expires", "formats", f"A format of dates is not whole: {fault}.", form, "write e.g. %m/%Y"
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", date.at):
        yield "date", "at", "A time of day is not HH:MM.", shown(date.at), "write e.g. 12:00"
    if not re.fullmatch(r"[+-](0\d|1[0-4]):[0-5]\d", date.offset):
        yield "date", "offset", "An offset is not +HH:MM or -HH:MM.", shown(date.offset), "write e.g. +04:30"
    for name, number in date.months.items():
        if not number.isdigit() or not 1 <= int(number) <= 12:
            yield "date", "months", "A month has no number from 1 to 12.", f"{name} = {number}", "write e.g. enero = 1"


def _lines(mapping: Mapping) -> Found:
    file = mapping.file
    if not file.header or min(file.header) < 1 or list(file.header) != sorted(set(file.header)):
        yield "file", "header", "The lines of the header are not in order.", str(list(file.header)), "write e.g. [1]"
    elif max(file.header) >= file.data or file.tags >= file.data:
        yield "file", "data", "The data begin before the header ends.", str(file.data), "count the lines in the file"
    if len(file.delimiter) != 1 or file.delimiter in '"\n\r':
        yield "file", "delimiter", "A delimiter is one sign.", shown(file.delimiter), 'write e.g. "," or ";" or "\\t"'
    try:
        codecs.lookup(file.encoding)
        "".encode(file.encoding)
    except (LookupError, ValueError):
        do = "write e.g. utf-8, utf-16, cp1252, latin-1"
        yield "file", "encoding", "An encoding is not known.", shown(file.encoding), do


def _rows(mapping: Mapping) -> Found:
    for skip in mapping.skips:
        if not skip.column or not skip.because:
            do = 'add column and because, e.g. because = "a total, not a delivery"'
            yield "skip", "", "A rule of rows to leave out says not where to look, or not why.", shown(skip.column), do
        elif not (skip.is_ or skip.is_not or skip.contains or skip.blank):
            yield (
                "skip",
                skip.column,
                "A rule of rows to leave out tests nothing.",
                "",
                "add is, is_not, contains or blank",
            )
    for noted in mapping.noted:
        if not noted.name or not noted.column:
            yield "noted", "", "A column to note has no name or no column.", noted.name, "add name and column"
    if mapping.people.rest and not mapping.people.whole:
        yield "people", "whole", "There is a rest and no whole that it belongs to.", "", "add whole, the group of all"
    for question in mapping.questions:
        if len(question.about) < 2 or not question.ask:
            yield "question", "", "A question says not what it is about.", shown(question.ask), "add about and ask"
