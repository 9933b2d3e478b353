"""What comes about at last, and what lies in folders then."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

SOON_S = 30.0


def until(true: Callable[[], Any], within_s: float = SOON_S) -> Any:
    """Return what is true at last."""
    end = time.monotonic() + within_s
    while not (found := true()):
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.05)
    return found


def left_in(folder: Path) -> list[str]:
    """Return what lies in a folder, hidden or not, but for the demo's own plan."""
    return sorted(each.name for each in folder.iterdir() if each.name != "two-villages")
