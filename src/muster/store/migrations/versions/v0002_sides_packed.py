"""Sides of a holding that are written together stand in one row. As they were then: never changed."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOST = 512
_NUMBERS = ("seq", "last_seq", "first_ms", "last_ms", "quantity")
_SIDE = struct.Struct("<IHqqII")
"""Seq, line, occurred_ms, quantity, other, count."""


def upgrade() -> None:
    """Pack the sides of each holding, by at most 512 and never across the end of a block."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        op.execute("ALTER TABLE sides RENAME CONSTRAINT sides_key TO old_sides_key")
    op.rename_table("sides", "old_sides")
    packed = op.create_table(
        "sides",
        sa.Column("holding", _WHOLE, nullable=False, autoincrement=False),
        *(sa.Column(name, _WHOLE, nullable=False, autoincrement=False) for name in _NUMBERS),
        sa.Column("sides", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("holding", "seq", name="sides_key"),
        sqlite_with_rowid=False,
    )
    last = connection.execute(sa.text("SELECT holdings FROM state")).scalar_one()
    sides = sa.text(
        "SELECT seq, line, occurred_ms, quantity, other, count FROM old_sides WHERE holding = :holding "
        "ORDER BY seq, line"
    )
    blocks = sa.text("SELECT last_seq FROM blocks WHERE holding = :holding")
    for holding in range(1, last + 1):
        ends = {end for (end,) in connection.execute(blocks, {"holding": holding})}
        rows = [tuple(row) for row in connection.execute(sides, {"holding": holding})]
        if together := [{"holding": holding, **_row(part)} for part in _parts(rows, ends)]:
            op.bulk_insert(packed, together)
    op.drop_table("old_sides")
    for statement in _guards(connection.dialect.name):
        op.execute(statement)


def _row(part: Sequence[tuple[Any, ...]]) -> dict[str, Any]:
    times = [side[2] for side in part]
    numbers = (part[0][0], part[-1][0], min(times), max(times), sum(side[3] for side in part))
    return dict(zip(_NUMBERS, numbers, strict=True)) | {"sides": b"".join(_SIDE.pack(*side) for side in part)}


def _parts(sides: Sequence[tuple[Any, ...]], ends: set[int]) -> Iterator[list[tuple[Any, ...]]]:
    """Yield what is packed together; the sides of one event are never parted."""
    part: list[tuple[Any, ...]] = []
    for side in sides:
        if part and side[0] != part[-1][0] and (len(part) >= _MOST or part[-1][0] in ends):
            yield part
            part = []
        part.append(side)
    if part:
        yield part


def _guards(dialect: str) -> list[str]:
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER sides_no_{act} BEFORE {act} ON sides "
            "BEGIN SELECT RAISE(ABORT, 'rows of sides are never changed'); END"
            for act in ("update", "delete")
        ]
    return [
        "CREATE TRIGGER sides_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON sides "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    ]
