"""A file of populations and its mapping -> rows (place, group, people) for an economy, or the reason against."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from muster.errors import Fault
from muster.joining.batch import Returned
from muster.joining.cells import Number, Text, names_of
from muster.joining.heads import Columns, split
from muster.joining.mapping import AmountForm, Mapping
from muster.joining.opening import RawRow, Table, open_table
from muster.joining.problems import Problem
from muster.joining.questions import refuse_open_questions
from muster.joining.row_tests import ragged, skip_test
from muster.joining.rules import JoiningError
from muster.joining.templates import template
from muster.joining.used import columns_used

_Slot = tuple[str, str, str]
"""Place, day from which it holds, group."""


@dataclass(frozen=True, slots=True)
class People:
    """How many people of a group live at a place, from a day on (``""``: from the start of the economy).

    ``lines`` are the lines of the file that say so.
    """

    place: str
    group: str
    start: str
    people: int
    lines: tuple[int, ...]


@dataclass(frozen=True)
class PeopleBatch:
    """What came of a file of populations.

    Attributes:
        file: Its name.
        rows: Rows of data in the file, blank ones not counted.
        people: Rows for the table ``people`` of an economy; groups of a place do not overlap.
        rows_taken: Rows that count.
        returned: Rows that came back or are left out, in the order of the file; nothing of them counts.
        in_file, taken, came_back: Sum of all numbers that can be read; of those that count; of those of returned rows.
        said: What a reader should know.
    """

    file: str
    rows: int
    rows_taken: int
    people: tuple[People, ...] = field(repr=False)
    returned: tuple[Returned, ...] = field(repr=False)
    in_file: int
    taken: int
    came_back: int
    said: tuple[str, ...] = ()

    @property
    def reconciled(self) -> bool:
        """Whether every row is there once, and no person was lost on the way."""
        return self.rows == self.rows_taken + len(self.returned) and self.in_file == self.taken + self.came_back

    @property
    def reasons(self) -> dict[str, int]:
        """How many rows came back or are left out for each reason."""
        counts: dict[str, int] = defaultdict(int)
        for each in self.returned:
            counts[each.reason] += 1
        return dict(sorted(counts.items(), key=lambda pair: -pair[1]))


@dataclass(slots=True)
class _Read:
    """One row on its way: its place and numbers, or what is wrong with it."""

    line: int
    place: str = ""
    start: str = ""
    numbers: list[tuple[str, int]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    left_out: bool = False
    sum: int = 0


def read_people(path: Path, mapping: Mapping) -> PeopleBatch:
    """Return the people that a file counts, by its mapping of kind people.

    A group named in ``[people] whole`` counts everybody: its parts are subtracted, and who is left becomes ``rest``. A
    place with the whole alone has one group, ``undivided``.

    Raises:
        JoiningError: The file cannot be read as the mapping says, or a question is open.
    """
    refuse_open_questions(mapping)
    if mapping.about.kind != "people":
        do = 'write kind = "people" and a section [people] into the mapping'
        raise JoiningError(Fault("This mapping is not of people.", path.name, mapping.about.kind, do, "J4"))
    form = mapping.file
    table = open_table(path, encoding=form.encoding, delimiter=form.delimiter, sheet=form.sheet)
    columns, rows = split(table, form, columns_used(mapping))
    reader = _Reader(mapping, columns, table)
    read = [reader.row(row) for row in rows]
    people = _settled(read, mapping)
    returned = [Returned(row.line, tuple(row.problems), row.left_out) for row in read if row.problems]
    back = sum(row.sum for row in read if row.problems)
    whole = mapping.people.whole
    counted = [row for row in read if not row.problems]
    overlap = _inside_the_whole(counted, whole) if whole else 0
    return PeopleBatch(
        file=table.file,
        rows=len(read),
        rows_taken=len(counted),
        people=tuple(people),
        returned=tuple(returned),
        in_file=sum(row.sum for row in read),
        taken=sum(each.people for each in people) + overlap,
        came_back=back,
        said=(f"{overlap:,} people of parts are also in the whole ({whole}); each was counted once.",)
        if overlap
        else (),
    )


class _Reader:
    """Reads the rows of one file of populations."""

    def __init__(self, mapping: Mapping, columns: Columns, table: Table) -> None:
        self._mapping, self._columns, self._table = mapping, columns, table
        names = names_of(mapping.names, columns)
        self._place = Text(mapping.people.place, columns, names=names, needed=True)
        self._start = Text(mapping.people.from_, columns, names=names, needed=False)
        self._amounts = [
            (_number(amount, mapping, columns), Text(amount.group, columns, names=names, needed=True))
            for amount in mapping.amounts
        ]
        self._skips = [skip_test(skip, columns) for skip in mapping.skips]

    def row(self, row: RawRow) -> _Read:
        read = _Read(row.line)
        if problem := ragged(row, self._mapping.file, self._columns.width):
            read.problems.append(problem)
            return read
        for number, group in self._amounts:
            if found := self._one(row, number, group, read):
                read.numbers.append(found)
        for problem in (test(row) for test in self._skips):
            if problem:
                read.left_out, read.problems = True, [problem]
                return read
        for name, text in (("place", self._place.read(row)), ("start", self._start.read(row))):
            if isinstance(text, Problem):
                read.problems.append(text)
            elif name == "place":
                read.place = text
            else:
                read.start = text
        if not read.numbers and not read.problems:
            read.problems.append(Problem("", "", "Nobody is counted in a row.", "fill in a number, or delete it", "J6"))
        return read

    def _one(self, row: RawRow, number: Number, group: Text, read: _Read) -> tuple[str, int] | None:
        text = number.read(row)
        span = self._table.merged.get((row.line, number.position))
        if span and span[1] > span[0]:
            do = "write each row's own number, or one row for all of them"
            text = Problem(number.column, row.cells[number.position], "One number stands in merged cells.", do, "J8")
        if isinstance(text, Problem):
            read.problems.append(text)
            return None
        if not text:
            return None
        whole, _, decimals = text.partition(".")
        if text.startswith("-") or decimals.strip("0"):
            do = "write a whole number of people"
            read.problems.append(Problem(number.column, text, "People are not counted in whole numbers.", do, "J8"))
            return None
        read.sum += int(whole)
        name = group.read(row)
        if isinstance(name, Problem):
            read.problems.append(name)
            return None
        if int(whole) == 0 and self._mapping.people.zero == "return":
            do = "delete the row where nobody lives, or fill in who was not counted; or accept zeros in the mapping"
            what = "0 people: nobody lives there, or nobody counted?"
            read.problems.append(Problem(number.column, text, what, do, "J14"))
            return None
        return name, int(whole)


def _number(amount: AmountForm, mapping: Mapping, columns: Columns) -> Number:
    [column] = template(amount.quantity).columns
    return Number(column, columns, signs=mapping.numbers)


def _settled(read: list[_Read], mapping: Mapping) -> list[People]:
    """Return the people of all places whose numbers hold together; mark the rows of the others."""
    form = mapping.people
    by_slot: dict[_Slot, list[tuple[_Read, int]]] = defaultdict(list)
    for row in read:
        if not row.problems:
            for group, number in row.numbers:
                by_slot[row.place, row.start, group].append((row, number))
    if form.repeated == "return":
        _return_repeated(by_slot)
    by_place: dict[tuple[str, str], dict[str, list[tuple[_Read, int]]]] = defaultdict(dict)
    for (place, start, group), found in by_slot.items():
        alive = [(row, number) for row, number in found if not row.problems]
        if alive:
            by_place[place, start][group] = alive
    people: list[People] = []
    for (place, start), groups in by_place.items():
        sums = {group: sum(number for _, number in found) for group, found in groups.items()}
        if form.whole:
            sums = _divided(sums, groups, mapping)
        for group, number in sums.items():
            people.append(People(place, group, start, number, _lines(groups, group, form.whole)))
    return people


def _return_repeated(by_slot: dict[_Slot, list[tuple[_Read, int]]]) -> None:
    """Mark the rows of a place and group that is there several times, all of them: none is better than another."""
    for (place, _, group), found in by_slot.items():
        if len(found) > 1:
            lines = ", ".join(str(row.line) for row, _ in found)
            do = f"see lines {lines}: keep one of them, or let the mapping add them up"
            for row, _ in found:
                what = "Several rows give a number for the same place and group."
                row.problems.append(Problem("", f"{place}, {group}", what, do, "J14"))


def _divided(sums: dict[str, int], groups: dict[str, list[tuple[_Read, int]]], mapping: Mapping) -> dict[str, int]:
    """Return the groups of a place without overlap: parts, and who is in none of them."""
    form = mapping.people
    parts = {group: number for group, number in sums.items() if group != form.whole}
    if form.whole not in sums:
        return parts
    whole = sums[form.whole]
    if not parts:
        return {form.undivided or form.whole: whole}
    left = whole - sum(parts.values())
    if left < 0:
        what = "The parts of a place are more people than the whole."
        seen = f"{sum(parts.values()):,} in parts, {whole:,} in all"
        for found in groups.values():
            for row, _ in found:
                row.problems.append(Problem("", seen, what, "correct the numbers, or leave out a part", "J14"))
        return {}
    return parts | ({form.rest or f"other {form.whole}": left} if left else {})


def _lines(groups: dict[str, list[tuple[_Read, int]]], group: str, whole: str) -> tuple[int, ...]:
    return tuple(row.line for row, _ in groups.get(group, groups.get(whole, [])))


def _inside_the_whole(counted: Iterable[_Read], whole: str) -> int:
    """Return the people of parts whose place has a whole too: they stand in the file twice."""
    places: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in counted:
        for group, number in row.numbers:
            places[row.place, row.start][group] += number
    return sum(sum(groups.values()) - groups[whole] for groups in places.values() if whole in groups)
