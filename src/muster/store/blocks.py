"""Sides behind and before blocks, which add up several hundred by day, so that looking back need not read them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

from muster.book.times import DAY_MS, day_of
from muster.store.database import Database, Row
from muster.store.sides import WIDTH, Side, packed_days, unpacked


def sides_behind(database: Database, holding: int, seq: int) -> list[list[int]]:
    """Return the rows of sides behind an event at which a block ends, each as its numbers one after the other."""
    sql = "SELECT sides FROM sides WHERE holding = ? AND seq > ? ORDER BY seq"
    return [list(chain.from_iterable(unpacked(row))) for (row,) in database.rows(sql, [holding, seq])]


def sides_since(database: Database, holding: int, start: int) -> list[Side]:
    """Return the sides of a holding from a time on: in no block before the first that reaches it."""
    first = "SELECT min(last_seq) FROM blocks WHERE holding = ? AND last_day >= ?"
    before = f"SELECT max(last_seq) FROM blocks WHERE holding = ? AND last_seq < ({first})"
    ((reaching, ended, closed),) = database.rows(
        f"SELECT ({first}), ({before}), (SELECT max(last_seq) FROM blocks WHERE holding = ?)",
        [holding, day_of(start), holding, holding, day_of(start), holding],
    )
    after = closed if reaching is None else ended
    sql = "SELECT sides FROM sides WHERE holding = ? AND seq > ? AND last_ms >= ?"
    rows = database.rows(sql, [holding, after or 0, start])
    return [Side(*side) for (row,) in rows for side in unpacked(row) if side[2] >= start]


def added_up(rows: Iterable[Sequence[int]], *, least: int) -> list[tuple[Row, int]]:
    """Add up rows of sides in blocks of at least so many; the last ones may be too few for one.

    Returns:
        Of each block what stands in the table behind its holding, and how many sides are in it.
    """
    blocks: list[tuple[Row, int]] = []
    days: dict[int, int] = {}
    number = 0
    for row in rows:
        for at, quantity in zip(row[2::WIDTH], row[3::WIDTH], strict=True):
            day = at // DAY_MS
            days[day] = days.get(day, 0) + quantity
        number += len(row) // WIDTH
        if number >= least:
            blocks.append(((row[-WIDTH], min(days), max(days), sum(days.values()), packed_days(days)), number))
            days, number = {}, 0
    return blocks
