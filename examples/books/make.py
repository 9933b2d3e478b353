"""Makes the books of this folder from the examples: `python3 examples/books/make.py` (with muster installed)."""

from __future__ import annotations

from pathlib import Path

from muster.book.lines import written
from muster.book.rehearsal.chance import Chance
from muster.economy.read import read
from muster.services.book_opening import opening_events

EXAMPLES = Path(__file__).resolve().parents[1]
NAMES = ("afghan-winter", "two-villages")


def lines_of(name: str) -> bytes:
    """Return the book of an example, as lines of the interchange; the ids are the same each time."""
    chance = Chance(2026)
    events = opening_events(read(EXAMPLES / name), random=lambda: chance.bits() << 10 | chance.bits() >> 54)
    return b"".join(written(event) + b"\n" for event in events)


if __name__ == "__main__":
    for name in NAMES:
        (EXAMPLES / "books" / f"{name}.jsonl").write_bytes(lines_of(name))
