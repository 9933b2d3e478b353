"""A proposed mapping for a file of others, with reasons; what is not certain is a question that a person answers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path

from muster.book.wording import several
from muster.economy.format import shown
from muster.errors import Fault
from muster.joining.date_evidence import date_evidence
from muster.joining.drafting import ANSWERED, Draft
from muster.joining.drafting import Path as Key
from muster.joining.head_found import find_head
from muster.joining.heads import columns_of
from muster.joining.mapping import KINDS, MOVES, FileForm, Question
from muster.joining.mapping import Mapping as JoinMapping
from muster.joining.mapping_toml import mapping_of, to_toml
from muster.joining.number_evidence import number_evidence
from muster.joining.opening import Look, look, open_table
from muster.joining.roles import kinds_said
from muster.joining.rules import JoiningError
from muster.joining.seen import SeenColumn, see
from muster.joining.suggest_amounts import suggest_amounts
from muster.joining.suggest_notes import suggest_notes
from muster.joining.suggest_people import suggest_people

_HEAD_ROWS = 60
_TOTALS = re.compile(r"(grand |sub[- ]?)?totals?\b.*|total général|sous-total|suma|المجموع|جمله", re.IGNORECASE)

_PLACES: Mapping[str, tuple[str, str]] = {
    "opening": ("outside:opening", "store:{store}"),
    "receipt": ("outside:{from}", "store:{store}"),
    "dispatch": ("store:{store}", "transit:{document}"),
    "arrival": ("transit:{document}", "store:{store}"),
    "distribution": ("store:{store}", "people:{store}"),
    "loss": ("store:{store}", ""),
    "transfer": ("store:{from}", "store:{store}"),
}
"""From and to of each kind, with roles in braces; ``""``: it must be asked."""


@dataclass(frozen=True)
class Suggestion:
    """A proposed mapping.

    Attributes:
        mapping: With its open questions.
        reasons: Why a key is as it is, by the key: ``("date", "formats")``.
    """

    mapping: JoinMapping
    reasons: Mapping[Key, str]

    @property
    def questions(self) -> tuple[Question, ...]:
        """What a person must answer before the mapping can be used."""
        return self.mapping.questions

    @property
    def toml(self) -> str:
        """The mapping as TOML, with the reasons as comments; ``read_mapping`` reads it."""
        return to_toml(self.mapping, reasons=self.reasons)


def suggest(
    path: Path, *, known: Mapping[str, Sequence[str]] | None = None, answers: Mapping[Key, str] | None = None
) -> Suggestion:
    """Return a proposed mapping for a file.

    Args:
        path: CSV or XLSX of anybody.
        known: Resources of the book or economy: name -> other spellings; names of the file are compared with them.
        answers: What a person has said to the questions of an earlier suggestion, by their ``about``. With the columns
            settled more can be told, so that what is left is asked.
    Raises:
        JoiningError: The file cannot be read (J1, J2), or has no rows.
    """
    answers = answers or {}
    looked = look(path)
    name = answers.get(("file", "sheet")) or (looked.sheets[0] if looked.sheets else "")
    encoding = answers.get(("file", "encoding")) or (looked.encoding.name if looked.encoding else "")
    delimiter = answers.get(("file", "delimiter")) or (looked.delimiter.sign if looked.delimiter else "")
    table = open_table(path, encoding=encoding, delimiter=delimiter, sheet=name)
    first = list(islice(table.rows, _HEAD_ROWS))
    if not first:
        raise JoiningError(Fault("A table has no rows.", table.file, "nothing", "check the file", "J1"))
    head = find_head(first)
    form = FileForm(header=head.header, tags=head.tags, data=head.data)
    heads = {row.line: row for row in first if row.line < head.data}
    columns = columns_of(heads, form, table.file)
    tags = heads[head.tags].cells if head.tags in heads else []
    data = chain((row for row in first if row.line >= head.data), table.rows)
    draft = Draft(see(columns, data, tags=tags), known or {}, answers=answers)
    _file(draft, looked, form, head.why, name)
    draft.raw["mapping"] = {}
    draft.put(("mapping", "source"), _source(path), "made from the name of the file; part of every id: never change it")
    if _kind(draft) == "people":
        suggest_people(draft)
    else:
        _event(draft)
    _skips(draft)
    mapping = mapping_of({**draft.raw, "question": []}, file=path.name, check=False)
    return Suggestion(replace(mapping, questions=tuple(draft.questions)), draft.reasons)


def _source(path: Path) -> str:
    plain = re.sub(r"[-_ ]+\d[\d\-_. ]*$", "", path.stem)
    return re.sub(r"[^\w]+", "-", plain.casefold()).strip("-_") or "source"


def _file(draft: Draft, looked: Look, form: FileForm, why: str, sheet: str) -> None:
    """Propose how the table stands in the file."""
    draft.raw["file"] = {}
    if looked.encoding:
        name = {"utf-8-sig": "utf-8"}.get(looked.encoding.name, looked.encoding.name)
        sample = f"; a line reads: {looked.encoding.sample}" if looked.encoding.sample else ""
        draft.put(("file", "encoding"), name, looked.encoding.why + sample)
        if looked.encoding.choices:
            question = f"{looked.encoding.why}{sample}. Which encoding is it?"
            draft.ask(("file", "encoding"), question, looked.encoding.choices)
    if looked.delimiter:
        draft.put(("file", "delimiter"), looked.delimiter.sign, looked.delimiter.why)
        if not looked.delimiter.sure:
            draft.ask(("file", "delimiter"), f"{looked.delimiter.why}, and others fit nearly as well. Which?", ",;\t|")
    if looked.sheets:
        draft.put(("file", "sheet"), sheet, "the largest sheet" if len(looked.sheets) > 1 else "the only filled sheet")
        if len(looked.sheets) > 1:
            draft.ask(("file", "sheet"), "Several sheets are filled. Which one is it?", [sheet, *looked.sheets])
    draft.put(("file", "header"), list(form.header), why)
    if form.tags:
        draft.put(("file", "tags"), form.tags, f"{sum(bool(c.tag) for c in draft.seen.columns)} columns have HXL tags")
    draft.put(("file", "data"), form.data, f"{several(draft.seen.rows, 'row')} from there on")


def _kind(draft: Draft) -> str:
    """Propose what a row is, or ask; return the likeliest."""
    said = kinds_said(draft.seen)
    likely = next(iter(said), "receipt")
    if answer := draft.answers.get(("mapping", "kind")):
        draft.put(("mapping", "kind"), answer, ANSWERED)
        return answer
    if len(said) == 1:
        draft.put(("mapping", "kind"), likely, f"the headers speak of it: {', '.join(said[likely][:4])}")
        return likely
    draft.raw["mapping"]["kind"] = likely
    evidence = "; ".join(f"{kind}: {', '.join(columns[:3])}" for kind, columns in said.items())
    draft.ask(
        ("mapping", "kind"),
        f"What is a row? {f'The headers speak of several ({evidence}).' if said else 'No header tells.'} "
        f"The rest of this mapping was made for {likely}.",
        [*said, *(kind for kind in KINDS if kind not in said)],
    )
    return likely


def _event(draft: Draft) -> None:
    """Propose everything that an event needs."""
    draft.raw["event"], draft.raw["amount"] = {}, [{}]
    date = draft.column(("date", "column"), "date", text="")
    amount = draft.column(("amount", "1", "quantity"), "quantity")
    _numbers(draft, amount or _first_choice(draft, ("amount", "1", "quantity")))
    document = draft.column(("event", "document"), "document", needed=False, doubt=False)
    _places(draft, document)
    draft.put(
        ("event", "recorder"), f"import {draft.raw['mapping']['source']}", "events of this source are recorded so"
    )
    _dates(draft, date or _first_choice(draft, ("date", "column")))
    suggest_amounts(draft)
    _key(draft)
    suggest_notes(draft)


def _first_choice(draft: Draft, about: Key) -> str:
    """Return the column that is offered first for a key that is asked."""
    choices = next((question.choices for question in draft.questions if question.about == about), ())
    return choices[0].removeprefix("{").removesuffix("}") if choices else ""


def _places(draft: Draft, document: str) -> None:
    """Propose where things come from and go to."""
    event = draft.raw["event"]
    kind = draft.raw["mapping"]["kind"]
    store = draft.column(("event", "unit"), "store", needed=False)
    if store:
        draft.reasons["event", "unit"] += "; each keeps its own book. Write one name where they share one"
    elif not any(question.about == ("event", "unit") for question in draft.questions):
        draft.ask(("event", "unit"), "No column says whose book this is. What is the name of the unit?")
    if kind == "count":
        _store(draft, ("event", "place"), store)
        draft.ask(("event", "closed_by"), "Who closes these counts? Another than who records them.")
        return
    sender = draft.find("from", doubt=False)
    for name, text in zip(("from", "to"), _PLACES[kind], strict=True):
        about = ("event", name)
        if text == "store:{store}":
            _store(draft, about, store)
        elif text == "people:{store}" and store:
            draft.put(about, f"people:{{{store}}}", "given to the people of the place")
        elif text.endswith("{from}") and sender:
            draft.put(about, text.replace("{from}", f"{{{sender.name}}}"), f'the header says "{sender.name}"')
        elif text == "transit:{document}" and document:
            draft.put(about, f"transit:{{{document}}}", "on the road by the number of its document")
        elif text and "{" not in text:
            draft.put(about, text, "what was there before the book began")
        else:
            starts = " or ".join(MOVES[kind][name == "to"])
            does = "does it come from" if name == "from" else "does it go to"
            draft.ask(about, f"No column says it: where {does}? Write {starts} and a name.")
        event.setdefault(name, "")


def _store(draft: Draft, about: Key, store: str) -> None:
    if store:
        draft.put(about, f"store:{{{store}}}", "the store has the name of the unit")
        return
    choices = next((q.choices for q in draft.questions if q.about == ("event", "unit")), ())
    draft.ask(about, "Which store is it? Write store: and a name or column.", [f"store:{choice}" for choice in choices])


def _dates(draft: Draft, name: str) -> None:
    """Propose how dates are written, or ask where nothing tells."""
    daily = draft.raw["mapping"]["kind"] == "count"
    draft.raw.setdefault("date", {})
    draft.put(
        ("date", "at"),
        "23:59" if daily else "12:00",
        "a count says what is there when the day ends" if daily else "time of day, UTC, of events whose date has none",
    )
    if not name:
        draft.ask(("date", "formats"), "How are the dates written? As strptime formats, e.g. %d/%m/%Y.")
        return
    column = draft.seen.named(name)
    if column.days == column.filled:
        draft.put(("date", "formats"), ["%Y-%m-%d"], f"all {column.days:,} cells are dates of the workbook itself")
        return
    evidence = date_evidence(column.texts)
    if evidence is None:
        draft.ask(
            ("date", "formats"), f"{shown(next(iter(column.texts), ''))} is no date that is recognised. Its format?"
        )
        return
    others = _others(evidence.others)
    if evidence.sure:
        draft.put(("date", "formats"), list(evidence.formats), f"{evidence.why}{others}")
    else:
        draft.ask(("date", "formats"), f"{evidence.why}. How are they written?", evidence.formats)
    if evidence.months:
        draft.put(("date", "months"), dict(evidence.months), "names of months as they stand in the dates")


def _numbers(draft: Draft, name: str) -> None:
    if not name:
        return
    column: SeenColumn = draft.seen.named(name)
    evidence = number_evidence(column.texts)
    draft.raw["numbers"] = {}
    if evidence.sure:
        others = _others(evidence.others)
        draft.put(("numbers", "written"), evidence.choices[0].written, f"{name}: {evidence.why}{others}")
        return
    draft.ask(
        ("numbers", "written"),
        f"{name}: {evidence.why}. How are numbers written?",
        [signs.written for signs in evidence.choices],
    )


def _others(count: int) -> str:
    if not count:
        return ""
    hold = "holds" if count == 1 else "hold"
    return f"; {several(count, 'cell')} {hold} something else: such rows will come back"


def _key(draft: Draft) -> None:
    """Propose what tells the rows apart."""
    rows = draft.seen.rows
    whole = [column for column in draft.seen.columns if column.filled == rows and not column.repeated]
    named = [column for column in whole if column.words & {"id", "no", "number", "nr", "ref", "code", "key", "line"}]
    if named or (whole and whole[0].position == 0 and whole[0].date_share < 0.5):
        column = (named or whole)[0]
        draft.put(("mapping", "key"), [column.name], f"filled in {several(rows, 'row')}, and no two are the same")
        return
    draft.put(("mapping", "key"), [], "no column tells the rows apart by itself: all columns used here do together")
    draft.ask(
        ("mapping", "repeated"),
        "Two rows that are the same in all columns used here: one fact entered twice (return), or two facts (number)?",
        ("return", "number"),
    )


def _skips(draft: Draft) -> None:
    """Propose to leave out the rows of totals."""
    for column in draft.seen.columns:
        totals = [text for text in column.texts if _TOTALS.fullmatch(text)]
        if totals and sum(column.texts[text] for text in totals) * 5 <= draft.seen.rows:
            skip = {"column": column.name, "is": totals, "because": "a line of totals, not a row of its own"}
            draft.raw.setdefault("skip", []).append(skip)
            return
