"""What a depot is shown of its store."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from muster.book.ids import uuid7
from muster.services.book_records import Desk, Said, add_said
from muster.services.book_registers import ToRegister, register
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


def test_depot_given_a_good_of_which_nothing_came_yet_then_its_packs_say_what_it_is_measured_in(tmp_path: Path) -> None:
    book = str(tmp_path / "book.db")
    new_book(book, key=tmp_path / "book.key", random=lambda size: bytes(size))
    desk = Desk("a.ahmadi", "kabul", NOW_MS, lambda: uuid7(NOW_MS, random=1))
    register(book, ToRegister(resource="flour", measure="kg", packs=["bag=50 kg"]), desk)
    [flour] = depot(book, "kabul", today=date(2024, 11, 20)).goods
    assert (flour.unit, flour.measures) == ("g", [Measure("bag of 50 kg", 50_000), Measure("kg", 1_000)])
