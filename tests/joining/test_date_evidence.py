"""How dates are written, told from all of them; what nothing tells is asked."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.joining.date_evidence import date_evidence


def evidence(*texts: str, month_is_enough: bool = False) -> tuple[tuple[str, ...], bool]:
    found = date_evidence(dict.fromkeys(texts, 1), month_is_enough=month_is_enough)
    assert found is not None
    return found.formats, found.sure


@pytest.mark.parametrize(
    ("texts", "formats"),
    [
        (["31/01/2026", "02/03/2026"], ["%d/%m/%Y"]),
        (["01/31/2026", "02/03/2026"], ["%m/%d/%Y"]),
        (["2-Jun-06", "31-Dec-14"], ["%d-%b-%y"]),
        (["1 March 2015"], ["%d %B %Y"]),
        (["2026-11-03"], ["%Y-%m-%d"]),
        (["2026-11-03 10:00"], ["%Y-%m-%d %H:%M"]),
        (["13.2.26", "1.1.26"], ["%d.%m.%y"]),
        (["20260103"], ["%Y%m%d"]),
        (["3 marzo 2015", "4 abril 2015"], ["%d %b %Y"]),
        (["2-Jun-06", "11/13/2006"], ["%m/%d/%Y", "%d-%b-%y"]),
    ],
)
def test_date_evidence_given_dates_that_tell_then_sure(texts: list[str], formats: list[str]) -> None:
    assert evidence(*texts) == (tuple(formats), True)


@pytest.mark.parametrize(
    ("texts", "formats"),
    [
        (["01/02/2026", "03/04/2026"], ["%d/%m/%Y", "%m/%d/%Y"]),
        (["13/02/2026", "02/25/2026", "01/02/2026"], ["%d/%m/%Y", "%m/%d/%Y"]),
        (["06-02-03"], ["%d-%m-%y", "%m-%d-%y"]),
        (["31/11/26"], ["%y/%m/%d"]),
    ],
)
def test_date_evidence_given_dates_that_do_not_tell_then_not_sure(texts: list[str], formats: list[str]) -> None:
    assert evidence(*texts) == (tuple(formats), False)


def test_date_evidence_given_words_among_dates_then_both_are_counted() -> None:
    found = date_evidence({"31/01/2026": 70, "Date Not Captured": 30})
    assert found is not None
    assert (found.dates, found.others) == (70, 30)


@pytest.mark.parametrize("texts", [["flour"], ["12", "600"], []])
def test_date_evidence_given_no_dates_then_none(texts: list[str]) -> None:
    assert date_evidence(dict.fromkeys(texts, 1)) is None


def test_date_evidence_given_months_of_expiry_then_only_where_a_month_is_enough() -> None:
    assert date_evidence({"06/2027": 1}) is None
    assert evidence("06/2027", "12/2028", month_is_enough=True) == (("%m/%Y",), True)


@given(
    start=st.dates(date(1990, 1, 1), date(2040, 1, 1)),
    days=st.lists(st.integers(0, 3_000), min_size=1, max_size=8),
    form=st.sampled_from(["%d/%m/%Y", "%m/%d/%Y", "%Y-%m-%d", "%d.%m.%y", "%d-%b-%Y"]),
)
def test_law_date_evidence_given_dates_in_one_format_then_it_is_among_what_fits(
    start: date, days: list[int], form: str
) -> None:
    texts = {(start + timedelta(days=each)).strftime(form): 1 for each in days}
    found = date_evidence(texts)
    assert found is not None
    assert form in found.formats or found.formats[0].replace("%B", "%b") == form
    assert found.sure == (len(found.formats) == 1)
