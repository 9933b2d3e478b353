"""What is looked at before a row is read: its number of cells, merged ones, and rules of rows to leave out."""

from __future__ import annotations

from collections.abc import Callable

from muster.joining.cells import cell_of
from muster.joining.heads import Columns, folded
from muster.joining.mapping import FileForm, Skip
from muster.joining.opening import RawRow
from muster.joining.problems import Problem


def ragged(row: RawRow, form: FileForm, width: int) -> Problem | None:
    """Return the problem of a row with more filled cells than the header, or with fewer cells (J6)."""
    if form.ragged == "accept" or len(row.cells) == width:
        return None
    filled = len(row.cells)
    while filled and not row.cells[filled - 1]:
        filled -= 1
    if len(row.cells) >= width >= filled or (row.kinds and filled <= width):
        return None
    word = "more" if filled > width else "fewer"
    do = "put quotes around a cell that holds the delimiter, or add what is missing"
    seen = f"{len(row.cells)} cells, the header has {width}"
    return Problem("", seen, f"A row has {word} cells than the header.", do, "J6")


def merged_above(row: RawRow, columns: Columns, position: int) -> Problem:
    """Return the problem of a cell that is merged with those above it, where the mapping takes none (J6)."""
    do = "unmerge them and write the value into every row it is meant for"
    name = columns.names[position]
    return Problem(name, cell_of(row, position), "A cell is merged with those above it.", do, "J6")


def skip_test(skip: Skip, columns: Columns) -> Callable[[RawRow], Problem | None]:
    """Return the test of a rule of rows to leave out: the reason for those, ``None`` for others."""
    position = columns.at(skip.column) or 0
    these, others = {folded(text) for text in skip.is_}, {folded(text) for text in skip.is_not}
    part = folded(skip.contains)

    def test(row: RawRow) -> Problem | None:
        cell = cell_of(row, position)
        text = folded(cell)
        if (
            (these and text not in these)
            or (others and text in others)
            or (part and part not in text)
            or (skip.blank and text)
        ):
            return None
        return Problem(skip.column, cell, f"Left out: {skip.because}.", "nothing: the mapping says so", "J13")

    return test
