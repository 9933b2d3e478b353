"""Units of measure, converted exactly.

Only units on the list below are known. A library of units knows many more, but some of them mean something else to
the people who write these tables: there ``ton`` is 907 kg, ``mt`` is 1 kg, ``MT`` is a megatesla and ``bag`` is 42.6 kg
of cement.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from fractions import Fraction
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pint import UnitRegistry


class UnitError(ValueError):
    """A unit is not known, or two units measure different things."""


_MEASURES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "mass": {
            "metric_ton": "t tonne tonnes metric_ton metric_tons metric_tonne metric_tonnes",
            "kilotonne": "kt kilotonne kilotonnes",
            "kilogram": "kg kilogram kilograms kilogramme kilogrammes",
            "gram": "g gram grams gramme grammes",
            "milligram": "mg milligram milligrams",
            "microgram": "ug µg μg mcg microgram micrograms",
            "pound": "lb lbs pound pounds",
            "ounce": "oz ounce ounces",
        },
        "volume": {
            "liter": "l L litre litres liter liters",
            "milliliter": "ml mL millilitre millilitres milliliter milliliters",
            "centiliter": "cl cL",
            "deciliter": "dl dL",
            "hectoliter": "hl hL hectolitre hectolitres",
            "kiloliter": "kl kL",
            "meter**3": "m3 m^3 m³",
            "gallon": "gallon gallons us_gallon us_gallons",
            "oil_barrel": "bbl",
        },
        "energy": {
            "kilowatt_hour": "kWh kwh",
            "watt_hour": "Wh",
            "megawatt_hour": "MWh",
            "gigawatt_hour": "GWh",
            "joule": "J",
            "kilojoule": "kJ",
            "megajoule": "MJ",
            "gigajoule": "GJ",
            "terajoule": "TJ",
            "calorie": "cal",
            "kilocalorie": "kcal",
            "megacalorie": "Mcal",
            "british_thermal_unit": "BTU Btu",
        },
        "power": {"watt": "W", "kilowatt": "kW", "megawatt": "MW"},
        "time": {
            "second": "s second seconds",
            "minute": "min minute minutes",
            "hour": "h hr hrs hour hours",
            "day": "d day days",
            "week": "week weeks",
        },
        "length": {
            "millimeter": "mm",
            "centimeter": "cm",
            "meter": "m metre metres meter meters",
            "kilometer": "km kilometre kilometres kilometer kilometers",
        },
        "area": {"meter**2": "m2 m^2 m²", "hectare": "ha hectare hectares", "kilometer**2": "km2 km^2 km²"},
    }
)

_COUNTED = (
    "piece item unit set kit dose tablet pair dozen head animal person household patient case trip run "
    "truck lorry vehicle ship boat aircraft helicopter mill crane pump generator tent bed house "
    "truck_hour lorry_hour labour_hour labor_hour person_hour crew_hour convoy_hour machine_hour "
    "truck_day labour_day labor_day person_day crew_day voucher ration"
)

_MONEY = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF "
    "CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL "
    "HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD "
    "MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG "
    "QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SYP SZL THB TJS TMT TND TOP TRY TTD TWD "
    "TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG"
)
_NOT_MONEY = frozenset({"kgs", "cup", "all", "top", "try", "mop"})
"""Money only in capitals: in small letters they are words, or a slip for another unit."""

_MEANT: Mapping[str, str] = MappingProxyType(
    {
        "ton": "t",
        "tons": "t",
        "mt": "t",
        "mts": "t",
        "to": "t",
        "tn": "t",
        "kgs": "kg",
        "kilo": "kg",
        "kilos": "kg",
        "lt": "l",
        "ltr": "l",
        "liters": "l",
        "kilowatthour": "kWh",
        "cbm": "m3",
        "cum": "m3",
        "pc": "piece",
        "pcs": "piece",
        "each": "piece",
        "ea": "piece",
        "stück": "piece",
        "calories": "kcal",
        "$": "usd",
        "€": "eur",
        "gal": "gallon",
    }
)
"""What is probably meant by spellings that are refused because they are ambiguous or unusual."""


def _names() -> dict[str, tuple[str, str]]:
    names = {
        spelling: (dimension, name)
        for dimension, units in _MEASURES.items()
        for name, spellings in units.items()
        for spelling in spellings.split()
    }
    for name in _COUNTED.split():
        plural = "dozen" if name == "dozen" else f"{name[:-1]}ies" if name == "lorry" else f"{name}s"
        names |= {name: (name, name), plural: (name, name)}
    for code in _MONEY.split():
        names[code] = (code, code)
        if code.lower() not in _NOT_MONEY:
            names[code.lower()] = (code, code)
    return names


_NAMES: Mapping[str, tuple[str, str]] = MappingProxyType(_names())
"""Spelling -> what it measures, and the one name of the unit."""

_TONNES: Mapping[str, Fraction] = MappingProxyType(
    {"metric_ton": Fraction(1), "kilogram": Fraction(1, 10**3), "gram": Fraction(1, 10**6)}
    | {"milligram": Fraction(1, 10**9), "microgram": Fraction(1, 10**12)}
)
"""Everyday masses, so that most economies never load the library of units (nearly a second)."""


def known(unit: str) -> bool:
    """Return whether ``unit`` is a unit of measure, of counting or of money that can be named in a table."""
    return unit in _NAMES


def measure(unit: str) -> str | None:
    """Return what ``unit`` measures or counts; ``None`` where it is not known.

    Example:
        >>> measure("kg"), measure("tablets"), measure("AFN"), measure("bag")
        ('mass', 'tablet', 'AFN', None)
    """
    return _NAMES[unit][0] if unit in _NAMES else None


def is_money(unit: str) -> bool:
    """Return whether ``unit`` is a currency of ISO 4217."""
    return measure(unit) in _MONEY.split()


def close(unit: str) -> str | None:
    """Return the known unit that was probably meant by ``unit``, or ``None``.

    Example:
        >>> close("KG"), close("mt"), close("bag")
        ('kg', 't', None)
    """
    folded = unit.strip().casefold()
    if folded in _MEANT:
        return _MEANT[folded]
    same = [name for name in _NAMES if name.casefold() == folded]
    if same:
        return same[0]
    words = [name for name in _NAMES if len(name) > 3]
    return next(iter(get_close_matches(folded, words, n=1, cutoff=0.8)), None) if len(folded) < 40 else None


@cache
def factor(unit: str, to: str) -> Fraction:
    """Return how many ``to`` are in one ``unit``, exactly.

    Any text converts to itself with factor 1, known or not.

    Raises:
        UnitError: A unit is not known, or the two measure different things.
    Example:
        >>> factor("kg", "t"), factor("lb", "kg"), factor("bag", "bag")
        (Fraction(1, 1000), Fraction(45359237, 100000000), Fraction(1, 1))
    """
    if unit == to:
        return Fraction(1)
    for each in (unit, to):
        if not known(each):
            raise UnitError(f'the unit "{each}" is not known')
    (measure, name), (measure_to, name_to) = _NAMES[unit], _NAMES[to]
    if measure != measure_to:
        raise UnitError(f'"{unit}" cannot be converted to "{to}": one measures {measure}, the other {measure_to}')
    if name == name_to:
        return Fraction(1)
    if measure == "mass" and name in _TONNES and name_to in _TONNES:
        return _TONNES[name] / _TONNES[name_to]
    registry = _registry()
    return Fraction(registry.Quantity(Fraction(1), name).to(name_to).magnitude)


def mass_t(unit: str) -> Fraction | None:
    """Return the tonnes in one ``unit``; ``None`` where it is not a unit of mass.

    Example:
        >>> mass_t("kg"), mass_t("l")
        (Fraction(1, 1000), None)
    """
    return factor(unit, "t") if known(unit) and _NAMES[unit][0] == "mass" else None


@cache
def _registry() -> UnitRegistry[Any]:
    import pint

    return pint.UnitRegistry(non_int_type=Fraction)
