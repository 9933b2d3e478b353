from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_logs import FORGER, KEY, Files, Row, checkpoint_of, entries_of, files_of, rows_of

from muster.book import merkle, tiles
from muster.book.log_check import LogCheck, check_log
from muster.errors import Fault

ROWS = rows_of(600)
MADE = entries_of(ROWS)
FILES = files_of(MADE)


def check(files: Files, **options: object) -> LogCheck:
    return check_log(files.get, [KEY.public], **options)  # type: ignore[arg-type]


def said(files: Files, **options: object) -> list[tuple[str, str, str]]:
    """Return rule, file and what was seen of every fault."""
    faults = check(files, **options).faults
    assert all(fault.what and fault.do for fault in faults)
    return [(fault.rule, fault.where, fault.seen) for fault in faults]


def rules(files: Files, **options: object) -> set[str]:
    return {rule for rule, _, _ in said(files, **options)}


@pytest.mark.parametrize("size", [0, 1, 2, 3, 255, 256, 257, 511, 512, 513, 600])
def test_check_log_given_a_sound_log_of_any_size_then_it_holds(size: int) -> None:
    older = {f"of {old}": checkpoint_of(MADE[:old]) for old in {0, 1, 255, 256, 257, 599, size} if old <= size}
    found = check(files_of(MADE[:size]), older=older)
    assert found.holds and found.faults == ()
    assert found.checkpoint is not None
    assert (found.checkpoint.size, found.checkpoint.origin) == (size, KEY.name)
    assert set(found.begins_with) == set(older)


def test_check_log_given_tiles_of_three_levels_then_it_holds_and_a_change_far_up_is_found() -> None:
    entries = [b"%d2026-11-27T08:30:00.000Z" % number for number in range(66_000)]
    files = files_of(entries)
    assert "tile/2/000.p/1" in files
    assert said(files) == []
    top = files["tile/2/000.p/1"]
    files["tile/2/000.p/1"] = bytes([top[0] ^ 1]) + top[1:]
    assert said(files) == [("L9", "tile/2/000.p/1", "the hash over entries 1 to 65,536")]


def test_check_log_then_each_entry_is_looked_at_once_and_in_order() -> None:
    seen: list[tuple[int, bytes]] = []

    def look(number: int, entry: bytes) -> list[Fault]:
        seen.append((number, entry))
        return [Fault("It is odd.", f"entry {number}", "a thing", "ask", "B1")] if number == 300 else []

    assert said(FILES, look=look) == [("B1", "entry 300", "a thing")]
    assert seen == list(enumerate(MADE, 1))


SMALL = files_of(MADE[:3])
EVERY_BYTE = [(path, at) for path, data in SMALL.items() for at in range(len(data))]


@settings(max_examples=400)
@given(st.sampled_from(EVERY_BYTE), st.integers(1, 255))
def test_law_any_byte_changed_is_found(place: tuple[str, int], flip: int) -> None:
    path, at = place
    data = bytearray(SMALL[path])
    data[at] ^= flip
    assert rules(SMALL | {path: bytes(data)})


@given(st.sampled_from(sorted(FILES)), st.data())
def test_law_any_file_missing_cut_longer_or_replaced_is_found(path: str, data: st.DataObject) -> None:
    files = dict(FILES)
    if data.draw(st.booleans()):
        del files[path]
        assert ("L6", path, "no such file") in said(files)
    else:
        cut = data.draw(st.integers(0, len(files[path]) - 1))
        assert rules(files | {path: files[path][:cut]}) & {"L2", "L7"}
        assert rules(files | {path: files[path] + b"\0"}) & {"L2", "L7"}
        other = data.draw(st.sampled_from(sorted(FILES)).filter(lambda name: name != path))
        assert rules(files | {path: FILES[other]})


def changed(number: int, change: Callable[[Row], Row]) -> list[bytes]:
    """Return the entries with one row changed."""
    return entries_of([change(row) if at == number else row for at, row in enumerate(ROWS, 1)])


def more_flour(row: Row) -> Row:
    return row[0].replace(b'"quantity":300', b'"quantity":299'), row[1]


def an_hour_earlier(row: Row) -> Row:
    return row[0], row[1].replace("T00:", "T23:")


def test_check_log_given_an_entry_changed_then_the_entry_is_named() -> None:
    files = files_of(changed(300, more_flour))
    assert files["tile/entries/001"] != FILES["tile/entries/001"]
    found = check(FILES | {"tile/entries/001": files["tile/entries/001"]})
    (fault,) = found.faults
    assert (fault.rule, fault.what, fault.where) == ("L8", "Entry 300 was changed after signing.", "tile/entries/001")


def test_check_log_given_a_tile_changed_then_the_tile_is_blamed_and_not_the_entry() -> None:
    tile = bytearray(FILES["tile/0/001"])
    tile[32 * 43] ^= 1
    found = check(FILES | {"tile/0/001": bytes(tile)})
    (fault,) = found.faults
    assert (fault.rule, fault.what) == ("L9", "tile/0/001 was changed; the entries are those that were signed.")
    assert fault.seen == "the hash of entry 300"


@dataclass(frozen=True)
class Tampering:
    """Something that somebody does to a log without its key, and the rules that it breaks."""

    what: str
    files: Files
    breaks: set[str]


