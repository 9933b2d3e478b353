"""Use cases of joining: a mapping for somebody's file, the file imported by it, a corrected file as differences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from muster import store
from muster.book.events import Event as BookEvent
from muster.book.lines import Line, LineReader, written
from muster.book.posting import Posted
from muster.book.wording import meant, shown
from muster.economy.beside import file_beside
from muster.errors import BookError, Fault
from muster.joining import (
    Batch,
    Differences,
    JoiningError,
    RecordedEvent,
    Suggestion,
    compare,
    corrections,
    numbered,
    read_batch,
    read_mapping,
    suggest,
)
from muster.joining.mapping_toml import tables_in
from muster.services.csv_text import csv_lines
from muster.store import Store
from muster.store.recorded import events_at, known, standing

Key = tuple[str, ...]
Event = Mapping[str, Any]

_TRIES = 5
MOST_GONE = 1_000
"""Events whose row is gone that are named, where they are not to be reversed."""

RETURNED = ("file", "line", "column", "value", "reason", "do", "rule", "left_out")
"""Columns of the file of rows that came back."""


@dataclass(frozen=True)
class Prepared:
    """A file that has been read, beside what was imported from its source before.

    Attributes:
        batch: Its events, the rows that came back, totals.
        differences: What is new, changed, gone.
        events: What would be posted, without running numbers.
        lines: Id of an event -> line of the file.
    """

    batch: Batch
    differences: Differences
    events: Sequence[Event] = field(repr=False)
    lines: Mapping[str, int] = field(repr=False)

    @property
    def doubtful(self) -> bool:
        """Whether what is recorded already is no longer said, or said otherwise: a person looks at that first.

        Where rows have no key of their own, a corrected row looks like a new one beside one that is gone.
        """
        return bool(self.events) and bool(self.differences.changed or self.differences.gone_count)


def map_file(
    file: Path, *, book: str = "", answers: Sequence[str] = (), edited: Path | None = None, to: Path | None = None
) -> Suggestion:
    """Propose a mapping for a file, with reasons; what is not certain is a question.

    Args:
        file: CSV or XLSX of anybody.
        book: Address of a book whose resources the file may name; ``""``: none.
        answers: ``about=answer`` to the questions of an earlier proposal, e.g. ``date.formats=%d/%m/%Y``.
        edited: An earlier proposal in which answers were written.
        to: Where the mapping is written; ``None``: nowhere.
    Raises:
        JoiningError: The file cannot be read (J1, J2); an answer is to no question (J5).
        BookError: There is no such book.
    """
    known: dict[str, Sequence[str]] = {}
    if book:
        with store.open(book) as opened:
            names = {row.resource for row in opened.balances()} | set(opened.register.packs)
            known = dict.fromkeys(sorted(names), ())
    given = _answers_in(edited) if edited else {}
    waiting = list(answers)
    made = suggest(file, known=known, answers=given)
    while waiting:  # an answer can lead to the question that the next one answers
        heard = {text: about for text in waiting if (about := _about(text, made))}
        if not heard:
            raise JoiningError(_no_question(waiting[0], made))
        given |= {about: text[len(".".join(about)) + 1 :] for text, about in heard.items()}
        waiting = [text for text in waiting if text not in heard]
        made = suggest(file, known=known, answers=given)
    if to is not None:
        with file_beside(to) as unfinished:
            unfinished.write_text(made.toml, encoding="utf-8")
    return made


def prepare_import(address: str, file: Path, mapping: Path, *, whole: bool = False) -> Prepared:
    """Read a file by its mapping and compare it with what was imported from the same source; nothing is recorded.

    Args:
        address: Of the book.
        file: CSV or XLSX.
        mapping: TOML without open questions.
        whole: The file covers all that was ever imported: what is no longer in it is reversed.
    Raises:
        JoiningError: File or mapping cannot be read (J1–J5).
        BookError: There is no book (S1, S4).
    """
    batch = read_batch(file, read_mapping(mapping))
    recorders = {str(event["recorder"]) for event in batch.events}
    with store.open(address) as book:
        differences = compare(batch, _InBook(book, recorders), most_gone=None if whole else MOST_GONE)
    events = corrections(differences, withdraw_gone=whole)
    lines = {str(row.event["id"]): row.line for row in differences.added}
    lines |= {str(row.new["id"]): row.line for row in differences.changed}
    return Prepared(batch, differences, events, lines)


def post_import(address: str, prepared: Prepared, *, now_ms: int) -> Posted:
    """Post what a file brings: all of it or nothing.

    Args:
        address: Of the book.
        prepared: See ``prepare_import``.
        now_ms: Time of record.
    Raises:
        BookError: A row breaks a rule of the book; nothing was written.
    """
    with store.open(address) as book:
        for _ in range(_TRIES):
            posted = book.post(_numbered(book, prepared), at_ms=now_ms)
            if {fault.rule for fault in posted.faults} != {"B12"}:
                break
    if posted.refused:
        raise BookError(posted.faults)
    return posted


def write_returned(batch: Batch, *, to: Path) -> int:
    """Write the rows that came back as CSV, one line for each problem, with ``RETURNED``; return the lines.

    Raises:
        OSError: The file cannot be written.
    """
    rows = batch.as_dict()["rows_returned"]
    with file_beside(to) as unfinished, unfinished.open("w", encoding="utf-8", newline="") as opened:
        opened.writelines(csv_lines(RETURNED, ({"file": batch.file, **row} for row in rows)))
    return len(rows)


class _InBook:
    """What recorders have recorded in a book; see ``muster.joining.Recorded``."""

    def __init__(self, book: Store, recorders: set[str]) -> None:
        self._book, self._recorders = book, recorders
        self._seqs: dict[str, int] = {}

    def find(self, ids: Collection[str]) -> dict[str, RecordedEvent]:
        found = known(self._book, ids)
        self._seqs |= {id: each.seq for id, each in found.items()}
        return {id: RecordedEvent(_interchange(each.event), each.undone_by) for id, each in found.items()}

    def others(self, ids: Collection[str], *, most: int | None) -> tuple[int, list[Event]]:
        matched = {self._seqs[id] for id in ids}
        seqs = [seq for name in sorted(self._recorders) for seq in standing(self._book, name) if seq not in matched]
        return len(seqs), [_interchange(event) for event in events_at(self._book, seqs[:most])]


def _interchange(event: BookEvent) -> Event:
    said: Event = orjson.loads(written(event))
    return said


def _numbered(book: Store, prepared: Prepared) -> list[Line]:
    """Return the lines of a batch: each recorder's are the next links of the recorder's chain."""
    by_recorder: dict[str, list[Event]] = defaultdict(list)
    for event in prepared.events:
        by_recorder[str(event["recorder"])].append(event)
    reader, file = LineReader(book.register.packs), prepared.batch.file
    lines: dict[str, Line] = {}
    for recorder, events in by_recorder.items():
        first = book.next_number(recorder)
        previous = book.previous(recorder, first)
        for event in numbered(events, first=first):
            value = event | ({"previous": previous} if previous else {})
            line = reader.line(orjson.dumps(value), where=_where(file, event, prepared.lines))
            lines[str(event["id"])], previous = line, sha256(line.body).hexdigest()
    return [lines[str(event["id"])] for event in prepared.events]


def _where(file: str, event: Event, lines: Mapping[str, int]) -> str:
    line = lines.get(str(event["id"]))
    return f"{file}:{line}" if line else f"{file}, the {event['kind']} of {event.get('reverses', event['id'])}"


def _answers_in(file: Path) -> dict[Key, str]:
    """Return the answers that were written into the questions of a proposal."""
    questions = tables_in(file).get("question", [])
    asked = [each for each in questions if isinstance(each, dict)] if isinstance(questions, list) else []
    return {
        tuple(map(str, each["about"])): str(each["answer"])
        for each in asked
        if isinstance(each.get("about"), list) and each["about"] and each.get("answer")
    }


def _about(text: str, made: Suggestion) -> Key | None:
    """Return which question ``about=answer`` answers."""
    return next((each.about for each in made.questions if text.startswith(".".join(each.about) + "=")), None)


def _no_question(text: str, made: Suggestion) -> Fault:
    asked = [".".join(each.about) for each in made.questions]
    do = f"{meant(text.partition('=')[0], asked)}the questions are about {', '.join(asked[:8]) or 'nothing any more'}"
    return Fault("An answer is to no question.", "--answer", shown(text), do, "J5")
