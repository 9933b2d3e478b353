from __future__ import annotations

from fractions import Fraction

import polars as pl
from building import build
from hypothesis import given
from hypothesis import strategies as st

from muster.economy.amounts import in_resource_units, masses
from muster.economy.economy import Economy

Stock = tuple[str | None, float | None, str | None]

RESOURCES = [
    ("flour", "t", None),
    ("diesel", "l", None),
    ("sacks", "bag", 0.05),
    ("cash", "usd", 0.0),
    ("odd", None, None),
]


def economy_of(stocks: list[Stock]) -> Economy:
    return build(
        resources=[{"resource": name, "unit": unit, "mass_t": mass} for name, unit, mass in RESOURCES],
        stocks=[{"resource": name, "quantity": quantity, "unit": unit} for name, quantity, unit in stocks],
    )


def amounts(stocks: list[Stock]) -> list[float | None]:
    economy = economy_of(stocks)
    series = in_resource_units(economy, economy.stocks, "quantity")
    assert (series.name, series.dtype) == ("quantity", pl.Float64)
    return series.to_list()


def test_in_resource_units_given_several_units_then_row_by_row() -> None:
    given_rows = [
        ("flour", 42.0, None),
        ("flour", 42.0, "kg"),
        ("diesel", 2.0, "m3"),
        ("flour", 42.0, "t"),
        ("flour", 10.0, "lb"),
    ]
    assert amounts(given_rows) == [42.0, 0.042, 2000.0, 42.0, 0.0045359237]


def test_in_resource_units_given_the_own_unit_of_no_library_then_as_it_is() -> None:
    assert amounts([("sacks", 7.0, "bag"), ("sacks", 7.0, None)]) == [7.0, 7.0]


def test_in_resource_units_given_what_cannot_be_converted_then_null_and_never_zero() -> None:
    rows = [
        ("flour", 1.0, "l"),
        ("flour", 1.0, "bagg"),
        ("nothing", 1.0, "t"),
        (None, 1.0, "t"),
        ("flour", None, "kg"),
        ("odd", 1.0, "t"),
    ]
    assert amounts(rows) == [None] * len(rows)


def test_in_resource_units_given_no_rows_then_none() -> None:
    assert amounts([]) == []


@given(st.lists(st.floats(min_value=0, max_value=1e12), min_size=1, max_size=20))
def test_law_in_resource_units_is_the_decimal_as_written_converted_and_rounded_once(values: list[float]) -> None:
    assert amounts([("flour", value, "kg") for value in values]) == [
        float(Fraction(repr(value)) / 1000) for value in values
    ]


def test_masses_given_written_known_and_no_mass_then_each() -> None:
    found = masses(economy_of([]))
    assert found.schema == {"resource": pl.String, "mass_t": pl.Float64}
    assert found.rows() == [("flour", 1.0), ("diesel", None), ("sacks", 0.05), ("cash", 0.0), ("odd", None)]
