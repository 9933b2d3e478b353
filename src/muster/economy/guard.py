"""Starts ``apart.py`` for files that may be hostile, and turns whatever happens there into a message."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from muster.economy import apart
from muster.errors import Fault

SECONDS = 120
MOST_BYTES = 512 * 2**20
MOST_RATIO = 200
MOST_MEMBERS = 2_000
_SMALL = 16 * 2**20


def ask(jobs: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the answers of ``apart.py`` to jobs, in their order; ``{"crashed": …}`` for one that ended the process."""
    answers: list[dict[str, Any]] = []
    while len(answers) < len(jobs):
        told, how = _run(jobs[len(answers) :])
        answers += [*told, {"crashed": how}] if how else told
    return answers


def _run(jobs: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], str]:
    """Return the answers that came back, and how the process ended where they are not all."""
    command = [sys.executable, "-P", apart.__file__]
    try:
        done = subprocess.run(
            command, input=json.dumps(jobs).encode(), capture_output=True, timeout=SECONDS, check=False
        )
        output, how = done.stdout, f"the reader ended with status {done.returncode}"
    except subprocess.TimeoutExpired as late:
        output, how = late.stdout or b"", f"the reader took longer than {SECONDS} seconds"
    told = [json.loads(line) for line in output.split(b"\n")[:-1]]
    return told, how if len(told) < len(jobs) else ""


def fault_of(answer: dict[str, Any], *, file: str, kind: str, do: str) -> Fault | None:
    """Return what an answer says is wrong with a file as a whole, or ``None``."""
    if "too_large" in answer:
        return Fault(f"{kind} is too large to be read.", file, answer["too_large"], do, "F1")
    if "crashed" in answer:
        return Fault(
            f"{kind} could not be read within the bounds of memory and time.", file, answer["crashed"], do, "F1"
        )
    if "broken" in answer:
        return Fault(f"{kind} is damaged, or is something else.", file, answer["broken"], do, "F1")
    return None


def look_at_zip(path: Path) -> Fault | None:
    """Return why a workbook is not opened, from its zip directory alone, or ``None``."""
    do = "save it anew as .xlsx (Excel: Save as, Excel workbook), without a password"
    try:
        with path.open("rb") as file:
            start = file.read(8)
        if start.startswith(b"\xd0\xcf\x11\xe0"):
            what = "This workbook has a password, or is of the old kind (.xls)."
            return Fault(what, path.name, "", do, "F1")
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except OSError as refused:
        return Fault(
            "A file cannot be opened.", path.name, refused.strerror or "", "make it a file that you may read", "F1"
        )
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as broken:
        return Fault("This is not an Excel workbook, or it is damaged.", path.name, str(broken), do, "F1")
    names = {member.filename for member in members}
    if len(members) > MOST_MEMBERS:
        return Fault("This workbook has too many parts.", path.name, f"{len(members):,} parts", do, "F1")
    if len(names) < len(members):
        return Fault("This workbook has a part twice.", path.name, f"{len(members):,} parts", do, "F1")
    if "xl/workbook.xml" not in names:
        return Fault("This is not an Excel workbook (.xlsx).", path.name, ", ".join(sorted(names)[:5]), do, "F1")
    whole = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if whole > MOST_BYTES or (whole > _SMALL and whole > MOST_RATIO * max(packed, 1)):
        seen = f"{packed:,} bytes that become {whole:,}"
        do = "delete empty rows and columns and unused sheets, or give the tables as CSV files"
        return Fault("This workbook grows too large when it is unpacked.", path.name, seen, do, "F1")
    return None
