"""Making, opening and renewing a book in a database."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from muster.economy.beside import file_beside
from muster.store.address import Address
from muster.store.database import BUSY_SECONDS, Database, Sqlite
from muster.store.faults import fault_of_database, refused
from muster.store.postgres import Postgres
from muster.store.store import Store

if TYPE_CHECKING:
    from sqlalchemy import Connection

VERSION = "0002"
"""The newest of the migrations."""


def create(address: str) -> None:
    """Make a new, empty book.

    Args:
        address: A file that is not there yet, or ``postgresql://…``, a database without a book.
    Raises:
        BookError: There is something already, or it cannot be written there (S1, S3, S5).
    """
    at = Address(address)
    if at.is_postgres:
        with closing(_connected(at)) as database:
            version = database.version()
        if version is not None:
            do = "open it, or name another database"
            raise refused("There is a book in this database already.", at.shown, f"tables {version}", do, "S3")
        _migrate(at)
        return
    if at.path.exists():
        do = "open it, or name a file that is not there yet"
        raise refused("There is something at this place already.", at.shown, at.path.name, do, "S3")
    try:
        with file_beside(at.path) as unfinished:
            _migrate(Address(str(unfinished)))
            with closing(sqlite3.connect(unfinished, isolation_level=None)) as connection:
                connection.execute("PRAGMA journal_mode=WAL")
    except OSError as error:
        do = "name a folder that exists and that you may write to"
        raise refused("The book cannot be made here.", at.shown, error.strerror or str(error), do, "S5") from error


def open_book(address: str) -> Store:
    """Open a book to read it and to write to it.

    Args:
        address: A file, or ``postgresql://…``.
    Raises:
        BookError: There is no book, or it cannot be opened (S1, S2, S4).
    """
    at = Address(address)
    return on(_connected(at), where=at.shown)


def on(database: Database, *, where: str) -> Store:
    """Return the book in a database that is open already; it is closed with the book.

    Raises:
        BookError: There is no book in it, or one of another version (S1, S4).
    """
    try:
        version = database.version()
        if version is None:
            raise refused("There is no book here.", where, "no table of a book", _MAKE_ONE, "S1")
        if version != VERSION:
            do = "renew it once with muster book renew" if version < VERSION else "take the newest muster"
            raise refused("The book was made by another version of muster.", where, f"tables {version}", do, "S4")
    except BaseException:
        database.close()
        raise
    return Store(database, where=where)


def renew(address: str) -> None:
    """Bring the tables of an older book to this version; its events stay as they are, byte for byte.

    Raises:
        BookError: There is no book (S1), it is of a newer version (S4), or cannot be written to (S5).
    """
    at = Address(address)
    with closing(_connected(at)) as database:
        version = database.version()
    if version is None:
        raise refused("There is no book here.", at.shown, "no table of a book", _MAKE_ONE, "S1")
    if version > VERSION:
        do = "take the newest muster"
        raise refused("The book was made by another version of muster.", at.shown, f"tables {version}", do, "S4")
    _migrate(at)


_MAKE_ONE = "check the address, or make a book with muster book init"


def _connected(at: Address) -> Database:
    """Return the database at an address."""
    if at.is_postgres:
        return _postgres(at)
    if not at.path.is_file():
        raise refused("There is no book here.", at.shown, "no file", _MAKE_ONE, "S1")
    try:
        connection = sqlite3.connect(at.path, timeout=BUSY_SECONDS, isolation_level=None, cached_statements=200)
    except sqlite3.Error as error:
        raise fault_of_database(error, where=at.shown, busy_seconds=BUSY_SECONDS) from error
    try:
        return Sqlite(connection, where=at.shown)
    except BaseException:
        connection.close()
        raise


def _postgres(at: Address) -> Database:
    try:
        import psycopg
    except ImportError as error:
        do = "install it: pip install 'muster[postgres]'"
        raise refused("The library for PostgreSQL is not installed.", at.shown, "psycopg", do, "S1") from error
    try:
        connection = psycopg.connect(at.text, autocommit=True)
    except psycopg.Error as error:
        said = " ".join(str(error).split())
        do = "check the address, and that the server runs and lets you in"
        raise refused("The database cannot be reached.", at.shown, said, do, "S1") from error
    return Postgres(connection, where=at.shown)


def _migrate(at: Address, *, version: str = VERSION) -> None:
    """Bring the tables to a version; all of it or nothing."""
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine, event
    from sqlalchemy.exc import DBAPIError
    from sqlalchemy.pool import NullPool

    engine = create_engine(at.url, poolclass=NullPool)
    if not at.is_postgres:  # the driver would end a transaction before a table is made

        @event.listens_for(engine, "connect")
        def by_hand(connection: sqlite3.Connection, record: object) -> None:
            connection.isolation_level = None

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, version)
    except DBAPIError as error:
        cause = error.orig if isinstance(error.orig, Exception) else error
        raise fault_of_database(cause, where=at.shown, busy_seconds=BUSY_SECONDS) from error
