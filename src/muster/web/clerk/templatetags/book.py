"""How a page writes what stands in the book: amounts, times, kinds; in the reader's language."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal

from django import template
from django.utils.formats import number_format
from django.utils.translation import get_language, get_language_bidi, gettext, ngettext
from django.utils.translation import gettext_noop as _

from muster.book.events import Counted, Move
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
_LOOSE = re.compile(r"([\d,]+(?:\.\d+)?) (kg|l|piece)")
_PACKS = re.compile(r"([\d,]+(?:\.\d+)?) (.+) of (.+)")
_LTR, _END = "\u2066", "\u2069"  # LEFT-TO-RIGHT ISOLATE … POP DIRECTIONAL ISOLATE
_NAMES = {"kg": _("kg"), "l": _("l")}


@register.filter
def amount(quantity: int, unit: str) -> str:
    """Write an amount of a smallest unit: ``29,400 kg`` for 29,400,000 g."""
    shown, digits = UNITS.get(unit, (unit, 0))
    number = Decimal(quantity).scaleb(-digits)
    return f"{_apart(_number(number))}\u00a0{_name(shown, int(abs(number)))}"


@register.filter
def bare(quantity: int, unit: str) -> str:
    """Write the number of an amount, below a heading that names the unit: ``29,400``, ``−150``."""
    number = _number(Decimal(abs(quantity)).scaleb(-UNITS.get(unit, (unit, 0))[1]))
    return _apart(f"−{number}" if quantity < 0 else number)


@register.filter
def came(quantity: int, unit: str) -> str:
    """Write what came in, in the same way: ``+6,384``."""
    return _apart(f"+{bare(quantity, unit).strip(_LTR + _END)}")


@register.filter
def went(quantity: int, unit: str) -> str:
    """Write what went out, in the same way: ``−150``."""
    return bare(-quantity, unit)


@register.filter
def entered(line: Move | Counted) -> str:
    """Write what was entered and what it comes to: ``3 bags of 50 kg (150 kg)``; told loosely, only that."""
    much = amount(line.quantity, line.unit)
    return f"{told(line.entered)} ({much})" if _PACKS.fullmatch(line.entered) else much


@register.filter
def told(text: str) -> str:
    """Write an amount that is known only as it was entered: ``3 bags of 50 kg``, ``3 × bag``; ``100 pieces``."""
    packs, loose = _PACKS.fullmatch(text), _LOOSE.fullmatch(text)
    if packs:
        number, pack, holds = packs.groups()
        much = _number(Decimal(number.replace(",", "")))
        many = pack if number == "1" or pack.endswith("s") else f"{pack}s"
        return f"{much} {many} of {size(holds)}" if _english() else f"{_apart(much)} × {pack}"
    if loose:
        loosely = Decimal(loose[1].replace(",", ""))
        return f"{_apart(_number(loosely))}\u00a0{_name(loose[2], int(loosely))}"
    return text


@register.filter
def size(holds: str) -> str:
    """Write what a pack holds, as the book has it: ``50 kg``, ``20 pieces``."""
    return f"{holds}s" if holds.endswith(" piece") and holds != "1 piece" else holds


def _number(number: Decimal) -> str:
    number = number.normalize()
    places = max(0, -int(number.as_tuple().exponent))
    return str(number_format(number, places, use_l10n=True, force_grouping=True))


def _apart(text: str) -> str:
    """Keep a number or a name apart on a page from right to left, or its parts change places."""
    return f"{_LTR}{text}{_END}" if get_language_bidi() else text


def _english() -> bool:
    return (get_language() or "en").startswith("en")


@register.filter
def apart(name: str) -> str:
    """Keep a name or a day apart where no element can: in an option of a page from right to left."""
    return _apart(name)


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
    if not of:
        return larger(unit)
    return f"{pack} of {amount(told.size, unit)}" if _english() else f"{pack}: {amount(told.size, unit)}"


@register.filter
def moment(ms: int) -> datetime:
    """Return a time of the book, for the filter ``date``."""
    return datetime.fromtimestamp(ms / 1000, UTC)


@register.filter
def kind(name: str) -> str:
    """Say what happened."""
    return gettext(KINDS.get(name, name))
