"""Workbooks: what sheets hold, and hostile ones, which end in a message."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from muster.joining.opening import RawRow, look, open_table
from muster.joining.rules import JoiningError

FILES = Path(__file__).parent / "files"
Workbook = Callable[..., Path]
SMALL = [["item", "quantity"], ["flour", 12]]


def rows(path: Path, sheet: str = "") -> list[RawRow]:
    return list(open_table(path, sheet=sheet).rows)


def refused(path: Path) -> Any:
    with pytest.raises(JoiningError) as caught:
        look(path)
    [fault] = caught.value.faults
    assert fault.rule == "J1"
    return fault


def rezipped(path: Path, change: Callable[[str, bytes], bytes], *, level: int = 6) -> Path:
    """Rewrite the parts of a workbook in place."""
    old = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return path


def with_cells(path: Path, xml: bytes) -> Path:
    """Put rows of XML at the end of the first sheet."""
    end = b"</sheetData>"
    return rezipped(path, lambda name, data: data.replace(end, xml + end) if name.endswith("sheet1.xml") else data)


def test_open_table_given_cells_of_every_kind_then_text_and_its_kind(workbook: Workbook) -> None:
    line = ["flour", 29.350000000000001, 1e15, date(2026, 11, 3), datetime(2026, 11, 3, 14, 5), True, "007"]
    [_, row] = rows(workbook([["a", "b", "c", "d", "e", "f", "g"], line]))
    assert row.cells == ["flour", "29.35", "1000000000000000", "2026-11-03", "2026-11-03 14:05:00", "yes", "007"]
    assert row.kinds == "tnnddbt"


def test_open_table_given_an_error_of_a_formula_then_its_kind_says_so(workbook: Workbook) -> None:
    path = workbook(SMALL, change=lambda book, sheet: sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!"))
    assert (rows(path)[1].cells, rows(path)[1].kinds) == (["flour", "#DIV/0!"], "te")


def test_open_table_given_a_table_further_right_and_down_then_lines_and_columns_are_those_of_the_sheet(
    workbook: Workbook,
) -> None:
    [head, row] = rows(workbook([[], [], ["", "", "item"], [], ["", "", "flour"]]))
    assert (head.line, head.cells, row.line, row.cells) == (3, ["", "", "item"], 5, ["", "", "flour"])


def test_open_table_given_merged_cells_then_each_row_holds_what_is_shown() -> None:
    table = open_table(FILES / "input-merged.xlsx")
    data = {row.line: row.cells for row in table.rows}
    assert [data[line][3] for line in (4, 5, 6)] == ["ACNUR", "UNICEF", "UNICEF"]
    assert {data[line][8] for line in (4, 5, 6, 7)} == {"1 March 2015"}
    assert (table.merged[6, 3], table.merged[4, 8]) == ((5, 6), (4, 7))
    assert (4, 3) not in table.merged


def test_look_given_several_sheets_then_the_largest_first() -> None:
    assert look(FILES / "input-quality.xlsx").sheets == ("input-quality-hxl", "input-quality-no-hxl")


def test_open_table_given_several_sheets_and_no_name_then_asks_which(workbook: Workbook) -> None:
    path = workbook(SMALL, sheets={"Notes": [["x"]], "Empty": []})
    with pytest.raises(JoiningError) as caught:
        open_table(path)
    assert caught.value.faults[0].seen == "Stock, Notes"
    assert rows(path, "Notes")[0].cells == ["x"]


def test_open_table_given_no_such_sheet_then_names_those_there_are(workbook: Workbook) -> None:
    with pytest.raises(JoiningError) as caught:
        open_table(workbook(SMALL), sheet="Stocks")
    assert caught.value.faults[0].what == "There is no such sheet in the workbook."


def test_look_given_a_workbook_without_cells_then_says_so(workbook: Workbook) -> None:
    assert refused(workbook([])).what == "A workbook is empty."


def test_look_given_text_called_xlsx_then_it_is_read_as_text(tmp_path: Path) -> None:
    path = tmp_path / "table.xlsx"
    path.write_text("item;quantity\nflour;12\n")
    assert not look(path).workbook


def test_look_given_a_kilobyte_with_the_first_and_the_last_cell_then_refused(workbook: Workbook) -> None:
    path = with_cells(workbook(SMALL), b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
    fault = refused(path)
    assert path.stat().st_size < 8_192
    assert fault.what == "The workbook is too large to be read."
    assert fault.seen == "the cells of sheet Stock span 1,048,576 rows and 16,384 columns"


def test_look_given_the_last_corner_without_references_then_this_process_survives(workbook: Workbook) -> None:
    cells = b"<c><v>1</v></c>" * 16_384
    path = with_cells(workbook(SMALL), b'<row r="3">' + cells + b'</row><row r="1048576"><c><v>1</v></c></row>')
    assert "workbook" in refused(path).what.lower()


def test_look_given_a_zip_bomb_then_refused_from_its_directory(workbook: Workbook) -> None:
    path = with_cells(workbook(SMALL), b'<row r="3"><c r="A3"><v>1</v></c></row>' * 10**6)
    fault = refused(path)
    assert fault.what == "This workbook grows too large when it is unpacked."
    assert path.stat().st_size < 2**20


def test_look_given_a_string_of_many_megabytes_then_a_message_or_a_cell_and_no_crash(workbook: Workbook) -> None:
    text = os.urandom(9 * 2**20).hex().encode()
    path = with_cells(workbook(SMALL), b'<row r="3"><c r="A3" t="inlineStr"><is><t>' + text + b"</t></is></c></row>")
    assert [len(row.cells[0]) for row in rows(path)] == [4, 5, len(text)]


def test_look_given_a_packed_string_of_many_megabytes_then_refused(workbook: Workbook) -> None:
    text = b"a" * (40 * 2**20)
    path = with_cells(workbook(SMALL), b'<row r="3"><c r="A3" t="inlineStr"><is><t>' + text + b"</t></is></c></row>")
    assert refused(path).what == "This workbook grows too large when it is unpacked."


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml"])
def test_look_given_entities_then_refused_before_they_grow(workbook: Workbook, part: str) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'

    def declared(name: str, data: bytes) -> bytes:
        return data.replace(b"?>", b"?>" + bomb, 1) if name == part else data

    fault = refused(rezipped(workbook(SMALL), declared))
    assert fault.seen == f"its part {part} declares entities"


def test_look_given_a_workbook_with_macros_then_its_cells_are_read_and_nothing_runs(workbook: Workbook) -> None:
    path = workbook(SMALL)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0" + bytes(500))
    assert rows(path)[1].cells == ["flour", "12"]


@pytest.mark.parametrize("cut", [40, 600, 2_000, -30])
def test_look_given_a_truncated_workbook_then_a_message(workbook: Workbook, cut: int) -> None:
    path = workbook(SMALL)
    path.write_bytes(path.read_bytes()[:cut])
    assert refused(path).what == "This is not an Excel workbook, or it is damaged."


def test_look_given_another_zip_file_then_a_message(tmp_path: Path) -> None:
    path = tmp_path / "table.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    assert refused(path).what == "This is not an Excel workbook (.xlsx)."


def test_look_given_broken_xml_then_a_message(workbook: Workbook) -> None:
    path = rezipped(workbook(SMALL), lambda name, data: data[:100] if name == "xl/workbook.xml" else data)
    assert refused(path).what == "The workbook is damaged, or is something else."


def test_open_table_given_a_sheet_merged_from_end_to_end_then_refused_within_bounds(workbook: Workbook) -> None:
    lines = [["x"] * 300 for _ in range(2_000)]
    merge = b'<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells></worksheet>'

    def merged(name: str, data: bytes) -> bytes:
        return data.replace(b"</worksheet>", merge) if name.endswith("sheet1.xml") else data

    with pytest.raises(JoiningError) as caught:
        open_table(rezipped(workbook(lines), merged))
    assert caught.value.faults[0].what == "More than 500,000 cells of a sheet are merged."


def test_look_given_a_pipe_or_a_folder_then_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    for path in (tmp_path / "pipe.csv", tmp_path):
        with pytest.raises(JoiningError) as caught:
            look(path)
        assert caught.value.faults[0].what == "This is no file."
