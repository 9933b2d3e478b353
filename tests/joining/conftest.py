"""Small files of others, and mappings of which a test changes one thing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from joining_files import HEADER, RECEIPTS

from muster.joining.batch import Batch
from muster.joining.mapping_toml import from_toml
from muster.joining.rows import read_batch
from muster.texts import apart, reading

Read = Callable[..., Batch]


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts are read here: a process for each of thousands takes its time, and ``tests/texts`` has them."""
    monkeypatch.setattr(reading, "_told", lambda job, *, file: apart.answers(job))


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Return a function that reads rows by a mapping: ``read("1,03/11/2026,…", RECEIPTS)``."""

    def read_rows(
        rows: str | bytes, mapping: str = RECEIPTS, *, header: str = HEADER, name: str = "receipts.csv"
    ) -> Batch:
        path = tmp_path / name
        path.write_bytes(rows if isinstance(rows, bytes) else (header + rows).encode())
        return read_batch(path, from_toml(mapping, file="depot.toml"))

    return read_rows


Workbook = Callable[..., Path]


@pytest.fixture
def workbook(tmp_path: Path) -> Workbook:
    """Return a function that writes a workbook of plain values; ``change(book, sheet)`` may add more to the first."""

    def written(
        rows: Sequence[Sequence[Any]],
        *,
        sheets: dict[str, Sequence[Sequence[Any]]] | None = None,
        change: Callable[[Any, Any], object] | None = None,
    ) -> Path:
        path = tmp_path / "book.xlsx"
        with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
            for name, lines in {"Stock": rows, **(sheets or {})}.items():
                sheet = book.add_worksheet(name)
                for i, line in enumerate(lines):
                    sheet.write_row(i, 0, line)
                if name == "Stock" and change:
                    change(book, sheet)
        return path

    return written
