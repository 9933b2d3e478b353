"""An old backup put back, a book rewritten by its owner: only what others hold of the log shows it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from faults.rewriting import checked, checkpoint, entries, fill, rewritten
from recording import AT_MS, Desk, batch

from muster import store
from muster.book import merkle
from muster.book.amounts import amount
from muster.book.events import Event, Move
from muster.store.database import Change
from muster.store.postgres import Postgres

RECEIPT = "outside:wfp > store:kabul, 10 bags of 50 kg flour"


@pytest.fixture
def backup(empty_file: bytes, tmp_path: Path) -> tuple[str, dict[str, bytes]]:
    """A book that went on after a backup, which was then put back; and what somebody else holds of its log."""
    path, copy = tmp_path / "a.book", tmp_path / "backup.book"
    path.write_bytes(empty_file)
    fill(str(path), seed=1, batches=10)
    shutil.copy(path, copy)
    fill(str(path), seed=2, batches=10)
    with store.open(str(path)) as book:
        held = {"held by herat": checkpoint(book)}
        assert checked(book, older=held) == ()
    shutil.copy(copy, path)
    return str(path), held


def test_check_given_an_old_backup_then_a_checkpoint_of_somebody_else_shows_it(
    backup: tuple[str, dict[str, bytes]],
) -> None:
    address, held = backup
    with store.open(address) as book:
        (fault,) = checked(book, older=held)
        assert fault.rule == "L11" and "lost entries" in fault.what


def test_check_given_an_old_backup_that_was_written_on_then_a_checkpoint_shows_it(
    backup: tuple[str, dict[str, bytes]],
) -> None:
    address, held = backup
    fill(address, seed=3, batches=30)
    with store.open(address) as book:
        (fault,) = checked(book, older=held)
        assert fault.rule == "L11" and "are not what they were" in fault.what


def test_check_given_an_old_backup_and_no_checkpoint_then_nobody_sees_it(
    backup: tuple[str, dict[str, bytes]],
) -> None:
    with store.open(backup[0]) as book:
        assert checked(book, older={}) == ()


def less(event: Event) -> Event:
    """Return an event with a ton less, where it has one: what an owner may want to hide."""
    moves = (
        Move(*move[:5], *amount(str(max(1, move.quantity - 10**6)), unit=move.unit, pack="")) for move in event.moves
    )
    return replace(event, moves=tuple(moves))


def test_check_given_a_book_rewritten_by_its_owner_then_only_a_checkpoint_shows_it(
    address: str, new_book: Callable[[], str]
) -> None:
    fill(address, seed=1, batches=12)
    with store.open(address) as book:
        held = {"held by herat": checkpoint(book)}
        other = rewritten(book, new_book, change=less)
        size = book.size
    with store.open(other) as book:
        assert book.size == size
        assert checked(book, older={}) == ()
        (fault,) = checked(book, older=held)
        assert fault.rule == "L11" and "rewritten" in fault.what


def test_root_given_the_same_batches_then_the_same_on_both_databases_to_the_byte(
    empty_file: bytes, server_book: str, tmp_path: Path
) -> None:
    file = tmp_path / "a.book"
    file.write_bytes(empty_file)
    for address in (str(file), server_book):
        fill(address, seed=5, batches=40)
    with store.open(str(file)) as one, store.open(server_book) as other:
        assert one.size == other.size > 40
        assert entries(one) == entries(other)
        for size in range(1, one.size + 1):
            assert one.log.root(size) == other.log.root(size)
            assert one.log.inclusion(size) == other.log.inclusion(size)
            assert one.log.consistency(size) == other.log.consistency(size)
        assert one.balances() == other.balances()


def test_root_given_a_database_that_rounds_times_then_the_same_look_sees_another_root(
    server_book: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Postgres.write

    def rounding(self: Postgres, changes: Sequence[Change]) -> None:
        write(self, [rounded(change) if change.table == "events" else change for change in changes])

    def rounded(change: Change) -> Change:
        place = change.columns.index("recorded_ms")
        rows = [(*row[:place], row[place] // 1_000 * 1_000, *row[place + 1 :]) for row in change.rows]
        return change._replace(rows=rows)

    monkeypatch.setattr(Postgres, "write", rounding)
    with store.open(server_book) as book:
        book.post(batch(Desk().event("receipt", RECEIPT)), at_ms=AT_MS + 1)
        leaves = merkle.leaf_hashes(entries(book))
        assert book.log.root() != merkle.append(merkle.Tree(), leaves)[0].root()
