"""Use cases of keeping all that an application has: one file, made while others write, and brought back whole.

A book goes into it as its events with their times of record, in the order of record: from them everything else follows,
on either database, and the root of the log shows that it is the same book. What else the application has lies in its
folder, and is taken as it is; the accounts are handed in by who knows them.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from types import MappingProxyType

from muster import __version__, store
from muster.book.book import Record
from muster.economy.beside import file_beside
from muster.errors import Fault, MusterError

BACKUP_RULES: Mapping[str, str] = MappingProxyType(
    {
        "K1": "A backup is one file as `muster serve` made it; nothing of it is missing or changed.",
        "K2": "A backup is brought back where nothing is: into a folder, and a database, that are new.",
        "K3": "A book that is brought back has the same log, byte for byte.",
    }
)
"""Rules of keeping and bringing back, by number."""

FORMAT, HEAD, RECORDS, ACCOUNTS = 1, "backup.json", "book.records", "accounts.jsonl"
"""Version of the form; names of what describes the file, of the book and of the accounts in it."""

OF_DATABASES = ("book.db", "site.db")
NOT_KEPT = frozenset({"secret", "locale", "backups", "jobs", "book-made", *OF_DATABASES})
"""What lies in the folder and is not taken as it is: databases, what is made anew, other backups."""

_PIECE, _MOST_HEAD = 1 << 20, 64 << 20
Tell = Callable[[str], None]


class BackupError(MusterError):
    """A backup cannot be made, read or brought back."""


@dataclass(frozen=True)
class Head:
    """What a backup says of itself.

    Attributes:
        made: When, in UTC.
        muster: Version that made it.
        size, root: Events of the book, and the root of its log (hex).
        files: SHA-256 (hex) of each file in it, by name.
        format: ``FORMAT``.
    """

    made: str
    muster: str
    size: int
    root: str
    files: Mapping[str, str]
    format: int = FORMAT


def write_backup(to: Path, *, folder: Path, book: str, accounts: Callable[[Path], None], made: datetime) -> Head:
    """Write everything into one file that only its owner can read; it appears whole or not at all.

    Files come first and the book last: what went from a file into the book in between is then in both, and the book
    knows it by its id; the other way round it would be in neither.

    Args:
        to: The file.
        folder: Of the application.
        book: Its address.
        accounts: Writes the accounts to a file.
        made: Now.
    Raises:
        BookError: There is no book (S1, S4).
        OSError: The file cannot be written.
    """
    to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with file_beside(to) as unfinished, TemporaryDirectory(dir=to.parent, prefix=".") as aside:
        os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as packed:
            digests = {name: _put(packed, name, _pieces(path)) for name, path in _files(folder)}
            files = {name: digest for name, digest in digests.items() if digest}
            accounts(Path(aside) / ACCOUNTS)
            files[ACCOUNTS] = _put(packed, ACCOUNTS, _pieces(Path(aside) / ACCOUNTS))
            with store.open(book) as opened:
                tree = opened.log.tree()
                files[RECORDS] = _put(packed, RECORDS, map(_line, opened.records(first=1, last=tree.size)))
            head = Head(made.isoformat(timespec="seconds"), __version__, tree.size, tree.root().hex(), files)
            packed.writestr(HEAD, json.dumps(asdict(head), ensure_ascii=False, indent=1))
    return head


def read_head(file: Path) -> Head:
    """Return what a backup says of itself, once all of it has been read and found as it was made.

    Raises:
        BackupError: It is no backup, or something of it is missing or changed (K1).
        OSError: The file cannot be read.
    """
    try:
        with zipfile.ZipFile(file) as packed:
            there = {each.filename: each for each in packed.infolist()}
            if HEAD not in there or there[HEAD].file_size > _MOST_HEAD:
                raise _refused(file, "no description in it", "name a file that was made under Backups")
            value = json.loads(packed.read(HEAD))
            if value.get("format") != FORMAT:
                raise _refused(file, f"form {value.get('format')}", "take the muster that made it, or a newer one")
            head = Head(**value)
            if set(head.files) | {HEAD} != set(there) or not all(_is_inside(name) for name in head.files):
                raise _refused(file, "other files than it says")
            for name, digest in head.files.items():
                with packed.open(name) as opened:
                    read = hashlib.sha256()
                    while piece := opened.read(_PIECE):
                        read.update(piece)
                if read.hexdigest() != digest:
                    raise _refused(file, name)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _refused(file, str(error)) from error
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise _refused(file, "a description that cannot be read") from error
    return head


def restore(file: Path, head: Head, *, folder: Path, book: str, tell: Tell = lambda text: None) -> Path:
    """Bring back a backup that ``read_head`` has read: the files, and the book, event by event.

    Args:
        file, head: The backup.
        folder: Of the application; whoever calls has seen that it is empty.
        book: Address of the book, which is made.
        tell: Told what takes a while.
    Returns:
        The file with the accounts, in the folder; whoever knows them reads it in, and takes it away.
    Raises:
        BookError: There is a book already (S3), or it cannot be written.
        BackupError: The book came out otherwise than it was (K3).
    """
    with zipfile.ZipFile(file) as packed:
        for name in head.files:
            inside = PurePosixPath(name)
            if name != RECORDS:
                _take_out(packed, name, folder / (inside.relative_to("folder") if name != ACCOUNTS else inside))
        store.create(book)
        with store.open(book) as opened, packed.open(RECORDS) as lines:
            said = opened.replay(
                map(_record, lines), progress=lambda number: tell(f"{number:,} of {head.size:,} events …")
            )
            tree = opened.log.tree()
    if said.refused or (tree.size, tree.root().hex()) != (head.size, head.root):
        seen = f"{tree.size:,} events, root {tree.root().hex()}; it was {head.size:,}, {head.root}"
        do = "take the version of muster that made it" if head.muster != __version__ else "keep the file and report it"
        what = "The book came out otherwise than it was."
        raise BackupError([Fault(what, str(file), seen, do, "K3"), *said.faults])
    return folder / ACCOUNTS


def nothing_there(folder: Path) -> None:
    """Refuse a folder that holds something.

    Raises:
        BackupError: It does (K2).
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        do = "name a folder with --data that is not there yet"
        raise BackupError(Fault("There is something in the folder already.", str(folder), folder.name, do, "K2"))


