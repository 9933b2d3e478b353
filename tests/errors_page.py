"""The page of messages: what stands in a file, and what muster says about it.

Each folder of ``tests/errors`` holds an economy (or, for a book, the files given, if any), commands, and the message
expected of the last of them. ``python tests/errors_page.py`` runs the commands, and writes down what they say and
``docs/errors.md``; look at the difference before it is committed.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import tempfile
from pathlib import Path

from muster.cli.main import main

ROOT = Path(__file__).resolve().parents[1]
ERRORS = ROOT / "tests" / "errors"
PAGE = ROOT / "docs" / "errors.md"
_ROWS_SHOWN = 6

_HEAD = """<!-- Made from tests/errors by `python tests/errors_page.py`; edit the cases, not this page. -->

# Messages

What stands in a file, and what `muster` says about it. A message has five fields: what is wrong, where it
stands, what was seen there, what to do, and the number of the [rule](rules.md). Every message on this page is a test.
First come those of the [book](book.md), then those of an economy.
"""


def cases() -> list[Path]:
    """Return the folders of ``tests/errors``, in the order of their rules."""

    def order(folder: Path) -> tuple[str, int, str]:
        rule = re.search(r"rule: +([A-Z])(\d+)", (folder / "expected").read_text(encoding="utf-8"))
        assert rule, f"{folder.name} expects no message"
        return rule[1], int(rule[2]), folder.name

    return sorted((folder for folder in ERRORS.iterdir() if folder.is_dir()), key=order)


def commands(folder: Path) -> list[str]:
    """Return the commands of a case; the last one is that whose message is shown."""
    return (folder / "command").read_text(encoding="utf-8").splitlines()


def said(folder: Path) -> str:
    """Run the commands of a case on a copy of its files and return what the last one prints, messages first."""
    before, progress = Path.cwd(), os.environ.get("MUSTER_PROGRESS", "")
    os.environ["MUSTER_PROGRESS"] = "off"  # a slow machine would add a line
    with tempfile.TemporaryDirectory() as work:
        given = folder / "given"
        shutil.copytree(given if given.exists() else folder, work, dirs_exist_ok=True)
        os.chdir(work)
        try:
            printed = [_printed(command) for command in commands(folder)]
        finally:
            os.environ["MUSTER_PROGRESS"] = progress
            os.chdir(before)
    return printed[-1]


def _printed(command: str) -> str:
    program, *words = shlex.split(command)
    assert program == "muster"
    messages, answer = io.StringIO(), io.StringIO()
    with contextlib.redirect_stderr(messages), contextlib.redirect_stdout(answer):
        main(words)
    return messages.getvalue() + answer.getvalue()


def page() -> str:
    """Return ``docs/errors.md``."""
    return "\n".join([_HEAD, *(_section(folder) for folder in cases())])


def _section(folder: Path) -> str:
    expected = (folder / "expected").read_text(encoding="utf-8")
    title = folder.name.replace("-", " ").capitalize()
    return f"## {title}\n\n{_given(folder, expected)}```text\n{expected}```\n"


def _given(folder: Path, expected: str) -> str:
    """Return what was given: the file that the message names, and of a book the last command."""
    if (folder / "economy").exists():
        where = re.search(r"where: +([\w.]+?):?\d*(?:,|$)", expected, re.M)
        assert where, f"{folder.name} says no file"
        return _file(folder / "economy" / where[1], "csv")
    files = sorted(each for each in (folder / "given").glob("*") if each.is_file())
    shown = next((file for file in files if file.name in commands(folder)[-1]), files[0] if files else None)
    text = _file(shown, "json" if shown.suffix == ".jsonl" else "text") if shown else ""
    return f"{text}`{commands(folder)[-1]}`\n\n"


def _file(file: Path, language: str) -> str:
    rows = file.read_text(encoding="utf-8-sig").splitlines()
    shown = [*rows[:_ROWS_SHOWN], *(["…"] if len(rows) > _ROWS_SHOWN else [])]
    return f"{file.name}\n\n```{language}\n" + "\n".join(shown) + "\n```\n\n"


if __name__ == "__main__":
    for case in [folder for folder in ERRORS.iterdir() if folder.is_dir()]:
        (case / "expected").write_text(said(case), encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")
