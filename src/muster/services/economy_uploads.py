"""Taking in an economy that somebody sends, a .zip of its folder or an .xlsx: looked at first, read in another process.

``python -m muster.services.economy_uploads`` is that process: bounded in memory and time, with what to read as JSON on
stdin. Whatever the file holds, the caller gets faults and not a crash.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from muster.economy import read, write
from muster.economy.apart import bound
from muster.errors import EconomyError, Fault
from muster.services.economies import contents_of

MOST_BYTES = 16 * 2**20
"""Of a file that is sent; the largest example has a twentieth of that, unpacked."""

MOST_UNPACKED, MOST_RATIO, MOST_FILES = 256 * 2**20, 200, 60
_SMALL, _LONGEST = 2**20, 100
SECONDS = 120
MOST_TOLD = 100

_WORKBOOK = "xl/workbook.xml"
_PASSED_OVER = ("__MACOSX/",)
_ANEW = "pack the folder of tables anew as .zip (tables as .csv, economy.toml), or send one .xlsx"


@dataclass(frozen=True)
class Received:
    """What became of a file that was sent.

    Attributes:
        contents: How much the economy holds (see ``economies.Contents``); empty where faults stand in the way.
        sha256: Of the economy; blank where there is none.
        faults: Everything found, faults and warnings, worst first.
    """

    contents: Mapping[str, Any] = field(default_factory=dict)
    sha256: str = ""
    faults: tuple[Fault, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether there is an economy."""
        return bool(self.sha256)


def take_in(file: Path, *, to: Path) -> Received:
    """Make a folder of tables out of a file that was sent.

    Args:
        file: A .zip with the files of an economy, in one folder or none; or an .xlsx.
        to: Folder that is made; it is there only where the economy is whole.
    Raises:
        OSError: ``to`` cannot be written.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            workbook = _WORKBOOK in archive.namelist()
            faults = [] if workbook else list(_looked_at(archive))
            if not workbook and not faults:
                _unpack(archive, to)
    except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, EOFError, RuntimeError) as broken:
        faults, workbook = [_not_read(str(broken))], False
    received = Received(faults=tuple(faults)) if faults else _received(file if workbook else to, to=to)
    if not received.whole:
        shutil.rmtree(to, ignore_errors=True)
    return received


def check_apart(path: Path) -> Received:
    """Check an economy in another process, and return what was found."""
    return _received(path, to=path)


def _received(path: Path, *, to: Path) -> Received:
    given = path
    if path != to:
        given = to.with_name(f"{to.name}.xlsx")
        shutil.copyfile(path, given)
    command = [sys.executable, "-m", "muster.services.economy_uploads"]
    job = json.dumps({"path": str(given), "to": "" if given == to else str(to)})
    try:
        done = subprocess.run(command, input=job.encode(), capture_output=True, timeout=SECONDS, check=False)
        output, how = done.stdout, f"the reader ended with status {done.returncode}"
    except subprocess.TimeoutExpired:
        output, how = b"", f"the reader took longer than {SECONDS} seconds"
    finally:
        if given != path:
            given.unlink(missing_ok=True)
    if not output.endswith(b"\n"):
        what = "The economy could not be read within the bounds of memory and time."
        return Received(faults=(Fault(what, path.name, how, "send less of it, or fewer rows", "F1"),))
    said = json.loads(output.splitlines()[-1])
    return Received(said["contents"], said["sha256"], tuple(Fault(**each) for each in said["faults"]))


def _looked_at(archive: zipfile.ZipFile) -> Iterator[Fault]:
    """Yield why an archive is not unpacked, from its directory alone."""
    members = [each for each in archive.infolist() if _counts(each)]
    whole, packed = sum(each.file_size for each in members), sum(each.compress_size for each in members)
    if len(members) > MOST_FILES:
        yield Fault("The archive holds too many files.", "the archive", f"{len(members):,} files", _ANEW, "F1")
    if whole > MOST_UNPACKED or (whole > _SMALL and whole > MOST_RATIO * max(packed, 1)):
        seen = f"{packed:,} bytes that become {whole:,}"
        yield Fault("The archive grows too large when it is unpacked.", "the archive", seen, _ANEW, "F1")
    if any(each.flag_bits & 1 for each in members):
        yield Fault("The archive has a password.", "the archive", "", "pack it without one", "F1")
    names = [PurePosixPath(each.filename) for each in members]
    strange = [name for name in names if _strange(name)]
    linked = [name for name, each in zip(names, members, strict=True) if each.external_attr >> 28 == 0xA]
    deep = [name for name in names if len(name.parts) > 2]
    for wrong, what in (
        (strange, "The archive names a file outside of it."),
        (linked, "The archive holds a link instead of a file."),
        (deep, "The archive holds folders in folders."),
    ):
        if wrong:
            yield Fault(what, "the archive", ", ".join(str(each)[:80] for each in wrong[:3]), _ANEW, "F1")
    if len({name.parent for name in names}) > 1:
        seen = ", ".join(sorted({str(name.parent) for name in names})[:3])
        yield Fault("The archive holds more than one folder.", "the archive", seen, _ANEW, "F1")
    if len({name.name for name in names}) < len(names):
        yield Fault("The archive holds a file twice.", "the archive", "", _ANEW, "F1")
    if not members:
        yield Fault("The archive is empty.", "the archive", "", _ANEW, "F1")


def _strange(name: PurePosixPath) -> bool:
    """Return whether a name leads out of the archive, or could not be the name of a file everywhere."""
    return name.is_absolute() or ".." in name.parts or "\\" in str(name) or len(name.name) > _LONGEST


def _counts(member: zipfile.ZipInfo) -> bool:
    """Return whether a part of an archive is a file of its own, and not a folder or what a system adds."""
    name = PurePosixPath(member.filename).name
    return not member.is_dir() and not member.filename.startswith(_PASSED_OVER) and not name.startswith(".")


def _unpack(archive: zipfile.ZipFile, to: Path) -> None:
    """Unpack what was looked at; no file grows beyond what the directory says of it."""
    to.mkdir(parents=True)
    for member in filter(_counts, archive.infolist()):
        with archive.open(member) as packed:
            data = packed.read(member.file_size + 1)
        if len(data) > member.file_size:
            raise ValueError("a file is larger than the archive says")
        (to / PurePosixPath(member.filename).name).write_bytes(data)


def _not_read(seen: str) -> Fault:
    return Fault("This is neither a .zip nor an .xlsx, or it is damaged.", "the file", seen[:200], _ANEW, "F1")


def main() -> None:
    """Check what stdin names; write a workbook out as a folder; say what was found as one line of JSON."""
    bound()
    job = json.load(sys.stdin)
    economy, faults = read.inspect(job["path"])
    whole = economy is not None and not any(fault.severity == "fault" for fault in faults)
    contents, sha256 = {}, ""
    if economy is not None and whole:
        try:
            if job["to"]:
                write.write(economy, job["to"])
            contents, sha256 = asdict(contents_of(economy)), economy.sha256
        except EconomyError as error:
            faults = [*error.faults]
    said = {"contents": contents, "sha256": sha256, "faults": [each.as_dict() for each in faults[:MOST_TOLD]]}
    sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    main()
