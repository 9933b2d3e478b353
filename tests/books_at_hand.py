"""A book to try commands on: made with `muster book`, and what it prints taken apart."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from muster.cli.main import main


@dataclass
class Hand:
    """Somebody who types commands about one book.

    Attributes:
        book: Its address.
        capsys: Where the commands print.
        folder: The current folder.
    """

    book: str
    capsys: pytest.CaptureFixture[str]
    folder: Path

    def types(self, command: str, *words: str, status: int = 0) -> tuple[str, str]:
        """Run ``muster book COMMAND BOOK WORDS…`` and return what it prints on both streams."""
        self.capsys.readouterr()
        ended = main(["book", command, self.book, *words])
        out, err = self.capsys.readouterr()
        assert ended == status, err or out
        return out, err

    def reads(self, command: str, *words: str, status: int = 0) -> Any:
        """Run the same with ``--json`` and return the value printed; it stands alone on stdout."""
        return json.loads(self.types(command, *words, "--json", status=status)[0])

    def refused(self, command: str, *words: str) -> list[str]:
        """Run a command that is refused, and return the rules that it names."""
        said = self.reads(command, *words, status=1)
        return [fault["rule"] for fault in said["faults"] if fault["severity"] == "fault"]

    def balances(self, *words: str) -> dict[tuple[str, str, str], int]:
        """Return what is where, by place, resource and lot."""
        return {(row["place"], row["resource"], row["lot"]): row["quantity"] for row in self.reads("balance", *words)}

    def brings_in(self, goods: str = "flour, lot L12: 700 bags of 50 kg", *, on: str = "2024-11-03") -> None:
        """Record a receipt by a.karimi of kabul."""
        by = ("--by", "a.karimi", "--unit", "kabul")
        self.types("add", "receipt", goods, "--from", "outside:wfp", "--on", on, *by)

    def sends(
        self, goods: str = "flour: 600 bags of 50 kg", *, waybill: str = "WB123", to: str = "store:herat"
    ) -> None:
        """Record a dispatch by a.karimi of kabul on 4 November, due on the 10th."""
        by = ("--by", "a.karimi", "--unit", "kabul", "--on", "2024-11-04")
        self.types("add", "dispatch", goods, "--document", waybill, "--to", to, "--due", "2024-11-10", *by)
