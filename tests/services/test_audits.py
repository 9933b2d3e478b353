from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from recording import AT_MS, Desk, batch

from muster import store
from muster.book.events import Person, Stores
from muster.services.audits import KINDS_OF_PLACE, exceptions, rights, trial_balance, verify, waybills
from muster.services.books import new_book, root_of


@pytest.fixture
def address(tmp_path: Path) -> str:
    """Return a book: 600 bags came, 100 were sent, 90 arrived, 10 are claimed; 5 were given and that was undone."""
    address = str(tmp_path / "kabul.book")
    new_book(address, name="example.org/kabul", random=lambda n: bytes(n))
    karimi, noori = Desk(), Desk(recorder="m.noori")
    given = karimi.event("distribution", "store:kabul > people:kabul, 5 bags of 50 kg flour", on=5)
    events = [
        karimi.event("receipt", "outside:wfp > store:kabul, 600 bags of 50 kg flour", on=3),
        karimi.event(
            "dispatch",
            "store:kabul > transit:WB1, 100 bags of 50 kg flour",
            on=4,
            destination="store:kabul/annex",
            due="2026-11-06",
        ),
        noori.event(
            "arrival",
            "transit:WB1 > store:kabul/annex, 90 bags of 50 kg flour",
            "transit:WB1 > outside:carrier, 10 bags of 50 kg flour",
            on=6,
        ),
        given,
        karimi.event("dispatch", "store:kabul > transit:WB2, 7 bags of 50 kg flour", on=7, due="2026-11-09"),
        karimi.reversal(given, on=8, reason="wrong day"),
    ]
    with store.open(address) as book:
        assert not book.post(batch(*events), at_ms=AT_MS).refused
    return address


def test_trial_balance_given_a_book_then_every_resource_comes_to_nothing(address: str) -> None:
    found = trial_balance(address)
    (line,) = found.lines
    columns = dict(zip(KINDS_OF_PLACE, line.columns, strict=True))
    assert columns["outside"] == -590 * 50_000  # 600 came, 10 are claimed
    assert columns["store"] == (600 - 100 + 90 - 7) * 50_000
    assert (columns["transit"], columns["people"]) == (7 * 50_000, 0)
    assert (line.total, found.adds_up, found.size) == (0, True, 6)


def test_trial_balance_given_a_day_and_what_was_known_then_both_count(address: str) -> None:
    on_fifth = trial_balance(address, as_of=date(2026, 11, 5)).lines[0]
    known = trial_balance(address, as_of=date(2026, 11, 5), known_at=4).lines[0]
    people = KINDS_OF_PLACE.index("people")
    assert on_fifth.columns[people] == 5 * 50_000
    assert known.columns == on_fifth.columns
    assert trial_balance(address, known_at=1).lines[0].columns[KINDS_OF_PLACE.index("transit")] == 0


def test_trial_balance_given_what_was_known_on_a_day_then_what_was_recorded_by_then(address: str) -> None:
    late, day_ms = Desk(recorder="late.one"), 86_400_000
    with store.open(address) as book:
        more = late.event("receipt", "outside:wfp > store:kabul, 20 bags of 50 kg flour", on=4)
        assert not book.post(batch(more), at_ms=AT_MS + day_ms).refused
    day = datetime.fromtimestamp(AT_MS / 1000, UTC).date()
    then, now = (trial_balance(address, as_of=date(2026, 11, 5), known_on=on) for on in (day, day + timedelta(1)))
    assert (then.known, then.size, now.known) == (6, 7, 7)
    assert now.lines[0].columns[0] - then.lines[0].columns[0] == 20 * 50_000
    assert trial_balance(address, known_on=day - timedelta(1)).lines == ()
    assert trial_balance(address, known_on=day, known_at=1).known == 1


def test_waybills_given_three_then_the_overdue_before_the_claimed_and_what_arrived_apart(address: str) -> None:
    again = Desk(unit="ghor", recorder="g.rahimi")
    sent = again.event("dispatch", "outside:wfp > transit:WB3, 2 bags of 50 kg flour", on=8)
    came = Desk(recorder="m.noori", n=1).event("arrival", "transit:WB3 > store:kabul, 2 bags of 50 kg flour", on=9)
    with store.open(address) as book:
        assert not book.post(batch(sent, came), at_ms=AT_MS).refused
    found = waybills(address, today=date(2026, 11, 27))
    first, second = found.differ
    assert (first.waybill, first.overdue, first.still) == ("WB2", True, 7 * 50_000)
    assert (second.waybill, second.arrived, second.claimed, second.still) == ("WB1", 90 * 50_000, 10 * 50_000, 0)
    assert [row.waybill for row in found.arrived] == ["WB3"]


def test_exceptions_given_a_reversal_then_it_stands_with_what_it_undid(address: str) -> None:
    (found,) = exceptions(address)
    assert (found.seq, found.event.kind, found.event.reason) == (6, "reversal", "wrong day")
    assert found.undone is not None
    assert (found.undone.kind, found.occurred[:10]) == ("distribution", "2026-11-08")


def test_exceptions_given_at_most_none_then_none(address: str) -> None:
    assert exceptions(address, most=0) == []


def test_rights_given_nobody_registered_then_anybody_may_record(address: str) -> None:
    assert rights(address).open


def test_rights_given_people_and_stores_then_by_unit_and_name(tmp_path: Path) -> None:
    address = str(tmp_path / "kabul.book")
    store.create(address)
    people = (Person("s.amiri", "kabul", ("manager",)), Person("a.karimi", "kabul", ("clerk", "auditor")))
    first = Desk(recorder="s.amiri").register(*people, Stores("kabul", ("store:hill",)))
    with store.open(address) as book:
        assert not book.post(batch(first), at_ms=AT_MS).refused
    found = rights(address)
    assert [each.person for each in found.rights] == ["a.karimi", "s.amiri"]
    assert found.rights[0].roles == ("clerk", "auditor")
    assert found.rights[1].means[0].startswith("does all that, registers people")
    assert (found.stores, found.open) == ((("store:hill", "kabul"),), False)


def test_verify_given_a_kept_checkpoint_then_it_holds_and_a_new_one_is_signed(address: str) -> None:
    kept = root_of(address).note.encode()
    found = verify(address, kept=kept)
    assert (found.check.size, found.check.faults, len(found.check.begins_with)) == (6, (), 1)
    assert found.root.note.encode() == kept
    assert found.root.root == found.check.root


def test_verify_given_what_is_no_checkpoint_then_that_is_a_fault(address: str) -> None:
    found = verify(address, kept=b"not a checkpoint\n")
    assert found.check.begins_with == ()
    assert [fault.severity for fault in found.check.faults] == ["fault"]


def test_verify_given_no_checkpoint_then_the_book_alone(address: str) -> None:
    assert verify(address).check.faults == ()
