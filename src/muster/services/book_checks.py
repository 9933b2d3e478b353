"""The use case of checking a book: from the events again, against what others kept, or from the files of its log."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from muster import store
from muster.book import merkle, notes
from muster.book.log_check import check_log
from muster.book.log_rules import breach
from muster.book.notes import PublicKey
from muster.book.tiles import MOST_FILE_BYTES
from muster.errors import Fault, LogError
from muster.services.book_rules import refused
from muster.services.books import public_of
from muster.store import Store

Tell = Callable[[str], None]


@dataclass(frozen=True)
class BookCheck:
    """What a check found.

    Attributes:
        where: What was checked.
        size: Events.
        root: Root hash over them (hex).
        checked: What has been looked at, in words.
        begins_with: Names of the checkpoints that hold on.
        faults: Everything that is wrong; warnings.
    """

    where: str
    size: int
    root: str
    checked: tuple[str, ...]
    begins_with: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = field(default=(), repr=False)


def verify_book(
    address: str, *, checkpoints: Sequence[Path] = (), key: Path | None = None, tell: Tell = lambda message: None
) -> BookCheck:
    """Check a book, or the files of a log.

    Args:
        address: Of a book; or a folder with the files of a log, as ``muster book export --log`` writes it.
        checkpoints: Signed checkpoints that were kept earlier.
        key: File with the public (or secret) key; ``None``: the one beside the book.
        tell: Told where the check stands.
    Returns:
        What was found; only what stands in the way of looking is raised.
    Raises:
        BookError: There is no book (S1, S4); the key or a checkpoint is not there (U5, U7).
        LogError: The file of the key holds none (L1).
    """
    older = {str(path): _note(_bytes(path)) for path in checkpoints}
    if Path(address).is_dir():
        return _verify_files(Path(address), older, key=_key_of(address, key))
    known = [_key_of(address, key)] if older else []
    with store.open(address) as book:
        tree = book.log.tree()
        faults = store.verify(book, progress=lambda number: tell(f"{book.where}: {number:,} events worked out again"))
        tell(f"{book.where}: comparing with what was kept")
        begins_with, told = _compare(book, older, known)
    checked = ["every hash of the log", "the chains", "conservation", "balances and all else that follows"]
    return BookCheck(book.where, tree.size, tree.root().hex(), tuple(checked), tuple(begins_with), (*faults, *told))


def _verify_files(folder: Path, older: Mapping[str, bytes], *, key: PublicKey) -> BookCheck:
    def read(path: str) -> bytes | None:
        file = folder / path
        return _bytes(file) if file.is_file() else None

    found = check_log(read, [key], older=older)
    head = found.checkpoint
    root = head.root.hex() if head else "not known"
    checked = ("every entry", "every tile", "the root", "its signature")
    return BookCheck(str(folder), head.size if head else 0, root, checked, found.begins_with, found.faults)


def _compare(book: Store, older: Mapping[str, bytes], keys: Sequence[PublicKey]) -> tuple[list[str], list[Fault]]:
    """Return the names of the checkpoints that the log begins with, and what is wrong with the others (L2–L4, L11)."""
    held: list[str] = []
    faults: list[Fault] = []
    size = book.size
    for name, data in older.items():
        try:
            old = notes.open_checkpoint(data, keys, where=name)
        except LogError as error:
            faults += error.faults
            continue
        if old.size > size:
            what = "The book has lost events: it was longer before. They were cut off, or an old copy was put back."
            seen, do = f"{size:,} events; {name} says {old.size:,}", "ask whoever keeps the book for all of it"
            faults.append(breach("L11", what, where=name, seen=seen, do=do))
            continue
        then = book.log.root(old.size) if old.size else merkle.EMPTY_ROOT
        if then == old.root:
            held.append(name)
        else:
            what = f"The first {old.size:,} events are not what they were: the book was rewritten."
            do = "keep both checkpoints: two signatures that contradict each other prove it; show them to the others"
            faults.append(breach("L11", what, where=name, seen=f"{then.hex()}; it was {old.root.hex()}", do=do))
    return held, faults


def _key_of(address: str, key: Path | None) -> PublicKey:
    found = public_of(address, key=key)
    if found is None:
        do = "name its file with --key; take it from whoever keeps the book, not from where the log came"
        raise refused("The key that checks the signature is not there.", where=address, seen="", do=do, rule="U5")
    return found


def _note(data: bytes) -> bytes:
    """Return a checkpoint without what ``muster book root`` prints above it, where all of that was kept."""
    return data.partition(b"\n\n")[2] if data.startswith(b"size ") else data


def _bytes(path: Path) -> bytes:
    """Return what a file holds, as far as a file of a log can be long."""
    with path.open("rb") as file:
        return file.read(MOST_FILE_BYTES + 1)
