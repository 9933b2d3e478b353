"""Commands that bring others' files in, and a book to others."""

from __future__ import annotations

import sys
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from muster.cli.answer import Answer, counted
from muster.cli.book_common import BookAddress, KeyFile, book_app, now_ms
from muster.cli.options import AsJson, example
from muster.cli.refusals import Lacking
from muster.cli.waiting import waiting


@book_app.command("map", epilog=example("muster book map examples/joining/depot.csv --to depot.toml"))
def map_(
    file: Annotated[Path, typer.Argument(metavar="FILE", show_default=False, help="CSV or XLSX of anybody.")],
    to: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the mapping there (standard output).")] = None,
    answer: Annotated[
        list[str] | None, typer.Option(metavar="ABOUT=ANSWER", help="Answer to a question; several times.")
    ] = None,
    answers: Annotated[
        Path | None, typer.Option(metavar="FILE", help="An earlier proposal with answers written into it.")
    ] = None,
    book: Annotated[str, typer.Option(metavar="BOOK", help="A book whose resources the file may name.")] = "",
    json: AsJson = False,
) -> Answer:
    """Propose how to read somebody's file, with reasons; what is not certain is asked."""
    with waiting(f"looking at {file}"):
        from muster.services.book_joins import map_file

        made = map_file(file, book=book, answers=answer or (), edited=answers, to=to)
    asked = [{"about": list(each.about), "ask": each.ask, "choices": list(each.choices)} for each in made.questions]
    reasons = {".".join(about): why for about, why in made.reasons.items()}
    data = {"mapping": made.toml, "questions": asked, "reasons": reasons}
    if to is None:
        return Answer(made.toml.rstrip(), data)
    lines = [f"mapping  {to}, {counted(len(asked), 'open question')}"]
    for each in made.questions:
        choices = f" [{' | '.join(each.choices)}]" if each.choices else ""
        lines += [f"  {'.'.join(each.about)}: {each.ask}{choices}"]
    again = (
        f"answer them in it, then: muster book map {quote(str(file))} --answers {quote(str(to))} --to {quote(str(to))}"
    )
    lines.append(
        f"next     {again}" if asked else f"next     muster book import BOOK {quote(str(file))} --mapping {to}"
    )
    return Answer("\n".join(lines), data)


@book_app.command(
    "import",
    epilog=example("muster book import goma.book examples/joining/depot.csv --mapping examples/joining/depot.toml"),
)
def import_(
    book: BookAddress,
    file: Annotated[Path, typer.Argument(metavar="FILE", show_default=False, help="CSV or XLSX of anybody.")],
    mapping: Annotated[Path, typer.Option(metavar="M", show_default=False, help="Its mapping, see `muster book map`.")],
    post: Annotated[bool, typer.Option("--post", help="Post the differences of a corrected file.")] = False,
    whole: Annotated[
        bool, typer.Option("--whole", help="The file covers all ever imported: what is gone from it is reversed.")
    ] = False,
    dry: Annotated[bool, typer.Option("--dry-run", help="Only show what would be recorded.")] = False,
    returned: Annotated[
        Path | None, typer.Option(metavar="CSV", help="Write the rows that came back, with their reasons.")
    ] = None,
    json: AsJson = False,
) -> Answer:
    """Import somebody's file: each row becomes an event or comes back with its reason; corrections are shown first."""
    with waiting(f"reading {file}") as say:
        from muster.cli.book_text import import_data, import_text, posted_text
        from muster.services.book_joins import post_import, prepare_import, write_returned

        prepared = prepare_import(book, file, mapping, whole=whole)
        if returned is not None:
            write_returned(prepared.batch, to=returned)
        posted = None
        if prepared.events and not dry and (post or not prepared.doubtful):
            say(f"recording {len(prepared.events):,} events")
            posted = post_import(book, prepared, now_ms=now_ms())
    if posted is None and prepared.doubtful and not dry and not json and sys.stdin.isatty():
        typer.echo(import_text(prepared, None, returned=returned))
        if not typer.confirm("Post these differences?"):
            return Answer("Nothing was recorded.", import_data(prepared, None))
        posted = post_import(book, prepared, now_ms=now_ms())
        return Answer(posted_text(posted, name=file.name), import_data(prepared, posted), posted.faults)
    faults = posted.faults if posted else ()
    return Answer(import_text(prepared, posted, returned=returned), import_data(prepared, posted), faults)


@book_app.command(
    "export",
    epilog=example(
        "muster book export kabul.book --events > events.jsonl",
        "muster book export kabul.book --log kabul-log",
        "muster book export kabul.book --beancount --to kabul.beancount",
    ),
)
def export(
    book: BookAddress,
    events: Annotated[
        bool, typer.Option("--events", help="Events, one a line, as `muster book add` takes them.")
    ] = False,
    beancount: Annotated[
        bool, typer.Option("--beancount", help="The whole book for Beancount, with its balances asserted.")
    ] = False,
    to: Annotated[
        Path | None, typer.Option(metavar="FILE", help="File for events or Beancount (standard output).")
    ] = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="DIR", help="A folder of CSV tables with their schema.")
    ] = None,
    log: Annotated[
        Path | None, typer.Option("--log", metavar="DIR", help="A folder with the files of the log, signed.")
    ] = None,
    key: KeyFile = None,
    json: AsJson = False,
) -> Answer | None:
    """Write the book for others: events, tables, Beancount, or the files of its log."""
    given = {"events": events, "beancount": beancount, "csv": csv, "log": log}
    chosen = [name for name, wanted in given.items() if wanted]
    if len(chosen) != 1:
        raise Lacking("It is not said what to export.", do=f"add one of {', '.join(_FORMS)}")
    with waiting("exporting the book") as say:
        from muster.services import book_exports

        if csv is not None:
            written = book_exports.export_tables(book, csv, tell=say)
        elif log is not None:
            written = book_exports.export_log(book, log, key=key, tell=say)
        elif to is not None:
            written = book_exports.export_file(book, to, form=chosen[0], tell=say)
        else:
            for line in book_exports.FORMS[chosen[0]](book, say):
                _out(line)
            return None
    return Answer(f"{chosen[0]:<9}  {written}", {chosen[0]: str(written)})


_FORMS = ("--events", "--beancount", "--csv DIR", "--log DIR")


def _out(data: bytes) -> None:
    """Write bytes to standard output as they are."""
    sys.stdout.buffer.write(data)
