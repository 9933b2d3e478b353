from __future__ import annotations

import subprocess
import sys
from fractions import Fraction

import pytest

from muster import units


@pytest.mark.parametrize(
    ("unit", "to", "expected"),
    [
        ("kg", "t", Fraction(1, 1000)),
        ("t", "g", Fraction(10**6)),
        ("tonnes", "kg", Fraction(1000)),
        ("mg", "ug", Fraction(1000)),
        ("kt", "t", Fraction(1000)),
        ("lb", "kg", Fraction(45359237, 10**8)),
        ("oz", "lb", Fraction(1, 16)),
        ("m3", "l", Fraction(1000)),
        ("m³", "m^3", Fraction(1)),
        ("gallon", "l", Fraction(3785411784, 10**9)),
        ("bbl", "gallon", Fraction(42)),
        ("kWh", "MJ", Fraction(18, 5)),
        ("kcal", "kJ", Fraction(4184, 1000)),
        ("h", "min", Fraction(60)),
        ("week", "d", Fraction(7)),
        ("ha", "m2", Fraction(10_000)),
        ("pieces", "piece", Fraction(1)),
        ("USD", "usd", Fraction(1)),
        ("lorries", "lorry", Fraction(1)),
    ],
)
def test_factor_given_two_names_of_one_measure_then_exact(unit: str, to: str, expected: Fraction) -> None:
    assert units.factor(unit, to) == expected
    assert units.factor(to, unit) == 1 / expected


def test_factor_given_any_listed_name_then_it_converts_to_others_of_its_measure() -> None:
    first: dict[str, str] = {}
    for name, (measure, _) in units._NAMES.items():
        to = first.setdefault(measure, name)
        assert units.factor(name, to) * units.factor(to, name) == 1


def test_factor_given_everyday_masses_then_as_the_library_of_units_says() -> None:
    registry = units._registry()
    for name, tonnes in units._TONNES.items():
        assert Fraction(registry.Quantity(Fraction(1), name).to("metric_ton").magnitude) == tonnes


@pytest.mark.parametrize("unit", ["bag", "", "25 kg sack", "été"])
def test_factor_given_the_same_text_then_one_known_or_not(unit: str) -> None:
    assert units.factor(unit, unit) == 1
    assert not units.known(unit)


@pytest.mark.parametrize(
    ("unit", "to", "says"),
    [
        ("kg", "l", "one measures mass, the other volume"),
        ("piece", "truck", "one measures piece, the other truck"),
        ("usd", "eur", "one measures USD, the other EUR"),
        ("bag", "kg", '"bag" is not known'),
        ("t", "ton", '"ton" is not known'),
    ],
)
def test_factor_given_units_that_do_not_meet_then_says_why(unit: str, to: str, says: str) -> None:
    with pytest.raises(units.UnitError, match=says):
        units.factor(unit, to)


@pytest.mark.parametrize(
    "unit", ["ton", "tons", "mt", "Mt", "MT", "bag", "cup", "pt", "can", "kgs", "M", "K", "all", "degC"]
)
def test_known_given_a_name_that_could_mean_something_else_then_no(unit: str) -> None:
    assert not units.known(unit)


@pytest.mark.parametrize(
    ("unit", "meant"),
    [
        ("KG", "kg"),
        ("Tonnes", "tonnes"),
        ("MT", "t"),
        ("kgs", "kg"),
        ("kilogramm", "kilogramme"),
        ("litters", "liters"),
        ("pcs", "piece"),
        (" Kwh ", "kWh"),
        ("peices", "pieces"),
        ("bag", None),
        ("xyzzy", None),
        ("x" * 10_000, None),
    ],
)
def test_close_given_a_slip_then_the_unit_meant(unit: str, meant: str | None) -> None:
    found = units.close(unit)
    assert found == meant
    assert found is None or units.known(found)


@pytest.mark.parametrize(
    ("unit", "tonnes"),
    [
        ("t", 1),
        ("kg", Fraction(1, 1000)),
        ("lb", Fraction(45359237, 10**11)),
        ("l", None),
        ("piece", None),
        ("bag", None),
    ],
)
def test_mass_t_given_a_unit_then_tonnes_where_it_is_a_mass(unit: str, tonnes: Fraction | None) -> None:
    assert units.mass_t(unit) == tonnes


def test_factor_given_everyday_units_then_the_slow_library_stays_unloaded() -> None:
    code = (
        "import sys; from muster import units; "
        "units.factor('t', 'tonne'), units.factor('kg', 't'), units.mass_t('l'), units.factor('usd', 'USD'); "
        "assert 'pint' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
