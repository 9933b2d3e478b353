"""Books for the tests of commands, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from books_at_hand import Hand
from postgres import Server, running


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A server of PostgreSQL."""
    with running() as server:
        yield server


@pytest.fixture
def hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Hand:
    """Somebody with a new book in a file, in a folder of their own; nobody is said to record."""
    return _at_work("kabul.book", tmp_path, monkeypatch, capsys)


@pytest.fixture(params=["sqlite", "postgresql"])
def either(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Hand:
    """The same, in a file and in a database of PostgreSQL."""
    if request.param == "sqlite":
        return _at_work("kabul.book", tmp_path, monkeypatch, capsys)
    server: Server = request.getfixturevalue("server")
    return _at_work(server.address(server.new_database()), tmp_path, monkeypatch, capsys)


def _at_work(book: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Hand:
    monkeypatch.chdir(folder)
    for name in ("MUSTER_BY", "MUSTER_UNIT", "MUSTER_KEY"):
        monkeypatch.delenv(name, raising=False)
    hand = Hand(book, capsys, folder)
    hand.types("init")
    return hand
