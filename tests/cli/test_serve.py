"""``muster serve``: refuses in words, and otherwise serves until it is stopped."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from muster.cli.main import main

pytest.importorskip("django", reason="needs the web extra")


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--database", "mysql://x"], "postgresql://USER@HOST/NAME"),
        (["--public", "http://muster.example.org"], "https://muster.example.org"),
        (["--port", "0"], "--port"),
    ],
)
def test_serve_given_what_cannot_be_then_says_what_can(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", *words]) == 2
    assert said in capsys.readouterr().err


def test_serve_given_a_port_in_use_then_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert main(["serve", "--port", str(taken.getsockname()[1]), "--data", str(tmp_path)]) == 2
    assert "name another --port" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_serve_given_an_empty_folder_then_a_login_until_it_is_stopped(tmp_path: Path) -> None:
    port = free_port()
    words = ["serve", "--data", str(tmp_path / "site"), "--port", str(port), "--json"]
    served = subprocess.Popen([sys.executable, "-m", "muster", *words], stdout=subprocess.PIPE, env=os.environ)
    try:
        page, end = "", time.monotonic() + 60
        while not page and time.monotonic() < end:
            assert served.poll() is None
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/login", timeout=5) as answer:
                    page = answer.read().decode()
            except OSError:
                time.sleep(0.2)
        assert "<h1>Log in</h1>" in page
    finally:
        served.send_signal(signal.SIGTERM)
        out, _ = served.communicate(timeout=30)
    assert json.loads(out)["accounts"] == ["admin"]
    assert (tmp_path / "site/secret").stat().st_mode & 0o077 == 0
