"""A file and its mapping -> a batch: every row becomes an event, or comes back with its reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from muster.errors import Fault
from muster.joining.amounts import AmountReader, Counted, measure
from muster.joining.batch import Batch, Returned, Taken, Total
from muster.joining.cells import Text, cell_of, formula_error, kind_of, names_of
from muster.joining.dates import Days
from muster.joining.heads import Columns, folded, split
from muster.joining.ids import event_id
from muster.joining.mapping import Mapping
from muster.joining.notes import LONGEST, Elsewhere, NoteReader
from muster.joining.opening import RawRow, Table, open_table
from muster.joining.problems import Problem
from muster.joining.questions import refuse_open_questions
from muster.joining.row_tests import merged_above, ragged, skip_test
from muster.joining.rules import JoiningError
from muster.joining.used import columns_used

_FIELDS = ("unit", "recorder", "document", "from_", "to", "place", "destination", "closed_by")
_OPTIONAL = ("document", "destination")


def read_batch(path: Path, mapping: Mapping) -> Batch:
    """Return what comes of a file by its mapping. Nothing is guessed: what the mapping does not say comes back.

    Args:
        path: CSV of any delimiter and encoding, or XLSX; read within bounds.
        mapping: Of any kind but people, without open questions.
    Returns:
        Events without ``n``, the rows that came back, totals. The same file and mapping give the same batch.
    Raises:
        JoiningError: The file cannot be read as the mapping says (J1–J3), or a question is open (J5).
    """
    refuse_open_questions(mapping)
    if mapping.about.kind == "people":
        do = "muster book economy takes it; a mapping of events has kind receipt, count, …"
        raise JoiningError(Fault("This mapping is of people, not of events.", path.name, "kind = people", do, "J4"))
    form = mapping.file
    table = open_table(path, encoding=form.encoding, delimiter=form.delimiter, sheet=form.sheet)
    columns, rows = split(table, form, columns_used(mapping))
    reader = RowReader(mapping, columns, table)
    drafts = [reader.read(row) for row in rows]
    return _batch(drafts, reader, table)


@dataclass(slots=True)
class Draft:
    """A row on its way to an event; references and repeated keys are settled once all rows are read."""

    line: int
    key: tuple[str, ...] = ()
    event: dict[str, Any] = field(default_factory=dict)
    counted: list[Counted] = field(default_factory=list)
    unmeasured: int = 0
    problems: list[Problem] = field(default_factory=list)
    notes: list[str | tuple[NoteReader, Elsewhere]] = field(default_factory=list)
    left_out: bool = False


class RowReader:
    """Reads the rows of one file by its mapping."""

    def __init__(self, mapping: Mapping, columns: Columns, table: Table) -> None:
        self.mapping, self.columns = mapping, columns
        self._merged = table.merged
        names = names_of(mapping.names, columns)
        self._texts = {
            name: Text(text, columns, names=names, needed=name not in _OPTIONAL)
            for name in _FIELDS
            if (text := getattr(mapping.event, name))
        }
        self._date = columns.at(mapping.date.column) or 0
        self._days = Days(mapping.date)
        self._amounts = [AmountReader(amount, mapping, columns, names=names, table=table) for amount in mapping.amounts]
        self._notes = [NoteReader(noted, columns, mapping.numbers, mapping.about.key) for noted in mapping.noted]
        self._skips = [skip_test(skip, columns) for skip in mapping.skips]
        used = [name for name in columns_used(mapping) if name]
        self._used = sorted({columns.at(name) or 0 for name in used})
        keys = mapping.about.key or sorted(used, key=folded)
        self._keys = [(name, columns.at(name) or 0) for name in keys]
        self._at = "counted" if mapping.about.kind == "count" else "moves"
        self.filled_cells = 0

    def read(self, row: RawRow) -> Draft:
        """Return the draft of one row, with everything that is wrong with it."""
        draft = Draft(row.line)
        if problem := self._shape(row):
            draft.problems.append(problem)
            draft.unmeasured = len(self._amounts)
            return draft
        self._key(row, draft)
        self._count(row, draft)
        for problem in (test(row) for test in self._skips):
            if problem:
                draft.left_out, draft.problems = True, [problem]
                return draft
        event: dict[str, Any] = {"id": "", "kind": self.mapping.about.kind}
        texts = self._said_once(row, draft)
        event |= {name: texts[name] for name in ("unit", "recorder")}
        event["occurred"] = self._occurred(row, draft)
        event |= {name: texts[name] for name in ("document", "destination", "closed_by") if texts.get(name)}
        event[self._at] = [self._entry(counted, texts) for counted in draft.counted]
        draft.event = event
        self._note(row, draft)
        return draft

    def _shape(self, row: RawRow) -> Problem | None:
        """Return what is wrong with the cells of a row as such, and note merged ones."""
        form = self.mapping.file
        problem = ragged(row, form, self.columns.width)
        if problem is not None or not self._merged:
            return problem
        below = [at for at in self._used if self._merged.get((row.line, at), (row.line, 0))[0] < row.line]
        if below and form.merged == "return":
            return merged_above(row, self.columns, below[0])
        self.filled_cells += len(below)
        return None

    def _key(self, row: RawRow, draft: Draft) -> None:
        key = []
        for name, position in self._keys:
            cell = " ".join(cell_of(row, position).split())
            if self.mapping.about.key and kind_of(row, position) == "e":
                draft.problems.append(formula_error(name, cell))
            elif self.mapping.about.key and not cell:
                do = "fill it in; without it a second import could not tell that it is the same row"
                draft.problems.append(Problem(name, "", "The key of a row is blank.", do, "J11"))
            key.append(cell)
        draft.key = tuple(key)

    def _count(self, row: RawRow, draft: Draft) -> None:
        """Read every amount, whatever else is wrong, so that the totals of the file are whole."""
        several = len(self._amounts) > 1
        zeros: list[Problem] = []
        for reader in self._amounts:
            found = reader.read(row)
            if isinstance(found, Counted):
                draft.counted.append(found)
            elif found is not None and several and found.rule == "J8" and found.reason.startswith("The amount is 0"):
                zeros.append(found)
            elif found is not None:
                draft.problems.append(found)
                draft.unmeasured += 1
        if not draft.counted and not draft.unmeasured:
            blank = Problem("", "", "Nothing is counted in a row.", "fill in an amount, or delete the row", "J6")
            draft.problems.append(zeros[0] if zeros else blank)
            draft.unmeasured = 0 if zeros else 1

    def _said_once(self, row: RawRow, draft: Draft) -> dict[str, str]:
        texts = {}
        for name, reader in self._texts.items():
            text = reader.read(row)
            if isinstance(text, Problem):
                draft.problems.append(text)
                text = ""
            texts[name] = text
        if texts.get("closed_by") and texts["closed_by"] == texts["recorder"]:
            do = "name another person in closed_by or recorder"
            seen = texts["closed_by"]
            draft.problems.append(Problem("", seen, "A count is closed by the one who entered it.", do, "J4"))
        return texts

    def _occurred(self, row: RawRow, draft: Draft) -> str:
        kind, cell = kind_of(row, self._date), cell_of(row, self._date)
        if kind == "e":
            found: str | Problem = formula_error(self.mapping.date.column, cell)
        else:
            found = self._days.moment(cell, kind=kind)
        if isinstance(found, Problem):
            draft.problems.append(found)
            return ""
        return found

    def _entry(self, counted: Counted, texts: dict[str, str]) -> dict[str, str]:
        if self._at == "counted":
            entry = {key: value for key, value in counted.entry.items() if key != "expires"}
            return {"place": texts["place"], **entry}
        return {"from": texts["from_"], "to": texts["to"], **counted.entry}

    def _note(self, row: RawRow, draft: Draft) -> None:
        for reader in self._notes:
            found = reader.read(row)
            if isinstance(found, Problem):
                draft.problems.append(found)
            elif isinstance(found, Elsewhere):
                draft.notes.append((reader, found))
            elif found:
                draft.notes.append(found)


def _batch(drafts: list[Draft], reader: RowReader, table: Table) -> Batch:
    """Settle references and repeated keys, give ids, and add everything up."""
    mapping = reader.mapping
    for draft in drafts:
        if not draft.left_out and draft.event:
            _settle_notes(draft)
    _settle_keys(drafts, number=mapping.about.repeated == "number")
    taken, returned = [], []
    for draft in drafts:
        if draft.problems:
            returned.append(Returned(draft.line, tuple(draft.problems), draft.left_out, draft.key))
        else:
            draft.event["id"] = event_id(mapping.about.source, draft.key)
            taken.append(Taken(draft.line, draft.key, draft.event))
    said = []
    if reader.filled_cells:
        said.append(
            f"{reader.filled_cells:,} cells are merged with those above them and were read as what stands there."
        )
    return Batch(
        source=mapping.about.source,
        file=table.file,
        rows=len(drafts),
        taken=tuple(taken),
        returned=tuple(returned),
        totals=_totals(drafts, taken),
        unmeasured=sum(draft.unmeasured for draft in drafts if draft.problems),
        said=tuple(said),
    )


def _settle_notes(draft: Draft) -> None:
    notes = []
    for note in draft.notes:
        found = note if isinstance(note, str) else note[0].resolve(note[1])
        if isinstance(found, Problem):
            draft.problems.append(found)
        else:
            notes.append(found)
    if notes:
        draft.event["reason"] = "; ".join(notes)[:LONGEST]


def _settle_keys(drafts: list[Draft], *, number: bool) -> None:
    """Return rows whose key another row has, or number them where each is a fact of its own."""
    first: dict[tuple[str, ...], Draft] = {}
    times: Counter[tuple[str, ...]] = Counter()
    for draft in drafts:
        if draft.left_out or not draft.event:
            continue
        times[draft.key] += 1
        before = first.setdefault(draft.key, draft)
        if before is draft:
            continue
        if number:
            draft.key = (*draft.key, f"again {times[draft.key]}")
            continue
        same = before.event == draft.event and before.counted == draft.counted
        what = "The same row stands in the file twice." if same else "Another row has the same key."
        do = f"see line {before.line}: delete one of them, or add a column to the key that tells them apart"
        draft.problems.append(Problem("", ", ".join(draft.key), what, do, "J11"))


def _totals(drafts: Iterable[Draft], taken: Iterable[Taken]) -> tuple[Total, ...]:
    """Return the totals of the file from its cells, and of the events from the events themselves."""
    in_file: Counter[tuple[str, str]] = Counter()
    returned: Counter[tuple[str, str]] = Counter()
    left_out: Counter[tuple[str, str]] = Counter()
    for draft in drafts:
        for counted in draft.counted:
            held = (counted.resource, counted.unit)
            in_file[held] += counted.quantity
            if draft.left_out:
                left_out[held] += counted.quantity
            elif draft.problems:
                returned[held] += counted.quantity
    in_events: Counter[tuple[str, str]] = Counter()
    for entry in (entry for each in taken for entry in entries(each.event)):
        measured = measure("", entry)
        assert not isinstance(measured, Problem), "it was measured when it was read"
        in_events[entry["resource"], measured[1]] += measured[0]
    return tuple(
        Total(*held, in_file[held], in_events[held], returned[held], left_out[held])
        for held in sorted(in_file.keys() | in_events.keys())
    )


def entries(event: Any) -> Iterator[dict[str, str]]:
    """Yield the moves or counted lines of an event of the interchange."""
    yield from event.get("moves", ())
    yield from event.get("counted", ())
