"""The worker: ``python -m muster.web.jobs.worker`` takes one job after the other and has each done by a process.

It ends, and lets its job wait for the next worker, on SIGTERM, on Ctrl-C, and with ``--with-parent`` when whoever
started it is gone. The best plan until then is kept, and the next worker's takes its place.
"""

from __future__ import annotations

import json
import math
import os
import queue as threads
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from muster.errors import Fault
from muster.services.planning_jobs import COMPARE, STOP, Order, fault_of
from muster.web.folder import Site

IDLE_S, BEAT_S, END_S = 1.0, 1.0, 5.0
GRACE_S = 20.0
"""Seconds that a plan may take to become whole when the worker has to end; a large one may take longer, and is lost."""

_NICE = 19


def work(site: Site, *, stop: threading.Event, once: bool = False) -> None:
    """Take jobs and have them done until ``stop`` is set; with ``once``, until none waits.

    Args:
        site: Whose jobs.
        stop: Set by whoever wants it to end.
        once: Return when no job waits.
    """
    from django.db import close_old_connections

    from muster.web.jobs import queue

    name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
    _sweep(site)
    while not stop.is_set():
        close_old_connections()
        job = queue.take(name, at=datetime.now(UTC))
        if job is None:
            if once:
                return
            stop.wait(IDLE_S)
            continue
        _oversee(job, order_for(job, site, today=datetime.now(UTC)), site, stop)


def target(site: Site, kind: str, name: str) -> Path:
    """Return the folder that a job of a kind makes."""
    return (site.comparisons if kind == COMPARE else site.plans) / name


def order_for(job: Any, site: Site, *, today: datetime) -> Order:
    """Return what the process has to know of a job."""
    said = job.choices
    return Order(
        kind=job.kind,
        economy=str(job.version.folder(site.economies)),
        to=str(target(site, job.kind, job.name)),
        work=str(site.folder / "jobs" / str(job.pk)),
        book=site.book if job.on_book else "",
        as_of=today.date().isoformat() if job.on_book else "",
        goals=tuple(said.get("goals", ())),
        step=said.get("step"),
        limit_seconds=said.get("limit_seconds"),
        policies=tuple(said.get("policies", ())),
    )


def _sweep(site: Site) -> None:
    """Take away what is left of jobs whose worker was killed, and that nobody has begun anew."""
    from muster.web.jobs.models import Job

    running = set(Job.objects.filter(state=Job.RUNNING).values_list("pk", flat=True))
    jobs = site.folder / "jobs"
    for left in jobs.iterdir() if jobs.is_dir() else ():
        if left.name not in map(str, running):
            shutil.rmtree(left, ignore_errors=True)


def _oversee(job: Any, order: Order, site: Site, stop: threading.Event) -> None:
    """Have an order carried out; whatever happens, nothing half-written is left and the job is not."""
    from muster.web.jobs import queue

    _clear(order)
    Path(order.work).mkdir(parents=True)
    child = _start(order)
    try:
        wish, last = _last_word(job, child, stop)
        if wish is None:
            return
        now, made, cancelled = datetime.now(UTC), last.get("made"), wish is not queue.Wish.ALL
        if made is not None and ("early" not in made or cancelled):
            queue.end(job, job.DONE, at=now, made=made)
        elif stop.is_set() and not cancelled:
            queue.give_back(job, made=made)
        elif cancelled:
            queue.end(job, job.STOPPED, at=now)
        else:
            faults = [fault_of(each) for each in last.get("faults", ())] or [_died(child.wait(END_S))]
            queue.end(job, job.BROKEN, at=now, faults=faults)
    finally:
        _end(child)
        _clear(order)


