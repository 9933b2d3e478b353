"""A site of its own for a test, in a process of its own: Django is set up once in each."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

BEGIN = """
import json, re, sys
from pathlib import Path
from muster.web.folder import Site
from muster.web import serve
folder, words = Path(sys.argv[1]), sys.argv[2:]
"""


@pytest.fixture
def alone(tmp_path: Path) -> Callable[..., str]:
    """Return what runs a script on its own with ``folder`` and ``words``, and returns what it prints last."""
    pytest.importorskip("django", reason="needs the web extra")

    def run(script: str, *words: str, folder: Path = tmp_path / "site") -> str:
        command = [sys.executable, "-c", BEGIN + script, str(folder), *words]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()[-1] if done.stdout else ""

    return run
