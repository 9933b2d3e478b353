"""Signed notes and checkpoints: how a log says, for anybody to keep, how long it is and what its root is.

A note is text that one or more keys have signed; a checkpoint is a note whose text is the origin, size and root of a
log. Whoever keeps one can tell later whether the log still begins with what it was then.

Source: C2SP signed-note (c2sp.org/signed-note, Ed25519 only) and tlog-checkpoint (c2sp.org/tlog-checkpoint); text forms
of keys as in golang.org/x/mod/sumdb/note.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from muster.book.log_rules import breach
from muster.book.merkle import HASH_BYTES
from muster.errors import Fault, LogError

MOST_SIGNATURES = 100
"""Signatures in one note; the format asks for at least 16."""

_ED25519, _KEY_BYTES, _ID_BYTES = b"\x01", 32, 4
_SECRET = "PRIVATE+KEY+"
_DASH = "— "
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


@dataclass(frozen=True)
class PublicKey:
    """What a signature is checked with.

    Attributes:
        name: Whose key it is, as on the signature line; no spaces, no plus.
        key: The Ed25519 public key, 32 bytes.
    """

    name: str
    key: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes that stand for this key beside its name."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.key).digest()[:_ID_BYTES]

    def text(self) -> str:
        """Return the key as people pass it on: ``name+id+base64``."""
        return f"{self.name}+{self.key_id.hex()}+{_base64(_ED25519 + self.key)}"

    def holds(self, signature: bytes, text: str) -> bool:
        """Return whether this key signed the text."""
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(signature, text.encode())
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class SecretKey:
    """What a log signs with.

    Attributes:
        name: As in ``PublicKey``.
        seed: 32 random bytes that nobody else may know.
    """

    name: str
    seed: bytes = field(repr=False)

    @property
    def public(self) -> PublicKey:
        """The key that checks what this one signs."""
        return PublicKey(self.name, Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw())

    def text(self) -> str:
        """Return the key as it is kept in a file: ``PRIVATE+KEY+name+id+base64``."""
        return f"{_SECRET}{self.name}+{self.public.key_id.hex()}+{_base64(_ED25519 + self.seed)}"

    def sign(self, text: str) -> Signature:
        """Return the signature of a text."""
        made = Ed25519PrivateKey.from_private_bytes(self.seed).sign(text.encode())
        return Signature(self.name, self.public.key_id, made)


@dataclass(frozen=True)
class Signature:
    """One line below a note: who signed, with which key, and the signature itself."""

    name: str
    key_id: bytes
    made: bytes

    def line(self) -> str:
        """Return the line, with its end."""
        return f"{_DASH}{self.name} {_base64(self.key_id + self.made)}\n"


@dataclass(frozen=True)
class Note:
    """A text and its signatures.

    Attributes:
        text: What was signed, with its last line end.
        signatures: Those that were made, or have been checked and hold.
        unknown: Those of keys that the reader does not know; they say nothing.
    """

    text: str
    signatures: tuple[Signature, ...]
    unknown: tuple[Signature, ...] = ()

    def data(self) -> bytes:
        """Return the note as it is sent and kept."""
        return "".join([self.text, "\n", *(each.line() for each in (*self.signatures, *self.unknown))]).encode()


@dataclass(frozen=True)
class Checkpoint:
    """What a log was at one time.

    Attributes:
        origin: Which log it is.
        size: Number of entries.
        root: Root hash of the Merkle tree over them.
        extensions: Further lines, of no meaning here.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """Return the lines that are signed."""
        return "".join(f"{line}\n" for line in (self.origin, self.size, _base64(self.root), *self.extensions))


def public_key(text: str) -> PublicKey:
    """Read a public key, ``name+id+base64``.

    Raises:
        LogError: The text is no such key (L1).
    """
    name, _, rest = text.partition("+")
    key_id, _, encoded = rest.partition("+")
    key = PublicKey(name, _key_bytes(encoded))
    if not _is_name(name) or len(key.key) != _KEY_BYTES or key.key_id.hex() != key_id:
        raise LogError(_no_key("public", seen=repr(text)))
    return key


