"""A corrected file beside what was imported from the same source: shown first, then posted as reversals and new events.

Nothing that was recorded is changed. A row that says something else now becomes the reversal of its old event and a new
event, whose id carries the next revision; both ids follow from the row, so that posting twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from muster.economy.format import shown
from muster.joining.amounts import measure
from muster.joining.batch import Batch, Returned, Taken
from muster.joining.ids import event_id, reversal_id
from muster.joining.problems import Problem

Event = Mapping[str, Any]
R = TypeVar("R", Taken, Returned)

_PART = 2_000
"""Rows whose events are looked up at once."""

_SAID_ONCE = ("kind", "unit", "recorder", "document", "destination", "closed_by", "reason")
_CORRECTED = "the source corrected this row"
_GONE = "the source no longer has this row"


@dataclass(frozen=True)
class RecordedEvent:
    """An event that was recorded from a source before.

    Attributes:
        event: In the interchange form.
        undone_by: Who reversed it; ``""``: nobody.
    """

    event: Event
    undone_by: str = ""

    @property
    def by_source(self) -> bool:
        """Whether its source withdrew it."""
        return self.undone_by == str(self.event["recorder"])


class Recorded(Protocol):
    """What the recorder of a source has recorded before, wherever it is kept."""

    def find(self, ids: Collection[str]) -> Mapping[str, RecordedEvent]:
        """Return the events with these ids, as far as they were recorded."""

    def others(self, ids: Collection[str], *, most: int | None) -> tuple[int, Sequence[Event]]:
        """Return how many events stand that are none of these and no reversals, and the first ``most`` of them."""


@dataclass(frozen=True)
class Change:
    """A row that says something else than when it was imported.

    Attributes:
        line, key: Where it stands in the corrected file, and what tells it apart.
        old, new: The event as it was recorded, and as it would be now, with its own id.
        fields: What differs: name, old text, new text.
    """

    line: int
    key: tuple[str, ...]
    old: Event
    new: Event
    fields: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Differences:
    """What a corrected file says beside what was imported before.

    Attributes:
        file: Its name.
        added: Rows that were not there, or had been withdrawn, each with the id it would get.
        changed: Rows that say something else.
        gone: Events recorded before whose row is no longer there, or the first of them.
        gone_count: How many they are.
        same: How many rows say the same.
        unreadable: Rows that come back now, with the event they had before; it stays as it is.
    """

    file: str
    added: tuple[Taken, ...] = field(repr=False)
    changed: tuple[Change, ...] = field(repr=False)
    gone: tuple[Event, ...] = field(repr=False)
    gone_count: int
    same: int
    unreadable: tuple[tuple[Returned, Event], ...] = field(repr=False)

    @property
    def nothing(self) -> bool:
        """Whether the file says what is recorded already."""
        return not (self.added or self.changed or self.gone_count)

    def as_dict(self) -> dict[str, Any]:
        """Return everything as JSON-ready values."""
        return {
            "file": self.file,
            "same": self.same,
            "added": [{"line": each.line, "key": list(each.key), "event": dict(each.event)} for each in self.added],
            "changed": [
                {
                    "line": each.line,
                    "key": list(each.key),
                    "old": dict(each.old),
                    "new": dict(each.new),
                    "fields": [{"field": name, "old": old, "new": new} for name, old, new in each.fields],
                }
                for each in self.changed
            ],
            "gone": [dict(event) for event in self.gone],
            "gone_count": self.gone_count,
            "unreadable": [
                {"line": row.line, "reason": row.reason, "event": dict(event)} for row, event in self.unreadable
            ],
        }


def compare(batch: Batch, recorded: Recorded, *, most_gone: int | None = None) -> Differences:
    """Return what a batch says beside the events that were recorded from its source.

    What somebody else has undone stays undone as long as its row stays the same.

    Args:
        batch: What comes of the corrected file by the mapping of the source.
        recorded: What the source's recorder has recorded before.
        most_gone: So many events whose row is gone are named; ``None``: all of them.
    """
    added, changed, unreadable = [], [], []
    matched: set[str] = set()
    same = 0
    for row, (last, following) in _beside(batch.taken, batch.source, recorded):
        if last is None or last.by_source:
            added.append(Taken(row.line, row.key, {**row.event, "id": following}))
            continue
        matched.add(last.event["id"])
        fields = _fields_that_differ(last.event, row.event)
        new = {**row.event, "id": following}
        if not fields:
            same += 1
        elif last.undone_by:
            added.append(Taken(row.line, row.key, new))
        else:
            changed.append(Change(row.line, row.key, last.event, new, fields))
    returned = [back for back in batch.returned if not back.left_out]
    for back, (last, _) in _beside(returned, batch.source, recorded):
        if last is not None and not last.undone_by and last.event["id"] not in matched:
            matched.add(last.event["id"])
            unreadable.append((back, last.event))
    number, gone = recorded.others(matched, most=most_gone)
    return Differences(batch.file, tuple(added), tuple(changed), tuple(gone), number, same, tuple(unreadable))


def corrections(differences: Differences, *, withdraw_gone: bool = False) -> list[dict[str, Any]]:
    """Return the events that make the book say what the corrected file says, without ``n``.

    A change is the reversal of the old event, dated like it, and the new event; of the two, what brings goods into a
    store comes first, so that no stock falls below zero on the way.

    Args:
        differences: From ``compare``.
        withdraw_gone: Whether events whose row is gone are reversed: only if the file covers all that was imported.
    """
    events: list[dict[str, Any]] = [dict(each.event) for each in differences.added]
    for change in differences.changed:
        pair = [_reversal(change.old, _CORRECTED), dict(change.new)]
        events += reversed(pair) if _fills_a_store(change.new) else pair
    if withdraw_gone:
        events += [_reversal(event, _GONE) for event in differences.gone]
    return events


def differences_text(differences: Differences, *, most: int = 50) -> str:
    """Return the differences as lines of text, at most ``most`` of each kind."""
    count = (len(differences.added), len(differences.changed), differences.gone_count)
    head = f"{differences.file}: {differences.same:,} rows as before, {count[0]:,} added, {count[1]:,} changed, "
    lines = [head + f"{count[2]:,} no longer there"]
    lines += [f"  + line {each.line}: {event_text(each.event)}" for each in differences.added[:most]] + _more(
        count[0], most
    )
    for change in differences.changed[:most]:
        told = "; ".join(f"{name} {shown(old)} → {shown(new)}" for name, old, new in change.fields)
        lines.append(f"  ~ line {change.line}: {told}")
    lines += _more(count[1], most)
    lines += [f"  - {event_text(event)}" for event in differences.gone[:most]] + _more(count[2], most)
    lines += [
        f"  ? line {row.line} cannot be read now, its event stays: {row.reason}"
        for row, _ in differences.unreadable[:most]
    ] + _more(len(differences.unreadable), most)
    return "\n".join(lines)


def _more(count: int, most: int) -> list[str]:
    return [f"    and {count - most:,} more"] if count > most else []


def event_text(event: Event) -> str:
    """Return an event as one line: kind, day, document and what it moves or counts."""
    said = [str(event["kind"]), str(event["occurred"])[:10], str(event.get("document", ""))]
    return " ".join(part for part in [*said, _amounts_text(event)] if part)


def _amounts_text(event: Event) -> str:
    told = []
    for entry in (*event.get("moves", ()), *event.get("counted", ())):
        pack = f" of {entry['pack']}" if entry.get("pack") else ""
        lot = f", lot {entry['lot']}" if entry.get("lot") else ""
        way = f" at {entry['place']}" if "place" in entry else f" {entry['from']} → {entry['to']}"
        told.append(f"{entry['quantity']} {entry['unit']}{pack} {entry['resource']}{lot}{way}")
    return "; ".join(told)


def _beside(rows: Sequence[R], source: str, recorded: Recorded) -> Iterator[tuple[R, tuple[RecordedEvent | None, str]]]:
    """Yield each row with the last revision of it that was recorded (``None``: none), and the id of the next."""
    for start in range(0, len(rows), _PART):
        part = rows[start : start + _PART]
        last: dict[tuple[str, ...], RecordedEvent | None] = dict.fromkeys(row.key for row in part)
        following: dict[tuple[str, ...], str] = {}
        asked, revision = list(last), 0
        while asked:
            ids = {event_id(source, key, revision=revision): key for key in asked}
            found = recorded.find(ids)
            following |= {key: id_ for id_, key in ids.items()}
            last |= {ids[id_]: event for id_, event in found.items()}
            asked, revision = [ids[id_] for id_ in found], revision + 1
        yield from ((row, (last[row.key], following[row.key])) for row in part)


def _fields_that_differ(old: Event, new: Event) -> tuple[tuple[str, str, str], ...]:
    fields = [
        (name, str(old.get(name, "")), str(new.get(name, "")))
        for name in _SAID_ONCE
        if str(old.get(name, "")) != str(new.get(name, ""))
    ]
    if _moment(old) != _moment(new):
        fields.append(("occurred", str(old["occurred"]), str(new["occurred"])))
    if _measured(old) != _measured(new):
        fields.append(("amount", _amounts_text(old), _amounts_text(new)))
    return tuple(fields)


def _moment(event: Event) -> datetime:
    return datetime.fromisoformat(str(event["occurred"]))


def _measured(event: Event) -> list[tuple[object, ...]]:
    """Return what an event moves or counts, in smallest units: the same however it was entered."""
    found: list[tuple[object, ...]] = []
    for entry in (*event.get("moves", ()), *event.get("counted", ())):
        said = {name: str(value) for name, value in entry.items()}
        amount = measure("", said)
        assert not isinstance(amount, Problem), "it is recorded, or was measured when it was read"
        places = [said.get(name, "") for name in ("from", "to", "place", "resource", "lot", "expires")]
        found.append((*places, *amount))
    return sorted(found, key=str)


def _fills_a_store(event: Event) -> bool:
    return any(str(move["to"]).startswith("store:") for move in event.get("moves", ()))


def _reversal(event: Event, reason: str) -> dict[str, Any]:
    said = {name: event[name] for name in ("unit", "recorder", "occurred")}
    return {
        "id": reversal_id(str(event["id"])),
        "kind": "reversal",
        **said,
        "reverses": event["id"],
        "reason": reason,
    }
