"""Progress on stderr for whatever takes more than a second; silent when quick."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

QUIET_SECONDS = 1.0
"""Nothing is said before this long."""

BETWEEN_LINES_SECONDS = 2.0
"""Where stderr is no terminal: no two lines of one kind closer than this."""

Say = Callable[[str], None]


@contextmanager
def waiting(message: str, *, stream: TextIO | None = None) -> Iterator[Say]:
    """Say ``message``, and whatever is said later, on ``stream`` (stderr) once a second has passed.

    A terminal gets one line that changes; a file or pipe gets plain lines; ``MUSTER_PROGRESS=off`` gets silence. Yields
    the function that takes the next message.
    """
    if os.environ.get("MUSTER_PROGRESS") == "off":
        yield lambda message: None
        return
    stream = stream or sys.stderr
    shown = _OneLine(stream) if stream.isatty() and os.environ.get("TERM") != "dumb" else _PlainLines(stream)
    words = _Patience(message, shown)
    try:
        yield words.say
    finally:
        words.end()


class _Patience:
    """Holds messages back until it is worth speaking."""

    def __init__(self, message: str, shown: _OneLine | _PlainLines) -> None:
        self._message, self._shown = message, shown
        self._lock = threading.Lock()
        self._speaking = self._over = False
        self._timer = threading.Timer(QUIET_SECONDS, self._begin)
        self._timer.daemon = True
        self._timer.start()

    def say(self, message: str) -> None:
        with self._lock:
            self._message = message
            if self._speaking:
                self._shown.show(message)

    def end(self) -> None:
        self._timer.cancel()
        with self._lock:
            self._over = True
            if self._speaking:
                self._shown.end()

    def _begin(self) -> None:
        with self._lock:
            if not self._over:
                self._speaking = True
                self._shown.show(self._message)


class _PlainLines:
    """For a file or a pipe."""

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._last = stream, -BETWEEN_LINES_SECONDS

    def show(self, message: str) -> None:
        now = time.monotonic()
        if now - self._last >= BETWEEN_LINES_SECONDS:
            self._last = now
            print(message, file=self._stream, flush=True)

    def end(self) -> None:
        return


class _OneLine:
    """For a terminal."""

    def __init__(self, stream: TextIO) -> None:
        from rich.console import Console  # 50 ms, needed by few runs

        self._status = Console(file=stream).status("")

    def show(self, message: str) -> None:
        from rich.markup import escape

        self._status.update(escape(message))
        self._status.start()

    def end(self) -> None:
        self._status.stop()
