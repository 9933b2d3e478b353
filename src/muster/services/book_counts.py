"""Use cases of counting: a blind sheet to print; what one person enters and stays open; another closes it.

An open count is a file, not a row of the book: the book holds only what two people have stood for. Who enters gets a
short code over what was entered; the closer sees the same code, or the count was changed in between.
"""

from __future__ import annotations

import hashlib
import json
import re
from codecs import BOM_UTF8
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from muster import store
from muster.book.events import Counted
from muster.book.lines import read_line
from muster.book.times import milliseconds, time_text
from muster.book.wording import shown
from muster.economy.beside import file_beside
from muster.errors import BookError, Fault
from muster.joining import look
from muster.joining.opening import RawRow, open_table
from muster.report import count_sheet
from muster.services.book_goods import Values, several, with_lots
from muster.services.book_places import place_in
from muster.services.book_records import Desk, Recorded, Said, record
from muster.services.book_rules import refused
from muster.store import Store

MOST_BYTES = 4_000_000
"""Of an open count."""

COLUMNS = ("resource", "lot", "quantity", "unit", "pack")
"""Columns of a file that was entered; lot and pack may be left out or blank."""

DISCARDED = "discarded"
"""Folder beside open counts: those that were thrown away, with who and why."""

_FOREVER_DAYS = 36_500
_COUNTED_PLACES = ("store",)
_COUNTED = re.compile(r"the count, counted\[(\d+)\]\.(\w+)")


@dataclass(frozen=True)
class OpenCount:
    """A count that waits for another person to close it.

    Attributes:
        file: Where it lies.
        code: Eight signs over what was entered.
        lines: How many were counted.
    """

    file: Path
    code: str
    lines: int


@dataclass(frozen=True)
class Waiting:
    """An open count that somebody else may close.

    Attributes:
        file: Where it lies.
        code: As who entered it was told.
        unit, by, occurred: Of which unit, who counted, and when.
        goods: What was counted: resource, lot, amount as entered.
    """

    file: Path
    code: str
    unit: str
    by: str
    occurred: str
    goods: Sequence[tuple[str, str, str]]


@dataclass(frozen=True)
class Found:
    """One counted line beside the book, as of the time of the count; whole numbers of the smallest unit.

    Attributes:
        line: What was counted.
        book: What the book said.
    """

    line: Counted
    book: int

    @property
    def difference(self) -> int:
        """So much more was found; negative: less."""
        return self.line.quantity - self.book


@dataclass(frozen=True)
class ClosedCount:
    """A count that has been closed.

    Attributes:
        recorded: The event.
        code: As when it was entered.
        found: Each line beside the book.
        not_counted: Resource and lot that lie there by the book and were not counted.
    """

    recorded: Recorded
    code: str
    found: Sequence[Found]
    not_counted: Sequence[tuple[str, str]]


def write_sheet(address: str, place: str, *, to: Path, today: date) -> int:
    """Write a blind sheet for counting a place: what lies there, not how much; return its lines.

    Args:
        address: Of the book.
        place: The store.
        to: File that ends in ``.html``.
        today: For its head.
    Raises:
        BookError: There is no book, or no such place (B7), or several (U8).
        OSError: The file cannot be written.
    """
    with store.open(address) as book:
        at = place_in(book, place, kinds=_COUNTED_PLACES)
        expiries = {(row.resource, row.lot): row.expires for row in book.expiring(today=today, days=_FOREVER_DAYS)}
        there = [(row.resource, row.lot) for row in book.balances(place=at)]
    lines = [(resource, lot, expiries.get((resource, lot), "")) for resource, lot in there]
    page = count_sheet.render(at, lines, day=today)
    with file_beside(to) as unfinished:
        unfinished.write_text(page, encoding="utf-8")
    return len(lines)


def enter_count(address: str, place: str, said: Said, desk: Desk, *, entered: Path | None, to: Path) -> OpenCount:
    """Keep what one person counted, open, in a file that another one closes.

    Args:
        address: Of the book; only packs and lots are looked up in it, no quantity.
        place: The store.
        said: Goods; when; the number of the sheet.
        desk: Who counted.
        entered: A CSV or XLSX file with ``COLUMNS`` instead of goods, or beside them.
        to: Where the open count is written.
    Raises:
        BookError: What was counted cannot be read; several lots lie there and none is named (U2); a count is kept in
            that file already (U4).
        JoiningError: A file that was entered is no table (J1, J2).
        OSError: The open count cannot be written.
    """
    with store.open(address) as book:
        return enter_count_in(book, place, said, desk, entered=entered, to=to)


