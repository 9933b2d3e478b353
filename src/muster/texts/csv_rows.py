"""CSV of any delimiter -> rows with their lines, one at a time: a file of any shape is read within bounds."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from muster.economy.format import shown
from muster.errors import Fault, JoiningError
from muster.texts.encodings import Encoding, find_encoding

MOST_BYTES = 256 * 2**20
"""Bytes of a text file; a longer one comes in parts."""

LONGEST_LINE = 4 * 2**20
LONGEST_CELL = 131_072
LONGEST_ROW = 2_000
"""Lines of one row: more come from a quote that is not closed."""

MOST_COLUMNS = 16_384

DELIMITERS = (",", ";", "\t", "|")
_FIRST_ROWS = 200
DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "upright bar"}

_CHUNK = 2**20

_OTHERS = (
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "a file packed with gzip"),
    (b"BZh", "a file packed with bzip2"),
    (b"7z\xbc\xaf", "a file packed with 7-Zip"),
    (b"Rar!", "a file packed with RAR"),
    (b"PAR1", "a Parquet file"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls), or one with a password"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3", "a database"),
)
_MARKUP = ("<!doctype", "<html", "<table", "<?xml", "{\\rtf")

Row = tuple[int, list[str]]
"""The line on which a row begins, counted from 1, and its cells as written."""


@dataclass(frozen=True)
class Delimiter:
    """What stands between the cells, and the evidence for it; ``sure`` where one fits better than the others."""

    sign: str
    why: str
    sure: bool = True


@dataclass(frozen=True)
class Seen:
    """What can be seen of a text before anything is known about it."""

    encoding: Encoding
    delimiter: Delimiter


def look(path: Path) -> Seen:
    """Return how a text file is encoded, and what stands between its cells, with the evidence.

    Raises:
        JoiningError: The file cannot be opened, is too large, or is no text (J1, J2).
    """
    encoding = check_text(path)
    first = _first_lines(path, encoding.name)
    if given := _separator_line(first[0] if first else ""):
        return Seen(encoding, Delimiter(given, "the first line says so (sep=)"))
    return Seen(encoding, find_delimiter([(sign, _cut(first, sign)) for sign in DELIMITERS]))


def check_text(path: Path) -> Encoding:
    """Return how a text file is encoded, once it is known to be text and not too large.

    Raises:
        JoiningError: The file cannot be opened, is too large, or is no text (J1, J2).
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(64)
            _refuse_others(head, size, path.name)
            file.seek(0)
            found = find_encoding(iter(lambda: file.read(_CHUNK), b""))
    except OSError as refused:
        do = "check the path, and make it a file that you may read"
        raise JoiningError(Fault("A file cannot be opened.", path.name, refused.strerror or "", do, "J1")) from None
    if not found.name:
        do = "export the table as CSV UTF-8"
        raise JoiningError(Fault("This is not a table: the file is binary.", path.name, found.why, do, "J1"))
    return found


def _refuse_others(head: bytes, size: int, name: str) -> None:
    if not size:
        raise JoiningError(Fault("A file is empty.", name, "0 bytes", "check that it was written or sent whole", "J1"))
    if size > MOST_BYTES:
        do = f"split it into files of at most {MOST_BYTES // 2**20} MiB"
        raise JoiningError(Fault("A file is too large to be read.", name, f"{size:,} bytes", do, "J1"))
    for start, kind in _OTHERS:
        if head.startswith(start):
            do = "export or unpack it, and give the table as CSV or .xlsx"
            raise JoiningError(Fault(f"This is not a table: it is {kind}.", name, shown(name), do, "J1"))
    if head.lstrip().lower().decode("ascii", "replace").startswith(_MARKUP):
        do = "open it in a spreadsheet and save it as .xlsx or CSV UTF-8"
        raise JoiningError(Fault("This is a page or document, not a table.", name, shown(name), do, "J1"))


def read_rows(path: Path, *, encoding: str, delimiter: str) -> Iterator[Row]:
    """Yield the rows of a CSV file as they stand; blank rows are left out.

    Raises:
        JoiningError: The text is not in ``encoding``, or a quote, line or cell goes beyond its bounds (J2).
    """
    with path.open("rb") as file:
        yield from rows_in(file, file=path.name, encoding=encoding, delimiter=delimiter)


