"""The use case of a text message: it becomes an event of its sender, and is answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from muster import store
from muster.book.accounts import kind_of, name_of
from muster.errors import BookError, Fault
from muster.joining import Lexicon, Reply, Sender, read_message
from muster.joining.messages import LONGEST_ANSWER
from muster.services.book_goods import with_lots
from muster.services.book_records import Desk, Recorded, record
from muster.store import Store


@dataclass(frozen=True)
class Answered:
    """What became of a message.

    Attributes:
        answer: What is sent back, at most 160 characters.
        recorded: The event; ``None``: nothing was recorded.
        known: It came before, and is in the book.
        faults: Why it was refused, for those who look after the phones.
    """

    answer: str
    recorded: Recorded | None = None
    known: bool = False
    faults: tuple[Fault, ...] = ()


def take_message(address: str, text: str, *, sender: Sender, at: datetime, desk: Desk, reference: str = "") -> Answered:
    """Record what a message says; the same message twice is one event.

    Args:
        address: Of the book; what it knows can be named.
        text: As it came.
        sender: Known by the number it came from.
        at: When it was sent.
        desk: The sender as recorder, and the time of record.
        reference: The gateway's own id of the message; without it, the time tells messages apart.
    Raises:
        BookError: There is no book (S1, S4).
    """
    with store.open(address) as book:
        reply = read_message(text, sender=sender, lexicon=_lexicon(book), at=at, reference=reference)
        if reply.event is None:
            return Answered(reply.answer, faults=(reply.fault,) if reply.fault else ())
        if book.event(reply.event["id"]):
            return Answered(reply.answer, known=True)
        try:
            return Answered(reply.answer, recorded=_recorded(book, reply, desk))
        except BookError as error:
            first = error.faults[0]
            return Answered(
                _short(f"NOT RECORDED: {first.what} {first.do[:1].upper()}{first.do[1:]}"), faults=error.faults
            )


def _recorded(book: Store, reply: Reply, desk: Desk) -> Recorded:
    value: dict[str, Any] = dict(reply.event or {})
    for name in ("moves", "counted"):
        if name in value:
            value[name] = with_lots(value[name], book)
    return record(book, value, desk)


def _lexicon(book: Store) -> Lexicon:
    rows = book.balances()
    resources = {row.resource for row in rows} | set(book.register.packs)
    stores = {name_of(row.place) for row in rows if kind_of(row.place) == "store"}
    stores |= {name_of(each) for each in book.register.stores}
    return Lexicon({each: each for each in sorted(resources)}, sorted(stores))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_ANSWER else text[: LONGEST_ANSWER - 1] + "…"
