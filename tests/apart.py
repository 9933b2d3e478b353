"""A site of its own for a test, in a process of its own: Django is set up once in each."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BEGIN = """
import json, re, sys
from pathlib import Path
from muster.web.folder import Site
from muster.web import serve
folder, words = Path(sys.argv[1]), sys.argv[2:]
"""


def apart(script: str, folder: Path, *words: str) -> str:
    """Run a script on its own with ``folder`` and ``words``; return the last line that it prints."""
    command = [sys.executable, "-c", BEGIN + script, str(folder), *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1] if done.stdout else ""
