from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.report import words
from muster.report.words import THIN


@given(share=st.floats(0, 1))
def test_law_percent_given_a_share_then_in_full_only_if_met_and_nothing_only_if_nothing(share: float) -> None:
    whole = words.whole_percent(share)
    assert (whole == 100) == (share >= words.MET)
    assert (whole == 0) == (share <= 1e-6)
    assert abs(whole - 100 * share) <= 1


@given(number=st.floats(0, 1e14))
def test_law_quantity_given_a_number_then_within_one_in_twenty_of_it(number: float) -> None:
    digits, _, billion = words.quantity(number).replace(THIN, "").partition(" ")
    shown = float(digits) * (1e9 if billion else 1)
    assert shown == pytest.approx(number, rel=0.05, abs=1e-6)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "0 people"),
        (1, "1 person"),
        (999_949, f"999{THIN}949 people"),
        (999_950, "1 million people"),
        (6.08e6, "6.1 million people"),
    ],
)
def test_people_given_a_number_then_words(number: float, said: str) -> None:
    assert words.people(number) == said


def test_quantity_given_a_loss_then_a_minus_sign() -> None:
    assert words.quantity(-1.5) == "−1.5"


@pytest.mark.parametrize(
    ("period", "said"), [("day", "7 Nov"), ("week", "7 Nov"), ("month", "Nov 2022"), ("year", "2022")]
)
def test_short_period_given_a_period_then_what_fits_under_a_bar(period: str, said: str) -> None:
    assert words.short_period(date(2022, 11, 7), period) == said


def test_listing_given_nothing_then_nothing() -> None:
    assert words.listing([]) == ""
