"""The checker in ``docs/`` that shares no code with the package, run as its readers run it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

CHECKER = Path(__file__).resolve().parents[1] / "docs" / "check_plan.py"


def check_alone(plan: Path) -> subprocess.CompletedProcess[str]:
    """Check a plan folder in a process that cannot import muster."""
    return subprocess.run(
        [sys.executable, "-I", "-c", _RUN, str(CHECKER), str(plan)], capture_output=True, text=True, check=False
    )


_RUN = """
import runpy, sys
sys.modules["muster"] = None  # whoever imports it fails
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def gaps_alone(said: str) -> list[float]:
    """Return the gap of each stage from what the checker printed."""
    return [float(line.rpartition("gap ")[2]) for line in said.splitlines() if "  gap " in line]
