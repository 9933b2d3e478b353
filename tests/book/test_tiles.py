from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_logs import checkpoint_of, files_of, log_of

from muster.book import merkle, tiles
from muster.book.tiles import ENTRIES, Tile
from muster.errors import LogError


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 0, 1), "tile/0/000.p/1"),
        (Tile(0, 999), "tile/0/999"),
        (Tile(1, 1000), "tile/1/x001/000"),
        (Tile(2, 1234067), "tile/2/x001/x234/067"),  # the example of tlog-tiles
        (Tile(63, 1234067890, 255), "tile/63/x001/x234/x067/890.p/255"),
        (Tile(ENTRIES, 1000000), "tile/entries/x001/x000/000"),
        (Tile(ENTRIES, 67, 12), "tile/entries/067.p/12"),
    ],
)
def test_path_given_a_tile_then_as_published(tile: Tile, path: str) -> None:
    assert tile.path == path


def counted(size: int, level: int) -> tuple[int, list[int]]:
    """Return how many full tiles a level has, and the widths of the others."""
    widths = [tile.width for tile in tiles.tiles_of(size) if tile.level == level]
    return widths.count(256), [width for width in widths if width < 256]


def test_tiles_of_given_the_published_sizes_then_the_published_tiles() -> None:
    assert [counted(70_000, level) for level in (0, 1, 2, 3)] == [(273, [112]), (1, [17]), (0, [1]), (0, [])]
    assert [counted(256, level) for level in (0, 1, 2)] == [(1, []), (0, [1]), (0, [])]
    assert counted(70_000, ENTRIES) == (273, [112])
    assert list(tiles.tiles_of(0)) == []


@given(st.integers(0, 200_000), st.integers(0, 200_000))
def test_law_tiles_since_a_size_are_those_that_it_had_not(one: int, other: int) -> None:
    since, size = sorted((one, other))
    had = set(tiles.tiles_of(since))
    assert list(tiles.tiles_of(size, since=since)) == [tile for tile in tiles.tiles_of(size) if tile not in had]
    assert list(tiles.tiles_of(size, since=size)) == []


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_law_a_bundle_is_read_back_and_nothing_else(entries: list[bytes]) -> None:
    data = tiles.bundle(entries)
    assert tiles.entries_in(data, width=len(entries)) == entries
    assert tiles.entries_in(data, width=len(entries) + 1) is None
    assert tiles.entries_in(data + b"\0", width=len(entries)) is None
    if entries:
        assert tiles.entries_in(data, width=len(entries) - 1) is None
        assert tiles.entries_in(data[:-1], width=len(entries)) is None


def test_bundle_given_the_longest_entry_then_read_back() -> None:
    longest = tiles.leaf_data(b"x" * tiles.MOST_BODY_BYTES, "2026-11-27T08:30:00.000Z")
    data = tiles.bundle([longest] * tiles.TILE_WIDTH)
    assert len(data) == tiles.MOST_FILE_BYTES
    assert tiles.entries_in(data, width=tiles.TILE_WIDTH) == [longest] * tiles.TILE_WIDTH
    assert tiles.bundle([b"ab"]) == b"\x00\x02ab"


def test_leaf_data_given_a_body_that_no_entry_can_hold_then_refused() -> None:
    with pytest.raises(LogError, match=re.escape("65,512 bytes; at most 65,511")) as caught:
        tiles.leaf_data(b"x" * 65_512, "2026-11-27T08:30:00.000Z")
    assert [fault.rule for fault in caught.value.faults] == ["L5"]


def test_leaf_data_then_body_and_time_come_apart_again() -> None:
    entry = tiles.leaf_data(b'{"n":1}', "2026-11-27T08:30:00.000Z")
    assert merkle.leaf_hash(entry) == merkle.leaf_hash(b'{"n":1}2026-11-27T08:30:00.000Z')
    assert tiles.body_and_time(entry) == (b'{"n":1}', "2026-11-27T08:30:00.000Z")


def test_hashes_in_given_another_width_then_none() -> None:
    assert tiles.hashes_in(bytes(64), width=2) == [bytes(32), bytes(32)]
    assert tiles.hashes_in(bytes(64), width=3) is None
    assert tiles.hashes_in(bytes(63), width=2) is None


ENTRIES_MADE = [b"entry %d" % number for number in range(600)]


@given(st.integers(0, 600), st.integers(0, 600))
def test_law_export_since_a_size_adds_to_what_was_exported_then(one: int, other: int) -> None:
    since, size = sorted((one, other))
    earlier = files_of(ENTRIES_MADE[:since])
    head = checkpoint_of(ENTRIES_MADE[:size])
    more = list(tiles.export(log_of(ENTRIES_MADE[:size]), head, since=since))
    assert more[-1] == ("checkpoint", head)
    whole = files_of(ENTRIES_MADE[:size])
    assert {path: data for path, data in (earlier | dict(more)).items() if path in whole} == whole


def test_export_then_the_hashes_are_those_of_the_tree() -> None:
    files = files_of(ENTRIES_MADE)
    leaves = merkle.leaf_hashes(ENTRIES_MADE)
    assert sorted(files) == [
        "checkpoint",
        *("tile/0/000", "tile/0/001", "tile/0/002.p/88", "tile/1/000.p/2"),
        *("tile/entries/000", "tile/entries/001", "tile/entries/002.p/88"),
    ]
    assert files["tile/0/002.p/88"] == b"".join(leaves[512:])
    roots = [merkle.append(merkle.Tree(), leaves[at : at + 256])[0].root() for at in (0, 256)]
    assert files["tile/1/000.p/2"] == b"".join(roots)
    assert files["tile/entries/000"].startswith(b"\x00\x07entry 0\x00\x07entry 1")