def _last_word(job: Any, child: subprocess.Popen[str], stop: threading.Event) -> tuple[Any, dict[str, Any]]:
    """Wait for a process that plans, saying that its job goes on; return what is wanted of it, and its last word.

    Where it is to stop, it is told so once, and makes the best plan so far. It has as long for that as it takes, and
    ``GRACE_S`` when the worker itself has to end. The last word is empty where none was waited for.
    """
    from muster.web.jobs.queue import Wish, beat

    heard: threads.Queue[dict[str, Any] | None] = threads.Queue()
    threading.Thread(target=_hear, args=(child, heard), daemon=True).start()
    share, message, told, until = 0.0, "starting", False, math.inf
    while True:
        wish = beat(job, at=datetime.now(UTC), share=share, message=message)
        if wish in (None, Wish.NOTHING):
            return wish, {}
        if not told and (stop.is_set() or wish is Wish.SO_FAR):
            if job.kind == COMPARE:
                return wish, {}
            told = True
            _tell(child, STOP)
        if stop.is_set():
            until = min(until, time.monotonic() + GRACE_S)
        said = _latest(heard)
        if said is None or time.monotonic() > until:
            return wish, {}
        if "progress" in said:
            share, message = said["progress"]["share"], said["progress"]["message"]
        elif said:
            return wish, said


def _start(order: Order) -> subprocess.Popen[str]:
    """Start the process that plans: in a session of its own, so that Ctrl-C reaches the worker alone; and gently.

    It has one core fewer than there are, and comes after whatever else wants one: people who read pages do not wait for
    it.
    """
    command = [sys.executable, "-m", "muster.services.planning_jobs"]
    pipe, cores = subprocess.PIPE, str(max(1, (os.cpu_count() or 2) - 1))
    around = os.environ | dict.fromkeys(("NUMBA_NUM_THREADS", "POLARS_MAX_THREADS"), cores)
    child = subprocess.Popen(
        command, stdin=pipe, stdout=pipe, text=True, encoding="utf-8", start_new_session=True, env=around
    )
    if hasattr(os, "setpriority"):
        os.setpriority(os.PRIO_PROCESS, child.pid, _NICE)
    _tell(child, order.as_json())
    return child


def _tell(child: subprocess.Popen[str], line: str) -> None:
    assert child.stdin is not None
    with suppress(BrokenPipeError):  # it has just ended; what it said last is heard
        child.stdin.write(f"{line}\n")
        child.stdin.flush()


def _hear(child: subprocess.Popen[str], heard: threads.Queue[dict[str, Any] | None]) -> None:
    assert child.stdout is not None
    for line in child.stdout:
        heard.put(json.loads(line))
    heard.put(None)


def _latest(heard: threads.Queue[dict[str, Any] | None]) -> dict[str, Any] | None:
    """Return what was said within a beat, the latest of it; ``{}``: nothing; ``None``: there is no more to come."""
    said: dict[str, Any] | None = {}
    try:
        while True:
            said = heard.get(timeout=BEAT_S) if not said else heard.get_nowait()
            if said is None or "progress" not in said:
                return said
    except threads.Empty:
        return said


def _end(child: subprocess.Popen[str]) -> None:
    if child.poll() is None:
        child.kill()
        child.wait(END_S)


def _clear(order: Order) -> None:
    """Take away what a process left that was ended in the middle of its work."""
    shutil.rmtree(order.work, ignore_errors=True)
    to = Path(order.to)
    for left in to.parent.glob(f".{to.name}.*.unfinished"):
        shutil.rmtree(left, ignore_errors=True)


def _died(code: int) -> Fault:
    seen = f"signal {-code}" if code < 0 else f"status {code}"
    do = "see that the machine has memory enough, or plan with fewer goals or a limit of seconds"
    return Fault("The program that plans ended before it was done.", "the job", seen, do, "O3")


def _end_with(parent: IO[str], stop: threading.Event) -> None:
    parent.read()
    stop.set()


def main() -> None:
    """Work for the site that the environment names, until told to stop."""
    import django
    from django.conf import settings

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "muster.web.settings")
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda got, frame: stop.set())
    if "--with-parent" in sys.argv:
        threading.Thread(target=_end_with, args=(sys.stdin, stop), daemon=True).start()
    django.setup()
    work(settings.SITE, stop=stop)


if __name__ == "__main__":
    main()
