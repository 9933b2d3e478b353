"""From the fields of a form, sent by a page or kept on a phone for days, to an entry."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from muster.services.book_records import Said
from muster.services.entries import Entry

_MOST_ROWS = 500
_FRACTION = re.compile(r"\d+,(?:\d{1,2}|\d{4,})")
_ROW = re.compile(r"n-(\d{1,3}(?:-\d{1,3})?)")


def entry_of(id: str, form: str, fields: Mapping[str, str], *, occurred: str) -> Entry:
    """Return what was entered.

    Args:
        id: Of the entry.
        form: One of ``entries.FORMS``.
        fields: ``n-7`` (how much), ``unit-7``, ``what-7`` (``flour, lot L12``), ``lot-7``, ``expires-7`` of each row;
            ``document``, ``from``, ``carrier``, ``reason``, ``reverses``.
        occurred: When, as the interchange writes it; ``""``: now.
    """
    text = {name: value.strip() for name, value in fields.items()}
    rows = [found[1] for name in text if (found := _ROW.fullmatch(name))]
    said = Said(
        goods=tuple(_goods(text, row) for row in rows[:_MOST_ROWS] if text[f"n-{row}"]),
        source=f"outside:{text['from']}" if form == "received" and text.get("from") else "",
        occurred=occurred,
        document=text.get("document", ""),
        reason=text.get("reason", ""),
    )
    claim = f"outside:{text['carrier']}" if form == "arrived" and text.get("carrier") else ""
    return Entry(id, form, said, claim, text.get("reverses", ""))


def _goods(text: Mapping[str, str], row: str) -> str:
    named = text.get(f"what-{row}", "")
    for word in ("lot", "expires"):
        if value := text.get(f"{word}-{row}"):
            named += f", {word} {value}"
    return f"{named}: {western(text[f'n-{row}'])} {text.get(f'unit-{row}', '')}"


def western(number: str) -> str:
    """Return a number in the digits of the book and with a point, from those of any script.

    A comma before three digits stays: it may mean thousands or a fraction, and the book refuses it.

    Example:
        >>> western("٢٥٫٥"), western("12,5"), western("1,250")
        ('25.5', '12.5', '1,250')
    """
    digits = [unicodedata.decimal(sign, None) for sign in number]
    told = "".join(sign if digit is None else str(digit) for sign, digit in zip(number, digits, strict=True))
    told = told.replace("٫", ".").replace("٬", ",")
    return told.replace(",", ".") if _FRACTION.fullmatch(told) else told