def enter_count_in(book: Store, place: str, said: Said, desk: Desk, *, entered: Path | None, to: Path) -> OpenCount:
    """Keep what one person counted, open; the book is open too."""
    if to.exists():
        do = "close it, or name another file with --to"
        raise refused("There is an open count already.", where=str(to), seen=to.name, do=do, rule="U4")
    at = place_in(book, place, kinds=_COUNTED_PLACES)
    rows = [("", each.values()) for each in several(said.goods)] + (_read_entered(entered) if entered else [])
    counted = with_lots([{"place": at} | values for _, values in rows], book)
    value: dict[str, Any] = {"id": desk.new_id(), "kind": "count", "unit": desk.unit, "recorder": desk.by}
    value |= {"occurred": said.occurred or time_text(desk.now_ms), "counted": counted}
    value |= {"document": said.document} if said.document else {}
    _refuse_unreadable(value, book, wheres=[where for where, _ in rows])
    code = code_of(value)
    with file_beside(to) as unfinished:
        unfinished.write_text(json.dumps({"code": code, "count": value}, ensure_ascii=False, indent=2) + "\n")
    return OpenCount(to, code, len(counted))


def waiting_counts(folder: Path, *, unit: str) -> list[Waiting]:
    """Return the open counts of a unit that lie in a folder, the oldest first.

    Raises:
        BookError: A file there is no open count, or was changed (U4).
    """
    return [each for file in sorted(folder.glob("*.json")) if (each := _waiting(file)).unit == unit]


def _waiting(file: Path) -> Waiting:
    value, code = _read_open(file)
    goods = [(line["resource"], line.get("lot", ""), _amount_text(line)) for line in value["counted"]]
    return Waiting(file, code, value["unit"], value["recorder"], value["occurred"], goods)


def _amount_text(line: Values) -> str:
    return f"{line['quantity']} {line['unit']}" + (f" of {line['pack']}" if line.get("pack") else "")


def compare_count(address: str, file: Path, *, by: str) -> list[Found]:
    """Return an open count beside the book, for a third person who has to allow it; nothing is recorded.

    Args:
        address: Of the book.
        file: The open count.
        by: Who would close it.
    Raises:
        BookError: It is no open count, was changed, or is closed already (U4); they counted it (B21).
    """
    with store.open(address) as book:
        value, _, lines = _to_close(book, file, by=by)
        return _beside_the_book(book, lines, value["occurred"])[0]


def close_count(address: str, file: Path, *, by: str, now_ms: int, approved_by: str = "") -> ClosedCount:
    """Record an open count as closed by somebody else, and say what it found beside the book.

    Args:
        address: Of the book.
        file: The open count.
        by: Who closes it.
        now_ms: Time of record, milliseconds since 1970.
        approved_by: A third person who allowed it, where the difference is large; ``""``: nobody had to.
    Raises:
        BookError: It is no open count, was changed, or is closed already (U4); the closer counted (B21).
    """
    with store.open(address) as book:
        value, code, lines = _to_close(book, file, by=by)
        counter = Desk(value["recorder"], value["unit"], now_ms, lambda: str(value["id"]))
        found, not_counted = _beside_the_book(book, lines, value["occurred"])
        recorded = record(book, value | ({"approved_by": approved_by} if approved_by else {}), counter)
    return ClosedCount(recorded, code, found, not_counted)


def _to_close(book: Store, file: Path, *, by: str) -> tuple[dict[str, Any], str, Sequence[Counted]]:
    """Return an open count as it would be recorded, its code and its lines; who counted is told nothing of the book."""
    value, code = _read_open(file)
    if book.event(value["id"]):
        do = "nothing has to be done; a new count is entered anew"
        raise refused("This count is closed already.", where=str(file), seen=value["id"], do=do, rule="U4")
    whole = value | {"closed_by": by}
    lines = _refuse_unreadable(whole, book)
    if by == value["recorder"]:
        raise BookError(_same_person(by))
    return whole, code, lines


def discard_count(file: Path, *, by: str, why: str, now_ms: int) -> Path:
    """Throw away an open count that was entered wrongly; it is kept, with the reason, and never closed.

    Args:
        file: The open count.
        by: Who throws it away: who entered it, and nobody else.
        why: The reason.
        now_ms: The time, milliseconds since 1970.
    Returns:
        Where it lies now.
    Raises:
        BookError: It is no open count, or was changed (U4); another person entered it (B21); no reason is given (B3).
    """
    value, code = _read_open(file)
    if by != value["recorder"]:
        do = f"let {shown(value['recorder'])} throw it away, or close it"
        raise BookError(Fault("Another person entered this count.", "the count", by, do, "B21"))
    if not why.strip():
        raise BookError(Fault("It is not said why.", "the count", "nothing", "write what was wrong", "B3"))
    gone = {"by": by, "at": time_text(now_ms), "why": why.strip()}
    kept = file.parent / DISCARDED / file.name
    kept.parent.mkdir(exist_ok=True)
    with file_beside(kept) as unfinished:
        whole = {"code": code, "count": value, "discarded": gone}
        unfinished.write_text(json.dumps(whole, ensure_ascii=False, indent=2) + "\n")
    file.unlink()
    return kept