HEAD = {"checkpoint": FILES["checkpoint"]}
SWAPPED = [*MADE[:9], MADE[10], MADE[9], *MADE[11:]]
TAMPERINGS = [
    Tampering("a quantity, everything else made to fit", files_of(changed(300, more_flour)) | HEAD, {"L10"}),
    Tampering("a time of record, everything made to fit", files_of(changed(5, an_hour_earlier)) | HEAD, {"L10"}),
    Tampering("two entries swapped, all made to fit", files_of(SWAPPED) | HEAD, {"L10"}),
    Tampering("two entries swapped in the bundle", FILES | {
        "tile/entries/000": tiles.bundle(SWAPPED[:256])}, {"L8"}),
    Tampering("signed with another key of the same name", files_of(changed(300, more_flour), key=FORGER), {"L3"}),
    Tampering("cut off, and the checkpoint left", files_of(MADE[:599]) | HEAD, {"L6"}),
    Tampering("cut off, and signed with another key", files_of(MADE[:599], key=FORGER), {"L3"}),
    Tampering("an entry put in, and the checkpoint left", files_of([*MADE[:9], MADE[0], *MADE[9:599]]) | HEAD, {"L10"}),
    Tampering("no checkpoint", {path: data for path, data in FILES.items() if path != "checkpoint"}, {"L6"}),
    Tampering("a tile above the leaves", FILES | {"tile/1/000.p/2": bytes(64)}, {"L9"}),
    Tampering("entries without times of record", files_of([text for text, _ in ROWS]), {"L12"}),
]  # fmt: skip


@pytest.mark.parametrize("tampering", TAMPERINGS, ids=[each.what for each in TAMPERINGS])
def test_check_log_given_a_log_that_was_tampered_with_then_it_is_found(tampering: Tampering) -> None:
    assert tampering.files != FILES
    assert rules(tampering.files) == tampering.breaks


REWRITTEN = changed(300, more_flour)
TIMES = changed(5, an_hour_earlier)


@pytest.mark.parametrize(
    ("entries", "old", "found"),
    [
        (REWRITTEN, 600, True),
        (REWRITTEN, 300, True),
        (REWRITTEN, 299, False),  # what was before is still what it was
        (TIMES, 5, True),
        (SWAPPED, 10, True),
        (MADE[:599], 600, True),
        (MADE[:599], 599, False),
        ([], 1, True),
        ([*MADE[:400], *entries_of(rows_of(600, recorders=("q.safi",)))[400:]], 401, True),  # another branch
        ([*MADE[:400], *entries_of(rows_of(600, recorders=("q.safi",)))[400:]], 400, False),
    ],
)
def test_check_log_given_one_rewritten_with_its_own_key_then_only_older_checkpoints_show_it(
    entries: list[bytes], old: int, found: bool
) -> None:
    files = files_of(entries)
    assert rules(files) == set()
    assert rules(files, older={"kept by the auditor": checkpoint_of(MADE[:old])}) == ({"L11"} if found else set())


def test_check_log_given_a_longer_older_checkpoint_then_says_that_entries_are_lost() -> None:
    found = check(files_of(MADE[:599]), older={"old": checkpoint_of(MADE)})
    assert found.begins_with == ()
    (fault,) = found.faults
    assert (fault.where, fault.seen) == ("old", "599 entries; old says 600")


def test_check_log_given_older_checkpoints_that_cannot_be_compared_then_says_why() -> None:
    older = {
        "of another log": checkpoint_of(MADE[:5], origin="example.org/herat"),
        "forged": checkpoint_of(MADE[:5], key=FORGER),
        "torn": checkpoint_of(MADE[:5])[:-10],
        "of nothing, with a root": checkpoint_of(MADE[:1]).replace(b"\n1\n", b"\n0\n"),
        "sound": checkpoint_of(MADE[:5]),
    }
    found = check(FILES, older=older)
    assert found.begins_with == ("sound",)
    assert sorted((fault.where, fault.rule) for fault in found.faults) == [
        ("forged", "L3"),
        ("of another log", "L11"),
        ("of nothing, with a root", "L3"),
        ("torn", "L2"),
    ]


def test_check_log_given_bundle_and_tile_missing_then_both_are_named_and_nothing_is_said_of_the_root() -> None:
    files = {path: data for path, data in FILES.items() if not path.endswith("/001")}
    assert said(files, older={"old": checkpoint_of(MADE[:100]), "later": checkpoint_of(MADE[:300])}) == [
        ("L6", "tile/entries/001", "no such file"),
        ("L6", "tile/0/001", "no such file"),
    ]


def test_check_log_given_a_bundle_missing_then_its_tile_stands_in_and_the_root_is_still_the_signed_one() -> None:
    assert said({path: data for path, data in FILES.items() if path != "tile/entries/001"}) == [
        ("L6", "tile/entries/001", "no such file")
    ]


def test_check_log_given_many_entries_changed_then_a_few_are_named_and_the_rest_counted() -> None:
    entries = [*MADE[:256], *(merkle.leaf_hash(entry) + entry[-24:] for entry in MADE[256:])]
    found = said(FILES | {"tile/entries/001": tiles.bundle(entries[256:512])})
    assert found == [("L8", "tile/entries/001", "entries 257, 258, 259, 260, 261 and 251 more")]


def test_check_log_given_entries_and_tiles_changed_apart_then_neither_is_what_was_signed() -> None:
    tile = bytes([FILES["tile/0/000"][0] ^ 1]) + FILES["tile/0/000"][1:]
    bundle = files_of(changed(300, more_flour))["tile/entries/001"]
    found = said(FILES | {"tile/0/000": tile, "tile/entries/001": bundle})
    assert [each for each in found if each[0] != "L10"] == [
        ("L8", "tile/entries/000", "entry 1"),
        ("L8", "tile/entries/001", "entry 300"),
        ("L9", "tile/1/000.p/2", "the hash over entries 257 to 512"),
    ]
    assert len(found) == 4


def test_check_log_given_a_file_that_claims_to_be_huge_then_a_message() -> None:
    head = FILES["checkpoint"].replace(b"\n600\n", b"\n9000000000000000000\n")
    assert rules(FILES | {"checkpoint": head}) == {"L3"}
