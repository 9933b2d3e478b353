"""Reading the interchange: a line of JSON becomes an event, or comes back with everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple, TypeVar

import orjson

from muster.book import amounts, events, fields, limits, times
from muster.book.events import Counted, Event, Move, Registered
from muster.book.kinds import COMMON, SPECIAL
from muster.book.plain import PlainReader
from muster.book.quick import maker
from muster.book.wording import Wrong, meant, shown
from muster.errors import Fault

Known = Mapping[str, Mapping[str, str]]
"""Registered packs: resource -> name of the pack -> what it holds."""

FIELDS = ("id", "kind", "unit", "recorder", "n", "occurred", *SPECIAL, *COMMON)
"""Names that a line may have."""

_FIELDS = frozenset(FIELDS)
_MOST_SHAPES = 50_000
_PLACES = {
    field: [f"{field}[{position}]." for position in range(1, limits.MOST_MOVES + 1)]
    for field in ("moves", "counted", "registered")
}
"""How places within a list are told in a message."""

T = TypeVar("T")
Readers = Mapping[str, Callable[[Any], Any]]
"""Name of a field -> how its value is read."""


class Line(NamedTuple):
    """One line of a batch: an event, or what is wrong with it.

    Attributes:
        where: ``events.jsonl:3``; ``""`` where it comes from no file.
        event: ``None`` where there are faults.
        faults: Everything that is wrong, at once.
        body: Of the event, where it was made while the line was read.
    """

    where: str
    event: Event | None
    faults: tuple[Fault, ...] = ()
    body: bytes = b""


def from_events(given: Iterable[Event], *, packs: Known | None = None) -> tuple[Line, ...]:
    """Return events made in Python as the lines of a batch, read as strictly as those of a file.

    Args:
        given: Events; names and times may come from anywhere.
        packs: Registered packs, where an amount was entered in one without saying what it holds.
    """
    reader = LineReader(packs)
    return tuple([_read_again(event, reader) for event in given])


def _read_again(event: Event, reader: LineReader) -> Line:
    try:
        line = reader.line(written(event), where="")
    except (Wrong, ValueError, TypeError) as error:
        wrong = error if isinstance(error, Wrong) else Wrong("An event cannot be written.", error, "check it", "B1")
        return Line("", None, (Fault(wrong.what, "", wrong.seen, wrong.do, wrong.rule),))
    if line.event and _quantities(line.event) != _quantities(event):
        do = "make moves and counted lines with muster.book.amounts.amount"
        wrong = Wrong("A quantity is not what was entered.", str(_quantities(event)), do, "B8")
        return Line("", None, (Fault(wrong.what, "", wrong.seen, wrong.do, wrong.rule),))
    return line


def _quantities(event: Event) -> list[tuple[int, str]]:
    moved = [(move.quantity, move.unit) for move in event.moves]
    return moved + [(line.quantity, line.unit) for line in event.counted]


def read_lines(lines: Iterable[bytes], *, file: str, packs: Known | None = None) -> Iterator[Line]:
    """Yield the lines of an interchange file; blank ones are passed over.

    Packs that a line registers are known to the lines behind it.

    Args:
        lines: As in the file, UTF-8.
        file: Its name, for messages.
        packs: Registered packs.
    """
    read = LineReader(packs)
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield read.line(line, where=f"{file}:{number}")


def read_line(line: bytes, *, where: str, packs: Known) -> Line:
    """Return one line of the interchange as an event, or with all its faults."""
    return LineReader(packs).line(line, where=where)


Texts = tuple[str, ...]
_Shape = tuple[Texts | None, amounts.Scale | None]
"""A move or a counted line but for its quantity: its names, and what its unit comes to."""


class LineReader:
    """Reads lines of the interchange one after the other; packs that one registers are known to those behind it.

    Args:
        packs: Registered packs.
    """

    def __init__(self, packs: Known | None = None) -> None:
        self._packs = {resource: dict(held) for resource, held in (packs or {}).items()}
        self._shapes: dict[str, dict[Texts, _Shape]] = {field: {} for field in _GOODS}
        self._where = ""
        self._faults: list[Fault] = []
        self._plain = PlainReader(self._scale)

    def line(self, line: bytes, *, where: str) -> Line:
        """Return one line as an event, or with all its faults."""
        if len(line) > limits.LONGEST_LINE:
            do = f"split the event; a line has at most {limits.LONGEST_LINE:,} bytes"
            return Line(where, None, (Fault("A line is too long.", where, f"{len(line):,} bytes", do, "B1"),))
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError as broken:
            seen = shown(line[:80].decode("utf-8", errors="replace").strip())
            do = f"write one JSON object a line, in UTF-8 ({str(broken).partition(':')[0]}, column {broken.colno})"
            return Line(where, None, (Fault("A line is not JSON.", where, seen, do, "B1"),))
        if not isinstance(value, dict):
            do = 'write one event a line: {"id": …, "kind": …}'
            return Line(where, None, (Fault("A line is not an object.", where, shown(str(value)), do, "B1"),))
        if read := self._plain.read(value):
            event, body = read
            return _made_line((where, event, (), body))
        self._where, self._faults = where, []
        event = self._event(orjson.loads(line))
        if self._faults:
            return Line(where, None, tuple(self._faults))
        if event.registered:
            self._learn(event)
        return Line(where, event, (), events.body(event))

    def _event(self, value: dict[str, Any]) -> Event:
        """Return the event of a line; where there are faults, it is not whole."""
        if not value.keys() <= _FIELDS:
            self._only(value, FIELDS, "")
        read = self._field
        texts = {field: read(value, field, reader, "") or "" for field, reader in _TEXTS.items() if field in value}
        return Event(
            id=read(value, "id", fields.as_id, "") or "",
            kind=read(value, "kind", fields.as_kind, "") or "",
            unit=read(value, "unit", fields.as_name, "") or "",
            recorder=read(value, "recorder", fields.as_name, "") or "",
            n=read(value, "n", fields.as_number, "") or 0,
            occurred_ms=read(value, "occurred", fields.as_time, "") or 0,
            moves=self._moves(value) if "moves" in value else (),
            counted=self._counted(value) if "counted" in value else (),
            registered=self._registered(value) if "registered" in value else (),
            **texts,
        )

    def _learn(self, event: Event) -> None:
        for entry in event.registered:
            if isinstance(entry, events.Packs):
                held = self._packs.setdefault(entry.resource, {})
                for pack, holds in entry.packs:
                    held.setdefault(pack, holds)
        for shapes in self._shapes.values():  # a name of a pack may mean something now
            shapes.clear()
        self._plain.forget()

    def _scale(self, resource: str, unit: str, pack: str) -> amounts.Scale:
        """Return what a unit of a resource comes to."""
        return amounts.scale(unit, pack=pack, packs=None if pack else self._packs.get(resource))

    def _moves(self, value: dict[str, Any]) -> tuple[Move, ...]:
        goods = self._goods(value, "moves")
        for at, row in goods:
            if not row[5]:
                do = "leave the move out, or write how much it was"
                self._add(Wrong("A move of nothing is no move.", row[7], do, "B8"), f"{at}quantity")
        return tuple([_made_move(row) for _, row in goods])

    def _counted(self, value: dict[str, Any]) -> tuple[Counted, ...]:
        return tuple([_made_counted(row) for _, row in self._goods(value, "counted")])

    def _goods(self, value: dict[str, Any], field: str) -> list[tuple[str, tuple[Any, ...]]]:
        """Return place, and names and amount in a row, of each move or counted line that has no fault.

        But for their quantities the same ones come again and again, and what was read once is not read anew.
        """
        goods, shapes = [], self._shapes[field]
        for each, at in self._list(value, field):
            quantity = each.pop("quantity", None)
            try:
                shape = shapes.get((*each, *each.values()))
            except TypeError:  # a list or an object where text belongs
                shape = None
            names, scale = shape or self._shape(each, field, at)
            try:
                amount = amounts.scaled(fields.as_decimal(quantity), scale) if scale else None
            except Wrong as wrong:
                self._add(wrong, f"{at}quantity")
                continue
            if names and amount:
                goods.append((at, names + amount))
        return goods

    def _shape(self, value: dict[str, Any], field: str, at: str) -> _Shape:
        readers, shapes, before = _GOODS[field], self._shapes[field], len(self._faults)
        self._only(value, (*readers, "unit", "pack"), at)
        given = {name: read for name, read in readers.items() if name in value or name not in _OPTIONAL}
        names = {name: self._field(value, name, read, at) for name, read in given.items()}
        unit = self._field(value, "unit", fields.as_unit, at)
        pack = self._field(value, "pack", fields.as_name, at) if "pack" in value else ""
        scale = None
        if unit is not None and pack is not None:
            try:
                scale = self._scale(names["resource"] or "", unit, pack)
            except Wrong as wrong:
                self._add(wrong, f"{at}unit")
        texts = tuple(names.get(name, "") or "" for name in readers)
        if len(self._faults) > before:
            return (None if None in names.values() else texts), scale
        if len(shapes) > _MOST_SHAPES:
            shapes.clear()
        shapes[(*value, *value.values())] = texts, scale
        return texts, scale

    def _registered(self, value: dict[str, Any]) -> tuple[Registered, ...]:
        found = [self._entry(each, at) for each, at in self._list(value, "registered")]
        return tuple([entry for entry in found if entry is not None])

    def _entry(self, value: dict[str, Any], at: str) -> Registered | None:
        for mark, readers in _REGISTERED.items():
            if mark in value:
                self._only(value, tuple(readers), at)
                read = {field: self._field(value, field, reader, at) for field, reader in readers.items()}
                return None if None in read.values() else _made(mark, read)
        do = f"name one of {', '.join(_REGISTERED)}"
        self._add(Wrong("It is not said what is registered.", str(value), do, "B1"), at.rstrip("."))
        return None

    def _list(self, value: dict[str, Any], field: str) -> Iterator[tuple[dict[str, Any], str]]:
        """Return the objects of a list, each with its place for messages."""
        given = value[field]
        if not isinstance(given, list) or not all(type(each) is dict for each in given):
            do = f'write "{field}": [{{…}}, {{…}}]'
            self._add(Wrong(f'"{field}" is not a list of objects.', str(given), do, "B1"), field)
            given = []
        if len(given) > limits.MOST_MOVES:
            do = f"make several events of it; one has at most {limits.MOST_MOVES:,}"
            self._add(Wrong(f'"{field}" has too many lines for one event.', f"{len(given):,}", do, "B1"), field)
            given = []
        return zip(given, _PLACES[field], strict=False)

    def _field(self, value: dict[str, Any], field: str, read: Callable[[Any], T], at: str) -> T | None:
        try:
            return read(value[field])
        except KeyError:
            self._add(Wrong(f'"{field}" is missing.', "nothing", f'add "{field}"', "B1"), f"{at}{field}")
        except Wrong as wrong:
            self._add(wrong, f"{at}{field}")
        return None

    def _only(self, value: dict[str, Any], known: Sequence[str], at: str) -> None:
        for field in value.keys() - known:
            do = f"{meant(field, known)}the names are {', '.join(known)}"
            self._add(Wrong("A name is none of the interchange.", field, do, "B1"), f"{at}{shown(field)}")

    def _add(self, wrong: Wrong, field: str) -> None:
        self._faults.append(Fault(wrong.what, f"{self._where}, {field}", wrong.seen, wrong.do, wrong.rule))


_TEXTS: Readers = {
    "document": fields.as_name_or_none,
    "destination": fields.as_place,
    "due": fields.as_day,
    "closed_by": fields.as_name,
    "reverses": fields.as_id,
    "reason": fields.as_reason,
    "approved_by": fields.as_name,
    "previous": fields.as_digest,
}
_made_line, _made_move, _made_counted = maker(Line), maker(Move), maker(Counted)

_OPTIONAL = ("lot", "expires")
_GOODS: Mapping[str, Readers] = {
    "moves": {
        "from": fields.as_place,
        "to": fields.as_place,
        "resource": fields.as_name,
        "lot": fields.as_name_or_none,
        "expires": fields.as_day_or_none,
    },
    "counted": {"place": fields.as_place, "resource": fields.as_name, "lot": fields.as_name_or_none},
}
_REGISTERED: Mapping[str, Readers] = {
    "person": {"person": fields.as_name, "unit": fields.as_name, "roles": fields.as_roles},
    "stores": {"unit": fields.as_name, "stores": fields.as_stores},
    "mapping": {"mapping": fields.as_name, "sha256": fields.as_digest},
    "packs": {"resource": fields.as_name, "unit": fields.as_measure, "packs": fields.as_packs},
}
"""By the field that tells what is registered."""


def _made(mark: str, read: Mapping[str, Any]) -> Registered:
    kinds = {"person": events.Person, "stores": events.Stores, "mapping": events.MappingUsed, "packs": events.Packs}
    made: Registered = kinds[mark](*read.values())
    return made


def written(event: Event) -> bytes:
    """Return the line of the interchange that gives this event, and so its body, again."""
    value: dict[str, Any] = {
        "id": event.id,
        "kind": event.kind,
        "unit": event.unit,
        "recorder": event.recorder,
        "n": event.n,
        "occurred": times.time_text(event.occurred_ms),
    }
    value |= {field: text for field in events.TEXTS if (text := getattr(event, field))}
    if event.moves:
        value["moves"] = [
            _without_blanks(
                {"from": source, "to": target, "resource": resource, "lot": lot, "expires": expires}, entered
            )
            for source, target, resource, lot, expires, _, _, entered in event.moves
        ]
    if event.counted:
        value["counted"] = [
            _without_blanks({"place": place, "resource": resource, "lot": lot}, entered)
            for place, resource, lot, _, _, entered in event.counted
        ]
    if event.registered:
        value["registered"] = [events.registered_value(each) for each in event.registered]
    return orjson.dumps(value)


def _without_blanks(value: dict[str, str], entered: str) -> dict[str, str]:
    amount = zip(("quantity", "unit", "pack"), amounts.taken_apart(entered), strict=True)
    return {field: text for field, text in chain(value.items(), amount) if text}
