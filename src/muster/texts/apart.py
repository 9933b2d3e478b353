"""Reads texts that may be hostile, in a process of its own, ``python -m muster.texts.apart JOB``: see ``reading``.

What the bounds of ``csv_rows`` let through is still read by a library, into memory. Whatever that does with a file that
somebody made for the purpose, it does here, where memory and time are bounded too.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from muster.economy.apart import bound
from muster.errors import JoiningError
from muster.texts import csv_rows

MEMORY_BYTES = 2**30
CPU_SECONDS = 3_600
"""A text has at most 256 MiB, but a stream of events may be of any length."""


def answers(job: dict[str, Any]) -> Iterator[Any]:
    """Yield what a job asks for, as JSON-ready values.

    ``{"look": path}``: one ``csv_rows.Seen``. ``{"rows": path, "encoding": …, "delimiter": …}``: the encoding that was
    seen, then each row as its line and its cells. What is wrong with a file is ``{"faults": …}``, and the last.
    """
    try:
        if "look" in job:
            yield asdict(csv_rows.look(Path(job["look"])))
        else:
            path = Path(job["rows"])
            yield csv_rows.check_text(path).name
            yield from csv_rows.read_rows(path, encoding=job["encoding"], delimiter=job["delimiter"])
    except JoiningError as error:
        yield {"faults": [fault.as_dict() for fault in error.faults]}


def lines(given: BinaryIO, *, longest: int) -> Iterator[bytes]:
    """Yield the lines of a text once they have been read as JSON, whether that is any or not.

    Of a line that is too long comes only so much that this can be seen.
    """
    while line := given.readline(longest + 2):
        if len(line) <= longest:
            with suppress(orjson.JSONDecodeError):
                orjson.loads(line)
            yield line
            continue
        yield line.removesuffix(b"\n") + b"\n"
        while line and not line.endswith(b"\n"):
            line = given.readline(longest + 2)


def main() -> None:
    """Do the job that is named on the command line; answers are lines on standard output."""
    bound(memory_bytes=MEMORY_BYTES, cpu_seconds=CPU_SECONDS)
    job, out = json.loads(sys.argv[1]), sys.stdout.buffer
    if "lines" in job:
        out.writelines(lines(sys.stdin.buffer, longest=job["lines"]))
    else:
        out.writelines(orjson.dumps(answer) + b"\n" for answer in answers(job))


if __name__ == "__main__":
    main()
