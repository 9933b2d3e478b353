from __future__ import annotations

from datetime import date

from recording import AT_MS, Desk, batch

from muster import store
from muster.book.book import Book


def test_post_given_a_month_then_shows_what_a_book_in_memory_shows(address: str) -> None:
    desk, model = Desk(), Book()
    receipt = desk.event("receipt", "outside:wfp > store:kabul, 600 bags of 50 kg flour", on=3)
    sent = desk.event(
        "dispatch", "store:kabul > transit:WB1, 1 t flour", on=9, destination="store:herat", due="2026-11-20"
    )
    events = [
        receipt,
        desk.count("store:kabul, 29350 kg flour", on=8),
        desk.event("loss", "store:kabul > loss:rain, 10 kg flour", on=5),
        desk.event("loss", "store:kabul > loss:rain, 100000 kg flour", on=5),
        sent,
        desk.reversal(receipt),
    ]
    with store.open(address) as book:
        for event in events:
            assert book.post(batch(event), at_ms=AT_MS) == model.post(batch(event), at_ms=AT_MS)
        assert book.card("store:kabul", "flour") == model.card("store:kabul", "flour")
        today = date(2026, 11, 25)
        assert book.transit(today=today) == model.transit(today=today)
        for known_at in range(book.size + 1):
            for day in range(1, 15):
                when = {"as_of": date(2026, 11, day), "known_at": known_at}
                assert book.balances(**when) == model.balances(**when)
        assert list(book.records()) == list(model.records())


def test_post_given_nothing_then_nothing_and_the_size_is_told(address: str) -> None:
    with store.open(address) as book:
        assert (book.post([], at_ms=AT_MS).size, book.stream([], at_ms=AT_MS).counts) == (0, {})
        book.post(batch(Desk().event("receipt", "outside:wfp > store:kabul, 1 kg flour")), at_ms=AT_MS)
        assert book.post([], at_ms=AT_MS).size == 1


def test_next_number_then_behind_the_last_one_of_the_recorder(address: str) -> None:
    desk = Desk(n=16)
    with store.open(address) as book:
        assert book.next_number(desk.recorder) == 1
        book.post(batch(desk.event("receipt", "outside:wfp > store:kabul, 1 kg flour")), at_ms=AT_MS)
        assert (book.next_number(desk.recorder), book.next_number("m.noori")) == (18, 1)


def test_event_given_an_id_then_its_place_and_what_it_says(address: str) -> None:
    event = Desk().event("receipt", "outside:wfp > store:kabul, 1 kg flour")
    with store.open(address) as book:
        assert book.event(event.id) is None
        book.post(batch(event), at_ms=AT_MS)
        assert book.event(event.id) == (1, event)
