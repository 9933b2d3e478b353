"""The checkers in ``docs/`` that share no code with the package, run as their readers run them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

CHECKER = Path(__file__).resolve().parents[1] / "docs" / "check_plan.py"
LOG_CHECKER = CHECKER.with_name("check_log.py")


def check_alone(plan: Path) -> subprocess.CompletedProcess[str]:
    """Check a plan folder in a process that cannot import muster."""
    return _run(CHECKER, plan)


def check_log_alone(folder: Path, key: str, *given: str | Path) -> subprocess.CompletedProcess[str]:
    """Check the folder of a log in a process that cannot import muster, nor anything else that is installed."""
    return _run(LOG_CHECKER, folder, key, *given)


def _run(checker: Path, *given: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-c", _RUN, *map(str, (checker, *given))]
    return subprocess.run(command, capture_output=True, text=True, check=False)


_RUN = """
import runpy, sys
sys.modules["muster"] = sys.modules["cryptography"] = None  # whoever imports them fails
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def gaps_alone(said: str) -> list[float]:
    """Return the gap of each stage from what the checker printed."""
    return [float(line.rpartition("gap ")[2]) for line in said.splitlines() if "  gap " in line]
