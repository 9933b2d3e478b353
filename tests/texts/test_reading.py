"""Texts of others are read in a process of its own, and whatever becomes of it, this one goes on."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from muster.errors import Fault, JoiningError
from muster.texts import apart, reading

MESSAGE = "A file could not be read within the bounds of memory and time."


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "a «table» ق.csv"
    path.write_text('item;quantity\nfarine de blé;600\n"two\nlines";1\n', encoding="cp1252")
    return path


def fault_of(rows: Iterator[object]) -> Fault:
    with pytest.raises(JoiningError) as refused:
        list(rows)
    return refused.value.faults[0]


def test_rows_given_a_table_then_its_rows_with_their_lines(table: Path) -> None:
    seen = reading.look(table)
    assert (seen.encoding.name, seen.delimiter.sign) == ("latin-1", ";")
    found = list(reading.rows(table, encoding="cp1252", delimiter=";"))
    assert found == [(1, ["item", "quantity"]), (2, ["farine de blé", "600"]), (3, ["two\nlines", "1"])]


def test_rows_given_a_fault_in_the_middle_then_the_rows_before_it_and_the_message(table: Path) -> None:
    table.write_bytes(table.read_bytes() + b'"never closed;1\n')
    rows = reading.rows(table, encoding="cp1252", delimiter=";")
    assert next(rows) == (1, ["item", "quantity"])
    assert fault_of(rows).rule == "J2"


def test_rows_given_a_reader_that_dies_then_a_message_and_we_live(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dies.py").write_text("import os\nos.abort()\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(apart, "__name__", "dies")
    with pytest.raises(JoiningError) as refused:
        reading.rows(table, encoding="cp1252", delimiter=";")
    fault = refused.value.faults[0]
    assert (fault.what, fault.where, fault.rule) == (MESSAGE, table.name, "J1")
    with table.open("rb") as file:
        assert fault_of(reading.lines(file, name="events.jsonl", longest=100)).what == MESSAGE


def test_rows_given_somebody_who_stops_reading_then_the_reader_is_gone(
    table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table.write_text("a;b\n" * 200_000)
    children, started = [], reading._started
    monkeypatch.setattr(reading, "_started", lambda *job, **how: children.append(started(*job, **how)) or children[-1])
    rows = reading.rows(table, encoding="utf-8", delimiter=";")
    assert next(rows) == (1, ["a", "b"])
    rows.close()  # type: ignore[attr-defined]
    assert children[0].wait(10) != 0


def test_lines_given_lines_of_any_kind_then_they_come_as_they_are(tmp_path: Path) -> None:
    data = b'{"id": 1}\n\nno json\n\xff\xfe\n' + b"x" * 500 + b"\n[" * 400 + b'\n{"last": "without an end"}'
    wanted = [b'{"id": 1}\n', b"\n", b"no json\n", b"\xff\xfe\n", b"x" * 102 + b"\n"]
    path = tmp_path / "events.jsonl"
    path.write_bytes(data)
    with path.open("rb") as file:
        found = list(reading.lines(file, name=path.name, longest=100))
    assert found[:5] == wanted
    assert found[-1] == b'{"last": "without an end"}'
    assert found == list(reading.lines(BytesIO(data), name=path.name, longest=100))


def test_lines_given_one_that_asks_for_more_memory_than_there_is_then_a_message(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"[" + b"[]," * 20_000_000 + b"[]]\n")  # 60 MB, 1.2 GB as lists
    with path.open("rb") as file:
        assert fault_of(reading.lines(file, name=path.name, longest=2**30)).what == MESSAGE
