"""Commands that bring a book to others: files of events, tables, a log."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from muster.cli.answer import Answer
from muster.cli.book_common import BookAddress, book_app
from muster.cli.options import AsJson, example
from muster.cli.refusals import Lacking
from muster.cli.waiting import waiting


@book_app.command(epilog=example("muster book export kabul.book --events > events.jsonl"))
def export(
    book: BookAddress,
    events: Annotated[
        bool, typer.Option("--events", help="Events, one a line, as `muster book add` takes them; to standard output.")
    ] = False,
    json: AsJson = False,
) -> Answer | None:
    """Write what stands in the book for others."""
    if not events:
        raise Lacking("It is not said what to export.", do="add --events")
    from muster.services.book_exports import export_events

    with waiting(f"exporting {book}"):
        for line in export_events(book):
            _out(line + b"\n")
    return None


def _out(data: bytes) -> None:
    """Write bytes to standard output as they are."""
    sys.stdout.buffer.write(data)
