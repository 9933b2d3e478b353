"""Commands that record what happened."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from muster.cli.answer import DONE, FAULT, Answer, counted, faults_as_data
from muster.cli.book_common import (
    BookAddress,
    By,
    On,
    Unit,
    as_file_name,
    book_app,
    book_word,
    desk,
    now_ms,
    today,
)
from muster.cli.options import AsJson, example, page_file
from muster.cli.refusals import Lacking
from muster.cli.waiting import waiting

if TYPE_CHECKING:
    from muster.services.book_records import Desk, Said

Goods = Annotated[
    list[str] | None,
    typer.Argument(metavar="GOODS…", show_default=False, help='"flour, lot L12: 600 bags of 50 kg"'),
]
From = Annotated[str, typer.Option("--from", metavar="PLACE", help="Where from; left out: what is usual for the kind.")]
To = Annotated[str, typer.Option("--to", metavar="PLACE", help="Where to; of a dispatch: the store it is meant for.")]
Document = Annotated[str, typer.Option("--document", metavar="NUMBER", help="Waybill or sheet on paper.")]
Reason = Annotated[str, typer.Option("--reason", metavar="WORDS", help="Why.")]
Approved = Annotated[str, typer.Option("--approved-by", metavar="PERSON", help="Who allowed an exception.")]


@book_app.command(
    "add",
    epilog=example(
        "muster book add kabul.book --events events.jsonl",
        'muster book add kabul.book receipt "flour, lot L12: 600 bags of 50 kg" --from outside:wfp --document WB123',
    ),
)
def add(
    book: BookAddress,
    kind: Annotated[
        str | None, typer.Argument(metavar="KIND", show_default=False, help="receipt, dispatch, distribution, loss …")
    ] = None,
    goods: Goods = None,
    events: Annotated[
        str | None, typer.Option(metavar="FILE", help="A file of events, one a line; - for standard input.")
    ] = None,
    source: From = "",
    target: To = "",
    made: Annotated[
        list[str] | None, typer.Option(metavar="GOODS", help="Of a production: what was made; several times.")
    ] = None,
    document: Document = "",
    due: Annotated[str, typer.Option(metavar="DAY", help="Of a dispatch: when it should be there.")] = "",
    reason: Reason = "",
    approved_by: Approved = "",
    on: On = None,
    by: By = None,
    unit: Unit = None,
    json: AsJson = False,
) -> Answer:
    """Record an event that you say, or all events of a file, whole or not at all."""
    if events is not None:
        if kind is not None:
            raise Lacking("Events come from the file or from you, not from both.", do="leave one of them out")
        return _add_file(book, events)
    if kind is None:
        raise Lacking("It is not said what happened.", do="say a kind (receipt, dispatch, …), or --events FILE")
    with waiting("recording in the book"):
        from muster.cli.book_text import recorded_data, recorded_text
        from muster.services.book_records import Said, add_said

        said = Said(tuple(goods or ()), tuple(made or ()), source, target, on or "", document, due, reason, approved_by)
        done = add_said(book, kind, said, desk(by, unit))
    data = recorded_data(done.event, seq=done.seq, posted=done.posted)
    return Answer(recorded_text(done.event, seq=done.seq), data, done.posted.faults)


def _add_file(book: str, events: str) -> Answer:
    with waiting(f"reading {events}") as say:
        from muster.cli.book_text import posted_data, posted_text
        from muster.services.book_records import add_file

        def told(lines: int) -> None:
            say(f"{events}: {lines:,} lines")

        name = "standard input" if events == "-" else Path(events).name
        with nullcontext(sys.stdin.buffer) if events == "-" else open(events, "rb") as file:
            posted = add_file(book, file, name=name, now_ms=now_ms(), progress=told)
    return Answer(posted_text(posted, name=name), posted_data(posted), posted.faults, FAULT if posted.refused else DONE)


@book_app.command(
    "receive",
    epilog=example(
        "muster book receive kabul.book WB123",
        'muster book receive kabul.book WB123 "flour: 588 bags of 50 kg" --claim outside:transco',
    ),
)
def receive(
    book: BookAddress,
    waybill: Annotated[str, typer.Argument(metavar="WAYBILL", show_default=False, help="Its number.")],
    goods: Goods = None,
    everything: Annotated[bool, typer.Option("--all", help="All that is on the way has come.")] = False,
    claim: Annotated[str, typer.Option(metavar="PLACE", help="Claim what is missing from outside:SOMEBODY.")] = "",
    lost: Annotated[str, typer.Option(metavar="REASON", help="What is missing is lost, and why.")] = "",
    target: Annotated[str, typer.Option("--to", metavar="PLACE", help="Into which store (store:UNIT).")] = "",
    reason: Reason = "",
    approved_by: Approved = "",
    on: On = None,
    by: By = None,
    unit: Unit = None,
    json: AsJson = False,
) -> Answer:
    """Show what a waybill said, and record what came; what did not stays on the way, is claimed, or is lost."""
    if claim and lost:
        raise Lacking("What is missing is claimed or lost, not both.", do="leave one of them out")
    with waiting("recording in the book"):
        from muster.cli.book_text import received_data, received_text
        from muster.services.book_arrivals import Rest, receive
        from muster.services.book_records import Said

        said = Said(tuple(goods or ()), target=target, occurred=on or "", reason=reason, approved_by=approved_by)
        recorder = desk(by, unit) if goods or everything or claim or lost else None
        done = receive(book, waybill, said, recorder, rest=Rest(everything, claim, lost), today=today())
    faults = done.recorded.posted.faults if done.recorded else ()
    return Answer(received_text(done, book=book), received_data(done), faults)


@book_app.command(
    "count",
    epilog=example(
        "muster book count kabul.book --place store:kabul --sheet sheet.html",
        'muster book count kabul.book "flour, lot L12: 29350 kg" --place store:kabul --by m.noori --to november.count',
        "muster book count kabul.book --close november.count --by s.amiri",
    ),
)
def count(
    book: BookAddress,
    goods: Goods = None,
    place: Annotated[str, typer.Option(metavar="PLACE", help="The store that is counted.")] = "",
    sheet: Annotated[
        Path | None, typer.Option(metavar="FILE", parser=page_file, help="Write a blind sheet to print, FILE.html.")
    ] = None,
    entered: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What was counted, CSV or XLSX: resource, lot, quantity, unit, pack."),
    ] = None,
    to: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where the open count is kept (PLACE-DAY.count).")
    ] = None,
    close: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Close this open count; by another person.")
    ] = None,
    document: Document = "",
    on: On = None,
    by: By = None,
    unit: Unit = None,
    json: AsJson = False,
) -> Answer:
    """Count a store: print a blind sheet, enter what was found (it stays open), close what another one entered."""
    if close is not None:
        return _close(book, close, by)
    if not place:
        raise Lacking("It is not said what is counted.", do="add --place store:…, or --close FILE")
    if sheet is not None:
        with waiting(f"writing {sheet}"):
            from muster.services.book_counts import write_sheet

            lines = write_sheet(book, place, to=sheet, today=today())
        text = f"sheet  {sheet}, {counted(lines, 'line')} without quantities"
        return Answer(text, {"sheet": str(sheet), "lines": lines})
    if not goods and entered is None:
        raise Lacking("It is not said what was found.", do="add goods, or --entered FILE, or --sheet FILE to print")
    with waiting("reading the book"):
        from muster.services.book_counts import enter_count
        from muster.services.book_records import Said

        who = desk(by, unit)
        said = Said(tuple(goods or ()), occurred=on or "", document=document)
        file = to or Path(f"{as_file_name(place)}-{(on or today().isoformat())[:10]}.count")
        kept = enter_count(book, place, said, who, entered=entered, to=file)
    text = "\n".join(
        [
            f"open   {kept.file}, {counted(kept.lines, 'line')} by {who.by}; not in the book yet",
            f"code   {kept.code} (write it on the sheet)",
            f"next   another person: muster book count {book_word(book)} --close {quote(str(kept.file))}",
        ]
    )
    return Answer(text, {"open": str(kept.file), "code": kept.code, "lines": kept.lines})


def _close(book: str, close: Path, by: str | None) -> Answer:
    if not by:
        raise Lacking("It is not said who closes the count.", do="add --by PERSON, or set MUSTER_BY")
    with waiting(f"closing {close}"):
        from muster.cli.book_text import closed_data, closed_text
        from muster.services.book_counts import close_count

        done = close_count(book, close, by=by, now_ms=now_ms())
    return Answer(closed_text(done), closed_data(done), done.recorded.posted.faults)


@book_app.command(
    "reverse",
    epilog=example(
        'muster book reverse kabul.book 0198abcd-… --reason "entered twice"',
        'muster book reverse kabul.book 0198abcd-… --reason "counted wrongly" --to twice.reversal',
        "muster book reverse kabul.book --approve twice.reversal --by s.amiri",
    ),
)
def reverse(
    book: BookAddress,
    id: Annotated[str, typer.Argument(metavar="ID", show_default=False, help="Id of the event, as on the card.")] = "",
    reason: Reason = "",
    approved_by: Approved = "",
    to: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Ask for it: what another recorded, or what is old.")
    ] = None,
    approve: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Approve what was asked for; by another person.")
    ] = None,
    on: On = None,
    by: By = None,
    unit: Unit = None,
    json: AsJson = False,
) -> Answer:
    """Undo one event that was entered wrongly; both stay in the book. What another recorded, or is old, takes two."""
    if bool(id) == bool(approve):
        raise Lacking("It is not said what is undone.", do="name the ID of an event, or --approve FILE")
    from muster.services.book_records import Said

    said = Said(occurred=on or "", reason=reason, approved_by=approved_by)
    if to is not None and approve is None:
        return _ask_reversal(book, id, said, desk(by, unit), to)
    with waiting("recording in the book"):
        from muster.cli.book_text import event_lines, recorded_data, recorded_text
        from muster.services.book_reversals import approve_reversal, reverse_alone

        if approve is None:
            done, undone = reverse_alone(book, id, said, desk(by, unit))
        elif by:
            done, undone = approve_reversal(book, approve, by=by, now_ms=now_ms())
        else:
            raise Lacking("It is not said who approves.", do="add --by PERSON, or set MUSTER_BY")
    text = "\n".join(
        ["undone:", *(f"  {line}" for line in event_lines(undone)), recorded_text(done.event, seq=done.seq)]
    )
    data = recorded_data(done.event, seq=done.seq, posted=done.posted) | {"reverses": undone.id}
    return Answer(text, data, done.posted.faults)


def _ask_reversal(book: str, id: str, said: Said, who: Desk, to: Path) -> Answer:
    with waiting("reading the book"):
        from muster.services.book_reversals import ask_reversal

        kept = ask_reversal(book, id, said, who, to=to)
    text = "\n".join(
        [
            f"asked  {kept.file}, by {who.by}; not in the book yet",
            f"what   {kept.what}",
            f"code   {kept.code}",
            f"next   another person: muster book reverse {book_word(book)} --approve {quote(str(kept.file))}",
        ]
    )
    return Answer(text, {"asked": str(kept.file), "code": kept.code, "what": kept.what})


@book_app.command(
    "register",
    epilog=example(
        "muster book register kabul.book --person a.karimi=clerk --person s.amiri=manager",
        'muster book register kabul.book --resource flour --measure kg --pack "bag=50 kg"',
    ),
)
def register(
    book: BookAddress,
    person: Annotated[
        list[str] | None, typer.Option(metavar="NAME=ROLES", help="clerk, manager, auditor, admin; several times.")
    ] = None,
    store: Annotated[
        list[str] | None, typer.Option(metavar="PLACE", help="A store of the unit, e.g. store:annex; several times.")
    ] = None,
    of: Annotated[str, typer.Option(metavar="UNIT", help="Unit of these people and stores (the recorder's).")] = "",
    resource: Annotated[str, typer.Option(metavar="RESOURCE", help="A resource.")] = "",
    measure: Annotated[str, typer.Option(metavar="UNIT", help="How it is measured: kg, l, kWh, piece.")] = "",
    pack: Annotated[
        list[str] | None, typer.Option(metavar="NAME=HOLDS", help='Its packs: "bag=50 kg"; several times.')
    ] = None,
    mapping: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="A mapping that files are imported with; several times.")
    ] = None,
    by: By = None,
    unit: Unit = None,
    json: AsJson = False,
) -> Answer:
    """Make people and their roles, stores, resources and their packs, and mappings known to the book."""
    if bool(resource) != bool(measure) or (pack and not resource):
        raise Lacking("A resource goes with how it is measured.", do="add --resource NAME and --measure UNIT")
    if not (person or store or resource or mapping):
        raise Lacking("It is not said what to register.", do="add --person, --store, --resource or --mapping")
    with waiting("recording in the book"):
        from muster.cli.book_text import recorded_data, registered_lines
        from muster.services.book_registers import ToRegister, register

        given = ToRegister(person or (), store or (), of, resource, measure, pack or (), mapping or ())
        done = register(book, given, desk(by, unit))
    text = "\n".join([*registered_lines(done.event), f"recorded  {done.seq}  {done.event.id}"])
    return Answer(text, recorded_data(done.event, seq=done.seq, posted=done.posted), done.posted.faults)


@book_app.command(
    "text", epilog=example('muster book text kabul.book "R WB123 MAIZE 588 B50" --by a.karimi --unit kabul')
)
def text(
    book: BookAddress,
    message: Annotated[str, typer.Argument(metavar="MESSAGE", show_default=False, help="As it came; HELP says how.")],
    store: Annotated[str, typer.Option(metavar="NAME", help="Store of the sender (UNIT).")] = "",
    closer: Annotated[str, typer.Option(metavar="PERSON", help="Who closes the counts of this sender.")] = "",
    reference: Annotated[
        str, typer.Option(metavar="ID", help="The gateway's id of the message: the same one twice is one event.")
    ] = "",
    on: On = None,
    by: By = None,
    unit: Unit = None,
    json: AsJson = False,
) -> Answer:
    """Record what a text message says, and print the answer to its sender."""
    with waiting("recording in the book"):
        from datetime import UTC, datetime

        from muster.joining import Sender
        from muster.services.book_messages import take_message

        who = desk(by, unit)
        at = datetime.fromisoformat(on) if on else datetime.fromtimestamp(who.now_ms / 1000, UTC)
        sender = Sender(who.by, who.unit, store or who.unit, closer)
        said = take_message(book, message, sender=sender, at=at, desk=who, reference=reference)
    done = said.recorded
    data = {"answer": said.answer, "known": said.known, "seq": done.seq if done else 0}
    data |= {"id": done.event.id if done else ""}
    faults = said.faults or (done.posted.faults if done else ())
    return Answer(said.answer, data | faults_as_data(faults), faults, FAULT if said.faults else DONE)


@book_app.command("sync", epilog=example("muster book sync kabul.book phone-7.jsonl"))
def sync(
    book: BookAddress,
    batch: Annotated[
        str, typer.Argument(metavar="BATCH", show_default=False, help="Events of a device, one a line; - for stdin.")
    ],
    json: AsJson = False,
) -> Answer:
    """Take the batch of a device that was offline: each line is accepted, known, disputed or refused."""
    with waiting(f"reading {batch}"):
        from muster.cli.book_text import posted_data, synced_faults, synced_text
        from muster.services.book_records import sync_file

        name = "standard input" if batch == "-" else Path(batch).name
        with nullcontext(sys.stdin.buffer) if batch == "-" else open(batch, "rb") as file:
            posted = sync_file(book, file, name=name, now_ms=now_ms())
    faults = synced_faults(posted)
    data = posted_data(posted) | faults_as_data(faults)
    return Answer(synced_text(posted, name=name), data, faults, FAULT if posted.refused else DONE)
