"""Starts ``apart`` for texts of others, and turns whatever happens there into a message."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from io import UnsupportedOperation
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from muster.errors import Fault, JoiningError
from muster.texts import apart
from muster.texts.csv_rows import Delimiter, Row, Seen
from muster.texts.encodings import Encoding

_DO = "check what the file is; if it is what it should be, split it into smaller ones"


def look(path: Path) -> Seen:
    """Return how a text file is encoded, and what stands between its cells, with the evidence.

    Raises:
        JoiningError: It cannot be opened, is too large, or is no text (J1, J2).
    """
    [seen] = _answers({"look": str(path.resolve())}, file=path.name)
    encoding, delimiter = Encoding(**seen["encoding"]), Delimiter(**seen["delimiter"])
    return Seen(encoding, delimiter)


def rows(path: Path, *, encoding: str, delimiter: str) -> Iterator[Row]:
    """Return the rows of a CSV file as they stand; blank rows are left out.

    Raises:
        JoiningError: It cannot be opened, is too large, or is no text (J1, J2); while rows are read, also: the text is
            not in ``encoding``, or a quote, line or cell goes beyond its bounds (J2, J6).
    """
    job = {"rows": str(path.resolve()), "encoding": encoding, "delimiter": delimiter}
    found = _answers(job, file=path.name)
    next(found)
    return ((line, cells) for line, cells in found)


def lines(file: BinaryIO, *, name: str, longest: int) -> Iterator[bytes]:
    """Yield the lines of a file; of one that is longer than ``longest`` only so much that this can be seen.

    Each was read as JSON before, elsewhere; whether it is any is for others to say. What is in the memory of this
    process already, and no file, is taken line by line.

    Raises:
        JoiningError: The process that reads it ended before the file did (J1).
    """
    try:
        handle = file.fileno()
    except (AttributeError, UnsupportedOperation):
        yield from apart.lines(file, longest=longest)
        return
    with _started({"lines": longest}, stdin=handle) as child:
        yield from _lines(child, file=name)


def _answers(job: dict[str, Any], *, file: str) -> Iterator[Any]:
    """Yield the answers to a job.

    Raises:
        JoiningError: Something is wrong with the file, or with reading it.
    """
    for answer in _told(job, file=file):
        if isinstance(answer, dict) and "faults" in answer:
            raise JoiningError([Fault(**fault) for fault in answer["faults"]])
        yield answer


def _told(job: dict[str, Any], *, file: str) -> Iterator[Any]:
    with _started(job, stdin=subprocess.DEVNULL) as child:
        yield from map(orjson.loads, _lines(child, file=file))


def _started(job: dict[str, Any], *, stdin: int) -> subprocess.Popen[bytes]:
    """Start the process; it finds the modules that this one finds."""
    command = [sys.executable, "-P", "-m", apart.__name__, json.dumps(job)]
    paths = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=paths)


def _lines(child: subprocess.Popen[bytes], *, file: str) -> Iterator[bytes]:
    """Yield what a process writes; it ends with whoever reads."""
    assert child.stdout is not None
    try:
        yield from child.stdout
        if status := child.wait():
            seen = f"the reader ended with status {status}"
            what = "A file could not be read within the bounds of memory and time."
            raise JoiningError(Fault(what, file, seen, _DO, "J1"))
    finally:
        with suppress(ProcessLookupError):
            child.kill()
