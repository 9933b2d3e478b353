from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.book import notes
from muster.book.notes import Checkpoint, PublicKey, SecretKey
from muster.errors import LogError

# golang.org/x/mod/sumdb/note, note_test.go
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PETER_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
ENOCH_LINE = (
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
)
NOTE = f"{TEXT}\n{PETER_LINE}".encode()

# The key that the go command trusts (cmd/go/internal/modfetch/key.go).
GO_SUM = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
# The example of c2sp.org/tlog-checkpoint: its signature is that key's over the same size and root of its own log.
EXAMPLE_HEAD = "20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
EXAMPLE_SIGNATURE = "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8="

ORIGIN = "example.org/kabul"
KEY = SecretKey(ORIGIN, bytes(range(32)))


def fault_of(act: Callable[[], object]) -> tuple[str, str]:
    """Return rule and what was seen of the one fault that an act raises."""
    with pytest.raises(LogError) as caught:
        act()
    (fault,) = caught.value.faults
    assert fault.what and fault.where and fault.do
    return fault.rule, fault.seen


def opened(data: bytes, *keys: str) -> notes.Note:
    return notes.open_note(data, [notes.public_key(key) for key in keys], where="a note")


def test_keys_given_the_published_ones_then_both_belong_together() -> None:
    secret = notes.secret_key(PETER_SECRET)
    assert secret.public.text() == PETER
    assert secret.text() == PETER_SECRET
    assert notes.public_key(ENOCH).text() == ENOCH


def test_public_key_given_any_part_of_one_or_one_changed_then_refused() -> None:
    parts = [PETER[a:b] for a in range(len(PETER)) for b in range(a + 1, len(PETER) + 1)]
    changed = [f"{PETER[:at]}{chr(ord(PETER[at]) + 1)}{PETER[at + 1 :]}" for at in range(len(PETER))]
    longer = "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY=="  # its id is the right one
    other_kind = "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"  # its id is the right one
    for text in {*parts, *changed, longer, other_kind, "", PETER.upper(), f"{PETER}\n"} - {PETER}:
        assert fault_of(lambda text=text: notes.public_key(text)) == ("L1", repr(text))


def test_secret_key_given_any_part_of_one_or_one_changed_then_refused_and_never_shown() -> None:
    parts = [PETER_SECRET[a:b] for a in range(len(PETER_SECRET)) for b in range(a + 1, len(PETER_SECRET) + 1)]
    changed = [f"{PETER_SECRET[:at]}{chr(ord(PETER_SECRET[at]) + 1)}{PETER_SECRET[at + 1 :]}" for at in range(70)]
    for text in {*parts, *changed} - {PETER_SECRET}:
        rule, seen = fault_of(lambda text=text: notes.secret_key(text))
        assert rule == "L1"
        assert seen == f"{len(text)} characters, not shown because they may be secret"
    assert "AYEK" not in repr(notes.secret_key(PETER_SECRET))
    assert "seed" not in repr(notes.secret_key(PETER_SECRET))


@pytest.mark.parametrize("name", ["", "with space", "a+b", "line\nend", "\u2003wide"])
def test_new_key_given_a_name_that_no_signature_line_can_carry_then_refused(name: str) -> None:
    assert fault_of(lambda: notes.new_key(name, seed=bytes(32))) == ("L1", repr(name))


def test_new_key_then_its_texts_are_read_back() -> None:
    key = notes.new_key(ORIGIN, seed=bytes(range(32)))
    assert notes.secret_key(key.text()) == key
    assert notes.public_key(key.public.text()) == key.public


def test_sign_given_the_published_text_and_key_then_byte_for_byte_the_published_note() -> None:
    assert notes.sign(TEXT, [notes.secret_key(PETER_SECRET)]).data() == NOTE


@pytest.mark.parametrize("text", ["", "abc", "one\n\nabc", "tab\t\n", "bell\x07\n"])
def test_sign_given_a_text_that_cannot_be_a_note_then_refused(text: str) -> None:
    assert fault_of(lambda: notes.sign(text, [KEY]))[0] == "L2"


def test_sign_given_nobody_to_sign_then_refused() -> None:
    assert fault_of(lambda: notes.sign(TEXT, []))[0] == "L2"


