"""Write beside, then rename: whoever looks sees the old or the new, never a half."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def folder_beside(target: Path) -> Iterator[Path]:
    """Yield an empty folder beside ``target`` that takes its name, and the place of what was there, when all went well.

    When anything, Ctrl-C included, ends the work early the new folder is removed and what was there stays.

    Raises:
        OSError: The folder that holds ``target`` does not exist, is full or may not be written.
    """
    target = target.resolve()
    unfinished, aside = _neighbour(target, "unfinished"), _neighbour(target, "old")
    unfinished.mkdir()
    try:
        yield unfinished
        if target.exists():
            target.rename(aside)  # a folder cannot be renamed onto a full one
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
        OSError: The folder that holds ``target`` does not exist, is full or may not be written.
    """
    target = target.resolve()
    unfinished = _neighbour(target, "unfinished")
    try:
        yield unfinished
        os.replace(unfinished, target)
    finally:
        unfinished.unlink(missing_ok=True)


def _neighbour(target: Path, state: str) -> Path:
    """Return a hidden name beside ``target`` that no other process uses."""
    return target.with_name(f".{target.stem}.{os.getpid()}.{state}{target.suffix}")
