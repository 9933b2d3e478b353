"""The page of messages: what stands in a table, and what muster says about it.

Each folder of ``tests/errors`` holds an economy, a command and the message expected. ``python tests/errors_page.py``
runs the commands, and writes down what they say and ``docs/errors.md``; look at the difference before it is committed.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
from pathlib import Path

from muster.cli.main import main

ROOT = Path(__file__).resolve().parents[1]
ERRORS = ROOT / "tests" / "errors"
PAGE = ROOT / "docs" / "errors.md"
_ROWS_SHOWN = 6

_HEAD = """<!-- Made from tests/errors by `python tests/errors_page.py`; edit the cases, not this page. -->

# Messages

What stands in a table, and what `muster check` says about it. A message has five fields: what is wrong, where it
stands, what was seen there, what to do, and the number of the [rule](rules.md). Every message on this page is a test.
"""


def cases() -> list[Path]:
    """Return the folders of ``tests/errors``, in the order of their rules."""

    def order(folder: Path) -> tuple[str, int, str]:
        rule = re.search(r"rule: +([A-Z])(\d+)", (folder / "expected").read_text(encoding="utf-8"))
        assert rule, f"{folder.name} expects no message"
        return rule[1], int(rule[2]), folder.name

    return sorted((folder for folder in ERRORS.iterdir() if folder.is_dir()), key=order)


def said(folder: Path) -> str:
    """Run the command of a case in its folder and return what it prints, messages first."""
    program, *words = shlex.split((folder / "command").read_text(encoding="utf-8"))
    assert program == "muster"
    messages, answer = io.StringIO(), io.StringIO()
    before, progress = Path.cwd(), os.environ.get("MUSTER_PROGRESS", "")
    os.chdir(folder)
    os.environ["MUSTER_PROGRESS"] = "off"  # a slow machine would add a line
    try:
        with contextlib.redirect_stderr(messages), contextlib.redirect_stdout(answer):
            main(words)
    finally:
        os.environ["MUSTER_PROGRESS"] = progress
        os.chdir(before)
    return messages.getvalue() + answer.getvalue()


def page() -> str:
    """Return ``docs/errors.md``."""
    return "\n".join([_HEAD, *(_section(folder) for folder in cases())])


def _section(folder: Path) -> str:
    expected = (folder / "expected").read_text(encoding="utf-8")
    where = re.search(r"where: +([\w.]+?):?\d*(?:,|$)", expected, re.M)
    assert where, f"{folder.name} says no file"
    rows = (folder / "economy" / where[1]).read_text(encoding="utf-8-sig").splitlines()
    shown = [*rows[:_ROWS_SHOWN], *(["…"] if len(rows) > _ROWS_SHOWN else [])]
    title = folder.name.replace("-", " ").capitalize()
    return f"## {title}\n\n{where[1]}\n\n```csv\n" + "\n".join(shown) + f"\n```\n\n```text\n{expected}```\n"


if __name__ == "__main__":
    for case in [folder for folder in ERRORS.iterdir() if folder.is_dir()]:
        (case / "expected").write_text(said(case), encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")
