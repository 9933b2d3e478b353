from datetime import date, timedelta
from pathlib import Path

import pytest
from recording import AT_MS, Desk, batch, move

from muster import store
from muster.book.events import Packs, Person
from muster.economy.read import read
from muster.plan import folder, share_out
from muster.services import mornings
from muster.services.economies import examples_folder
from muster.services.mornings import Morning, morning

DAY_MS = 86_400_000
TODAY = date(2026, 11, 27)


@pytest.fixture
def address(tmp_path: Path) -> str:
    """Return a book of two units, recorded on two days; lots of Kabul expire in 2, 7 and 20 days, one has expired."""
    address = str(tmp_path / "two.book")
    store.create(address)
    kabul, ghor = Desk(), Desk(unit="ghor", recorder="g.rahimi")
    lots = {"L1": "2026-11-29", "L2": "2026-12-04", "L3": "2026-12-17", "L4": "2026-11-20"}
    came = [
        move("outside:wfp > store:kabul, 10 bags of 50 kg flour", lot=lot, expires=expires)
        for lot, expires in lots.items()
    ]
    earlier = [kabul.event("receipt", *came, on=2)]
    later = [
        ghor.event("receipt", "outside:wfp > store:ghor, 20 bags of 50 kg flour", on=20),
        kabul.event("receipt", "outside:red-cross > store:kabul, 30 bags of 50 kg flour", on=21),
        _sent(kabul, "WB1", to="store:ghor", due="2026-11-30"),
        _sent(kabul, "WB2", to="store:ghor", due="2026-11-25"),
        _sent(kabul, "WB3", to="store:kabul/annex", due=""),
    ]
    with store.open(address) as book:
        assert not book.post(batch(*earlier), at_ms=AT_MS - 2 * DAY_MS).refused
        assert not book.post(batch(*later), at_ms=AT_MS).refused
    return address


def _sent(desk: Desk, waybill: str, *, to: str, due: str) -> object:
    lot = move(f"store:kabul > transit:{waybill}, 1 bags of 50 kg flour", lot="L2")
    return desk.event("dispatch", lot, on=22, destination=to, due=due)


def seen(address: str, unit: str, *, days: int | None = 1, plan: Path | None = None) -> Morning:
    """Return the morning of a unit."""
    return morning(address, unit=unit, now_ms=AT_MS + 1000, today=TODAY, plan=plan, days=days)


def test_morning_given_a_unit_then_only_what_came_in_there_since_yesterday(address: str) -> None:
    assert [each.source for each in seen(address, "kabul").came_in] == ["outside:red-cross"]
    assert [each.place for each in seen(address, "ghor").came_in] == ["store:ghor"]
    assert [each.place for each in seen(address, "").came_in] == ["store:kabul", "store:ghor"]


def test_morning_given_more_days_then_what_came_in_before_too(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mornings, "_AT_ONCE", 2)
    assert [each.lot for each in seen(address, "kabul", days=3).came_in] == ["", "L1", "L2", "L3", "L4"]


def test_morning_given_lots_then_each_stands_once_where_it_expires(address: str) -> None:
    found = {
        each.days: [lot.lot for lot in each.lots if lot.place == "store:kabul"]
        for each in seen(address, "kabul").expires
    }
    assert found == {None: ["L4"], 3: ["L1"], 7: ["L2"], 14: []}


def test_morning_given_a_unit_then_the_lots_on_their_way_to_it_expire_there(address: str) -> None:
    places = [lot.place for each in seen(address, "ghor").expires for lot in each.lots]
    assert places == ["transit:WB1", "transit:WB2"]


def test_morning_given_waybills_then_those_for_the_unit_with_the_overdue_first(address: str) -> None:
    assert [(row.waybill, row.overdue) for row in seen(address, "ghor").on_the_way] == [("WB2", True), ("WB1", False)]
    assert [row.waybill for row in seen(address, "kabul").on_the_way] == ["WB3"]


def test_morning_given_a_plan_then_who_cannot_be_covered_by_name(address: str, tmp_path: Path) -> None:
    plan = folder.write(share_out(read(examples_folder() / "two-villages")), tmp_path / "plan")
    assert seen(address, "kabul").uncovered is None
    uncovered = seen(address, "kabul", plan=plan).uncovered
    assert uncovered is not None
    assert [(each.place, each.people, each.when) for each in uncovered] == [("Hill", 500, "November 2026")]
    assert set(uncovered[0].needs) == {"Food energy", "Heat"}
    (energy, heat) = sorted(uncovered[0].lacks, key=lambda each: each.need)
    assert (energy.need, energy.unit, energy.first) == ("Food energy", "kcal", "November 2026")
    assert heat.missing == pytest.approx(
        500 * 92 * 2 * (1 - 0.9171), rel=1e-3
    )  # of 2 kWh a person and day, over three months


def test_morning_given_no_days_then_what_came_in_since_the_unit_last_worked(address: str) -> None:
    found = seen(address, "kabul", days=None)
    assert found.since == (TODAY - timedelta(days=2)).isoformat()
    assert [each.lot for each in found.came_in] == ["", "L1", "L2", "L3", "L4"]
    assert seen(address, "ghor", days=None).since == TODAY.isoformat()


def test_morning_given_registered_packs_then_what_expires_is_told_in_them(address: str) -> None:
    desk = Desk(recorder="s.amiri")
    people = Person("s.amiri", "kabul", ("manager",))
    packs = Packs("flour", "kg", (("bag", "50 kg"),))
    with store.open(address) as book:
        assert not book.post(batch(desk.event("register", registered=(people, packs), on=23)), at_ms=AT_MS).refused
    assert {lot.packs for each in seen(address, "ghor").expires for lot in each.lots} == {"1 bag"}
    assert {lot.packs for each in seen(address, "kabul").expires for lot in each.lots} == {"10 bags", "7 bags", "1 bag"}
