"""A real browser for the pages: Debian's chromium, or the one that ``MUSTER_CHROMIUM`` names."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from muster.web.serve import Ready

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start the browser once; without one the tests here are skipped."""
    api = pytest.importorskip("playwright.sync_api", reason="needs the test extra (playwright)")
    path = os.environ.get("MUSTER_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("no chromium here: apt-get install chromium, or name one in MUSTER_CHROMIUM")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


class Quiet(WSGIRequestHandler):
    """Says nothing about requests."""

    def log_message(self, format: str, *words: object) -> None:
        """Keep quiet."""


class Threaded(WSGIServer):
    """Answers each request in a thread."""

    def process_request(self, request, address) -> None:  # type: ignore[no-untyped-def]
        """Answer it."""
        threading.Thread(target=self._answer, args=(request, address), daemon=True).start()

    def _answer(self, request, address) -> None:  # type: ignore[no-untyped-def]
        self.finish_request(request, address)
        self.shutdown_request(request)


@pytest.fixture(scope="module")
def address(ready: Ready) -> Iterator[str]:
    """Serve the demo; return where."""
    from muster.web.wsgi import application

    server = make_server("127.0.0.1", 0, application, Threaded, Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()
