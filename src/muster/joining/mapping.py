"""What the columns of a file mean: a mapping, as a person writes it and reads it in TOML.

Every section is a frozen value; its fields are the keys of the TOML, with their meaning beside them;
``mapping_toml.py`` reads and writes it from this one description.
"""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass, field

from muster.joining.dates import DateForm
from muster.joining.numbers import Signs
from muster.joining.sections import entry

MOVES: abc.Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "opening": (("outside:",), ("store:",)),
    "receipt": (("outside:", "people:"), ("store:",)),
    "dispatch": (("store:", "outside:"), ("transit:",)),
    "arrival": (("transit:",), ("store:", "loss:", "outside:")),
    "distribution": (("store:",), ("people:",)),
    "loss": (("store:", "transit:"), ("loss:",)),
    "transfer": (("store:",), ("store:",)),
}
"""Kinds of event that move something: where it may come from, and where it may go to."""

KINDS = (*MOVES, "count", "people")
"""What a file can be about. Production has inputs and outputs and is not joined from one row."""


@dataclass(frozen=True)
class About:
    """Section ``[mapping]``: what the file is."""

    source: str = entry(meaning="name of the source; part of every event's id, so it never changes")
    kind: str = entry(meaning="what a row is: " + ", ".join(KINDS), choices=KINDS)
    title: str = entry(meaning="a line for the reader")
    key: tuple[str, ...] = entry((), meaning="columns that tell the rows apart; none: all columns used here together")
    repeated: str = entry(
        "return",
        meaning='rows with the same key: "return" them, or "number" them: each is a fact of its own',
        choices=("return", "number"),
    )


@dataclass(frozen=True)
class FileForm:
    """Section ``[file]``: how the table stands in the file."""

    encoding: str = entry("utf-8", meaning="encoding of a text file, as Python names it: utf-8, utf-16, cp1252")
    delimiter: str = entry(",", meaning="what stands between the cells of a text file")
    sheet: str = entry(meaning="sheet of a workbook; blank where only one is filled")
    header: tuple[int, ...] = entry((1,), meaning="lines of the names of the columns, the upper ones first")
    tags: int = entry(0, meaning="line of HXL tags; 0: none")
    data: int = entry(2, meaning="first line of the data")
    ragged: str = entry(
        "return",
        meaning='rows with more or fewer cells than the header: "return" them, or "accept" what is there',
        choices=("return", "accept"),
    )
    merged: str = entry(
        "fill",
        meaning='merged cells: "fill" every row they cover (never a quantity), or "return" those rows',
        choices=("fill", "return"),
    )


@dataclass(frozen=True)
class EventForm:
    """Section ``[event]``: what is said once for each row. Columns stand in braces: ``store:{depot}``."""

    unit: str = entry(meaning="the unit whose book this is")
    recorder: str = entry(meaning="who records: a name for this source")
    document: str = entry(meaning="number of the waybill, voucher or order")
    from_: str = entry(meaning="where it comes from: outside:{vendor}, store:{depot}, transit:{waybill}")
    to: str = entry(meaning="where it goes: store:{depot}, transit:{waybill}, people:{group}, loss:{reason}")
    place: str = entry(meaning="of a count: the store that was counted, store:{depot}")
    destination: str = entry(meaning="of a dispatch: the store it is meant for, store:{depot}")
    closed_by: str = entry(meaning="of a count: who closes it; another than who records")


@dataclass(frozen=True)
class AmountForm:
    """One ``[[amount]]``: what is counted in a row. A row with several columns of amounts has several of them."""

    quantity: str = entry(meaning="the number: {quantity}")
    resource: str = entry(meaning="what it is: {item}, or one name for all rows")
    unit: str = entry(meaning="unit of measure or name of a pack: kg, bag, {unit}; blank: it stands behind the number")
    pack: str = entry(meaning="what one pack holds, where the unit is a pack: 50 kg, {tablets per pack} piece")
    lot: str = entry(meaning="lot or batch number")
    expires: str = entry(meaning="day of expiry; its formats stand in [expires]")
    agrees: str = entry(meaning="text that may name the pack too: where it says another than pack, the row comes back")
    group: str = entry(meaning="of people: which group; a word of [names] or one name for all rows")


