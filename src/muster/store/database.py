"""SQLite, and the small face that it shares with PostgreSQL (``postgres``): only here and there do the two differ.

Statements are written with ``?`` for values. Whoever has another driver for one of the two (with faults built in, say)
writes a class like these.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from muster.errors import BookError
from muster.store.faults import fault_of_database, refused

Row = tuple[Any, ...]

BUSY_SECONDS = 30
"""How long somebody waits for another who is writing, before it is a fault."""

CACHE_KIB = 65_536
"""Memory for pages of an SQLite file."""

CHECKPOINT_PAGES = 1_000
"""Pages of an SQLite log of writes after which they are carried into the file itself."""


class Lookup(NamedTuple):
    """A question for the rows of a table with certain keys.

    Attributes:
        columns: What is wanted of them.
        table: Where; ``""``: in none, but ``columns`` say by themselves what is wanted of a key.
        keys: Names of the columns of the key.
        wanted: Keys; there may be none.
        lock: The rows are nobody else's until the transaction ends.
    """

    columns: str
    table: str
    keys: tuple[str, ...]
    wanted: Sequence[Row]
    lock: bool = False


class Change(NamedTuple):
    """Rows that are put into a table, or whose columns are changed.

    Attributes:
        table: Where.
        columns: Names of the columns, in the order of the rows.
        rows: There may be none.
        keys: Of rows that are changed: the last columns, by which they are found. None: the rows are new.
        replace: Of new rows: the last column is changed where there is a row with the same other columns.
    """

    table: str
    columns: tuple[str, ...]
    rows: Sequence[Row]
    keys: tuple[str, ...] = ()
    replace: bool = False


class Database(Protocol):
    """What a store needs of a database."""

    dialect: str
    """``sqlite`` or ``postgresql``."""

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """Return what a statement finds."""

    def run(self, sql: str, values: Sequence[Any] = ()) -> None:
        """Do a statement."""

    def look_up(self, *lookups: Lookup) -> list[list[Row]]:
        """Return what each lookup finds, all of them asked at once."""

    def write(self, changes: Sequence[Change]) -> None:
        """Make changes, each to another table, all of them at once."""

    def stream(self, sql: str, values: Sequence[Any] = ()) -> Iterator[Row]:
        """Yield what a statement finds, without holding it all."""

    def damage(self) -> list[str]:
        """Return what the database itself finds wrong with its files, where it can look for that."""

    def version(self) -> str | None:
        """Return which tables are there, by the migration that made them last; ``None``: none of a book."""

    def writing(self) -> AbstractContextManager[None]:
        """Return a context in which to write: all of what is done in it is kept, durably, or nothing.

        Whoever writes looks up ``state.OWN_STATE`` first, and alone writes from then on.
        """

    def reading(self) -> AbstractContextManager[None]:
        """Return a context in which everything is read as it is at one moment."""

    def as_left(self, state: Row) -> Database | None:
        """Return this database as somebody left it, to be written to once and without a transaction.

        What is written to it is kept, durably and as a whole, where ``state`` is what it was; else nobody writes.

        Args:
            state: What the columns of ``state.OWN_STATE`` held when they left.
        Returns:
            ``None``: a transaction is as quick. What cannot be done without one raises ``NeedsTransaction``.
        """

    def close(self) -> None:
        """Let go of the database."""


class NeedsTransaction(Exception):
    """Something cannot be done without a transaction, or somebody else has written; nothing was written."""


class Sqlite:
    """An SQLite file, opened so that what it acknowledges survives a power cut."""

    dialect = "sqlite"

    def __init__(self, connection: Any, *, where: str, errors: type[Exception] = sqlite3.Error) -> None:
        """Take over a connection.

        Args:
            connection: Of ``sqlite3`` in autocommit mode (``isolation_level=None``), or of a driver like it.
            where: The file, for messages.
            errors: What that driver raises.
        Raises:
            BookError: The file cannot be written so that nothing acknowledged is lost.
        """
        self._connection, self._where, self._inside = connection, where, False
        self._errors = errors, UnicodeDecodeError  # of a damaged file the message itself may be no text
        for pragma in (f"cache_size=-{CACHE_KIB}", f"wal_autocheckpoint={CHECKPOINT_PAGES}", "synchronous=FULL"):
            self.run(f"PRAGMA {pragma}")
        ((mode,),) = self.rows("PRAGMA journal_mode=WAL")
        ((durability,),) = self.rows("PRAGMA synchronous")
        if durability < _FULL or mode != "wal":
            seen = f"synchronous {durability}, journal mode {mode}"
            do = "let muster open the file itself, on a disk of this machine (not a network share)"
            raise refused("This file would lose events in a power cut.", where, seen, do, "S2")

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """See ``Database``."""
        try:
            found: list[Row] = self._connection.execute(sql, values).fetchall()
        except self._errors as error:
            raise self._fault(error) from error
        return found

    def run(self, sql: str, values: Sequence[Any] = ()) -> None:
        """See ``Database``."""
        try:
            self._connection.execute(sql, values)
        except self._errors as error:
            raise self._fault(error) from error

    def look_up(self, *lookups: Lookup) -> list[list[Row]]:
        """See ``Database``."""
        return [self._found(lookup) if lookup.wanted else [] for lookup in lookups]

    def write(self, changes: Sequence[Change]) -> None:
        """See ``Database``."""
        try:
            for change in changes:
                if change.rows:
                    self._connection.executemany(_one_by_one(*change[:2], *change[3:]), change.rows)
        except self._errors as error:
            raise self._fault(error) from error

    def stream(self, sql: str, values: Sequence[Any] = ()) -> Iterator[Row]:
        """See ``Database``."""
        try:
            for row in self._connection.execute(sql, values):  # noqa: UP028
                yield row  # one that is abandoned is not closed after its connection, as «yield from» would
        except self._errors as error:
            raise self._fault(error) from error

    def damage(self) -> list[str]:
        """See ``Database``."""
        found = [said for (said,) in self.rows("PRAGMA integrity_check")]
        return [] if found == ["ok"] else found

    def version(self) -> str | None:
        """See ``Database``."""
        there = self.rows("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'")
        return self.rows("SELECT version_num FROM alembic_version")[0][0] if there else None

    def writing(self) -> AbstractContextManager[None]:
        """See ``Database``."""
        return self._transaction("BEGIN IMMEDIATE")

    @contextmanager
    def reading(self) -> Iterator[None]:
        """See ``Database``."""
        if self._inside:
            yield
        else:
            with self._transaction("BEGIN"):
                yield

    def as_left(self, state: Row) -> None:
        """See ``Database``; nothing is saved where there is no way to a server."""

    def close(self) -> None:
        """See ``Database``."""
        try:
            self._connection.close()
        except self._errors as error:
            raise self._fault(error) from error

    def _found(self, lookup: Lookup) -> list[Row]:
        columns, table, keys, wanted, _ = lookup
        found: list[Row] = []
        at, size = 0, _AT_ONCE
        while at < len(wanted):
            if at + size > len(wanted):
                size //= 2  # few different statements, which are kept prepared
                continue
            values = [value for key in wanted[at : at + size] for value in key]
            found += self.rows(_looked_up(columns, table, keys, size), values)
            at += size
        return found

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        self.run(begin)
        self._inside = True
        try:
            yield
            self.run("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        finally:
            self._inside = False

    def _fault(self, error: Exception) -> BookError:
        return fault_of_database(error, where=self._where, busy_seconds=BUSY_SECONDS)


_FULL = 2
"""``PRAGMA synchronous`` from which on a commit waits for the disk."""

_AT_ONCE = 512
"""Keys that SQLite is asked for at once."""


@lru_cache(maxsize=500)
def _looked_up(columns: str, table: str, keys: tuple[str, ...], size: int) -> str:
    """Return how SQLite is asked for so many keys: one after the other, by the index."""
    one = f"({', '.join('?' * len(keys))})"
    given = f"wanted ({', '.join(f'wanted_{key}' for key in keys)}) AS (VALUES {', '.join([one] * size)})"
    joined = f" CROSS JOIN {table} ON {same(table, keys, 'wanted.wanted_')}" if table else ""
    return f"WITH {given} SELECT {columns} FROM wanted{joined}"


@lru_cache(maxsize=500)
def _one_by_one(table: str, columns: tuple[str, ...], keys: tuple[str, ...], replace: bool) -> str:
    """Return how SQLite changes a table, a row at a time."""
    if keys:
        changed = ", ".join(f"{column} = ?" for column in columns if column not in keys)
        return f"UPDATE {table} SET {changed} WHERE {' AND '.join(f'{key} = ?' for key in keys)}"
    marks = ", ".join("?" * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks}){replacing(columns) if replace else ''}"


def replacing(columns: tuple[str, ...]) -> str:
    """Return the end of an insert that changes the last column where there is a row with the same other columns."""
    return f" ON CONFLICT ({', '.join(columns[:-1])}) DO UPDATE SET {columns[-1]} = excluded.{columns[-1]}"


def same(table: str, keys: tuple[str, ...], other: str) -> str:
    """Return the condition that a row of a table has the keys that stand elsewhere, behind ``other``."""
    return " AND ".join(f"{table}.{key} = {other}{key}" for key in keys)
