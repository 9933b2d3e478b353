"""A corrected file beside what was imported from the same source: shown first, then posted as reversals and new events.

Nothing that was recorded is changed. A row that says something else now becomes the reversal of its old event and a new
event, whose id carries the next revision; both ids follow from the row, so that posting twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from muster.economy.format import shown
from muster.joining.amounts import measure
from muster.joining.batch import Batch, Returned, Taken
from muster.joining.ids import event_id, reversal_id
from muster.joining.problems import Problem

Event = Mapping[str, Any]

_SAID_ONCE = ("kind", "unit", "recorder", "document", "destination", "closed_by", "reason")
_CORRECTED = "the source corrected this row"
_GONE = "the source no longer has this row"


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
        gone: Events recorded before whose row is no longer there.
        same: How many rows say the same.
        unreadable: Rows that come back now, with the event they had before; it stays as it is.
    """

    file: str
    added: tuple[Taken, ...] = field(repr=False)
    changed: tuple[Change, ...] = field(repr=False)
    gone: tuple[Event, ...] = field(repr=False)
    same: int
    unreadable: tuple[tuple[Returned, Event], ...] = field(repr=False)

    @property
    def nothing(self) -> bool:
        """Whether the file says what is recorded already."""
        return not (self.added or self.changed or self.gone)

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
            "unreadable": [
                {"line": row.line, "reason": row.reason, "event": dict(event)} for row, event in self.unreadable
            ],
        }


def compare(batch: Batch, earlier: Iterable[Event]) -> Differences:
    """Return what a batch says beside the events that were recorded from its source.

    Args:
        batch: What comes of the corrected file by the mapping of the source.
        earlier: Every event that the source's recorder ever recorded, reversals among them, in the interchange form.
    """
    ever = {str(event["id"]): event for event in earlier}
    reversed_ids = {event["reverses"] for event in ever.values() if event["kind"] == "reversal"}
    live = {id_: event for id_, event in ever.items() if event["kind"] != "reversal" and id_ not in reversed_ids}
    added, changed, unreadable, matched, same = [], [], [], set(), 0
    for row in batch.taken:
        last, following = _revisions(batch.source, row.key, ever)
        if last not in live:
            added.append(Taken(row.line, row.key, {**row.event, "id": following}))
            continue
        matched.add(last)
        fields = _fields_that_differ(live[last], row.event)
        if fields:
            new = {**row.event, "id": following}
            changed.append(Change(row.line, row.key, live[last], new, fields))
        else:
            same += 1
    for back in batch.returned:
        last, _ = _revisions(batch.source, back.key, ever)
        if not back.left_out and last in live and last not in matched:
            matched.add(last)
            unreadable.append((back, live[last]))
    gone = tuple(event for id_, event in live.items() if id_ not in matched)
    return Differences(batch.file, tuple(added), tuple(changed), gone, same, tuple(unreadable))


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
    count = (len(differences.added), len(differences.changed), len(differences.gone))
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


def _revisions(source: str, key: tuple[str, ...], ever: Mapping[str, Event]) -> tuple[str, str]:
    """Return the id of the last revision of a row that was recorded (``""``: none), and the id of the next."""
    last, revision = "", 0
    while (following := event_id(source, key, revision=revision)) in ever:
        last, revision = following, revision + 1
    return last, following


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
