"""What may stand in a cell, and what is said where it may not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.economy.cells import typed
from muster.economy.csv_text import read_csv
from muster.economy.read import parse
from muster.economy.tables import TABLES
from muster.errors import Fault

Make = Callable[..., Path]


def cell(table: str, column: str, value: str) -> tuple[object, list[Fault]]:
    """Return what is read from one cell of a row that is otherwise filled, and the faults."""
    others = {
        "place": "depot",
        "resource": "flour",
        "quantity": "1",
        "from": "a",
        "to": "b",
        "mode": "m",
        "use": "consumed",
    }
    names = [each.name for each in TABLES[table].columns if each.required or each.name == column]
    row = [value if name == column else others.get(name, "1") for name in names]
    text = ",".join(names) + "\n" + ",".join('"' + each.replace('"', '""') + '"' for each in row) + "\n"
    grid, torn = read_csv(text.encode(), table=table, file=f"{table}.csv")
    assert grid is not None
    frame, faults = typed(grid, TABLES[table])
    return frame[column][0] if frame.height else None, torn + faults


def told(table: str, column: str, value: str) -> Fault:
    read, faults = cell(table, column, value)
    assert read is None
    assert len(faults) == 1, faults
    assert faults[0].where == f"{table}.csv:2, column {column}"
    assert faults[0].severity == "fault"
    return faults[0]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("42", 42.0),
        ("1.5", 1.5),
        (" 7 ", 7.0),
        ("5.", 5.0),
        (".5", 0.5),
        ("+3", 3.0),
        ("1e3", 1000.0),
        ("5E-05", 5e-05),
        ("-0", 0.0),
        ("0.1000", 0.1),
    ],
)
def test_typed_given_a_number_then_it(written: str, number: float) -> None:
    read, faults = cell("stocks", "quantity", written)
    assert (repr(read), faults) == (repr(number), [])


@given(st.floats(min_value=0, max_value=1.7e308))
def test_law_a_number_written_with_every_digit_is_read_to_the_last_bit(number: float) -> None:
    assert cell("stocks", "quantity", repr(number)) == (number, [])


@pytest.mark.parametrize(
    ("value", "says", "do"),
    [
        ("1,5", "has a decimal comma", "write 1.5"),
        (",5", "has a decimal comma", "write .5"),
        ("1.234,5", "has a decimal comma", "write 1234.5"),
        ("1 234,50", "has a decimal comma", "write 1234.50"),
        ("1,234", "has a comma", "write 1.234 if the comma is decimal, 1234 if it separates thousands"),
        ("1,234,567", "thousands separated", "write 1234567"),
        ("1.234.567", "thousands separated", "write 1234567"),
        ("1 234", "thousands separated", "write 1234"),
        ("12\u00a0345", "thousands separated", "write 12345"),
        ("1'234'567", "thousands separated", "write 1234567"),
        ("1,234.5", "thousands separated", "write 1234.5"),
        ("5 %", "is a percentage", "write 0.05"),
        ("12,5%", "is a percentage", "write 0.125"),
        ("x%", "is a percentage", "e.g. 0.05 for 5 %"),
        ("5 t", "unit in the same cell", "write 5 here and t in the column unit"),
        ("5.5kg", "unit in the same cell", "write 5.5 here and kg in the column unit"),
        ("$12", "unit in the same cell", "write 12 here and $ in the column unit"),
        ("NaN", "placeholder", "leave the cell blank"),
        ("inf", "is infinite", "how much it is"),
        ("-Infinity", "is infinite", "how much it is"),
        ("∞", "is infinite", "how much it is"),
        ("1e999", "too large", "below 1e308"),
        ("-1", "is negative", "0 or more"),
        ("-1e-9", "is negative", "0 or more"),
        ("−5", "other digits", "write -5"),
        ("١٢", "other digits", "write 12"),
        ("n/a", "placeholder", "leave the cell blank"),
        ("-", "placeholder", "leave the cell blank"),
        ("–", "placeholder", "leave the cell blank"),
        ("See annex 3", "placeholder", "leave the cell blank"),
        ("unknown", "placeholder", "leave the cell blank"),
        ("#N/A", "placeholder", "leave the cell blank"),
        ("#REF!", "error of a formula", "correct the formula"),
        ("twelve", "is not a number", "decimal point"),
        ("1_000", "is not a number", "decimal point"),
        ("0x10", "is not a number", "decimal point"),
        ("1..5", "is not a number", "decimal point"),
        ("=1+1", "is not a number", "decimal point"),
        ("12-3", "is not a number", "decimal point"),
    ],
)
def test_typed_given_what_is_no_number_then_what_to_write(value: str, says: str, do: str) -> None:
    fault = told("stocks", "quantity", value)
    assert says in fault.what
    assert do in fault.do
    assert (fault.seen, fault.rule) == (value.replace("\u00a0", "\\xa0"), "F7")


def test_typed_given_a_unit_in_a_table_without_a_column_for_it_then_says_what_is_counted() -> None:
    assert told("stores", "capacity_t", "5 t").do == "write 5, counted in t"


@pytest.mark.parametrize(
    ("table", "column", "value", "says", "do"),
    [
        ("resources", "keep", "1.5", "above 1", "write at most 1"),
        ("routes", "loss", "5", "above 1", "5 % is 0.05"),
        ("places", "latitude", "-91", "below -90", "at least -90"),
        ("places", "longitude", "181", "above 180", "at most 180"),
        ("groups", "tier", "0", "below 1", "at least 1"),
        ("routes", "lead_days", "1.5", "not whole", "whole number"),
        ("routes", "lead_days", "1e17", "not whole", "whole number"),
        ("routes", "lead_days", "-1", "negative", "0 or more"),
    ],
)
def test_typed_given_a_number_out_of_bounds_then_which(table: str, column: str, value: str, says: str, do: str) -> None:
    fault = told(table, column, value)
    assert says in fault.what
    assert do in fault.do


@pytest.mark.parametrize(("written", "number"), [("3", 3), ("3.0", 3), ("0", 0)])
def test_typed_given_a_whole_number_then_it(written: str, number: int) -> None:
    assert cell("routes", "lead_days", written) == (number, [])


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-11-30", date(2026, 11, 30)),
        ("1900-01-01", date(1900, 1, 1)),
        ("9999-12-31", date(9999, 12, 31)),
        ("2028-02-29", date(2028, 2, 29)),
    ],
)
def test_typed_given_a_date_then_it(written: str, day: date) -> None:
    assert cell("stocks", "expires", written) == (day, [])


@pytest.mark.parametrize(
    ("value", "says", "do"),
    [
        ("31.11.2026", "not in the calendar", "30 November is the last day of that month: write 2026-11-30"),
        ("2026-02-30", "not in the calendar", "28 February is the last day of that month: write 2026-02-28"),
        ("30.11.2026", "not written YYYY-MM-DD", "write 2026-11-30"),
        ("30. 11. 2026", "not written YYYY-MM-DD", "write 2026-11-30"),
        ("30-11-2026", "not written YYYY-MM-DD", "write 2026-11-30"),
        ("30/11/26", "not written YYYY-MM-DD", "write 2026-11-30"),
        ("11/30/2026", "not written YYYY-MM-DD", "write 2026-11-30"),
        ("3/4/2026", "not written YYYY-MM-DD", "write 2026-04-03 for 3 April, 2026-03-04 for 4 March"),
        ("4/4/2026", "not written YYYY-MM-DD", "write 2026-04-04"),
        ("2026/11/30", "not written YYYY-MM-DD", "write 2026-11-30"),
        ("20261130", "not written YYYY-MM-DD", "write 2026-11-30"),
        ("2026-1-3", "not written YYYY-MM-DD", "write 2026-01-03"),
        ("2026-11-30 00:00:00", "not written YYYY-MM-DD", "write 2026-11-30"),
        ("2026-11-30T12:00Z", "not written YYYY-MM-DD", "write 2026-11-30"),
        ("30 Nov 2026", "not written YYYY-MM-DD", "write 2026-11-30"),
        ("November 30, 2026", "not written YYYY-MM-DD", "write 2026-11-30"),
        ("2026-11", "has no day", "2026-11-01"),
        ("46356", "day number of a spreadsheet", "format the column as a date"),
        ("0026-11-30", "before 1900", "correct the year"),
        ("1899-12-31", "before 1900", "correct the year"),
        ("2026-13-01", "month that does not exist", "YYYY-MM-DD"),
        ("31.31.2026", "month that does not exist", "YYYY-MM-DD"),
        ("31.00.2026", "month that does not exist", "YYYY-MM-DD"),
        ("n/a", "placeholder", "leave the cell blank"),
        ("soon", "is not a date", "e.g. 2026-11-30"),
        ("-2026-11-30", "is not a date", "e.g. 2026-11-30"),
    ],
)
def test_typed_given_what_is_no_date_then_what_to_write(value: str, says: str, do: str) -> None:
    fault = told("stocks", "expires", value)
    assert says in fault.what
    assert do in fault.do
    assert (fault.seen, fault.rule) == (value, "F8")


@pytest.mark.parametrize("written", ["yes", "Yes", "TRUE", "true", "1"])
def test_typed_given_a_word_for_yes_then_true(written: str) -> None:
    assert cell("resources", "pooled", written) == (True, [])


@pytest.mark.parametrize("written", ["no", "NO", "False", "0"])
def test_typed_given_a_word_for_no_then_false(written: str) -> None:
    assert cell("resources", "pooled", written) == (False, [])


@pytest.mark.parametrize(
    ("table", "column", "value", "says", "do"),
    [
        ("resources", "pooled", "ja", "not one of the choices", "write yes or no"),
        ("resources", "pooled", "2", "not one of the choices", "write yes or no"),
        ("resources", "pooled", "-", "placeholder", "leave the cell blank"),
        ("modes", "use", "consume", "not one of the choices", 'did you mean "consumed"?'),
        ("modes", "use", "Consumed", "not one of the choices", 'did you mean "consumed"?'),
        ("recipes", "use", "zzz", "not one of the choices", "write input or output or occupied"),
    ],
)
def test_typed_given_another_word_then_the_choices(table: str, column: str, value: str, says: str, do: str) -> None:
    fault = told(table, column, value)
    assert says in fault.what
    assert do in fault.do
    assert fault.rule == "F9"


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (" depot ", "depot"),
        ("Depot", "Depot"),
        ("NA", "NA"),
        ("none", "none"),
        ("a-b", "a-b"),
        ("1", "1"),
        ("درگاه", "درگاه"),
        ("two\nlines", "two\nlines"),
        ('a "b"', 'a "b"'),
    ],
)
def test_typed_given_text_then_it_trimmed_and_with_its_case(value: str, read: str) -> None:
    assert cell("stocks", "lot", value) == (read, [])


@pytest.mark.parametrize(
    ("value", "says", "do"),
    [
        ("=1+1", 'begins with "="', "begin with another sign"),
        ("+49", 'begins with "+"', "begin with another sign"),
        ("-x", 'begins with "-"', "begin with another sign"),
        ("@SUM(A1)", 'begins with "@"', "begin with another sign"),
        ("-", "placeholder", "leave the cell blank"),
        ("N/A", "placeholder", "leave the cell blank"),
        ("#VALUE!", "error of a formula", "correct the formula"),
        ("a\x07b", "hidden characters", "type the text anew"),
        ("a\x1bb", "hidden characters", "type the text anew"),
        ("x" * 32_768, "too long", "32,767 characters"),
    ],
)
def test_typed_given_text_that_cannot_be_kept_then_why(value: str, says: str, do: str) -> None:
    fault = told("stocks", "lot", value)
    assert says in fault.what
    assert do in fault.do
    assert fault.rule == "F10"
    assert len(fault.text()) < 600
    assert fault.text().isprintable() or "\n" in fault.text()


def test_typed_given_labels_then_one_space_between_them() -> None:
    assert cell("resources", "class", "food   cereal\tdry") == ("food cereal dry", [])


def test_typed_given_labels_with_commas_then_what_to_write() -> None:
    fault = told("resources", "class", "food, cereal;dry")
    assert (fault.what, fault.do) == ("Labels are not separated by spaces.", 'write "food cereal dry"')


def test_typed_given_a_blank_in_a_required_cell_then_says_what_is_missing() -> None:
    fault = told("stocks", "quantity", "  ")
    assert (fault.what, fault.seen, fault.rule) == (
        "A cell that must be filled is blank: How much.",
        "a blank cell",
        "F6",
    )


def test_typed_given_a_blank_in_an_optional_cell_then_the_default() -> None:
    assert cell("resources", "keep", "") == (1.0, [])
    assert cell("resources", "pooled", "") == (False, [])
    assert cell("resources", "mass_t", "") == (None, [])


def test_typed_given_a_fault_in_a_cell_with_a_default_then_null_and_not_the_default() -> None:
    assert cell("resources", "keep", "x")[0] is None


def test_parse_given_cells_wrong_in_the_same_way_then_one_fault_that_shows_some(make: Make) -> None:
    rows = "".join(f'depot,flour,"{i},5"\n' for i in range(1, 21))
    faults = parse(make({"stocks.csv": f"place,resource,quantity\n{rows}hill,flour,\n"}))[1]
    comma, blank = faults
    assert (comma.what, comma.count) == ("20 numbers have a decimal comma.", 20)
    assert comma.where == "stocks.csv:2, column quantity"
    assert comma.seen == "1,5 (line 2), 2,5 (line 3), 3,5 (line 4), 4,5 (line 5), 5,5 (line 6) and 15 more"
    assert comma.do == "line 2: write 1.5; the others likewise"
    assert (blank.where, blank.count) == ("stocks.csv:22, column quantity", 1)


def test_parse_given_a_comma_in_a_file_with_semicolons_then_it_is_a_fault_all_the_same(make: Make) -> None:
    text = "place;resource;quantity;expires\ndepot;flour;1,5;31.11.2026\n"
    economy, faults = parse(make({"stocks.csv": b"\xef\xbb\xbf" + text.encode()}))
    assert [fault.do for fault in faults] == [
        "write 1.5",
        "30 November is the last day of that month: write 2026-11-30, or another day",
    ]
    assert economy is not None
    assert economy.stocks.select("place", "quantity", "expires").row(0) == ("depot", None, None)


@given(st.text(st.characters(codec="utf-8"), max_size=30), st.sampled_from(["quantity", "expires", "lot", "place"]))
def test_law_whatever_stands_in_a_cell_it_is_read_or_told_and_nothing_breaks(value: str, column: str) -> None:
    others = {"place": "depot", "resource": "flour", "quantity": "1", "expires": "2026-11-30", "lot": "a"}
    row = ",".join('"' + {**others, column: value}[name].replace('"', '""') + '"' for name in others)
    grid, faults = read_csv((",".join(others) + "\n" + row + "\n").encode(), table="stocks", file="stocks.csv")
    if grid is not None:
        frame, more = typed(grid, TABLES["stocks"])
        faults += more
        if value.strip() and frame.height and frame[column][0] is None:
            assert faults
    assert all(fault.what and fault.where and fault.do and fault.rule for fault in faults)
    assert all("invalid" not in fault.text().replace(value, "") for fault in faults if value)
