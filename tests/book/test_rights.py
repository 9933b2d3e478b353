"""Rights tried from every side: nothing that another unit, the writer of a waybill or a single counter may do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from recording import AT_MS, Desk, batch

from muster.book.book import Book
from muster.book.events import Event, Person, Stores
from muster.book.posting import Posted

KABUL, HERAT = "store:kabul", "store:herat"


def posted(book: Book, *events: Event) -> Posted:
    """Post events as one batch."""
    return book.post(batch(*events), at_ms=AT_MS)


def rules(result: Posted) -> set[str]:
    """Return the rules that were broken."""
    return {fault.rule for fault in result.faults}


def on_the_road() -> tuple[Book, Desk]:
    """Return a book in which a.karimi of Kabul sent 600 kg to Herat with WB1, and the desk of a.karimi."""
    book, desk = Book(), Desk()
    sent = desk.event("dispatch", f"{KABUL} > transit:WB1, 600 kg flour", destination=HERAT, due="2026-11-10")
    assert not posted(book, desk.event("receipt", f"outside:wfp > {KABUL}, 900 kg flour"), sent).refused
    return book, desk


FOREIGN = {
    "opening": [f"outside:wfp > {KABUL}"],
    "receipt": [f"outside:wfp > {KABUL}", f"people:kabul > {KABUL}"],
    "dispatch": [f"{KABUL} > transit:WB2"],
    "arrival": [f"transit:WB1 > {KABUL}"],
    "production": [f"{KABUL} > process:mill"],
    "distribution": [f"{KABUL} > people:kabul"],
    "loss": [f"{KABUL} > loss:rain"],
    "transfer": [f"{KABUL} > {HERAT}"],
}


@pytest.mark.parametrize(("kind", "way"), [(kind, way) for kind, ways in FOREIGN.items() for way in ways])
def test_post_given_a_clerk_of_another_unit_then_no_kind_of_event_touches_the_store(kind: str, way: str) -> None:
    book, _ = on_the_road()
    event = Desk("herat", "b.herati").event(kind, f"{way}, 1 kg flour", on=4)
    assert rules(posted(book, event)) == {"B18"}
    assert rules(posted(book, replace(event, approved_by="b.herati"))) == {"B18", "B22"}
    assert not posted(book, replace(event, approved_by="k.manager")).refused


def test_post_given_a_transfer_to_another_unit_then_given_but_never_fetched() -> None:
    book, desk = on_the_road()
    assert not posted(book, desk.event("transfer", f"{KABUL} > {HERAT}, 1 kg flour")).refused
    assert rules(posted(book, desk.event("transfer", f"{HERAT} > {KABUL}, 1 kg flour", on=4))) == {"B18"}


@pytest.mark.parametrize("goal", ["store:herat", "loss:theft", "outside:carrier"])
def test_post_given_the_writer_of_a_waybill_then_neither_receives_nor_writes_off(goal: str) -> None:
    book, _ = on_the_road()
    event = Desk("herat", "a.karimi", n=50).event("arrival", f"transit:WB1 > {goal}, 600 kg flour", on=4)
    assert rules(posted(book, event)) == {"B19"}
    assert rules(posted(book, replace(event, approved_by="a.karimi"))) == {"B19", "B22"}
    assert not posted(book, replace(event, approved_by="c.third")).refused


def test_post_given_a_waybill_meant_for_another_then_only_receiver_or_sender_takes_it() -> None:
    book, _ = on_the_road()
    arrival = "transit:WB1 > store:mazar, 1 kg flour"
    assert rules(posted(book, Desk("mazar", "m").event("arrival", arrival, on=4))) == {"B20"}
    assert not posted(book, Desk("herat", "h").event("arrival", f"transit:WB1 > {HERAT}, 1 kg flour", on=4)).refused
    assert not posted(book, Desk("kabul", "k").event("arrival", f"transit:WB1 > {KABUL}, 1 kg flour", on=4)).refused


@pytest.mark.parametrize(("who", "unit", "into"), [("a.karimi", "herat", "herat"), ("m", "mazar", "mazar")])
def test_post_given_an_arrival_from_a_device_before_or_after_its_waybill_then_the_same_book(
    who: str, unit: str, into: str
) -> None:
    desk = Desk("kabul", "a.karimi")
    opening = desk.event("opening", f"outside:wfp > {KABUL}, 900 kg flour", on=1)
    sent = desk.event("dispatch", f"{KABUL} > transit:WB1, 600 kg flour", on=2, document="WB1", destination=HERAT)
    came = Desk(unit, who, n=50).event("arrival", f"transit:WB1 > store:{into}, 600 kg flour", on=4)
    found = []
    for order in ((opening, sent, came), (came, opening, sent)):
        book = Book()
        for event in order:
            assert not book.post(batch(event), at_ms=AT_MS, offline=True).refused
        found.append(book.balances())
    assert found[0] == found[1]


def test_post_given_a_partial_arrival_then_the_difference_stays_on_the_road_until_it_is_accounted_for() -> None:
    book, _ = on_the_road()
    herat = Desk("herat", "b.herati")
    posted(book, herat.event("arrival", f"transit:WB1 > {HERAT}, 588 kg flour", on=6))
    row = book.transit(today=date(2026, 11, 11))[0]
    assert (row.dispatched, row.arrived, row.still, row.overdue) == (600_000, 588_000, 12_000, True)
    assert not book.transit(today=date(2026, 11, 10))[0].overdue
    wrong = herat.event("loss", "transit:WB1 > loss:wet, 2 kg flour", on=7)
    claim = herat.event("loss", "transit:WB1 > outside:carrier, 10 kg flour", on=7)
    assert not posted(book, wrong, claim).refused
    row = book.transit(today=date(2026, 11, 11))[0]
    assert (row.arrived, row.lost, row.claimed, row.still, row.overdue) == (588_000, 2_000, 10_000, 0, False)
    posted(book, herat.reversal(wrong))
    assert (book.transit(today=date(2026, 11, 11))[0].lost, book.balances(place="transit:WB1")[0].quantity) == (
        0,
        2_000,
    )
    assert rules(posted(book, herat.event("arrival", f"transit:WB1 > {HERAT}, 3 kg flour", on=20))) == {"B17"}


PEOPLE = (
    Person("a.karimi", "kabul", ("clerk",)),
    Person("m.noori", "kabul", ("manager",)),
    Person("s.auditor", "kabul", ("auditor",)),
    Person("b.herati", "herat", ("clerk",)),
    Person("h.boss", "herat", ("manager",)),
    Person("root", "office", ("admin",)),
)


def with_people() -> tuple[Book, dict[str, Desk]]:
    """Return a book with registered people and 900 kg of flour in Kabul, and a desk for each."""
    book = Book()
    desks = {person.person: Desk(person.unit, person.person) for person in PEOPLE}
    assert not posted(book, desks["root"].register(*PEOPLE)).refused
    assert not posted(book, desks["a.karimi"].event("receipt", f"outside:wfp > {KABUL}, 900 kg flour")).refused
    return book, desks


@pytest.mark.parametrize(
    ("desk", "rule"),
    [
        (Desk("kabul", "stranger"), "B23"),
        (Desk("kabul", "b.herati"), "B23"),
        (Desk("kabul", "s.auditor"), "B23"),
        (Desk("office", "root", n=9), "B18"),
    ],
)
def test_post_given_people_then_only_a_clerk_or_manager_of_the_unit_records(desk: Desk, rule: str) -> None:
    book, _ = with_people()
    assert rule in rules(posted(book, desk.event("distribution", f"{KABUL} > people:kabul, 1 kg flour", on=4)))


@pytest.mark.parametrize(
    ("approver", "refused"),
    [("m.noori", False), ("a.karimi", True), ("h.boss", True), ("nobody", True), ("root", True)],
)
def test_post_given_people_then_only_a_manager_of_the_unit_touched_allows_an_exception(
    approver: str, refused: bool
) -> None:
    book, desks = with_people()
    event = desks["b.herati"].event("transfer", f"{KABUL} > {HERAT}, 1 kg flour", on=4, approved_by=approver)
    assert posted(book, event).refused == refused


@pytest.mark.parametrize(
    ("closer", "refused"),
    [("m.noori", False), ("a.karimi", True), ("s.auditor", True), ("b.herati", True), ("x", True)],
)
def test_post_given_people_then_a_count_is_closed_by_another_of_the_unit(closer: str, refused: bool) -> None:
    book, desks = with_people()
    event = desks["a.karimi"].count(f"{KABUL}, 890 kg flour", on=4, closed_by=closer)
    assert posted(book, event).refused == refused


@pytest.mark.parametrize(
    ("who", "entry", "refused"),
    [
        ("m.noori", Person("new", "kabul", ("clerk",)), False),
        ("m.noori", Person("new", "kabul", ("admin",)), True),
        ("m.noori", Person("new", "herat", ("clerk",)), True),
        ("a.karimi", Person("new", "kabul", ("clerk",)), True),
        ("s.auditor", Person("s.auditor", "kabul", ("manager",)), True),
        ("stranger", Person("stranger", "kabul", ("manager",)), True),
        ("m.noori", Stores("kabul", (HERAT,)), True),
        ("m.noori", Stores("kabul", ("store:kabul/annex",)), False),
        ("root", Stores("kabul", (HERAT,)), False),
        ("root", Person("a.karimi", "kabul", ()), False),
    ],
)
def test_post_given_people_then_a_manager_registers_for_the_own_unit_and_an_admin_for_all(
    who: str, entry: Person | Stores, refused: bool
) -> None:
    book, desks = with_people()
    desk = desks.get(who, Desk("kabul", who))
    assert posted(book, desk.register(entry, on=5)).refused == refused


def test_post_given_a_person_without_roles_then_records_no_more() -> None:
    book, desks = with_people()
    posted(book, desks["root"].register(Person("a.karimi", "kabul", ())))
    event = desks["a.karimi"].event("distribution", f"{KABUL} > people:kabul, 1 kg flour", on=4)
    assert rules(posted(book, event)) == {"B23"}
