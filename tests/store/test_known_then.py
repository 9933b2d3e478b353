"""What is known of lots and waybills, now and as it was known at a place in the order of record."""

from __future__ import annotations

from recording import AT_MS, Desk, batch, move

from muster import store


def test_expiries_given_another_day_said_later_then_the_earlier_one_from_then_on(address: str) -> None:
    desk, phone = Desk(), Desk(recorder="m.noori")
    way = "outside:wfp > store:kabul, 1 t flour"
    with store.open(address) as book:
        book.post(batch(desk.event("receipt", move(way, lot="L1", expires="2027-06-30"))), at_ms=AT_MS)
        book.post(batch(desk.event("receipt", move(way, lot="L2", expires="2027-01-31"))), at_ms=AT_MS)
        late = phone.event("receipt", move(way, lot="L1", expires="2027-05-31"))
        assert book.post(batch(late), at_ms=AT_MS, offline=True).count("disputed") == 1
        then, now = {("flour", "L1"): "2027-06-30"}, {("flour", "L1"): "2027-05-31", ("flour", "L2"): "2027-01-31"}
        assert book.expiries(known_at=0) == {}
        assert book.expiries(known_at=1) == then
        assert book.expiries(known_at=2) == then | {("flour", "L2"): "2027-01-31"}
        assert book.expiries() == book.expiries(known_at=3) == book.expiries(known_at=99) == now


def test_dispatches_given_one_is_undone_then_it_is_there_only_before(address: str) -> None:
    desk = Desk()
    receipt = desk.event("receipt", "outside:wfp > store:kabul, 9 t flour", on=2)
    wrong = desk.event("dispatch", "store:kabul > transit:W1, 1 t flour", destination="store:herat")
    other = desk.event("dispatch", "store:kabul > transit:W2, 1 t flour", destination="store:herat")
    right = desk.event("dispatch", "store:kabul > transit:W1, 2 t flour", destination="store:ghor", due="2026-11-20")
    with store.open(address) as book:
        assert not book.post(batch(receipt, wrong, other, desk.reversal(wrong), right), at_ms=AT_MS).refused
        assert book.dispatches("W1") == [right]
        assert book.dispatches("W1", known_at=2) == book.dispatches("W1", known_at=3) == [wrong]
        assert book.dispatches("W1", known_at=1) == book.dispatches("W1", known_at=4) == []
        assert book.dispatches("W2") == [other]
