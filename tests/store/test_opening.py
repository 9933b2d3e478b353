from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from postgres import Server
from recording import AT_MS, Desk, batch
from sqlalchemy import create_engine

from muster import store
from muster.errors import BookError
from muster.store.address import Address
from muster.store.database import Sqlite
from muster.store.opening import VERSION
from muster.store.schema import NEVER_CHANGED, metadata


def rule(act: Callable[[], object]) -> str:
    """Return the rule by which something is refused."""
    with pytest.raises(BookError) as refused:
        act()
    (fault,) = refused.value.faults
    assert len(fault.text().splitlines()) == 5
    return fault.rule


def test_create_given_a_book_there_already_then_refused_and_left_as_it_is(address: str) -> None:
    with store.open(address) as book:
        book.post(batch(Desk().event("receipt", "outside:wfp > store:kabul, 1 kg flour")), at_ms=AT_MS)
    assert rule(lambda: store.create(address)) == "S3"
    with store.open(address) as book:
        assert book.size == 1


def test_create_given_no_folder_then_it_is_made_and_nothing_else_is_left(tmp_path: Path) -> None:
    store.create(str(tmp_path / "deep" / "er" / "kabul.book"))
    assert [path.name for path in (tmp_path / "deep" / "er").iterdir()] == ["kabul.book"]


def test_create_given_a_folder_that_is_a_file_then_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    assert rule(lambda: store.create(str(tmp_path / "file" / "kabul.book"))) == "S5"


def test_open_given_nothing_or_something_else_then_says_so(tmp_path: Path, server: Server) -> None:
    assert rule(lambda: store.open(str(tmp_path / "none.book"))) == "S1"
    (tmp_path / "text.book").write_text("This is no database, however long it goes on. " * 99)
    assert rule(lambda: store.open(str(tmp_path / "text.book"))) == "S1"
    sqlite3.connect(tmp_path / "other.db").execute("CREATE TABLE t (a)").connection.close()
    assert rule(lambda: store.open(str(tmp_path / "other.db"))) == "S1"
    assert rule(lambda: store.open(server.address("postgres"))) == "S1"
    assert rule(lambda: store.open(server.address("no_such_database"))) == "S1"
    assert rule(lambda: store.open("postgresql://muster:secret@/x?host=/nowhere")) == "S1"


def test_open_given_a_book_of_another_version_then_says_so(address: str) -> None:
    with store.open(address) as book:
        book.database.run("UPDATE alembic_version SET version_num = '9999'")
    assert rule(lambda: store.open(address)) == "S4"
    assert rule(lambda: store.renew(address)) == "S4"
    database = Address(address)
    assert "secret" not in Address("postgresql://muster:secret@host/x").shown
    assert database.shown


def test_renew_given_a_book_of_this_version_then_nothing_changes(address: str) -> None:
    store.renew(address)
    with store.open(address) as book:
        assert (book.size, book.database.version()) == (0, VERSION)


@pytest.mark.parametrize("durability", ["OFF", "NORMAL"])
def test_open_given_a_connection_that_cannot_be_made_durable_then_refused(
    tmp_path: Path, empty_file: bytes, durability: str
) -> None:
    class Deaf(sqlite3.Connection):
        """A connection on which somebody holds the durability where it is."""

        def execute(self, sql: str, *values: object) -> sqlite3.Cursor:  # type: ignore[override]
            return super().execute(f"PRAGMA synchronous={durability}" if "synchronous=" in sql else sql, *values)

    (tmp_path / "kabul.book").write_bytes(empty_file)
    with closing(sqlite3.connect(tmp_path / "kabul.book", isolation_level=None, factory=Deaf)) as connection:
        assert rule(lambda: Sqlite(connection, where="kabul.book")) == "S2"


def test_open_given_a_file_then_full_durability_and_a_log_of_writes(tmp_path: Path, empty_file: bytes) -> None:
    (tmp_path / "kabul.book").write_bytes(empty_file)
    with store.open(str(tmp_path / "kabul.book")) as book:
        assert book.database.rows("PRAGMA synchronous") == [(2,)]
        assert book.database.rows("PRAGMA journal_mode") == [("wal",)]


def test_migrations_then_make_the_tables_of_the_schema(address: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    engine = create_engine(Address(address).url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == VERSION
    engine.dispose()


@pytest.mark.parametrize("table", NEVER_CHANGED)
def test_tables_that_are_never_changed_then_the_database_refuses_to(address: str, table: str) -> None:
    with store.open(address) as book:
        desk = Desk()
        receipt = desk.event("receipt", "outside:wfp > store:kabul, 1 kg flour")
        sent = desk.event("dispatch", "store:kabul > transit:WB1, 1 kg flour", on=4)
        book.post(batch(receipt, sent, desk.register(), desk.reversal(sent)), at_ms=AT_MS, offline=True)
        if table == "blocks":
            book.database.run("INSERT INTO blocks VALUES (1, 1, 1, 1, 1, ?)", [b""])
        if table == "registrations":
            book.database.run("INSERT INTO registrations VALUES (1)")
        (column,) = [column.name for column in metadata.tables[table].columns][-1:]
        for sql in (f"DELETE FROM {table}", f"UPDATE {table} SET {column} = {column}"):
            assert rule(lambda sql=sql: book.database.run(sql)) == "S7"
        if address.startswith("postgresql"):
            assert rule(lambda: book.database.run(f"TRUNCATE {table}")) == "S7"


def test_open_given_a_server_that_forgets_then_refused(server: Server) -> None:
    class Forgetful:
        """A connection to a server with fsync off."""

        def execute(self, sql: object, *values: object) -> Forgetful:
            self.sql = sql
            return self

        def fetchall(self) -> list[tuple[str]]:
            return [("off",)]

    from muster.store.postgres import Postgres

    assert rule(lambda: Postgres(Forgetful(), where="server")) == "S2"  # type: ignore[arg-type]
    assert psycopg.connect(server.address("postgres")).execute("SHOW fsync").fetchone() == ("on",)
