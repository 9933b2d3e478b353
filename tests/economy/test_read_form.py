"""What a CSV file may look like, and what is said where it does not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.economy.cells import typed
from muster.economy.csv_text import read_csv
from muster.economy.economy import Economy
from muster.economy.options import from_toml
from muster.economy.read import inspect, parse, read
from muster.economy.shapes import read_shapes
from muster.economy.tables import LINE, TABLES
from muster.errors import EconomyError, Fault

Make = Callable[..., Path]
HEADER = "place,resource,quantity\n"
GOOD = HEADER + "depot,flour,42\nhill,flour,6\n"


def parsed(folder: Path) -> tuple[Economy, list[Fault]]:
    economy, faults = parse(folder)
    assert economy is not None
    return economy, faults


def only(faults: list[Fault]) -> Fault:
    assert len(faults) == 1, "\n".join(fault.text() for fault in faults)
    return faults[0]


def test_parse_given_a_good_folder_then_frames_with_types_defaults_and_lines(make: Make) -> None:
    economy, faults = parsed(make())
    assert faults == []
    assert economy.title == "Small"
    assert economy.stocks.rows() == [
        ("depot", "flour", 42.0, None, None, None, 2),
        ("hill", "flour", 6.0, None, None, None, 3),
    ]
    assert economy.resources.row(0, named=True) == {
        "resource": "flour", "name": None, "unit": "t", "class": None, "mass_t": None,
        "keep": 1.0, "pooled": False, "effort": 0.0, "pack": None, LINE: 2,
    }  # fmt: skip
    assert economy.arrivals.is_empty()
    assert economy.file("stocks") == "stocks.csv"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (GOOD.encode(), [2, 3]),
        (b"\xef\xbb\xbf" + GOOD.encode(), [2, 3]),
        (GOOD.replace(",", ";").encode(), [2, 3]),
        (GOOD.replace(",", "\t").encode(), [2, 3]),
        (("sep=;\n" + GOOD.replace(",", ";")).encode(), [3, 4]),
        (GOOD.replace("\n", "\r\n").encode(), [2, 3]),
        (GOOD.replace("\n", "\r").encode(), [2, 3]),
        (GOOD.encode("utf-16"), [2, 3]),
        (b"\xfe\xff" + GOOD.replace(",", "\t").encode("utf-16-be"), [2, 3]),
        (GOOD.rstrip("\n").encode(), [2, 3]),
        ((GOOD + "\n\n  \n").encode(), [2, 3]),
        (("\n\n" + GOOD).encode(), [4, 5]),
        (GOOD.replace("hill", "\nhill").encode(), [2, 4]),
        (GOOD.replace("hill", ",,\nhill").encode(), [2, 4]),
        (GOOD.replace("hill", '"",,""\n"hill"').encode(), [2, 4]),
        (GOOD.replace("\n", ",,\n").encode(), [2, 3]),
        (GOOD.replace("flour", '"flour"').encode(), [2, 3]),
        (GOOD.replace("place", '"place"').encode(), [2, 3]),
        (GOOD.replace("depot", "  depot ").replace("42", " 42\u00a0").encode(), [2, 3]),
    ],
    ids=lambda value: repr(value)[:40] if isinstance(value, bytes) else "",
)
def test_parse_given_another_form_of_the_same_then_the_same_economy(make: Make, text: bytes, lines: list[int]) -> None:
    economy, faults = parsed(make({"stocks.csv": text}))
    assert faults == []
    assert economy.stocks.select("place", "resource", "quantity").rows() == [
        ("depot", "flour", 42.0),
        ("hill", "flour", 6.0),
    ]
    assert economy.stocks[LINE].to_list() == lines


def test_parse_given_breaks_within_quotes_then_lines_are_those_of_the_file(make: Make) -> None:
    places = 'place,name\ndepot,"A\nlong, ""quoted""\r\nname"\n\nhill,"Hill"\nford,Ford\n'
    economy, faults = parsed(make({"places.csv": places}))
    assert faults == []
    assert economy.places["name"].to_list() == ['A\nlong, "quoted"\nname', "Hill", "Ford"]
    assert economy.places[LINE].to_list() == [2, 6, 7]


def test_parse_given_a_fault_below_breaks_within_quotes_then_its_own_line(make: Make) -> None:
    fault = only(parse(make({"places.csv": 'place,name,latitude\ndepot,"A\n\n\nB",1\nhill,Hill,x\n'}))[1])
    assert fault.where == "places.csv:6, column latitude"


@pytest.mark.parametrize(
    ("text", "where", "seen"),
    [
        ('place,name\ndepot,"Depot\nhill,Hill\n', "places.csv:2", 'depot,"Depot'),
        ('place,name\ndepot,"Depot"x\nhill,Hill\n', "places.csv:2", 'depot,"Depot"x'),
        ('place,name\n\n"a\nb",B\ndepot,"' + "x" * 200_000 + '"\n', "places.csv:5", 'depot,"xxx'),
    ],
)
def test_parse_given_a_quote_that_is_not_closed_then_the_line_where_it_opens(
    make: Make, text: str, where: str, seen: str
) -> None:
    faults = parse(make({"places.csv": text}))[1]
    fault = next(fault for fault in faults if "quote" in fault.what)
    assert (fault.where, fault.rule) == (where, "F3")
    assert fault.seen.startswith(seen)


@pytest.mark.parametrize(
    ("data", "says", "line"),
    [
        ("place,name\ndepot,D\nhill,Zürich\n".encode("latin-1"), "not written in UTF-8", 3),
        (GOOD.encode("utf-32"), "UTF-32", 1),
        (b"place,name\ndepot,D\0\n", "NUL", 2),
        ("place,name\n".encode("utf-16-le"), "NUL", 1),
        (b"PK\x03\x04rest", "an Excel workbook", 1),
        (b"PAR1rest", "a Parquet file", 1),
        (b"\xd0\xcf\x11\xe0rest", "an old Excel file", 1),
        (b"\xff\xfea", "not written in UTF-8", 1),
        (b"", "empty", 1),
        (b"\xef\xbb\xbf\n\n", "empty", 1),
    ],
)
def test_parse_given_bytes_that_are_no_such_text_then_says_what_they_are(
    make: Make, data: bytes, says: str, line: int
) -> None:
    faults = parse(make({"places.csv": data}))[1]
    fault = next(fault for fault in faults if fault.rule == "F3")
    assert says in fault.what
    assert fault.where == f"places.csv:{line}"
    assert fault.do


def test_parse_given_latin_1_then_other_faults_of_the_file_are_told_too(make: Make) -> None:
    data = "place,name,latitude\ndepot,Zürich,1,5\nhill,H,x\n".encode("latin-1")
    faults = parse(make({"places.csv": data}))[1]
    assert [fault.rule for fault in faults] == ["F3", "F5", "F7"]
    assert "Zürich" in faults[0].seen


@pytest.mark.parametrize(
    ("text", "where", "word", "seen"),
    [
        (HEADER + "depot,flour\nhill,flour,6\n", "stocks.csv:2", "fewer", "depot,flour"),
        (HEADER + "depot,flour,1,5\nhill,flour,6\n", "stocks.csv:2", "more", "depot,flour,1,5"),
        (HEADER.replace(",", ";") + "depot;flour\nhill;flour;6\n", "stocks.csv:2", "fewer", "depot;flour"),
        (HEADER + 'depot,flour,"4","5"\nhill,"flour",6\n', "stocks.csv:2", "more", "depot,flour,4,5"),
    ],
)
def test_parse_given_a_torn_row_then_one_fault_and_the_others_are_read(
    make: Make, text: str, where: str, word: str, seen: str
) -> None:
    economy, faults = parsed(make({"stocks.csv": text}))
    fault = only(faults)
    assert (fault.where, fault.seen, fault.rule) == (where, seen, "F5")
    assert f"{word} cells than the header, which has 3" in fault.what
    assert economy.stocks["quantity"].to_list() == [None, 6.0]


def test_parse_given_many_torn_rows_then_one_fault_that_counts_them(make: Make) -> None:
    fault = only(parse(make({"stocks.csv": HEADER + "depot,flour,1,5\n" * 30}))[1])
    assert fault.count == 30
    assert fault.what.startswith("30 rows have more cells")
    assert fault.seen.endswith("depot,flour,1,5 (line 6) and 25 more")
    assert "decimal comma" in fault.do


def test_parse_given_only_a_header_then_an_empty_table(make: Make) -> None:
    economy, faults = parsed(make({"stocks.csv": HEADER}))
    assert faults == []
    assert economy.stocks.is_empty()
    assert economy.stocks.schema["quantity"] == pl.Float64


@pytest.mark.parametrize(
    ("header", "says", "do"),
    [
        ("place,resource,quantty", "no column of this name", 'did you mean "quantity"?'),
        ("Place,resource,quantity", "no column of this name", 'did you mean "place"?'),
        ("place,resource,quantity,zzzzzz", "no column of this name", "delete the column"),
        ("place,resource,quantity,quantity", "there twice", "keep one"),
        ("place,,resource,quantity", "values and no name", "name it"),
        ("place,resource", 'The column "quantity" is missing', "add the column"),
    ],
)
def test_parse_given_a_header_with_a_slip_then_says_which(make: Make, header: str, says: str, do: str) -> None:
    row = ",".join(["depot", "flour", "1", "2"][: header.count(",") + 1])
    fault = next(fault for fault in parse(make({"stocks.csv": f"{header}\n{row}\n"}))[1] if says in fault.what)
    assert fault.rule == "F4"
    assert fault.where.startswith("stocks.csv:1")
    assert do in fault.do


def test_parse_given_a_blank_column_without_a_name_then_it_is_passed_over(make: Make) -> None:
    assert parse(make({"stocks.csv": "place,,resource,quantity\ndepot,,flour,1\n"}))[1] == []


def test_parse_given_ten_million_columns_then_one_message(make: Make) -> None:
    fault = next(fault for fault in parse(make({"stocks.csv": b"a," * 10_000_000 + b"b\n"}))[1])
    assert fault.what == "A table has 10,000,001 columns."
    assert len(fault.text()) < 500


def test_parse_given_many_unknown_columns_then_the_rest_are_counted(make: Make) -> None:
    header = HEADER.strip() + "".join(f",x{i}" for i in range(100))
    faults = parse(make({"stocks.csv": header + "\n"}))[1]
    assert len(faults) == 21
    assert faults[-1].count == 80


@pytest.mark.parametrize(
    "tags",
    ["#adm2+code,#item+code,#output+num", "#place,#resource , # quantity +x", "#loc+code,#item,"],
)
def test_parse_given_a_row_of_hxl_tags_then_it_is_skipped_and_lines_stay(make: Make, tags: str) -> None:
    economy, faults = parsed(make({"stocks.csv": f"{HEADER}{tags}\ndepot,flour,42\nhill,flour,6\n"}))
    assert faults == []
    assert economy.stocks[LINE].to_list() == [3, 4]


def test_parse_given_hxl_tags_under_other_names_then_columns_are_known_by_their_tags(make: Make) -> None:
    text = "Lieu,Produit,Quantité\n#adm2+code,#item+code,#quantity\nhill,flour,6\n"
    economy, faults = parsed(make({"stocks.csv": text}))
    assert faults == []
    assert economy.stocks.rows() == [("hill", "flour", 6.0, None, None, None, 3)]


def test_parse_given_tags_as_the_header_then_they_name_the_columns(make: Make) -> None:
    economy, faults = parsed(make({"stocks.csv": "#place,#resource,#quantity\nhill,flour,6\n"}))
    assert faults == []
    assert economy.stocks[LINE].to_list() == [2]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("ADM2_PCODE,resource,quantity", "hill,flour,6"),
        ("ADM1_PCODE,ADM2_PCODE,resource,quantity", "XX,hill,flour,6"),
        ("admin2_code,admin1_code,resource,quantity", "hill,XX,flour,6"),
        ("adm1_pcode,resource,quantity", "hill,flour,6"),
        ("p_code,resource,quantity", "hill,flour,6"),
        ("PCODE,resource,quantity", "hill,flour,6"),
        ("P code,resource,quantity", "hill,flour,6"),
    ],
)
def test_parse_given_p_codes_of_cod_or_hapi_then_the_deepest_is_the_place(make: Make, header: str, row: str) -> None:
    economy, faults = parsed(make({"stocks.csv": f"{header}\n{row}\n"}))
    assert faults == []
    assert economy.stocks["place"].to_list() == ["hill"]


def test_parse_given_a_p_code_beside_the_place_then_a_fault(make: Make) -> None:
    fault = only(parse(make({"stocks.csv": "place,ADM1_PCODE,resource,quantity\nhill,XX,flour,6\n"}))[1])
    assert (fault.seen, fault.rule) == ("ADM1_PCODE", "F4")


def test_parse_given_a_p_code_in_a_table_without_places_then_a_fault(make: Make) -> None:
    fault = only(parse(make({"needs.csv": "need,unit,ADM1_PCODE\nenergy,kcal,XX\n"}))[1])
    assert (fault.seen, fault.rule) == ("ADM1_PCODE", "F4")


@pytest.mark.parametrize(
    ("name", "do"),
    [
        ("Stocks.csv", 'did you mean "stocks.csv"'),
        ("stcks.csv", 'did you mean "stocks.csv"'),
        ("rotes.parquet", 'did you mean "routes.parquet"'),
        ("stocks.xls", 'did you mean "stocks.csv"'),
        ("zzzzzzzz.bin", "an economy has resources"),
    ],
)
def test_parse_given_a_file_that_is_no_table_then_the_nearest_is_named(make: Make, name: str, do: str) -> None:
    fault = only(parse(make({name: "x\n", "stocks.csv": None} if name != "stocks.csv" else {name: "x\n"}))[1])
    assert (fault.where, fault.rule) == (name, "F2")
    assert do in fault.do


def test_parse_given_files_that_are_no_concern_of_ours_then_nothing(make: Make) -> None:
    beside = [
        "README.md",
        "readme",
        "notes.txt",
        "LICENSE",
        "datapackage.json",
        "book.toml",
        ".hidden",
        "~$stocks.xlsx",
    ]
    assert parse(make(dict.fromkeys(beside, "x")))[1] == []


def test_parse_given_a_folder_among_the_tables_then_a_fault(make: Make) -> None:
    folder = make()
    (folder / "old").mkdir()
    assert only(parse(folder)[1]).what == "A folder stands among the tables."


def test_parse_given_a_table_as_csv_and_parquet_then_neither_is_taken(make: Make) -> None:
    economy, faults = parsed(make({"stocks.parquet": "x"}))
    assert (only(faults).what, only(faults).where) == ("A table is there twice.", "stocks.csv, stocks.parquet")
    assert economy.stocks.is_empty()


def test_parse_given_a_required_table_that_is_missing_then_says_so_and_reads_the_others(make: Make) -> None:
    economy, faults = parsed(make({"places.csv": None}))
    assert only(faults).what == "The table places is missing."
    assert economy.stocks.height == 2


def test_parse_given_a_folder_in_place_of_a_file_then_it_cannot_be_opened(make: Make) -> None:
    folder = make({"stocks.csv": None})
    (folder / "stocks.csv").mkdir()
    fault = only(parse(folder)[1])
    assert (fault.what, fault.where) == ("A file cannot be opened.", "stocks.csv")


def test_parse_given_no_such_folder_then_one_fault(tmp_path: Path) -> None:
    economy, faults = parse(tmp_path / "nowhere")
    assert economy is None
    assert only(faults).what == "There is no such folder or workbook."


def test_parse_given_some_other_file_then_one_fault(tmp_path: Path) -> None:
    (tmp_path / "plan.ods").write_text("x")
    economy, faults = parse(tmp_path / "plan.ods")
    assert economy is None
    assert only(faults).what == "This is neither a folder of tables nor an Excel workbook."


def test_parse_given_shapes_then_they_are_kept(make: Make) -> None:
    shapes = (
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"place":"hill"},"geometry":null}]}'
    )
    economy, faults = parsed(make({"places.geojson": shapes}))
    assert faults == []
    assert economy.shapes is not None
    assert economy.shapes["features"][0]["properties"] == {"place": "hill"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"type":\n"Feature', "are not JSON"),
        ("", "are not JSON"),
        ("[" * 100_000, "are not JSON"),
        ('{"type":"FeatureCollection","features":[NaN]}', "are not JSON"),
        ("[1]", "not a GeoJSON feature collection"),
        ('{"type":"FeatureCollection"}', "not a GeoJSON feature collection"),
        ('{"type":"FeatureCollection","features":[1]}', "does not name its place"),
        (
            '{"type":"FeatureCollection","features":[{"properties":{}},{"properties":{"place":7}}]}',
            "2 shapes do not name",
        ),
        (b'{"type":"\xff"}', "not written in UTF-8"),
    ],
)
def test_parse_given_shapes_with_a_fault_then_says_which(make: Make, text: str | bytes, says: str) -> None:
    economy, faults = parsed(make({"places.geojson": text}))
    assert economy.shapes is None
    assert says in only(faults).what
    assert only(faults).where.startswith("places.geojson")


@given(st.binary(max_size=80), st.integers(0, len(GOOD)), st.sampled_from(["stocks", "places", "routes"]))
def test_law_whatever_bytes_a_file_holds_it_is_read_or_told(noise: bytes, cut: int, table: str) -> None:
    data = GOOD.encode()[:cut] + noise + GOOD.encode()[cut:]
    grid, faults = read_csv(data, table=table, file="x.csv")
    if grid is None:
        assert faults
    else:
        frame, more = typed(grid, TABLES[table])
        assert frame.schema == TABLES[table].schema
        faults += more
    assert all(fault.what and fault.where.startswith("x.csv") and fault.do and fault.rule for fault in faults)


@given(st.binary(max_size=80) | st.text(max_size=80).map(str.encode))
def test_law_whatever_bytes_settings_and_shapes_hold_they_are_read_or_told(data: bytes) -> None:
    options, faults = from_toml(data, file="economy.toml")
    assert (options is None) <= bool(faults)
    shapes, faults = read_shapes(data, file="places.geojson")
    assert (shapes is None) == bool(faults)


def test_inspect_given_faults_of_the_format_and_between_tables_then_all_at_once(make: Make) -> None:
    stocks = HEADER + "depot,flour,x\nhil,flour,6\n"
    economy, faults = inspect(make({"stocks.csv": stocks}))
    assert economy is not None
    assert {"F7"} < {fault.rule for fault in faults if fault.severity == "fault"}
    assert any('did you mean "hill"?' in fault.do for fault in faults)


def test_inspect_given_warnings_and_faults_then_the_worst_first(make: Make) -> None:
    stocks = HEADER + "depot,flour,1\n" * 5 + "depot,flour,999999\ndepot,flour,x\n"
    severities = [fault.severity for fault in inspect(make({"stocks.csv": stocks}))[1]]
    assert severities == sorted(severities)
    assert {"fault", "warning"} <= set(severities)


def test_read_given_a_fault_then_an_error_with_all_of_them(make: Make) -> None:
    with pytest.raises(EconomyError) as refused:
        read(make({"stocks.csv": HEADER + "depot,flour,x\n", "needs.csv": "need,unit\nenergy,\n"}))
    assert {fault.where for fault in refused.value.faults} >= {
        "stocks.csv:2, column quantity",
        "needs.csv:2, column unit",
    }


def test_read_given_no_folder_then_an_error(tmp_path: Path) -> None:
    with pytest.raises(EconomyError, match="no such folder"):
        read(tmp_path / "nowhere")


def test_read_given_a_good_economy_then_it(make: Make) -> None:
    assert read(make()).people["people"].sum() == 500
