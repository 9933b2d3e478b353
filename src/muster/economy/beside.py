"""Write beside, then rename: whoever looks sees the old or the new, never a half."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def folder_beside(target: Path) -> Iterator[Path]:
    """Yield an empty folder beside ``target`` that takes its name when all went well.

    When anything, Ctrl-C included, ends the work early, the new folder is removed. Missing folders above are made.

    Raises:
        OSError: A full folder is in the way, or nothing may be written there.
    """
    unfinished = _neighbour(target.resolve())
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    unfinished.mkdir()
    try:
        yield unfinished
        if target.is_dir():
            target.rmdir()  # only an empty one goes
        unfinished.rename(target)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


@contextmanager
def file_beside(target: Path) -> Iterator[Path]:
    """Yield the name of a file beside ``target`` that takes its name, and its place, when all went well.

    Raises:
        OSError: Nothing may be written there.
    """
    unfinished = _neighbour(target.resolve())
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield unfinished
        os.replace(unfinished, target)
    finally:
        unfinished.unlink(missing_ok=True)


def _neighbour(target: Path) -> Path:
    """Return a hidden name beside ``target`` that no other process uses."""
    return target.with_name(f".{target.stem}.{os.getpid()}.unfinished{target.suffix}")
