"""Working out an answer in a process of its own, that is stopped where it takes too long: ``… PLAN PLACE``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from muster.errors import MusterError
from muster.services.places import work_out

LONGEST_S = 60.0
"""Seconds after which nobody waits any more."""

_NO_ANSWER = 3


def worked_out(plan: Path, place: str, *, seconds: float = LONGEST_S) -> bool:
    """Work out why a place has what it has and keep it beside the plan; ``False``: there is no answer within the time.

    Args:
        plan: Plan folder.
        place: Id of a place that the plan knows.
        seconds: How long it may take.
    """
    command = [sys.executable, "-m", "muster.web.pages.answering", str(plan), place]
    try:
        return subprocess.run(command, timeout=seconds, check=False, stdout=subprocess.DEVNULL).returncode == 0
    except subprocess.TimeoutExpired:
        return False


if __name__ == "__main__":
    try:
        work_out(Path(sys.argv[1]), sys.argv[2])
    except MusterError as error:
        print(error, file=sys.stderr)
        raise SystemExit(_NO_ANSWER) from None
