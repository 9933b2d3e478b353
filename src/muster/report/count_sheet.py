"""A blind sheet for counting: what lies in a store, with room for how much, and nothing that the book says of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from muster.pictures.markup import EMPTY, Markup, element, join, text
from muster.report.html import document
from muster.report.tables import whole_table

SPARE_ROWS = 6
"""Empty rows for what is found and not listed."""

_HEADS = ("Resource", "Lot", "Good until", "Counted", "Unit or pack", "Remark")
_TOLD = (
    "Count every pack and weigh what is open. Write what you find, also nothing (0), and what is not listed. "
    "Do not look into the book. Sign; another person closes the count."
)
_SIGNED = ("Counted by", "Witness", "Date and hour", "Sheet number")


def render(place: str, lines: Sequence[tuple[str, str, str]], *, day: date) -> str:
    """Return the sheet as one HTML page for A4; twenty-five lines fit on one side.

    Args:
        place: The store.
        lines: Resource, lot and last day of what lies there; ``""`` where there is none.
        day: When it was printed.
    """
    rows = [_row("th", each) for each in lines] + [_row("td", ("", "", ""))] * SPARE_ROWS
    parts = [
        element("h1", None, text(f"Count of {place}")),
        element("p", {"class": "span"}, text(f"Printed {day.isoformat()}")),
        element("p", None, text(_TOLD)),
        whole_table([(head, False) for head in _HEADS], join(rows), caption="What is there"),
        element("dl", {"class": "signed"}, join(_line(name) for name in _SIGNED)),
    ]
    main = element("main", {"class": "sheet counting", "id": "main"}, join(parts))
    return document(f"Count of {place}", main)


def _row(first: str, named: tuple[str, str, str]) -> Markup:
    """Return a row with room to write; the name of what is listed heads it."""
    head = element(first, {"scope": "row" if first == "th" else None}, text(named[0]))
    blank = [EMPTY] * (len(_HEADS) - len(named))
    return element("tr", None, join([head, *(element("td", None, cell) for cell in (*map(text, named[1:]), *blank))]))


def _line(name: str) -> Markup:
    return join([element("dt", None, text(name)), element("dd", None, EMPTY)])
