"""The use case of a phone: what a clerk entered, perhaps days ago and without a signal, goes into the book once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType

from muster import store
from muster.book.ids import id_text
from muster.errors import BookError, Fault
from muster.services.book_arrivals import Rest, receive_in
from muster.services.book_counts import enter_count_in, was_discarded
from muster.services.book_records import Desk, Said, add_in, reverse_in
from muster.store import Store

FORMS: Mapping[str, str] = MappingProxyType(
    {
        "received": "goods from outside, without a waybill",
        "arrived": "goods of a waybill, all or a part of them",
        "gave-out": "goods given to people",
        "counted": "what was found; another person closes it",
        "put-right": "an earlier entry is taken back",
    }
)
"""What can be entered."""


@dataclass(frozen=True)
class Entry:
    """What was entered.

    Attributes:
        id: Made where it was entered: by it the same entry is known again.
        form: One of ``FORMS``.
        said: Goods, when, document, reason.
        claim: From whom is claimed what a waybill lacks; ``""``: it stays on the way.
        reverses: Id of the event that is taken back.
    """

    id: str
    form: str
    said: Said
    claim: str = ""
    reverses: str = ""


@dataclass(frozen=True)
class Taken:
    """What became of an entry.

    Attributes:
        id: Of the entry.
        status: ``taken``; ``known``: it was there already; ``disputed``: taken, but more went out than was there;
            ``refused``: it is not in the book.
        faults: Why.
    """

    id: str
    status: str
    faults: tuple[Fault, ...] = ()


def take(address: str, entry: Entry, desk: Desk, *, counts: Path, today: date) -> Taken:
    """Bring one entry into the book, or a count to those that wait for a second person; the same one twice is one.

    Args:
        address: Of the book.
        entry: What was entered; its id becomes that of the event.
        desk: Who entered it, and now; ``offline``: what is less than nothing by it is disputed, not refused.
        counts: Folder of the counts that wait.
        today: For what is overdue.
    """
    return take_all(address, [entry], desk, counts=counts, today=today)[0]


def take_all(address: str, entries: Iterable[Entry], desk: Desk, *, counts: Path, today: date) -> list[Taken]:
    """Bring entries into the book one after the other, each answered for itself, and all made durable at once.

    Args:
        address, desk, counts, today: As for ``take``.
        entries: What was entered.
    Raises:
        BookError: There is no book, or its database cannot be written; then nothing of it is in the book.
    """
    with store.open(address) as book, book.together():
        return [_take(book, each, desk, counts=counts, today=today) for each in entries]


def _take(book: Store, entry: Entry, desk: Desk, *, counts: Path, today: date) -> Taken:
    try:
        id = id_text(entry.id)
    except ValueError:
        do = "enter it again"
        return Taken(entry.id, "refused", (Fault("An entry has no id.", "the entry", entry.id[:40], do, "B2"),))
    own = Desk(desk.by, desk.unit, desk.now_ms, lambda: id, desk.offline)
    if _known(book, id, counts):
        return Taken(id, "known")
    try:
        return Taken(id, _brought(book, entry, own, counts=counts, today=today))
    except BookError as error:
        # another request may have brought the same entry in between
        return Taken(id, "known") if _known(book, id, counts) else Taken(id, "refused", error.faults)


def _brought(book: Store, entry: Entry, desk: Desk, *, counts: Path, today: date) -> str:
    said = entry.said
    if entry.form == "counted":
        counts.mkdir(parents=True, exist_ok=True)
        enter_count_in(book, f"store:{desk.unit}", said, desk, entered=None, to=_count_file(counts, desk.new_id()))
        return "taken"
    if entry.form == "arrived":
        rest = Rest(claim=entry.claim)
        recorded = receive_in(book, said.document, said, desk, rest=rest, today=today).recorded
    elif entry.form == "put-right":
        recorded, _ = reverse_in(book, entry.reverses, said, desk)
    elif entry.form in FORMS:
        recorded = add_in(book, {"received": "receipt", "gave-out": "distribution"}[entry.form], said, desk)
    else:
        do = "load the page again"
        raise BookError(Fault("There is no such form.", "the entry", entry.form[:40], do, "B3"))
    return "disputed" if recorded and recorded.posted.count("disputed") else "taken"


def _known(book: Store, id: str, counts: Path) -> bool:
    file = _count_file(counts, id)
    return file.exists() or was_discarded(file) or book.event(id) is not None


def _count_file(counts: Path, id: str) -> Path:
    return counts / f"{id}.json"
