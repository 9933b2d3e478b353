"""Every test of the store runs on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from postgres import Server, running

from muster import store
from muster.store.opening import VERSION
from muster.store.schema import metadata


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A server with a template ``empty_book``."""
    with running() as server:
        with psycopg.connect(server.address("postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE empty_book")
        store.create(server.address("empty_book"))
        yield server


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a new book in a file."""
    path = tmp_path_factory.mktemp("empty") / "empty.book"
    store.create(str(path))
    return path.read_bytes()


@pytest.fixture(scope="session")
def idle_books() -> list[str]:
    """Addresses of books in PostgreSQL that tests are done with: a new database is several hundred files."""
    return []


@pytest.fixture(params=["sqlite", "postgresql"])
def new_book(request: pytest.FixtureRequest, tmp_path: Path, idle_books: list[str]) -> Iterator[Callable[[], str]]:
    """Make a new book and return its address."""
    made: list[str] = []

    def sqlite() -> str:
        path = tmp_path / f"{len(made)}.book"
        path.write_bytes(request.getfixturevalue("empty_file"))
        made.append(str(path))
        return str(path)

    def postgresql() -> str:
        server: Server = request.getfixturevalue("server")
        address = emptied(idle_books.pop()) if idle_books else server.address(server.new_database(like="empty_book"))
        made.append(address)
        return address

    yield sqlite if request.param == "sqlite" else postgresql
    if request.param == "postgresql":
        idle_books += made


def emptied(address: str) -> str:
    """Empty a book past all guards, and return its address."""
    with psycopg.connect(address) as connection:
        connection.execute("SET session_replication_role = replica")
        for table in metadata.tables:
            connection.execute(f"DELETE FROM {table}".encode())
        connection.execute("INSERT INTO state VALUES (1, 0, '', 0, 0, 0)")
        connection.execute("UPDATE alembic_version SET version_num = %s", [VERSION])
    return address


@pytest.fixture
def empty(empty_file: bytes) -> Callable[[str], None]:
    """Empty a book that nobody has open."""

    def do(address: str) -> None:
        if address.startswith("postgresql"):
            emptied(address)
        else:
            for ending in ("", "-wal", "-shm"):
                Path(address + ending).unlink(missing_ok=True)
            Path(address).write_bytes(empty_file)

    return do


@pytest.fixture
def address(new_book: Callable[[], str]) -> str:
    """The address of a new book."""
    return new_book()
