"""The use case of proving to somebody that one event stands in the log."""

from __future__ import annotations

from dataclasses import dataclass

from muster import store
from muster.book.ids import id_text
from muster.book.wording import shown
from muster.services.book_rules import refused


@dataclass(frozen=True)
class Inclusion:
    """An event in the log, and the proof that it is there.

    Attributes:
        id, seq: Of the event: its id, and its place in the order of record, from 1.
        entry: What is hashed into the log: its body (canonical JSON), and behind it the time of record.
        leaf: Hash of the entry (hex).
        size, root: Of the log that it is proved to be in (hex).
        proof: The hashes beside the way from the leaf up to the root (hex; RFC 6962, section 2.1.1).
    """

    id: str
    seq: int
    entry: str
    leaf: str
    size: int
    root: str
    proof: tuple[str, ...]


def inclusion_of(address: str, id: str, *, size: int | None = None) -> Inclusion:
    """Return the proof that an event is in the log as it is, or as it was when it had ``size`` events.

    Raises:
        BookError: There is no book (S1, S4) or no such event (U6); the log never had that size, or had it before the
            event came (S7).
    """
    with store.open(address) as book:
        try:
            found = book.event(id_text(id))
        except ValueError:
            found = None
        if found is None:
            do = "look its id up in the list of events, or on the stock card"
            raise refused("There is no such event.", where="the id", seen=shown(id), do=do, rule="U6")
        seq, tree = found[0], book.log.tree(size)
        proof = book.log.inclusion(seq, size=tree.size)
        (record,) = book.records(first=seq, last=seq)
        leaf = book.log.leaf(seq)
    entry = record.body.decode() + record.recorded
    return Inclusion(
        id=id.lower(),
        seq=seq,
        entry=entry,
        leaf=leaf.hex(),
        size=tree.size,
        root=tree.root().hex(),
        proof=tuple(each.hex() for each in proof),
    )
