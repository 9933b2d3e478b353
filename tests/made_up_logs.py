"""Logs made up for tests: entries, the files of their log, and what somebody could do to them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256

from muster.book import merkle, notes, tiles
from muster.book.merkle import Tree
from muster.book.notes import Checkpoint, SecretKey

ORIGIN = "example.org/kabul"
KEY = SecretKey(ORIGIN, bytes(range(32)))
FORGER = SecretKey(ORIGIN, bytes(range(1, 33)))

Files = dict[str, bytes]
Row = tuple[bytes, str]
"""Body and time of record."""


def time_of(number: int) -> str:
    """Return the time of record of an event: one a second."""
    minutes, seconds = divmod(number, 60)
    hours, minutes = divmod(minutes, 60)
    return f"2026-11-{3 + hours // 24:02}T{hours % 24:02}:{minutes:02}:{seconds:02}.000Z"


def body(number: int, *, recorder: str = "a.karimi", n: int = 1, previous: bytes | None = None) -> bytes:
    """Return the body of a receipt of as many grams as its number says."""
    move = {"from": "outside:wfp", "quantity": number, "resource": "flour", "to": "store:kabul"}
    value = {
        "document": f"WB{number}",
        "id": f"0198abcd-0000-7000-8000-{number:012}",
        "kind": "receipt",
        "moves": [{**move, "entered": f"{number} g", "lot": "L12", "unit": "g"}],
        "n": n,
        "occurred": "2026-11-03T10:00:00Z",
        "recorder": recorder,
        "unit": "kabul",
    }
    if previous is not None:
        value["previous"] = sha256(previous).hexdigest()
    return canonical(value)


def canonical(value: object) -> bytes:
    """Return the one way to write a body."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def rows_of(count: int, *, recorders: Sequence[str] = ("a.karimi", "m.noori")) -> list[Row]:
    """Return so many receipts by recorders in turn, each chained to the recorder's last."""
    rows: list[Row] = []
    said: dict[str, list[bytes]] = {who: [] for who in recorders}
    for number in range(1, count + 1):
        who = recorders[number % len(recorders)]
        own = said[who]
        own.append(body(number, recorder=who, n=len(own) + 1, previous=own[-1] if own else None))
        rows.append((own[-1], time_of(number)))
    return rows


def entries_of(rows: Sequence[Row]) -> list[bytes]:
    """Return the entries of a log."""
    return [tiles.leaf_data(text, time) for text, time in rows]


def log_of(entries: Sequence[bytes]) -> tiles.Log:
    """Return a log in memory."""
    nodes = {(level, index): value for level, index, value in merkle.append(Tree(), merkle.leaf_hashes(entries))[1]}
    return tiles.Log(
        len(entries),
        lambda start, end: entries[start:end],
        lambda level, start, end: [nodes[level, index] for index in range(start, end)],
    )


def checkpoint_of(entries: Sequence[bytes], *, key: SecretKey = KEY, origin: str = ORIGIN) -> bytes:
    """Return the signed checkpoint of a log."""
    tree = merkle.append(Tree(), merkle.leaf_hashes(entries))[0]
    return notes.sign_checkpoint(Checkpoint(origin, tree.size, tree.root()), [key])


def files_of(entries: Sequence[bytes], *, key: SecretKey = KEY) -> Files:
    """Return every file of a log by its path."""
    return dict(tiles.export(log_of(entries), checkpoint_of(entries, key=key)))