def secret_key(text: str) -> SecretKey:
    """Read a secret key, ``PRIVATE+KEY+name+id+base64``; no message repeats it.

    Raises:
        LogError: The text is no such key (L1).
    """
    name, _, rest = text.removeprefix(_SECRET).partition("+")
    key_id, _, encoded = rest.partition("+")
    key = SecretKey(name, _key_bytes(encoded))
    whole = text.startswith(_SECRET) and _is_name(name) and len(key.seed) == _KEY_BYTES
    if not whole or key.public.key_id.hex() != key_id:
        raise LogError(_no_key("secret", seen=f"{len(text)} characters, not shown because they may be secret"))
    return key


def new_key(name: str, *, seed: bytes) -> SecretKey:
    """Return a new key; the log that it signs has the same name as its origin.

    Args:
        name: E.g. ``example.org/kabul``.
        seed: 32 bytes of the operating system's randomness.
    Raises:
        LogError: The name cannot be one (L1).
    """
    assert len(seed) == _KEY_BYTES
    if not _is_name(name):
        raise LogError(
            breach(
                "L1",
                "A log cannot be called this: its name must have no spaces, no control characters and no plus sign.",
                where="the name of the log",
                seen=repr(name),
                do="take a name like example.org/kabul",
            )
        )
    return SecretKey(name, seed)


def sign(text: str, keys: Iterable[SecretKey]) -> Note:
    """Return the text signed by each of the keys.

    Raises:
        LogError: The text cannot be a note: it is empty, does not end with a line end, or has control characters (L2).
    """
    note = Note(text, tuple(key.sign(text) for key in keys))
    split(note.data(), where="the note to be signed")
    return note


def split(data: bytes, *, where: str) -> tuple[str, list[Signature]]:
    """Take a note apart, without asking who signed it: nothing in it may be believed yet.

    Args:
        data: The note.
        where: What it is called in messages, e.g. its file.
    Raises:
        LogError: It has not the form of a note (L2).
    """
    try:
        whole = data.decode()
    except UnicodeDecodeError as error:
        raise LogError(_no_note(where, f"bytes that are not UTF-8, from byte {error.start + 1} on")) from None
    if odd := _CONTROL.search(whole):
        raise LogError(_no_note(where, f"the control character {odd.group()!r}"))
    text, gap, below = whole.rpartition("\n\n")
    if not gap or not below.endswith("\n"):
        raise LogError(_no_note(where, "no empty line with whole signature lines below it"))
    lines = below.removesuffix("\n").split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise LogError(_no_note(where, f"{len(lines)} signature lines; {MOST_SIGNATURES} are read at most"))
    return f"{text}\n", [_signature(line, where) for line in lines]


def open_note(data: bytes, keys: Sequence[PublicKey], *, where: str) -> Note:
    """Read a note and check who signed it; of several signatures of one key the first counts.

    Args:
        data: The note.
        keys: The keys that are known; signatures of others are passed over.
        where: What the note is called in messages, e.g. its file.
    Raises:
        LogError: It has not the form of a note (L2); a known key's signature does not hold, or there is none (L3).
    """
    text, found = split(data, where=where)
    held: list[Signature] = []
    unknown: list[Signature] = []
    for each in found:
        whose = (each.name, each.key_id)
        mine = [key for key in keys if (key.name, key.key_id) == whose]
        if not mine:
            unknown += [] if each in unknown else [each]
        elif whose not in [(other.name, other.key_id) for other in held]:
            if not any(key.holds(each.made, text) for key in mine):
                raise LogError(_forged(where, each))
            held.append(each)
    if not held:
        raise LogError(_by_nobody(where, unknown, keys))
    return Note(text, tuple(held), tuple(unknown))


