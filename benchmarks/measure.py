"""How long work takes and how much memory, in a process of its own."""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

ROOT = Path(__file__).resolve().parents[1]
Figures = dict[str, Any]
T = TypeVar("T")


_AS_MUSTER_SETS_IT = {"OPENBLAS_NUM_THREADS": "1"} | os.environ


class TookTooLong(Exception):
    """A measurement was not done in the time that it was allowed, and was ended."""


def watch(work: Callable[[], T]) -> tuple[T, Figures]:
    """Do some work once.

    Returns:
        What it returned, and ``wall_s``, ``cpu_s`` (seconds of all threads, the system's for us included) and
        ``peak_mib``: the most memory that this process has had since it began.
    """
    wall, cpu = time.perf_counter(), time.process_time()
    made = work()
    taken = {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu}
    return made, {**taken, "peak_mib": peak_mib()}


def peak_mib() -> float:
    """Return the most memory that this process has had; on Linux without that of the process that started it."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) / 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 2**10)


def now_mib() -> float:
    """Return the memory that this process has now; where the system does not tell, the most it has had."""
    status = Path("/proc/self/status")
    return int(status.read_text().partition("VmRSS:")[2].split()[0]) / 1024 if status.exists() else peak_mib()


def alone(module: str, *arguments: str, limit_s: float | None = None) -> Figures:
    """Run a module in a process of its own and return the figures that it prints last, as JSON.

    Raises:
        TookTooLong: It was not done after ``limit_s`` seconds.
    """
    command = [sys.executable, "-W", "ignore", "-m", module, *arguments]
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=_AS_MUSTER_SETS_IT, stdout=subprocess.PIPE, text=True, check=True, timeout=limit_s
        )
    except subprocess.TimeoutExpired as late:
        raise TookTooLong from late
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def medians(runs: Sequence[Mapping[str, Any]]) -> Figures:
    """Return the figures of the same work done several times: medians of numbers, and ``times``.

    What is not a decimal number (a name, a count) must be the same in every run.
    """
    joined: Figures = {"times": len(runs)}
    for name, value in runs[0].items():
        if isinstance(value, float):
            joined[name] = median(run[name] for run in runs)
        else:
            assert all(run[name] == value for run in runs), f"{name} differs between runs of the same work"
            joined[name] = value
    return joined


def surroundings(*packages: str) -> Figures:
    """Return where and when something is measured: no names of hosts, no paths."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "cpu": _cpu(),
        "memory_gib": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30,
        "system": f"{platform.system()} {platform.machine()}",
        "load": os.getloadavg()[0],
        "threads": os.environ.get("NUMBA_NUM_THREADS"),
        "versions": {"Python": platform.python_version()} | {name: version(name) for name in packages},
    }


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown"
