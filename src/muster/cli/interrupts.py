"""Ctrl-C and SIGTERM: one plain end, even while compiled code is busy."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

GRACE_SECONDS = 2.0
"""How long the main thread may take to clear up before the process is ended all the same."""

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stopped(BaseException):
    """Somebody asked the program to stop.

    Attributes:
        status: Exit status by convention: 130 for Ctrl-C, 143 for SIGTERM.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.status = 128 + number

    def __str__(self) -> str:
        return "muster: stopped before it was done; nothing half-written is left behind."


@contextmanager
def stoppable() -> Iterator[None]:
    """Turn the first SIGINT or SIGTERM into ``Stopped``; end the process if nobody hears it.

    Python runs signal handlers between two of its own instructions, so a solver at work for a minute would not hear
    Ctrl-C. A thread that does hear it waits for a moment, in which folders under way are cleared away, and then ends
    the process. Solving holds no files open, so nothing is lost by that. Signals the caller ignores stay ignored.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard, told = socket.socketpair()
    told.setblocking(False)
    heard_by = signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, _stop)
    done = threading.Event()
    threading.Thread(target=_end_if_unheard, args=(heard, done), daemon=True).start()
    try:
        yield
    finally:
        done.set()
        for number, handler in before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(heard_by)
        told.close()
        heard.close()


def _stop(number: int, frame: FrameType | None) -> None:
    """Raise once; what clears up afterwards is not disturbed again."""
    for each in _SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise Stopped(number)


def _end_if_unheard(heard: socket.socket, done: threading.Event) -> None:
    number = 0
    while number not in _SIGNALS:
        try:
            received = heard.recv(1)
        except OSError:
            return
        if not received:
            return
        number = received[0]
    if done.wait(GRACE_SECONDS):
        return
    stopped = Stopped(number)
    os.write(2, f"{stopped}\n".encode())
    os._exit(stopped.status)
