"""How a page writes what stands in the book: amounts, times, kinds; in the reader's language."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from django import template
from django.utils.formats import number_format
from django.utils.translation import get_language, get_language_bidi, gettext, ngettext
from django.utils.translation import gettext_noop as _

from muster.services.depots import Measure

register = template.Library()

KINDS = {
    "opening": _("Opening"),
    "receipt": _("Received"),
    "dispatch": _("Sent"),
    "arrival": _("Received from a waybill"),
    "production": _("Made"),
    "distribution": _("Gave out"),
    "loss": _("Lost"),
    "transfer": _("Handed over"),
    "count": _("Counted"),
    "reversal": _("Put right"),
    "register": _("Registered"),
}
"""Kind of an event -> what a clerk calls it."""

UNITS = {"g": ("kg", 3), "ml": ("l", 3), "piece": ("piece", 0)}
"""Smallest unit -> the unit that is shown, and the digits between them."""

_MANY = 100
_LTR, _END = "\u2066", "\u2069"  # LEFT-TO-RIGHT ISOLATE … POP DIRECTIONAL ISOLATE
_NAMES = {"kg": _("kg"), "l": _("l")}


@register.filter
def amount(quantity: int, unit: str) -> str:
    """Write an amount of a smallest unit: ``29,400 kg`` for 29,400,000 g."""
    shown, digits = UNITS.get(unit, (unit, 0))
    number = Decimal(quantity).scaleb(-digits).normalize()
    places = max(0, -int(number.as_tuple().exponent))
    return _told(number_format(number, places, use_l10n=True, force_grouping=True), _name(shown, int(abs(number))))


@register.filter
def came(quantity: int, unit: str) -> str:
    """Write an amount that came in: ``+6,384 kg``."""
    return _signed("+", amount(quantity, unit))


@register.filter
def went(quantity: int, unit: str) -> str:
    """Write an amount that went out: ``−150 kg``."""
    return _signed("−", amount(quantity, unit))


def _told(number: str, name: str) -> str:
    """Return number and unit; on a page from right to left the number is kept apart, or its parts change places."""
    return f"{_LTR}{number}{_END}\u00a0{name}" if get_language_bidi() else f"{number}\u00a0{name}"


def _signed(sign: str, told: str) -> str:
    return f"{_LTR}{sign}{told.removeprefix(_LTR)}" if told.startswith(_LTR) else f"{sign}{told}"


@register.filter
def larger(unit: str) -> str:
    """Return the unit that amounts of a smallest unit are shown in."""
    return _name(UNITS.get(unit, (unit, 0))[0], _MANY)


def _name(unit: str, number: int) -> str:
    if unit == "piece":
        return ngettext("piece", "pieces", number)
    return gettext(_NAMES[unit]) if unit in _NAMES else unit


@register.filter
def measure(told: Measure, unit: str) -> str:
    """Write what a good is told in: ``bag of 50 kg``; in other languages the pack as the book has it, and its size."""
    pack, of = told.text.rpartition(" of ")[:2]
    if (get_language() or "en").startswith("en"):
        return told.text
    return f"{pack}: {amount(told.size, unit)}" if of else larger(unit)


@register.filter
def moment(ms: int) -> datetime:
    """Return a time of the book, for the filter ``date``."""
    return datetime.fromtimestamp(ms / 1000, UTC)


@register.filter
def kind(name: str) -> str:
    """Say what happened."""
    return gettext(KINDS.get(name, name))
