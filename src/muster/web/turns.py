"""Batches take turns: the book takes one writer at a time, and to wait for it in the database costs more.

Threads that wait for a lock of the database come to it in any order, and whoever writes between two events of another
makes that one read anew what it kept of the book.
"""

from __future__ import annotations

from threading import Lock

_writing = Lock()


def turn() -> Lock:
    """Return what is held while a batch is written; each process of the server has its own."""
    return _writing
