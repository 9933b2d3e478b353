"""Write beside, then rename: whoever looks sees the old or the new, never a half."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def folder_beside(target: Path, *, replaces: bool = False) -> Iterator[Path]:
    """Yield an empty folder beside ``target`` that takes its name when all went well.

    When anything, Ctrl-C included, ends the work early, the new folder is removed and what was there stays. Missing
    folders above are made.

    Args:
        target: The folder to be; an empty one may be there.
        replaces: A full one may be there too, and makes way as a whole.
    Raises:
        OSError: A full folder is in the way, or nothing may be written there.
    """
    target = target.resolve()
    unfinished, aside = _neighbour(target, "unfinished"), _neighbour(target, "old")
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    unfinished.mkdir()
    try:
        yield unfinished
        if target.is_dir() and replaces:
            target.rename(aside)
        elif target.is_dir():
            target.rmdir()  # only an empty one goes
        unfinished.rename(target)
    finally:
        if aside.exists() and not target.exists():
            aside.rename(target)
        for left in (unfinished, aside):
            shutil.rmtree(left, ignore_errors=True)


@contextmanager
def file_beside(target: Path) -> Iterator[Path]:
    """Yield the name of a file beside ``target`` that takes its name, and its place, when all went well.

    Raises:
        OSError: Nothing may be written there.
    """
    target = target.resolve()
    unfinished = _neighbour(target, "unfinished")
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield unfinished
        os.replace(unfinished, target)
    finally:
        unfinished.unlink(missing_ok=True)


def _neighbour(target: Path, state: str) -> Path:
    """Return a hidden name beside ``target`` that no other process uses."""
    return target.with_name(f".{target.stem}.{os.getpid()}.{state}{target.suffix}")
