"""What commands share: the option ``--json``, and how an example stands at the end of a help."""

from __future__ import annotations

from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object for machines.")]


def example(*lines: str) -> str:
    """Return the end of a command's help: a call that works in the checkout."""
    return "\n".join(["\b", "Example:", *(f"  {line}" for line in lines)])