def test_open_note_given_signatures_of_several_then_those_of_known_keys_are_held() -> None:
    both = f"{TEXT}\n{PETER_LINE}{ENOCH_LINE}".encode()
    one = opened(both, PETER)
    assert one.text == TEXT
    assert [each.line() for each in one.signatures] == [PETER_LINE]
    assert [each.line() for each in one.unknown] == [ENOCH_LINE]
    two = opened(both, PETER, ENOCH)
    assert [each.line() for each in two.signatures] == [PETER_LINE, ENOCH_LINE]
    assert two.unknown == ()
    assert two.data() == both
    assert opened(both, ENOCH).data() == f"{TEXT}\n{ENOCH_LINE}{PETER_LINE}".encode()


def test_open_note_given_no_known_key_then_says_who_signed_and_whom_one_knows() -> None:
    assert fault_of(lambda: opened(NOTE)) == ("L3", "signed by PeterNeumann+c74f20a3")
    with pytest.raises(LogError, match=re.escape("(given: EnochRoot+af0cfe78)")):
        opened(NOTE, ENOCH)


def test_open_note_given_a_known_key_of_the_same_name_but_another_id_then_it_is_another_key() -> None:
    namesake = SecretKey("PeterNeumann", bytes(32)).public.text()
    assert fault_of(lambda: opened(NOTE, namesake))[0] == "L3"
    assert len(opened(NOTE, namesake, PETER).signatures) == 1


def test_open_note_given_a_signature_twice_then_it_counts_once_and_the_first_counts() -> None:
    broken = ENOCH_LINE[:60] + "ABCD" + ENOCH_LINE[60:]
    note = opened(f"{TEXT}\n{PETER_LINE * 2}{ENOCH_LINE * 2}{broken}".encode(), PETER)
    assert [each.line() for each in note.signatures] == [PETER_LINE]
    assert [each.line() for each in note.unknown] == [ENOCH_LINE, broken]
    worn = PETER_LINE.replace("RyyBwJnAM=", "RyyBwJnBM=")
    assert len(opened(f"{TEXT}\n{PETER_LINE}{worn}".encode(), PETER).signatures) == 1
    assert fault_of(lambda: opened(f"{TEXT}\n{worn}{PETER_LINE}".encode(), PETER)) == ("L3", worn.rstrip())


@pytest.mark.parametrize("count", [16, 100])
def test_open_note_given_many_signatures_then_read(count: int) -> None:
    assert opened(f"{TEXT}\n{PETER_LINE * count}".encode(), PETER).text == TEXT


def test_open_note_given_a_text_with_empty_lines_then_the_last_one_parts_it() -> None:
    poem = "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n"
    line = (  # the example of c2sp.org/signed-note, whose key is not published
        "— quasimodo.example/salvatore "
        "NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"
    )
    text, (signature,) = notes.split(f"{poem}\n{line}".encode(), where="the example")
    assert (text, signature.line()) == (poem, line)
    assert (signature.name, signature.key_id.hex(), len(signature.made)) == (
        "quasimodo.example/salvatore",
        "367ba04b",
        64,
    )


MALFORMED = {
    "no signature": TEXT.encode(),
    "an empty line only": f"{TEXT}\n".encode(),
    "no last line end": NOTE[:-1],
    "a control character": b"\x01" + NOTE,
    "not UTF-8": b"\xff" + NOTE,
    "a name with a space": f"{TEXT}\n{PETER_LINE}".replace("PeterNeumann", "Bad Name").encode(),
    "a name with a plus": f"{TEXT}\n{PETER_LINE}".replace("PeterNeumann", "Bad+Name").encode(),
    "another line below": NOTE + b"Unexpected line.\n",
    "carriage returns": NOTE.replace(b"\n", b"\r\n"),
    "a hyphen for the dash": NOTE.replace("—".encode(), b"-"),
    "no base64": NOTE.replace(b"x08go", b"x08g!"),
    "base64 written another way": NOTE.replace(b"nAM=", b"nAN="),
    "an id and no signature": f"{TEXT}\n— PeterNeumann x08gow==\n".encode(),
    "101 signatures": f"{TEXT}\n{PETER_LINE * 101}".encode(),
    "nothing": b"",
}


@pytest.mark.parametrize("data", MALFORMED.values(), ids=MALFORMED)
def test_open_note_given_a_malformed_one_then_refused_even_without_keys(data: bytes) -> None:
    assert fault_of(lambda: opened(data, PETER))[0] == "L2"
    assert fault_of(lambda: opened(data))[0] == "L2"


