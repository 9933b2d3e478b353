"""SQLite and PostgreSQL behind one small face: the only place where they differ, but for a word in ``schema``.

Statements are written with ``?`` for values. Whoever has another driver for one of the two (with faults built in, say)
writes a class like these.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from muster.store.faults import fault_of_database, refused

if TYPE_CHECKING:
    import psycopg

Row = tuple[Any, ...]

BUSY_SECONDS = 30
"""How long somebody waits for another who is writing, before it is a fault."""

CACHE_KIB = 65_536
"""Memory for pages of an SQLite file."""

CHECKPOINT_PAGES = 1_000
"""Pages of an SQLite log of writes after which they are carried into the file itself."""


class Database(Protocol):
    """What a store needs of a database."""

    dialect: str
    """``sqlite`` or ``postgresql``."""

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """Return what a statement finds."""

    def run(self, sql: str, values: Sequence[Any] = ()) -> None:
        """Do a statement."""

    def each(self, sql: str, rows: Sequence[Row]) -> None:
        """Do a statement for each row of values."""

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Put rows into a table."""

    def lookup(self, columns: str, table: str, keys: Sequence[str], wanted: Iterable[Row]) -> list[Row]:
        """Return the columns of the rows whose key is wanted."""

    def stream(self, sql: str, values: Sequence[Any] = ()) -> Iterator[Row]:
        """Yield what a statement finds, without holding it all."""

    def damage(self) -> list[str]:
        """Return what the database itself finds wrong with its files, where it can look for that."""

    def version(self) -> str | None:
        """Return which tables are there, by the migration that made them last; ``None``: none of a book."""

    def writing(self) -> Any:
        """Return a context that alone writes: all of what is done in it is kept, durably, or nothing."""

    def reading(self) -> Any:
        """Return a context in which everything is read as it is at one moment."""

    def close(self) -> None:
        """Let go of the database."""


class Sqlite:
    """An SQLite file, opened so that what it acknowledges survives a power cut."""

    dialect = "sqlite"

    def __init__(self, connection: sqlite3.Connection, *, where: str) -> None:
        """Take over a connection in autocommit mode (``isolation_level=None``).

        Raises:
            BookError: The file cannot be written so that nothing acknowledged is lost.
        """
        self._connection, self._where, self._inside = connection, where, False
        with self._faults():
            for pragma in (f"cache_size=-{CACHE_KIB}", "foreign_keys=OFF", f"wal_autocheckpoint={CHECKPOINT_PAGES}"):
                connection.execute(f"PRAGMA {pragma}")
            connection.execute("PRAGMA synchronous=FULL")
            (mode,) = connection.execute("PRAGMA journal_mode=WAL").fetchone()
            (durability,) = connection.execute("PRAGMA synchronous").fetchone()
        if durability < 2 or mode != "wal":
            seen = f"synchronous {durability}, journal mode {mode}"
            do = "let muster open the file itself, on a disk of this machine (not a network share)"
            raise refused("This file would lose events in a power cut.", where, seen, do, "S2")

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """See ``Database``."""
        with self._faults():
            return self._connection.execute(sql, values).fetchall()

    def run(self, sql: str, values: Sequence[Any] = ()) -> None:
        """See ``Database``."""
        with self._faults():
            self._connection.execute(sql, values)

    def each(self, sql: str, rows: Sequence[Row]) -> None:
        """See ``Database``."""
        with self._faults():
            self._connection.executemany(sql, rows)

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """See ``Database``."""
        marks = ", ".join("?" * len(columns))
        self.each(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)

    def lookup(self, columns: str, table: str, keys: Sequence[str], wanted: Iterable[Row]) -> list[Row]:
        """See ``Database``; keys of several columns are asked for one after the other, as SQLite is so near."""
        found: list[Row] = []
        if len(keys) == 1:
            values = [value for (value,) in wanted]
            for at in range(0, len(values), _AT_ONCE):
                part = values[at : at + _AT_ONCE]
                part += part[-1:] * ((1 << (len(part) - 1).bit_length()) - len(part))  # few statements, kept prepared
                marks = ", ".join("?" * len(part))
                found += self.rows(f"SELECT {columns} FROM {table} WHERE {keys[0]} IN ({marks})", part)
            return found
        sql = f"SELECT {columns} FROM {table} WHERE {' AND '.join(f'{key} = ?' for key in keys)}"
        with self._faults():
            for key in wanted:
                found += self._connection.execute(sql, key).fetchall()
        return found

    def stream(self, sql: str, values: Sequence[Any] = ()) -> Iterator[Row]:
        """See ``Database``."""
        with self._faults():
            for row in self._connection.execute(sql, values):  # noqa: UP028
                yield row  # one that is abandoned is not closed after its connection, as «yield from» would

    def damage(self) -> list[str]:
        """See ``Database``."""
        found = [said for (said,) in self.rows("PRAGMA integrity_check")]
        return [] if found == ["ok"] else found

    def version(self) -> str | None:
        """See ``Database``."""
        there = self.rows("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'")
        return self.rows("SELECT version_num FROM alembic_version")[0][0] if there else None

    @contextmanager
    def writing(self) -> Iterator[None]:
        """See ``Database``."""
        with self._transaction("BEGIN IMMEDIATE"):
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """See ``Database``."""
        if self._inside:
            yield
        else:
            with self._transaction("BEGIN"):
                yield

    def close(self) -> None:
        """See ``Database``."""
        with self._faults():
            self._connection.close()

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

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, UnicodeDecodeError) as error:  # a damaged file's message may itself be no text
            raise fault_of_database(error, where=self._where, busy_seconds=BUSY_SECONDS) from error


