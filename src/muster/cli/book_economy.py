"""The command that carries a book over into an economy: ``muster book economy --from BOOK DIR``."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from muster.cli.answer import Answer, columns, counted
from muster.cli.book_common import as_count, as_day
from muster.cli.waiting import waiting

if TYPE_CHECKING:
    from muster.services.book_economy import FromBook

_MOST_TOLD = 20
"""Lines of what is left out that are shown to people; --json has all."""


def add_to(app: typer.Typer) -> None:
    """Make the command one of ``muster book …``."""
    example = "muster book economy --from kabul.book my-winter"
    app.command(epilog="\n".join(["\b", "Example:", f"  {example}"]))(economy)


def economy(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", show_default=False, help="Folder of tables that describes everything else.")
    ],
    book: Annotated[
        str, typer.Option("--from", metavar="BOOK", show_default=False, help="A file, or postgresql://… of a database.")
    ],
    as_of: Annotated[
        date | None, typer.Option(metavar="DATE", parser=as_day, help="The end of this day, in UTC (today).")
    ] = None,
    known_at: Annotated[
        int | None,
        typer.Option(metavar="SEQ", parser=as_count, help="As it was known when the book had so many events."),
    ] = None,
    people: Annotated[
        Path | None, typer.Option(metavar="FILE", help="People from this file (place, group, from, people).")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object for machines.")] = False,
) -> Answer:
    """Put what a book holds into the stocks and arrivals of an economy, for `muster plan`."""
    from muster.services.book_economy import economy_from_book

    with waiting(f"carrying {book} over into {folder}"):
        made = economy_from_book(
            folder, book=book, as_of=as_of or datetime.now(UTC).date(), known_at=known_at, people=people
        )
    return Answer(_text(made), _data(made), made.warnings)


def _text(made: FromBook) -> str:
    lines = [
        f"{made.folder}: what the book holds on {made.as_of}, as known at event {made.known_at:,}.",
        f"stocks    {counted(len(made.stocks), 'row')}",
        f"arrivals  {counted(len(made.on_the_road), 'row')} on the road, {counted(made.kept, 'row')} as they were",
        f"people    {'as they were' if made.people is None else counted(made.people, 'row')}",
    ]
    if made.left_out:
        told = [
            [row.where, row.resource, row.lot, f"{row.quantity:,.10g} {row.unit}", row.why]
            for row in made.left_out[:_MOST_TOLD]
        ]
        lines.append(columns([["left out", "resource", "lot", "quantity", "why"], *told], right=[3]))
    if len(made.left_out) > _MOST_TOLD:
        lines.append(f"and {len(made.left_out) - _MOST_TOLD:,} more; --json has all.")
    return "\n".join([*lines, f"next      muster plan {made.folder}"])


def _data(made: FromBook) -> dict[str, Any]:
    return {
        "economy": str(made.folder),
        "as_of": made.as_of.isoformat(),
        "known_at": made.known_at,
        "stocks": [row._asdict() for row in made.stocks],
        "arrivals": [row._asdict() for row in made.on_the_road],
        "kept": made.kept,
        "people": made.people,
        "left_out": [row._asdict() for row in made.left_out],
        "written": [str(file) for file in made.written],
        "faults": [fault.as_dict() for fault in made.warnings],
    }
