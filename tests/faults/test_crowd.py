"""Eight writers and one last sack, on both databases: one gets it, and no event of anybody is lost."""

from __future__ import annotations

from faults.crowd import crowd, take_without_lock


def test_crowd_given_eight_writers_then_one_has_the_last_sack_and_no_event_is_lost(address: str) -> None:
    assert crowd(address) == []


def test_crowd_given_no_lock_then_the_same_look_sees_what_went_wrong(address: str) -> None:
    assert crowd(address, how=take_without_lock) != []
