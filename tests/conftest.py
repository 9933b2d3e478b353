"""What holds for every test: the same terminal and the same random examples wherever they run; one site of the web."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from django.test import Client

    from muster.web.serve import Ready

os.environ.update(COLUMNS="100", LINES="40", NO_COLOR="1", TERM="dumb", TZ="UTC", PYTHONIOENCODING="utf-8")
os.environ["MUSTER_PROGRESS"] = "off"  # what a busy machine says on stderr would differ from run to run
for name in ("FORCE_COLOR", "CLICOLOR_FORCE", "GITHUB_ACTIONS"):
    os.environ.pop(name, None)

# A shell that starts the tests in the background has Ctrl-C ignored, and whatever they start would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN and threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)

# No deadline: on a busy machine a slow example is not a wrong one. Derandomised: the same commit gives the same answer.
settings.register_profile("muster", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("muster")

WEEKS = 8
COVERING = ("economy", "plan", "laws")
"""Folders whose tests have to cover the economy and the plan; to count the steps of all others only takes time."""
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let coverage rest where it is not counted."""
    for item in items:
        if HERE in item.path.parents and item.path.relative_to(HERE).parts[0] not in COVERING:
            item.add_marker(pytest.mark.no_cover)


@pytest.fixture(scope="session")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Ready:
    """Prepare the demo once; Django can be set up only once in a process."""
    pytest.importorskip("django", reason="needs the web extra")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright keeps a loop running in this thread
    from django.contrib.auth.hashers import PBKDF2PasswordHasher

    from muster.web.folder import Site
    from muster.web.serve import prepare

    PBKDF2PasswordHasher.iterations = 1_000  # a million make every login of a test a quarter of a second

    folder = tmp_path_factory.mktemp("site")
    return prepare(Site(folder), with_demo=True, tell=lambda text: None, weeks=WEEKS)


@pytest.fixture(scope="session")
def password(ready: Ready) -> Callable[[str], str]:
    """Return what gives the password of an account."""
    known = {name: word for name, _, word in ready.accounts}
    return lambda name: known[name]


@pytest.fixture
def client_of(ready: Ready) -> Callable[[str], Client]:
    """Return what gives a client that somebody is logged in on; the record of the door begins empty."""
    from django.contrib.auth.models import User
    from django.test import Client

    from muster.web.people.models import Knock

    Knock.objects.all().delete()

    def of(name: str = "") -> Client:
        client = Client(enforce_csrf_checks=False)
        if name:
            client.force_login(User.objects.get(username=name))
        return client

    return of
