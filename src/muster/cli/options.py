"""What commands share: the option ``--json``, and how an example stands at the end of a help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from muster.cli.refusals import CannotUse

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object for machines.")]


def example(*lines: str) -> str:
    """Return the end of a command's help: a call that works in the checkout."""
    return "\n".join(["\b", "Example:", *(f"  {line}" for line in lines)])


def page_file(word: str) -> Path:
    """Return the file of a page, for an option."""
    file = Path(word)
    if file.suffix != ".html":
        raise CannotUse(word, do="name a file that ends in .html")
    return file
