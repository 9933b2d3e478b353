"""A file with a byte that is not what was written: it is said, or it makes no difference; nothing is shown wrongly."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest
from faults.kept import quick_verify
from faults.rewriting import entries, fill
from faults.sync import shown

from muster import store
from muster.errors import BookError

TIMES = 80


@pytest.fixture
def file(empty_file: bytes, tmp_path: Path) -> Path:
    """A book with some events."""
    path = tmp_path / "a.book"
    path.write_bytes(empty_file)
    fill(str(path), seed=4, batches=60)
    return path


def damaged(file: Path, *, verified: bool) -> Counter[str]:
    """Damage copies of a book, each at another place; return what came of it.

    Args:
        file: The book.
        verified: Verify it before it is believed.
    """
    whole = file.read_bytes()
    found: Counter[str] = Counter()
    with store.open(str(file)) as book:
        wanted = shown(book), entries(book)
    for seed in range(TIMES):
        draw, data = random.Random(seed), bytearray(whole)
        data[draw.randrange(len(data))] ^= draw.randint(1, 255)
        copy = file.with_name(f"{seed}.book")
        copy.write_bytes(data)
        try:
            with store.open(str(copy)) as book:
                faults = [fault for fault in store.verify(book) if fault.severity == "fault"] if verified else []
                same = faults or (shown(book), entries(book)) == wanted
                found["verify says so" if faults else "no difference" if same else "shown wrongly"] += 1
        except BookError:
            found["refused"] += 1
    return found


def test_open_and_verify_given_a_damaged_file_then_nothing_is_shown_wrongly(file: Path) -> None:
    with quick_verify():
        found = damaged(file, verified=True)
    assert found.keys() == {"verify says so", "no difference", "refused"}, found


def test_open_given_a_damaged_file_that_is_not_verified_then_some_of_it_is_shown_wrongly(file: Path) -> None:
    assert damaged(file, verified=False)["shown wrongly"] > 0
