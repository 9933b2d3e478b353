"""The stand-alone checker of logs in ``docs/``: whatever somebody does to a log, it says so."""

from __future__ import annotations

import ast
import contextlib
import io
import re
import runpy
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_up_logs import (
    FORGER,
    KEY,
    Files,
    Row,
    body,
    canonical,
    checkpoint_of,
    entries_of,
    files_of,
    rows_of,
    time_of,
)
from stand_alone import LOG_CHECKER, check_log_alone

from muster.book import tiles
from muster.book.log_check import check_log

ROWS = rows_of(600)
MADE = entries_of(ROWS)
FILES = files_of(MADE)
PUBLIC = KEY.public.text()


def written(files: Files, folder: Path) -> Path:
    """Write the files of a log into a new folder."""
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def checked(folder: Path, *given: str | Path) -> tuple[int, str]:
    """Run the checker within this process, which is quicker; return its exit status and what it printed."""
    out = io.StringIO()
    before, sys.argv = sys.argv, ["check_log.py", str(folder), PUBLIC, *map(str, given)]
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out), pytest.raises(SystemExit) as end:
            runpy.run_path(str(LOG_CHECKER), run_name="__main__")
    finally:
        sys.argv = before
    return int(end.value.code or 0), out.getvalue()


def test_checker_then_it_is_short_and_needs_nothing_but_python() -> None:
    lines = LOG_CHECKER.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 200
    imported = {
        name
        for node in ast.walk(ast.parse("\n".join(lines)))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names])
    }
    assert imported and imported <= set(sys.stdlib_module_names)


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 600])
def test_checker_of_a_sound_log_then_it_says_what_it_looked_at(tmp_path: Path, size: int) -> None:
    folder = written(files_of(MADE[:size]), tmp_path / "log")
    old = tmp_path / "old checkpoint"
    old.write_bytes(checkpoint_of(MADE[: size // 2]))
    alone = check_log_alone(folder, PUBLIC, "--since", old, "--since", folder / "checkpoint")
    assert (alone.returncode, alone.stderr) == (0, ""), alone.stdout + alone.stderr
    first, second, last = alone.stdout.splitlines()
    assert first.startswith(f"example.org/kabul: {size} entries, root ")
    assert first.endswith(f"signed by {'+'.join(PUBLIC.split('+')[:2])}")
    links = max(0, size - 2)
    recorders = min(2, size)
    assert second == f"moves: {size}; recorders: {recorders}, links in their chains: {links}; older checkpoints: 2"
    assert last == "all is well"


def test_checker_of_a_log_of_three_levels_then_all_is_well_and_the_key_may_lie_in_a_file(tmp_path: Path) -> None:
    made = entries_of([(body(number, n=number), time_of(number)) for number in range(1, 65_800)])
    folder = written(files_of(made), tmp_path)
    assert (folder / "tile/2/000.p/1").is_file()
    (tmp_path / "key").write_text(f"{PUBLIC}\n", encoding="utf-8")
    alone = check_log_alone(folder, str(tmp_path / "key"))
    assert alone.stdout.splitlines()[-1] == "all is well", alone.stdout
    assert alone.returncode == 0


def test_small_log_of_the_documentation_then_it_is_the_log_of_three_entries() -> None:
    folder = LOG_CHECKER.with_name("small-log")
    there = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert there == files_of(MADE[:3]) | {"key": f"{PUBLIC}\n".encode()}


SMALL = files_of(MADE[:5])
EVERY_BYTE = [(path, at) for path, data in SMALL.items() for at in range(len(data))]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(EVERY_BYTE), st.integers(1, 255))
def test_law_any_byte_changed_is_found_by_both_checkers(tmp_path: Path, place: tuple[str, int], flip: int) -> None:
    path, at = place
    data = bytearray(SMALL[path])
    data[at] ^= flip
    files = SMALL | {path: bytes(data)}
    status, said = checked(written(files, tmp_path))
    assert status == 1
    assert "WRONG: " in said and "all is well" not in said
    assert not check_log(files.get, [KEY.public]).holds


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(FILES)), st.data())
def test_law_any_file_missing_cut_longer_or_replaced_is_found(
    tmp_path_factory: pytest.TempPathFactory, path: str, data: st.DataObject
) -> None:
    other = data.draw(st.sampled_from(sorted(FILES)).filter(lambda name: name != path))
    cut = data.draw(st.integers(0, len(FILES[path]) - 1))
    instead = data.draw(st.sampled_from([None, FILES[path][:cut], FILES[path] + b"\0", FILES[other]]))
    files = {name: instead if name == path else content for name, content in FILES.items()}
    there = {name: content for name, content in files.items() if content is not None}
    status, said = checked(written(there, tmp_path_factory.mktemp("log")))
    assert status == 1 and path in said