class Postgres:
    """A PostgreSQL database that several people share."""

    dialect = "postgresql"

    def __init__(self, connection: psycopg.Connection[Row], *, where: str) -> None:
        """Take over a connection in autocommit mode.

        Raises:
            BookError: The server is set so that it loses what it acknowledged.
        """
        self._connection, self._where, self._inside, self._streams = connection, where, False, 0
        with self._faults():
            connection.execute(f"SET lock_timeout = '{BUSY_SECONDS}s'".encode())
            connection.execute("SET synchronous_commit = on")
            found = connection.execute("SHOW fsync").fetchone()
        if found != ("on",):
            do = "set fsync = on in the settings of the server"
            raise refused("This server would lose events in a power cut.", where, f"fsync {found}", do, "S2")

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """See ``Database``."""
        with self._faults():
            return self._connection.execute(_marked(sql), values).fetchall()

    def run(self, sql: str, values: Sequence[Any] = ()) -> None:
        """See ``Database``."""
        with self._faults():
            self._connection.execute(_marked(sql), values)

    def each(self, sql: str, rows: Sequence[Row]) -> None:
        """See ``Database``."""
        if rows:
            with self._faults(), self._connection.cursor() as cursor:
                cursor.executemany(_marked(sql), rows)

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """See ``Database``; many rows go as one stream."""
        if len(rows) < _MANY:
            marks = ", ".join("?" * len(columns))
            self.each(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)
            return
        copy_in = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
        with self._faults(), self._connection.cursor() as cursor, cursor.copy(copy_in.encode()) as copy:
            for row in rows:
                copy.write_row(row)

    def lookup(self, columns: str, table: str, keys: Sequence[str], wanted: Iterable[Row]) -> list[Row]:
        """See ``Database``; the server is asked once."""
        arrays = [list(each) for each in zip(*wanted, strict=True)]
        if not arrays:
            return []
        given = ", ".join(f"?::{_ARRAYS[type(array[0])]}" for array in arrays)
        names = ", ".join(f"wanted_{key}" for key in keys)
        on = " AND ".join(f"{table}.{key} = wanted.wanted_{key}" for key in keys)
        return self.rows(f"SELECT {columns} FROM unnest({given}) AS wanted ({names}) JOIN {table} ON {on}", arrays)

    def stream(self, sql: str, values: Sequence[Any] = ()) -> Iterator[Row]:
        """See ``Database``."""
        self._streams += 1
        with self.reading(), self._faults(), self._connection.cursor(f"stream_{self._streams}") as cursor:
            cursor.itersize = 5_000
            yield from cursor.execute(_marked(sql), values)

    def damage(self) -> list[str]:
        """See ``Database``; a server does not look through its files without a module of its own for that."""
        return []

    def version(self) -> str | None:
        """See ``Database``."""
        there = self.rows("SELECT to_regclass('alembic_version') IS NOT NULL")
        return self.rows("SELECT version_num FROM alembic_version")[0][0] if there == [(True,)] else None

    @contextmanager
    def writing(self) -> Iterator[None]:
        """See ``Database``; whoever writes first takes the one row of ``state``."""
        with self._transaction("BEGIN"):
            self.run("SELECT one FROM state FOR UPDATE")
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """See ``Database``."""
        if self._inside:
            yield
        else:
            with self._transaction("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"):
                yield

    def close(self) -> None:
        """See ``Database``."""
        self._connection.close()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        self.run(begin)
        self._inside = True
        try:
            yield
            self.run("COMMIT")
        except BaseException:
            if not self._connection.closed and not self._connection.broken:
                self._connection.execute("ROLLBACK")
            raise
        finally:
            self._inside = False

    @contextmanager
    def _faults(self) -> Iterator[None]:
        import psycopg

        try:
            yield
        except psycopg.Error as error:
            raise fault_of_database(error, where=self._where, busy_seconds=BUSY_SECONDS) from error


_AT_ONCE = 1 << 9
"""Keys that SQLite is asked for at once."""

_MANY = 100
"""Rows from which a stream is quicker than one statement each."""

_ARRAYS = {int: "bigint[]", str: "text[]", bytes: "bytea[]"}


@lru_cache(maxsize=500)
def _marked(sql: str) -> bytes:
    """Return a statement with the marks of psycopg."""
    return sql.replace("?", "%s").encode()
