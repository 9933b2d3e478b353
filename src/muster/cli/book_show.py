"""Commands that make a book and show what stands in it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from muster.cli.answer import DONE, FAULT, Answer, counted, faults_as_data
from muster.cli.book_common import BookAddress, KeyFile, as_count, as_day, book_app, today
from muster.cli.options import AsJson, example
from muster.cli.waiting import waiting


@book_app.command("init", epilog=example("muster book init kabul.book"))
def init(
    book: BookAddress,
    key: KeyFile = None,
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="Name of its log, e.g. example.org/kabul (made up if left out).")
    ] = None,
    json: AsJson = False,
) -> Answer:
    """Make an empty book, and the key that signs its log."""
    with waiting("making the book"):
        import secrets

        from muster.services.books import new_book

        made = new_book(book, key=key, name=name, random=secrets.token_bytes)
    text = "\n".join(
        [
            f"book        {made.book}",
            f"key         {made.key} (keep it to yourself)",
            f"public key  {made.public} (give it to others)",
            f"            {made.public_key}",
        ]
    )
    data = {"book": made.book, "key": str(made.key), "public": str(made.public), "public_key": made.public_key}
    return Answer(text, data, made.warnings)


@book_app.command("renew", epilog=example("muster book renew kabul.book"))
def renew(book: BookAddress, json: AsJson = False) -> Answer:
    """Bring the tables of an older book to this version; events and log stay as they are."""
    with waiting("renewing the tables"):
        from muster.services.books import renew_book

        size, root = renew_book(book)
    return Answer(f"renewed  {counted(size, 'event')}, root {root}", {"size": size, "root": root})


Place = Annotated[str, typer.Option("--place", metavar="PLACE", help="Only this place: store:kabul, or kabul.")]
Resource = Annotated[str, typer.Option("--resource", metavar="RESOURCE", help="Only this resource.")]


@book_app.command("balance", epilog=example("muster book balance kabul.book --place store:kabul"))
def balance(
    book: BookAddress,
    place: Place = "",
    resource: Resource = "",
    as_of: Annotated[
        date | None, typer.Option(metavar="DATE", parser=as_day, help="At the end of that day (UTC).")
    ] = None,
    known_at: Annotated[
        int | None, typer.Option(metavar="SEQ", parser=as_count, help="As known when the book had SEQ events.")
    ] = None,
    json: AsJson = False,
) -> Answer:
    """Show how much is where: now, at the end of a day, as it was known then."""
    with waiting("reading the book"):
        from muster.cli.book_text import balances_data, balances_text
        from muster.services.book_views import balances

        rows = balances(book, place=place, resource=resource, as_of=as_of, known_at=known_at)
    return Answer(balances_text(rows), balances_data(rows))


@book_app.command("card", epilog=example("muster book card kabul.book store:kabul flour"))
def card(
    book: BookAddress,
    place: Annotated[str, typer.Argument(metavar="PLACE", show_default=False, help="store:kabul, or kabul.")],
    resource: Annotated[str, typer.Argument(metavar="RESOURCE", show_default=False, help="E.g. flour.")],
    json: AsJson = False,
) -> Answer:
    """Show the stock card of a place and resource, as on paper."""
    with waiting("reading the book"):
        from muster.cli.book_text import card_data, card_text
        from muster.services.book_views import stock_card

        found = stock_card(book, place, resource)
    rows = [card_data(row) for row in found.rows]
    data = {"place": found.place, "resource": resource, "unit": found.unit, "balance": found.balance, "rows": rows}
    return Answer(card_text(found.rows, title=f"{resource} at {found.place}", unit=found.unit), data)


@book_app.command("transit", epilog=example("muster book transit kabul.book --overdue"))
def transit(
    book: BookAddress,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only what should have been there already.")] = False,
    whole: Annotated[bool, typer.Option("--all", help="Waybills that are closed, too.")] = False,
    json: AsJson = False,
) -> Answer:
    """Show what is on the way, waybill by waybill."""
    with waiting("reading the book"):
        from muster.cli.book_text import transit_data, transit_text
        from muster.services.book_views import on_the_way

        rows = on_the_way(book, today=today(), overdue=overdue, closed=whole)
    return Answer(transit_text(rows), {"rows": [transit_data(row) for row in rows]})


@book_app.command("expiring", epilog=example("muster book expiring kabul.book --days 14"))
def expiring(
    book: BookAddress,
    days: Annotated[int, typer.Option(metavar="N", parser=as_count, help="Within so many days from today.")] = 14,
    json: AsJson = False,
) -> Answer:
    """Show the lots that expire soon, or have expired, the earliest first."""
    with waiting("reading the book"):
        from muster.cli.book_text import expiring_text
        from muster.services.book_views import expiring_soon

        rows = expiring_soon(book, today=today(), days=days)
    return Answer(expiring_text(rows, days=days), {"rows": [row._asdict() for row in rows]})


@book_app.command("disputed", epilog=example("muster book disputed kabul.book"))
def disputed(book: BookAddress, json: AsJson = False) -> Answer:
    """Show where more was taken than was there, until it is settled by what is recorded late, or undone."""
    with waiting("reading the book"):
        from muster.cli.book_text import disputed_data, disputed_text
        from muster.services.book_views import disputes

        rows = disputes(book)
    return Answer(disputed_text(rows), {"rows": [disputed_data(row) for row in rows]})


@book_app.command("root", epilog=example("muster book root kabul.book --to kabul-november.checkpoint"))
def root(
    book: BookAddress,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="Write the signed checkpoint there, too.")
    ] = None,
    key: KeyFile = None,
    json: AsJson = False,
) -> Answer:
    """Show size and root of the log, with the signed checkpoint to keep and to give away."""
    with waiting("reading the book"):
        from muster.services.books import root_of

        found = root_of(book, key=key, to=to)
    text = f"size  {found.size}\nroot  {found.root}" + (f"\n\n{found.note.rstrip()}" if found.note else "")
    data = {"size": found.size, "root": found.root, "note": found.note, "public_key": found.public_key}
    return Answer(text, data, found.warnings)


@book_app.command("verify", epilog=example("muster book verify kabul.book --checkpoint kabul-november.checkpoint"))
def verify(
    book: Annotated[
        str,
        typer.Argument(metavar="BOOK", show_default=False, help="A book, or a folder with the files of its log."),
    ],
    checkpoint: Annotated[
        list[Path] | None,
        typer.Option(
            "--checkpoint", metavar="OLD", help="Checkpoint that was kept earlier; may be given several times."
        ),
    ] = None,
    key: KeyFile = None,
    json: AsJson = False,
) -> Answer:
    """Check everything again from the events: log, chains, checkpoints, conservation, and what follows from them."""
    with waiting("verifying the book") as say:
        from muster.services.book_checks import verify_book

        found = verify_book(book, checkpoints=checkpoint or [], key=key, tell=say)
    severe = sum(fault.severity == "fault" for fault in found.faults)
    checked = [f"{found.where}: {counted(found.size, 'event')}, root {found.root}"]
    checked += [f"begins with {name}" for name in found.begins_with]
    said = f"{counted(severe, 'fault')}, {counted(len(found.faults) - severe, 'warning')}."
    text = "\n".join([*checked, said if found.faults else f"Everything holds: {', '.join(found.checked)}."])
    data = {"holds": not severe, "size": found.size, "root": found.root, "begins_with": list(found.begins_with)}
    data |= {"checked": list(found.checked)} | faults_as_data(found.faults)
    return Answer(text, data, found.faults, FAULT if severe else DONE)