def nothing_to_keep(folder: Path) -> BackupError:
    """Return the error that says that there is nothing to make a backup of (K1)."""
    do = "name with --data the folder of an application that has been started"
    return BackupError(Fault("There is nothing to make a backup of.", str(folder), "no book made here", do, "K1"))


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield name in the backup and path of what is taken as it is; what is hidden is only half written."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        database = any(parts[0].startswith(f"{name}-") for name in OF_DATABASES)
        if parts[0] in NOT_KEPT or database or any(part.startswith(".") for part in parts):
            continue
        if path.is_file() and not path.is_symlink():
            yield "/".join(("folder", *parts)), path


def _pieces(path: Path) -> Iterator[bytes] | None:
    """Return what a file holds, piece by piece; ``None``: it has gone meanwhile."""
    try:
        opened = path.open("rb")
    except FileNotFoundError:
        return None

    def pieces() -> Iterator[bytes]:
        with opened:
            while piece := opened.read(_PIECE):
                yield piece

    return pieces()


def _put(packed: zipfile.ZipFile, name: str, pieces: Iterator[bytes] | None) -> str:
    """Write a file into the backup, and return its digest; ``""``: there is none."""
    if pieces is None:
        return ""
    digest = hashlib.sha256()
    with packed.open(name, "w", force_zip64=True) as opened:
        for piece in pieces:
            digest.update(piece)
            opened.write(piece)
    return digest.hexdigest()


def _take_out(packed: zipfile.ZipFile, name: str, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    with (
        os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as written,
        packed.open(name) as opened,
    ):
        while piece := opened.read(_PIECE):
            written.write(piece)


def _line(record: Record) -> bytes:
    return f"{record.recorded} ".encode() + record.body + b"\n"


def _record(line: bytes) -> Record:
    recorded, _, body = line.rstrip(b"\n").partition(b" ")
    return Record(0, body, recorded.decode())


def _is_inside(name: str) -> bool:
    """Return whether a name stays in the folder, on any system."""
    parts = PurePosixPath(name).parts
    plain = not any(each in ("..", "/") or "\\" in each for each in parts)
    return plain and (name in (RECORDS, ACCOUNTS) or (parts[0] == "folder" and len(parts) > 1))


def _refused(file: Path, seen: str, do: str = "take another copy of it, or an earlier backup") -> BackupError:
    return BackupError(Fault("This is no whole backup; nothing was brought back.", str(file), seen, do, "K1"))
