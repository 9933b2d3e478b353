from __future__ import annotations

from datetime import date

from recording import AT_MS, Desk, batch, day, move

from muster.book.book import Book

FLOUR = "outside:wfp > store:kabul, 600 kg flour"


def test_card_given_a_month_then_as_on_paper_with_the_balance_on_every_row() -> None:
    book, desk = Book(), Desk()
    receipt = desk.event("receipt", FLOUR, on=3, document="WB123")
    given = desk.event("distribution", "store:kabul > people:kabul, 40 kg flour", on=9)
    late = desk.event("loss", "store:kabul > loss:rain, 10 kg flour", on=5)
    for event in (receipt, given, desk.count("store:kabul, 545 kg flour", on=8), late):
        assert not book.post(batch(event), at_ms=AT_MS).refused
    rows = book.card("store:kabul", "flour")
    told = [(row.occurred_ms, row.kind, row.document, row.other, row.received, row.issued, row.balance) for row in rows]
    assert told == [
        (day(3), "receipt", "WB123", "outside:wfp", 600_000, 0, 600_000),
        (day(5), "loss", "", "loss:rain", 0, 10_000, 590_000),
        (day(8), "count", "", "discrepancy:kabul", 0, 45_000, 545_000),
        (day(9), "distribution", "", "people:kabul", 0, 40_000, 505_000),
    ]
    assert [row.seq for row in rows] == [1, 4, 3, 2]


def test_expiring_given_lots_then_what_is_there_and_expires_soon_or_has_the_earliest_first() -> None:
    book, desk = Book(), Desk()
    lots = {"gone": "2026-11-01", "soon": "2026-12-11", "later": "2026-12-12", "given": "2026-12-01"}
    moves = [move(FLOUR, lot=lot, expires=expires) for lot, expires in lots.items()]
    given = move("store:kabul > people:kabul, 600 kg flour", lot="given")
    book.post(batch(desk.event("receipt", *moves), desk.event("distribution", given, on=4)), at_ms=AT_MS)
    rows = book.expiring(today=date(2026, 11, 27), days=14)
    assert [(row.place, row.lot, row.days) for row in rows] == [
        ("store:kabul", "gone", -26),
        ("store:kabul", "soon", 14),
    ]


def test_balances_given_a_day_and_what_was_known_then_both_times_hold() -> None:
    book, desk = Book(), Desk()
    for event in (
        desk.event("receipt", FLOUR, on=3),
        desk.event("distribution", "store:kabul > people:kabul, 40 kg flour", on=9),
        desk.event("loss", "store:kabul > loss:rain, 10 kg flour", on=5),
    ):
        book.post(batch(event), at_ms=AT_MS)

    def shown(on: int | None = None, known_at: int | None = None) -> list[int]:
        as_of = date(2026, 11, on) if on else None
        return [row.quantity for row in book.balances(place="store:kabul", as_of=as_of, known_at=known_at)]

    assert shown() == [550_000]
    assert shown(on=2) == []
    assert shown(on=5) == [590_000]
    assert shown(on=5, known_at=2) == [600_000]
    assert shown(on=9, known_at=2) == shown(known_at=2) == [560_000]
    assert shown(known_at=0) == []
    assert sum(row.quantity for row in book.balances()) == 0
