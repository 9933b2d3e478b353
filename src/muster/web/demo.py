"""What ``muster serve --demo`` starts with: a book with a year of made-up records, a plan, one account per role."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from muster.book.events import Person as Registered
from muster.book.ids import RANDOM_BITS, uuid7
from muster.plan.options import PlanOptions
from muster.services.economies import new_economy
from muster.services.plans import plan_economy
from muster.services.rehearsals import rehearse
from muster.web.folder import Site
from muster.web.people.person import Person

UNIT = "kabul"
PEOPLE = (
    Person("clerk", UNIT, frozenset({"clerk"})),
    Person("second", UNIT, frozenset({"clerk"})),
    Person("chair", UNIT, frozenset({"chair"}), "hill"),
    Person("manager", UNIT, frozenset({"manager"})),
    Person("logistician", UNIT, frozenset({"logistician"})),
    Person("auditor", UNIT, frozenset({"auditor"})),
    Person("office", "office", frozenset({"admin"})),
)
"""One account per role, and a second clerk, who closes what the first one counts."""

_BOOK_ROLES = ("clerk", "manager", "auditor", "admin")
_PASSWORD_BYTES = 6


def passwords(folder: Path) -> dict[str, str]:
    """Return name -> password of the demo's accounts, made at the first call and kept in ``demo.json``."""
    file = folder / "demo.json"
    if not file.exists():
        made = {person.name: secrets.token_hex(_PASSWORD_BYTES) for person in PEOPLE}
        file.touch(mode=0o600)
        file.write_text(json.dumps(made), encoding="utf-8")
    kept: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return kept


def fill(site: Site, *, tell: Callable[[str], None]) -> None:
    """Fill an empty book with a year, and plan an economy, where that has not been done."""
    if not site.plans.exists():
        tell("planning two villages …")
        if not site.economy.exists():
            new_economy(site.economy, example="two-villages")
        site.plans.mkdir(parents=True)
        plan_economy(site.economy, to=site.plans / "two-villages", options=PlanOptions())


def fill_book(site: Site, *, tell: Callable[[str], None], weeks: int = 52) -> int:
    """Fill the empty book with the records of so many weeks; return how many events it has."""
    tell("playing a year of records …")
    now_ms = time.time_ns() // 1_000_000
    people = [
        Registered(person.name, person.unit, tuple(role for role in _BOOK_ROLES if person.has(role)))
        for person in PEOPLE
        if person.has(*_BOOK_ROLES)
    ]
    return rehearse(
        site.book,
        today=datetime.now(UTC).date(),
        now_ms=now_ms,
        people=people,
        new_id=lambda: uuid7(now_ms, random=secrets.randbits(RANDOM_BITS)),
        weeks=weeks,
    )
