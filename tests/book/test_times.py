from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.book import times
from muster.book.ids import RANDOM_BITS, id_text, uuid7


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2026-11-03T10:00:00Z", "2026-11-03T10:00:00Z"),
        ("2026-11-03T14:30:00+04:30", "2026-11-03T10:00:00Z"),
        ("2026-11-03T10:00Z", "2026-11-03T10:00:00Z"),
        ("2026-11-03T10:00:00.5Z", "2026-11-03T10:00:00.500Z"),
        ("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"),
    ],
)
def test_milliseconds_given_a_time_with_its_zone_then_one_text_stands_for_it(text: str, written: str) -> None:
    assert times.time_text(times.milliseconds(text)) == written


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-03T10:00:00",
        "2026-11-03",
        "2026-02-30T10:00:00Z",
        "0026-11-03T10:00:00Z",
        "2026-11-03T10:00:00.1234Z",
        "2026-11-03 10:00:00Z",
        "2026-11-03T25:00:00Z",
        "2026-11-03T10:00:00z",
        "٢026-11-03T10:00:00Z",
    ],
)
def test_milliseconds_given_half_a_time_then_refuses(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        times.milliseconds(text)


@given(st.datetimes(datetime(1900, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC)))
def test_law_record_text_then_24_signs_that_sort_like_time(moment: datetime) -> None:
    ms = times.milliseconds(moment.isoformat(timespec="milliseconds"))
    text = times.record_text(ms)
    assert len(text) == 24
    assert times.milliseconds(text) == ms
    assert times.record_text(ms - 1) < text


def test_end_of_day_given_a_day_then_its_last_millisecond() -> None:
    last = times.end_of_day(date(2026, 11, 3))
    assert times.time_text(last) == "2026-11-03T23:59:59.999Z"
    assert times.day_of(last) + 1 == times.day_of(last + 1)
    assert times.end_of_day(date(1970, 1, 1)) == times.DAY_MS - 1


@pytest.mark.parametrize("text", ["2026-02-29", "31/11/26", "2026-1-1", "1899-12-31"])
def test_day_text_given_no_day_of_the_calendar_then_refuses(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        times.day_text(text)


@given(st.integers(0, 2**48 - 1), st.integers(0, 2**RANDOM_BITS - 1))
def test_law_uuid7_then_version_and_variant_of_rfc_9562_and_sorted_by_time(ms: int, random: int) -> None:
    made = uuid7(ms, random=random)
    assert id_text(made) == made
    number = int(made.replace("-", ""), 16)
    assert number >> 80 == ms
    assert (number >> 76) & 15 == 7
    assert (number >> 62) & 3 == 2
    assert ((number >> 64) & 0xFFF) << 62 | number & (2**62 - 1) == random


def test_id_text_given_capitals_then_small_letters_and_no_other_form() -> None:
    assert id_text("0198ABCD-EF01-7000-8000-000000000000") == "0198abcd-ef01-7000-8000-000000000000"
    with pytest.raises(ValueError, match="0198"):
        id_text("0198abcdef0170008000000000000000")
