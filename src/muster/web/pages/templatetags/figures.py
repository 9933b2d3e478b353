"""How figures are written on a page, in the reader's language."""

from __future__ import annotations

from django import template
from django.utils.formats import number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from muster.book.wording import spoken
from muster.pictures.bars import bar as drawn
from muster.report.words import whole_percent

register = template.Library()

MILLION = 1_000_000


@register.filter
def percent(share: float | None) -> str:
    """Return a share as a whole percentage: 100 only for what is met in full; nothing for ``None``."""
    if share is None:
        return ""
    whole = whole_percent(share)
    number = "<1" if whole == 0.5 else number_format(round(whole))
    return gettext("%(number)s %%") % {"number": number}


@register.filter
def points(change: float) -> str:
    """Return a change of a share in points of a hundred, with its sign."""
    return f"{change * 100:+.1f}".replace("-", "−")


@register.filter
def figure(number: float, least: int = 2) -> str:
    """Return a number with as many digits as people need: 1,284; 12.3; 1.83; 2; of small ones ``least`` digits."""
    digits = 0 if abs(number) >= 100 else 1 if abs(number) >= 10 else 2 if abs(number) >= 0.01 else least
    written = f"{number:.{digits}f}"
    digits = len(written.rstrip("0").partition(".")[2]) if digits else 0
    return str(number_format(written, decimal_pos=digits))


@register.filter
def large(quantity: float, unit: str) -> str:
    """Return a quantity of a whole plan: grams in tonnes, and millions by their name: ``35,512 million kcal``."""
    if unit == "g" and quantity >= MILLION:
        return f"{figure(quantity / MILLION)} t"
    if quantity >= MILLION:
        return f"{figure(quantity / MILLION)} million {unit}"
    return f"{figure(quantity)} {unit}"


@register.filter
def amount(quantity: int, unit: str) -> str:
    """Return an amount of a smallest unit as people say it: ``29,350 kg``, ``−5 pieces``; nothing for none."""
    if not quantity:
        return ""
    much = abs(quantity)
    told = f"{much:,} {ngettext('piece', 'pieces', much)}" if unit == "piece" else spoken(much, unit)
    return f"−{told}" if quantity < 0 else told


@register.filter
def bar(share: float | None, kind: str = "") -> SafeString:
    """Draw a share as a bar; what it says stands beside it."""
    return mark_safe("" if share is None else drawn(share, title=percent(share), kind=kind))