def checkpoint(text: str, *, where: str) -> Checkpoint:
    """Read the text of a checkpoint.

    Raises:
        LogError: It has not the form of a checkpoint (L4).
    """
    lines = text.removesuffix("\n").split("\n")
    if len(lines) < 3 or not all(lines):
        seen = f"{len(lines)} lines" if all(lines) else "an empty line"
    elif not _SIZE.fullmatch(lines[1]):
        seen = f"the size {lines[1]!r}"
    elif len(_bytes(lines[2])) != HASH_BYTES:
        seen = f"the root {lines[2]!r}"
    else:
        return Checkpoint(lines[0], int(lines[1]), _bytes(lines[2]), tuple(lines[3:]))
    raise LogError(
        breach(
            "L4",
            "This is not a checkpoint: its lines must be the origin, the size in digits, and the root in base64.",
            where=where,
            seen=seen,
            do="get the checkpoint again from whoever keeps the log; do not correct it by hand",
        )
    )


def open_checkpoint(data: bytes, keys: Sequence[PublicKey], *, where: str) -> Checkpoint:
    """Read a checkpoint and check its signatures; see ``open_note``.

    Raises:
        LogError: It is not a note (L2), not signed by a known key (L3), or not a checkpoint (L4).
    """
    return checkpoint(open_note(data, keys, where=where).text, where=where)


def sign_checkpoint(head: Checkpoint, keys: Iterable[SecretKey]) -> bytes:
    """Return the checkpoint, signed, as it is kept and given away.

    Raises:
        LogError: It cannot be written as one (L4).
    """
    note = sign(head.text(), keys)
    assert checkpoint(note.text, where="the checkpoint to be signed") == head
    return note.data()


def _signature(line: str, where: str) -> Signature:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    made = _bytes(encoded)
    if not line.startswith(_DASH) or not _is_name(name) or len(made) <= _ID_BYTES:
        raise LogError(_no_note(where, f"the signature line {line!r}"))
    return Signature(name, made[:_ID_BYTES], made[_ID_BYTES:])


def _is_name(name: str) -> bool:
    return bool(name) and not any(each == "+" or each.isspace() or each < " " for each in name)


def _base64(data: bytes) -> str:
    return b64encode(data).decode()


def _bytes(text: str) -> bytes:
    """Return the bytes of a base64 text; nothing if it is written in any way but the one way."""
    try:
        data = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return data if _base64(data) == text else b""


def _key_bytes(text: str) -> bytes:
    """Return the bytes of an Ed25519 key in base64; nothing if it is a key of another kind."""
    data = _bytes(text)
    return data[1:] if data[:1] == _ED25519 else b""


def _no_key(kind: str, *, seen: str) -> Fault:
    form = "name+id+base64" if kind == "public" else f"{_SECRET}name+id+base64"
    return breach(
        "L1",
        f"This is not a {kind} key of a log.",
        where=f"the {kind} key",
        seen=seen,
        do=f"copy the whole key, on one line: {form}",
    )


def _no_note(where: str, seen: str) -> Fault:
    return breach(
        "L2",
        "This is not a signed note: it must be text, an empty line, and signature lines.",
        where=where,
        seen=seen,
        do="get the file again, byte for byte; a mail program or an editor may have changed its lines",
    )


def _forged(where: str, signature: Signature) -> Fault:
    return breach(
        "L3",
        f"The signature of {signature.name} does not hold: text or signature were changed, or it is forged.",
        where=where,
        seen=signature.line().rstrip(),
        do="trust nothing in it; get it again from its signer and compare",
    )


def _by_nobody(where: str, unknown: Sequence[Signature], keys: Sequence[PublicKey]) -> Fault:
    given = ", ".join(f"{key.name}+{key.key_id.hex()}" for key in keys) or "none"
    return breach(
        "L3",
        "No key that you know has signed this.",
        where=where,
        seen="signed by " + ", ".join(f"{each.name}+{each.key_id.hex()}" for each in unknown),
        do=f"give the public key of its signer (given: {given}); take it from them, not from where the file came",
    )
