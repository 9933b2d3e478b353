"""The rules of the log, by number: what a key, a note, a file of the log or the whole log can break."""

from __future__ import annotations

from muster.errors import Fault

LOG_RULES = {
    "L1": "A key is `name+key id+base64`, an Ed25519 key, and its id is the one that follows from name and key.",
    "L2": "A signed note is UTF-8 text, an empty line and at least one signature line `— name base64`.",
    "L3": "A note carries a signature of a key that is known, and each signature of a known key holds.",
    "L4": "A checkpoint says origin, size and root on its first three lines, and nothing in two ways.",
    "L5": "A body is at most 65,511 bytes, so that it and its time of record fit into an entry of 65,535.",
    "L6": "Every file that a log of the checkpoint's size has is there.",
    "L7": "A file holds as many hashes or entries as its name says, and nothing more.",
    "L8": "Every entry has the hash that the tile of its place says.",
    "L9": "Every tile follows from the entries below it.",
    "L10": "The root over all entries is the one that was signed.",
    "L11": "A log begins with every log that it ever was: older checkpoints hold on.",
    "L12": "An entry ends with its time of record, UTC to the millisecond: `2026-11-27T08:30:00.000Z`.",
}


def breach(rule: str, what: str, *, where: str, seen: str, do: str) -> Fault:
    """Return a fault of the log under one of its rules."""
    assert rule in LOG_RULES
    return Fault(what=what, where=where, seen=seen, do=do, rule=rule)
