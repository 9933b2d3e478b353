"""PostgreSQL behind the face of ``database``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from muster.store.database import BUSY_SECONDS, Change, Lookup, NeedsTransaction, Row, replacing, same
from muster.store.faults import fault_of_database, refused

if TYPE_CHECKING:
    import psycopg


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
        from psycopg import RawCursor, RawServerCursor

        self._connection, self._where, self._inside, self._streams = connection, where, False, 0
        self._again = False
        connection.cursor_factory = RawCursor  # statements go as they are, and are not taken apart each time
        connection.server_cursor_factory = RawServerCursor
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
                sql = _joined(columns, table, keys, lock, _form(wanted)) if wanted else b""
                cursors.append(self._connection.execute(sql, _given(wanted)) if wanted else None)
            return [cursor.fetchall() if cursor else [] for cursor in cursors]

    def write(self, changes: Sequence[Change]) -> None:
        """See ``Database``; the server makes all of them in one statement."""
        made = [change for change in changes if change.rows]
        if made:
            with self._faults():
                self._connection.execute(_all_at_once(tuple(map(_shape, made))), _values(made))

    def as_left(self, state: Row) -> AsLeft:
        """See ``Database``."""
        if not self._again:
            self.run("SET plan_cache_mode = force_generic_plan")  # who writes again and again need not plan each time
            self._again = True
        return AsLeft(self, state)

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
                    self.run("BEGIN")
                    self._inside = True
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
        self.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        self._inside = True
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


class AsLeft(Postgres):
    """A PostgreSQL database as somebody left it who wrote last: see ``Database.as_left``.

    The one row of ``state`` is not read and locked, but taken for what it was; it is changed only if it is that, in the
    same statement that writes everything else. So one trip to the server is enough; and what was read before was read
    as it is, because whoever writes changes that row.
    """

    def __init__(self, database: Postgres, state: Row) -> None:
        vars(self).update(vars(database))
        self._state = state

    def look_up(self, *lookups: Lookup) -> list[list[Row]]:
        """See ``Database``."""
        wanted = [lookup for lookup in lookups if lookup.wanted and not lookup.lock]
        found = iter(super().look_up(*wanted)) if wanted else iter(())
        return [[self._state] if lookup.lock else next(found) if lookup.wanted else [] for lookup in lookups]

    def run(self, sql: str, values: Sequence[Any] = ()) -> None:
        """See ``Database``."""
        raise NeedsTransaction

    def write(self, changes: Sequence[Change]) -> None:
        """See ``Database``; once, and ``state`` last."""
        made = [change for change in changes if change.rows]
        if not made:
            return
        if made[-1].table != "state":
            raise NeedsTransaction
        size, peaks, *_ = self._state
        *others, state = made
        values = [*_values([state]), str(size), peaks, *_values(others)]
        with self._faults():
            statement = _if_left(_shape(state), tuple(map(_shape, others)))
            ((written,),) = self._connection.execute(statement, values).fetchall()
        if not written:
            raise NeedsTransaction


_TYPES = {int: "bigint", str: "text", bytes: "bytea"}

_FEW = 2
"""Rows up to which each value is given by itself, which is quicker for the server; of more, each column is an array, so
that there are few different statements, which are kept prepared."""

Form = tuple[tuple[str, ...], int]
"""Of rows: the types of their columns in PostgreSQL, and how many they are; 0: any number."""
Shape = tuple[str, tuple[str, ...], tuple[str, ...], bool, Form]
"""Of a change: table, columns, keys, replace, and the form of its rows."""


@lru_cache(maxsize=500)
def _joined(columns: str, table: str, keys: tuple[str, ...], lock: bool, form: Form) -> bytes:
    """Return how PostgreSQL is asked for any number of keys."""
    locked = f" FOR UPDATE OF {table}" if lock else ""
    wanted = f"{_rows(form)} AS wanted ({', '.join(f'wanted_{key}' for key in keys)})"
    joined = f" JOIN {table} ON {same(table, keys, 'wanted.wanted_')}{locked}" if table else ""
    return _marked(f"SELECT {columns} FROM {wanted}{joined}")


@lru_cache(maxsize=500)
def _all_at_once(shapes: tuple[Shape, ...]) -> bytes:
    """Return how PostgreSQL makes changes in one statement."""
    made = [f"change_{number} AS ({_change(*shape)})" for number, shape in enumerate(shapes)]
    return _marked(f"WITH {', '.join(made)} SELECT 1")


@lru_cache(maxsize=500)
def _if_left(state: Shape, shapes: tuple[Shape, ...]) -> bytes:
    """Return how PostgreSQL makes a change of ``state`` if its size and peaks are what they were, and then others.

    The statement returns whether it did. The others ask for what became of the first, which so is made before them.
    """
    left = f"{_change(*state)} AND state.size = ?::bigint AND state.peaks = ?::bytea"
    made = [f"change_{number} AS ({_change(*shape, only=_ALONE)})" for number, shape in enumerate(shapes)]
    return _marked(f"WITH {', '.join([f'alone AS ({left} RETURNING 1)', *made])} SELECT {_ALONE}")


_ALONE = "EXISTS (SELECT 1 FROM alone)"


def _change(
    table: str, columns: tuple[str, ...], keys: tuple[str, ...], replace: bool, form: Form, *, only: str = "true"
) -> str:
    names = ", ".join(columns)
    given = f"{_rows(form)} AS given ({names})"
    if keys:
        changed = ", ".join(f"{column} = given.{column}" for column in columns if column not in keys)
        return f"UPDATE {table} SET {changed} FROM {given} WHERE {same(table, keys, 'given.')} AND {only}"
    end = replacing(columns) if replace else ""
    return f"INSERT INTO {table} ({names}) SELECT given.* FROM {given} WHERE {only}{end}"


def _rows(form: Form) -> str:
    types, number = form
    if not number:
        return f"unnest({', '.join(f'?::{each}[]' for each in types)})"
    row = f"({', '.join(f'?::{each}' for each in types)})"
    return f"(VALUES {', '.join([row] * number)})"


def _shape(change: Change) -> Shape:
    return *change[:2], *change[3:], _form(change.rows)


def _form(rows: Sequence[Row]) -> Form:
    return tuple([_TYPES[type(value)] for value in rows[0]]), len(rows) if len(rows) <= _FEW else 0


def _values(changes: Sequence[Change]) -> list[str | bytes]:
    return [value for change in changes for value in _given(change.rows)]


def _given(rows: Sequence[Row]) -> list[str | bytes]:
    """Return what stands for the marks in ``_rows``; numbers are given as text, which takes any size of them alike."""
    if len(rows) > _FEW:
        return [_ARRAYS[type(column[0])](column) for column in zip(*rows, strict=True)]
    return [str(value) if type(value) is int else value for row in rows for value in row]


def _array_of_bytes(column: Sequence[bytes]) -> str:
    return '{"\\\\x' + '","\\\\x'.join([value.hex() for value in column]) + '"}'


def _array_of_texts(column: Sequence[str]) -> str:
    return '{"' + '","'.join([text.replace("\\", "\\\\").replace('"', '\\"') for text in column]) + '"}'


def _array_of_numbers(column: Sequence[int]) -> str:
    return "{" + ",".join(map(str, column)) + "}"


_ARRAYS: Mapping[type, Callable[[Any], str]] = MappingProxyType(
    {int: _array_of_numbers, str: _array_of_texts, bytes: _array_of_bytes}
)


@lru_cache(maxsize=500)
def _marked(sql: str) -> bytes:
    """Return a statement with the marks of PostgreSQL."""
    first, *others = sql.split("?")
    return "".join([first, *(f"${number}{other}" for number, other in enumerate(others, start=1))]).encode()
