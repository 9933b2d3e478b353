"""XLSX: what sheets may hold, and hostile files that must end in a message."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from muster.economy import apart, guard
from muster.economy.economy import Economy
from muster.economy.read import parse
from muster.economy.tables import LINE
from muster.errors import Fault

Sheets = dict[str, list[list[Any]]]

SMALL: Sheets = {
    "economy": [["key", "value"], ["start", date(2026, 11, 1)], ["period", "month"], ["periods", 3]],
    "resources": [["resource", "unit", "pooled"], ["flour", "t", False], ["usd", "usd", True]],
    "places": [["place", "name"], [1, "Depot"], ["hill", "Hill"]],
    "stocks": [["place", "resource", "quantity", "expires"], [1, "flour", 42.5, date(2027, 3, 1)]],
}


def workbook(path: Path, sheets: Sheets, change: Callable[[Any, Any], object] | None = None) -> Path:
    """Write sheets of plain values; ``change(book, sheet "stocks")`` may add what a value cannot say."""
    book = xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for i, row in enumerate(rows):
            sheet.write_row(i, 0, row)
        if name == "stocks" and change:
            change(book, sheet)
    book.close()
    return path


@pytest.fixture
def small(tmp_path: Path) -> Callable[..., Path]:
    def written(sheets: Sheets | None = None, change: Callable[[Any, Any], object] | None = None) -> Path:
        return workbook(tmp_path / "small.xlsx", {**SMALL, **(sheets or {})}, change)

    return written


Small = Callable[..., Path]


def parsed(path: Path) -> tuple[Economy, list[Fault]]:
    economy, faults = parse(path)
    assert economy is not None
    return economy, faults


def only(path: Path) -> Fault:
    _, faults = parse(path)
    assert len(faults) == 1, "\n".join(fault.text() for fault in faults)
    return faults[0]


def rezipped(path: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """Rewrite the parts of a workbook in place."""
    old = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return path


def with_cells(path: Path, xml: bytes) -> Path:
    """Put rows of XML at the end of the sheet ``stocks`` (the fourth)."""
    end = b"</sheetData>"
    return rezipped(path, lambda name, data: data.replace(end, xml + end) if name.endswith("sheet4.xml") else data)


def test_parse_given_real_cells_then_dates_numbers_ids_and_yes_or_no(small: Small) -> None:
    economy, faults = parsed(small())
    assert faults == []
    assert economy.horizon.start == date(2026, 11, 1)
    assert economy.places["place"].to_list() == ["1", "hill"]
    assert economy.resources["pooled"].to_list() == [False, True]
    assert economy.stocks.rows() == [("1", "flour", 42.5, None, None, date(2027, 3, 1), 2)]
    assert economy.file("stocks") == "stocks"


def test_parse_given_text_where_numbers_and_dates_are_meant_then_it_is_read_like_csv(small: Small) -> None:
    stocks = [
        ["place", "resource", "quantity", "expires"],
        ["1", "flour", " 42.5 ", "2027-03-01"],
        ["hill", "flour", "1,5", ""],
    ]
    economy, faults = parsed(small({"stocks": stocks}))
    assert economy.stocks["quantity"].to_list() == [42.5, None]
    assert [(fault.where, fault.do) for fault in faults] == [("stocks:3, column quantity", "write 1.5")]


def test_parse_given_a_table_that_begins_further_down_then_lines_are_those_of_the_sheet(small: Small) -> None:
    rows: list[list[Any]] = [
        [],
        [],
        ["", "place", "resource", "quantity"],
        [],
        ["", "hill", "flour", 1],
        ["", "hill", "flour", "x"],
    ]
    economy, faults = parsed(small({"stocks": rows}))
    assert economy.stocks[LINE].to_list() == [5, 6]
    assert [fault.where for fault in faults] == ["stocks:6, column quantity"]


def test_parse_given_hidden_rows_and_sheets_then_they_are_read(small: Small) -> None:
    def hide(book: Any, sheet: Any) -> None:
        sheet.set_row(1, None, None, {"hidden": True})
        sheet.hide()

    assert parsed(small(change=hide))[0].stocks.height == 1


def test_parse_given_merged_cells_then_a_fault(small: Small) -> None:
    fault = only(small(change=lambda book, sheet: sheet.merge_range(1, 0, 2, 0, "hill")))
    assert (fault.what, fault.where, fault.seen, fault.rule) == ("Cells are merged.", "stocks:2", "column A", "F5")


def test_parse_given_an_error_of_a_formula_then_a_fault_at_its_cell(small: Small) -> None:
    def broken(book: Any, sheet: Any) -> None:
        sheet.write_formula(1, 2, "=1/0", None, "#DIV/0!")
        sheet.write_formula(1, 3, "=NA()", None, "#N/A")

    _, faults = parsed(small(change=broken))
    assert [(fault.where, fault.seen, fault.what) for fault in faults] == [
        ("stocks:2, column quantity", "#DIV/0!", "A cell holds an error of a formula."),
        ("stocks:2, column expires", "#N/A", 'A cell holds a placeholder for "not available".'),
    ]


def test_parse_given_a_formula_then_its_value(small: Small) -> None:
    economy, faults = parsed(small(change=lambda book, sheet: sheet.write_formula(1, 2, "=40+2", None, 42)))
    assert (faults, economy.stocks["quantity"][0]) == ([], 42.0)


def test_parse_given_a_time_beside_the_date_then_a_fault(small: Small) -> None:
    stocks = [*SMALL["stocks"][:1], [1, "flour", 1, datetime(2027, 3, 1, 13, 5)]]
    assert only(small({"stocks": stocks})).do == "write 2027-03-01"


def test_parse_given_sheets_of_other_names_then_faults_but_not_for_notes_and_empty_ones(small: Small) -> None:
    fault = only(small({"Arrivals": [["x"]], "Sheet1": [], "Notes": [["x"]]}))
    assert (fault.where, fault.rule) == ("Arrivals", "F2")
    assert 'did you mean "arrivals"?' in fault.do


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (None, "The settings of the economy are missing"),
        ([["key", "value"]], 'The setting "start" is missing'),
        ([*SMALL["economy"], ["start", "2026-12-01"]], "A setting is there twice"),
        ([*SMALL["economy"], ["goal", "floor"]], 'There is no setting "goal"'),
        ([*SMALL["economy"], ["step", "wide"]], "The step is not a number"),
        ([*SMALL["economy"], ["goals", "floor, nrm"]], 'There is no goal "nrm"'),
    ],
)
def test_parse_given_settings_at_fault_then_says_which(small: Small, rows: list[list[Any]] | None, says: str) -> None:
    path = small({"economy": rows} if rows else {"economy": [], "notes": []})
    if rows is None:
        path = workbook(path, {name: sheet for name, sheet in SMALL.items() if name != "economy"})
    faults = parse(path)[1]
    assert any(says in fault.what and fault.where.startswith("economy") for fault in faults)


def test_parse_given_all_settings_then_all_are_read(small: Small) -> None:
    more = [["title", 2026], ["goals", "norm; effort"], ["step", 0.1], ["slack", "0.01"], ["", ""], ["goal", ""]]
    economy, faults = parsed(small({"economy": [*SMALL["economy"], *more]}))
    assert faults == []
    assert (economy.title, economy.goals, economy.step, economy.slack) == ("2026", ("norm", "effort"), 0.1, 0.01)


def test_parse_given_an_empty_sheet_for_a_table_then_says_so(small: Small) -> None:
    fault = only(small({"places": []}))
    assert (fault.what, fault.where) == ("A sheet is empty.", "places")


def test_parse_given_no_sheet_for_a_required_table_then_says_so(tmp_path: Path) -> None:
    path = workbook(tmp_path / "x.xlsx", {name: rows for name, rows in SMALL.items() if name != "places"})
    assert only(path).what == "The table places is missing."


def test_parse_given_shapes_without_a_header_then_says_how(small: Small) -> None:
    fault = only(small({"places.geojson": [['{"type":"FeatureCollection","features":[]}']]}))
    assert (fault.rule, fault.where) == ("F13", "places.geojson:1")


def test_parse_given_too_many_columns_then_one_message(small: Small) -> None:
    assert only(small({"stocks": [["x"] * 2_000]})).what == "A table has 2,000 columns."


def test_parse_given_a_cell_in_the_last_corner_then_refused_before_memory_ends(small: Small) -> None:
    path = with_cells(small(), b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
    fault = only(path)
    assert fault.what == "The workbook is too large to be read."
    assert fault.seen == "the cells of sheet stocks span 1,048,576 rows and 16,384 columns"


def test_parse_given_a_reader_that_is_ended_by_the_system_then_a_message(
    small: Small, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "ends.py"
    program.write_text("import os; os.abort()")
    monkeypatch.setattr(apart, "__file__", str(program))
    fault = only(small())
    assert fault.what == "The workbook could not be read within the bounds of memory and time."
    assert fault.seen == "the reader ended with status -6"


def test_parse_given_a_reader_that_never_ends_then_a_message(
    small: Small, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "sleeps.py"
    program.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(apart, "__file__", str(program))
    monkeypatch.setattr(guard, "SECONDS", 0.2)
    assert only(small()).seen == "the reader took longer than 0.2 seconds"


def test_bound_given_a_process_of_its_own_then_memory_ends_where_it_says() -> None:
    folder = str(Path(apart.__file__).parent)
    code = f"import sys; sys.path.insert(0, {folder!r}); import apart; apart.bound(); bytearray(2 * apart.MEMORY_BYTES)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "MemoryError" in done.stderr


@pytest.mark.parametrize("size", [20 * 2**20, 600 * 2**20])
def test_parse_given_a_zip_bomb_then_refused_from_its_directory(small: Small, size: int) -> None:
    path = small()
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/more.xml", "w") as part:
        for _ in range(size // 2**20):
            part.write(bytes(2**20))
    fault = only(path)
    assert fault.what == "This workbook grows too large when it is unpacked."
    assert "bytes that become" in fault.seen


def test_parse_given_thousands_of_parts_then_refused(small: Small) -> None:
    path = small()
    with zipfile.ZipFile(path, "a") as archive:
        for i in range(2_100):
            archive.writestr(f"xl/{i}.xml", "")
    assert only(path).what == "This workbook has too many parts."


def test_parse_given_a_part_that_is_there_twice_then_refused(small: Small) -> None:
    path = small()
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("xl/workbook.xml", "<workbook/>")
    assert only(path).what == "This workbook has a part twice."


def test_parse_given_entities_that_grow_without_end_then_a_message(small: Small) -> None:
    entities = b"".join(b'<!ENTITY l%d "%s">' % (i, b"&l%d;" % (i - 1) * 10 if i else b"lol") for i in range(10))

    def laughing(name: str, data: bytes) -> bytes:
        if name != "xl/workbook.xml":
            return data
        return data.replace(b"<workbook", b"<!DOCTYPE w [" + entities + b"]><workbook", 1).replace(
            b"</workbook>", b"&l9;</workbook>"
        )

    assert only(rezipped(small(), laughing)).what == "The workbook is damaged, or is something else."


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet4.xml", "xl/sharedStrings.xml"])
def test_parse_given_a_part_cut_short_then_a_message(small: Small, part: str) -> None:
    path = rezipped(small(), lambda name, data: data[: len(data) // 2] if name == part else data)
    assert only(path).what == "The workbook is damaged, or is something else."


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not an Excel workbook, or it is damaged"),
        (b"place,name\n", "not an Excel workbook, or it is damaged"),
        (b"PK\x03\x04" + bytes(100), "not an Excel workbook, or it is damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "has a password, or is of the old kind"),
    ],
)
def test_parse_given_something_else_called_xlsx_then_a_message(tmp_path: Path, data: bytes, says: str) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(data)
    assert says in only(path).what


def test_parse_given_another_zip_then_a_message(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "")
    assert only(path).what == "This is not an Excel workbook (.xlsx)."


def test_parse_given_a_workbook_cut_short_then_a_message(small: Small) -> None:
    path = small()
    path.write_bytes(path.read_bytes()[:-200])
    assert only(path).what == "This is not an Excel workbook, or it is damaged."


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        (1.0, "1"),
        (-0.5, "-0.5"),
        (1e15, "1000000000000000.0"),
        (True, "yes"),
        (date(2026, 11, 1), "2026-11-01"),
        (datetime(2026, 11, 1), "2026-11-01"),
        (datetime(2026, 11, 1, 13, 5), "2026-11-01 13:05:00"),
        (time(12), "12:00:00"),
    ],
)
def test_as_text_given_a_cell_then_as_it_would_stand_in_csv(value: object, text: str) -> None:
    assert apart.as_text(value) == text


def test_answer_given_a_workbook_then_rows_with_their_lines(small: Small) -> None:
    told = apart.answer({"path": str(small()), "wanted": ["stocks"]})
    stocks = next(sheet for sheet in told["sheets"] if sheet["name"] == "stocks")
    assert (stocks["lines"], stocks["rows"][1]) == ([1, 2], ["1", "flour", "42.5", "2027-03-01"])
    assert [sheet for sheet in told["sheets"] if sheet["name"] == "places"] == [{"name": "places", "filled": True}]


def test_answer_given_too_far_a_cell_then_why(small: Small) -> None:
    path = with_cells(small(), b"<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>")
    assert "span 1,048,576 rows" in apart.answer({"path": str(path), "wanted": ["stocks"]})["too_large"]


def test_main_given_jobs_then_one_line_of_answer_each(
    small: Small, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    jobs = [{"path": str(small()), "wanted": ["stocks"]}, {"path": "nowhere.parquet", "to": ""}]
    monkeypatch.setattr(apart, "bound", lambda: None)
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(jobs)))
    apart.main()
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert len(first["sheets"]) == 4
    assert "nowhere.parquet" in second["broken"]


def test_parse_given_a_workbook_that_cannot_be_opened_then_says_so(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = small()
    monkeypatch.setattr(Path, "open", refused)
    fault = only(path)
    assert (fault.what, fault.seen) == ("A file cannot be opened.", "Permission denied")


def test_parse_given_a_chart_among_the_sheets_then_it_is_passed_over(small: Small) -> None:
    def chart(book: Any, sheet: Any) -> None:
        drawn = book.add_chart({"type": "line"})
        drawn.add_series({"values": "=stocks!$C$2:$C$2"})
        book.add_chartsheet("Picture").set_chart(drawn)

    assert parse(small(change=chart))[1] == []
