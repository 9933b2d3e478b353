"""Starting the application: its folder, its tables, and a server until it is stopped."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import find_spec

import django
from django.core.management import call_command

from muster.services.books import new_book
from muster.web import demo
from muster.web.folder import Site


@dataclass(frozen=True)
class Ready:
    """An application that can be served.

    Attributes:
        site: Where it keeps what it has.
        accounts: Of a demo: name, role and password of each account.
    """

    site: Site
    accounts: list[tuple[str, str, str]] = field(default_factory=list)


def prepare(site: Site, *, with_demo: bool, tell: Callable[[str], None], weeks: int = 52) -> Ready:
    """Make what is not there yet: folder, secret, book, tables of users; of a demo also what it shows.

    Args:
        site: Where.
        with_demo: Fill an empty book with a rehearsed year, plan an economy, and make an account per role.
        tell: Told what takes a while.
        weeks: How much of a year is rehearsed.
    Raises:
        BookError: The book cannot be made.
        OSError: The folder cannot be written.
    """
    os.environ |= site.environment() | {"DJANGO_SETTINGS_MODULE": "muster.web.settings"}
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    mark = site.folder / "book-made"
    is_new = not mark.exists()
    if is_new:
        new_book(site.book, key=site.folder / "book.key", random=secrets.token_bytes)
        if with_demo:
            demo.fill_book(site, tell=tell, weeks=weeks)
        mark.touch()
    if not with_demo:
        return Ready(site)
    from muster.web.people.accounts import NewAccount, keep
    from muster.web.sharing.demo import ask

    demo.fill(site, tell=tell)
    known = demo.passwords(site.folder)
    for person in demo.PEOPLE:
        keep(NewAccount(person, known[person.name]))
    if is_new:
        ask(site.book, unit=demo.UNIT, by="manager")
    return Ready(site, [(each.name, ", ".join(sorted(each.roles)), known[each.name]) for each in demo.PEOPLE])


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
    """Serve until stopped; with gunicorn, where it is there (Unix), else with Django's own server.

    Gunicorn is a process of its own: its workers are forks, and where polars has run before a fork, as it has in a
    process that made a plan, its threads are gone and it waits for them for ever.
    """
    if find_spec("gunicorn") is None:
        call_command("runserver", f"{site.host}:{port}", use_reloader=False)
        return
    child = subprocess.Popen([sys.executable, "-m", "muster.web.server", str(port)])
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda got, frame: child.terminate())
    if code := child.wait():
        raise SystemExit(code)
