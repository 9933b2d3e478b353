"""How a page says what a plan says: its sentences, periods and lists in the reader's language."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping, Sequence

from django import template
from django.utils.formats import number_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_bidi, gettext, ngettext, pgettext
from django.utils.translation import gettext_noop as _

from muster.plan import sentences

register = template.Library()

WORDS = {
    "t": _("t"),
    "kg": _("kg"),
    "l": _("l"),
    "kWh": _("kWh"),
    "kcal": _("kcal"),
    "piece": _("piece"),
    "h": _("h"),
    "runs": _("runs"),
    "a day": _("a day"),
    "a week": _("a week"),
    "a month": _("a month"),
    "a year": _("a year"),
    "a person and day": _("a person and day"),
    "of": _("of"),
    "to": _("to"),
    "week of": _("week of"),
    "month of": _("month of"),
    "year of": _("year of"),
    "any need": _("any need"),
    "every need": _("every need"),
    "all the time": _("all the time"),
    "the pool": _("the pool"),
    "everywhere": _("everywhere"),
    "after the plan": _("after the plan"),
    "of the survival floor": _("of the survival floor"),
    "of the full standard": _("of the full standard"),
}
"""Words that stand in the values of a sentence."""

_UNITS = ("t", "kg", "l", "kWh", "kcal", "piece", "h", "runs")
_PER = ("a person and day", "a day", "a week", "a month", "a year")
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+(?:e[+-]?\d+)?|\d{4,}(?!\d)")
_MONTHS = re.compile(rf"(\b\d{{1,2}} )?({'|'.join(calendar.month_name[1:])})")
_ISOLATE, _FROM_RIGHT, _END = "\u2068", "\u2067", "\u2069"  # FIRST STRONG, RIGHT-TO-LEFT … POP DIRECTIONAL ISOLATE
_MIXED = frozenset({"names", "whom", "parts", "thing", "unit", "amount", "people"})
"""Values that hold words of the reader's language between names and numbers."""


@register.filter
def said(sentence: str) -> SafeString:
    """Return a sentence of a plan in the reader's language; one that is not known stays English, and is marked so."""
    if _english():
        return conditional_escape(sentence)
    found = _translated(sentence, sentences.ALL)
    return format_html('<span lang="en" dir="ltr">{}</span>', sentence) if found is None else conditional_escape(found)


@register.filter
def period(name: str) -> str:
    """Return the name of a period, or of several, in the reader's language: ``week of 2 November 2026``."""
    if _english():
        return name
    told = _MONTHS.sub(_month, name)
    told = re.sub(r"\b(week|month|year) of\b", lambda found: gettext(WORDS[found[0]]), told)
    return gettext(WORDS[name]) if name in WORDS else told.replace(" to ", " – ")


def _month(found: re.Match[str]) -> str:
    """Return a month; behind a day as it is said there, ``2 ноября``."""
    day, month = found[1] or "", found[2]
    return f"{day}{pgettext('alt. month', month)}" if day else gettext(month)


@register.filter
def numbers(text: str) -> str:
    """Return text with its numbers as the reader's language writes them."""
    return text if _english() else _number(text)


def _english() -> bool:
    return (get_language() or "en").startswith("en")


def _translated(sentence: str, among: Sequence[str]) -> str | None:
    """Return a sentence in the reader's language; ``None`` where it was made from none of the templates."""
    found = sentences.read(sentence, among=among)
    if found is None:
        return None
    values = {}
    for name, value in found.values.items():
        told = _VALUES.get(name, str)(value)
        values[name] = _isolated(told, mark=_FROM_RIGHT if name in _MIXED else _ISOLATE)
    return gettext(found.template).format(**values)


def _isolated(value: str, *, mark: str = _ISOLATE) -> str:
    """Return a value whose own direction does not turn the sentence around it."""
    return f"{mark}{value}{_END}" if get_language_bidi() else value


def _when(value: str) -> str:
    """Return periods within a sentence, where names of months are not written large."""
    return period(value).lower()


def _number(value: str) -> str:
    """Return text with its numbers as the language writes them; years stay."""

    def told(found: re.Match[str]) -> str:
        digits = found[0].replace(",", "")
        if "e" in digits or ("," not in found[0] and "." not in found[0]):
            return found[0]
        places = len(digits.partition(".")[2])
        return str(number_format(digits, decimal_pos=places, use_l10n=True, force_grouping="," in found[0]))

    return _NUMBER.sub(told, value)


def _amount(value: str) -> str:
    """Return ``1,234 runs of 5 t``, or a unit, in the reader's language."""
    told = _number(value)
    for phrase in _PER:
        told = re.sub(rf"(?<!\S){re.escape(phrase)}(?!\S)", lambda found: gettext(WORDS[found[0]]), told)
    units = "|".join(map(re.escape, _UNITS))
    told = re.sub(rf"(?<![\w’])(?:{units})(?![\w’])", lambda found: gettext(WORDS[found[0]]), told)
    return re.sub(r"(?<=\s)of(?=\s)", lambda found: gettext(WORDS["of"]), told)


def _now(value: str) -> str:
    return _number(value).replace(" to ", "–")


def _names(value: str) -> str:
    """Return ``Ada, Bor and 3 more``, each name with what stands in brackets behind it, in the reader's language."""
    more = re.fullmatch(r"(.+) and (\d+) more", value)
    if more:
        return f"{_names(more[1])} {gettext('and %(count)s more') % {'count': more[2]}}"
    first, both, last = value.rpartition(" and ")
    if both:
        return gettext("%(first)s and %(last)s") % {"first": _names(first), "last": _names(last)}
    comma = gettext(", ")
    return comma.join(_isolated(gettext(WORDS[name]) if name in WORDS else name) for name in value.split(", "))


def _whom(value: str) -> str:
    """Return ``heat in Ada (70 %) and Bor (72 to 80 % of the full standard); …`` in the reader's language."""
    told = []
    for each in value.split("; "):
        head, bracket, rest = each.partition(" (")
        need, where, first = head.rpartition(" in ")
        told.append(f"{_isolated(need)}: {_names(first + bracket + rest)}" if where else _isolated(each))
    whole = "; ".join(told)
    for phrase in ("of the survival floor", "of the full standard"):
        whole = whole.replace(phrase, gettext(WORDS[phrase]))
    return _number(re.sub(r"([\d.]+) to ([\d.]+) %", r"\1–\2 %", whole))


def _parts(value: str) -> str:
    return "; ".join(_translated(each, sentences.CHANGES) or each for each in value.split("; "))


def _thing(value: str) -> str:
    return _translated(value, sentences.THINGS) or value


def _of_all(value: str) -> str:
    """Return ``every need, all the time``, or the name of a need."""
    return ", ".join(gettext(WORDS[each]) if each in WORDS else each for each in value.split(", "))


def _people(value: str) -> str:
    number = value.partition(" ")[0]
    return f"{_number(number)} {ngettext('person', 'people', int(number.replace(',', '')))}"


_VALUES: Mapping[str, Callable[[str], str]] = {
    "when": _when,
    "amount": _amount,
    "number": _number,
    "unit": _amount,
    "now": _now,
    "level": _number,
    "down": _number,
    "slack": _number,
    "step": _number,
    "names": _names,
    "whom": _whom,
    "parts": _parts,
    "thing": _thing,
    "people": _people,
    "what": _of_all,
    "where": _of_all,
}
"""Name of a field -> how its value is said; all others are names."""
