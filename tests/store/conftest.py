"""Every test of the store runs on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from postgres import Server, running

from muster import store


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


@pytest.fixture(params=["sqlite", "postgresql"])
def new_book(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """Make a new book and return its address."""
    made = iter(range(1_000_000))

    def sqlite() -> str:
        path = tmp_path / f"{next(made)}.book"
        path.write_bytes(request.getfixturevalue("empty_file"))
        return str(path)

    def postgresql() -> str:
        server: Server = request.getfixturevalue("server")
        return server.address(server.new_database(like="empty_book"))

    return sqlite if request.param == "sqlite" else postgresql


@pytest.fixture
def address(new_book: Callable[[], str]) -> str:
    """The address of a new book."""
    return new_book()
