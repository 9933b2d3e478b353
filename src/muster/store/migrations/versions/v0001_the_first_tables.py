"""The first tables of a book. As they were then: never changed, whatever becomes of ``schema``."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_KINDS: dict[str, sa.types.TypeEngine[Any]] = {"whole": _WHOLE, "text": sa.Text(), "bytes": sa.LargeBinary()}
_GUARDED = ("events", "sides", "blocks", "reversals", "dispatches", "registrations", "measures")

_TABLES = {
    "state": "one whole key, size whole, peaks bytes, registered whole, holdings whole, lacking whole",
    "events": "seq whole key, id bytes, recorder text, n whole, recorded_ms whole, body bytes, hashes bytes",
    "holdings": "id whole key, place text, resource text, lot text, balance whole, latest_ms whole, tail whole, "
    "closed whole",
    "sides": "holding whole key, seq whole key, line whole key, occurred_ms whole, quantity whole, other whole, "
    "count whole",
    "blocks": "holding whole key, last_seq whole key, first_day whole, last_day whole, quantity whole, days bytes",
    "counts": "holding whole key, occurred_ms whole key, id bytes key, seq whole, withdrawn whole",
    "reversals": "target whole key, seq whole",
    "dispatches": "waybill text key, seq whole key, recorder text, unit text, destination text, due text",
    "registrations": "seq whole key",
    "measures": "resource text key, unit text",
    "lots": "resource text key, lot text key, expires text",
    "lacking": "holding whole key",
}
_CLUSTERED = ("sides", "blocks", "counts", "dispatches", "measures", "lots")
"""In SQLite these stand in the order of their key."""


def upgrade() -> None:
    """Make the tables, and let the database refuse to change the rows of those that are never changed."""
    more: dict[str, list[sa.Constraint]] = {
        "state": [sa.CheckConstraint("one = 1", name="state_is_one_row")],
        "events": [sa.UniqueConstraint("id", name="events_once")],
        "holdings": [sa.UniqueConstraint("place", "resource", "lot", name="holdings_once")],
    }
    for table, told in _TABLES.items():
        columns = [each.split() for each in told.split(", ")]
        keys = [name for name, _, *key in columns if key]
        op.create_table(
            table,
            *(sa.Column(name, _KINDS[kind], nullable=False, autoincrement=False) for name, kind, *_ in columns),
            sa.PrimaryKeyConstraint(*keys, name=f"{table}_key"),
            *more.get(table, []),
            sqlite_with_rowid=table not in _CLUSTERED,
        )
    op.create_index("events_by_number", "events", ["recorder", "n"])
    op.create_index("holdings_by_resource", "holdings", ["resource"])
    op.execute(sa.text("INSERT INTO state VALUES (1, 0, :none, 0, 0, 0)").bindparams(none=b""))
    for statement in _guards(op.get_bind().dialect.name):
        op.execute(statement)


def _guards(dialect: str) -> list[str]:
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{act} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are never changed'); END"
            for table in _GUARDED
            for act in ("update", "delete")
        ]
    refuse = (
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME; END $$"
    )
    triggers = [
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        for table in _GUARDED
    ]
    return [refuse, *triggers]
