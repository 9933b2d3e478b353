"""Use cases of handing a book on: events, tables, Beancount, the files of its log."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from muster import store
from muster.book.events import from_body
from muster.book.lines import written
from muster.book.notes import Checkpoint, sign_checkpoint
from muster.book.tiles import CHECKPOINT, Log, export
from muster.economy.beside import file_beside, folder_beside
from muster.services.beancount_text import beancount_lines
from muster.services.book_rules import refused
from muster.services.book_tables import DESCRIPTOR, TABLES, descriptor, table_rows
from muster.services.books import key_file, secret_of
from muster.services.csv_text import csv_lines

Tell = Callable[[str], None]


def export_events(address: str, tell: Tell) -> Iterator[bytes]:
    """Yield every event as a line of the interchange, in the order of record; it gives the very same body again.

    Raises:
        BookError: There is no book (S1, S4).
    """
    with store.open(address) as book:
        for record in book.records():
            yield written(from_body(record.body)) + b"\n"


def export_beancount(address: str, tell: Tell) -> Iterator[bytes]:
    """Yield the book as lines for Beancount: accounts are places, commodities are resources and lots.

    Raises:
        BookError: There is no book (S1, S4).
    """
    with store.open(address) as book:
        for line in beancount_lines(book):
            yield f"{line}\n".encode()


FORMS: Mapping[str, Callable[[str, Tell], Iterator[bytes]]] = MappingProxyType(
    {"events": export_events, "beancount": export_beancount}
)
"""What can be written to one file."""


def export_file(address: str, to: Path, *, form: str, tell: Tell) -> Path:
    """Write one of ``FORMS`` to a file, whole or not at all, and return it.

    Raises:
        BookError: There is no book (S1, S4).
        OSError: The file cannot be written.
    """
    with file_beside(to) as unfinished, unfinished.open("wb") as opened:
        for line in FORMS[form](address, tell):
            opened.write(line)
    return to


def export_tables(address: str, to: Path, *, tell: Tell) -> Path:
    """Write the book as a folder of CSV tables with their schema (Frictionless); no cell of them is a formula.

    Args:
        address: Of the book.
        to: The folder; one that was written so before makes way.
        tell: Told which table is written.
    Raises:
        BookError: There is no book (S1, S4).
        OSError: Another folder is in the way, or nothing may be written there.
    """
    ours = {DESCRIPTOR, *(f"{name}.csv" for name in TABLES)}
    with store.open(address) as book, folder_beside(to, replaces=_holds(to, ours, mark=DESCRIPTOR)) as unfinished:
        for name, table in TABLES.items():
            tell(f"{book.where}: {name}.csv")
            with (unfinished / f"{name}.csv").open("w", encoding="utf-8", newline="") as opened:
                opened.writelines(csv_lines([column.name for column in table.columns], table_rows(book, name)))
        text = json.dumps(descriptor(), ensure_ascii=False, indent=2)
        (unfinished / DESCRIPTOR).write_text(f"{text}\n", encoding="utf-8")
    return to


def export_log(address: str, to: Path, *, key: Path | None, tell: Tell) -> Path:
    """Write the files of the log with a signed checkpoint, as C2SP tlog-tiles lays them out.

    Args:
        address: Of the book.
        to: The folder; a log that lies there makes way.
        key: File of the key that signs; ``None``: see ``books.key_file``.
        tell: Told how much is written.
    Raises:
        BookError: There is no book (S1, S4), or no key to sign with (U5).
        OSError: Another folder is in the way, or nothing may be written there.
    """
    secret = secret_of(address, key=key)
    if secret is None:
        do = "name the key with --key or MUSTER_KEY"
        raise refused("There is no key to sign the log.", where=str(key_file(address)), seen="", do=do, rule="U5")
    replaces = _holds(to, {CHECKPOINT, "tile"}, mark=CHECKPOINT)
    with store.open(address) as book, folder_beside(to, replaces=replaces) as unfinished:
        tree = book.log.tree()

        def entries(start: int, end: int) -> Iterator[bytes]:
            tell(f"{book.where}: {end:,} entries")
            for record in book.records(first=start + 1, last=end):
                yield record.body + record.recorded.encode()

        signed = sign_checkpoint(Checkpoint(secret.name, tree.size, tree.root()), [secret])
        for path, data in export(Log(tree.size, entries, book.log.hashes), signed):
            (unfinished / path).parent.mkdir(parents=True, exist_ok=True)
            (unfinished / path).write_bytes(data)
    return to


def _holds(folder: Path, ours: set[str], *, mark: str) -> bool:
    """Return whether a folder holds what we wrote there before, by the file that marks it, and nothing else."""
    names = {each.name for each in folder.iterdir()} if folder.is_dir() else set()
    return mark in names and names <= ours