def rows_in(binary: BinaryIO, *, file: str, encoding: str, delimiter: str) -> Iterator[Row]:
    """Yield the rows of an open CSV file; see ``read_rows``."""
    text = io.TextIOWrapper(binary, encoding=encoding, newline="")
    lines = _Lines(text, file)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cells):
                if max(map(len, cells)) > LONGEST_CELL:
                    raise _quote(file, line, lines.last)
                if len(cells) > MOST_COLUMNS:
                    do = "check what stands between the cells"
                    raise JoiningError(
                        Fault("A row has too many cells.", f"{file}:{line}", f"{len(cells):,} cells", do, "J6")
                    )
                if lines.read > line:
                    cells = [cell.replace("\r\n", "\n").replace("\r", "\n") for cell in cells]
                yield line, cells
            line = lines.row_begins()
    except csv.Error:
        raise _quote(file, line, lines.last) from None
    except UnicodeDecodeError as broken:
        raise _not_so_encoded(file, lines.read, encoding, broken) from None
    finally:
        text.detach()


class _Lines:
    """The lines of a text, none longer than the bound, counted."""

    def __init__(self, text: io.TextIOWrapper, file: str) -> None:
        self._text, self._file = text, file
        self.read, self._began, self.last = 0, 0, ""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._text.readline(LONGEST_LINE + 1)
        if not line:
            raise StopIteration
        if len(line) > LONGEST_LINE:
            what = f"A line is longer than {LONGEST_LINE:,} signs."
            do = "check that the file is a table, with one line for each row"
            raise JoiningError(Fault(what, f"{self._file}:{self.read + 1}", shown(line), do, "J2"))
        if not self.read:
            line = line.removeprefix("\ufeff")
        if self.read == self._began:
            self.last = line.strip()
        elif self.read - self._began > LONGEST_ROW:
            raise csv.Error
        self.read += 1
        if "\0" in line:
            what = "A file holds NUL characters: it is not text."
            raise JoiningError(Fault(what, f"{self._file}:{self.read}", "NUL", "export it as CSV UTF-8", "J2"))
        return line

    def row_begins(self) -> int:
        """Note that the next line begins a row, and return its number."""
        self._began = self.read
        return self.read + 1


def _quote(file: str, line: int, text: str) -> JoiningError:
    do = 'write a quote at both ends of the cell, and "" for a quote inside it; nothing below it can be told apart'
    return JoiningError(
        Fault("A quote is opened and not closed as it should be.", f"{file}:{line}", shown(text), do, "J2")
    )


def _not_so_encoded(file: str, line: int, encoding: str, broken: UnicodeDecodeError) -> JoiningError:
    found = broken.object[broken.start : broken.start + 1].hex().upper()
    do = "save it as the mapping says, or correct encoding in the mapping (muster book map FILE finds it)"
    return JoiningError(
        Fault(f"The file is not written in {encoding}.", f"{file}, after line {line}", f"byte 0x{found}", do, "J2")
    )


def find_delimiter(rows_by_sign: Iterable[tuple[str, list[list[str]]]]) -> Delimiter:
    """Return what stands between cells, by how alike the rows come out with each sign.

    Args:
        rows_by_sign: For each sign, the first rows of the file cut at it.
    """
    scores = []
    for sign, rows in rows_by_sign:
        widths = Counter(len(row) for row in rows)
        wide = [(count * (width - 1), count, width) for width, count in widths.items() if width > 1]
        if wide:
            _, count, width = max(wide)
            scores.append((count / len(rows) * (1 + min(width, 50) / 200), sign, count, width, len(rows)))
    if not scores:
        return Delimiter(",", "there is one column only")
    scores.sort(reverse=True)
    best, sign, count, width, total = scores[0]
    sure = len(scores) == 1 or best > scores[1][0] * 1.15
    why = f"cut at the {DELIMITER_NAMES[sign]}, {count:,} of the first {total:,} rows have {width:,} cells"
    return Delimiter(sign, why, sure)


def _first_lines(path: Path, encoding: str) -> list[str]:
    """Return the first lines of a text, each cut where it is too long to tell anything."""
    with path.open("r", encoding=encoding, errors="replace", newline=None) as file:
        lines = [file.readline(100_000) for _ in range(_FIRST_ROWS)]
    return [line for line in lines if line.strip()]


def _cut(lines: list[str], delimiter: str) -> list[list[str]]:
    """Return lines cut into rows, as far as their quotes are whole."""
    rows = []
    try:
        for row in csv.reader(lines, delimiter=delimiter):
            rows.append(row)  # noqa: PERF402 (what was read before an error counts)
    except csv.Error:
        pass
    return rows


def _separator_line(line: str) -> str:
    """Return the sign of Excel's first line ``sep=;``, or nothing."""
    text = line.strip().strip('"')
    return text[4] if text[:4] == "sep=" and len(text) == 5 else ""
