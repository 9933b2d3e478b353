"""A site of the web application for many people: prepared, served as ``muster serve`` does, checked afterwards."""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.measure import ROOT
from muster.book.ids import RANDOM_BITS, uuid7
from muster.services.book_records import Desk
from muster.services.book_registers import ToRegister, register
from muster.web.folder import Site
from muster.web.people.person import Person
from muster.web.serve import prepare

CLERKS_OF_A_DEPOT = 5
_WEEKS, _WAIT_S = 4, 60
_JOBS = 15


@dataclass(frozen=True)
class Member:
    """Somebody who is logged in: who, and the key of the session."""

    person: Person
    session: str


@dataclass(frozen=True)
class Answer:
    """What came back: status, headers, body, and the bytes of all of it."""

    status: int
    headers: str
    body: bytes
    wire: int


@contextmanager
def new_site(database: str, plan: str) -> Iterator[Site]:
    """Yield a site with the book of a few weeks and the plan of an example; its server of PostgreSQL runs meanwhile."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if database == "SQLite":
            yield _prepared(Site(folder), plan)
            return
        from benchmarks.servers import running

        with running() as server:
            yield _prepared(Site(folder, server.address(server.new_database())), plan)


def _prepared(site: Site, plan: str) -> Site:
    prepare(site, with_demo=True, tell=lambda text: None, weeks=_WEEKS)
    if not (site.plans / plan).exists():
        subprocess.run(_plan_command(plan, site.plans / plan), check=True, capture_output=True)
    return site


def _plan_command(plan: str, to: Path) -> list[str]:
    return [sys.executable, "-m", "muster", "plan", str(ROOT / "examples" / plan), "--to", str(to)]


@contextmanager
def planning(site: Site, plan: str) -> Iterator[None]:
    """Let the served site plan an example as a job, one after the other, until the block ends."""
    from muster.services.economies import new_economy
    from muster.web.jobs import queue
    from muster.web.jobs.models import Job
    from muster.web.jobs.versions import from_folder

    now = datetime.now(UTC)
    made = {"name": plan, "by": "a benchmark", "at": now}
    version = from_folder(site.economies, lambda to: new_economy(to, example=plan), **made)
    asked = [
        queue.ask(version, kind="plan", name=f"meanwhile-{n}", choices={}, by="a benchmark", at=now)
        for n in range(_JOBS)
    ]
    until = time.monotonic() + _WAIT_S
    while not Job.objects.exclude(message__in=("", "starting")).exists():
        assert time.monotonic() < until, "no job runs"
        time.sleep(0.1)
    try:
        yield
        assert Job.objects.filter(state__in=(Job.WAITING, Job.RUNNING)).exists(), "planning stopped"
    finally:
        for each in asked:
            queue.cancel(each.pk, by="a benchmark", at=now, unwanted=True)


@contextmanager
def served(site: Site) -> Iterator[int]:
    """Serve a site by the command that people use; yield the port."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    words = ["serve", "--data", str(site.folder), "--port", str(port)]
    words += ["--database", site.database] if site.database else []
    command, output = [sys.executable, "-m", "muster", *words], site.folder / "output"
    with output.open("wb") as log, subprocess.Popen(command, stderr=log, stdout=log) as it:
        try:
            until = time.monotonic() + _WAIT_S
            while True:
                try:
                    ask(port, "/login")
                    break
                except OSError:
                    assert it.poll() is None and time.monotonic() < until, output.read_text()
                    time.sleep(0.1)
            yield port
        finally:
            it.terminate()
            it.wait(_WAIT_S)


def clerks(site: Site, number: int) -> list[Member]:
    """Make so many clerks, five of each depot, known to the book and logged in."""
    roles = frozenset({"clerk"})
    people = [Person(f"clerk-{n:03}", f"depot-{n // CLERKS_OF_A_DEPOT:02}", roles) for n in range(number)]
    random, now_ms = Random(1), time.time_ns() // 1_000_000
    desk = Desk("office", "office", now_ms, lambda: uuid7(now_ms, random=random.getrandbits(RANDOM_BITS)))
    for unit in dict.fromkeys(each.unit for each in people):
        names = [f"{each.name}=clerk" for each in people if each.unit == unit]
        register(site.book, ToRegister(people=names, unit=unit), desk)
    return _logged_in(people)


def chairs(site: Site, plan: str, number: int) -> list[Member]:
    """Make so many chairs, each of a place of the plan, logged in."""
    from muster.services.places import place_names

    places = place_names(site.plans / plan)
    roles = frozenset({"chair"})
    return _logged_in([Person(f"chair-{n:03}", "kabul", roles, places[n % len(places)][0]) for n in range(number)])


def _logged_in(people: Sequence[Person]) -> list[Member]:
    """Make accounts without a password and a session of each, as a login would: hashing passwords is not measured."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.auth.models import Group, User
    from django.contrib.sessions.backends.db import SessionStore
    from django.db import transaction

    from muster.web.people.models import Account

    members = []
    with transaction.atomic():
        for person in people:
            user = User(username=person.name)
            user.set_unusable_password()
            user.save()
            Account.objects.create(user=user, unit=person.unit, place=person.place)
            user.groups.set(Group.objects.filter(name__in=person.roles))
            session = SessionStore()
            session[SESSION_KEY] = str(user.pk)
            session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
            session[HASH_SESSION_KEY] = user.get_session_auth_hash()
            session.save()
            members.append(Member(person, session.session_key))
    return members


def ask(port: int, path: str, *, session: str = "", body: bytes = b"", csrf: str = "") -> Answer:
    """Ask for a page, or send a body, over a connection of its own; answers come compressed, as browsers take them."""
    headers = {"Accept-Encoding": "gzip", "Connection": "close"}
    cookies = {"sessionid": session, "csrftoken": csrf}
    headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items() if value)
    if body:
        headers |= {"Content-Type": "application/json", "Accept": "application/json", "X-CSRFToken": csrf}
    connection = HTTPConnection("127.0.0.1", port, timeout=_WAIT_S)
    try:
        connection.request("POST" if body else "GET", path, body or None, headers)
        answer = connection.getresponse()
        data, told = answer.read(), str(answer.headers)
    finally:
        connection.close()
    line = len(f"HTTP/1.1 {answer.status} {answer.reason}\r\n")
    return Answer(answer.status, told, data, line + len(told.replace("\n", "\r\n")) + len(data))


def found_in_book(site: Site) -> tuple[int, dict[str, int]]:
    """Return how many events a book has, and how much wheat each store has; every hash is worked out again."""
    from muster.services.audits import verify
    from muster.services.book_views import balances

    check: Any = verify(site.book, key=site.folder / "book.key").check
    assert not check.faults, check.faults
    rows = balances(site.book, resource="wheat")
    return check.size, {row.place: row.quantity for row in rows if row.place.startswith("store:")}
