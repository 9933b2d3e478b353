"""New books on both databases, as for the tests of the store."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from postgres import Server, running
from store.conftest import address, empty_file, idle_books, new_book, server

from muster import store

__all__ = ["address", "empty_file", "idle_books", "new_book", "server"]


@pytest.fixture
def own_server() -> Iterator[Server]:
    """A server that may be killed, with a new book in the database ``empty_book``."""
    with running() as server:
        with psycopg.connect(server.address("postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE empty_book")
        store.create(server.address("empty_book"))
        yield server


@pytest.fixture
def server_book(server: Server) -> str:
    """The address of a new book on the shared server."""
    return server.address(server.new_database(like="empty_book"))
