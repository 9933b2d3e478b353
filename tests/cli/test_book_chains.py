"""Whoever records by commands keeps a chain: each event says the hash of the recorder's event before it."""

from __future__ import annotations

from pathlib import Path

from books_at_hand import Hand

from muster import store
from muster.book.chains import Link, chain_faults, link
from muster.book.events import from_body

KABUL = ("--by", "a.karimi", "--unit", "kabul")


def links(book: str) -> list[Link]:
    """Return every event of a book as a link."""
    with store.open(book) as opened:
        return [link(from_body(record.body), body=record.body) for record in opened.records()]


def test_chain_given_commands_of_two_people_then_each_follows_the_own_event_before(either: Hand) -> None:
    either.brings_in()
    either.types("add", "loss", "flour: 1 kg", "--reason", "rain", "--by", "m.noori", "--unit", "kabul")
    either.sends()
    row = either.reads("card", "store:kabul", "flour")["rows"][0]
    either.types("count", "flour, lot L12: 5 t", "--place", "store:kabul", *KABUL, "--to", "a.count")
    either.types("count", "--close", "a.count", "--by", "m.noori")
    either.types("add", "loss", "flour: 2 kg", "--reason", "rain", "--by", "m.noori", "--unit", "kabul")
    found = links(either.book)
    mine = [each for each in found if each.recorder == "a.karimi"]
    others = [each for each in found if each.recorder == "m.noori"]
    for chain in (mine, others):
        assert [each.previous for each in chain] == ["", *(each.digest for each in chain[:-1])]
    assert (len(mine), len(others), row["kind"]) == (3, 2, "receipt")
    assert chain_faults(found) == []
    assert either.reads("verify")["faults"] == []


def test_chain_given_a_file_with_a_number_left_out_then_it_begins_anew_behind_it(hand: Hand) -> None:
    hand.brings_in()
    _, *more = hand.types("export", "--events")[0].replace('"n":1', '"n":7').partition('"id":"')
    Path("seven.jsonl").write_text('{"id":"00' + "".join(more)[len('"id":"00') :], encoding="utf-8")
    hand.types("add", "--events", "seven.jsonl")
    hand.types("add", "loss", "flour: 1 kg", "--reason", "rain", *KABUL)
    first, seventh, eighth = links(hand.book)
    assert (first.n, seventh.n, eighth.n) == (1, 7, 8)
    assert (seventh.previous, eighth.previous) == ("", seventh.digest)
