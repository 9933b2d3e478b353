"""The PostgreSQL server of the tests, for measurements and for faults at full size."""

from __future__ import annotations

import sys

from benchmarks.measure import ROOT

sys.path.append(str(ROOT / "tests"))

from postgres import Server, running

__all__ = ["Server", "running"]
