from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.book.amounts import Amount, amount, smallest_unit, taken_apart
from muster.book.wording import Wrong


@pytest.mark.parametrize(
    ("quantity", "unit", "pack", "whole", "smallest"),
    [
        ("600", "bag", "50 kg", 30_000_000, "g"),
        ("29.35", "t", "", 29_350_000, "g"),
        ("3", "case", "24 tin of 400 g", 28_800, "g"),
        ("1", "pallet", "40 cases of 24 tins of 400 g", 384_000, "g"),
        ("2.5", "l", "", 2_500, "ml"),
        ("1", "drum", "200 l", 200_000, "ml"),
        ("1.5", "h", "", 90, "minute"),
        ("8", "labour_hour", "", 480, "minute"),
        ("3", "kWh", "", 3_000, "Wh"),
        ("2", "dozen", "", 24, "piece"),
        ("7", "tablets", "", 7, "piece"),
        ("12.50", "USD", "", 1_250, "USD/100"),
        ("12", "JPY", "", 12, "JPY"),
        ("0", "kg", "", 0, "g"),
        ("1", "lb", "0.45359237 kg", None, ""),
    ],
)
def test_amount_given_any_unit_or_pack_then_whole_smallest_units(
    quantity: str, unit: str, pack: str, whole: int | None, smallest: str
) -> None:
    if whole is None:
        with pytest.raises(Wrong):
            amount(quantity, unit=unit, pack=pack)
    else:
        entered = f"{quantity} {unit} of {pack}" if pack else f"{quantity} {unit}"
        assert amount(quantity, unit=unit, pack=pack) == Amount(whole, smallest, entered)


@pytest.mark.parametrize(
    ("quantity", "unit", "pack", "rule"),
    [
        ("1,000", "kg", "", "B8"),
        ("1e3", "kg", "", "B8"),
        ("-1", "kg", "", "B8"),
        ("٣", "kg", "", "B8"),
        (" 3", "kg", "", "B8"),
        ("0.0001", "kg", "", "B8"),
        ("1", "MJ", "", "B8"),
        ("9007199254740992", "g", "", "B8"),
        ("1", "bag", "", "B9"),
        ("1", "case", "", "B9"),
        ("1", "kW", "", "B9"),
        ("1", "bag", "50", "B9"),
        ("1", "bag", "0 kg", "B9"),
        ("1", "bag", "x kg", "B9"),
        ("1", "kg", "50 kg", "B9"),
        ("1", "a", "2 b of 2 c of 2 d of 2 e of 2 kg", "B9"),
    ],
)
def test_amount_given_what_cannot_be_counted_then_says_which_rule(
    quantity: str, unit: str, pack: str, rule: str
) -> None:
    with pytest.raises(Wrong) as wrong:
        amount(quantity, unit=unit, pack=pack)
    assert wrong.value.rule == rule
    assert wrong.value.do


def test_amount_given_a_unit_in_capitals_then_names_the_one_that_is_meant() -> None:
    with pytest.raises(Wrong) as wrong:
        amount("1", unit="KG")
    assert 'did you mean "kg"?' in wrong.value.do


@pytest.mark.parametrize("unit", ["bag", "bags"])
def test_amount_given_a_registered_pack_then_knows_what_it_holds(unit: str) -> None:
    assert amount("3", unit=unit, packs={"bag": "50 kg"}) == Amount(150_000, "g", f"3 {unit}")


def test_amount_given_packs_of_other_names_then_units_are_still_known() -> None:
    assert amount("3", unit="kg", packs={"bag": "50 kg"}).quantity == 3_000


@given(st.decimals(min_value=0, max_value=10**6, places=3), st.sampled_from(["kg", "t", "g"]))
def test_law_amount_then_exactly_what_was_entered_or_refused(quantity: object, unit: str) -> None:
    grams = Fraction(str(quantity)) * {"kg": 1000, "t": 10**6, "g": 1}[unit]
    if grams.denominator == 1:
        assert amount(f"{quantity:f}", unit=unit).quantity == grams
    else:
        with pytest.raises(Wrong):
            amount(f"{quantity:f}", unit=unit)


@pytest.mark.parametrize("text", ["600", "kg", "", "600kg", "x" * 300 + " kg"])
def test_taken_apart_given_no_number_and_unit_then_says_so(text: str) -> None:
    with pytest.raises(Wrong):
        taken_apart(text)


def test_smallest_unit_given_units_then_what_is_counted_in() -> None:
    assert [smallest_unit(unit) for unit in ("m", "ha", "min", "week", "W", "sack")] == [
        "mm",
        "m2",
        "minute",
        "minute",
        None,
        None,
    ]
