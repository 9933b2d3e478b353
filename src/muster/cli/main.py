"""The entry point."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from muster.cli.interrupts import Stopped, stoppable


def main(words: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status.

    Args:
        words: What stands after ``muster``; the words of the process where ``None``.
    Returns:
        0 done, 1 a fault in what was given, 2 wrong usage, 70 a mistake inside muster, 130 or 143 stopped by a signal.
    """
    whole_process = words is None
    if whole_process:
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy would wake every core for sums that one does sooner
    try:
        with stoppable():
            from muster.cli.edge import run  # loading takes a moment, in which Ctrl-C is heard already

            return run(list(sys.argv[1:] if words is None else words))
    except Stopped as stopped:
        print(stopped, file=sys.stderr, flush=True)
        if whole_process:
            os._exit(stopped.status)  # a solver at work in a thread of its own would not let the process end in peace
        return stopped.status