def changed(number: int, change: Callable[[Row], Row]) -> list[bytes]:
    return entries_of([change(row) if at == number else row for at, row in enumerate(ROWS, 1)])


def more_flour(row: Row) -> Row:
    return row[0].replace(b'"quantity":300', b'"quantity":299'), row[1]


def an_hour_earlier(row: Row) -> Row:
    return row[0], row[1].replace("T00:", "T23:")


HEAD = {"checkpoint": FILES["checkpoint"]}
SWAPPED = [*MADE[:9], MADE[10], MADE[9], *MADE[11:]]
BRANCH = [*MADE[:400], *entries_of(rows_of(600, recorders=("q.safi",)))[400:]]
ROOT = "the entries come to the root"
TAMPERINGS: dict[str, tuple[Files, str]] = {
    "a quantity, everything else made to fit": (files_of(changed(300, more_flour)) | HEAD, ROOT),
    "a time of record, everything else made to fit": (files_of(changed(5, an_hour_earlier)) | HEAD, ROOT),
    "two entries swapped, everything else made to fit": (files_of(SWAPPED) | HEAD, ROOT),
    "two entries swapped in the bundle": (
        FILES | {"tile/entries/000": tiles.bundle(SWAPPED[:256])},
        "entry 10 does not have the hash that tile/0/000 says",
    ),
    "signed with another key of the same name": (
        files_of(changed(300, more_flour), key=FORGER),
        "is not signed by example.org/kabul",
    ),
    "cut off, and the checkpoint left": (files_of(MADE[:599]) | HEAD, "tile/entries/002.p/88 is missing"),
    "a tile changed above the leaves": (FILES | {"tile/1/000.p/2": bytes(64)}, "tile/1/000.p/2 does not follow"),
    "a tile changed at the leaves": (
        FILES | {"tile/0/001": FILES["tile/0/001"][:-1] + b"\0"},
        "entry 512 does not have the hash",
    ),
    "a checkpoint of another size": (
        FILES | {"checkpoint": FILES["checkpoint"].replace(b"600", b"599")},
        "the signature of example.org/kabul does not hold",
    ),
    "a file put in": (FILES | {"tile/0/007": b"x"}, "tile/0/007 is no part of this log"),
    "a part that has grown otherwise": (
        FILES | {"tile/0/000.p/9": bytes(288)},
        "tile/0/000.p/9 is no part of this log",
    ),
}


@pytest.mark.parametrize("what", TAMPERINGS)
def test_checker_of_a_log_that_was_tampered_with_then_it_says_so(tmp_path: Path, what: str) -> None:
    files, expected = TAMPERINGS[what]
    status, said = checked(written(files, tmp_path))
    assert status == 1
    assert re.search(f"^WRONG: .*{re.escape(expected)}", said, re.M), said


def test_checker_given_parts_left_from_a_smaller_log_then_all_is_well(tmp_path: Path) -> None:
    written(files_of(MADE[:300]), tmp_path)
    assert checked(written(FILES, tmp_path))[0] == 0


