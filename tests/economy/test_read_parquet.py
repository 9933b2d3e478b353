"""Parquet: typed columns are checked like text, and a damaged file is a message."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from muster.economy import apart
from muster.economy.economy import Economy
from muster.economy.read import parse
from muster.economy.tables import LINE
from muster.errors import Fault

Make = Callable[..., Path]
COLUMNS = {"place": ["depot", "hill"], "resource": ["flour", "flour"]}


def with_stocks(make: Make, **columns: object) -> Path:
    folder = make({"stocks.csv": None})
    pl.DataFrame({**COLUMNS, **columns}).write_parquet(folder / "stocks.parquet")
    return folder


def parsed(folder: Path) -> tuple[Economy, list[Fault]]:
    economy, faults = parse(folder)
    assert economy is not None
    return economy, faults


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [
        (pl.Series([42.5, 0.1]), [42.5, 0.1]),
        (pl.Series([42.5, 0.1], dtype=pl.Float32), [42.5, 0.1]),
        (pl.Series([42, 6], dtype=pl.UInt8), [42.0, 6.0]),
        (pl.Series([Decimal("42.50"), Decimal("0.10")]), [42.5, 0.1]),
        (pl.Series(["42.5", " 6 "]), [42.5, 6.0]),
        (pl.Series(["42.5", "6"], dtype=pl.Categorical), [42.5, 6.0]),
    ],
)
def test_parse_given_any_type_of_number_then_it(make: Make, quantity: pl.Series, expected: list[float]) -> None:
    economy, faults = parsed(with_stocks(make, quantity=quantity))
    assert faults == []
    assert economy.stocks["quantity"].to_list() == expected
    assert economy.stocks[LINE].to_list() == [2, 3]
    assert economy.file("stocks") == "stocks.parquet"


@pytest.mark.parametrize(
    "expires",
    [pl.Series([date(2027, 3, 1), None]), pl.Series([datetime(2027, 3, 1), None]), pl.Series(["2027-03-01", None])],
)
def test_parse_given_any_type_of_date_then_it(make: Make, expires: pl.Series) -> None:
    economy, faults = parsed(with_stocks(make, quantity=[1, 2], expires=expires))
    assert (faults, economy.stocks["expires"].to_list()) == ([], [date(2027, 3, 1), None])


@pytest.mark.parametrize(
    ("columns", "where", "says"),
    [
        ({"quantity": [1.0, float("nan")]}, "stocks.parquet:3, column quantity", "placeholder"),
        ({"quantity": [1.0, float("inf")]}, "stocks.parquet:3, column quantity", "is infinite"),
        ({"quantity": [-1.0, 1.0]}, "stocks.parquet:2, column quantity", "is negative"),
        ({"quantity": [None, 1.0]}, "stocks.parquet:2, column quantity", "must be filled"),
        (
            {"quantity": [1, 2], "expires": [datetime(2027, 3, 1, 12), None]},
            "stocks.parquet:2, column expires",
            "YYYY-MM-DD",
        ),
        (
            {"quantity": [1, 2], "lot": [[1], [2]]},
            "stocks.parquet:1, column lot",
            "of a type that cannot stand in a table",
        ),
        ({"quantity": [1, 2], "lots": ["a", "b"]}, "stocks.parquet:1", "no column of this name"),
        ({"quantity": [1, 2], "lot": ["a\r\nb", "=1"]}, "stocks.parquet:3, column lot", 'begins with "="'),
    ],
)
def test_parse_given_cells_at_fault_then_as_in_csv(
    make: Make, columns: dict[str, object], where: str, says: str
) -> None:
    _, faults = parsed(with_stocks(make, **columns))
    assert [(fault.where, says in fault.what) for fault in faults] == [(where, True)]


def test_parse_given_text_with_other_line_breaks_then_one_kind(make: Make) -> None:
    economy, _ = parsed(with_stocks(make, quantity=[1, 2], lot=["a\r\nb", "c\rd"]))
    assert economy.stocks["lot"].to_list() == ["a\nb", "c\nd"]


def test_parse_given_a_damaged_file_then_a_message_and_the_others_are_read(make: Make) -> None:
    folder = with_stocks(make, quantity=[1, 2])
    pl.DataFrame({"place": ["hill"], "class": [None], "capacity_t": [3]}).write_parquet(folder / "stores.parquet")
    whole = (folder / "stocks.parquet").read_bytes()
    (folder / "stocks.parquet").write_bytes(whole[:20] + bytes(40) + whole[60:])
    economy, faults = parsed(folder)
    assert [(fault.where, fault.rule) for fault in faults] == [("stocks.parquet", "F1")]
    assert economy.stores["capacity_t"].to_list() == [3.0]


@pytest.mark.parametrize("data", [b"", b"PAR1", b"place,resource\n", b"PAR1" + b"\xff" * 200 + b"\xff\xff\xff\x7fPAR1"])
def test_parse_given_something_else_called_parquet_then_a_message(make: Make, data: bytes) -> None:
    economy, faults = parsed(make({"stocks.csv": None, "stocks.parquet": data}))
    assert [(fault.where, fault.rule) for fault in faults] == [("stocks.parquet", "F1")]
    assert economy.stocks.is_empty()


def test_parse_given_a_reader_that_is_ended_then_only_that_file_is_blamed(
    make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "ends_at_stocks.py"
    program.write_text(
        f"import os, sys; sys.path.insert(0, {str(Path(apart.__file__).parent)!r})\n"
        "import apart\n"
        "real = apart.answer\n"
        "apart.answer = lambda job: os.abort() if 'stocks' in job['path'] else real(job)\n"
        "apart.main()\n"
    )
    folder = with_stocks(make, quantity=[1, 2])
    for table in ("people", "stores"):
        pl.DataFrame({"place": ["hill"], "group": ["all"], "people": [3], "capacity_t": [3]}).select(
            ["place", "group", "people"] if table == "people" else ["place", "capacity_t"]
        ).write_parquet(folder / f"{table}.parquet")
    (folder / "people.csv").unlink()
    monkeypatch.setattr(apart, "__file__", str(program))
    economy, faults = parsed(folder)
    assert [(fault.where, fault.seen) for fault in faults] == [("stocks.parquet", "the reader ended with status -6")]
    assert (economy.people.height, economy.stores.height) == (1, 1)


def test_answer_given_a_file_then_text_columns_and_what_was_refused(tmp_path: Path) -> None:
    pl.DataFrame({"a": [1.5, None], "b": [[1], []], "c": [True, False], "d": [b"x", b"y"]}).write_parquet(
        tmp_path / "x.parquet"
    )
    told = apart.answer({"path": str(tmp_path / "x.parquet"), "to": str(tmp_path / "x.arrow")})
    assert told == {"columns": ["a", "b", "c", "d"], "refused": {"b": "List(Int64)", "d": "Binary"}}
    assert pl.read_ipc((tmp_path / "x.arrow").read_bytes()).rows() == [
        ("1.5", None, "true", None),
        (None, None, "false", None),
    ]


def test_answer_given_too_many_rows_then_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pl.DataFrame({"a": [1, 2, 3]}).write_parquet(tmp_path / "x.parquet")
    monkeypatch.setattr(apart, "MOST_ROWS", 2)
    assert apart.answer({"path": str(tmp_path / "x.parquet"), "to": ""}) == {"too_large": "it has 3 rows"}


def test_answer_given_no_memory_then_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_memory(path: str, *, to: str) -> None:
        raise MemoryError

    monkeypatch.setattr(apart, "read_parquet", no_memory)
    assert "memory" in apart.answer({"path": "", "to": ""})["too_large"]


def test_parse_given_too_many_columns_then_one_message(make: Make) -> None:
    _, faults = parsed(with_stocks(make, **{f"x{i}": [1, 2] for i in range(1_500)}))
    assert [fault.what for fault in faults] == ["A table has 1,502 columns."]


@pytest.mark.parametrize(
    ("series", "text"),
    [
        (pl.Series([datetime(2026, 11, 1, 13, 5)]), ["2026-11-01 13:05:00"]),
        (pl.Series([datetime(2026, 11, 1), None]), ["2026-11-01", None]),
        (pl.Series([True, None]), ["true", None]),
        (pl.Series([None]), [None]),
        (pl.Series([1e-7, 1e22]), ["1e-7", "1e+22"]),
    ],
)
def test_text_of_given_a_column_then_its_text(series: pl.Series, text: list[str | None]) -> None:
    assert apart.text_of(series).to_list() == text


def test_text_of_given_a_column_of_lists_then_none() -> None:
    assert apart.text_of(pl.Series([[1]])) is None
