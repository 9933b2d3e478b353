"""The short way through a line of the usual shape: moves, and texts beside them. It gives event and body at once.

Whatever is unusual, or wrong, is left to the long way of ``lines``, which says what; what both can read, they read
alike, and a test holds them to that. Names, goods and places come again and again, and are read once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

import orjson

from muster.book import accounts, amounts, events, fields, limits
from muster.book.amounts import Scale
from muster.book.events import Event, Move
from muster.book.ids import id_text
from muster.book.kinds import KINDS
from muster.book.quick import maker
from muster.book.times import time_read

MOST_GOODS = 10_000
"""Goods that are remembered."""

Read = tuple[Event, bytes]
"""An event, and its body."""

_SEVEN = ("id", "kind", "unit", "recorder", "n", "occurred", "moves")
"""What every such line says."""

_BEFORE: Mapping[str, Callable[[Any], str]] = {
    "approved_by": fields.as_name,
    "destination": fields.as_place,
    "document": fields.as_name_or_none,
    "due": fields.as_day,
}
_BETWEEN: Mapping[str, Callable[[Any], str]] = {"previous": fields.as_digest, "reason": fields.as_reason}
"""What some say; in a body these stand before its id, or between its time and its recorder."""

_KINDS = frozenset(KINDS)
_NOWHERE = object()
_seven = itemgetter(*_SEVEN)
_made_move = maker(Move)


class _Goods(NamedTuple):
    """What a move says beside its places and its quantity, and the text of its body around them."""

    resource: str
    lot: str
    expires: str
    scale: Scale
    unit: str
    whole: int
    named: str
    to_source: str
    to_quantity: str
    to_target: str
    to_end: str


class PlainReader:
    """Reads lines of the usual shape.

    Args:
        scale: What a unit of a resource, with a pack or without, comes to; ``forget`` tells that it may be another now.
    """

    def __init__(self, scale: Callable[[str, str, str], Scale]) -> None:
        self._scale = scale
        self._goods: dict[tuple[str, ...], _Goods] = {}

    def forget(self) -> None:
        """Forget what units come to."""
        self._goods.clear()

    def read(self, value: dict[str, Any]) -> Read | None:
        """Return event and body of a line; ``None``: it has to be read the long way. ``value`` is used up."""
        try:
            return self._event(value)
        except (KeyError, TypeError, ValueError, AttributeError):  # missing, of another type, or not to be taken
            return None

    def _event(self, value: dict[str, Any]) -> Read | None:
        id, kind, unit, recorder, n, occurred, moves = _seven(value)
        if kind not in _KINDS or type(n) is not int or not 1 <= n <= limits.MOST or type(moves) is not list:
            return None
        if not 1 <= len(moves) <= limits.MOST_MOVES:
            return None
        id, unit, recorder, (occurred_ms, occurred) = id_text(id), _name(unit), _name(recorder), time_read(occurred)
        before = between = ""
        read = {"id": id, "kind": kind, "unit": unit, "recorder": recorder, "n": n, "occurred_ms": occurred_ms}
        if len(value) == len(_SEVEN) + 1 and "document" in value:
            document = value["document"]
            if document != "":
                read["document"] = document = accounts.new_name(document)
                before = f'"document":{orjson.dumps(document).decode()},'
        elif len(value) > len(_SEVEN):
            before, between = _texts(value, read)
        read["moves"], moved = self._moves(moves)
        body = (
            f'{{{before}"id":"{id}","kind":"{kind}","moves":[{moved}],"n":{n},"occurred":"{occurred}",'
            f'{between}"recorder":{_quoted(recorder)},"unit":{_quoted(unit)}}}'
        )
        return events.made(read), body.encode()

    def _moves(self, given: list[dict[str, Any]]) -> tuple[tuple[Move, ...], str]:
        """Return moves, and how they stand in a body."""
        goods_of, made, texts = self._goods.get, [], []
        source: Any = _NOWHERE
        target: Any = _NOWHERE
        for each in given:
            quantity, giver, taker = each.pop("quantity"), each.pop("from"), each.pop("to")
            goods = goods_of((*each, *each.values())) or self._new_goods(each)
            if giver != source:
                source, source_text = _place(giver)
            if taker != target:
                target, target_text = _place(taker)
            resource, lot, expires, scale, unit, whole, named, to_source, to_quantity, to_target, to_end = goods
            number = _digits(quantity) * whole
            if not 0 < number <= limits.MOST:  # a decimal, or of a unit that is not whole, or wrong
                number = amounts.scaled(quantity, scale)[0]
                if not number:
                    raise ValueError(quantity)
            made.append(_made_move((source, target, resource, lot, expires, number, unit, f"{quantity} {named}")))
            texts.append(
                f'{{"entered":"{quantity}{to_source}{source_text}{to_quantity}{number}{to_target}{target_text}{to_end}'
            )
        return tuple(made), ",".join(texts)

    def _new_goods(self, value: dict[str, Any]) -> _Goods:
        """Return goods that were not read before; ``value`` holds nothing else."""
        known = (*value, *value.values())
        given = {field: read(value.pop(field)) for field, read in _GOODS.items() if field in value}
        if value:
            raise KeyError(*value)
        resource, lot, expires = given["resource"], given.get("lot", ""), given.get("expires", "")
        scale = self._scale(resource, given["unit"], given.get("pack", ""))
        goods = _Goods(
            resource,
            lot,
            expires,
            *(scale, scale.unit, scale.whole, scale.named),
            to_source=f' {_quoted(scale.named)[1:-1]}",{_named("expires", expires)}"from":',
            to_quantity=f',{_named("lot", lot)}"quantity":',
            to_target=f',"resource":{_quoted(resource)},"to":',
            to_end=f',"unit":"{scale.unit}"}}',
        )
        if len(self._goods) >= MOST_GOODS:
            self._goods.clear()
        self._goods[known] = goods
        return goods


_GOODS: Mapping[str, Callable[[Any], str]] = {
    "resource": fields.as_name,
    "lot": fields.as_name_or_none,
    "expires": fields.as_day_or_none,
    "unit": fields.as_unit,
    "pack": fields.as_name,
}


def _texts(value: dict[str, Any], read: dict[str, Any]) -> tuple[str, str]:
    """Read what some lines say into ``read``; return how it stands in a body, before the id and before the recorder."""
    given = sorted(value.keys() - _SEVEN)
    for field in given:
        read[field] = (_BEFORE.get(field) or _BETWEEN[field])(value[field])
    before, between = ("".join([_named(field, read[field]) for field in given if field in a]) for a in _PARTS)
    return before, between


_PARTS = _BEFORE, _BETWEEN


def _named(field: str, text: str) -> str:
    return f'"{field}":{_quoted(text)},' if text else ""


@lru_cache(maxsize=10_000)
def _quoted(text: str) -> str:
    """Return a text as it stands in JSON."""
    return orjson.dumps(text).decode()


@lru_cache(maxsize=10_000)
def _place(text: str) -> tuple[str, str]:
    """Return a place, and how it stands in JSON."""
    place = fields.as_place(text)
    return place, _quoted(place)


@lru_cache(maxsize=10_000)
def _digits(text: str) -> int:
    """Return the whole number that stands there; 0: something else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= amounts.MOST_DIGITS else 0


_name = lru_cache(maxsize=10_000)(fields.as_name)
