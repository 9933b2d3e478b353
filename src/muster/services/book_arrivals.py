"""The use case of receiving a waybill: what it said, what came in, what is claimed or lost, what stays on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from muster import store
from muster.book.views import OnTheWay
from muster.book.wording import shown, spoken
from muster.errors import BookError, Fault
from muster.services.book_goods import Goods, Values, measured, several, with_lots
from muster.services.book_records import Desk, Recorded, Said, record
from muster.services.book_rules import USE_RULES, near, refused
from muster.store import Store

Holding = tuple[str, str]


@dataclass(frozen=True)
class Rest:
    """What becomes of goods that did not come; by default they stay on the way, for everybody to see.

    Attributes:
        everything: All that is on the way has come.
        claim: From whom they are claimed, ``outside:carrier``.
        lost: Why they are lost.
    """

    everything: bool = False
    claim: str = ""
    lost: str = ""


@dataclass(frozen=True)
class Received:
    """A waybill, and what was recorded of it.

    Attributes:
        before, after: Its goods before and after; the same where nothing was recorded.
        recorded: The event; ``None``: the waybill was only looked at.
    """

    before: Sequence[OnTheWay]
    after: Sequence[OnTheWay]
    recorded: Recorded | None


def receive(address: str, waybill: str, said: Said, desk: Desk | None, *, rest: Rest, today: date) -> Received:
    """Record what came of a waybill; where nothing is said to have come, only show it.

    Args:
        address: Of the book.
        waybill: Its number.
        said: Goods that came; where to, when.
        desk: Who records; ``None``: nobody, the waybill is shown.
        rest: What becomes of what did not come.
        today: For what is overdue.
    Raises:
        BookError: There is no such waybill, or more came than was on the way (U3); the book refuses it.
    """
    with store.open(address) as book:
        return receive_in(book, waybill, said, desk, rest=rest, today=today)


def receive_in(book: Store, waybill: str, said: Said, desk: Desk | None, *, rest: Rest, today: date) -> Received:
    """Record what came of a waybill, in a book that is open."""
    before = _of(book, waybill, today)
    if not before:
        raise _unknown(book, waybill, today)
    if desk is None:
        return Received(before, before, None)
    place = {"from": f"transit:{waybill}"}
    came = several(said.goods)
    to = {**place, "to": said.target or f"store:{desk.unit}"}
    moves = with_lots([each.values(to) for each in came], book)
    left = _left(before, moves, book, waybill)
    if rest.everything:
        moves += _moves(book, left, before, came, to)
    elif rest.claim or rest.lost:
        moves += _moves(book, left, before, came, {**place, "to": rest.claim or f"loss:{rest.lost}"})
    value = {"kind": "arrival", "document": said.document or waybill, "moves": moves}
    value |= {name: text for name in ("occurred", "reason", "approved_by") if (text := getattr(said, name))}
    done = record(book, value, desk)
    return Received(before, _of(book, waybill, today), done)


def _of(book: Store, waybill: str, today: date) -> list[OnTheWay]:
    return [row for row in book.transit(today=today) if row.waybill == waybill]


def _left(before: Sequence[OnTheWay], moves: Sequence[Values], book: Store, waybill: str) -> Mapping[Holding, int]:
    """Return how much of each lot did not come.

    Raises:
        BookError: More came than was on the way (U3).
    """
    left = Counter({(row.resource, row.lot): row.still for row in before})
    faults: list[Fault] = []
    for move in moves:
        key = (move["resource"], move.get("lot", ""))
        quantity, unit, entered = measured(move, book)
        still = left[key]
        if key not in left:
            held = ", ".join(dict.fromkeys(f"{row.resource}{f', lot {row.lot}' if row.lot else ''}" for row in before))
            do = f"the waybill says {held}; what came beside it is a receipt from outside"
            faults.append(_fault("This is not on the waybill.", waybill, _goods_text(key), do))
        elif quantity > still:
            do = (
                f"receive {spoken(still, unit)}, and record the other {spoken(quantity - still, unit)} as a receipt "
                "from outside, once it is counted again"
            )
            what = "More came than was on the way."
            faults.append(
                _fault(what, waybill, f"{entered} of {_goods_text(key)}; {spoken(still, unit)} on the way", do)
            )
        left[key] -= quantity
    if faults:
        raise BookError(faults)
    return left


def _moves(
    book: Store, left: Mapping[Holding, int], before: Sequence[OnTheWay], came: Sequence[Goods], way: Values
) -> list[Values]:
    """Return moves of all that is left, in the packs that were counted where that comes out whole."""
    packs = {each.resource: each for each in reversed(came)}
    moves = []
    for row in before:
        if (quantity := left[row.resource, row.lot]) > 0:
            named = {"resource": row.resource} | ({"lot": row.lot} if row.lot else {})
            much = {"quantity": str(quantity), "unit": row.unit}
            if counted := packs.get(row.resource):
                one = replace(counted, quantity="1", lot="", expires="").values()
                whole, rest = divmod(quantity, measured(one, book).quantity)
                much = much if rest else {**one, "quantity": str(whole)}
            moves.append({**way, **much, **named})
    return moves


def _goods_text(key: Holding) -> str:
    return f"{key[0]}, lot {key[1]}" if key[1] else key[0]


def _fault(what: str, waybill: str, seen: str, do: str) -> Fault:
    assert "U3" in USE_RULES
    return Fault(what, f"waybill {waybill}", seen, do, "U3")


def _unknown(book: Store, waybill: str, today: date) -> BookError:
    known = {row.waybill for row in book.transit(today=today) if row.still}
    do = f"{near(waybill, known)}look at muster book transit; goods without a waybill are a receipt"
    return refused("There is no such waybill.", where="the waybill", seen=shown(waybill), do=do, rule="U3")