@pytest.mark.parametrize(
    ("entries", "old", "expected"),
    [
        (changed(300, more_flour), 600, "the first 600 entries are not what they were"),
        (changed(300, more_flour), 300, "the first 300 entries are not what they were"),
        (changed(300, more_flour), 299, ""),
        (MADE[:599], 600, "the log has 599 entries; it had 600"),
        (BRANCH, 401, "the first 401 entries are not what they were"),
        (BRANCH, 400, ""),
    ],
)
def test_checker_of_a_log_rewritten_with_its_own_key_then_an_old_checkpoint_shows_it(
    tmp_path: Path, entries: list[bytes], old: int, expected: str
) -> None:
    written(files_of(entries), tmp_path / "log")
    (tmp_path / "kept").write_bytes(checkpoint_of(MADE[:old]))
    said = checked(tmp_path / "log", "--since", tmp_path / "kept")[1]
    assert ("not what they were" in said or "it had" in said) is bool(expected)
    assert expected in said


@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        (checkpoint_of(MADE[:5], origin="example.org/herat"), "is of another log, example.org/herat"),
        (checkpoint_of(MADE[:5], key=FORGER), "is not signed by example.org/kabul"),
        (checkpoint_of(MADE[:5])[:-9], "cannot be read as a checkpoint"),
        (None, "cannot be read as a checkpoint"),
    ],
)
def test_checker_given_an_old_checkpoint_that_cannot_be_compared_then_it_says_why(
    tmp_path: Path, kept: bytes | None, expected: str
) -> None:
    if kept is not None:
        (tmp_path / "kept").write_bytes(kept)
    status, said = checked(written(FILES, tmp_path / "log"), "--since", tmp_path / "kept")
    assert status == 1
    assert len(re.findall("^WRONG: ", said, re.M)) == 1 and expected in said


def receipt(**changes: object) -> bytes:
    """Return the body of a receipt with fields of its move, or of itself, changed."""
    move = {"from": "outside:wfp", "quantity": 5, "resource": "flour", "to": "store:kabul", "unit": "g"}
    value = {"id": "0198abcd-0000-7000-8000-000000000099", "kind": "receipt", "n": 1, "recorder": "q.safi"}
    move |= {name: told for name, told in changes.items() if name in move}
    return canonical(value | {"moves": [move]} | {name: told for name, told in changes.items() if name not in move})


PLAIN = receipt()
BODIES: dict[str, tuple[list[bytes], str]] = {
    "fine": ([PLAIN], ""),
    "text in many scripts, sorted as UTF-16": ([receipt(**{"\ue000": "آرد", "\U0001f33e": 'ü\t"\u2028'})], "one way"),
    "a space": ([PLAIN.replace(b":", b": ", 1)], "entry 1 is not written in the one way"),
    "names not in order": ([b'{"n":1,"id":"a","recorder":"b"}'], "entry 1 is not written in the one way"),
    "a name twice": ([PLAIN.replace(b'"n":1', b'"n":1,"n":1')], "entry 1 is not written in the one way"),
    "a letter escaped": ([PLAIN.replace(b"flour", b"fl\\u006fur")], "entry 1 is not written in the one way"),
    "a fraction": ([PLAIN.replace(b":5,", b":5.0,")], "entry 1 is not written in the one way"),
    "a number that is too large": ([receipt(quantity=2**53)], "entry 1 is not written in the one way"),
    "not a number": ([PLAIN.replace(b":5,", b":NaN,")], "entry 1 is not written in the one way"),
    "no JSON": ([b"{"], "entry 1 is not an event"),
    "not UTF-8": ([PLAIN.replace(b"flour", b"fl\xffur")], "entry 1 is not an event"),
    "a list": ([b"[]"], "entry 1 is not an event"),
    "too deep": ([b"[" * 60_000], "entry 1 is not an event"),
    "a move of nothing": ([receipt(quantity=0)], "entry 1 has a move that is not of more than nothing"),
    "a move of less than nothing": ([receipt(quantity=-5)], "entry 1 has a move that is not of more than nothing"),
    "a move that goes nowhere": ([receipt(to="outside:wfp")], "entry 1 has a move that is not of more than nothing"),
    "a move to no place": ([receipt(to="")], "entry 1 has a move that is not of more than nothing"),
    "a quantity in words": ([receipt(quantity="5")], "entry 1 has a move that is not of more than nothing"),
    "the same event twice": ([PLAIN, PLAIN], "entry 2 has the id of an earlier one"),
    "a cloned device": ([PLAIN, receipt(id="other")], "entry 2: q.safi's chain forks at 1; was a device cloned?"),
    "a chain": ([PLAIN, body(2, recorder="q.safi", n=2, previous=PLAIN)], ""),
    "a chain whose links come late": ([body(2, recorder="q.safi", n=2, previous=PLAIN), PLAIN], ""),
    "a chain with a gap": ([body(2, recorder="q.safi", n=2, previous=PLAIN)], ""),
    "a chain that breaks": (
        [PLAIN, body(2, recorder="q.safi", n=2, previous=b"another")],
        "entry 2: q.safi's event 1 is not the one that stood before it",
    ),
    "a first event that follows another": (
        [body(1, recorder="q.safi", n=1, previous=PLAIN)],
        "entry 1: q.safi's event 0 is not the one that stood before it",
    ),
}


