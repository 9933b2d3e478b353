"""What ``muster serve --demo`` starts with: a book with a year of made-up records, plans, one account per role."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from muster.book.events import Person as Registered
from muster.book.ids import RANDOM_BITS, uuid7
from muster.plan.options import PlanOptions
from muster.services.economies import new_economy
from muster.services.planning_jobs import PLAN
from muster.services.plans import plan_economy
from muster.services.rehearsals import LIES_AT, WINTER, open_stores, rehearse, winter_to_come
from muster.web.folder import Site
from muster.web.people.person import Person

UNIT, VILLAGES = "kabul", "two-villages"
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


def people(*, winter: bool) -> tuple[Person, ...]:
    """Return who has an account; with the winter, the chair speaks for Ghor."""
    ghor = LIES_AT["ghor"]
    return tuple(replace(each, place=ghor) if winter and each.place else each for each in PEOPLE)


def fill(site: Site, *, tell: Callable[[str], None], winter: bool) -> None:
    """Take in the economies and plan two villages, where that has not been done; let the winter be planned as a job."""
    from muster.web.jobs import queue
    from muster.web.jobs.models import Version
    from muster.web.jobs.versions import from_folder

    now = datetime.now(UTC)

    def take(name: str, make: Callable[[Path], object]) -> Version:
        return from_folder(site.economies, make, name=name, by="demo", at=now)

    if not (site.plans / VILLAGES).exists():
        tell("planning two villages …")
        version = Version.objects.filter(name=VILLAGES).first()
        version = version or take(VILLAGES, lambda to: new_economy(to, example=VILLAGES))
        plan_economy(version.folder(site.economies), to=site.plans / VILLAGES, options=PlanOptions())
    if winter and not Version.objects.filter(name=WINTER).exists():
        version = take(WINTER, lambda to: winter_to_come(to, today=now.date()))
        queue.ask(version, kind=PLAN, name=WINTER, choices={}, by="demo", at=now)


def fill_book(site: Site, *, tell: Callable[[str], None], weeks: int, winter: bool) -> int:
    """Fill the empty book with the records of so many weeks, and what the winter begins with; return its events."""
    tell("playing a year of records …")
    if winter:
        open_stores(site.book)
    now_ms = time.time_ns() // 1_000_000
    registered = [
        Registered(person.name, person.unit, tuple(role for role in _BOOK_ROLES if person.has(role)))
        for person in PEOPLE
        if person.has(*_BOOK_ROLES)
    ]
    return rehearse(
        site.book,
        today=datetime.now(UTC).date(),
        now_ms=now_ms,
        people=registered,
        new_id=lambda: uuid7(now_ms, random=secrets.randbits(RANDOM_BITS)),
        weeks=weeks,
    )
