"""Commands that record what happened."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from muster.cli.answer import DONE, FAULT, Answer
from muster.cli.book_common import BookAddress, By, On, Unit, book_app, desk, now_ms
from muster.cli.options import AsJson, example
from muster.cli.refusals import Lacking
from muster.cli.waiting import waiting

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
    epilog=example(
        "muster book add kabul.book --events events.jsonl",
        'muster book add kabul.book receipt "flour, lot L12: 600 bags of 50 kg" --from outside:wfp --document WB123',
    )
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
    with waiting(f"recording in {book}"):
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
