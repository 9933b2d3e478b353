"""Which other stores have what one lacks: how much of the own unit's, and no amounts of others."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from recording import AT_MS, Desk, batch, move

from muster import store
from muster.services.other_stores import Elsewhere, elsewhere

TODAY = date(2026, 11, 27)


@pytest.fixture
def book(tmp_path: Path) -> str:
    """A book in which flour lies in five stores, in one of them only what has expired."""
    address = str(tmp_path / "a.book")
    store.create(address)
    desks = {unit: Desk(unit=unit, recorder=f"clerk of {unit}") for unit in ("kabul", "herat", "ghor", "badghis")}
    brought = [
        move("outside:wfp > store:kabul, 1 t flour", lot="L1", expires="2027-06-30"),
        move("outside:wfp > store:kabul/annex, 2 t flour", lot="L1", expires="2027-06-30"),
        move("outside:wfp > store:kabul/annex, 3 t flour", lot="L2", expires="2027-01-31"),
        move("outside:wfp > store:kabul/annex, 9 t flour", lot="L0", expires="2026-11-26"),
        move("outside:wfp > store:kabul/yard, 6 t flour"),
        move("outside:wfp > store:herat, 70 t flour", lot="L3", expires="2026-12-01"),
        move("outside:wfp > store:ghor, 1 kg flour"),
        move("outside:wfp > store:badghis, 5 t flour", lot="L0", expires="2026-11-26"),
        move("outside:wfp > store:herat, 5 t rice"),
    ]
    with store.open(address) as opened:
        units = [each.target.removeprefix("store:").partition("/")[0] for each in brought]
        events = [desks[unit].event("receipt", each) for unit, each in zip(units, brought, strict=True)]
        posted = opened.post(batch(*events), at_ms=AT_MS)
    assert not posted.refused, posted
    return address


def test_elsewhere_given_a_unit_then_amounts_of_its_own_stores_and_only_names_of_others(book: str) -> None:
    found = elsewhere(book, {"flour", "oil"}, beside="store:kabul", unit="kabul", today=TODAY)
    assert found["flour"] == (
        Elsewhere("store:kabul/yard", 6_000_000, "g", ""),
        Elsewhere("store:kabul/annex", 5_000_000, "g", "2027-01-31"),
        Elsewhere("store:ghor", None, "", ""),
        Elsewhere("store:herat", None, "", ""),
    )
    assert found["oil"] == ()
    assert "rice" not in found


def test_elsewhere_given_somebody_who_sees_everything_then_all_amounts(book: str) -> None:
    found = elsewhere(book, {"flour"}, beside="store:kabul", unit="", today=TODAY)
    assert [(each.store, each.quantity, each.expires) for each in found["flour"]] == [
        ("store:herat", 70_000_000, "2026-12-01"),
        ("store:kabul/yard", 6_000_000, ""),
        ("store:kabul/annex", 5_000_000, "2027-01-31"),
        ("store:ghor", 1_000, ""),
    ]
