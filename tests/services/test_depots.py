"""What a depot is shown of its store."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from muster.book.ids import uuid7
from muster.services.book_records import Desk, Said, add_said
from muster.services.books import new_book
from muster.services.depots import Measure, depot

NOW_MS = 1_732_000_000_000


def test_depot_given_money_then_it_is_told_in_its_own_unit(tmp_path: Path) -> None:
    book = str(tmp_path / "book.db")
    new_book(book, key=tmp_path / "book.key", random=lambda size: bytes(size))
    desk = Desk("a.ahmadi", "kabul", NOW_MS, lambda: uuid7(NOW_MS, random=1))
    add_said(book, "opening", Said(goods=("cash: 12.50 USD",)), desk)
    [money] = depot(book, "kabul", today=date(2024, 11, 20)).held
    assert (money.unit, money.measures, money.lots[0].quantity) == ("USD/100", [Measure("USD", 100)], 1_250)
