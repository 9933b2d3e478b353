"""Every rule of the book is broken once, and says so; and what it allows is allowed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from recording import AT_MS, Desk, batch, counted, day, move

from muster.book.book import Book
from muster.book.events import Event, MappingUsed, Packs, Person, Stores
from muster.book.posting import Posted
from muster.book.rules import ASKED, RULES

FLOUR = "outside:wfp > store:kabul, 600 kg flour"


def started(*more: Event) -> tuple[Book, Desk]:
    """Return a book with 600 kg of flour in Kabul, and the desk that recorded it."""
    book, desk = Book(), Desk()
    assert not book.post(batch(desk.event("receipt", FLOUR)), at_ms=AT_MS).refused
    return book, desk


def posted(book: Book, *events: Event, offline: bool = False) -> Posted:
    """Post events as one batch."""
    return book.post(batch(*events), at_ms=AT_MS, offline=offline)


def broken(result: Posted) -> set[str]:
    """Return the rules that were broken."""
    return {fault.rule for fault in result.faults if fault.severity == "fault"}


Broken = Callable[[Book, Desk], Event]
BREACHES: dict[str, Broken] = {
    "B3 a receipt without moves": lambda book, desk: desk.event("receipt"),
    "B3 a receipt that is closed": lambda book, desk: replace(desk.event("receipt", FLOUR), closed_by="x"),
    "B3 a count of nothing": lambda book, desk: replace(desk.event("count"), closed_by="x"),
    "B3 a count twice": lambda book, desk: desk.count("store:kabul, 1 kg flour", "store:kabul, 2 kg flour"),
    "B3 a reversal without reason": lambda book, desk: replace(desk.event("reversal"), reverses=first(book), reason=""),
    "B10 a receipt out of a store": lambda book, desk: desk.event("receipt", "store:kabul > outside:wfp, 1 kg flour"),
    "B10 into discrepancy by hand": lambda book, desk: desk.event(
        "loss", "store:kabul > discrepancy:kabul, 1 kg flour"
    ),
    "B10 in a circle": lambda book, desk: desk.event("transfer", "store:kabul > store:kabul, 1 kg flour"),
    "B10 out of nothing": lambda book, desk: desk.event("production", "process:mill > store:kabul, 1 kg bread"),
    "B10 a count on the road": lambda book, desk: desk.count("transit:WB1, 1 kg flour"),
    "B12 a number twice": lambda book, desk: replace(desk.event("receipt", FLOUR), n=1),
    "B13 by volume": lambda book, desk: desk.event("receipt", "outside:wfp > store:kabul, 1 l flour"),
    "B13 two ways at once": lambda book, desk: desk.event(
        "receipt", "outside:wfp > store:kabul, 1 l oil", "outside:wfp > store:kabul, 1 kg oil"
    ),
    "B13 registered otherwise": lambda book, desk: desk.register(Packs("flour", "l", ())),
    "B16 of what is not there": lambda book, desk: desk.reversal(desk.event("receipt", FLOUR)),
    "B16 before it happened": lambda book, desk: replace(
        desk.event("reversal", on=1), reverses=first(book), reason="wrong"
    ),
    "B17 more than there is": lambda book, desk: desk.event("loss", "store:kabul > loss:rain, 1201 kg flour"),
    "B17 before it came": lambda book, desk: desk.event("loss", "store:kabul > loss:rain, 1 kg flour", on=2),
    "B18 out of another's store": lambda book, desk: Desk("herat", "b.herati").event(
        "transfer", "store:kabul > store:herat, 1 kg flour"
    ),
    "B18 into another's store": lambda book, desk: Desk("herat", "b.herati").event("receipt", FLOUR),
    "B18 a count of another": lambda book, desk: Desk("herat", "b.herati").count("store:kabul, 1 kg flour"),
    "B18 a reversal for another": lambda book, desk: replace(
        Desk("herat", "x").event("reversal", on=9), reverses=first(book), reason="wrong"
    ),
    "B21 counted and closed": lambda book, desk: desk.count("store:kabul, 1 kg flour", closed_by=desk.recorder),
    "B22 allowed to oneself": lambda book, desk: replace(desk.event("receipt", FLOUR), approved_by=desk.recorder),
    "B24 nobody could register again": lambda book, desk: desk.register(Person("x", "kabul", ("clerk",))),
    "B26 expires but is no lot": lambda book, desk: desk.event("receipt", move(FLOUR, expires="2027-06-30")),
}


def first(book: Book) -> str:
    """Return the id of the first event."""
    return next(iter(book._seqs))


@pytest.mark.parametrize("told", BREACHES)
def test_post_given_a_breach_then_refused_by_its_rule_and_nothing_is_posted(told: str) -> None:
    book, desk = started()
    before = book.balances()
    result = posted(book, BREACHES[told](book, desk))
    assert broken(result) == {told.split()[0]}
    assert result.refused
    assert (book.balances(), book.size) == (before, 1)
    for fault in result.faults:
        assert fault.what.endswith(".")
        assert fault.do


@pytest.mark.parametrize("told", BREACHES)
def test_post_given_a_breach_among_others_then_they_are_held_back_but_not_those_of_a_device(told: str) -> None:
    book, desk = started()
    fine = replace(desk.event("receipt", FLOUR), n=100)
    breach = BREACHES[told](book, desk)
    held = posted(book, fine, breach)
    assert [outcome.status for outcome in held.outcomes] == ["held", "refused"]
    sent = posted(book, fine, breach, offline=True)
    rule = next(each for each in RULES if each.number == told.split()[0])
    assert [outcome.status for outcome in sent.outcomes] == ["accepted", rule.offline]
    assert book.size == 2 + (rule.offline == "disputed")


def test_rules_then_numbered_once_with_a_title_and_all_that_are_asked_are_broken_above() -> None:
    numbers = [rule.number for rule in RULES]
    assert len(set(numbers)) == len(numbers)
    assert all(rule.title for rule in RULES)
    by_people = {"B14", "B19", "B20", "B23"}  # below, and in test_rights.py
    assert {rule.number for rule in ASKED} <= {told.split()[0] for told in BREACHES} | by_people


def test_post_given_another_body_for_a_known_id_then_a_conflict() -> None:
    book, desk = started()
    event = desk.event("receipt", FLOUR)
    assert posted(book, event).count("accepted") == 1
    assert posted(book, event).count("known") == 1
    assert broken(posted(book, replace(event, document="WB7"))) == {"B11"}
    twice = desk.event("receipt", FLOUR)
    assert [each.status for each in posted(book, twice, twice).outcomes] == ["accepted", "known"]
    other = desk.event("receipt", FLOUR)
    assert broken(posted(book, other, replace(other, document="WB7"))) == {"B11"}


def test_post_given_two_last_days_of_a_lot_then_refused_and_of_a_device_the_earlier_holds() -> None:
    book, desk = Book(), Desk()
    first_day = move(FLOUR, lot="L1", expires="2027-06-30")
    posted(book, desk.event("receipt", first_day))
    assert not posted(book, desk.event("receipt", first_day)).refused
    other = desk.event("receipt", first_day._replace(expires="2027-01-31"))
    assert broken(posted(book, other)) == {"B14"}
    assert posted(book, other, offline=True).count("disputed") == 1
    assert [row.expires for row in book.expiring(today=date(2027, 1, 30), days=2)] == ["2027-01-31"]


def test_post_given_an_event_in_the_future_then_taken_with_a_warning() -> None:
    book, desk = started()
    result = posted(book, desk.event("receipt", FLOUR, on=28))
    assert result.count("accepted") == 1
    assert [(fault.rule, fault.severity) for fault in result.faults] == [("B15", "warning")]


def test_post_given_a_reversal_then_undone_once_and_never_reversed_itself() -> None:
    book, desk = started()
    event = desk.event("loss", "store:kabul > loss:rain, 5 kg flour")
    reversal = desk.reversal(event)
    assert posted(book, event, reversal).count("accepted") == 2
    assert broken(posted(book, desk.reversal(event))) == {"B16"}
    assert broken(posted(book, desk.reversal(reversal, on=21))) == {"B16"}
    assert [row.quantity for row in book.balances(place="store:kabul")] == [600_000]


def test_post_given_a_reversal_before_its_event_then_it_waits_for_it() -> None:
    book, desk = started()
    event = desk.event("loss", "store:kabul > loss:rain, 5 kg flour")
    result = posted(book, desk.reversal(event), event)
    assert [(outcome.status, outcome.seq) for outcome in result.outcomes] == [("accepted", 3), ("accepted", 2)]
    late = desk.event("loss", "store:kabul > loss:rain, 5 kg flour")
    reversal = desk.reversal(late)
    assert posted(book, reversal, offline=True).count("refused") == 1
    assert posted(book, late, offline=True).count("accepted") == 1
    assert posted(book, reversal, offline=True).count("accepted") == 1


def test_post_given_goods_that_come_and_go_at_one_time_or_in_any_order_of_lines_then_accepted() -> None:
    book, desk = Book(), Desk()
    out, came = desk.event("loss", "store:kabul > loss:rain, 600 kg flour"), desk.event("receipt", FLOUR)
    assert posted(book, out, came).count("accepted") == 2


def test_post_given_taken_from_what_lacks_already_then_refused_but_what_comes_in_is_not() -> None:
    book, desk = started()
    posted(book, desk.event("loss", "store:kabul > loss:rain, 700 kg flour"), offline=True)
    assert broken(posted(book, desk.event("loss", "store:kabul > loss:rain, 1 kg flour", on=4))) == {"B17"}
    assert not posted(book, desk.event("receipt", "outside:wfp > store:kabul, 20 kg flour", on=4)).refused
    assert [(row.lowest, row.now) for row in book.disputes()] == [(-100_000, -80_000)]
    assert not posted(book, desk.event("receipt", "outside:wfp > store:kabul, 100 kg flour", on=2)).refused
    assert book.disputes() == []


def test_post_given_a_count_then_what_lacked_before_it_blames_nobody_behind_it() -> None:
    book, desk = started()
    posted(book, desk.event("loss", "store:kabul > loss:rain, 700 kg flour", on=4), offline=True)
    posted(book, desk.count("store:kabul, 50 kg flour", on=5))
    assert not posted(book, desk.event("loss", "store:kabul > loss:rain, 50 kg flour", on=6)).refused
    assert broken(posted(book, desk.event("loss", "store:kabul > loss:rain, 1 kg flour", on=7))) == {"B17"}


def test_post_given_packs_and_stores_registered_then_they_are_known_and_a_pack_never_changes() -> None:
    book, desk = started()
    more = (Packs("flour", "kg", (("bag", "50 kg"),)), Stores("kabul", ("store:airport",)), MappingUsed("a", "0" * 64))
    assert not posted(book, desk.register(*more)).refused
    assert book.register.packs == {"flour": {"bag": "50 kg"}}
    assert not posted(book, desk.event("receipt", "outside:wfp > store:airport, 1 kg flour")).refused
    assert broken(posted(book, desk.register(Packs("flour", "kg", (("bag", "25 kg"),))))) == {"B24"}
    assert broken(posted(book, Desk("airport", "x").event("loss", "store:airport > loss:rain, 1 kg flour"))) == {"B18"}


def test_post_given_counted_of_several_lots_then_each_is_set_and_the_rest_is_left() -> None:
    book, desk = Book(), Desk()
    posted(book, desk.event("receipt", move(FLOUR, lot="L1"), move(FLOUR, lot="L2"), move(FLOUR, lot="L3")))
    lines = counted("store:kabul, 590 kg flour", lot="L1"), counted("store:kabul, 610 kg flour", lot="L2")
    posted(book, desk.count(*lines, on=4))
    assert [row.quantity for row in book.balances(place="store:kabul")] == [590_000, 610_000, 600_000]
    assert [row.quantity for row in book.balances(place="discrepancy:kabul")] == [10_000, -10_000]
    assert posted(book, desk.event("loss", move("store:kabul > loss:rain, 1 kg flour", lot="L1"), on=3)).count(
        "accepted"
    )
    assert [row.quantity for row in book.balances(place="discrepancy:kabul", known_at=2)] == [10_000, -10_000]
    assert [row.quantity for row in book.balances(place="discrepancy:kabul")] == [9_000, -10_000]
    assert day(3) < day(4)
