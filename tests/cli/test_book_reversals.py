"""A reversal that takes two people: asked for by one in a file, approved by another, named in the book."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from books_at_hand import Hand

KABUL = ("--by", "a.karimi", "--unit", "kabul")
OTHER = ("--by", "m.noori", "--unit", "kabul")
WHY = ("--reason", "these were for Herat")
PEOPLE = ("a.karimi=clerk", "m.noori=clerk", "s.amiri=manager", "r.azizi=manager,clerk")


def staffed(hand: Hand) -> Hand:
    """Return a book in which clerks, managers and an administrator of elsewhere are registered, and some flour lies."""
    boss = ("--by", "office", "--unit", "office")
    hand.types("register", "--person", "office=admin", *boss)
    hand.types("register", *[word for each in PEOPLE for word in ("--person", each)], "--of", "kabul", *boss)
    hand.types("register", "--person", "b.herat=manager", "--of", "herat", *boss)
    hand.brings_in()
    return hand


@pytest.fixture
def desk(hand: Hand) -> Hand:
    """Return such a book in a file."""
    return staffed(hand)


def brought(hand: Hand) -> str:
    """Return the id of what a.karimi brought in."""
    return str(hand.reads("card", "store:kabul", "flour")["rows"][0]["id"])


def test_reverse_given_ones_own_of_today_then_one_does(desk: Hand) -> None:
    desk.types("reverse", brought(desk), *WHY, *KABUL)
    assert desk.balances() == {}


def test_reverse_given_what_another_recorded_then_refused_until_another_approves_and_the_book_names_both(
    either: Hand,
) -> None:
    id = brought(staffed(either))
    before = either.reads("root")["size"]
    assert either.refused("reverse", id, *WHY, *OTHER) == ["U9"]
    assert either.refused("reverse", id, *WHY, *OTHER, "--approved-by", "s.amiri") == ["U9"], "naming is not asking"
    out, _ = either.types("reverse", id, *WHY, *OTHER, "--to", "wrong.reversal")
    assert "asked  wrong.reversal, by m.noori; not in the book yet" in out
    assert "(recorded by a.karimi)" in out
    assert "--approve wrong.reversal" in out
    assert either.reads("root")["size"] == before
    assert either.refused("reverse", id, *WHY, *OTHER, "--to", "wrong.reversal") == ["U9"], "it is not written over"
    for nobody in ("m.noori", "a.karimi", "b.herat", "x.unknown"):
        assert either.refused("reverse", "--approve", "wrong.reversal", "--by", nobody) == ["U9"], nobody
    said = either.reads("reverse", "--approve", "wrong.reversal", "--by", "s.amiri")
    assert said["reverses"] == id
    assert either.balances() == {}
    lines = map(json.loads, either.types("export", "--events")[0].splitlines())
    (event,) = [each for each in lines if each["kind"] == "reversal"]
    assert (event["recorder"], event["approved_by"], event["reason"]) == ("m.noori", "s.amiri", WHY[1])
    assert either.refused("reverse", "--approve", "wrong.reversal", "--by", "s.amiri") != []
    assert either.reads("root")["size"] == before + 1


def test_reverse_given_a_manager_who_asks_then_another_one_or_an_administrator_approves(desk: Hand) -> None:
    id = brought(desk)
    desk.types("reverse", id, *WHY, "--by", "r.azizi", "--unit", "kabul", "--to", "r.reversal")
    assert desk.refused("reverse", "--approve", "r.reversal", "--by", "r.azizi") == ["U9"]
    desk.types("reverse", "--approve", "r.reversal", "--by", "office")
    assert desk.balances() == {}


def test_reverse_given_ones_own_of_more_than_a_week_ago_then_two(desk: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    from muster.cli import book_common

    now = book_common.now_ms()
    monkeypatch.setattr(book_common, "now_ms", lambda: now + 8 * 86_400_000)
    assert desk.refused("reverse", brought(desk), *WHY, *KABUL) == ["U9"]
    out, _ = desk.types("reverse", brought(desk), *WHY, *KABUL, "--to", "old.reversal")
    assert "recorded more than 7 days ago" in out


@pytest.mark.parametrize(
    "change", [{"reason": "another"}, {"by": "s.amiri"}, {"reverses": "0198abcd-ef01-7000-8000-000000000001"}]
)
def test_approve_given_a_file_that_was_changed_then_refused(desk: Hand, change: dict[str, str]) -> None:
    desk.types("reverse", brought(desk), *WHY, *OTHER, "--to", "a.reversal")
    held = json.loads(Path("a.reversal").read_text())
    held["reversal"] |= change
    Path("a.reversal").write_text(json.dumps(held))
    assert desk.refused("reverse", "--approve", "a.reversal", "--by", "s.amiri") == ["U9"]
    for other in ("[]", '{"code": 1, "reversal": {}}', "nothing"):
        Path("a.reversal").write_text(other)
        assert desk.refused("reverse", "--approve", "a.reversal", "--by", "s.amiri") == ["U9"]


def test_reverse_to_a_file_given_what_one_may_do_alone_or_no_reason_then_refused(desk: Hand) -> None:
    id = brought(desk)
    assert desk.refused("reverse", id, *WHY, *KABUL, "--to", "a.reversal") == ["U9"]
    assert desk.refused("reverse", id, *OTHER, "--to", "a.reversal") == ["U9"]
    assert desk.refused("reverse", "no-id", *WHY, *OTHER, "--to", "a.reversal") == ["U6"]
    assert not Path("a.reversal").exists()


def test_reverse_given_too_little_or_too_much_then_status_2(desk: Hand) -> None:
    assert "--approve" in desk.types("reverse", status=2)[1]
    assert "--approve" in desk.types("reverse", "an-id", "--approve", "a.reversal", status=2)[1]
    assert "--by" in desk.types("reverse", "--approve", "a.reversal", status=2)[1]


def test_reverse_given_a_book_in_which_nobody_is_registered_then_one_does(hand: Hand) -> None:
    hand.brings_in()
    hand.types("reverse", brought(hand), *WHY, *OTHER)
    assert hand.balances() == {}
