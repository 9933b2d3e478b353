"""Settings as they are in earnest: HTTPS in front, and PostgreSQL below."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("django", reason="needs the web extra")

PREPARE = """
import sys
from pathlib import Path
from muster.web.folder import Site
from muster.web.serve import prepare
for _ in range(2):
    prepare(Site(Path(sys.argv[1]), sys.argv[2]), with_demo=True, tell=print, weeks=1)
from django.contrib.auth.models import User
from django.db import connection
print(connection.vendor, User.objects.count())
"""


def test_settings_given_a_proxy_with_https_then_djangos_own_check_finds_nothing(tmp_path: Path) -> None:
    said = {"MUSTER_DATA": str(tmp_path), "MUSTER_PUBLIC": "https://muster.example.org"}
    words = ["check", "--deploy", "--fail-level", "WARNING", "--settings", "muster.web.settings"]
    around = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}  # set for browsers
    command = [sys.executable, "-m", "django", *words]
    done = subprocess.run(command, env=around | said, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "no issues" in done.stdout


def test_prepare_given_postgres_then_book_and_accounts_are_there(tmp_path: Path) -> None:
    postgres = pytest.importorskip("postgres")
    with postgres.running() as server:
        words = [sys.executable, "-c", PREPARE, str(tmp_path), server.address(server.new_database())]
        done = subprocess.run(words, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "postgresql 7"
