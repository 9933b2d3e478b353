"""Starting the application: its folder, its tables, and a server until it is stopped."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from types import FrameType

import django
from django.core.management import call_command
from django.db import connections

from muster.services import backups
from muster.services.books import new_book
from muster.web import demo
from muster.web.folder import IS_DEMO, Site

_MADE = "book-made"
"""File that says that the book was made, whole."""

LOOK_S = 0.5
"""How often it is looked whether the worker still runs."""


@dataclass(frozen=True)
class Ready:
    """An application that can be served.

    Attributes:
        site: Where it keeps what it has.
        accounts: Name, role and password of the accounts of a demo, or of the first administrator.
    """

    site: Site
    accounts: list[tuple[str, str, str]] = field(default_factory=list)


def prepare(
    site: Site, *, with_demo: bool, tell: Callable[[str], None], weeks: int = 52, winter: bool = False
) -> Ready:
    """Make what is not there yet: folder, secret, book, tables of users; of a demo also what it shows.

    Without a demo, where nobody can log in as an administrator, one is made, with a password for the first login.

    Args:
        site: Where.
        with_demo: Fill an empty book with a rehearsed year, plan an economy, and make an account per role.
        tell: Told what takes a while.
        weeks: How much of a year is rehearsed.
        winter: The demo also has the Afghan winter, which the worker plans first; without it, two villages alone.
    Raises:
        BookError: The book cannot be made.
        OSError: The folder cannot be written.
    """
    _set_up(site, with_demo=with_demo)
    mark = site.folder / _MADE
    is_new = not mark.exists()
    if is_new:
        new_book(site.book, key=site.folder / "book.key", random=secrets.token_bytes)
        if with_demo:
            demo.fill_book(site, tell=tell, weeks=weeks, winter=winter)
        mark.touch()
    if not with_demo:
        from muster.web.people.staff import first_administrator

        made = first_administrator(site.book)
        return Ready(site, [(made[0], "admin", made[1])] if made else [])
    from muster.web.people.accounts import NewAccount, keep
    from muster.web.sharing.demo import ask

    demo.fill(site, tell=tell, winter=winter)
    known, people = demo.passwords(site.folder), demo.people(winter=winter)
    for person in people:
        keep(NewAccount(person, known[person.name]))
    if is_new:
        ask(site.book, unit=demo.UNIT, by="manager")
    return Ready(site, [(each.name, ", ".join(sorted(each.roles)), known[each.name]) for each in people])


def let_in(site: Site, name: str) -> Ready:
    """Give somebody who cannot log in any more a password for once, and take their second factor away.

    It takes the machine that the application runs on, so it is the way back in for the last administrator.

    Raises:
        AccountError: Nobody has an open account of that name (W2).
    """
    _set_up(site, with_demo=False)
    from muster.web.people.staff import let_in_again

    return Ready(site, [let_in_again(name)])


def back_up(site: Site) -> Path:
    """Make a backup, also while the application runs; return its file.

    Raises:
        BackupError: There is no application in the folder (K1).
    """
    if not (site.folder / _MADE).exists():
        raise backups.nothing_to_keep(site.folder)
    _set_up(site, with_demo=False)
    from muster.web.office.backups import make

    return site.backups / make("muster serve")


def bring_back(site: Site, file: Path, *, tell: Callable[[str], None]) -> None:
    """Bring back a backup into a folder, and a database, in which nothing is. Where it stops, nothing stays there.

    Raises:
        BackupError: It is no whole backup (K1), or there is something already (K2); it came out otherwise (K3).
        BookError: There is a book in the database already (S3).
        OSError: The file cannot be read, or the folder not written.
    """
    backups.nothing_there(site.folder)
    tell("looking at the backup …")
    head = backups.read_head(file)
    try:
        _set_up(site, with_demo=False)
        from muster.web.office.backups import load_accounts

        load_accounts(backups.restore(file, head, folder=site.folder, book=site.book, tell=tell))
    except BaseException:
        connections.close_all()
        shutil.rmtree(site.folder, ignore_errors=True)
        raise
    (site.folder / _MADE).touch()
    tell(f"{head.size:,} events are back, as of {head.made}; the root of the log is the same: {head.root}")


def _set_up(site: Site, *, with_demo: bool) -> None:
    shown = {"DJANGO_SETTINGS_MODULE": "muster.web.settings", IS_DEMO: "1" if with_demo else ""}
    os.environ |= site.environment() | shown
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)


def is_free(host: str, port: int) -> bool:
    """Return whether a server can listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
        except OSError:
            return False
    return True


def serve(site: Site, *, port: int) -> None:
    """Serve until stopped, with gunicorn where it is there (Unix), else with Django's own server; plan beside it.

    Gunicorn is a process of its own: its workers are forks, and where polars has run before a fork, as it has in a
    process that made a plan, its threads are gone and it waits for them for ever. The worker that plans is another; it
    is started again whenever it ends, and ends by itself when this process does.
    """
    stop = threading.Event()
    planner = threading.Thread(target=_keep_planning, args=(stop,))
    if find_spec("gunicorn") is None:
        planner.start()
        try:
            call_command("runserver", f"{site.host}:{port}", use_reloader=False)
        finally:
            stop.set()
            planner.join()
        return
    child = subprocess.Popen([sys.executable, "-m", "muster.web.server", str(port)])

    def end(number: int, frame: FrameType | None) -> None:
        stop.set()
        child.terminate()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    planner.start()
    try:
        code = child.wait()
    finally:
        stop.set()
        planner.join()
    if code:
        raise SystemExit(code)


def _keep_planning(stop: threading.Event) -> None:
    """Keep a worker running; at the end let it put its job back, and wait for that."""
    command = [sys.executable, "-m", "muster.web.jobs.worker", "--with-parent"]
    while not stop.is_set():
        with subprocess.Popen(command, stdin=subprocess.PIPE) as worker:
            while worker.poll() is None and not stop.wait(LOOK_S):
                pass
        stop.wait(LOOK_S)