@given(st.data())
def test_law_open_note_given_any_byte_changed_then_refused(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(NOTE) - 1))
    changed = bytearray(NOTE)
    changed[at] = data.draw(st.integers(0, 255).filter(lambda value: value != NOTE[at]))
    assert fault_of(lambda: opened(bytes(changed), PETER))[0] in ("L2", "L3")


def test_checkpoint_given_the_published_example_then_read() -> None:
    origin = "example.com/behind-the-sofa"
    data = f"{origin}\n{EXAMPLE_HEAD}\n— {origin} {EXAMPLE_SIGNATURE}\n".encode()
    text, (signature,) = notes.split(data, where="the example")
    read = notes.checkpoint(text, where="the example")
    root = bytes.fromhex("0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62")
    assert read == Checkpoint(origin, 20852163, root)
    assert read.text() == text
    assert signature.name == origin


@pytest.mark.parametrize(
    ("head", "signature"),
    [
        (EXAMPLE_HEAD, EXAMPLE_SIGNATURE),
        (  # as served by sum.golang.org, quoted by the authors of Sigsum
            "49189689\nftjbAOzaupaIvaPo/G+Dk63nxOZ2s1OPOKIaPtXs7S4=\n",
            "Az3grlKZssqRoMNPpZfKt0TphbbcF+pzXqElURJKRNFKfaUAgqeI5k2AORH0QAhg/ebRwyIqD/OqP4oLtLnNumvOBAM=",
        ),
    ],
)
def test_open_checkpoint_given_heads_of_the_go_checksum_database_then_their_signatures_hold(
    head: str, signature: str
) -> None:
    data = f"go.sum database tree\n{head}\n— sum.golang.org {signature}\n".encode()
    read = notes.open_checkpoint(data, [notes.public_key(GO_SUM)], where="the head")
    assert (read.origin, str(read.size)) == ("go.sum database tree", head.split("\n")[0])
    other = data.replace(b"go.sum", b"no.sum")
    assert fault_of(lambda: notes.open_checkpoint(other, [notes.public_key(GO_SUM)], where="the head"))[0] == "L3"


@given(
    st.integers(0, 2**63 - 1),
    st.binary(min_size=32, max_size=32),
    st.lists(st.text(st.characters(blacklist_categories=("Cc", "Cs")), min_size=1), max_size=2),
)
def test_law_a_signed_checkpoint_is_read_back(size: int, root: bytes, extensions: list[str]) -> None:
    head = Checkpoint(ORIGIN, size, root, tuple(extensions))
    data = notes.sign_checkpoint(head, [KEY])
    assert notes.open_checkpoint(data, [KEY.public], where="checkpoint") == head


ROOT = b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        (f"{ORIGIN}\n5\n", "2 lines"),
        (f"\n5\n{ROOT}\n", "an empty line"),
        (f"{ORIGIN}\n5\n{ROOT}\n\nmore\n", "an empty line"),
        (f"{ORIGIN}\n05\n{ROOT}\n", "the size '05'"),
        (f"{ORIGIN}\n-5\n{ROOT}\n", "the size '-5'"),
        (f"{ORIGIN}\n٥\n{ROOT}\n", "the size '٥'"),
        (f"{ORIGIN}\n{'9' * 5000}\n{ROOT}\n", f"the size '{'9' * 5000}'"),
        (f"{ORIGIN}\n5\n{ROOT[:-2]}B=\n", f"the root '{ROOT[:-2]}B='"),
        (f"{ORIGIN}\n5\n{ROOT[:40]}\n", f"the root '{ROOT[:40]}'"),
    ],
)
def test_checkpoint_given_another_form_then_refused(text: str, seen: str) -> None:
    data = notes.sign(text, [KEY]).data()
    assert fault_of(lambda: notes.open_checkpoint(data, [KEY.public], where="checkpoint")) == ("L4", seen)


def test_public_key_given_one_that_is_no_point_of_the_curve_then_nothing_holds() -> None:
    odd = PublicKey(ORIGIN, b"\xff" * 32)
    assert not odd.holds(bytes(64), TEXT)
    assert not odd.holds(b64decode(EXAMPLE_SIGNATURE)[4:], TEXT)
    assert not KEY.public.holds(b"short", TEXT)
