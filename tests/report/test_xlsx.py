import zipfile
from pathlib import Path

import plans_by_hand
import plans_on_a_map
import polars as pl
import pytest
from plans_on_a_map import HOSTILE
from python_calamine import CalamineWorkbook

from muster.plan.tables import PLAN_TABLES
from muster.report import xlsx


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("book") / "plan.xlsx"
    xlsx.write(plans_on_a_map.plan(places=3), path)
    return path


def rows(path: Path, sheet: str) -> list[list[object]]:
    return CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python()  # type: ignore[return-value]


def test_write_given_a_plan_then_a_summary_and_a_sheet_per_table(book: Path) -> None:
    assert CalamineWorkbook.from_path(book).sheet_names == ["summary", *PLAN_TABLES, "sources"]
    summary = {str(row[0]): row[1] for row in rows(book, "summary") if row[0]}
    assert summary["People below the floor, when they are most"] == 3000
    assert str(summary["In one sentence"]).startswith("3\u202f000 of 4\u202f500 people fall below the survival floor")


def test_write_given_ids_then_names_stand_beside_them(book: Path) -> None:
    head, *met = rows(book, "met")
    assert head[:8] == ["place", "place name", "group", "group name", "need", "need name", "period", "period name"]
    assert met[0][:8] == ["p0", HOSTILE, "poor", "Poor", "energy", "Food energy", 0, "November 2026"]
    assert rows(book, "reserves")[1][:2] == ["", "all places together"]


def test_write_given_a_plan_then_every_table_has_all_its_rows_and_numbers(tmp_path: Path) -> None:
    plan = plans_by_hand.plan()
    xlsx.write(plan, tmp_path / "plan.xlsx")
    for name in PLAN_TABLES:
        frame = getattr(plan, "reasons" if name == "why" else name)
        head, *found = rows(tmp_path / "plan.xlsx", name)
        for column in frame.columns:
            at = head.index(column)
            written = [None if row[at] == "" else row[at] for row in found]
            numeric = frame[column].dtype == pl.Float64
            # A cell holds sixteen digits.
            expected = pytest.approx(frame[column].to_list(), rel=1e-15) if numeric else frame[column].to_list()
            assert written == expected, (name, column)


def test_write_given_words_like_a_formula_then_they_stay_words(book: Path) -> None:
    with zipfile.ZipFile(book) as file:
        sheets = [file.read(name).decode() for name in file.namelist() if name.startswith("xl/worksheets/sheet")]
    assert not any("<f>" in sheet or "<hyperlink" in sheet for sheet in sheets)


def test_write_given_a_sheet_then_its_header_stays_and_filters(book: Path) -> None:
    with zipfile.ZipFile(book) as file:
        met = file.read("xl/worksheets/sheet2.xml").decode()
    assert 'state="frozen"' in met and "<autoFilter" in met


def test_write_given_the_same_plan_then_the_same_bytes(book: Path, tmp_path: Path) -> None:
    xlsx.write(plans_on_a_map.plan(places=3), tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == book.read_bytes()


def test_write_given_more_rows_than_a_sheet_holds_then_the_summary_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx, "MOST_ROWS", 10)
    xlsx.write(plans_on_a_map.plan(places=3), tmp_path / "plan.xlsx")
    summary = {str(row[0]): row[1] for row in rows(tmp_path / "plan.xlsx", "summary")}
    assert summary["Rows of met that this workbook cannot hold; met.csv has all"] == 36 - 10
    assert len(rows(tmp_path / "plan.xlsx", "met")) == 11


def test_write_given_a_folder_that_is_not_there_then_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        xlsx.write(plans_by_hand.plan(), tmp_path / "no" / "plan.xlsx")
