"""The server as it is started: what it shows after it has planned."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from http.cookiejar import CookieJar
from pathlib import Path
from secrets import token_bytes
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import pytest

from muster.services.books import new_book

pytest.importorskip("gunicorn", reason="needs the web extra")
TIMEOUT_S = 60


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def opened(opener: OpenerDirector, address: str, **form: str) -> str:
    """Return a page; with a form, what comes back for it."""
    data = urlencode(form).encode() if form else None
    with opener.open(address, data, timeout=TIMEOUT_S) as answer:
        return str(answer.read().decode())


def test_serve_given_a_first_start_then_its_workers_can_read_the_plan_it_has_just_made(tmp_path: Path) -> None:
    new_book(str(tmp_path / "book.db"), key=tmp_path / "book.key", random=token_bytes)
    (tmp_path / "book-made").touch()  # an empty book is enough here
    port = free_port()
    command = [sys.executable, "-m", "muster", "serve", "--demo", "--data", str(tmp_path), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            lines = []
            for line in server.stdout:
                lines.append(line)
                if line.startswith("muster is at"):
                    break
            passwords = {line.split()[0]: line.split()[-1] for line in lines}
            site, opener = f"http://127.0.0.1:{port}", build_opener(HTTPCookieProcessor(CookieJar()))
            page = wait_for(opener, f"{site}/login")
            token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
            assert token is not None
            who = {"name": "logistician", "password": passwords["logistician"]}
            said = opened(opener, f"{site}/login", csrfmiddlewaretoken=token[1], **who)
            assert "Hill, 92" in said, "two villages are planned at the start"
            assert re.search(r'<a href="/jobs/1">afghan-winter</a>: (waits|is being planned)', said)
            assert "<bdi>Hill</bdi>" in opened(opener, f"{site}/place/hill")
        finally:
            server.terminate()
            server.wait(TIMEOUT_S)


def wait_for(opener: OpenerDirector, address: str) -> str:
    """Return a page of a server that is about to listen."""
    until = time.monotonic() + TIMEOUT_S
    while True:
        try:
            return opened(opener, address)
        except URLError:
            assert time.monotonic() < until
            time.sleep(0.2)
