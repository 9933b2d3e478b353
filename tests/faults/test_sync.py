"""Sync twice, out of order and a month late; clocks that are wrong; a device that was copied."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

import pytest
from faults.rewriting import entries
from faults.sync import Batch, batches, deliver, disturbed, shown
from recording import AT_MS, Desk, batch, day

from muster import store
from muster.book import merkle, posting
from muster.book.chains import chain_faults, link
from muster.book.events import Event, body, from_body
from muster.book.ids import uuid7
from muster.book.lines import Line
from muster.book.rules import ASKED_OF, own_numbers

SEEDS = range(4)
DAY_MS = 86_400_000
RECEIPT = "outside:wfp > store:kabul, 10 bags of 50 kg flour"


def synced(address: str, given: list[Batch]) -> list[object]:
    """Return what a new book shows that was synced so."""
    with store.open(address) as book:
        deliver(book, given)
        assert book.size > 10
        return shown(book)


@pytest.mark.parametrize("seed", SEEDS)
def test_sync_given_batches_twice_and_out_of_order_and_late_then_the_same_book(
    new_book: Callable[[], str], seed: int
) -> None:
    given = batches(seed, 14)
    wanted = synced(new_book(), given)
    for draw in (random.Random(seed), random.Random(-seed - 1)):
        assert synced(new_book(), disturbed(given, draw)) == wanted
    assert synced(new_book(), given[::-1] + given) == wanted


def changed(given: list[Batch], change: Callable[[Event, int], Event]) -> list[Batch]:
    """Return batches with every event changed; the change knows the place of its batch."""
    return [
        tuple(Line(line.where, change(line.event, number) if line.event else None) for line in lines)
        for number, lines in enumerate(given)
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda event, number: replace(event, id=uuid7(event.occurred_ms, random=number * 1_000 + event.n)),
        lambda event, number: replace(event, occurred_ms=day(1) + number * DAY_MS),
    ],
    ids=["ids are made while sending", "events are dated when they come"],
)
def test_sync_given_devices_that_do_otherwise_then_the_same_look_sees_another_book(
    address: str, new_book: Callable[[], str], change: Callable[[Event, int], Event]
) -> None:
    given = batches(1, 14)
    again = disturbed(given, random.Random(1))
    assert synced(address, changed(given, change)) != synced(new_book(), changed(again, change))


def test_post_given_clocks_that_are_wrong_then_order_and_log_do_not_depend_on_them(address: str) -> None:
    desk, phone = Desk(), Desk(recorder="phone")
    ahead = phone.event("receipt", RECEIPT, on=AT_MS + 40 * DAY_MS)
    with store.open(address) as book:
        assert book.post(batch(desk.event("receipt", RECEIPT)), at_ms=AT_MS).count("accepted") == 1
        posted = book.post(batch(ahead), at_ms=AT_MS + 1, offline=True)
        assert [fault.rule for fault in posted.faults] == ["B15"] and not posted.refused
        book.post(batch(desk.event("receipt", RECEIPT)), at_ms=AT_MS - 400 * DAY_MS)  # the server's clock is set back
        records = list(book.records())
        assert [record.seq for record in records] == [1, 2, 3]
        assert [sum(row.quantity for row in book.balances(place="store:kabul", known_at=seq)) for seq in range(4)] == [
            0,
            500_000,
            1_000_000,
            1_500_000,
        ]
        by_clock = [
            record.body + record.recorded.encode() for record in sorted(records, key=lambda each: each.recorded)
        ]
        roots = [
            merkle.append(merkle.Tree(), merkle.leaf_hashes(leaves))[0].root() for leaves in (entries(book), by_clock)
        ]
        assert book.log.root() == roots[0] != roots[1]


def copied_device() -> tuple[list[Event], list[Event]]:
    """Return what a device recorded, and what it and its copy recorded then, each chained to what stood before."""
    phone = Desk(recorder="phone")
    before = [phone.event("receipt", RECEIPT, on=2)]
    before.append(chained(phone.event("receipt", RECEIPT, on=3), before[-1]))
    copy = replace(phone)
    after = [chained(each.event("receipt", RECEIPT, on=on), before[-1]) for each, on in ((phone, 4), (copy, 5))]
    return before, [after[0], replace(after[1], id=uuid7(day(5), random=99))]


def chained(event: Event, before: Event) -> Event:
    """Return an event that names the one before it."""
    return replace(event, previous=sha256(body(before)).hexdigest())


def forks(book: store.Store) -> list[str]:
    """Return what the chains of a book say."""
    return [
        fault.what
        for fault in chain_faults(link(from_body(record.body), body=record.body) for record in book.records())
    ]


def test_post_given_a_copied_device_then_it_is_disputed_and_shows_as_a_fork(address: str) -> None:
    before, after = copied_device()
    with store.open(address) as book:
        assert book.post(batch(*before), at_ms=AT_MS, offline=True).count("accepted") == 2
        assert forks(book) == []
        assert book.post(batch(after[0]), at_ms=AT_MS, offline=True).count("accepted") == 1
        assert [fault.rule for fault in book.post(batch(after[1]), at_ms=AT_MS).faults] == ["B12"]
        posted = book.post(batch(after[1]), at_ms=AT_MS, offline=True)
        assert posted.count("disputed") == 1 and [fault.rule for fault in posted.faults] == ["B12"]
        assert forks(book) == ["The chain of phone forks: a running number was used 2 times."]


def test_post_given_no_rule_of_numbers_then_a_copy_is_seen_in_the_chains_alone(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = {kind: [find for find in asked if find is not own_numbers.find] for kind, asked in ASKED_OF.items()}
    monkeypatch.setattr(posting, "ASKED_OF", others)
    before, after = copied_device()
    with store.open(address) as book:
        assert book.post(batch(*before, *after), at_ms=AT_MS).faults == ()
        assert len(forks(book)) == 1
        unnumbered = [replace(from_body(record.body), n=record.seq, previous="") for record in book.records()]
        assert chain_faults(link(event, body=body(event)) for event in unnumbered) == []
