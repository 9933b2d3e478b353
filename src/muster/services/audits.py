"""Use cases of the auditor: does it add up, what was put right or allowed, who may do what, is the log whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from muster import store
from muster.book.accounts import ACCOUNTS, kind_of
from muster.book.events import Event
from muster.book.roles import ROLES
from muster.book.times import time_text
from muster.book.views import Balance, OnTheWay
from muster.services.book_checks import BookCheck, verify_book
from muster.services.book_flows import flows
from muster.services.book_views import on_the_way
from muster.services.books import Root, root_of

BROUGHT = "the checkpoint that you brought"
"""What such a checkpoint is called, wherever it lies meanwhile."""

KINDS_OF_PLACE = tuple(ACCOUNTS)
"""Columns of a trial balance: every kind of place there is."""


@dataclass(frozen=True)
class TrialLine:
    """One resource of a trial balance.

    Attributes:
        resource, unit: What, in its smallest unit.
        columns: How much each kind of place holds, in the order of ``KINDS_OF_PLACE``; negative: gave.
    """

    resource: str
    unit: str
    columns: tuple[int, ...]

    @property
    def total(self) -> int:
        """The sum over all places: nothing, where nothing appeared or vanished."""
        return sum(self.columns)

    @property
    def by_kind(self) -> tuple[tuple[str, int], ...]:
        """Kind of place and how much it holds."""
        return tuple(zip(KINDS_OF_PLACE, self.columns, strict=True))


@dataclass(frozen=True)
class Trial:
    """A trial balance: its lines by resource, what they are made of, how many events were known of how many in all."""

    lines: tuple[TrialLine, ...]
    balances: Sequence[Balance]
    known: int
    size: int

    @property
    def adds_up(self) -> bool:
        """Whether every line comes to nothing."""
        return all(line.total == 0 for line in self.lines)


@dataclass(frozen=True)
class Waybills:
    """The goods of all waybills: those of which something else than what was sent arrived, and those that arrived."""

    differ: tuple[OnTheWay, ...]
    arrived: tuple[OnTheWay, ...]


@dataclass(frozen=True)
class Exceptional:
    """A reversal, or an event that somebody allowed.

    Attributes:
        seq, recorded: Place in the order of record, and when (UTC).
        event: As recorded.
        undone: The event that it reverses; ``None``: it reverses none.
    """

    seq: int
    recorded: str
    event: Event
    undone: Event | None

    @property
    def occurred(self) -> str:
        """When it happened (UTC)."""
        return time_text(self.event.occurred_ms)


@dataclass(frozen=True)
class Right:
    """What a person may do in a unit."""

    person: str
    unit: str
    roles: tuple[str, ...]
    means: tuple[str, ...]


@dataclass(frozen=True)
class Register:
    """Who has which rights, which stores are whose; ``open``: nobody is registered, so anybody may record."""

    rights: tuple[Right, ...]
    stores: tuple[tuple[str, str], ...]
    open: bool


@dataclass(frozen=True)
class Verified:
    """What a check of the whole book found, and its signed checkpoint to take away."""

    check: BookCheck
    root: Root


def trial_balance(
    address: str, *, as_of: date | None = None, known_on: date | None = None, known_at: int | None = None
) -> Trial:
    """Return what every kind of place holds of every resource.

    Args:
        address: Of the book.
        as_of: At the end of that day; ``None``: whatever has been recorded.
        known_on: As known at the end of that day; ``None``: now.
        known_at: As known when the book had so many events; ``None``: now. With ``known_on``: the earlier of both.
    Raises:
        BookError: There is no book (S1, S4).
    """
    with store.open(address) as book:
        size = book.size
        known = min(size if known_at is None else known_at, size if known_on is None else book.log.size_on(known_on))
        rows = book.balances(as_of=as_of, known_at=None if known == size else known)
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * len(KINDS_OF_PLACE))
    for row in rows:
        sums[row.resource, row.unit][KINDS_OF_PLACE.index(kind_of(row.place))] += row.quantity
    lines = tuple(TrialLine(*key, tuple(columns)) for key, columns in sorted(sums.items()))
    return Trial(lines, rows, known, size)


def waybills(address: str, *, today: date) -> Waybills:
    """Return every waybill three ways, what is not in order first: overdue, on the way, lost or claimed.

    Raises:
        BookError: There is no book (S1, S4).
    """
    rows = on_the_way(address, today=today, closed=True)
    rows.sort(key=lambda row: (not row.overdue, not row.still, row.waybill))
    return Waybills(
        differ=tuple(row for row in rows if row.arrived != row.dispatched),
        arrived=tuple(row for row in rows if row.arrived == row.dispatched),
    )


def exceptions(address: str, *, most: int = 200) -> list[Exceptional]:
    """Return reversals and what was allowed by somebody, the latest first, at most so many.

    Raises:
        BookError: There is no book (S1, S4).
    """
    with store.open(address) as book:
        found = [
            Exceptional(flow.record.seq, flow.record.recorded, flow.event, None)
            for flow in flows(book)
            if flow.event.reverses or flow.event.approved_by
        ]
        latest = found[::-1][:most]
        undone = [book.event(each.event.reverses) if each.event.reverses else None for each in latest]
    return [
        Exceptional(each.seq, each.recorded, each.event, target[1] if target else None)
        for each, target in zip(latest, undone, strict=True)
    ]


def rights(address: str) -> Register:
    """Return who may do what, by unit and name.

    Raises:
        BookError: There is no book (S1, S4).
    """
    with store.open(address) as book:
        register = book.register
    people = [
        Right(each.person, each.unit, tuple(each.roles), tuple(ROLES[role] for role in each.roles))
        for each in register.people.values()
    ]
    return Register(
        rights=tuple(sorted(people, key=lambda each: (each.unit, each.person))),
        stores=tuple(sorted(register.stores.items())),
        open=not people,
    )


def verify(address: str, *, kept: bytes = b"", key: Path | None = None) -> Verified:
    """Work everything out again from the events, and sign what the log is now.

    Args:
        address: Of the book.
        kept: A checkpoint that was kept earlier; empty: none.
        key: File of the key; ``None``: the one beside the book.
    Raises:
        BookError: There is no book (S1, S4), or no key to check the kept checkpoint with (U5).
    """
    with TemporaryDirectory() as beside:
        checkpoint = Path(beside) / BROUGHT
        if kept:
            checkpoint.write_bytes(kept)
        found = verify_book(address, checkpoints=[checkpoint] if kept else [], key=key)
    faults = tuple(replace(fault, where=fault.where.replace(str(checkpoint), BROUGHT)) for fault in found.faults)
    found = replace(found, begins_with=(BROUGHT,) * len(found.begins_with), faults=faults)
    return Verified(found, root_of(address, key=key))
