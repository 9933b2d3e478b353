"""Use cases around a book as such: make one with its key; say how long its log is and what its root."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from muster import store
from muster.book import notes
from muster.book.notes import Checkpoint, PublicKey, SecretKey
from muster.economy.beside import file_beside
from muster.errors import Fault
from muster.services.book_rules import refused
from muster.store.address import Address

KEY, PUBLIC = ".key", ".pub"
"""Ends of the names of the files with the secret and with the public key of a book."""

_SEED_BYTES = 32


@dataclass(frozen=True)
class NewBook:
    """A book that has just been made.

    Attributes:
        book: Its address, without a password.
        key, public: Files with the secret and the public key of its log.
        public_key: The key that others check the log with.
        warnings: What they should know who made it.
    """

    book: str
    key: Path
    public: Path
    public_key: str
    warnings: tuple[Fault, ...]


@dataclass(frozen=True)
class Root:
    """What a log is now.

    Attributes:
        size: Events in it.
        root: Root hash over them (hex).
        note: The signed checkpoint, to be kept and given away; ``""``: there is no key to sign with.
        public_key: The key that checks it; ``""`` likewise.
        warnings: Why it is not signed.
    """

    size: int
    root: str
    note: str
    public_key: str
    warnings: tuple[Fault, ...] = ()


def new_book(
    address: str, *, key: Path | None = None, name: str | None = None, random: Callable[[int], bytes]
) -> NewBook:
    """Make an empty book, and the key that signs its log, in a file that only its owner can read.

    Args:
        address: A file that is not there yet, or ``postgresql://…``.
        key: File of the key; one that is there is taken. ``None``: see ``key_file``.
        name: Name of the log, e.g. ``example.org/kabul``; ``None``: from the address, with a few random signs.
        random: ``random(n)`` gives n random bytes that nobody else knows.
    Raises:
        BookError: There is something already, or it cannot be made (S1, S3, S5); the public key of another log lies
            beside it (U5).
        LogError: The name cannot be one, or the file of the key holds none (L1).
        OSError: The file of the key cannot be written.
    """
    at = Address(address)
    file = key or key_file(address)
    public = _public_file(file)
    kept = [each for each in (file, public) if not each.exists()]
    secret = _read_key(file) if file.exists() else notes.new_key(name or _name(at, random), seed=random(_SEED_BYTES))
    if public not in kept and _text(public) != secret.public.text():
        do = f"move {public.name} away, or name another key with --key"
        raise refused("The public key of another log lies here.", where=str(public), seen=public.name, do=do, rule="U5")
    try:
        if file in kept:
            _write(file, secret.text(), mode=0o600)
        if public in kept:
            _write(public, secret.public.text(), mode=0o644)
        store.create(address)
    except BaseException:
        for each in kept:
            each.unlink(missing_ok=True)
        raise
    warnings = () if file in kept else (_key_there(file, secret.name),)
    return NewBook(at.shown, file, public, secret.public.text(), warnings)


def renew_book(address: str) -> tuple[int, str]:
    """Bring the tables of an older book to this version; return how many events it has, and the root of its log.

    Raises:
        BookError: There is no book (S1), or it is of a newer version (S4), or cannot be written to (S5).
    """
    store.renew(address)
    with store.open(address) as book:
        tree = book.log.tree()
    return tree.size, tree.root().hex()


def key_file(address: str) -> Path:
    """Return where the key of a book lies if nobody says: beside its file; of a database, in the current folder."""
    at = Address(address)
    return Path(f"{_stem(at)}{KEY}") if at.is_postgres else at.path.with_name(at.path.name + KEY)


def root_of(address: str, *, key: Path | None = None, to: Path | None = None) -> Root:
    """Return size and root of a book's log, signed where its key is there.

    Args:
        address: Of the book.
        key: File of the key; ``None``: see ``key_file``.
        to: File to write the checkpoint to; nothing is written where it is not signed.
    Raises:
        BookError: There is no book (S1, S4), or the key that is named is not there (U5).
        LogError: The file of the key holds none (L1).
        OSError: The checkpoint cannot be written.
    """
    with store.open(address) as book:
        tree = book.log.tree()
    secret = secret_of(address, key=key)
    if secret is None:
        return Root(tree.size, tree.root().hex(), "", "", (_no_key(key_file(address)),))
    head = Checkpoint(secret.name, tree.size, tree.root())
    note = notes.sign_checkpoint(head, [secret])
    if to is not None:
        with file_beside(to) as unfinished:
            unfinished.write_bytes(note)
    return Root(tree.size, tree.root().hex(), note.decode(), secret.public.text())


def secret_of(address: str, *, key: Path | None) -> SecretKey | None:
    """Return the key of a book; ``None`` where none is named and none lies where it belongs.

    Raises:
        BookError: The key that is named is not there (U5).
        LogError: The file holds no key (L1).
    """
    if key is not None and not key.exists():
        do = "check the name; muster book init made the key together with the book"
        raise refused("The key is not there.", where=str(key), seen="no such file", do=do, rule="U5")
    file = key or key_file(address)
    return _read_key(file) if file.exists() else None


def public_of(address: str, *, key: Path | None) -> PublicKey | None:
    """Return the public key of a book, from a file of it or of the secret key; ``None`` where none is there.

    Raises:
        BookError: The key that is named is not there (U5).
        LogError: The file holds no key (L1).
    """
    beside = _public_file(key_file(address))
    file = key or (beside if beside.exists() else None)
    if file is None or not file.exists() or _text(file).startswith("PRIVATE"):
        secret = secret_of(address, key=file)
        return secret.public if secret else None
    return notes.public_key(_text(file))


def _read_key(file: Path) -> SecretKey:
    return notes.secret_key(_text(file))


def _text(file: Path) -> str:
    with file.open("rb") as opened:
        return opened.read(10_000).decode(errors="replace").strip()


def _write(file: Path, text: str, *, mode: int) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as opened:
        opened.write(f"{text}\n")


def _public_file(key: Path) -> Path:
    return key.with_name(key.name.removesuffix(KEY) + PUBLIC)


def _name(at: Address, random: Callable[[int], bytes]) -> str:
    """Return a name for a log; the random signs keep two logs apart whose files are called the same."""
    return f"{_stem(at)}/{random(4).hex()}"


def _stem(at: Address) -> str:
    """Return the name of a book as part of the name of a file."""
    name = unquote(urlsplit(at.text).path).strip("/") if at.is_postgres else at.path.stem
    return re.sub(r"[^\w.-]+", "-", name).strip(".-") or "book"


def _key_there(file: Path, name: str) -> Fault:
    do = f"go on if the log is to be {name}; else take both files away and move the key"
    return Fault("There was a key already; it is used.", str(file), name, do, "U5", severity="warning")


def _no_key(file: Path) -> Fault:
    do = "name the key with --key or MUSTER_KEY, if you keep it"
    return Fault("The checkpoint is not signed.", str(file), "no key there", do, "U5", severity="warning")