def was_discarded(file: Path) -> bool:
    """Return whether a count that lay there was thrown away."""
    return (file.parent / DISCARDED / file.name).exists()


def _beside_the_book(book: Store, lines: Sequence[Counted], occurred: str) -> tuple[list[Found], list[tuple[str, str]]]:
    until = milliseconds(occurred)
    found: list[Found] = []
    for line in lines:
        rows = [row for row in book.card(line.place, line.resource) if row.lot == line.lot and row.occurred_ms <= until]
        found.append(Found(line, sum(row.received - row.issued for row in rows)))
    places = {line.place for line in lines}
    there = {(row.place, row.resource, row.lot) for place in places for row in book.balances(place=place)}
    missed = there - {(line.place, line.resource, line.lot) for line in lines}
    return found, sorted((resource, lot) for _, resource, lot in missed)


def _refuse_unreadable(value: Mapping[str, Any], book: Store, *, wheres: Sequence[str] = ()) -> Sequence[Counted]:
    """Return the counted lines in smallest units, or all that is wrong with them.

    Args:
        value: The count as an event of the interchange, without its number.
        book: For registered packs.
        wheres: File and line of each counted line; ``""``: it comes from no file.
    """
    line = read_line(json.dumps({**value, "n": 1}).encode(), where="the count", packs=book.register.packs)
    if line.event is None:
        raise BookError([_in_its_file(fault, wheres) for fault in line.faults])
    if not line.event.counted:
        raise BookError(Fault("Nothing was counted.", "the count", "nothing", 'write e.g. "flour: 29350 kg"', "B3"))
    return line.event.counted


def _in_its_file(fault: Fault, wheres: Sequence[str]) -> Fault:
    """Return a fault of a counted line with the place in the file that the line comes from."""
    found = _COUNTED.fullmatch(fault.where)
    where = wheres[int(found[1]) - 1] if found and int(found[1]) <= len(wheres) else ""
    return replace(fault, where=f"{where}, column {found[2]}") if found and where else fault


def _read_entered(file: Path) -> list[tuple[str, Values]]:
    """Return the lines of a file with ``COLUMNS``, each with its place; those without a quantity are left out."""
    seen = look(file)
    if seen.encoding and seen.encoding.choices:
        do = "save it as UTF-8"
        raise BookError(Fault("It is not certain which letters a file has.", file.name, seen.encoding.why, do, "J2"))
    rows = open_table(file).rows
    head = next(rows, RawRow(1, []))
    names = {name.casefold(): place for place, name in enumerate(head.cells)}
    lacking = [name for name in ("resource", "quantity", "unit") if name not in names]
    if lacking:
        do = f"give the columns {', '.join(COLUMNS)}"
        seen_names = shown(", ".join(head.cells) or "nothing")
        where = f"{file.name}:{head.line}"
        raise BookError(Fault(f"A column {lacking[0]} is missing.", where, seen_names, do, "J3"))
    given = {name: names[name] for name in COLUMNS if name in names}
    read = [
        (f"{file.name}:{row.line}", {name: row.cells[at] for name, at in given.items() if any(row.cells[at : at + 1])})
        for row in rows
    ]
    return [(where, values) for where, values in read if "quantity" in values]


def _read_open(file: Path) -> tuple[dict[str, Any], str]:
    try:
        held = orjson.loads(data_of(file))
        value, code = held["count"], held["code"]
        same = isinstance(value, dict) and code_of(value) == code and value["kind"] == "count"
    except (ValueError, KeyError, TypeError):
        do = "name the file that muster book count wrote when the count was entered"
        raise refused("This is no open count.", where=str(file), seen="other content", do=do, rule="U4") from None
    if not same:
        do = "let who counted enter it anew from the sheet"
        raise refused("The count was changed after it was entered.", where=str(file), seen=str(code), do=do, rule="U4")
    return value, code


def data_of(file: Path) -> bytes:
    """Return what stands in a file that somebody brings.

    Raises:
        BookError: It is too large (U4).
    """
    with file.open("rb") as opened:
        data = opened.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise refused("A file is too large.", where=str(file), seen="", do="check what it is", rule="U4")
    return data.removeprefix(BOM_UTF8)


def code_of(value: Mapping[str, Any]) -> str:
    """Return the code of what stands in a file that waits for a second person: eight signs over all of it."""
    digest = hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    return f"{digest[:4]}-{digest[4:8]}"


def _same_person(by: str) -> Fault:
    do = "let another person close it"
    return Fault("One person counted and closed the count.", "the count", by, do, "B21")
