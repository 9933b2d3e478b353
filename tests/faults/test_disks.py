"""Disks that are full, fail or may not be written to, and books in other hands: a message, and nothing half done."""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from unittest.mock import patch

import apsw
import psycopg
import pytest
from faults import driver
from faults.disk import Disk, Mounted
from faults.driver import Driver
from faults.kept import Kept, Tally
from faults.work import Work
from faults.writers import PROCESSES
from recording import AT_MS, Desk, batch

from muster import store
from muster.errors import BookError
from muster.store import Store, database
from muster.store.database import Sqlite

FULL = (apsw.FullError, "database or disk is full", "There is no room left on the disk.")
BROKEN = (apsw.IOError, "disk I/O error", "The disk does not do what it is asked.")
NOBODY = 65534
RECEIPT = "outside:wfp > store:kabul, 600 bags of 50 kg flour"


@contextmanager
def mounted(contents: dict[str, bytes]) -> Iterator[Mounted]:
    """Yield a disk with these files."""
    disk = Mounted("failing", Disk.of(contents))
    yield disk
    disk.unregister()


def opened(disk: Mounted) -> Store:
    """Open the book on a disk."""
    return store.on(driver.database(Driver("book", vfs=disk.name), where="book"), where="book")


def on_a_failing_disk(empty: bytes, fault: tuple[type[apsw.Error], str, str]) -> tuple[Tally, set[str]]:
    """Post batches to a disk that fails now and then, at any act; return what was found and what was said."""
    kept, work, draw = Kept(), Work(1), random.Random(1)
    said: set[str] = set()
    error, words, _ = fault
    with mounted({"book": empty}) as mount, patch.object(database, "CHECKPOINT_PAGES", 8):
        with closing(opened(mount)) as book:
            for _ in range(100):
                first = mount.disk.acts + draw.randint(1, 80)
                failing = range(first, first + draw.randint(1, 40))

                def fail(act: str, name: str, failing: range = failing) -> None:
                    if mount.disk.acts in failing and (error is apsw.IOError or act == "write"):
                        raise error(words)

                lines, offline = work.batch()
                kept.begin(lines, at_ms=AT_MS, offline=offline)
                mount.disk.before = fail
                try:
                    book.post(lines, at_ms=AT_MS, offline=offline)
                    kept.acknowledge()
                except BookError as refused:
                    said.add(refused.faults[0].what)
                    kept.forget()
                except LookupError as error:  # what half a batch leads to
                    kept.tally.wrong[repr(error)] += 1
                    break
                mount.disk.before = lambda act, name: None
                if book.size != kept.model.size or book.balances() != kept.model.balances():
                    kept.tally.wrong["something was written of what was refused"] += 1
                    break
        kept.look(lambda: closing(opened(mount)))
    return kept.tally, said


@pytest.mark.parametrize("fault", [FULL, BROKEN], ids=["full", "broken"])
def test_post_given_a_disk_that_fails_now_and_then_then_says_so_and_nothing_is_half_done(
    empty_file: bytes, fault: tuple[type[apsw.Error], str, str]
) -> None:
    tally, said = on_a_failing_disk(empty_file, fault)
    assert tally.survived and tally.acknowledged > 30, tally
    assert said == {fault[2]}


@contextmanager
def loose(self: object) -> Iterator[None]:
    """Write without a transaction: the mutation."""
    yield


def test_post_given_no_transaction_then_the_same_look_sees_what_is_half_done(empty_file: bytes) -> None:
    with patch.object(Sqlite, "writing", loose):
        assert on_a_failing_disk(empty_file, FULL)[0].wrong


def test_post_given_a_full_disk_of_a_server_then_says_so_and_nothing_is_half_done(server_book: str) -> None:
    with psycopg.connect(server_book, autocommit=True) as connection:
        connection.execute(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION "
            "'could not extend file \"base/1\": No space left on device' USING ERRCODE = 'disk_full'; END $$"
        )
        connection.execute("CREATE TRIGGER full_disk BEFORE INSERT ON sides EXECUTE FUNCTION full_disk()")
        with store.open(server_book) as book:
            event = Desk().event("receipt", RECEIPT)
            with pytest.raises(BookError, match="There is no room left"):
                book.post(batch(event), at_ms=AT_MS)
            assert book.size == 0 and book.event(event.id) is None
            connection.execute("DROP TRIGGER full_disk ON sides")
            assert book.post(batch(event), at_ms=AT_MS).count("accepted") == 1


def test_post_given_a_server_that_may_only_be_read_then_says_so(server_book: str) -> None:
    with psycopg.connect(server_book, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {connection.info.dbname} SET default_transaction_read_only = on".encode())
    with store.open(server_book) as book:
        with pytest.raises(BookError, match="cannot be written to"):
            book.post(batch(Desk().event("receipt", RECEIPT)), at_ms=AT_MS)
        assert book.size == 0 and book.balances() == []


def test_post_given_a_disk_that_may_only_be_read_then_says_so(empty_file: bytes) -> None:
    with mounted({"book": empty_file, "book-wal": b""}) as disk:
        disk.disk.read_only = True
        with closing(opened(disk)) as book:
            assert book.size == 0
            with pytest.raises(BookError, match="cannot be written to"):
                book.post(batch(Desk().event("receipt", RECEIPT)), at_ms=AT_MS)


def post_as_nobody(path: str, told: object) -> None:
    """Try to write into a file as somebody who has no rights there; say what came of it."""
    if os.geteuid() == 0:
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    try:
        with store.open(path) as book:
            book.post(batch(Desk(recorder="nobody").event("receipt", RECEIPT)), at_ms=AT_MS)
        told.put("written")  # type: ignore[attr-defined]
    except BookError as error:
        told.put(error.faults[0].what)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("file_mode", "folder_mode", "said"),
    [
        (0o444, 0o555, "The book cannot be written to."),
        (0o444, 0o777, "The book cannot be written to."),
        (0o666, 0o555, "The book cannot be written to."),
        (0o000, 0o555, "The book cannot be opened."),
        (0o666, 0o777, "written"),
    ],
)
def test_post_given_a_file_of_somebody_else_then_says_so(
    empty_file: bytes, file_mode: int, folder_mode: int, said: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "their.book"
        path.write_bytes(empty_file)
        path.chmod(file_mode)
        Path(folder).chmod(folder_mode)
        told = PROCESSES.SimpleQueue()
        writer = PROCESSES.Process(target=post_as_nobody, args=(str(path), told))
        writer.start()
        writer.join()
        Path(folder).chmod(0o700)
        assert told.get() == said