@pytest.mark.parametrize("what", BODIES)
def test_checker_of_bodies_then_it_says_which_are_not_as_they_must_be(tmp_path: Path, what: str) -> None:
    bodies, expected = BODIES[what]
    files = files_of([text + time_of(number).encode() for number, text in enumerate(bodies, 1)])
    status, said = checked(written(files, tmp_path))
    assert status == bool(expected), said
    assert expected in said


def test_checker_of_an_entry_without_a_time_of_record_then_it_says_so(tmp_path: Path) -> None:
    said = checked(written(files_of([PLAIN]), tmp_path))[1]
    assert "WRONG: entry 1 has no time of record" in said


def test_checker_of_very_much_that_is_wrong_then_it_counts_the_rest(tmp_path: Path) -> None:
    wild = FILES | {"tile/0/001": bytes(8192)}
    said = checked(written(wild, tmp_path))[1].splitlines()
    assert len([line for line in said if line.startswith("WRONG: ")]) == 100
    assert said[-1] == "and 156 more"


@pytest.mark.parametrize(
    "key", ["", "kabul", PUBLIC[:-1], PUBLIC.replace("kabul", "herat"), PUBLIC.replace("+A", "+B")]
)
def test_checker_given_something_else_for_a_key_then_wrong_usage(tmp_path: Path, key: str) -> None:
    alone = check_log_alone(written(SMALL, tmp_path), key)
    assert alone.returncode == 2
    assert "PUBLIC_KEY is not name+id+base64 of an Ed25519 key" in alone.stderr


# RFC 8032, section 7.1, tests 1 to 3: secret key, public key, message, signature
RFC_8032 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.fixture(scope="module")
def signed() -> Callable[[bytes, bytes, bytes], bool]:
    """Return the checker's own reading of Ed25519: key, signature, text."""
    function: Callable[[bytes, bytes, bytes], bool] = runpy.run_path(str(LOG_CHECKER))["signed"]
    return function


@pytest.mark.parametrize(("key", "text", "signature"), RFC_8032)
def test_signed_given_the_published_vectors_then_they_hold_and_no_other_text_does(
    signed: Callable[[bytes, bytes, bytes], bool], key: str, text: str, signature: str
) -> None:
    given = bytes.fromhex(key), bytes.fromhex(signature), bytes.fromhex(text)
    assert signed(*given) is True
    assert signed(given[0], given[1], given[2] + b"\0") is False


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=100), st.integers(0, 511))
def test_law_signed_agrees_with_another_implementation(
    signed: Callable[[bytes, bytes, bytes], bool], seed: bytes, text: bytes, bit: int
) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, made = key.public_key().public_bytes_raw(), key.sign(text)
    assert signed(public, made, text) is True
    flipped = (int.from_bytes(made, "big") ^ 1 << bit).to_bytes(64, "big")
    assert signed(public, flipped, text) is False
    order = 2**252 + 27742317777372353535851937790883648493
    again = made[:32] + (int.from_bytes(made[32:], "little") + order).to_bytes(32, "little")
    assert signed(public, again, text) is False  # the same signature in another way
