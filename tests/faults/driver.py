"""A connection of apsw that a store writes through, so that it runs on a file system of our own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

import apsw
from faults.disk import PowerCut

from muster.store.database import Sqlite


class Driver:
    """What ``muster.store.database.Sqlite`` uses of a connection.

    Args:
        name: The file.
        vfs: Name of the file system.
    """

    def __init__(self, name: str, *, vfs: str) -> None:
        self._connection = apsw.Connection(name, vfs=vfs)
        # The log of writes is then found without shared memory. What is written, and when, is the same.
        self._connection.execute("PRAGMA locking_mode=EXCLUSIVE")

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction has begun."""
        return self._connection.in_transaction

    def execute(self, sql: str, values: Sequence[Any] = ()) -> apsw.Cursor:
        """Do a statement."""
        pragma, _, pages = sql.partition("=")
        if pragma == "PRAGMA wal_autocheckpoint":
            self._checkpoint_after(int(pages))
            sql = pragma
        return self._connection.execute(sql, values)

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Do a statement for each row of values."""
        self._connection.executemany(sql, rows)

    def _checkpoint_after(self, most: int) -> None:
        """Carry over the log of writes as SQLite does by itself: what fails in that is no failure of the commit.

        SQLite's own automatism swallows errors; apsw would raise them.
        """

        def committed(connection: apsw.Connection, name: str, pages: int) -> int:
            if pages >= most:
                with suppress(apsw.Error, PowerCut):
                    connection.wal_checkpoint(name)
            return apsw.SQLITE_OK

        self._connection.set_wal_hook(committed)

    def close(self) -> None:
        """Let go of the file, carrying over what the log of writes still holds."""
        self._connection.close()

    def drop(self) -> None:
        """Let go of the file when its disk is gone: what fails on the way does not matter."""
        self._connection.close(force=True)


def database(driver: Driver, *, where: str) -> Sqlite:
    """Return the database that a store writes to."""
    return Sqlite(driver, where=where, errors=apsw.Error)
