"""A job survives that the server, and the worker that has it, are killed."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from awaited import SOON_S, left_in, until

PREPARE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from muster.services.economies import new_economy
from muster.web.folder import Site
from muster.web.serve import prepare
site = Site(Path(sys.argv[1]))
prepare(site, with_demo=True, tell=print, weeks=1)
from muster.web.jobs import queue
from muster.web.jobs.versions import from_folder
now = datetime.now(UTC)
long = from_folder(site.economies, lambda to: new_economy(to, example="afghan-winter"), name="long", by="test", at=now)
queue.ask(long, kind="plan", name="winter", choices={}, by="test", at=now)
"""
CANCEL = """
import sys
from datetime import UTC, datetime
import django
django.setup()
from muster.web.jobs import queue
assert queue.cancel(1, by="logistician", at=datetime.now(UTC))
"""


class Served:
    """A server started by ``muster serve``, with all its processes."""

    def __init__(self, folder: Path, port: int) -> None:
        command = [sys.executable, "-m", "muster", "serve", "--data", str(folder), "--port", str(port)]
        self._main = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._main.stdout is not None
        assert self._main.stdout.readline().startswith("muster is at")

    def kill(self) -> None:
        """Kill the main process and what answers pages, as a power cut would; not the one that plans."""
        children = Path(f"/proc/{self._main.pid}/task/{self._main.pid}/children").read_text().split()
        pages = [pid for pid in children if "muster.web.server" in Path(f"/proc/{pid}/cmdline").read_text()]
        for pid in [self._main.pid, *map(int, pages)]:
            os.kill(pid, signal.SIGKILL)
        self._main.wait(SOON_S)

    def stop(self) -> None:
        """Stop it as Ctrl-C does."""
        self._main.terminate()
        self._main.wait(SOON_S)


def row(folder: Path) -> tuple[str, str, int, str]:
    """Return state, worker, tries and message of the job."""
    with sqlite3.connect(folder / "site.db", timeout=20) as site:
        found: tuple[str, str, int, str] = site.execute("select state, worker, tries, message from jobs_job").fetchone()
    return found


def running(folder: Path, before: str = "") -> str:
    """Wait until a worker other than before has begun; return its name."""

    def begun() -> str:
        state, worker, _, message = row(folder)
        return worker if state == "running" and worker != before and "round" in message else ""

    found: str = until(begun, 60.0)
    return found


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds processes as Linux shows them")
def test_serve_given_kill_9_of_server_and_of_worker_then_the_job_is_taken_again_and_can_be_stopped(
    tmp_path: Path,
) -> None:
    pytest.importorskip("gunicorn", reason="needs the web extra")
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    subprocess.run([sys.executable, "-c", PREPARE, str(tmp_path)], check=True, timeout=60, capture_output=True)
    server = Served(tmp_path, port)
    first = running(tmp_path)
    server.kill()
    until(lambda: row(tmp_path)[0] == "waiting", 60.0)  # what there is of a plan is kept first
    server = Served(tmp_path, port)
    try:
        second = running(tmp_path, first)
        os.kill(int(second.split(":")[1]), signal.SIGKILL)
        third = running(tmp_path, second)
        assert third.split(":")[1] != second.split(":")[1]
        assert row(tmp_path)[2] == 2, "the server that was killed is not held against it, the worker is"
        around = os.environ | {"MUSTER_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "muster.web.settings"}
        subprocess.run([sys.executable, "-c", CANCEL], env=around, check=True, timeout=60)
        until(lambda: row(tmp_path)[0] == "done", 60.0)
        until(lambda: left_in(tmp_path / "jobs") == [])
        assert left_in(tmp_path / "plans") == ["winter"], "the best until it was stopped"
    finally:
        server.stop()
