"""Power cuts: nothing acknowledged is lost, and the same test sees losses where the book is written otherwise."""

from __future__ import annotations

import random

import pytest
from faults.disk import SECTOR, Disk
from faults.power import Way, lives


def test_lives_given_power_cuts_then_nothing_acknowledged_is_lost() -> None:
    tally = lives(cuts=150)
    assert tally.survived, tally
    assert tally.faults == 150 and tally.acknowledged > 300
    assert {"write book-wal", "sync book-wal", "write book"} <= tally.during.keys()


@pytest.mark.parametrize("way", [Way("NORMAL"), Way("OFF"), Way(lies=True)], ids=str)
def test_lives_given_another_way_of_writing_then_acknowledged_events_are_lost(way: Way) -> None:
    tally = lives(cuts=100, way=way)
    assert tally.lost > 20, tally


@pytest.mark.parametrize("way", [Way("OFF"), Way(lies=True)], ids=str)
def test_lives_given_no_syncs_then_files_are_damaged(way: Way) -> None:
    assert sum(lives(cuts=100, way=way).wrong.values()) > 5


def test_lives_given_the_same_seed_then_the_same_life() -> None:
    assert lives(cuts=30, seed=7) == lives(cuts=30, seed=7)
    assert lives(cuts=30, seed=7) != lives(cuts=30, seed=8)


def test_after_power_cut_then_writes_are_lost_torn_or_out_of_order() -> None:
    old, first, second = b"o" * SECTOR * 2, b"1" * SECTOR * 2, b"2" * SECTOR
    seen = set()
    for seed in range(300):
        disk = Disk.of({"f": old})
        disk.write("f", 0, first)
        disk.write("f", 0, second)
        after = disk.after_power_cut(random.Random(seed)).files["f"].seen
        seen.add((chr(after[0]), chr(after[SECTOR])))
    assert seen == {(one, two) for one in "o12" for two in "o1"}


def test_after_power_cut_given_a_sync_then_all_of_it_is_kept() -> None:
    for seed in range(50):
        disk = Disk.of({"f": b"old"})
        disk.write("f", 0, b"new")
        disk.sync("f")
        assert disk.after_power_cut(random.Random(seed)).files["f"].seen == b"new"


def test_after_power_cut_given_no_sync_then_a_file_may_not_be_there_and_a_deleted_one_may() -> None:
    there = set()
    for seed in range(50):
        disk = Disk.of({"old": b"x"})
        disk.files["new"] = Disk.of({"new": b""}).files["new"]
        disk.files["new"].kept = None
        disk.delete("old", durably=False)
        there.add(tuple(sorted(disk.after_power_cut(random.Random(seed)).files)))
    assert there == {(), ("old",), ("new",), ("new", "old")}
