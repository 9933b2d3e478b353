"""What to say about a cell that cannot be read: what is wrong, and what to write instead."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from math import isfinite

from muster.economy.format import PLACEHOLDERS, Advice, did_you_mean
from muster.economy.tables import Column

Asker = Callable[[str], Advice]

_GROUPED = re.compile(r"[+-]?\d{1,3}(?:([,. '’\u00a0\u202f])\d{3})(?:\1\d{3})*")
_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_WITH_UNIT = re.compile(r"([+-]?\d[\d.,]*)\s*([^\W\d_]+[23³²]?)|([$€£])\s*(\d[\d.,]*)")
_DAY_FIRST = re.compile(r"(\d{1,2})([./-])\s?(\d{1,2})\2\s?(\d{4}|\d{2})")
_YEAR_FIRST = re.compile(r"(\d{4})(?:([./-])(\d{1,2})\2(\d{1,2})|(\d\d)(\d\d))(?:[T ][\d:.]+Z?)?")
_NAMED = ("%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%d-%b-%Y", "%d-%b-%y", "%B %d %Y", "%b %d %Y")


def about_number(value: str, column: Column, *, has_unit: bool) -> Advice:
    """Return what to say about a value that is no number, or out of bounds, in a column of numbers."""
    if advice := _placeholder(value, "F7"):
        return advice
    if _PLAIN.fullmatch(value):
        return _out_of_bounds(float(value), column)
    if value.casefold().lstrip("+-") in {"inf", "infinity", "∞"}:
        do = "write how much it is, or leave it blank where a blank means no limit"
        return Advice("A number is infinite.", "{n} numbers are infinite.", do, "F7")
    if value.endswith("%"):
        return Advice("A number is a percentage.", "{n} numbers are percentages.", _fraction(value), "F7", own=True)
    digits = "".join(str(unicodedata.digit(sign, sign)) for sign in value).replace("−", "-")
    if digits != value and _PLAIN.fullmatch(digits):
        return Advice(
            "A number is in other digits than 0–9.",
            "{n} numbers are in other digits than 0–9.",
            f"write {digits}",
            "F7",
            own=True,
        )
    if advice := _punctuated(value):
        return advice
    if match := _WITH_UNIT.fullmatch(value):
        number, unit = match[1] or match[4], match[2] or match[3]
        do = (
            f"write {number} here and {unit} in the column unit"
            if has_unit
            else f"write {number}, counted in {column.unit}"
        )
        return Advice(
            "A number has its unit in the same cell.",
            "{n} numbers have their unit in the same cell.",
            do,
            "F7",
            own=True,
        )
    return Advice("A cell is not a number.", "{n} cells are not numbers.", "write a number with a decimal point", "F7")


def about_date(value: str) -> Advice:
    """Return what to say about a value that is no date in a column of dates."""
    if advice := _placeholder(value, "F8"):
        return advice
    if match := _YEAR_FIRST.fullmatch(value):
        return _date(int(match[1]), int(match[3] or match[5]), int(match[4] or match[6]))
    if match := _DAY_FIRST.fullmatch(value):
        return _day_first(int(match[1]), match[2], int(match[3]), match[4])
    if match := re.fullmatch(r"(\d{4})-(\d{1,2})", value):
        do = f"write the first day it holds, e.g. {match[1]}-{int(match[2]):02d}-01"
        return Advice("A date has no day.", "{n} dates have no day.", do, "F8", own=True)
    if re.fullmatch(r"\d{5}(\.0)?", value):
        do = "format the column as a date in the spreadsheet, then save again"
        return Advice(
            "A date is a day number of a spreadsheet.", "{n} dates are day numbers of a spreadsheet.", do, "F8"
        )
    for form in _NAMED:
        try:
            day = datetime.strptime(value, form).date()
        except ValueError:
            continue
        return _otherwise(f"write {day.isoformat()}")
    return Advice(
        "A cell is not a date.", "{n} cells are not dates.", "write the date as YYYY-MM-DD, e.g. 2026-11-30", "F8"
    )


def about_word(value: str, column: Column) -> Advice:
    """Return what to say about a word that is not one of the choices."""
    if advice := _placeholder(value, "F9"):
        return advice
    words = column.choices or ("yes", "no")
    do = f"{did_you_mean(value, words)}write {' or '.join(words)}"
    return Advice("A word is not one of the choices.", "{n} words are not one of the choices.", do, "F9")


def about_text(value: str, column: Column) -> Advice:
    """Return what to say about text that cannot stand in a table."""
    if advice := _placeholder(value, "F10", also_see=False):
        return advice
    if value[0] in "=+-@":
        what = f'begins with "{value[0]}", which spreadsheets take for a formula'
        return Advice(
            f"A text {what}.", f"{{n}} texts {what.replace('begins', 'begin')}.", "begin with another sign", "F10"
        )
    if column.kind == "labels" and re.search("[,;]", value):
        do = f'write "{" ".join(re.split("[,; ]+", value)).strip()}"'
        return Advice(
            "Labels are not separated by spaces.", "{n} cells have labels not separated by spaces.", do, "F10", own=True
        )
    if len(value) > 1_000:
        do = "shorten it to 32,767 characters, what a cell of Excel holds"
        return Advice("A text is too long.", "{n} texts are too long.", do, "F10")
    do = "delete the hidden characters: type the text anew"
    return Advice("A text has hidden characters.", "{n} texts have hidden characters.", do, "F10")


def _placeholder(value: str, rule: str, *, also_see: bool = True) -> Advice | None:
    folded = value.casefold()
    words = {"na", "none", "unknown", "tbd", "...", "…"} if also_see else set()
    if folded not in PLACEHOLDERS | words and not (also_see and re.match(r"see\b", folded)):
        return None
    if value.startswith("#") and folded != "#n/a":
        do = "correct the formula, or leave the cell blank"
        return Advice("A cell holds an error of a formula.", "{n} cells hold errors of formulas.", do, rule)
    one, many = 'A cell holds a placeholder for "not available".', '{n} cells hold placeholders for "not available".'
    return Advice(one, many, "leave the cell blank, or write what is known", rule)


def _out_of_bounds(number: float, column: Column) -> Advice:
    if not isfinite(number):
        return Advice("A number is too large.", "{n} numbers are too large.", "write a number below 1e308", "F7")
    if column.most is not None and number > column.most:
        do = f"write at most {column.most:g}"
        do += f"; a percentage as a fraction, {number:g} % is {number / 100:g}" if column.unit == "fraction" else ""
        one, many = f"A number is above {column.most:g}.", f"{{n}} numbers are above {column.most:g}."
        return Advice(one, many, do, "F7")
    if column.least is not None and number < column.least:
        if column.least == 0:
            do = "write how much there is, 0 or more; what is taken away is planned, not written here"
            return Advice("A number is negative.", "{n} numbers are negative.", do, "F7")
        one, many = f"A number is below {column.least:g}.", f"{{n}} numbers are below {column.least:g}."
        return Advice(one, many, f"write at least {column.least:g}", "F7")
    do = "write a whole number"
    return Advice("A number is not whole.", "{n} numbers are not whole.", do, "F7")


def _fraction(value: str) -> str:
    number = value[:-1].strip().replace(",", ".")
    return f"write {float(number) / 100:g}" if _PLAIN.fullmatch(number) else "write it as a fraction, e.g. 0.05 for 5 %"


def _punctuated(value: str) -> Advice | None:
    """Return what to say about a decimal comma or separated thousands."""
    comma = ("A number has a decimal comma.", "{n} numbers have a decimal comma.")
    thousands = ("A number has its thousands separated.", "{n} numbers have their thousands separated.")
    if match := _GROUPED.fullmatch(value):
        whole = re.sub(r"[^\d+-]", "", value)
        if match[1] == "," and value.count(",") == 1:
            both = f"write {value.replace(',', '.')} if the comma is decimal, {whole} if it separates thousands"
            return Advice("A number has a comma.", "{n} numbers have a comma.", both, "F7", own=True)
        return Advice(*thousands, f"write {whole}", "F7", own=True)
    if re.fullmatch(r"[+-]?\d*,\d+", value):
        return Advice(*comma, f"write {value.replace(',', '.')}", "F7", own=True)
    if match := re.fullmatch(r"([+-]?\d[\d. '’\u00a0\u202f]*),(\d+)", value):
        return Advice(*comma, f"write {re.sub('[^0-9+-]', '', match[1])}.{match[2]}", "F7", own=True)
    if re.fullmatch(r"[+-]?\d[\d, '’\u00a0\u202f]*\.\d*", value):
        return Advice(*thousands, f"write {re.sub('[^0-9+.-]', '', value)}", "F7", own=True)
    return None


def _day_first(first: int, sign: str, second: int, written_year: str) -> Advice:
    year = int(written_year) if len(written_year) == 4 else 2000 + int(written_year)
    if sign == "/" and first <= 12 and second <= 12 and first != second:
        names = calendar.month_name
        do = (
            f"write {year}-{second:02d}-{first:02d} for {first} {names[second]}, "
            f"{year}-{first:02d}-{second:02d} for {second} {names[first]}"
        )
        return _otherwise(do)
    return _date(year, first, second) if second > 12 else _date(year, second, first)


def _date(year: int, month: int, day: int) -> Advice:
    if not 1900 <= year <= 9999:
        return Advice("A date is before 1900.", "{n} dates are before 1900.", "correct the year", "F8")
    if not 1 <= month <= 12:
        do = "write year, month and day: YYYY-MM-DD, e.g. 2026-11-30"
        return Advice(
            "A date has a month that does not exist.", "{n} dates have a month that does not exist.", do, "F8"
        )
    last = calendar.monthrange(year, month)[1]
    if not 1 <= day <= last:
        named = f"{last} {calendar.month_name[month]}"
        do = f"{named} is the last day of that month: write {date(year, month, last)}, or another day"
        return Advice("A date is not in the calendar.", "{n} dates are not in the calendar.", do, "F8", own=True)
    return _otherwise(f"write {date(year, month, day)}")


def _otherwise(do: str) -> Advice:
    return Advice("A date is not written YYYY-MM-DD.", "{n} dates are not written YYYY-MM-DD.", do, "F8", own=True)
