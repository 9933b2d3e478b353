"""Which columns of a file a mapping uses."""

from __future__ import annotations

from dataclasses import fields

from muster.joining.mapping import Mapping
from muster.joining.templates import template


def columns_used(mapping: Mapping) -> list[str]:
    """Return the columns that a mapping names, each once, in the order of its sections."""
    texts = [getattr(mapping.event, each.name) for each in fields(mapping.event)]
    texts += [mapping.people.place, mapping.people.from_]
    texts += [getattr(amount, each.name) for amount in mapping.amounts for each in fields(amount)]
    columns = [column for text in texts for column in template(text).columns]
    columns += [mapping.date.column, *mapping.about.key]
    columns += [skip.column for skip in mapping.skips]
    columns += mapping.names
    for noted in mapping.noted:
        columns += [noted.column, *template(noted.refers).columns]
    return list(dict.fromkeys(column for column in columns if column))
