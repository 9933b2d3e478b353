"""Many write at once: nobody takes what another has taken, and nothing is lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from recording import AT_MS, Desk, batch

from muster import store
from muster.errors import BookError
from muster.store import database, postgres
from muster.store.state import OWN_STATE

WRITERS, ROUNDS = 8, 6


def test_post_given_eight_writers_on_the_last_sack_then_one_has_it(address: str) -> None:
    barrier = Barrier(WRITERS)
    clerk = Desk()
    with store.open(address) as book:
        for number in range(ROUNDS):
            sack = clerk.event("receipt", f"outside:wfp > store:kabul, 1 bag of 50 kg flour{number}")
            book.post(batch(sack), at_ms=AT_MS)

    def write(writer: int) -> list[str]:
        desk = Desk(recorder=f"writer{writer}")
        with store.open(address) as own:
            statuses = []
            for number in range(ROUNDS):
                barrier.wait()
                taken = desk.event("distribution", f"store:kabul > people:kabul, 1 bag of 50 kg flour{number}", on=4)
                statuses += [outcome.status for outcome in own.post(batch(taken), at_ms=AT_MS).outcomes]
            return statuses

    with ThreadPoolExecutor(WRITERS) as pool:
        told = list(pool.map(write, range(WRITERS)))
    for statuses in zip(*told, strict=True):
        assert sorted(statuses) == ["accepted"] + ["refused"] * (WRITERS - 1)
    with store.open(address) as book:
        assert book.size == 2 * ROUNDS
        assert book.balances(place="store:kabul") == []
        assert [fault for fault in store.verify(book) if fault.severity == "fault"] == []  # refused ones leave gaps


def test_post_given_eight_writers_at_once_then_every_event_is_there_once_and_in_one_order(address: str) -> None:
    def write(writer: int) -> list[tuple[str, int]]:
        desk, acknowledged = Desk(recorder=f"writer{writer}"), []
        with store.open(address) as own:
            for number in range(12):
                event = desk.event("receipt", f"outside:wfp > store:kabul, {number + 1} kg flour", on=number % 5 + 1)
                (outcome,) = own.post(batch(event), at_ms=AT_MS).outcomes
                acknowledged.append((outcome.id, outcome.seq))
        return acknowledged

    with ThreadPoolExecutor(WRITERS) as pool:
        acknowledged = [each for its in pool.map(write, range(WRITERS)) for each in its]
    assert sorted(seq for _, seq in acknowledged) == list(range(1, 12 * WRITERS + 1))
    with store.open(address) as book:
        for id, seq in acknowledged:
            found = book.event(id)
            assert found is not None and found[0] == seq
        assert book.balances(place="store:kabul")[0].quantity == WRITERS * sum(range(1, 13)) * 1000
        assert store.verify(book) == []


def test_post_given_somebody_who_does_not_stop_writing_then_a_message_after_a_while(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 1)
    monkeypatch.setattr(postgres, "BUSY_SECONDS", 1)
    monkeypatch.setattr("muster.store.opening.BUSY_SECONDS", 1)
    event = Desk().event("receipt", "outside:wfp > store:kabul, 1 kg flour")
    with store.open(address) as one, store.open(address) as other:
        with one.database.writing():
            one.database.look_up(OWN_STATE)
            with pytest.raises(BookError) as refused:
                other.post(batch(event), at_ms=AT_MS)
        assert refused.value.faults[0].rule == "S6"
        assert other.post(batch(event), at_ms=AT_MS).count("accepted") == 1


def test_views_given_somebody_who_writes_then_of_one_moment(address: str) -> None:
    desk = Desk()
    with store.open(address) as writer, store.open(address) as reader:
        writer.post(batch(desk.event("receipt", "outside:wfp > store:kabul, 1 kg flour")), at_ms=AT_MS)
        with reader.database.reading():
            before = reader.balances()
            writer.post(batch(desk.event("receipt", "outside:wfp > store:kabul, 1 kg flour")), at_ms=AT_MS)
            assert reader.balances() == before
        assert reader.balances()[1].quantity == 2_000


def test_post_given_two_who_take_turns_then_what_the_other_wrote_is_known(address: str) -> None:
    desk = Desk()
    events = [desk.event("receipt", "outside:wfp > store:kabul, 5 kg flour", on=on) for on in range(1, 9)]
    with store.open(address) as one, store.open(address) as other:
        for number, event in enumerate(events):
            first, second = (one, other) if number % 3 else (other, one)
            assert first.post(batch(event), at_ms=AT_MS).count("accepted") == 1
            assert second.post(batch(*events[: number + 1]), at_ms=AT_MS).count("known") == number + 1
            clone = replace(event, id=event.id[:-4] + "ffff", document="copy")
            for each in (first, second):
                found = each.post(batch(clone), at_ms=AT_MS)
                assert {fault.rule for fault in found.faults} == {"B12"}
            other_body = replace(event, document="another")
            assert {fault.rule for fault in second.post(batch(other_body), at_ms=AT_MS).faults} == {"B11"}
        assert [row.quantity for row in one.balances(place="store:kabul")] == [40_000]
        assert store.verify(one) == []


def test_post_given_what_another_registered_then_it_holds(address: str) -> None:
    from muster.book.events import Person

    desk = Desk()
    with store.open(address) as one, store.open(address) as other:
        one.post(batch(desk.event("receipt", "outside:wfp > store:kabul, 1 kg flour")), at_ms=AT_MS)
        other.post(batch(Desk(recorder="boss").register(Person("boss", "kabul", ("manager",)))), at_ms=AT_MS)
        refused = one.post(batch(desk.event("receipt", "outside:wfp > store:kabul, 1 kg flour")), at_ms=AT_MS)
        assert [fault.rule for fault in refused.faults] == ["B23"]
        assert list(one.register.people) == ["boss"]