@dataclass(frozen=True)
class Expiry:
    """Section ``[expires]``."""

    formats: tuple[str, ...] = entry((), meaning="strptime formats of days of expiry; without %d: end of the month")


@dataclass(frozen=True)
class Skip:
    """One ``[[skip]]``: rows that are left out, with the reason; all its tests must hold."""

    column: str = entry(meaning="column that is looked at")
    is_: tuple[str, ...] = entry((), meaning="its cell is one of these texts")
    is_not: tuple[str, ...] = entry((), meaning="its cell is none of these texts")
    contains: str = entry(meaning="its cell contains this text")
    blank: bool = entry(False, meaning="its cell is blank")
    because: str = entry(meaning="why such rows are left out")


@dataclass(frozen=True)
class Noted:
    """One ``[[noted]]``: a column that goes into the note of the event and is not counted."""

    name: str = entry(meaning="what it is: weight, freight")
    column: str = entry(meaning="where it stands")
    unit: str = entry(meaning="unit of its numbers; blank: any text is noted as it is")
    refers: str = entry(meaning="how a cell says that the value stands on another line: See {waybill} (ID#:{id})")
    if_unknown: str = entry(
        "note",
        meaning='where there is no value: "note" why, or "return" the row',
        choices=("note", "return"),
    )
    words: abc.Mapping[str, str] = entry({}, meaning="words that stand instead of a number -> what they mean")


@dataclass(frozen=True)
class PeopleForm:
    """Section ``[people]``: of kind people, rows (place, group, people) for an economy instead of events."""

    place: str = entry(meaning="place of the economy: {ADM2_PCODE}")
    from_: str = entry(meaning="day from which the number holds, YYYY-MM-DD; blank: from the start")
    whole: str = entry(meaning="group that counts everybody; what is beyond its parts becomes the group rest")
    rest: str = entry(meaning="name of the group of everybody who is in no part")
    undivided: str = entry(meaning="name of the group where only the whole is known")
    zero: str = entry(
        "return",
        meaning='a row of 0 people: "return" it (nobody lives there, or nobody counted?), or "accept" it',
        choices=("return", "accept"),
    )
    repeated: str = entry(
        "return",
        meaning='several numbers for one place and group: "return" them, or "add" them up',
        choices=("return", "add"),
    )


@dataclass(frozen=True)
class Question:
    """One ``[[question]]``: what is not certain and must be answered by a person before anything is imported.

    Attributes:
        about: The key that the answer fills, e.g. ``("date", "formats")``, ``("names", "Item", "Maize meal")``.
        ask: The question, with the evidence.
        choices: Answers that are offered; for names any other may be given.
        answer: What the person said; ``""`` while it is open.
    """

    about: tuple[str, ...] = entry((), meaning="the key that the answer fills")
    ask: str = entry(meaning="the question")
    choices: tuple[str, ...] = entry((), meaning="answers to choose from")
    answer: str = entry(meaning="write one of the choices here")


@dataclass(frozen=True)
class Mapping:
    """What the columns of a file mean; see the sections.

    Attributes:
        names: For each column, its words -> the names used in the book; ``""`` as a word stands for a blank cell.
        packs: Resource -> what one pack of it holds, where a person has decided it.
        questions: Those that are still open; import refuses a mapping that has any.
    """

    about: About = field(default_factory=About)
    file: FileForm = field(default_factory=FileForm)
    event: EventForm = field(default_factory=EventForm)
    date: DateForm = field(default_factory=DateForm)
    numbers: Signs = field(default_factory=Signs)
    expires: Expiry = field(default_factory=Expiry)
    people: PeopleForm = field(default_factory=PeopleForm)
    amounts: tuple[AmountForm, ...] = ()
    skips: tuple[Skip, ...] = ()
    noted: tuple[Noted, ...] = ()
    names: abc.Mapping[str, abc.Mapping[str, str]] = field(default_factory=dict)
    packs: abc.Mapping[str, str] = field(default_factory=dict)
    questions: tuple[Question, ...] = ()
