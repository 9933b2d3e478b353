"""A book as tables for others: columns with their meaning, rows, and the schema that other tools read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from muster.book.times import time_text
from muster.services.book_flows import differences, flows
from muster.store import Store

DESCRIPTOR = "datapackage.json"
Row = dict[str, Any]


@dataclass(frozen=True)
class Column:
    """A column: its name, what it says, and its type for Frictionless."""

    name: str
    meaning: str
    kind: str = "string"


@dataclass(frozen=True)
class Table:
    """A table: what it says, its columns, and which of them tell its rows apart."""

    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]


_SEQ = Column("seq", "Place of the event in the order of record, from 1.", "integer")
_LINE = Column("line", "Number of the line within the event, from 1.", "integer")
_RESOURCE = Column("resource", "What.")
_LOT = Column("lot", "Which lot; blank: none.")
_UNIT = Column("unit", "Smallest unit of the resource: g, ml, Wh, minute, piece …")
_ENTERED = Column("entered", "The quantity as it was entered.")
_PLACE = Column("place", "Where, e.g. store:kabul.")

TABLES: Mapping[str, Table] = MappingProxyType(
    {
        "events": Table(
            "Every event, in the order of record.",
            (
                _SEQ,
                Column("id", "Made before sending."),
                Column("kind", "What happened."),
                Column("unit", "The unit that recorded it."),
                Column("recorder", "Who recorded it."),
                Column("n", "The recorder's own running number.", "integer"),
                Column("occurred", "When it happened (UTC).", "datetime"),
                Column("recorded", "When the book learnt it (UTC).", "datetime"),
                Column("document", "Waybill, receipt or sheet."),
                Column("destination", "Of a dispatch: the store it is meant for."),
                Column("due", "Of a dispatch: when it should be there.", "date"),
                Column("closed_by", "Of a count: who closed it."),
                Column("reverses", "Of a reversal: id of what it undoes."),
                Column("reason", "Why."),
                Column("approved_by", "Who allowed an exception."),
            ),
            ("seq",),
        ),
        "moves": Table(
            "What moved; of a reversal, the moves that it undoes, turned round.",
            (
                _SEQ,
                _LINE,
                Column("from", "Where from."),
                Column("to", "Where to."),
                _RESOURCE,
                _LOT,
                Column("expires", "Last day the lot is good, where it was said.", "date"),
                Column("quantity", "Whole number of the unit.", "integer"),
                _UNIT,
                _ENTERED,
            ),
            ("seq", "line"),
        ),
        "counts": Table(
            "What was counted.",
            (
                _SEQ,
                _LINE,
                _PLACE,
                _RESOURCE,
                _LOT,
                Column("quantity", "Whole number of the unit.", "integer"),
                _UNIT,
                _ENTERED,
            ),
            ("seq", "line"),
        ),
        "differences": Table(
            "What counts found more or less than the book said, by all that is known now.",
            (
                Column("count", "Id of the count."),
                _PLACE,
                _RESOURCE,
                _LOT,
                Column("more", "So much more was found.", "integer"),
                Column("less", "So much less was found.", "integer"),
                _UNIT,
            ),
            ("count", "place", "resource", "lot"),
        ),
        "balances": Table(
            "How much is where. Moves and differences of counts add up to it; for each resource and lot, `holds` and "
            "`below` of all places are the same sum.",
            (
                _PLACE,
                _RESOURCE,
                _LOT,
                Column("holds", "So much is there.", "integer"),
                Column("below", "So much more left than came: what the outside gave.", "integer"),
                _UNIT,
            ),
            ("place", "resource", "lot"),
        ),
    }
)
"""Tables by name. No quantity is negative: a cell that begins with a minus can be taken for a formula."""


def table_rows(book: Store, name: str) -> Iterator[Row]:
    """Yield the rows of one of ``TABLES``."""
    return {
        "events": _events,
        "moves": _moves,
        "counts": _counts,
        "differences": _differences,
        "balances": _balances,
    }[name](book)


def descriptor() -> dict[str, Any]:
    """Return the schema of all tables as a Frictionless data package."""
    resources = [
        {
            "name": name,
            "path": f"{name}.csv",
            "profile": "tabular-data-resource",
            "format": "csv",
            "encoding": "utf-8",
            "description": table.meaning,
            "schema": {
                "fields": [_field(column) for column in table.columns],
                "primaryKey": list(table.key),
                "missingValues": [""],
            },
        }
        for name, table in TABLES.items()
    ]
    return {"name": "muster-book", "profile": "tabular-data-package", "resources": resources}


def _field(column: Column) -> dict[str, str]:
    form = {"format": "any"} if column.kind == "datetime" else {}
    return {"name": column.name, "type": column.kind, "description": column.meaning} | form


def _events(book: Store) -> Iterator[Row]:
    texts = ("id", "kind", "recorder", "n", "document", "destination", "due", "closed_by", "reverses")
    for record, event, _ in flows(book):
        row = {name: getattr(event, name) for name in (*texts, "reason", "approved_by")}
        times = {"occurred": time_text(event.occurred_ms), "recorded": record.recorded}
        yield {"seq": record.seq, "unit": event.unit} | row | times


def _moves(book: Store) -> Iterator[Row]:
    for record, _, moves in flows(book):
        for line, move in enumerate(moves, start=1):
            row = move._asdict()
            yield row | {"seq": record.seq, "line": line, "from": move.source, "to": move.target}


def _counts(book: Store) -> Iterator[Row]:
    for record, event, _ in flows(book):
        for line, counted in enumerate(event.counted, start=1):
            yield counted._asdict() | {"seq": record.seq, "line": line}


def _differences(book: Store) -> Iterator[Row]:
    counted = {(line.place, line.resource, line.unit) for flow in flows(book) for line in flow.event.counted}
    for found in differences(book, counted):
        yield found._asdict() | {
            "count": found.count_id,
            "more": max(found.quantity, 0),
            "less": max(-found.quantity, 0),
        }


def _balances(book: Store) -> Iterator[Row]:
    for row in book.balances():
        yield row._asdict() | {"holds": max(row.quantity, 0), "below": max(-row.quantity, 0)}
