"""Numbers and dates as people write them, by what the mapping states."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.joining.dates import DateForm, Days, format_fault
from muster.joining.number_evidence import number_evidence
from muster.joining.numbers import WRITTEN, Signs, decimal_text
from muster.joining.problems import Problem


def number(text: str, written: str = "1234.5") -> str | Problem:
    return decimal_text(text, signs=Signs(written), column="Q")


@pytest.mark.parametrize(
    ("text", "written", "read"),
    [
        ("600", "1234.5", "600"),
        ("007", "1234.5", "7"),
        ("0", "1234.5", "0"),
        ("-3.50", "1234.5", "-3.50"),
        ("+3", "1234.5", "3"),
        (".5", "1234.5", "0.5"),
        ("1,234,567.5", "1,234.5", "1234567.5"),
        ("1234", "1,234.5", "1234"),
        ("1.234,5", "1.234,5", "1234.5"),
        ("1 234,5", "1 234,5", "1234.5"),
        ("1\u202f234,5", "1 234,5", "1234.5"),
        ("1'234.5", "1'234.5", "1234.5"),
        ("۵۸۸", "1234.5", "588"),
        ("٥٨٨٫٥", "1234.5", "588.5"),
        ("۱٬۲۳۴", "1,234.5", "1234"),
        ("−5", "1234.5", "-5"),
    ],
)
def test_decimal_text_given_a_number_in_its_signs_then_decimal_text(text: str, written: str, read: str) -> None:
    assert number(text, written) == read


@pytest.mark.parametrize(
    ("text", "written", "reason"),
    [
        ("1,234", "1234.5", "other signs"),
        ("1,23", "1,234.5", "other signs"),
        ("12,34,567", "1,234.5", "other signs"),
        ("1.234", "1.234,5", ""),
        ("1.5", "1234,5", "other signs"),
        ("600 kg", "1234.5", "more than a number"),
        ("about 600", "1234.5", "words where a number"),
        ("Weight Captured Separately", "1234.5", "words where a number"),
        ("1e3", "1234.5", "more than a number"),
        ("", "1234.5", "no number"),
        (".", "1234.5", "words where a number"),
        ("NaN", "1234.5", "words where a number"),
    ],
)
def test_decimal_text_given_anything_else_then_why_not(text: str, written: str, reason: str) -> None:
    read = number(text, written)
    if not reason:
        assert read == "1234"
    else:
        assert isinstance(read, Problem)
        assert reason in read.reason
        assert (read.column, read.value, read.rule) == ("Q", text, "J8")


@given(value=st.decimals(-(10**12), 10**12, allow_nan=False, places=3), written=st.sampled_from(sorted(WRITTEN)))
def test_law_decimal_text_given_any_number_in_any_signs_then_the_same_number(value: Decimal, written: str) -> None:
    point, group = WRITTEN[written]
    text = f"{value:,.3f}".replace(",", "G").replace(".", point).replace("G", group)
    read = number(text, written)
    assert isinstance(read, str)
    assert Decimal(read) == value


@pytest.mark.parametrize(
    ("texts", "choices"),
    [
        (["100", "5"], ["1234.5"]),
        (["1,234"], ["1,234.5", "1234,5"]),
        (["1.234"], ["1.234,5", "1234.5"]),
        (["1,234", "1,234,567"], ["1,234.5"]),
        (["1,234", "0.5"], ["1,234.5"]),
        (["1.234,5", "7"], ["1.234,5"]),
        (["12,5", "1,234"], ["1234,5"]),
        (["1 250,5"], ["1 234,5"]),
        (["1 250"], ["1 234.5"]),
        (["1.234,5", "1,234.5"], ["1,234.5", "1.234,5"]),
        (["0.125"], ["1234.5"]),
        (["about 7"], ["1234.5"]),
    ],
)
def test_number_evidence_given_numbers_then_how_they_are_written_or_both_ways(
    texts: list[str], choices: list[str]
) -> None:
    assert [signs.written for signs in number_evidence(dict.fromkeys(texts, 1)).choices] == choices


def day(text: str, *formats: str, **more: str) -> str | Problem:
    return Days(DateForm("When", formats, **more)).moment(text)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "form", "read"),
    [
        ("03/11/2026", "%d/%m/%Y", "2026-11-03T12:00:00Z"),
        ("3/11/2026", "%d/%m/%Y", "2026-11-03T12:00:00Z"),
        ("11/03/2026", "%m/%d/%Y", "2026-11-03T12:00:00Z"),
        ("2-Jun-06", "%d-%b-%y", "2006-06-02T12:00:00Z"),
        ("1 March 2015", "%d %B %Y", "2015-03-01T12:00:00Z"),
        ("03.11.2026 08:15", "%d.%m.%Y %H:%M", "2026-11-03T08:15:00Z"),
        ("۰۳/۱۱/۲۰۲۶", "%d/%m/%Y", "2026-11-03T12:00:00Z"),
    ],
)
def test_moment_given_a_date_in_its_format_then_the_time_in_utc(text: str, form: str, read: str) -> None:
    assert day(text, form) == read


def test_moment_given_an_offset_and_a_time_of_day_then_utc_may_be_another_day() -> None:
    assert day("03/11/2026", "%d/%m/%Y", offset="+04:30", at="02:00") == "2026-11-02T21:30:00Z"
    assert day("03/11/2026", "%d/%m/%Y", offset="-05:00", at="23:00") == "2026-11-04T04:00:00Z"


def test_moment_given_months_of_another_language_then_read() -> None:
    form = DateForm("When", ("%d %B %Y",), months={"marzo": "3"})
    assert Days(form).moment("1 marzo 2015") == "2015-03-01T12:00:00Z"


@pytest.mark.parametrize(
    ("text", "formats", "reason"),
    [
        ("31/11/26", ("%d/%m/%y",), "The calendar has no such day."),
        ("31/11/26", ("%d/%m/%Y",), "A date is not written as the mapping says."),
        ("2026-11-03", ("%d/%m/%Y",), "A date is not written as the mapping says."),
        ("02/03/2026", ("%d/%m/%Y", "%m/%d/%Y"), "A date can be read in two ways."),
        ("Pre-PQ Process", ("%d-%b-%y",), "A date is not written as the mapping says."),
        ("01/01/1066", ("%d/%m/%Y",), "A date lies outside of 1900 to 2199."),
        ("", ("%d/%m/%Y",), "There is no date."),
    ],
)
def test_moment_given_anything_else_then_why_not(text: str, formats: tuple[str, ...], reason: str) -> None:
    read = day(text, *formats)
    assert isinstance(read, Problem)
    assert (read.reason, read.rule) == (reason, "J9")


def test_moment_given_two_formats_that_read_the_same_day_then_that_day() -> None:
    assert day("03/03/2026", "%d/%m/%Y", "%m/%d/%Y") == "2026-03-03T12:00:00Z"


def test_day_given_a_month_of_expiry_then_its_last_day() -> None:
    days = Days(DateForm("Expires", ("%m/%Y", "%d/%m/%Y")), month_is_enough=True)
    assert [days.day(text) for text in ("02/2028", "12/2027", "05/06/2027")] == [
        "2028-02-29",
        "2027-12-31",
        "2027-06-05",
    ]


@pytest.mark.parametrize(
    ("form", "fault"),
    [
        ("%d/%m/%Y", None),
        ("%Y%j", None),
        ("%d/%m", "it has no year"),
        ("%m/%Y", "it has no day"),
        ("%d/%Y", "it has no month"),
        ("%q", "%q is not one of %d, %m, %b, %B, %y, %Y, %H, %M, %S, %f, %j"),
        ("", "it has no day"),
    ],
)
def test_format_fault_given_a_format_then_what_it_lacks(form: str, fault: str | None) -> None:
    assert format_fault(form) == fault
