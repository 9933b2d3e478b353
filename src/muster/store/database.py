"""SQLite and PostgreSQL behind one small face: the only place where they differ, but for a word in ``schema``.

Statements are written with ``?`` for values. Whoever has another driver for one of the two (with faults built in, say)
writes a class like these.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from muster.errors import BookError
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

    def close(self) -> None:
        """Let go of the database."""


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
        return [self._found(lookup) for lookup in lookups]

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


class Postgres:
    """A PostgreSQL database that several people share.

    Within a transaction statements go to the server in a pipeline: only who wants an answer waits for it.
    """

    dialect = "postgresql"

    def __init__(self, connection: psycopg.Connection[Row], *, where: str) -> None:
        """Take over a connection in autocommit mode.

        Raises:
            BookError: The server is set so that it loses what it acknowledged.
        """
        from psycopg.types.numeric import Int8

        self._connection, self._where, self._inside, self._streams = connection, where, False, 0
        self._whole = Int8
        self.run(f"SET lock_timeout = '{BUSY_SECONDS}s'")
        self.run("SET synchronous_commit = on")
        ((fsync,),) = self.rows("SHOW fsync")
        if fsync != "on":
            do = "set fsync = on in the settings of the server"
            raise refused("This server would lose events in a power cut.", where, f"fsync {fsync}", do, "S2")

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """See ``Database``."""
        with self._faults():
            return self._connection.execute(_marked(sql), values).fetchall()

    def run(self, sql: str, values: Sequence[Any] = ()) -> None:
        """See ``Database``."""
        with self._faults():
            self._connection.execute(_marked(sql), values)

    def look_up(self, *lookups: Lookup) -> list[list[Row]]:
        """See ``Database``."""
        with self._faults(), self._pipeline():
            cursors = []
            for columns, table, keys, wanted, lock in lookups:
                sql = _joined(columns, table, keys, lock, *_form(wanted)) if wanted else b""
                cursors.append(self._connection.execute(sql, _values(wanted, self._whole)) if wanted else None)
            return [cursor.fetchall() if cursor else [] for cursor in cursors]

    def write(self, changes: Sequence[Change]) -> None:
        """See ``Database``; the server makes all of them in one statement."""
        made = [change for change in changes if change.rows]
        if made:
            shapes = tuple([(*change[:2], *change[3:], *_form(change.rows)) for change in made])
            values = [value for change in made for value in _values(change.rows, self._whole)]
            with self._faults():
                self._connection.execute(_all_at_once(shapes), values)

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
        """See ``Database``; whoever locks the one row of ``state`` first writes first."""
        with self._faults():
            try:
                with self._pipeline():
                    self._begin("BEGIN")
                    yield
                    done = self._connection.execute("COMMIT")
                assert done.statusmessage == "COMMIT", "a transaction that failed raises before it ends"
            except BaseException:
                self._give_up()
                raise
            finally:
                self._inside = False

    @contextmanager
    def reading(self) -> Iterator[None]:
        """See ``Database``."""
        if self._inside:
            yield
            return
        self._begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            yield
        finally:
            self._inside = False
            self._give_up()

    def close(self) -> None:
        """See ``Database``."""
        self._connection.close()

    @contextmanager
    def _pipeline(self) -> Iterator[None]:
        """Let statements go without waiting for the answer to each; what went wrong is raised at the end."""
        import psycopg

        if self._connection.info.pipeline_status != psycopg.pq.PipelineStatus.OFF:
            yield
            return
        with self._connection.pipeline() as pipeline:
            try:
                yield
            except BaseException:
                with suppress(psycopg.Error):  # said already; else it would be logged once more
                    pipeline.sync()
                raise

    def _begin(self, begin: str) -> None:
        self.run(begin)
        self._inside = True

    def _give_up(self) -> None:
        """End a transaction of which nothing is kept."""
        if not self._connection.closed and not self._connection.broken:
            self.run("ROLLBACK")

    @contextmanager
    def _faults(self) -> Iterator[None]:
        import psycopg

        try:
            yield
        except psycopg.Error as error:
            raise fault_of_database(error, where=self._where, busy_seconds=BUSY_SECONDS) from error


_FULL = 2
"""``PRAGMA synchronous`` from which on a commit waits for the disk."""

_AT_ONCE = 512
"""Keys that SQLite is asked for at once."""

_FEW = 16
"""Rows up to which PostgreSQL is given each value by itself; the driver is slow with arrays, but any number fits in."""

_TYPES = {int: "bigint", str: "text", bytes: "bytea"}

Types = tuple[str, ...]
Shape = tuple[str, tuple[str, ...], tuple[str, ...], bool, Types, int]
"""Of a change: table, columns, keys, replace, the types of its columns in PostgreSQL, and how many rows (0: many)."""


@lru_cache(maxsize=500)
def _looked_up(columns: str, table: str, keys: tuple[str, ...], size: int) -> str:
    """Return how SQLite is asked for so many keys: one after the other, by the index."""
    one = f"({', '.join('?' * len(keys))})"
    given = f"wanted ({', '.join(f'wanted_{key}' for key in keys)}) AS (VALUES {', '.join([one] * size)})"
    joined = f" CROSS JOIN {table} ON {_same(table, keys, 'wanted.wanted_')}" if table else ""
    return f"WITH {given} SELECT {columns} FROM wanted{joined}"


@lru_cache(maxsize=500)
def _joined(columns: str, table: str, keys: tuple[str, ...], lock: bool, types: Types, number: int) -> bytes:
    """Return how PostgreSQL is asked for so many keys."""
    locked = f" FOR UPDATE OF {table}" if lock else ""
    wanted = f"{_rows(types, number)} AS wanted ({', '.join(f'wanted_{key}' for key in keys)})"
    joined = f" JOIN {table} ON {_same(table, keys, 'wanted.wanted_')}{locked}" if table else ""
    return _marked(f"SELECT {columns} FROM {wanted}{joined}")


@lru_cache(maxsize=500)
def _one_by_one(table: str, columns: tuple[str, ...], keys: tuple[str, ...], replace: bool) -> str:
    """Return how SQLite changes a table, a row at a time."""
    if keys:
        changed = ", ".join(f"{column} = ?" for column in columns if column not in keys)
        return f"UPDATE {table} SET {changed} WHERE {' AND '.join(f'{key} = ?' for key in keys)}"
    marks = ", ".join("?" * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks}){_replacing(columns) if replace else ''}"


@lru_cache(maxsize=500)
def _all_at_once(shapes: tuple[Shape, ...]) -> bytes:
    """Return how PostgreSQL changes tables."""
    made = [f"change_{number} AS ({_change(*shape)})" for number, shape in enumerate(shapes)]
    return _marked(f"WITH {', '.join(made)} SELECT 1")


def _change(
    table: str, columns: tuple[str, ...], keys: tuple[str, ...], replace: bool, types: Types, number: int
) -> str:
    names = ", ".join(columns)
    given = f"{_rows(types, number)} AS given ({names})"
    if keys:
        changed = ", ".join(f"{column} = given.{column}" for column in columns if column not in keys)
        return f"UPDATE {table} SET {changed} FROM {given} WHERE {_same(table, keys, 'given.')}"
    return f"INSERT INTO {table} ({names}) SELECT * FROM {given}{_replacing(columns) if replace else ''}"


def _replacing(columns: tuple[str, ...]) -> str:
    return f" ON CONFLICT ({', '.join(columns[:-1])}) DO UPDATE SET {columns[-1]} = excluded.{columns[-1]}"


def _same(table: str, keys: tuple[str, ...], other: str) -> str:
    return " AND ".join(f"{table}.{key} = {other}{key}" for key in keys)


def _rows(types: Types, number: int) -> str:
    if not number:
        return f"unnest({', '.join(f'?::{each}[]' for each in types)})"
    row = f"({', '.join(f'?::{each}' for each in types)})"
    return f"(VALUES {', '.join([row] * number)})"


def _form(rows: Sequence[Row]) -> tuple[Types, int]:
    """Return the types of the columns, and how many rows; 0: many."""
    return tuple([_TYPES[type(value)] for value in rows[0]]), len(rows) if len(rows) <= _FEW else 0


def _values(rows: Sequence[Row], whole: Callable[[int], int]) -> list[Any]:
    """Return what stands for the marks in ``_rows``; ``whole`` makes every number one of 64 bits, whatever its size."""
    if len(rows) > _FEW:
        return [list(column) for column in zip(*rows, strict=True)]
    return [whole(value) if type(value) is int else value for value in chain.from_iterable(rows)]


@lru_cache(maxsize=500)
def _marked(sql: str) -> bytes:
    """Return a statement with the marks of psycopg."""
    return sql.replace("?", "%s").encode()
