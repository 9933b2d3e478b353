"""The tables of a book in a database: events, which are never changed, and what follows from them.

Everything but ``events`` follows from the events, and can be worked out again from them (``verify`` does).
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(naming_convention={"pk": "%(table_name)s_key", "uq": "%(table_name)s_once"})

WHOLE = BigInteger().with_variant(Integer(), "sqlite")
"""A whole number of 64 bits; in SQLite the name ``INTEGER`` makes a key the row's own number."""


def _whole(name: str, *more: object, key: bool = False) -> Column[int]:
    return Column(name, WHOLE, *more, primary_key=key, nullable=False, autoincrement=False)  # type: ignore[arg-type]


def _text(name: str, *, key: bool = False) -> Column[str]:
    return Column(name, Text, primary_key=key, nullable=False)


def _bytes(name: str, *, key: bool = False) -> Column[bytes]:
    return Column(name, LargeBinary, primary_key=key, nullable=False)


state = Table(
    "state",
    metadata,
    _whole("one", CheckConstraint("one = 1", name="state_is_one_row"), key=True),
    _whole("size"),  # events
    _bytes("peaks"),  # of the Merkle tree, one after the other
    _whole("registered"),  # seq of the last event that registers something
    _whole("holdings"),  # of which there are so many
    _whole("lacking"),  # rows there
)

events = Table(
    "events",
    metadata,
    _whole("seq", key=True),  # place in the order of record, from 1
    _bytes("id"),
    _text("recorder"),
    _whole("n"),
    _whole("recorded_ms"),
    _bytes("body"),
    _bytes("hashes"),  # of the log, that this event completes: over body and time of record, and of nodes above it
    UniqueConstraint("id"),
    Index("events_by_number", "recorder", "n"),
)

holdings = Table(  # a resource and lot at a place: how much of it there is now
    "holdings",
    metadata,
    _whole("id", key=True),
    _text("place"),
    _text("resource"),
    _text("lot"),
    _whole("balance"),
    _whole("latest_ms"),  # the last time at which something happened
    _whole("tail"),  # sides that stand in no block yet
    _whole("closed"),  # seq of the last side that stands in a block
    UniqueConstraint("place", "resource", "lot"),
    Index("holdings_by_resource", "resource"),
)

sides = Table(  # both sides of every move, and of every difference of a count; those written together in one row
    "sides",
    metadata,
    _whole("holding", key=True),
    _whole("seq", key=True),  # of the first of them
    _whole("last_seq"),
    _whole("first_ms"),  # the earliest at which one of them happened
    _whole("last_ms"),
    _whole("quantity"),  # what they come to
    _bytes("sides"),  # packed: see ``sides.Side``
    sqlite_with_rowid=False,
)

blocks = Table(  # several hundred sides of a holding added up by day, so that looking back need not read them
    "blocks",
    metadata,
    _whole("holding", key=True),
    _whole("last_seq", key=True),
    _whole("first_day"),
    _whole("last_day"),
    _whole("quantity"),
    _bytes("days"),  # pairs of day and quantity
    sqlite_with_rowid=False,
)

counts = Table(  # where and when something was counted
    "counts",
    metadata,
    _whole("holding", key=True),
    _whole("occurred_ms", key=True),
    _bytes("id", key=True),
    _whole("seq"),
    _whole("withdrawn"),  # seq of the reversal; 0: it holds
    sqlite_with_rowid=False,
)

reversals = Table("reversals", metadata, _whole("target", key=True), _whole("seq"))

dispatches = Table(  # what each dispatch says of its waybill
    "dispatches",
    metadata,
    _text("waybill", key=True),
    _whole("seq", key=True),
    _text("recorder"),
    _text("unit"),
    _text("destination"),
    _text("due"),
    sqlite_with_rowid=False,
)

registrations = Table("registrations", metadata, _whole("seq", key=True))

measures = Table("measures", metadata, _text("resource", key=True), _text("unit"), sqlite_with_rowid=False)

lots = Table(
    "lots", metadata, _text("resource", key=True), _text("lot", key=True), _text("expires"), sqlite_with_rowid=False
)

lacking = Table("lacking", metadata, _whole("holding", key=True))  # holdings below zero at some time

NEVER_CHANGED = ("events", "sides", "blocks", "reversals", "dispatches", "registrations", "measures")
"""Tables whose rows the database refuses to change or delete, so that a slip of somebody's hand is a message.

It keeps nobody out who owns the database; what others hold of the log does.
"""
